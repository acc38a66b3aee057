from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import CitizenCommon


class TestServiceTypes(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Category = cls.env["helpdesk.ticket.category"]

    def test_a_service_type_has_exactly_one_team(self):
        with self.assertRaisesRegex(ValidationError, "Responsible Team"):
            self.Category.with_user(self.manager).create(
                {"name": "Noise", "is_service": True}
            )
        with self.assertRaisesRegex(ValidationError, "Responsible Team"):
            self.pothole.team_id = False

    def test_a_service_type_has_no_types_below(self):
        with self.assertRaisesRegex(ValidationError, "group heading"):
            self._create_service_type("Deep hole", self.roads, parent_id=self.tree.id)

    def test_a_group_heading_with_types_cannot_become_a_service_type(self):
        group = self.Category.create({"name": "Streets"})
        self.pothole.parent_id = group
        with self.assertRaisesRegex(ValidationError, "group heading"):
            group.write({"is_service": True, "team_id": self.roads.id})

    def test_an_archived_type_below_counts(self):
        """It could be put back at any time."""
        group = self.Category.create({"name": "Streets"})
        self.pothole.write({"parent_id": group.id, "active": False})
        with self.assertRaisesRegex(ValidationError, "group heading"):
            group.write({"is_service": True, "team_id": self.roads.id})

    def test_unique_code(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_service_type("Other", self.roads, code="T-POT")

    def test_types_without_code_are_many(self):
        """An emptied code is no code; it does not collide with another one."""
        for code in (False, False, "", ""):
            self.assertTrue(self._create_service_type("Other", self.roads, code=code))

    def test_effort_points_are_positive(self):
        for points in (0, -1, 0.0001, 1000):
            with (
                self.subTest(points=points),
                self.assertRaisesRegex(ValidationError, "Effort Points"),
            ):
                self.pothole.effort_points = points

    def test_found_by_keyword_and_code(self):
        for word in ("crater", "T-POT", "pothole"):
            with self.subTest(word=word):
                found = self.Category.with_user(self.clerk).name_search(word)
                self.assertEqual([row[0] for row in found], self.pothole.ids)

    def test_department_follows_the_team(self):
        works = self.env["hr.department"].create({"name": "Public Works"})
        self.roads.department_id = works
        self.assertEqual(self.pothole.department_id, works)
        self.assertEqual(
            self.Category.search([("department_id", "=", works.id)]), self.pothole
        )

    def test_nature_suggests_the_role(self):
        category = self.Category.with_user(self.manager).new({"name": "Permit"})
        for nature, role in (("service_request", "customer"), ("proposal", "citizen")):
            category.default_nature = nature
            category._onchange_default_nature()
            self.assertEqual(category.default_role, role)

    def test_a_team_with_service_types_cannot_be_deleted(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.roads.with_user(self.manager).unlink()

    def test_a_service_type_with_cases_cannot_be_deleted(self):
        """What a case was about is a part of a public record."""
        self._create_case(category_id=self.pothole.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.pothole.with_user(self.manager).unlink()


class TestRoutingState(CitizenCommon):
    """What the administrator is shown: types whose cases nobody would get."""

    def setUp(self):
        super().setUp()
        Category = self.env["helpdesk.ticket.category"]
        nobody = self._create_team("Nobody")
        gone = self._create_team("Gone", self.handler)
        left = self._create_team("Left")
        lead_only = self._create_team("Lead only")
        archived_user = self._create_user("gone", "base.group_user")
        lead_only.user_id = self.handler
        left.user_ids = archived_user
        archived_user.active = False
        group = Category.create({"name": "Group"})
        empty_group = Category.create({"name": "Group of archived types"})
        types = {
            "ok": self._create_service_type("Ok", self.roads, parent_id=group.id),
            "lead": self._create_service_type("Lead", lead_only),
            "nobody": self._create_service_type("Nobody", nobody),
            "gone": self._create_service_type("Gone", gone),
            "left": self._create_service_type("Left", left),
            "archived": self._create_service_type(
                "Archived", self.roads, active=False, parent_id=empty_group.id
            ),
        }
        gone.active = False
        self.types = {**types, "group": group, "empty_group": empty_group}
        self.stock = Category.create({"name": "Category of the base"})

    def test_compute(self):
        states = {name: self.types[name].routing_state for name in self.types}
        self.assertEqual(
            states,
            {
                "ok": "ok",
                "lead": "ok",
                "nobody": "unreachable",
                "gone": "unreachable",
                "left": "unreachable",
                "archived": "ok",
                "group": "group",
                "empty_group": "unrouted",
            },
        )
        self.assertEqual(self.stock.routing_state, "unrouted")

    def test_search_agrees(self):
        self.env.flush_all()
        self.env.invalidate_all()
        for active in ({}, {"active_test": False}):
            model = self.env["helpdesk.ticket.category"].with_context(**active)
            self.assertSearchAgrees(
                model, "routing_state", ["group", "ok", "unrouted", "unreachable"]
            )
        model = self.env["helpdesk.ticket.category"].with_user(self.manager)
        found = model.search([("routing_state", "in", ["unrouted", "unreachable"])])
        self.assertLessEqual(self.types["gone"] | self.types["nobody"], found)
        self.assertEqual(
            model.search([("routing_state", "not in", ["unrouted", "unreachable"])])
            | found,
            model.search([]),
        )

    def test_reachable_search_agrees(self):
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["helpdesk.ticket.team"].with_context(active_test=False)
        self.assertSearchAgrees(model, "is_reachable", [True, False])


class TestTeamMembers(CitizenCommon):
    """Memberships are the place where staff join a team; its users follow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.night = cls._create_team("Night desk")
        cls.employee = cls._create_employee("Hugo Handler", cls.handler)
        cls.other = cls._create_employee("Tina Team", cls.teamworker)

    def _create_member(self, employee=None, team=None, **values):
        values.setdefault("date_from", "2026-01-01")
        return (
            self.env["citizen.team.member"]
            .with_user(self.manager)
            .create(
                {
                    "team_id": (team or self.night).id,
                    "employee_id": (employee or self.employee).id,
                    **values,
                }
            )
        )

    def test_a_manager_of_the_desk_without_rights_in_hr_can_do_it(self):
        member = self._create_member()
        self.assertEqual(member.user_id, self.handler)
        self.assertEqual(self.night.user_ids, self.handler)
        self.assertTrue(member.is_current)

    def test_overlap_is_refused(self):
        self._create_member(date_to="2026-06-30")
        for dates in (
            {"date_from": "2026-06-30"},
            {"date_from": "2025-01-01", "date_to": "2026-01-01"},
            {"date_from": "2026-02-01", "date_to": "2026-02-02"},
            {"date_from": "2025-01-01"},
        ):
            with (
                self.subTest(**dates),
                self.assertRaisesRegex(ValidationError, "already a member"),
                self.cr.savepoint(),
            ):
                self._create_member(**dates)
        self._create_member(date_from="2026-07-01")
        self._create_member(date_from="2025-01-01", date_to="2025-12-31")
        self._create_member(team=self.parks)

    def test_no_end_before_the_beginning(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_member(date_to="2025-12-31")

    def test_capacity_range(self):
        for capacity in (0, -0.5, 1.01):
            with (
                self.subTest(capacity=capacity),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self._create_member(capacity=capacity)
        self.assertEqual(self._create_member(capacity=0.5).capacity, 0.5)

    def test_current_search_agrees(self):
        self._create_member(date_to="2026-03-03")
        self._create_member(date_from="2026-03-04", date_to="2026-03-04")
        self._create_member(date_from="2026-03-05")
        self._create_member(self.other)
        self.assertSearchAgrees(
            self.env["citizen.team.member"],
            "is_current",
            [True, False],
            [("team_id", "=", self.night.id)],
        )

    def test_users_follow_dates(self):
        """1. Hugo's membership begins tomorrow and ends the day after.
        2. The daily job runs each day.
        3. Expected: he is a user of the team on the two days, not around them.
        """
        self._create_member(date_from="2026-03-05", date_to="2026-03-06")
        for day, expected in (
            ("2026-03-04", self.env["res.users"]),
            ("2026-03-05", self.handler),
            ("2026-03-06", self.handler),
            ("2026-03-07", self.env["res.users"]),
        ):
            with self.subTest(day=day), freeze_time(f"{day} 04:00:00"):
                self.env.invalidate_all()
                self.env["helpdesk.ticket.team"]._cron_sync_users()
                self.assertEqual(self.night.user_ids, expected)

    def test_ending_and_deleting_take_the_user_out(self):
        member = self._create_member()
        member.date_to = "2026-03-03"
        self.assertFalse(self.night.user_ids)
        member.date_to = False
        self.assertEqual(self.night.user_ids, self.handler)
        member.unlink()
        self.assertFalse(self.night.user_ids)

    def test_moving_to_another_team_or_employee(self):
        member = self._create_member()
        member.team_id = self.parks
        self.assertFalse(self.night.user_ids)
        self.assertEqual(self.parks.user_ids, self.clerk + self.handler)
        member.employee_id = self.other
        self.assertEqual(self.parks.user_ids, self.clerk + self.teamworker)

    def test_an_ended_membership_does_not_undo_a_current_one(self):
        old = self._create_member(date_from="2025-01-01", date_to="2025-12-31")
        self._create_member(date_from="2026-01-01")
        old.capacity = 0.5
        self.assertEqual(self.night.user_ids, self.handler)
        old.unlink()
        self.assertEqual(self.night.user_ids, self.handler)

    def test_users_added_by_hand_are_left_alone(self):
        """Also when they have memberships in other teams.

        1. Hugo is put into Parks by hand; his membership is in the night desk.
        2. The daily job runs; a membership of Tina in Parks begins; both
           memberships are edited at once.
        3. Expected: Hugo stays in Parks throughout.
        """
        self.parks.user_ids += self.handler
        hugo = self._create_member()
        self.env["helpdesk.ticket.team"]._cron_sync_users()
        self.assertIn(self.handler, self.parks.user_ids)
        tina = self._create_member(self.other, self.parks)
        self.assertIn(self.handler, self.parks.user_ids)
        (hugo + tina).write({"capacity": 0.5})
        self.assertIn(self.handler, self.parks.user_ids)
        self.assertNotIn(self.teamworker, self.night.user_ids)
        (hugo + tina).unlink()
        self.assertEqual(self.parks.user_ids, self.clerk + self.handler)

    def test_a_new_user_of_an_employee_takes_the_place_of_the_old_one(self):
        """The account moves, the membership stays."""
        self._create_member()
        self.employee.user_id = self.outsider
        self.assertEqual(self.night.user_ids, self.outsider)

    def test_an_employee_without_user_gets_one_later(self):
        newcomer = self._create_employee("Nina New")
        self._create_member(newcomer)
        self.assertFalse(self.night.user_ids)
        newcomer.user_id = self.outsider
        self.assertEqual(self.night.user_ids, self.outsider)

    def test_default_dates(self):
        created = self.env["citizen.team.member"].create(
            {"team_id": self.night.id, "employee_id": self.employee.id}
        )
        self.assertEqual(created.date_from, date(2026, 3, 4))
        self.assertEqual(created.capacity, 1)
