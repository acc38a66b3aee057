"""Why this deadline: the history replayed and told, to those who may see the case."""

from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..models.sla.instants import to_instant
from . import sla_common

SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}


def seconds(text):
    """Return the seconds of "7:30" or "161:59:59"."""
    hours, minutes, *rest = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + sum(rest)


@freeze_time("2026-03-04 08:00:00")
class TestDeadlineExplanation(sla_common.SlaCommon):
    def _create_eventful_case(self):
        """Six working days, a pause of two days, two days more, another team."""
        self._create_rule(
            SIX_DAYS
            | {
                "pausing_reason_ids": self.supplement.ids,
                "extension_count": 1,
                "extension_days": 5,
                "step_ids": [
                    (0, 0, {"amount": 75, "trigger": "percent"}),
                    (0, 0, {"amount": 8, "trigger": "after", "recipient": "lead"}),
                ],
            },
            {**SIX_DAYS, "kind": "department", "basis": "service"},
            name="Petitions",
            role="citizen",
        )
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        for at, kind, values in (
            (
                "2026-03-05 09:00:00",
                "waiting",
                {
                    "waiting_reason_id": self.supplement.id,
                    "waiting_until": datetime(2026, 3, 19, 9),
                },
            ),
            ("2026-03-09 09:00:00", "resumed", {}),
            ("2026-03-10 09:00:00", "extended", {"days": 2, "note": "Site visit"}),
        ):
            with freeze_time(at):
                case.with_user(self.handler)._log(kind, **values)
        with freeze_time("2026-03-11 09:00:00"):
            case.sudo().team_id = self.parks
        return case

    def _explain(self, case, user=None):
        return case.with_user(user or self.clerk).get_deadline_explanation()

    def test_tells_what_the_clocks_show(self):
        """1. A case with a pause, an extension and a transfer. 2. At several times.
        3. Expected: the replay tells what the stored clocks say."""
        case = self._create_eventful_case()
        for at in ("2026-03-11 10:00:00", "2026-03-18 10:00:00", "2026-04-01 10:00:00"):
            with freeze_time(at):
                case._sync_clocks()
                told = self._explain(case)
                found = {
                    promise["key"]: promise
                    for promise in told["promises"] + told["former"]
                }
                self.assertEqual(len(found), len(case.sudo().clock_ids))
                for clock in case.sudo().clock_ids:
                    key = f"{clock.kind}/{clock.basis}/{clock.number}"
                    with self.subTest(at=at, clock=key):
                        self._assert_agrees(found[key], clock)

    def _assert_agrees(self, promise, clock):
        self.assertEqual(promise["state"], clock.state)
        for name in ("begun", "start", "due", "original_due", "stop"):
            stored = clock[name] and to_instant(clock[name]) or None
            self.assertEqual(promise[name], stored, name)
        self.assertEqual(promise["rule"], clock.rule_id.display_name)

    def test_does_not_look_at_the_stored_clock(self):
        """A row that was tampered with changes nothing in what is told."""
        case = self._create_eventful_case()
        before = self._explain(case)["promises"][0]
        case.sudo().clock_ids.write({"due": "2030-01-01", "state": "met"})
        after = self._explain(case)["promises"][0]
        self.assertEqual((after["due"], after["state"]), (before["due"], "running"))

    def test_pause_extension_and_calendars(self):
        case = self._create_eventful_case()
        promise = self._explain(case)["promises"][0]
        self.assertEqual(
            (promise["name"], promise["basis"]), ("Answer", "Statutory deadline")
        )
        (pause,) = promise["pauses"]
        self.assertEqual(pause["start"], to_instant(datetime(2026, 3, 5, 9)))
        self.assertEqual(pause["end"], to_instant(datetime(2026, 3, 9, 9)))
        self.assertEqual(pause["reason"], self.supplement.name)
        (extension,) = promise["extensions"]
        self.assertEqual(
            (extension["days"], extension["by"], extension["note"]),
            (2, "Handler", "Site visit"),
        )
        self.assertEqual(promise["conditions"], "Citizen cases")
        self.assertEqual([c["zone"] for c in promise["calendars"]], ["UTC"])
        self.assertGreater(promise["due"], promise["original_due"])

    def test_trace_adds_up(self):
        """Counted, paused and other time are the time on the wall, in every row."""
        case = self._create_eventful_case()
        promise = self._explain(case)["promises"][0]
        rows, sums = promise["trace"]["rows"], promise["trace"]["sums"]
        wall = promise["due"] - promise["start"]
        self.assertEqual(seconds(sums["wall"]), wall)
        for name in ("counts", "paused", "off"):
            self.assertEqual(
                sum(seconds(row[name]) for row in rows), seconds(sums[name]), name
            )
        self.assertEqual(
            sum(seconds(sums[name]) for name in ("counts", "paused", "off")), wall
        )
        self.assertEqual(rows[-1]["total"], sums["counts"])
        # Six days and two more; those at whose end the clock was paused do not count.
        numbers = {row["number"]: row["last"] for row in rows if row["number"]}
        self.assertEqual(sorted(numbers), list(range(1, 9)))
        self.assertEqual((numbers[1], numbers[8]), ("2026-03-09", "2026-03-18"))
        self.assertIn("paused", {row["kind"] for row in rows})

    def test_warnings_taken_and_to_come(self):
        case = self._create_eventful_case()
        steps = self._explain(case)["promises"][0]["steps"]
        self.assertEqual([step["is_taken"] for step in steps], [False, False])
        clock = self._clock(case)
        self.env["citizen.sla.notice"].create(
            {
                "clock_id": clock.id,
                "case_id": case.id,
                "step_id": clock.target_id.step_ids[0].id,
                "at": datetime(2026, 3, 11, 8),
                "user_ids": self.handler.ids,
            }
        )
        first, second = self._explain(case)["promises"][0]["steps"]
        self.assertEqual((first["is_taken"], first["people"]), (True, "Handler"))
        self.assertFalse(second["is_taken"])

    def test_former_promises(self):
        """The department's clock of the first team is an earlier one."""
        case = self._create_eventful_case()
        told = self._explain(case)
        self.assertEqual(
            [p["name"] for p in told["promises"]],
            ["Answer", "Answer of the department"],
        )
        (former,) = told["former"]
        self.assertEqual(former["reason"], "Transferred")

    def test_reopened(self):
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        self._move(case, "closed")
        with freeze_time("2026-03-20 10:00:00"):
            self._move(case, "in_work")
            told = self._explain(case)
        self.assertEqual(told["promises"][0]["state"], "running")
        self.assertEqual(told["former"][0]["reason"], "Closed without an answer")

    def test_missed(self):
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        with freeze_time("2026-03-20 10:00:00"):
            promise = self._explain(case)["promises"][0]
        self.assertEqual(promise["state"], "missed")
        self.assertIn("Handler, Roads", promise["reason"])

    def test_problem(self):
        """What is wrong, and who can mend it."""
        self._create_rule(SIX_DAYS)
        self.roads.resource_calendar_id = self._create_calendar("Never", days=())
        case = self._create_case(category_id=self.pothole.id)
        told = self._explain(case)
        self.assertIn("Never", told["problem"])
        self.assertIn(self.admin.name, told["helpers"])
        promise = told["promises"][0]
        self.assertEqual((promise["state"], promise["trace"]), ("undetermined", None))
        self.assertTrue(promise["problem"])

    def test_nothing_promised_and_given(self):
        case = self._create_case(category_id=self.pothole.id)
        told = self._explain(case)
        self.assertEqual((told["promises"], told["is_given"]), ([], False))
        case.due_date = datetime(2026, 3, 9)
        self.assertTrue(self._explain(case)["is_given"])

    def test_long_trace(self):
        """A year is told from its beginning and its end, and still adds up."""
        self._create_rule(SIX_DAYS | {"amount": 260})
        case = self._create_case(category_id=self.pothole.id)
        promise = self._explain(case)["promises"][0]
        rows = promise["trace"]["rows"]
        self.assertLess(len(rows), 60)
        self.assertEqual(sum(row["is_skipped"] for row in rows), 1)
        self.assertEqual(
            seconds(promise["trace"]["sums"]["wall"]),
            promise["due"] - promise["start"],
        )
        self.assertEqual(rows[-1]["number"], 260)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_see_it(self):
        """Whoever may read the case, of the staff."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(
            category_id=self.pothole.id, partner_id=self.portal.partner_id.id
        )
        for user in (self.clerk, self.teamworker):
            self.assertTrue(self._explain(case, user)["promises"])
        for user in (self.outsider, self.portal, self.public, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._explain(case, user)
        secret = self._create_case(
            category_id=self.pothole.id, nature="misconduct_report"
        )
        with self.assertRaises(AccessError):
            self._explain(secret, self.clerk)
