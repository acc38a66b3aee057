from datetime import date, datetime
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from . import sla_common
from .common import CLEARED

EIGHT_HOURS = {"unit": "hours", "amount": 8}
SWEEP = "odoo.addons.citizen_crm.models.sla.citizen_sla_sweep"


@freeze_time("2026-03-04 08:00:00")
class SweepCommon(sla_common.SlaCommon):
    """Roads: a handler, a lead, a head; above all departments the oversight.

    An answer within eight working hours: received on Wednesday at 8 o'clock it is due
    at 17 o'clock, and three quarters of the time are over at 15 o'clock.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        desk = "citizen_crm.group_"
        cls.lead.write(
            {"email": "lead@city.example", "helpdesk_team_ids": [(4, cls.roads.id)]}
        )
        cls.head = cls._create_user(
            "head", f"{desk}department_head,{CLEARED}", email="head@city.example"
        )
        cls.auditor = cls._create_user(
            "auditor", f"{desk}oversight", email="auditor@city.example"
        )
        cls.intake = cls._create_user("intake", f"{desk}intake_clerk,{CLEARED}")
        # The administrator of a fresh database holds every role.
        cls.env.ref("base.user_admin").group_ids -= cls.env.ref(
            f"{desk}intake_clerk"
        ) + cls.env.ref(f"{desk}catalogue_admin")
        chief = cls._create_employee("Chief", cls.head)
        cls.department = cls.env["hr.department"].create(
            {"name": "Streets", "manager_id": chief.id}
        )
        cls.roads.department_id = cls.department

    def _add_rule(self, *steps, **values):
        steps = [(0, 0, {"trigger": "percent", "amount": 75, **step}) for step in steps]
        return self._create_rule({**EIGHT_HOURS, **values, "step_ids": steps})

    def _sweep(self, at=None):
        """Let the scheduled job run, at a time of Wednesday or another instant."""
        moment = f"2026-03-04 {at}" if at and len(at) == 5 else at
        with freeze_time(moment or fields.Datetime.now()):
            self.env.flush_all()
            with self.enter_registry_test_mode():
                job = self.env.ref("citizen_crm.ir_cron_sla_sweep")
                job.method_direct_trigger()
            self.env.invalidate_all()

    def _tasks(self, case):
        """Return the open deadline tasks of a case."""
        return self.env["mail.activity"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id)]
        )

    def _mails(self, case):
        return self.env["mail.mail"].search([("subject", "like", case.number)])

    def assertTold(self, case, role, users):
        """The last notice of the case went to these people, in this role."""
        notice = case.sudo().clock_ids.notice_ids.sorted("id")[-1:]
        self.assertEqual((notice.role, notice.user_ids), (role, users))


@freeze_time("2026-03-04 08:00:00")
class TestSweep(SweepCommon):
    """What the sweep finds due, once a clock and step."""

    def test_a_step_is_taken_once(self):
        self._add_rule({"recipient": "handler"})
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        clock = self._clock(case)
        self.assertEqual(clock.next_event_at, datetime(2026, 3, 4, 15))
        self._sweep("14:59")
        self.assertFalse(self._tasks(case))
        for _time in range(3):
            self._sweep("15:00")
            self.assertEqual(self._tasks(case).user_id, self.handler)
        self.assertEqual(len(self._tasks(case)), 1)
        self.assertEqual(clock.notice_ids.at, datetime(2026, 3, 4, 15))
        self.assertEqual(clock.next_event_at, datetime(2026, 3, 4, 17, 0, 1))

    def test_a_missed_clock(self):
        """The deadline itself is an event, with or without a step."""
        self._add_rule({"trigger": "after", "amount": 2, "recipient": "lead"})
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        clock = self._clock(case)
        self._sweep("17:00")
        self.assertEqual(clock.state, "running")
        self._sweep("17:01")
        self.assertEqual((clock.state, clock.team_id), ("missed", self.roads))
        self.assertEqual(clock.user_id, self.handler)
        self.assertEqual(clock.next_event_at, datetime(2026, 3, 5, 10))
        self._sweep("2026-03-05 10:00:00")
        self.assertTold(case, "lead", self.lead)
        self.assertFalse(clock.next_event_at)

    def test_a_ladder(self):
        """What was slept through is told all the same, each rung once."""
        self._add_rule(
            {"recipient": "handler"},
            {"recipient": "lead", "amount": 100},
            {"recipient": "head", "trigger": "after", "amount": 4},
        )
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self._sweep("2026-03-09 08:00:00")
        notices = self._clock(case).notice_ids
        self.assertEqual(
            notices.mapped(lambda notice: (notice.role, notice.user_ids)),
            [("handler", self.handler), ("lead", self.lead), ("head", self.head)],
        )
        self.assertEqual(
            notices.mapped("at"),
            [
                datetime(2026, 3, 4, 15),
                datetime(2026, 3, 4, 17),
                datetime(2026, 3, 5, 12),
            ],
        )

    def test_an_answered_case_is_silent(self):
        self._add_rule({"recipient": "handler"})
        case = self._create_case(category_id=self.pothole.id)
        self._move(case, "closed")
        self._sweep("2026-03-09 08:00:00")
        self.assertFalse(self._tasks(case))
        self.assertFalse(self._clock(case).notice_ids)

    def test_a_paused_clock_is_silent(self):
        """What would have been due in the pause is due after it."""
        self._add_rule(
            {"recipient": "handler"},
            pausing_reason_ids=[(6, 0, self.third_party.ids)],
        )
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        with freeze_time("2026-03-04 10:00:00"):
            case._log(
                "waiting",
                waiting_reason_id=self.third_party.id,
                waiting_until=datetime(2026, 4, 4),
            )
        self._sweep("2026-03-09 08:00:00")
        self.assertFalse(self._clock(case).notice_ids)
        with freeze_time("2026-03-09 08:00:00"):
            case._log("resumed")
        self._sweep("2026-03-09 11:59:00")
        self.assertFalse(self._clock(case).notice_ids)
        self._sweep("2026-03-09 12:00:00")
        self.assertTold(case, "handler", self.handler)

    def test_cases_go_on_that_waited_long_enough(self):
        """One that cannot does not keep the others waiting; the sweep goes on too."""
        self._add_rule(
            {"recipient": "lead"}, pausing_reason_ids=[(6, 0, self.supplement.ids)]
        )
        cases = self.Case.union(
            *(self._create_case(category_id=self.pothole.id) for _n in range(3))
        )
        self._move(cases, "waiting")
        bad, resume = cases[0], type(cases)._resume_unanswered

        def fail(case):
            if case.id == bad.id:
                raise ZeroDivisionError
            return resume(case)

        waiting = "odoo.addons.citizen_crm.models.sla.helpdesk_ticket_waiting"
        with (
            patch.object(type(cases), "_resume_unanswered", fail),
            mute_logger(waiting),
        ):
            self._sweep("2026-05-04 15:00:00")
        self.assertEqual(cases.mapped("phase"), ["waiting", "routed", "routed"])
        self._sweep("2026-05-04 15:05:00")
        self.assertEqual(set(cases.mapped("phase")), {"routed"})
        for case in cases:
            self.assertTold(case, "lead", self.lead)

    def test_a_case_of_earlier_records_is_silent_about_the_past(self):
        self._add_rule({"recipient": "lead"}, {"recipient": "head", "amount": 100})
        received = datetime(2026, 3, 3, 15)
        values = self._case_values(category_id=self.pothole.id, received_date=received)
        events = [
            {"kind": kind, "at": received, "team_id": self.roads.id}
            for kind in ("received", "routed")
        ]
        case = self.Case._create_backdated([(values, events)])
        with freeze_time("2026-03-04 14:30:00"):
            late = self.Case._create_backdated([(values, events)])
        self._sweep("2026-03-04 15:00:00")
        self.assertEqual(self._clock(case).due, datetime(2026, 3, 4, 15))
        self.assertEqual(self._clock(case).notice_ids.mapped("role"), ["lead", "head"])
        self.assertEqual(self._clock(late).notice_ids.mapped("role"), ["head"])

    def test_one_bad_case_does_not_stop_the_others(self):
        self._add_rule({"recipient": "lead"})
        cases = [self._create_case(category_id=self.pothole.id) for _n in range(3)]
        bad, read = cases[1], type(self.Case)._read_clocks

        def fail(case, log, now=None):
            if case.id == bad.id:
                raise ZeroDivisionError
            return read(case, log, now)

        with (
            patch.object(type(self.Case), "_read_clocks", fail),
            mute_logger(SWEEP),
        ):
            self._sweep("15:00")
        told = [bool(self._clock(case).notice_ids) for case in cases]
        self.assertEqual(told, [True, False, True])
        self.assertIn("ZeroDivisionError", bad.sla_problem)
        self.assertEqual(self._clock(bad).next_event_at, datetime(2026, 3, 4, 16))
        self._sweep("16:00")
        self.assertTold(bad, "lead", self.lead)

    def test_the_end_of_the_promise_ends_the_task(self):
        self._add_rule({"recipient": "handler"})
        case = self._create_case(
            category_id=self.pothole.id, user_id=self.handler.id, partner_id=self.ada.id
        )
        self._sweep("15:00")
        task = self._tasks(case)
        with freeze_time("2026-03-04 15:30:00"):
            case.with_user(self.handler).message_post(
                body="Done.", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self.assertEqual(self._tasks(case), task)
            self._reply(case.with_user(self.handler))
        self.assertFalse(self._tasks(case))
        self.assertTrue(task.date_done)

    def test_the_task_follows_the_deadline(self):
        self._add_rule({"recipient": "handler"}, extension_count=1, extension_days=5)
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self._sweep("15:00")
        self.assertEqual(self._tasks(case).date_deadline, date(2026, 3, 4))
        with freeze_time("2026-03-04 15:30:00"):
            case._log("extended", days=2)
        self.assertEqual(self._tasks(case).date_deadline, self._clock(case).due.date())
        self.assertGreater(self._clock(case).due, datetime(2026, 3, 5))
        self._sweep("16:00")
        self.assertEqual(len(self._clock(case).notice_ids), 1)

    def test_a_run_ends_when_its_time_is_up(self):
        """The rest is done by the next run."""
        self._add_rule({"recipient": "lead"})
        cases = [self._create_case(category_id=self.pothole.id) for _n in range(3)]
        with (
            patch(f"{SWEEP}.BATCH", 1),
            patch.object(type(self.env["ir.cron"]), "_commit_progress") as commit,
            freeze_time("2026-03-04 15:00:00"),
        ):
            commit.side_effect = [10, 10, 10, 0]
            self.env["citizen.sla.clock"]._cron_sweep()
        self.env.invalidate_all()
        told = [case for case in cases if self._clock(case).notice_ids]
        self.assertEqual(len(told), 2)
        self._sweep("15:00")
        self.assertTrue(all(self._clock(case).notice_ids for case in cases))

    def test_a_sweep_does_not_pay_per_case(self):
        """Thirty more due cases cost few queries more."""
        self._add_rule({"recipient": "lead", "by_mail": True})
        self._create_cases(2)
        costs = []
        for count, moment in ((2, "15:00"), (32, "16:00")):
            cases = self._create_cases(count)
            self.env.flush_all()
            with freeze_time(f"2026-03-04 {moment}"):
                before = self.env.cr.sql_log_count
                self.assertEqual(
                    cases._take_due_steps(fields.Datetime.now())["steps"], count
                )
                self.env.flush_all()
                costs.append(self.env.cr.sql_log_count - before)
        self.assertLess((costs[1] - costs[0]) / 30, 0.5, costs)

    def _create_cases(self, count):
        values = [self._case_values(category_id=self.pothole.id) for _n in range(count)]
        return self.Case.create(values)

    def test_a_reminder_does_not_bind_to_the_conversation(self):
        """Who is warned becomes no follower and hears nothing by other ways."""
        self._add_rule({"recipient": "head"})
        case = self._create_case(category_id=self.pothole.id)
        followers = case.sudo().message_follower_ids
        messages = case.sudo().message_ids
        self._sweep("15:00")
        self.assertTold(case, "head", self.head)
        self.assertEqual(case.sudo().message_follower_ids, followers)
        self.assertEqual(case.sudo().message_ids, messages)
        self.assertFalse(self._mails(case))
