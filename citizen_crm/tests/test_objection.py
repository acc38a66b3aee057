"""Objections to workload: who files, who decides, and what follows from it."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .assignment_common import AssignmentCommon
from .common import CLEARED

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


class ObjectionCommon(AssignmentCommon):
    """Ann has a case of one point; the head stands above the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._create_user(
            "head", f"citizen_crm.group_department_head,{CLEARED}"
        )
        cls.roads.department_id = cls.env["hr.department"].create(
            {
                "name": "Public Works",
                "manager_id": cls._create_employee("Head", cls.head).id,
            }
        )
        cls.Objection = cls.env["citizen.workload.objection"]
        cls.case = cls._give(cls.ann)

    @classmethod
    def _give(cls, member, **values):
        """Register a case and give it to a member by hand."""
        case = cls._file(cls, **values)
        case.with_user(cls.lead)._hand_to(member.user_id, "Near")
        return case

    def _object(self, case=None, member=None, kind="case", points=3.0, text="Long"):
        """Object as a member does: by the button of the case and its dialog."""
        user = (member or self.ann).user_id
        action = (case or self.case).with_user(user).action_object()
        filing = (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create({"kind": kind, "wanted_points": points, "text": text})
        )
        found = filing.action_confirm()
        return self.Objection.with_user(user).browse(found["res_id"])

    def _decide(self, objection, outcome="upheld", user=None, **values):
        """Decide as the lead does: by the button of the objection and its dialog."""
        objection = objection.with_user(user or self.lead)
        action = (
            objection.action_uphold()
            if outcome == "upheld"
            else objection.action_refuse()
        )
        wizard = (
            self.env[action["res_model"]]
            .with_user(user or self.lead)
            .with_context(**action["context"])
            .create({"reason": "So it is", **values})
        )
        wizard.action_confirm()

    def _entries(self, case=None):
        entries = self.env["citizen.assignment.entry"].sudo()
        return entries.search([("case_id", "=", (case or self.case).id)], order="step")

    def _book(self):
        self.env["citizen.assignment.balance"].sudo()._book(self.roads)
        self.assertIsNone(self.roads._find_first_difference()[0])


class TestObjection(ObjectionCommon):
    def test_file(self):
        objection = self._object()
        self.assertRecordValues(
            objection,
            [
                {
                    "employee_id": self.ann.employee_id.id,
                    "team_id": self.roads.id,
                    "case_number": self.case.number,
                    "category_id": self.pothole.id,
                    "charged_points": 1.0,
                    "wanted_points": 3.0,
                    "state": "filed",
                    # Five working days after a Wednesday.
                    "deadline": datetime(2026, 3, 11, 23, 59, 59),
                    "is_mine": True,
                    "may_decide": False,
                }
            ],
        )
        activity = objection.sudo().activity_ids
        self.assertEqual(activity.user_id, self.lead)
        self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-03-11"))
        self.assertTrue(objection.with_user(self.lead).may_decide)
        with self.assertRaises(AccessError):
            objection.read(["case_id"])

    def test_deadline_of_the_rule(self):
        self._create_assignment_rule(objection_days=2)
        deadline = self._object().deadline
        self.assertEqual(deadline, datetime(2026, 3, 6, 23, 59, 59))
        self.assertEqual(
            self.Objection._get_days(self.parks), 5, "a team without any rule"
        )

    def test_bad_input(self):
        for values, message in (
            ({"points": 0}, "Wanted: more than 0"),
            ({"points": -2}, "Wanted: more than 0"),
            ({"points": 0.0001}, "Wanted: more than 0"),
            ({"points": 1000}, "Wanted: more than 0 and less than 1000"),
            ({"points": 1}, "Wanted: more than the 1 points"),
            ({"points": 0.5}, "Wanted: more than the 1 points"),
            ({"kind": "type", "points": 1}, "Pothole have 1 points already"),
            ({"text": "  "}, "Reasons"),
        ):
            with self.subTest(**values), self.assertRaisesRegex(UserError, message):
                self._object(**values)
        untyped = self._give(self.ann, category_id=False, team_id=self.roads.id)
        with self.assertRaisesRegex(UserError, "no service type"):
            self._object(untyped, kind="type")

    def test_one_open_of_a_kind(self):
        objection = self._object()
        with self.assertRaisesRegex(UserError, "such an objection"):
            self._object()
        self._object(kind="fit")
        objection.action_withdraw()
        self._object()

    @mute_logger(*QUIET)
    def test_only_who_was_given_the_case(self):
        self.assertTrue(self.case.with_user(self.ann.user_id).may_object)
        self.assertFalse(self.case.with_user(self.bob.user_id).may_object)
        with self.assertRaisesRegex(UserError, "not given this case"):
            self.case.with_user(self.bob.user_id).action_object()
        # With the number of somebody else's entry, made up by hand.
        Filing = self.env["citizen.workload.objection.filing"]
        forged = Filing.with_user(self.bob.user_id).create(
            {"entry_id": self._entries().id, "wanted_points": 2, "text": "Mine"}
        )
        for attempt in (
            forged.action_confirm,
            lambda: forged.case_number,
            lambda: forged.charged_points,
        ):
            with self.assertRaises(AccessError):
                attempt()
        with self.assertRaisesRegex(AccessError, "in person"):
            self.Objection.with_user(self.lead)._file(
                self._entries().with_user(self.lead), "fit", 0, "For Ann"
            )
        taken = self.case.with_user(self.lead)._hand_to(self.env["res.users"], "Back")
        self.assertTrue(taken)
        reversal = self._entries()[-1].with_user(self.ann.user_id)
        with self.assertRaisesRegex(UserError, "Ledger Entry"):
            self.Objection.with_user(self.ann.user_id)._file(reversal, "fit", 0, "x")

    @mute_logger(*QUIET)
    def test_who_reads(self):
        objection = self._object()
        for user in (self.ann.user_id, self.lead, self.head):
            with self.subTest(user=user.login):
                self.assertEqual(self.Objection.with_user(user).search([]), objection)
        oversight = self._create_user("oversight", "citizen_crm.group_oversight")
        other = self._create_user("lead_2", "citizen_crm.group_team_lead")
        self.parks.user_id = other
        for user in (self.bob.user_id, self.clerk, other):
            with self.subTest(user=user.login):
                self.assertFalse(self.Objection.with_user(user).search([]))
                with self.assertRaises(AccessError):
                    objection.with_user(user).read(["text"])
        with self.assertRaises(AccessError):
            self.Objection.with_user(oversight).search([])
        Decision = self.env["citizen.workload.objection.decision"].with_user(other)
        forged = Decision.create({"objection_id": objection.id, "reason": "x"})
        for name in ("text", "wanted_points", "charged_points"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                forged.read([name])
        with self.assertRaises(AccessError):
            forged.action_confirm()

    @mute_logger(*QUIET)
    def test_the_case_is_shown_by_access_alone(self):
        objection = self._object().with_user(self.lead)
        self.assertEqual(objection.action_view_case()["res_id"], self.case.id)
        self.lead.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        with self.assertRaisesRegex(UserError, self.case.number):
            objection.action_view_case()

    @mute_logger(*QUIET)
    def test_forged_writes(self):
        objection = self._object()
        for user in (self.ann.user_id, self.lead, self.head):
            for values in (
                {"state": "upheld"},
                {"granted_points": 9},
                {"decided_by_id": self.lead.id},
                {"text": "Other"},
            ):
                with self.assertRaises(AccessError):
                    objection.with_user(user).write(values)
            with self.assertRaises(AccessError):
                objection.with_user(user).copy()
            with self.assertRaises(AccessError):
                objection.with_user(user).unlink()
        self._decide(objection)
        for values in ({"state": "filed"}, {"decision": "Other"}, {"deadline": False}):
            with self.assertRaises(AccessError):
                objection.sudo().write(values)
        with self.assertRaises(AccessError):
            objection.sudo().unlink()

    def test_withdraw(self):
        objection = self._object()
        with self.assertRaisesRegex(AccessError, "who has filed it"):
            objection.with_user(self.lead).action_withdraw()
        objection.action_withdraw()
        self.assertEqual(objection.state, "withdrawn")
        self.assertFalse(objection.sudo().activity_ids)
        with self.assertRaisesRegex(UserError, "decided on or withdrawn"):
            self._decide(objection)


class TestObjectionDecision(ObjectionCommon):
    @mute_logger(*QUIET)
    def test_never_the_own(self):
        lead = self._create_colleague_of(self.lead)
        case = self._give(lead)
        objection = self._object(case, lead)
        self.assertEqual(objection.sudo().activity_ids.user_id, self.head)
        self.assertFalse(objection.may_decide)
        with self.assertRaisesRegex(AccessError, "own objection"):
            self._decide(objection)
        self._decide(objection, user=self.head)
        self.assertEqual(objection.decided_by_id, self.head)

    @classmethod
    def _create_colleague_of(cls, user):
        """Make a user a member of the team who works on cases too."""
        return cls.env["citizen.team.member"].create(
            {
                "team_id": cls.roads.id,
                "employee_id": cls._create_employee(user.name, user).id,
                "date_from": "2020-01-01",
            }
        )

    def test_nobody_to_decide(self):
        self.roads.user_id = False
        self.roads.department_id = False
        with self.assertRaisesRegex(UserError, "Nobody can decide"):
            self._object()

    @mute_logger(*QUIET)
    def test_who_decides(self):
        objection = self._object()
        Mine = [("may_decide", "=", True)]
        for user, found in (
            (self.ann.user_id, False),
            (self.bob.user_id, False),
            (self.lead, True),
            (self.head, True),
        ):
            with self.subTest(user=user.login):
                mine = self.Objection.with_user(user).search(Mine)
                self.assertEqual(bool(mine), found)
        with self.assertRaises(AccessError):
            objection._decide("upheld", "I say so", 3)
        with self.assertRaises(AccessError):
            objection.with_user(self.bob.user_id)._decide("upheld", "I say so", 3)
        self._decide(objection, user=self.head)
        with self.assertRaisesRegex(UserError, "decided on or withdrawn"):
            self._decide(objection, "refused")

    def test_upheld_the_next_cases_compensate(self):
        self._give(self.bob)
        self._give(self.cid)
        for balance in self._balances():
            self.assertAlmostEqual(balance, 0, delta=3)
        objection = self._object()
        self._decide(objection, granted_points=3)
        entry = self._entries()[-1]
        self.assertEqual(
            (entry.kind, entry.points, entry.step, entry.user_id, entry.objection_id),
            ("objection", 2000, 2, self.lead, objection.sudo()),
        )
        balances = self._balances()
        self.assertEqual(sum(balances), 0)
        for balance, expected in zip(balances, (1333, -667, -667), strict=True):
            self.assertAlmostEqual(balance, expected, delta=3)
        rows = self.roads.assignment_balance_ids
        ann = rows.filtered(lambda row: row.employee_id == self.ann.employee_id)
        self.assertEqual(ann.open_milli, 3000)
        cases = self._file(4)
        self._dispatch()
        self.assertEqual(cases.user_id, self.bob.user_id | self.cid.user_id)
        more = self._file(3)
        self._dispatch()
        self.assertIn(self.ann.user_id, more.user_id)
        self._book()
        self.assertEqual(entry._explain_other(), "Objection upheld: +2.0 points.")

    def test_the_ledger_of_the_case_goes_on(self):
        objection = self._object()
        self._decide(objection)
        self.case.with_user(self.lead)._hand_to(self.bob.user_id, "Ann is full")
        self.assertEqual(self._entries().mapped("step"), [1, 2, 3, 4])
        self._book()
        # Bob has it with all that was found right.
        self.assertAlmostEqual(self._balance(self.bob), 2000, delta=3)

    def test_refused_changes_nothing(self):
        self._give(self.bob)
        self._give(self.cid)
        before = self._balances()
        for kind in ("case", "type", "fit"):
            objection = self._object(kind=kind)
            with self.assertRaisesRegex(UserError, "say why"):
                self._decide(objection, "refused", reason=" ")
            self._decide(objection, "refused")
            self.assertEqual(objection.state, "refused")
            self.assertEqual(objection.granted_points, 0)
        self.assertEqual(len(self._entries()), 1)
        self.assertEqual(self._balances(), before)
        self.assertEqual(self.pothole.effort_points, 1)
        self.assertEqual(self.case.user_id, self.ann.user_id)
        more = self._file(3)
        self._dispatch()
        self.assertEqual(len(more.user_id), 3)

    def test_bad_grants(self):
        objection = self._object()
        for points, message in (
            (0, "Granted: more than 0"),
            (-1, "Granted: more than 0"),
            (1000, "Granted: more than 0 and less than 1000"),
            (1, "Granted: more than the 1 points"),
        ):
            with (
                self.subTest(points=points),
                self.assertRaisesRegex(UserError, message),
            ):
                self._decide(objection, granted_points=points)
        self.assertEqual(objection.state, "filed")
        self.assertEqual(len(self._entries()), 1)

    def test_after_having_given_it_away(self):
        """Nothing is charged any more, so all that is granted is added."""
        self.case.with_user(self.lead)._hand_to(self.bob.user_id, "Ann is full")
        objection = self._object(points=0.5)
        self.assertEqual(objection.charged_points, 0)
        self._book()
        before = self._balance(self.ann)
        self._decide(objection)
        self.assertEqual(self._entries()[-1].points, 500)
        self.assertAlmostEqual(self._balance(self.ann), before + 333, delta=3)
        self._book()
        self.assertEqual(self.case.user_id, self.bob.user_id)

    def test_after_it_was_finished(self):
        self.case.stage_id = self._stage("closed")
        objection = self._object()
        self.assertEqual(objection.charged_points, 1)
        self._decide(objection)
        self._book()
        self.assertAlmostEqual(self._balance(self.ann), 2000, delta=3)

    def test_points_of_the_type(self):
        objection = self._object(kind="type", points=2)
        self._decide(objection, granted_points=1.5, reason="Two visits")
        self.assertEqual(self.pothole.effort_points, 1.5)
        version = self.pothole.sudo().effort_version_ids.sorted("id")[-1:]
        self.assertEqual(version.user_id, self.lead)
        self.assertEqual(version.reason, "Objection upheld: Two visits")
        self.assertEqual(self._entries()[-1].points, 500)
        case = self._give(self.bob)
        self.assertEqual(self._entries(case).points, 1500)
        self._book()

    def test_points_of_the_type_may_be_too_many(self):
        self._decide(self._object(kind="type", points=0.5))
        self.assertEqual(self.pothole.effort_points, 0.5)
        self.assertEqual(self._entries()[-1].points, -500)
        self._book()

    def test_what_was_granted_for_the_case_holds(self):
        self._decide(self._object(points=3))
        self._decide(self._object(kind="type", points=2))
        self.assertEqual(self.pothole.effort_points, 2)
        self.assertEqual(
            self._entries().filtered(lambda e: e.kind == "objection").mapped("points"),
            [2000],
        )

    def test_fit_goes_back_and_excludes(self):
        objection = self._object(kind="fit", text="My neighbour")
        self._decide(objection)
        self.assertTrue(objection.given_back)
        reversal = self._entries()[-1]
        self.assertEqual(
            (reversal.kind, reversal.reason), ("reversal", "Objection upheld")
        )
        # The lowest balance by far, and still not the one.
        self._give(self.bob)
        self._give(self.cid)
        self._dispatch()
        self.assertTrue(self.case.user_id)
        self.assertNotEqual(self.case.user_id, self.ann.user_id)
        candidates = self._entries()[-1].decision["candidates"]
        found = {row[0]: row[4] for row in candidates if row[4]}
        self.assertEqual(found, {self.ann.employee_id.id: "objection"})
        self._book()

    def test_pending_fit_excludes_in_the_queue(self):
        objection = self._object(kind="fit")
        self.case.with_user(self.lead)._hand_to(self.env["res.users"], "See later")
        members = self.roads._get_current_members()
        excluded = self.case._get_exclusions(members, self.rule)[self.case.id]
        self.assertEqual(excluded, {self.ann.employee_id.id: "objection"})
        self._decide(objection, "refused")
        excluded = self.case._get_exclusions(members, self.rule)[self.case.id]
        self.assertEqual(excluded, {})

    def test_fit_of_a_case_that_has_gone(self):
        self.case.with_user(self.lead)._hand_to(self.bob.user_id, "Ann is full")
        objection = self._object(kind="fit")
        self._decide(objection)
        self.assertFalse(objection.given_back)
        self.assertEqual(self.case.user_id, self.bob.user_id)

    def test_lead_need_not_see_the_case(self):
        objection = self._object(kind="fit")
        self.lead.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        self._decide(objection)
        self.assertFalse(self.case.user_id)

    def test_nobody_to_share_with(self):
        objection = self._object()
        (self.ann | self.bob | self.cid).date_to = "2026-03-01"
        with self.assertRaisesRegex(UserError, "no members to share"):
            self._decide(objection)


class TestObjectionTelling(ObjectionCommon):
    @mute_logger(*QUIET)
    def test_conversation(self):
        objection = self._object()
        for user in (self.ann.user_id, self.lead):
            objection.with_user(user).message_post(body=f"From {user.name}")
        self.assertIn("From Lead", objection.sudo().message_ids[0].body)
        with self.assertRaises(AccessError):
            objection.with_user(self.bob.user_id).message_post(body="From Bob")

    def test_my_share_says_to_what_one_may_object(self):
        self.case.with_user(self.lead)._hand_to(self.bob.user_id, "Ann is full")
        Balance = self.env["citizen.assignment.balance"]
        (team,) = Balance.with_user(self.ann.user_id).get_my_share()["teams"]
        self.assertEqual(
            [line["may_object"] for line in team["entries"]], [False, True]
        )

    def test_employee_is_told(self):
        objection = self._object(text="My neighbour")
        self._decide(objection)
        message = objection.sudo().message_ids[0]
        self.assertEqual(message.author_id, self.lead.partner_id)
        self.assertIn(self.ann.user_id.partner_id, message.notified_partner_ids)
        self.assertIn(f"case {self.case.number} was upheld: 3 points", message.body)
        self.assertNotIn("So it is", message.body)
        self.assertFalse(objection.sudo().activity_ids)

    def test_overdue_is_told_to_the_head_once(self):
        objection = self._object()
        method = self.env.ref("citizen_crm.ir_cron_objection").method_direct_trigger
        with self.enter_registry_test_mode():
            method()
            self.assertFalse(objection.head_told_at)
            for hours in (1, 48):
                late = objection.deadline + timedelta(hours=hours)
                with freeze_time(late):
                    self.env.invalidate_all()
                    self.assertTrue(objection.is_overdue)
                    method()
        activities = objection.sudo().activity_ids
        self.assertEqual(len(activities), 2)
        self.assertEqual(activities.user_id, self.lead | self.head)
        self.assertTrue(objection.head_told_at)
        self._decide(objection, user=self.head)
        self.assertFalse(objection.sudo().activity_ids)

    def test_search_overdue(self):
        objection = self._object()
        with freeze_time(objection.deadline + timedelta(days=1)):
            self._object(kind="fit")
            self.assertSearchAgrees(self.Objection, "is_overdue", (True, False))
