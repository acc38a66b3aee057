"""What staff see of deadlines: how cases stand to them, and how much time is left."""

from datetime import datetime, timedelta

from odoo.tests import freeze_time
from odoo.tools import SQL

from ..models.sla.instants import to_instant
from . import common, sla_common

EIGHT_HOURS = {"unit": "hours", "amount": 8}
SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}


@freeze_time("2026-03-04 08:00:00")
class TestDueState(sla_common.SlaCommon):
    def test_computed_searched_and_grouped_alike(self):
        """1. One case of each state.
        2. Expected: compute, search and grouping tell the same of every case."""
        cases = self._create_case_of_each_state()
        union = self.Case.union(*cases.values())
        domain = [("id", "in", union.ids)]
        self.assertEqual(
            {s: c.due_state for s, c in cases.items()}, {s: s for s in cases}
        )
        self.assertSearchAgrees(self.Case, "due_state", [s for s in cases if s], domain)
        self.assertEqual(
            self.Case.search([*domain, ("due_state", "=", False)]), cases[False]
        )
        self.assertSearchAgrees(self.Case, "is_late", (True, False), domain)
        counts = dict(self.Case._read_group(domain, ["due_state"], ["__count"]))
        self.assertEqual(counts, dict.fromkeys(cases, 1))

    def _create_case_of_each_state(self):
        now = common.NOW
        states = {
            "late": {"due_date": now - timedelta(minutes=1)},
            "today": {"due_date": now + timedelta(hours=2)},
            "soon": {"due_date": now + timedelta(days=1), "due_soon_date": now},
            "later": {
                "due_date": now + timedelta(days=9),
                "due_soon_date": now + timedelta(days=6),
            },
            "paused": {"is_paused": True},
            "none": {},
        }
        cases = {
            state: self._create_case(category_id=self.pothole.id) for state in states
        }
        for state, values in states.items():
            cases[state].sudo().write(values)
        cases[False] = self._create_case(due_date=now - timedelta(days=1))
        self._move(cases[False].sudo(), "answered")
        return cases

    def test_moved_to_answered_without_a_letter(self):
        """A late case does not leave the lists by being dragged to Answered."""
        self._create_rule(EIGHT_HOURS)
        case = self._create_case(
            category_id=self.pothole.id, user_id=self.handler.id, partner_id=self.ada.id
        ).with_user(self.handler)
        with freeze_time("2026-03-05 10:00:00"):
            # People cannot any more; the system can.
            self._move(case.sudo(), "answered")
            self.assertEqual(case.due_state, "late")
            self.assertIn(case, self.Case.search([("is_late", "=", True)]))
            case.message_post(
                body="Done.", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self.assertFalse(case.due_state)
            self.assertNotIn(case, self.Case.search([("is_late", "=", True)]))

    def test_pause(self):
        """While the clock is paused the case is neither late nor without promise."""
        self._create_rule(EIGHT_HOURS | {"pausing_reason_ids": self.supplement.ids})
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        case._log("waiting", waiting_reason_id=self.supplement.id)
        with freeze_time("2026-03-09 10:00:00"):
            self.assertEqual(case.due_state, "paused")
            self.assertFalse(case.is_late)
            case._log("resumed")
            self.assertEqual(case.due_state, "later")

    def test_late_search_uses_an_index(self):
        """The list of late cases costs the late ones, not all cases."""
        self.env.flush_all()
        query = self.Case.sudo()._search([("is_late", "=", True)], order="due_date")
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_sort = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(row[0] for row in rows)
        self.assertIn("helpdesk_ticket_open_due_index", plan)


@freeze_time("2026-03-04 08:00:00")
class TestDueBadge(sla_common.SlaCommon):
    """Office hours are 8 to 12 and 13 to 17 o'clock, so a day has 8 hours."""

    def _badge(self, case, at="2026-03-04 08:00:00", **context):
        with freeze_time(at):
            case.invalidate_recordset(["due_badge", "due_state"])
            return case.with_context(**context).due_badge

    def _create_ruled_case(self, *targets, **values):
        self._create_rule(*targets)
        return self._create_case(
            category_id=self.pothole.id, user_id=self.handler.id, **values
        ).with_user(self.handler)

    def test_time_left_in_words(self):
        """Due on Thursday, 12 March, at the end of the day."""
        case = self._create_ruled_case(SIX_DAYS)
        for at, state, text, seconds, days in (
            ("2026-03-04 08:00:00", "running", "7 d left", 7 * 28800, 7),
            ("2026-03-04 09:30:00", "running", "6 d 6 h left", 6 * 28800 + 23400, 7),
            ("2026-03-07 09:30:00", "running", "4 d left", 4 * 28800, 4),
            ("2026-03-11 12:30:00", "soon", "1 d 4 h left", 43200, 2),
            ("2026-03-12 14:10:00", "soon", "2 h left", 10200, 1),
            ("2026-03-12 15:10:00", "soon", "1 h 50 min left", 6600, 1),
            ("2026-03-12 16:57:00", "soon", "less than 5 min left", 180, 1),
            ("2026-03-12 20:00:00", "soon", "due by 11:59\u202fPM", 0, 0),
            ("2026-03-13 07:00:00", "late", "late", 0, 0),
            ("2026-03-13 10:30:00", "late", "late by 2 h", -9000, 0),
            ("2026-03-16 10:30:00", "late", "late by 1 d 2 h", -28800 - 9000, 0),
        ):
            with self.subTest(at=at):
                badge = self._badge(case, at)
                found = [badge[key] for key in ("state", "text", "seconds", "days")]
                self.assertEqual(found, [state, text, seconds, days])

    def test_told_ahead(self):
        """What a screen left open will say is what the server says then."""
        case = self._create_ruled_case(EIGHT_HOURS)
        steps = self._badge(case, "2026-03-04 13:30:00")["steps"]
        self.assertGreater(len(steps), 20)
        for at, state, text in steps:
            moment = datetime.utcfromtimestamp(at)
            with self.subTest(at=moment):
                badge = self._badge(case, moment)
                self.assertEqual((badge["state"], badge["text"]), (state, text))
        self.assertEqual(steps[-1][1], "late")

    def test_who_promised(self):
        case = self._create_ruled_case(SIX_DAYS)
        badge = self._badge(case)
        self.assertEqual(badge["basis"], "statutory")
        self.assertEqual(badge["due"], to_instant(case.due_date))
        self.assertEqual(
            badge["about"], "Statutory deadline\nCalendar: Office, version 1"
        )

    def test_due_date_given(self):
        """A due date without rule is counted on the calendar of the case."""
        case = self._create_case(
            category_id=self.pothole.id, due_date=datetime(2026, 3, 5, 12)
        )
        badge = self._badge(case)
        self.assertEqual((badge["basis"], badge["text"]), ("given", "1 d 4 h left"))

    def test_beyond_the_calendar(self):
        """Old imports have due dates that no timetable reaches."""
        case = self._create_case(
            received_date=datetime(2010, 1, 4), due_date=datetime(2010, 1, 8)
        )
        badge = self._badge(case)
        self.assertEqual(
            (badge["state"], badge["text"]), ("late", "late since 01/08/2010")
        )
        case.due_date = datetime(2050, 1, 8)
        self.assertEqual(self._badge(case)["text"], "due by 01/08/2050")

    def test_without_time(self):
        """Paused, broken, without promise, answered: no time is told."""
        nothing = self._create_case(category_id=self.tree.id)
        self.assertEqual(self._badge(nothing)["text"], "no deadline")
        self._move(nothing, "closed")
        self.assertEqual(self._badge(nothing)["text"], "")
        case = self._create_ruled_case(
            EIGHT_HOURS | {"pausing_reason_ids": self.supplement.ids}
        )
        case._log("waiting", waiting_reason_id=self.supplement.id)
        self.assertEqual(self._badge(case)["text"], "paused")
        case._log("resumed")
        case.message_post(
            body="Done.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._move(case, "answered")
        self.assertEqual(self._badge(case)["text"], "in time")
        self.roads.resource_calendar_id = self._create_calendar("Never", days=())
        broken = self._create_case(category_id=self.pothole.id)
        badge = self._badge(broken)
        self.assertEqual(badge["text"], "deadline problem")
        self.assertIn("Never", badge["why"])

    def test_answered_late(self):
        case = self._create_ruled_case(EIGHT_HOURS)
        with freeze_time("2026-03-06 08:00:00"):
            case.message_post(
                body="Done.", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self._move(case, "answered")
        self.assertEqual(self._badge(case)["text"], "answered late")

    def test_time_zone_and_language(self):
        """Due by an hour: by the clock of whoever looks."""
        self.env["res.lang"]._activate_lang("es_ES")
        case = self._create_ruled_case(SIX_DAYS)
        late = "2026-03-12 20:00:00"
        self.assertEqual(
            self._badge(case, late, tz="Europe/Madrid")["text"], "due by 03/13/2026"
        )
        self.assertEqual(
            self._badge(case, late, tz="Atlantic/Azores")["text"],
            "due by 10:59\u202fPM",
        )
        spanish = self._badge(case, late, tz="Atlantic/Azores", lang="es_ES")
        self.assertIn("22:59", spanish["text"])

    def test_badge_of_many_costs_the_same(self):
        """What the badge needs is fetched for all rows at once."""
        self._create_rule(SIX_DAYS)
        values = self._case_values(category_id=self.pothole.id)
        cases = self.Case.create([values] * 80).with_user(self.teamworker)

        def cost(cases, names):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases.read(names)
            return self.env.cr.sql_log_count - before

        plain, badge = ["due_date", "is_open"], ["due_date", "is_open", "due_badge"]
        cost(cases, badge)  # compiles the timetable
        for some in (cases[:1], cases):
            with self.subTest(count=len(some)):
                self.assertLessEqual(cost(some, badge) - cost(some, plain), 5)
