"""The simulator: what a team had to do, given out again by other rules."""

from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ..wizards import citizen_assignment_simulation as wizard
from .assignment_common import AssignmentCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 08:00:00")
class TestAssignmentSimulation(AssignmentCommon):
    """Scenario: ten potholes in two weeks, for two full-timers and one half-timer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cid.capacity = 0.5
        cls.cases = cls.Case.create(
            [
                {
                    "name": f"Hole {number}",
                    "description": "<p>Deep.</p>",
                    "category_id": cls.pothole.id,
                    "received_date": datetime(2026, 2, 16, 10) + timedelta(days=number),
                }
                for number in range(10)
            ]
        )
        cls.draft = cls.rule.copy({"cap_points": 2, "slack_points": 0})
        cls.Simulation = cls.env["citizen.assignment.simulation"].with_user(cls.lead)

    def _simulate(self, **values):
        simulation = self.Simulation.create(
            {"team_id": self.roads.id, "date_from": "2026-02-16", **values}
        )
        simulation.action_simulate()
        return simulation

    def _figures(self, simulation):
        return {line.name: line for line in simulation.line_ids}

    # ----------------------------------------------------------------- figures
    def test_lead_compares_rules(self):
        simulation = self._simulate()
        figures = self._figures(simulation)
        self.assertEqual(
            list(figures),
            [
                "Draft",
                "In force",
                "In Turn",
                "Fewest Open Cases",
                "Least Open Effort",
            ],
        )
        self.assertEqual(simulation.rule_id, self.draft)
        self.assertEqual(
            simulation.summary,
            f"10 cases of {self.roads.complete_name}, given to 3 people on duty.",
        )
        # A half-timer has half of the points by the ledger, a third in turn.
        self.assertGreater(figures["In force"].jain, figures["In Turn"].jain)
        self.assertGreater(figures["In force"].jain, 0.97)
        self.assertEqual(figures["In force"].ungiven, 0)
        self.assertIn("In Turn: fairness", simulation.chart["sentence"])
        self.assertEqual(len(simulation.chart["points"]), 5)

    def test_team_without_a_rule(self):
        """The ledger is tried with the values that a new rule has."""
        self.draft.unlink()
        self.rule.action_retire()
        figures = self._figures(self._simulate())
        self.assertEqual(next(iter(figures)), "Duty ledger")
        self.assertNotIn("In force", figures)

    def test_cap_of_the_draft_lets_cases_wait(self):
        figures = self._figures(self._simulate(busy=150))
        self.assertGreater(figures["Draft"].waited, figures["In force"].waited)

    def test_absence_is_looked_at(self):
        """Whoever is on leave all the time gets nothing by any rule."""
        self._give_leave(self.bob, 60, start=-30)
        self._give_leave(self.cid, 60, start=-30)
        figures = self._figures(self._simulate())
        self.assertEqual({line.jain for line in figures.values()}, {1.0})

    def test_skill_is_looked_at(self):
        """Only one knows about holes: nobody else gets any."""
        skill = self.env["citizen.skill"].create({"name": "Holes", "code": "holes"})
        self.pothole.skill_ids = skill
        self.ann.skill_ids = skill
        jain = self._figures(self._simulate())["In force"].jain
        self.assertAlmostEqual(jain, 1 / 3, 1)

    def test_only_cases_of_the_draft(self):
        self.draft.category_ids = self.tree
        with self.assertRaisesRegex(UserError, "no case for this rule came to"):
            self._simulate()

    def test_nothing_is_written(self):
        before = self.cases.read(["user_id", "stage_id", "write_date"])
        events = self.env["citizen.case.event"].search_count([])
        entries = self.env["citizen.assignment.entry"].search_count([])
        self._simulate()
        self.assertEqual(before, self.cases.read(["user_id", "stage_id", "write_date"]))
        self.assertEqual(events, self.env["citizen.case.event"].search_count([]))
        self.assertEqual(entries, self.env["citizen.assignment.entry"].search_count([]))

    def test_again_replaces_the_figures(self):
        simulation = self._simulate()
        simulation.with_round_robin = False
        simulation.action_simulate()
        self.assertNotIn("In Turn", self._figures(simulation))

    # ------------------------------------------------------------------ rights
    def test_who_may(self):
        head = self._create_user("head", "citizen_crm.group_department_head")
        boss = self._create_employee("Head", head)
        self.roads.department_id = self.env["hr.department"].create(
            {"name": "Works", "manager_id": boss.id}
        )
        catalogue = self._create_user("admin", "citizen_crm.group_catalogue_admin")
        for user in (self.lead, head, catalogue):
            with self.subTest(user=user.name):
                form = Form(self.Simulation.with_user(user))
                form.team_id = self.roads
                form.save().action_simulate()

    def test_handler_may_not(self):
        with self.assertRaises(AccessError):
            self.Simulation.with_user(self.ann.user_id).create(
                {"team_id": self.roads.id}
            )

    def test_lead_of_another_team_may_not(self):
        other = self._create_user("other", "citizen_crm.group_team_lead")
        self.parks.user_id = other
        simulation = self.Simulation.with_user(other).create({"team_id": self.roads.id})
        self.assertEqual(simulation.led_team_ids, self.parks)
        with self.assertRaisesRegex(AccessError, "Only the lead of"):
            simulation.action_simulate()

    # ---------------------------------------------------------------- bad input
    def test_no_case(self):
        with self.assertRaisesRegex(UserError, "no case came to"):
            self._simulate(date_from="2025-01-01", date_to="2025-02-01")

    def test_too_many_cases(self):
        self.patch(wizard, "LIMIT", 9)
        with self.assertRaisesRegex(UserError, "more than 9 cases"):
            self._simulate()

    def test_period(self):
        with self.assertRaisesRegex(UserError, "From: choose a day before"):
            self._simulate(date_from="2026-03-02", date_to="2026-03-01")
        with self.assertRaisesRegex(UserError, "366 days at most"):
            self._simulate(date_from="2024-01-01")

    def test_nothing_to_compare(self):
        nothing = dict.fromkeys(
            [
                "with_current",
                "with_round_robin",
                "with_least_open",
                "with_least_points",
            ],
            False,
        )
        with self.assertRaisesRegex(UserError, "Compare: choose at least one"):
            self._simulate(rule_id=False, **nothing)

    def test_nobody_in_the_team(self):
        self.roads.member_ids.unlink()
        with self.assertRaisesRegex(UserError, "Team: nobody with a login"):
            self._simulate()

    def test_busy(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._simulate(busy=0)

    def test_opened_from_a_rule(self):
        opened = self.Simulation.with_context(
            active_model="citizen.assignment.rule", active_id=self.draft.id
        )
        form = Form(opened)
        self.assertEqual((form.date_to - form.date_from).days, 89)
        self.assertEqual(form.team_id, self.roads)
        self.assertEqual(form.rule_id, self.draft)
