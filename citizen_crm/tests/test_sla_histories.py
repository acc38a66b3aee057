from datetime import datetime

from odoo import fields
from odoo.tests import freeze_time

from . import sla_common

SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}
EIGHT_HOURS = {"unit": "hours", "amount": 8}


@freeze_time("2026-03-04 08:00:00")
class TestHistories(sla_common.SlaCommon):
    """Histories that no rule foresees and every city has."""

    def _say(self, case, user=None):
        case.with_user(user or self.handler).message_post(
            body="We have repaired it.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _told_case(self, **values):
        """Register a pothole of Ada's with a handler."""
        return self._create_case(
            category_id=self.pothole.id,
            user_id=self.handler.id,
            partner_id=self.ada.id,
            **values,
        )

    # ------------------------------------------------------------- promises
    def test_detour_over_triage(self):
        """A case that returns to triage is passed on: its promise stays."""
        self._create_rule(EIGHT_HOURS, team_ids=self.roads.ids)
        self._create_rule(SIX_DAYS | {"basis": "service"}, sequence=20)
        case = self._create_case(category_id=self.pothole.id)
        promise = self._clock(case)
        with freeze_time("2026-03-04 09:00:00"):
            case.sudo().team_id = False
        with freeze_time("2026-03-04 10:00:00"):
            case.sudo().team_id = self.parks
        self.assertEqual(case.sudo().clock_ids, promise)
        self.assertEqual((promise.state, case.due_date), ("running", promise.due))

    def test_detour_asks_for_the_team(self):
        """What a team promises is its own, also after triage."""
        department = {**EIGHT_HOURS, "kind": "department"}
        self._create_rule(department, team_ids=self.roads.ids)
        self._create_rule({**department, "amount": 4}, sequence=20)
        case = self._create_case(category_id=self.pothole.id)
        with freeze_time("2026-03-04 09:00:00"):
            case.sudo().team_id = False
        with freeze_time("2026-03-04 10:00:00"):
            case.sudo().team_id = self.parks
        clock = self._clock(case, "department")
        self.assertEqual(
            (clock.state, clock.due), ("running", datetime(2026, 3, 4, 15))
        )

    def test_retyped_at_once(self):
        """A promise that was let go in the second it was made leaves no clock open."""
        self._create_rule(SIX_DAYS, category_ids=self.pothole.ids)
        case = self._create_case(category_id=self.pothole.id)
        case.sudo().category_id = self.tree
        clock = self._clock(case)
        self.assertEqual((clock.state, clock.reason), ("not_applicable", "replaced"))
        self.assertFalse(case.due_date or case.is_answer_owed)

    def test_retyped_and_closed_at_once(self):
        """One answer keeps one promise."""
        done = {**EIGHT_HOURS, "closing_counts": True}
        self._create_rule(done, category_ids=self.pothole.ids)
        self._create_rule({**done, "amount": 4}, sequence=20)
        case = self._told_case()
        with freeze_time("2026-03-04 09:00:00"):
            case.sudo().write(
                {
                    "category_id": self.tree.id,
                    "team_id": self.roads.id,
                    "stage_id": self._stage("closed").id,
                }
            )
        states = case.sudo().clock_ids.sorted("number").mapped("state")
        self.assertEqual(states, ["not_applicable", "met"])

    def test_receipt_corrected_to_after_another_type(self):
        self._create_rule(SIX_DAYS, category_ids=self.pothole.ids)
        self._create_rule(EIGHT_HOURS | {"basis": "statutory"}, sequence=20)
        case = self._create_case(
            category_id=self.pothole.id,
            received_date="2026-03-02 08:00:00",
        )
        case.sudo().category_id = self.tree
        with freeze_time("2026-03-05 08:00:00"):
            case.sudo().received_date = "2026-03-04 10:00:00"
        clocks = case.sudo().clock_ids.sorted("number")
        self.assertEqual(clocks.mapped("state"), ["not_applicable", "running"])
        self.assertEqual(clocks[1].due, datetime(2026, 3, 5, 10))

    def test_taken_over_case_gets_another_type(self):
        """Cases from before the rules know no calendar yet."""
        case = self._create_case(category_id=self.pothole.id)
        self.env.cr.execute(
            "UPDATE citizen_case_event SET calendar_version_id = NULL"
            " WHERE case_id = %s",
            [case.id],
        )
        self._create_rule(SIX_DAYS)
        with freeze_time("2026-03-05 08:00:00"):
            case.sudo().category_id = self.bin
            case.sudo().team_id = self.parks
        self.assertFalse(case.sla_problem)
        self.assertEqual(case.due_date, datetime(2026, 3, 12, 23, 59, 59))

    # ------------------------------------------------------------- calendars
    def test_reopened_after_the_calendar_changed(self):
        """A closed case is told of no change; its new round knows it."""
        calendars = self.office + self._create_calendar("Phone line")
        for own in (False, calendars[1]):
            with self.subTest(calendar=own and own.name):
                self._create_rule(
                    EIGHT_HOURS,
                    sequence=1 if own else 10,
                    calendar_id=own and own.id,
                )
                case = self._told_case()
                with freeze_time("2026-03-04 09:00:00"):
                    self._move(case.sudo(), "closed")
                    (own or self.office).attendance_ids.filtered(
                        lambda line: line.dayofweek == "4"
                    ).unlink()
                with freeze_time("2026-03-05 17:00:00"):
                    self._move(case, "in_work")
                    self.assertEqual(case.due_date, datetime(2026, 3, 9, 17))

    def test_mended_calendar(self):
        """The cases of a calendar that was broken get their deadline once it works."""
        weak = self._create_calendar("Weak")
        for own in (False, True):
            with self.subTest(own=own):
                self.roads.resource_calendar_id = self.office if own else weak
                self._create_rule(
                    SIX_DAYS, sequence=1 if own else 10, calendar_id=own and weak.id
                )
                weak.attendance_ids.unlink()
                case = self._create_case(category_id=self.pothole.id)
                self.assertEqual(self._clock(case).state, "undetermined")
                for line in self.office.attendance_ids:
                    line.copy({"calendar_id": weak.id})
                self.Case._log_calendar_change(
                    weak._get_version(), fields.Datetime.now(), "Mended"
                )
                self.assertEqual(self._clock(case).state, "running")
                self.assertEqual(case.due_date, datetime(2026, 3, 12, 23, 59, 59))
                self.assertFalse(case.sla_problem)

    # ------------------------------------------------------------ ends
    def test_joined_closed_separated(self):
        """A case that was closed while it was joined owes nothing afterwards."""
        self._create_rule(SIX_DAYS)
        lead, case = self._told_case(), self._told_case()
        self._say(case)
        case.duplicate_id = lead
        with freeze_time("2026-03-05 08:00:00"):
            self._move(case, "closed")
            case.duplicate_id = False
        clock = self._clock(case)
        self.assertEqual((clock.state, clock.reason), ("not_applicable", "joined"))

    def test_reopened_while_joined(self):
        self._create_rule(SIX_DAYS)
        lead, case = self._told_case(), self._told_case()
        self._say(case)
        case.duplicate_id = lead
        with freeze_time("2026-03-05 08:00:00"):
            self._move(case, "closed", "in_work")
        self.assertFalse(case.is_answer_owed)
        with freeze_time("2026-03-06 08:00:00"):
            case.duplicate_id = False
        self.assertEqual(case.due_date, datetime(2026, 3, 13, 23, 59, 59))

    def test_thanks_after_the_end(self):
        """Who writes to a closed case is promised no reply."""
        self._create_rule({**EIGHT_HOURS, "kind": "next_reply"})
        case = self._told_case()
        self._reply(case)
        self._move(case, "closed")
        case._log("wrote")
        self.assertFalse(case.sudo().clock_ids)
        self._move(case, "in_work")
        case._log("wrote")
        self.assertEqual(self._clock(case, "next_reply").state, "running")

    # ----------------------------------------------------------- anonymous
    def test_person_named_after_the_end(self):
        """An anonymous report that was dealt with stays dealt with."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self._move(case, "answered")
        self.assertEqual(self._clock(case).state, "met")
        case.sudo().partner_id = self.ada
        self._move(case, "in_work")
        self.assertEqual(self._clock(case).state, "met")

    def test_nobody_to_write_to(self):
        """Nobody is promised a message that nobody could get."""
        self._create_rule(
            SIX_DAYS,
            *(
                {**EIGHT_HOURS, "kind": kind}
                for kind in ("acknowledge", "first_reply", "next_reply")
            ),
        )
        case = self._create_case(category_id=self.pothole.id)
        self.assertEqual(case.sudo().clock_ids.mapped("kind"), ["resolve"])
        told = self._told_case()
        self.assertEqual(
            set(told.sudo().clock_ids.mapped("kind")),
            {"resolve", "acknowledge", "first_reply"},
        )

    # ------------------------------------------------------------ speed
    def test_many_are_passed_on_at_once(self):
        """Choosing promises anew asks for the history of all cases at once."""
        self._create_rule(SIX_DAYS, {**EIGHT_HOURS, "kind": "department"})
        counts = []
        for number in (4, 12):
            cases = self.Case.sudo().create(
                [self._case_values(category_id=self.pothole.id)] * number
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases.sudo().write({"team_id": self.parks.id})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 8 * 2, counts)
