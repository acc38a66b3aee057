"""Figures of objections and overrides for oversight, in which nobody is made out."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .objection_common import ObjectionCommon

QUIET = "odoo.addons.base.models.ir_model"


class TestObjectionReport(ObjectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.oversight = cls._create_user("oversight", "citizen_crm.group_oversight")
        cls.Report = cls.env["citizen.workload.objection.report"].with_user(
            cls.oversight
        )

    def _grow(self, team, *names):
        for name in names:
            self._create_colleague(name, team)

    def _figures(self, *names):
        """Return sums by team name, of the fields named."""
        self.env.flush_all()
        rows = self.Report._read_group([], ["team_id"], [f"{n}:sum" for n in names])
        return {row[0].name: tuple(row[1:]) for row in rows}

    def test_counts(self):
        self._grow(self.roads, "Dan", "Eve")
        self._decide(self._object(), "refused")
        with freeze_time("2026-03-06 08:00:00"):
            self._decide(self._object(points=2))
        self._object(kind="fit").action_withdraw()
        self._object(kind="type", points=2)
        self._file()
        self._dispatch()
        self.assertEqual(
            self._figures(
                "objection_count", "upheld_count", "given_count", "override_count"
            ),
            {"Roads": (4, 1, 2, 1)},
        )
        total = self.Report._read_group(
            [], [], ["share_by_hand:avg", "decide_days:avg", "late_count:sum"]
        )
        self.assertEqual(total, [(50.0, 0.0, 0)])
        self.assertEqual(
            {row.month.isoformat() for row in self.Report.search([])}, {"2026-03-01"}
        )

    def test_late(self):
        self._grow(self.roads, "Dan", "Eve")
        objection = self._object()
        with freeze_time(objection.deadline + timedelta(days=1)):
            self._decide(objection, "refused")
        self.assertEqual(self._figures("late_count"), {"Roads": (1,)})
        (row,) = self.Report._read_group([], [], ["decide_days:avg"])
        self.assertAlmostEqual(row[0], 8.67, delta=0.01)

    def test_small_teams_are_not_shown_alone(self):
        """Three people of Roads; with two of Parks they are five, without a name."""
        self._object()
        self.assertEqual(self._figures("objection_count"), {})
        self._grow(self.parks, "Dan", "Eve")
        self.assertEqual(self._figures("objection_count"), {})
        self._create_assignment_rule(self.parks)
        self._file(category_id=self.tree.id)
        self._dispatch(self.parks)
        self.assertEqual(
            self._figures("objection_count", "given_count"), {False: (1, 2)}
        )
        self.assertFalse(self.Report.search([]).department_id)

    def test_work_given_by_hand_is_no_override(self):
        self._grow(self.roads, "Dan", "Eve")
        self._create_assignment_rule(method="manual")
        self._give(self.bob)
        self.assertEqual(
            self._figures("given_count", "override_count")["Roads"], (1, 1)
        )

    @mute_logger(QUIET)
    def test_who_reads(self):
        for user in (self.oversight, self.head, self.admin):
            self.Report.with_user(user).search([])
        for user in (self.ann.user_id, self.lead, self.clerk):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.Report.with_user(user).search([])

    def test_no_person_in_it(self):
        names = set(self.Report._fields)
        self.assertFalse(names & {"employee_id", "user_id", "case_id", "case_number"})
