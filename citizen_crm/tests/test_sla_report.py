from collections import Counter, defaultdict
from datetime import date, datetime

from odoo.tests import freeze_time

from .common import CLEARED
from .sla_common import SlaCommon

MEASURES = (
    "promise_count",
    "met_count",
    "missed_count",
    "excluded_count",
    "bulk_count",
    "open_count",
    "undetermined_count",
    "extension_count",
    "extension_days",
)


@freeze_time("2026-03-04 08:00:00")
class TestReport(SlaCommon):
    """The figures are those of the clocks, counted one by one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        desk = "citizen_crm.group_"
        cls.auditor = cls._create_user("auditor", f"{desk}oversight")
        cls.head = cls._create_user("head", f"{desk}department_head,{CLEARED}")
        cls.lead.helpdesk_team_ids = [(4, cls.roads.id)]
        pauses = {"pausing_reason_ids": [(6, 0, cls.third_party.ids)]}
        extension = {"extension_count": 2, "extension_days": 5}
        cls._create_rule(
            {"unit": "hours", "amount": 8, **pauses, **extension},
            {"unit": "hours", "amount": 4, "kind": "first_reply"},
            {"unit": "hours", "amount": 16, "kind": "department"},
        )
        cls._live()
        cls.env.flush_all()

    @classmethod
    def _live(cls):
        """Let two weeks pass: what may happen to a promise happens to some case."""
        cases = cls.Case
        for category in (cls.pothole, cls.tree) * 4:
            cases += cls._create_case(
                category_id=category.id,
                partner_id=cls.ada.id,
                district_id=cls.district.id,
            )
        cls.cases = cases = cases.with_user(cls.clerk)
        (met, late, refused, moved, paused, *bulk) = cases
        with freeze_time("2026-03-04 10:00:00"):
            cls._answer(met)
            cls._move(refused.sudo(), "not_handled")
            moved.sudo().team_id = cls.roads
            paused.sudo()._log(
                "waiting",
                waiting_reason_id=cls.third_party.id,
                waiting_until=datetime(2026, 4, 4),
            )
        with freeze_time("2026-03-04 12:00:00"):
            late.sudo()._log("extended", days=1)
            cls._move(cls.Case.union(*bulk).sudo(), "closed")
        with freeze_time("2026-03-05 10:00:00"):
            paused.sudo()._log("resumed")
            cls._answer(paused)
        with freeze_time("2026-03-16 10:00:00"):
            cls._answer(late)
            cls._create_case(category_id=cls.pothole.id)
            cases._sync_clocks()
        with freeze_time("2026-03-05 11:00:00"):
            open_case = cls._create_case(category_id=cls.bin.id)
            cls.cases += open_case

    @classmethod
    def _answer(cls, case):
        cls._reply(case.with_user(cls.clerk))

    def _count(self, clocks):
        """Count slowly what the view counts."""
        counts = Counter(promise_count=len(clocks))
        for clock in clocks:
            events = clock.case_id.event_ids
            field = {
                "met": "met_count",
                "missed": "missed_count",
                "not_applicable": "excluded_count",
                "undetermined": "undetermined_count",
            }.get(clock.state, "open_count")
            counts[field] += 1
            if clock.state in ("missed", "not_applicable"):
                counts["bulk_count"] += any(
                    event.in_bulk and event.at == clock.stop for event in events
                )
            if clock.due != clock.original_due:
                told = events.filtered(lambda event: event.kind == "extended")
                counts["extension_count"] += len(told)
                counts["extension_days"] += sum(told.mapped("days"))
        return {name: counts[name] for name in MEASURES}

    def _read(self, groupby, user=None, domain=()):
        """Return the view's figures by group, all measures of it."""
        report = self.env["citizen.sla.report"].with_user(user or self.env.user)
        rows = report._read_group(
            [("promise_count", "=", 1), *domain],
            [groupby],
            [*(f"{name}:sum" for name in MEASURES), "share_met:avg"],
        )
        return {
            group: (dict(zip(MEASURES, sums, strict=True)), share)
            for group, *sums, share in rows
        }

    def test_figures_are_those_of_the_clocks(self):
        """By each dimension: every number, and the share out of the two numbers."""
        clocks = self.env["citizen.sla.clock"].search([])
        seen = Counter()
        for groupby, key in (
            ("kind", lambda clock: clock.kind),
            ("basis", lambda clock: clock.basis),
            ("role", lambda clock: clock.case_id.role),
            ("nature", lambda clock: clock.case_id.nature),
            ("category_id", lambda clock: clock.case_id.category_id),
            ("district_id", lambda clock: clock.case_id.district_id),
            ("rule_id", lambda clock: clock.target_id.rule_id),
            ("team_id", lambda clock: clock.team_id or clock.case_id.team_id),
            (
                "due:month",
                lambda clock: (
                    clock.due and datetime(clock.due.year, clock.due.month, 1)
                ),
            ),
        ):
            groups = defaultdict(self.env["citizen.sla.clock"].browse)
            for clock in clocks:
                groups[key(clock)] |= clock
            found = self._read(groupby)
            with self.subTest(groupby):
                self.assertEqual(set(found), set(groups))
            for group, members in groups.items():
                with self.subTest(groupby, group=group):
                    sums, share = found[group]
                    self.assertEqual(sums, self._count(members))
                    decided = sums["met_count"] + sums["missed_count"]
                    self.assertEqual(
                        share,
                        100 * sums["met_count"] / decided if decided else False,
                    )
                seen.update(self._count(members))
        for name in set(MEASURES) - {"undetermined_count"}:
            self.assertTrue(seen[name], f"the scene has no {name}")

    def test_period_is_that_of_the_due_date(self):
        """Received in February, due in March: it counts in March."""
        with freeze_time("2026-02-27 16:00:00"):
            case = self._create_case(category_id=self.pothole.id)
        self.env.flush_all()
        self.assertEqual(self._clock(case).due.date(), date(2026, 3, 2))
        rows = self._read("due:month", domain=[("id", "in", case.clock_ids.ids)])
        months = {month and month.date() for month in rows}
        self.assertEqual(months, {date(2026, 3, 1)})

    def test_late_by_and_paused(self):
        late, paused = self.cases[1], self.cases[4]
        Report = self.env["citizen.sla.report"]
        row = Report.browse(self._clock(late).id)
        # Due on Thursday at 17 o'clock after one day more; answered on the Monday
        # after next at 10: six working days and two hours.
        self.assertEqual((row.state, row.late_hours), ("missed", 50))
        row = Report.browse(self._clock(paused).id)
        self.assertAlmostEqual(row.share_paused, 100 * 24 / 26)

    def test_bulk_closing_is_in_no_rate(self):
        """And it cannot hide what was late before."""
        many = self.Case.union(
            *(self._create_case(category_id=self.pothole.id) for _n in range(2))
        )
        with freeze_time("2026-03-09 10:00:00"):
            self._move(many.with_user(self.clerk), "closed")
        self.env.flush_all()
        clocks = self._clock(many[0]) | self._clock(many[1])
        self.assertEqual(clocks.mapped("state"), ["missed", "missed"])
        rows = self.env["citizen.sla.report"].browse(clocks.ids)
        self.assertEqual(rows.mapped("bulk_count"), [1, 1])
        self.assertEqual(rows.mapped("share_met"), [0, 0])

    def test_confidential_cases_are_not_in_it(self):
        case = self._create_case(
            category_id=self.pothole.id, nature="misconduct_report"
        )
        self.env.flush_all()
        clocks = case.sudo().clock_ids
        self.assertTrue(clocks)
        self.assertFalse(
            self.env["citizen.sla.report"].search([("id", "in", clocks.ids)])
        )

    def test_who_sees_which_figures(self):
        """Oversight and heads all teams', a lead the own; a handler none."""
        both = self.roads + self.parks
        for user, teams in (
            (self.auditor, both),
            (self.head, both),
            (self.admin, both),
            (self.lead, self.roads),
        ):
            with self.subTest(user.login):
                seen = self._read("team_id", user=user)
                ours = [team for team in seen if team in both]
                self.assertEqual(set(ours), set(teams))
        self.assertFalse(
            self.env["citizen.sla.report"].with_user(self.handler).has_access("read")
        )

    def test_no_person_and_no_handler(self):
        """Nothing in it leads to a case, a person or a member of staff."""
        report = self.env["citizen.sla.report"]
        models = {field.comodel_name for field in report._fields.values()}
        magic = {"create_uid", "write_uid"} & set(report._fields)
        self.assertFalse(magic)
        for model in ("helpdesk.ticket", "res.users", "res.partner", "hr.employee"):
            self.assertNotIn(model, models)

    def test_holders_are_seen_with_their_cases(self):
        """The list of missed promises shows a lead those of the own teams only."""
        missed = [("state", "=", "missed")]
        clocks = self.env["citizen.sla.clock"]
        found = clocks.with_user(self.lead).search(missed)
        self.assertLessEqual(found.sudo().case_id.team_id, self.roads)
        self.assertFalse(clocks.with_user(self.auditor).has_access("read"))
