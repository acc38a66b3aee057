from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..models.sla.helpdesk_ticket_clocks import CLOCK_VALUES
from . import sla_common

SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}


@freeze_time("2026-03-04 08:00:00")
class TestClocks(sla_common.SlaCommon):
    """Clocks follow the history of a case, whoever writes it."""

    def _say(self, case, user=None, text="We have repaired it."):
        case.with_user(user or self.handler).message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def test_six_working_days(self):
        """Received on Wednesday: Thursday is the first of six working days."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        clock = self._clock(case)
        self.assertEqual(clock.state, "running")
        self.assertEqual(clock.due, datetime(2026, 3, 12, 23, 59, 59))
        self.assertEqual(case.due_date, clock.due)
        self.assertEqual(case.event_ids.filtered("target_id").kind, "promised")

    def test_answer_in_time(self):
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        with freeze_time("2026-03-10 10:00:00"):
            self._say(case)
            self._move(case.with_user(self.handler), "answered")
        clock = self._clock(case)
        self.assertEqual((clock.state, clock.stop), ("met", datetime(2026, 3, 10, 10)))

    def test_stage_is_no_answer(self):
        """Moving a case to Answered without writing to the person keeps nothing."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(
            category_id=self.pothole.id, user_id=self.handler.id, partner_id=self.ada.id
        )
        with self.assertRaisesRegex(UserError, "Reasoned reply"):
            self._move(case.with_user(self.handler), "answered")
        self._move(case.sudo(), "answered")
        self.assertEqual(self._clock(case).state, "running")
        self._say(case)
        self.assertEqual(self._clock(case).state, "met")

    def test_refusal_keeps_nothing(self):
        self._create_rule(SIX_DAYS)
        for phase in ("not_handled", "withdrawn", "closed"):
            case = self._create_case(category_id=self.pothole.id)
            self._move(case.sudo(), phase)
            clock = self._clock(case)
            self.assertEqual((clock.state, clock.reason), ("not_applicable", phase))

    def test_late_stays_late(self):
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        with freeze_time("2026-03-13 10:00:00"):
            self._move(case.sudo(), "not_handled")
            clock = self._clock(case)
            self.assertEqual(clock.state, "missed")
            self.assertEqual((clock.team_id, clock.user_id), (self.roads, self.handler))

    def test_transfer(self):
        """The citizen's clock runs on, the department's begins anew."""
        self._create_rule(SIX_DAYS, {**SIX_DAYS, "kind": "department"})
        case = self._create_case(category_id=self.pothole.id)
        due = case.due_date
        with freeze_time("2026-03-06 10:00:00"):
            case.sudo().team_id = self.parks
        self.assertEqual(case.due_date, due)
        old, new = case.sudo().clock_ids.filtered(lambda c: c.kind == "department")
        self.assertEqual((old.state, old.reason), ("not_applicable", "transferred"))
        self.assertEqual(
            (new.state, new.due), ("running", datetime(2026, 3, 16, 23, 59, 59))
        )

    def test_triage_case_has_a_promise(self):
        """A case without team is promised an answer, and another one once routed."""
        self._create_rule({"unit": "hours", "amount": 8}, team_ids=self.roads.ids)
        self._create_rule(SIX_DAYS | {"basis": "service"}, sequence=20)
        case = self._create_case()
        self.assertEqual(case.due_date, datetime(2026, 3, 12, 23, 59, 59))
        with freeze_time("2026-03-04 09:00:00"):
            case.category_id = self.pothole
        self.assertEqual(case.due_date, datetime(2026, 3, 4, 17))
        first, second = case.sudo().clock_ids.sorted("number")
        self.assertEqual((first.state, first.reason), ("not_applicable", "replaced"))
        self.assertEqual(second.state, "running")

    def test_type_change_counts_from_receipt(self):
        self._create_rule(
            {"unit": "hours", "amount": 4}, category_ids=self.tree.ids, sequence=1
        )
        self._create_rule(SIX_DAYS | {"basis": "service"}, sequence=20)
        case = self._create_case(category_id=self.pothole.id)
        with freeze_time("2026-03-05 10:00:00"):
            case.sudo().category_id = self.tree
            self.assertEqual(case.due_date, datetime(2026, 3, 4, 12))
            self.assertEqual(self._clock(case).state, "missed")

    def test_corrected_receipt(self):
        """A letter that was stamped two days earlier counts from there."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id, user_id=self.lead.id)
        case.with_user(self.lead).received_date = "2026-03-02 09:00:00"
        self.assertEqual(case.due_date, datetime(2026, 3, 10, 23, 59, 59))

    def test_reopened(self):
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        self._move(case, "closed")
        with freeze_time("2026-03-20 10:00:00"):
            self._move(case, "in_work")
        first, second = case.sudo().clock_ids.sorted("number")
        self.assertEqual((first.state, first.reason), ("not_applicable", "closed"))
        self.assertEqual(second.due, datetime(2026, 3, 30, 23, 59, 59))
        self.assertEqual(case.due_date, second.due)

    def test_joined_and_separated(self):
        self._create_rule(SIX_DAYS)
        lead = self._create_case(category_id=self.pothole.id)
        case = self._create_case(category_id=self.pothole.id)
        case.duplicate_id = lead
        clock = self._clock(case)
        self.assertEqual((clock.state, clock.reason), ("not_applicable", "joined"))
        case.duplicate_id = False
        self.assertEqual(self._clock(case), clock)
        self.assertEqual((clock.state, clock.reason), ("running", False))

    def test_bulk_closing(self):
        """Emptying a list keeps no promise, closing one case does where it may."""
        rule = {"unit": "hours", "amount": 8, "closing_counts": True}
        self._create_rule(rule)
        one, *many = (
            self._create_case(category_id=self.bin.id) for _number in range(3)
        )
        self._move(one, "closed")
        self._move(self.Case.union(*many).with_user(self.clerk), "closed")
        self.assertEqual(self._clock(one).state, "met")
        self.assertEqual({self._clock(case).state for case in many}, {"not_applicable"})

    def test_rule_version(self):
        """Open cases keep the version that was in force when they were received."""
        rule = self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        rules = self.env["citizen.sla.rule"]
        draft = rules.browse(rule.with_user(self.admin).action_new_version()["res_id"])
        draft = draft.with_user(self.admin)
        draft.target_ids.amount = 2
        draft.action_activate()
        self.assertEqual((rule.state, draft.version), ("retired", 2))
        with freeze_time("2026-03-05 08:00:00"):
            later = self._create_case(category_id=self.pothole.id)
            case._sync_clocks()
        self.assertEqual(self._clock(case).target_id.rule_id, rule)
        self.assertEqual(case.due_date, datetime(2026, 3, 12, 23, 59, 59))
        self.assertEqual(later.due_date, datetime(2026, 3, 9, 23, 59, 59))

    def test_version_in_force_is_fixed(self):
        rule = self._create_rule(SIX_DAYS).with_user(self.admin)
        for write in (
            lambda: rule.write({"role": "citizen"}),
            lambda: rule.target_ids.write({"amount": 60}),
            lambda: rule.target_ids.unlink(),
            lambda: rule.unlink(),
            lambda: rule.write({"target_ids": [(0, 0, {"kind": "first_reply"})]}),
        ):
            with self.assertRaises(UserError):
                write()

    def test_broken_filter(self):
        """A rule that cannot be asked never keeps a case from being registered."""
        rule = self._create_rule(SIX_DAYS)
        self.env.cr.execute(
            "UPDATE citizen_sla_rule SET domain = %s WHERE id = %s",
            ("[('no_such_field', '=', 1)]", rule.id),
        )
        rule.invalidate_recordset()
        self.env.registry.clear_cache()
        self._create_rule({"unit": "hours", "amount": 8}, sequence=50)
        case = self._create_case(category_id=self.pothole.id)
        self.assertIn("Answers", case.sla_problem)
        self.assertEqual(case.due_date, datetime(2026, 3, 4, 17))

    def test_empty_calendar(self):
        self._create_rule(SIX_DAYS)
        self.roads.resource_calendar_id = self._create_calendar("Never", days=())
        case = self._create_case(category_id=self.pothole.id)
        clock = self._clock(case)
        self.assertEqual((clock.state, clock.due), ("undetermined", False))
        self.assertIn("Never", case.sla_problem)

    def test_nobody_writes_clocks(self):
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        for user in (self.clerk, self.manager, self.admin, self.lead):
            clock = self._clock(case).with_user(user)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(clock.has_access(operation), user.login)
            with self.assertRaises(AccessError):
                clock.write({"state": "met"})

    def test_replay_gives_the_same(self):
        self._create_rule(
            SIX_DAYS, {"kind": "first_reply", "unit": "hours", "amount": 4}
        )
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self._say(case)
        case.sudo().team_id = self.parks
        clocks = case.sudo().clock_ids
        before = [clock.copy_data()[0] for clock in clocks]
        with patch.object(type(clocks), "write", side_effect=AssertionError):
            case._sync_clocks()
        self.assertEqual([clock.copy_data()[0] for clock in clocks], before)

    def test_what_differs_is_written(self):
        """A column that the history does not say is read from it again, alone."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        clock = self._clock(case)
        kept = clock.read(CLOCK_VALUES, load=None)[0]
        # Whatever is compared is all of what a reading says.
        [reading] = case._read_clocks(case._get_logs()[case.id])
        values = case._prepare_clock(reading)
        self.assertEqual({*values, "next_event_at"}, {*CLOCK_VALUES})
        clock.sudo().write({"due": False, "late_seconds": 7, "state": "missed"})
        self.env.flush_all()
        self.env.invalidate_all()
        written = []
        write = type(clock).write

        def note(clocks, values):
            written.append({*values})
            return write(clocks, values)

        with patch.object(type(clock), "write", note):
            case._sync_clocks()
            case._sync_clocks()
        self.assertEqual(written, [{"due", "late_seconds", "state"}])
        self.assertEqual(clock.read(CLOCK_VALUES, load=None)[0], kept)
