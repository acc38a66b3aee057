"""Daily figures: those of cases and clocks, whatever happened, and as of when."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..models.rollup.citizen_rollup import ROLLUPS
from ..tools.day_spans import day_of
from .common import CLEARED
from .privacy_common import PrivacyCommon
from .rollup_common import RollupMixin, get_day
from .sla_common import SlaCommon

PHASES = ("in_work", "answered", "closed", "not_handled", "withdrawn")
OUTCOMES = ("unknown", "confirmed", "partly", "not_solved", "disputed")


@freeze_time("2026-03-04 08:00:00")
class TestRollup(RollupMixin, SlaCommon):
    """A fortnight in which anything happens to any case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search(
            [], order="id", limit=1
        ).citizen_tz = "Asia/Taipei"
        cls._create_rule(
            {"unit": "hours", "amount": 8, "extension_count": 2, "extension_days": 5},
            {"unit": "hours", "amount": 2, "kind": "first_reply"},
            {"unit": "hours", "amount": 16, "kind": "department"},
        )
        cls.mail = cls.env["helpdesk.ticket.channel"].search([], limit=1)
        cls.auditor = cls._create_user("auditor", "citizen_crm.group_oversight")
        cls.head = cls._create_user(
            "head", f"citizen_crm.group_department_head,{CLEARED}"
        )

    def setUp(self):
        super().setUp()
        self.cases, self.now = self.Case, datetime(2026, 3, 4, 8)
        self._file()
        self._refresh()

    def _file(self):
        with freeze_time(self.now):
            case = self._create_case(
                category_id=self.pothole.id, partner_email="a@example.com"
            ).sudo()
        self.cases += case
        return case

    # ------------------------------------------------------------- random histories
    def test_random_histories(self):
        """1. Things happen in any order; days are counted again now and then.
        2. Expected each time: the same as counting everything slowly.
        """
        for seed in range(3):
            rng = Random(seed)
            self.now = datetime(2026, 3, 4, 8)
            for number in range(36):
                self.now += timedelta(hours=rng.choice((1, 5, 13)))
                with freeze_time(self.now), self.subTest(seed=seed, number=number):
                    case = rng.choice(self.cases)
                    rng.choice(self._get_deeds())(rng, case)
                    self.env.flush_all()
                    if number % 6 == 5:
                        self._refresh()
                        self.assertFalse(self._get_marks())
                        self.assertCounted()

    def _get_deeds(self):
        return (
            lambda rng, case: self._file(),
            lambda rng, case: self._move(case, rng.choice(PHASES)),
            lambda rng, case: self._move(case, rng.choice(PHASES)),
            self._transfer,
            lambda rng, case: case.write({"outcome": rng.choice(OUTCOMES)}),
            lambda rng, case: case.write(
                {"category_id": rng.choice((self.pothole, self.tree)).id}
            ),
            lambda rng, case: case.write(
                {"district_id": rng.choice((self.district.id, False))}
            ),
            lambda rng, case: case.write({"channel_id": self.mail.id}),
            lambda rng, case: case.write({"confidential": rng.random() < 0.5}),
            lambda rng, case: case.write({"active": rng.random() < 0.5}),
            lambda rng, case: (
                case.is_open
                and case._write({"closed_date": None})
                or case.write({"received_date": case.received_date - timedelta(days=2)})
            ),
            lambda rng, case: case.is_open and case._log("extended", days=1),
            lambda rng, case: self.cases._sync_clocks(),
            self._file_late,
        )

    def _transfer(self, rng, case):
        if case.is_open:
            case.team_id = rng.choice((self.roads, self.parks))

    def _file_late(self, rng, case):
        """Take over a case that ended weeks ago."""
        at = self.now - timedelta(days=rng.randint(20, 40))
        self.cases += self.Case._create_backdated(
            [
                (
                    self._case_values(
                        category_id=self.tree.id,
                        received_date=at,
                        closed_date=at + timedelta(hours=5),
                        stage_id=self._stage("closed").id,
                    ),
                    [
                        {"kind": "received", "at": at},
                        {"kind": "closed", "at": at + timedelta(hours=5)},
                    ],
                )
            ]
        )

    # ------------------------------------------------------------- what is marked
    def test_a_change_marks_its_days(self):
        case = self.cases
        received = day_of(case.received_date, ZoneInfo("Asia/Taipei"))
        due = {("promise", get_day(self, clock.due)) for clock in case.clock_ids}
        for values, marks in (
            ({"name": "Another title"}, set()),
            ({"district_id": self.district.id}, {("case", received)}),
            ({"confidential": True}, {("case", received)} | due),
        ):
            with self.subTest(values):
                case.write(values)
                self.assertEqual(self._get_marks(), marks)
                self._refresh()
        self.assertFalse(self._get_marks())

    def test_what_is_written_without_the_models_is_seen(self):
        self.env.cr.execute(
            SQL(
                "UPDATE helpdesk_ticket SET category_id = %s WHERE id = %s;"
                "UPDATE citizen_sla_clock SET due = NULL, state = 'paused'"
                " WHERE case_id = %s",
                self.tree.id,
                self.cases.id,
                self.cases.id,
            )
        )
        self.env.invalidate_all()
        self.assertIn(("promise", None), self._get_marks())
        self._refresh()
        self.assertCounted()

    def test_a_day_is_one_of_the_city(self):
        """16:30 in UTC is the next day in Taipei."""
        with freeze_time("2026-03-05 16:30:00"):
            case = self._create_case(category_id=self.bin.id)
            self._refresh()
        row = self.env["citizen.case.rollup.type"].search(
            [("category_id", "=", self.bin.id)]
        )
        self.assertEqual(str(row.day), "2026-03-06")
        self.assertEqual(row.received_count, len(case))

    def test_another_zone_has_all_days_counted_again(self):
        self._create_case(category_id=self.bin.id)
        self.env["res.company"].search(
            [], order="id", limit=1
        ).citizen_tz = "Pacific/Kiritimati"
        self._refresh()
        self.assertEqual(self.env["citizen.rollup"]._get().zone, "Pacific/Kiritimati")
        self.assertCounted()

    def test_from_scratch(self):
        """What is wrong in any table, and on days that have no case, is put right."""
        state = self.env["citizen.rollup"]._get()
        for model in ROLLUPS:
            table = SQL.identifier(self.env[model]._table)
            self.env.cr.execute(SQL("UPDATE %s SET day = day - 400", table))
        self.env.invalidate_all()
        state.with_user(self.admin).action_rebuild()
        self._refresh()
        self.assertCounted()

    def test_a_batch_says_what_is_left(self):
        state = self.env["citizen.rollup"]._get()
        state.as_of = False
        self._file_late(Random(1), self.cases)
        self.cases._write({"district_id": self.district.id})
        self.env.flush_all()
        days = len(self._get_marks())
        self.assertGreater(days, 2)
        self.assertEqual(state._refresh(batch=2), (2, days - 2))
        self.assertFalse(state.as_of, "figures are not true yet")
        self.assertEqual(state._refresh(), (days - 2, 0))
        self.assertTrue(state.as_of)
        self.assertCounted()

    # ------------------------------------------------------------- the check
    def test_check_names_the_first_difference(self):
        state = self.env["citizen.rollup"]._get()
        self.env.cr.execute("UPDATE citizen_case_rollup SET received_count = 9")
        self.env.invalidate_all()
        state.with_user(self.admin).action_check()
        self.assertIn("2026-03-04", state.finding)
        self.assertIn("Roads, Citizen", state.finding)
        self.assertIn("Received was 9, counted 1", state.finding)
        self._refresh()
        self.assertCounted()
        self.assertFalse(state.finding)

    def test_check_leaves_out_what_waits(self):
        self._create_case(category_id=self.tree.id)
        self.assertEqual(self.env["citizen.rollup"]._check(), 0)

    # ------------------------------------------------------------- reading
    def test_means_and_shares_are_of_sums(self):
        with freeze_time("2026-03-05 08:00:00"):
            self._move(self.cases, "closed")
        for hours in (0, 1):
            with freeze_time(f"2026-03-05 0{hours + 1}:00:00"):
                case = self._create_case(category_id=self.pothole.id).sudo()
            with freeze_time("2026-03-05 13:00:00"):
                self._move(case, "closed")
        self._refresh()
        Cases = self.env["citizen.case.rollup"].with_user(self.auditor)
        [[ended, days]] = Cases._read_group(
            [("team_id", "=", self.roads.id)],
            aggregates=["ended_count:sum", "days_to_end:avg"],
        )
        self.assertEqual(ended, 3)
        self.assertAlmostEqual(days, (24 + 12 + 11) / 3 / 24)
        Promises = self.env["citizen.sla.rollup"].with_user(self.auditor)
        [[met, decided, share]] = Promises._read_group(
            [("team_id", "=", self.roads.id)],
            aggregates=["met_count:sum", "decided_count:sum", "share_met:avg"],
        )
        self.assertTrue(decided)
        self.assertAlmostEqual(share, 100 * met / decided)
        row = Cases.search([("ended_count", "=", 1)], limit=1)
        self.assertAlmostEqual(row.days_to_end, row.ended_minutes / 1440)

    def test_same_as_the_reports_over_cases_and_clocks(self):
        """Month by team, as oversight reads it in either."""
        with freeze_time("2026-03-20 08:00:00"):
            self._move(self._create_case(category_id=self.tree.id), "withdrawn")
            self.cases._sync_clocks()
            self._refresh()
        for daily, slow, day, count, sums in (
            (
                "citizen.case.rollup",
                "citizen.case.report",
                "received_date",
                "received_count:sum",
                (),
            ),
            (
                "citizen.sla.rollup",
                "citizen.sla.report",
                "due",
                "promise_count:sum",
                ("met_count:sum", "missed_count:sum", "excluded_count:sum"),
            ),
        ):
            with self.subTest(daily):
                rows = self.env[daily]._read_group(
                    [(count.partition(":")[0], ">", 0)],
                    ["team_id", "day:month"],
                    [count, *sums],
                )
                months = self.env[slow].with_context(tz="Asia/Taipei")
                expected = months._read_group(
                    [], ["team_id", f"{day}:month"], ["__count", *sums]
                )
                self.assertTrue(rows)
                self.assertEqual(
                    {(team, f"{month:%Y-%m}", *rest) for team, month, *rest in rows},
                    {(team, f"{at:%Y-%m}", *rest) for team, at, *rest in expected},
                )

    def test_title_says_as_of_when(self):
        state = self.env["citizen.rollup"]._get()
        state.as_of = "2026-03-04 06:30:00"
        action = self.env.ref("citizen_crm.citizen_case_rollup_action_as_of")
        shown = action.with_user(self.auditor).with_context(tz="UTC").run()
        self.assertEqual(shown["res_model"], "citizen.case.rollup")
        self.assertRegex(shown["display_name"], r"^Cases by Day, as of .*6:30")
        state.as_of = False
        shown = action.with_user(self.auditor).run()
        self.assertEqual(shown["display_name"], "Cases by Day (not counted yet)")

    # ------------------------------------------------------------- who may
    def test_leads_read_their_own_teams(self):
        self._create_case(category_id=self.tree.id)
        self._refresh()
        Promises = self.env["citizen.sla.rollup"]
        self.assertEqual(Promises.with_user(self.lead).search([]).team_id, self.roads)
        for user in (self.auditor, self.head, self.admin):
            with self.subTest(user.login):
                teams = Promises.with_user(user).search([]).team_id
                self.assertLessEqual(self.roads + self.parks, teams)

    def test_nobody_has_days_counted_who_is_no_administrator(self):
        state = self.env["citizen.rollup"]._get()
        for user in (self.auditor, self.head):
            for call in ("action_check", "action_rebuild"):
                with self.subTest(user.login, call=call):
                    with self.assertRaises(AccessError):
                        getattr(state.with_user(user), call)()

    def test_confidential_cases_are_not_counted(self):
        before = self._read("citizen.case.rollup")
        self._create_case(category_id=self.tree.id, confidential=True)
        self._refresh()
        self.assertEqual(self._read("citizen.case.rollup"), before)


@tagged("post_install", "-at_install")
class TestRollupErased(RollupMixin, PrivacyCommon):
    """Figures stay when the person is erased."""

    def test_erasing_changes_no_figure(self):
        case = self._create_ended(partner_id=self.ada.id, district_id=self.district.id)
        self._refresh()
        before = {model: self._read(model) for model in ROLLUPS}
        self._erase_due()
        self.assertFalse(case.partner_id)
        self._refresh()
        self.assertEqual({model: self._read(model) for model in ROLLUPS}, before)
        self.assertCounted()
