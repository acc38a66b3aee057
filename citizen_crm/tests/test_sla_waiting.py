from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time
from odoo.tools import mute_logger

from . import sla_common

HOURS = {"unit": "hours", "amount": 16}
SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}
#: 14 days after 4 March, the limit of the first reason.
LIMIT = datetime(2026, 3, 18, 23, 59, 59)


@freeze_time("2026-03-04 08:00:00")
class WaitingCommon(sla_common.SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada.lang = "en_US"
        cls.roads.user_ids += cls.lead
        cls.case = cls._create_case(
            partner_id=cls.ada.id, category_id=cls.pothole.id, user_id=cls.handler.id
        ).with_user(cls.handler)
        cls.case.action_start_work()

    def _hear(self, case=None, text="The left one."):
        case = case or self.case
        case.sudo().message_post(
            body=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.ada.id,
        )

    def _wizard(self, case=None, user=None):
        case = (case or self.case).with_user(user or self.handler)
        action = case.action_wait()
        return Form(
            self.env[action["res_model"]]
            .with_user(user or self.handler)
            .with_context(**action["context"])
        )


@freeze_time("2026-03-04 08:00:00")
class TestWaiting(WaitingCommon):
    """A case waits for a reason, after a message to the citizen, up to a limit."""

    def test_wizard(self):
        """1. The handler opens it: reason, text and date are there.
        2. Sends it with the gap filled: the citizen has the message, the case waits.
        """
        rule = self._create_rule(HOURS | {"pausing_reason_ids": self.supplement.ids})
        case = self._create_case(
            partner_id=self.ada.id, category_id=self.pothole.id, user_id=self.handler.id
        ).with_user(self.handler)
        case.action_start_work()
        form = self._wizard(case)
        self.assertEqual(form.reason_id, self.supplement)
        self.assertEqual(str(form.until), "2026-03-18")
        self.assertIn("March 18, 2026", form.body)
        form.body = form.body.replace("[…]", "A photo of the hole.")
        form.save().action_confirm()
        self.assertPhase(case, "waiting")
        self.assertEqual(case.waiting_reason_id, self.supplement)
        self.assertEqual(case.waiting_until, LIMIT)
        message = case.sudo().message_ids[0]
        self.assertIn("A photo of the hole.", message.body)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertIn(self.ada, message.notified_partner_ids)
        self.assertTrue(case.is_paused)
        self.assertFalse(case.due_date)
        event = case.sudo().event_ids.filtered(lambda e: e.kind == "waiting")
        self.assertEqual(event.waiting_reason_id, self.supplement)
        self.assertEqual(event.waiting_until, LIMIT)
        self.assertEqual(self._clock(case).target_id, rule.target_ids)

    def test_wizard_proposes_the_persons_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.supplement.with_context(lang="es_ES").question = "Necesitamos […]"
        self.ada.lang = "es_ES"
        self.assertEqual(self._wizard().body, "Necesitamos […]")

    def test_wizard_changes_the_date_and_keeps_the_text(self):
        form = self._wizard()
        form.body = form.body.replace("[…]", "A photo.")
        form.until = "2026-03-10"
        self.assertIn("A photo.", form.body)
        self.assertIn("March 10, 2026", form.body)
        self.assertNotIn("March 18, 2026", form.body)
        form.save().action_confirm()
        self.assertEqual(self.case.waiting_until, datetime(2026, 3, 10, 23, 59, 59))

    def test_wizard_refuses(self):
        for name, value, words in (
            ("body", "We need […].", "replace"),
            ("body", "  ", "write what is needed"),
            ("until", "2026-03-19", "limit of the reason"),
            ("until", "2026-03-03", "limit of the reason"),
        ):
            with self.subTest(name=name, value=value):
                form = self._wizard()
                form.body = "A photo, please."
                form[name] = value
                with self.assertRaisesRegex(UserError, words):
                    form.save().action_confirm()
                self.assertPhase(self.case, "in_work")

    def test_wizard_for_an_anonymous_case(self):
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        form = self._wizard(case)
        self.assertIn("Nobody", form.reach)
        form.reason_id = self.third_party
        form.body = "The water company has to say where its pipe is."
        form.save().action_confirm()
        self.assertPhase(case, "waiting")
        note = case.sudo().message_ids[0]
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(case.waiting_remind_at)

    def test_files_go_with_the_message(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.handler)
            .create({"name": "plan.txt", "raw": b"x"})
        )
        form = self._wizard()
        form.body = "Is this the place?"
        form.attachment_ids.add(file)
        form.save().action_confirm()
        sent = self.case.sudo().message_ids[0].attachment_ids
        self.assertEqual(sent.name, "plan.txt")
        self.assertEqual((sent.res_model, sent.res_id), (self.case._name, self.case.id))

    # ------------------------------------------------------------- other ways
    def test_drag_needs_a_message(self):
        with self.assertRaisesRegex(UserError, "write to the citizen first"):
            self._move(self.case, "waiting")
        self._ask(self.case)
        self._move(self.case, "waiting")
        self.assertEqual(self.case.waiting_reason_id, self.supplement)
        self.assertEqual(self.case.waiting_until, LIMIT)

    def test_internal_note_is_no_message(self):
        self.case.message_post(body="Hm.", subtype_xmlid="mail.mt_note")
        with self.assertRaises(UserError):
            self._move(self.case, "waiting")

    def test_citizen_has_written_since(self):
        self._ask(self.case)
        self._hear()
        with self.assertRaises(UserError):
            self._move(self.case, "waiting")

    def test_reopened_since(self):
        self._reply(self.case)
        self._move(self.case, "closed")
        with self.assertRaises(UserError):
            self._move(self.case, "waiting")
        self._move(self.case, "in_work")
        with self.assertRaises(UserError):
            self._move(self.case, "waiting")

    def test_limit_runs_from_the_message(self):
        """Dragging a case out and back does not make the pause longer."""
        self._ask(self.case)
        self._move(self.case, "waiting")
        with freeze_time("2026-03-10 08:00:00"):
            self._move(self.case, "in_work", "waiting")
            self.assertEqual(self.case.waiting_until, LIMIT)
        with freeze_time("2026-03-19 08:00:00"):
            self._move(self.case, "in_work")
            with self.assertRaises(UserError):
                self._move(self.case, "waiting")

    def test_many_at_once(self):
        """One that was not written to stops all."""
        other = self._create_case(
            partner_id=self.ben.id, category_id=self.pothole.id, user_id=self.handler.id
        ).with_user(self.handler)
        self._ask(self.case)
        with self.assertRaisesRegex(UserError, other.number):
            self._move(self.case + other, "waiting")
        self._ask(other)
        self._move(self.case + other, "waiting")
        self.assertEqual((self.case + other).mapped("waiting_until"), [LIMIT, LIMIT])

    def test_registered_as_waiting(self):
        stage_id = self._stage("waiting").id
        with self.assertRaises(UserError):
            self._create_case(partner_id=self.ada.id, stage_id=stage_id)
        case = self._create_case(stage_id=stage_id)
        self.assertEqual(case.waiting_reason_id, self.supplement)
        self.assertEqual(
            case.sudo().event_ids[-1].waiting_reason_id, self.supplement, "event"
        )

    def test_earlier_records(self):
        """What another system told needs no message of ours."""
        case = self.Case._create_backdated(
            [
                (
                    self._case_values(
                        partner_id=self.ada.id,
                        stage_id=self._stage("waiting").id,
                        received_date="2026-03-02 08:00:00",
                    ),
                    [
                        {"kind": "received", "at": "2026-03-02 08:00:00"},
                        {"kind": "waiting", "at": "2026-03-03 08:00:00"},
                    ],
                )
            ]
        )
        self.assertPhase(case, "waiting")
        self.assertFalse(case.waiting_reason_id)

    def test_nobody_enters_reason_or_date(self):
        for values in (
            {"waiting_until": "2027-01-01 00:00:00"},
            {"waiting_reason_id": self.third_party.id},
            {"waiting_remind_at": False},
            {"is_paused": True},
            {"sla_problem": "x"},
            {"stage_id": self._stage("in_work").id, "due_soon_date": False},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "follows from"),
            ):
                self.case.write(values)
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "follows from"),
            ):
                self._create_case(**values)

    # --------------------------------------------------------------- the end
    def test_going_on_forgets_why(self):
        for phase in ("in_work", "answered", "closed"):
            with self.subTest(phase):
                self._ask(self.case)
                self._move(self.case, "waiting")
                self._move(self.case.sudo(), phase)
                self.assertFalse(self.case.waiting_reason_id)
                self.assertFalse(self.case.waiting_until)
                self.assertFalse(self.case.waiting_remind_at)
                self._move(self.case, "in_work")

    def test_waiting_stays_when_the_handler_changes(self):
        self._ask(self.case)
        self._move(self.case, "waiting")
        self.case.sudo().team_id = self.parks
        self.assertPhase(self.case.sudo(), "waiting")
        self.assertEqual(self.case.sudo().waiting_until, LIMIT)

    def test_resumes_by_itself(self):
        """1. The case waits to the end of 18 March; nobody answers.
        2. A second later the job takes it up: resumed, with an activity.
        """
        self._create_rule(HOURS | {"pausing_reason_ids": self.supplement.ids})
        case = self._create_case(
            partner_id=self.ada.id, category_id=self.pothole.id, user_id=self.handler.id
        ).with_user(self.handler)
        case.action_start_work()
        self._ask(case)
        self._move(case, "waiting")
        with freeze_time("2026-03-18 23:59:58"):
            self.assertEqual(self.Case._resume_expired_waits(10), (0, 0))
        with freeze_time("2026-03-19 00:05:00"):
            self.assertEqual(self.Case._resume_expired_waits(10), (1, 0))
            self.assertEqual(self.Case._resume_expired_waits(10), (0, 0))
        self.assertPhase(case, "in_work")
        event = case.sudo().event_ids.sorted("id")[-1]
        self.assertEqual(event.kind, "resumed")
        self.assertEqual(event.note, "No answer until 03/18/2026.")
        self.assertFalse(event.user_id)
        activity = case.activity_ids
        self.assertEqual(activity.user_id, self.handler)
        self.assertIn("No answer until", activity.summary)
        # 16 hours: 8 on 4 March were not used, the pause does not count.
        self.assertEqual(self._clock(case).due, datetime(2026, 3, 20, 17))

    def test_resumes_without_handler(self):
        """The team lead is asked, and the case waits for a handler again."""
        case = self._create_case(category_id=self.pothole.id, partner_id=self.ada.id)
        self._ask(case)
        self._move(case, "waiting")
        with freeze_time("2026-03-19 00:05:00"):
            self.Case._resume_expired_waits()
        self.assertPhase(case, "routed")
        self.assertEqual(case.sudo().activity_ids.user_id, self.lead)

    def test_resumes_in_batches(self):
        cases = self.Case.union(
            *(self._create_case(category_id=self.pothole.id) for _n in range(3))
        )
        self._move(cases, "waiting")
        with freeze_time("2026-03-19 00:05:00"):
            self.assertEqual(self.Case._resume_expired_waits(2), (2, 1))
            self.assertEqual(self.Case._resume_expired_waits(2), (1, 0))

    # -------------------------------------------------------------- reminder
    def test_reminder_that_fails_stops_no_other(self):
        other = self._create_case(
            partner_id=self.ben.id, category_id=self.pothole.id
        ).with_user(self.clerk)
        for case in self.case + other:
            self._ask(case)
            self._move(case, "waiting")
        send = type(self.case)._send_notice

        def fail(case, *args, **kwargs):
            if case == self.case:
                raise ValueError("broken")
            return send(case, *args, **kwargs)

        cron = self.env.ref("citizen_crm.ir_cron_remind_waiting")
        with (
            freeze_time("2026-03-16 00:05:00"),
            self.enter_registry_test_mode(),
            patch.object(type(self.case), "_send_notice", fail),
            mute_logger("odoo.addons.citizen_crm.models.sla.helpdesk_ticket_waiting"),
        ):
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(other.sudo().message_ids[0].message_type, "auto_comment")
        self.assertFalse(other.waiting_remind_at)
        self.assertTrue(self.case.waiting_remind_at, "it is tried again")

    def test_reminded_once(self):
        self._ask(self.case)
        self._move(self.case, "waiting")
        self.assertEqual(self.case.waiting_remind_at, datetime(2026, 3, 15, 23, 59, 59))
        with freeze_time("2026-03-15 08:00:00"):
            self.assertEqual(self.Case._remind_waiting_citizens(), (0, 0))
        with freeze_time("2026-03-16 00:05:00"):
            self.assertEqual(self.Case._remind_waiting_citizens(), (1, 0))
            self.assertEqual(self.Case._remind_waiting_citizens(), (0, 0))
        message = self.case.sudo().message_ids[0]
        self.assertEqual(message.message_type, "auto_comment")
        self.assertEqual(message.notified_partner_ids, self.ada)
        self.assertIn("March 18, 2026", message.body)
        self.assertPhase(self.case, "waiting")
        self.assertNotIn("wrote", self.case.sudo().event_ids.mapped("kind"))

    def test_not_reminded(self):
        """Nobody is reminded who has answered, or of what others have to do."""
        form = self._wizard()
        form.reason_id = self.third_party
        form.save().action_confirm()
        self.assertFalse(self.case.waiting_remind_at)
        form = self._wizard()
        form.body = "A photo, please."
        with self.assertRaisesRegex(UserError, "waits already"):
            form.save().action_confirm()
        self.case.action_start_work()
        form = self._wizard()
        form.body = "A photo, please."
        form.until = "2026-03-06"
        form.save().action_confirm()
        self.assertFalse(self.case.waiting_remind_at, "the reminder would come now")

    def test_remote_call_cannot_say_why_it_resumed(self):
        self._ask(self.case)
        self._move(self.case, "waiting")
        self._move(self.case.with_context(resumed_because="Forged"), "in_work")
        event = self.case.sudo().event_ids.sorted("id")[-1]
        self.assertEqual((event.kind, event.note), ("resumed", False))
