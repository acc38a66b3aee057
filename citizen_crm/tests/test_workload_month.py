"""How equally open work lay on the people of a team, five at a time."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .assignment_common import AssignmentCommon

MARCH, APRIL = date(2026, 3, 1), "2026-04-02 08:00:00"


@tagged("post_install", "-at_install")
class TestWorkloadMonth(AssignmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dora, cls.eve = (cls._create_colleague(name) for name in ("Dora", "Eve"))
        cls.Month = cls.env["citizen.workload.month"]
        cls.works = cls.env["hr.department"].create({"name": "Works"})
        cls.roads.department_id = cls.works

    def _give(self, member, count, **values):
        cases = self._file(count, **values)
        cases.with_user(self.lead)._hand_to(member.user_id, "Near")
        return cases

    def _measure(self):
        with freeze_time(APRIL):
            return self.Month._measure_month(MARCH)

    def test_a_team(self):
        """Twelve on Ann and four on Bob, from Wednesday to the end; one went over."""
        cases = self._give(self.ann, 13)
        cases[0].with_user(self.lead)._hand_to(self.bob.user_id, "Balance")
        self._give(self.bob, 3)
        row = self._measure()
        self.assertEqual((row.team_id, row.department_id), (self.roads, self.works))
        self.assertEqual((row.month, row.people), (MARCH, 5))
        self.assertAlmostEqual(row.jain, 16**2 / (5 * (12**2 + 4**2)))
        self.assertAlmostEqual(row.gini, (2 * (4 * 4 + 5 * 12) / 16 - 6) / 5)
        self.assertEqual((row.case_count, row.inherited_count), (17, 1))
        self.assertEqual(row.inherited_share, 5.9)

    def test_hard_cases(self):
        bridge = self._create_service_type("Bridge", self.roads, effort_points=9)
        self._give(self.ann, 8)
        self._give(self.bob, 2, category_id=bridge.id)
        row = self._measure()
        self.assertEqual((row.case_count, row.hard_count), (10, 2))
        self.assertAlmostEqual(row.hard_share, 20.0)

    def test_who_is_half_there_has_half(self):
        """Equal for the hours: half a week, half the work."""
        self.eve.capacity = 0.5
        for member in (self.ann, self.bob, self.cid, self.dora):
            self._give(member, 2)
        self._give(self.eve, 1)
        row = self._measure()
        self.assertAlmostEqual(row.jain, 1.0)
        self.assertAlmostEqual(row.gini, 0.0)

    def test_four_people_are_not_shown(self):
        self._give(self.ann, 3)
        self.eve.date_to = "2026-02-27"
        self.assertFalse(self._measure())

    def test_small_teams_are_put_together(self):
        """Busy or quiet, each is compared with the mean of the own team."""
        self.parks.department_id = self.works
        for member in (self.dora, self.eve):
            member.date_to = "2026-02-27"
            days = {"date_from": "2026-02-28", "date_to": False}
            member.copy({"team_id": self.parks.id, **days})
        gardeners = self.dora.user_id + self.eve.user_id
        self.parks.user_ids = [(6, 0, (self.lead + gardeners).ids)]
        self._create_assignment_rule(self.parks)
        for member in (self.ann, self.bob, self.cid):
            self._give(member, 4)
        for member in (self.dora, self.eve):
            self._give(member, 1, category_id=self.tree.id)
        row = self._measure()
        self.assertEqual((row.team_id.ids, row.department_id), ([], self.works))
        self.assertEqual((row.people, row.case_count), (5, 14))
        self.assertAlmostEqual(row.jain, 1.0)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_months_are_written_once_and_stay(self):
        """Every month that is over, and for nobody to change."""
        self._give(self.ann, 3)
        with freeze_time(APRIL):
            self.Month._measure_months()
            self.Month._measure_months()
        row = self.Month.search([])
        self.assertEqual(row.mapped("month"), [MARCH])
        oversight = self._create_user("oversight", "citizen_crm.group_oversight")
        self.assertTrue(row.with_user(oversight).jain)
        with self.assertRaises(AccessError):
            row.with_user(oversight).write({"jain": 1})
        with self.assertRaises(AccessError):
            row.with_user(self.lead).read(["jain"])
