from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .mail_common import CitizenMailCommon


@tagged("post_install", "-at_install")
class TestMailReply(CitizenMailCommon):
    """Only the petitioner writes into a case by mail; everybody else waits."""

    def setUp(self):
        super().setUp()
        self.case = self._deliver_case(trusted=True)
        self.thread = self.case.mail_receipt_ids.message_id

    def _reply(self, **mail):
        values = {"In_Reply_To": self.thread, "Subject": "Re: Hole", "text": "More."}
        return self._deliver(**(values | mail))

    def _public_texts(self):
        comment = self.env.ref("mail.mt_comment")
        messages = self.case.message_ids.filtered(lambda m: m.subtype_id == comment)
        return " ".join(str(body) for body in messages.mapped("body"))

    def test_reply_of_the_petitioner(self):
        receipt = self._reply(trusted=True, text="It grows.")
        self.assertEqual(receipt.state, "accepted")
        self.assertEqual(receipt.case_id, self.case)
        self.assertEqual(receipt.mail_message_id.author_id, self.ada)
        self.assertIn("It grows.", self._public_texts())

    def test_reply_ends_the_waiting(self):
        """As an answer on the portal does; the history says that the person wrote."""
        for handler, phase in ((self.handler, "in_work"), (False, "routed")):
            with self.subTest(phase=phase):
                self.case.user_id = handler
                self._move(self.case, "waiting")
                self._reply(trusted=True)
                self.assertPhase(self.case, phase)
                told = self.case.sudo().event_ids.sorted("id").mapped("kind")
                self.assertEqual(told[-2:], ["wrote", "resumed"])

    def test_what_does_not_end_the_waiting(self):
        """An answering machine, a stranger, somebody who says to be the person."""
        self._move(self.case, "waiting")
        for state, mail in (
            ("ignored", {"trusted": True, "Auto_Submitted": "auto-replied"}),
            ("pending", {"sender": "eve@example.com", "trusted": True}),
            ("pending", {"trusted": False}),
        ):
            with self.subTest(mail=mail):
                self.assertEqual(self._reply(**mail).state, state)
                self.assertPhase(self.case, "waiting")

    def test_reply_in_another_phase_moves_nothing(self):
        self._move(self.case, "in_work")
        self._reply(trusted=True)
        self.assertPhase(self.case, "in_work")

    def test_reply_without_reference(self):
        """Some mail programs drop it; the number in the subject does."""
        receipt = self._deliver(
            trusted=True, Subject=f"Re: We have received your case {self.case.number}"
        )
        self.assertEqual(receipt.case_id, self.case)
        receipt = self._deliver(
            sender="ben@example.com", trusted=True, Subject=f"Re: {self.case.number}"
        )
        self.assertNotEqual(receipt.case_id, self.case, "a number can be guessed")

    def test_reply_to_an_archived_case(self):
        """Residents know nothing of the archive of the desk."""
        self._move(self.case, "in_work", "answered", "closed")
        self.case.sudo().active = False
        receipt = self._deliver(trusted=True, Subject=f"Re: {self.case.number}")
        self.assertEqual(receipt.case_id, self.case)

    def test_reply_of_an_unknown_petitioner(self):
        """A case without a person belongs to the address its answers go to."""
        self.case = self._deliver_case(sender="carl@example.org")
        self.thread = self.case.mail_receipt_ids.message_id
        receipt = self._reply(sender="carl@example.org", trusted=True)
        self.assertEqual(receipt.state, "accepted")
        receipt = self._reply(sender="carl@example.org", trusted=False)
        self.assertEqual(receipt.state, "pending")

    def test_strangers_reply_is_pending(self):
        """Fails on the base: anybody's reply is published and mailed out."""
        self.case.user_id = self.handler
        with self._outbox() as sent:
            receipt = self._reply(sender="eve@example.com", trusted=True, text="Spy.")
        self.assertEqual((receipt.state, receipt.reason), ("pending", "stranger"))
        self.assertEqual(receipt.case_id, self.case)
        self.assertNotIn(
            "Spy.", " ".join(map(str, self.case.message_ids.mapped("body")))
        )
        self.assertFalse([mail for mail in sent if "Spy." in self._read(mail)])
        self.assertEqual(self.case.with_user(self.handler).pending_mail_count, 1)

    def test_forged_reply_is_pending(self):
        """Fails on the base: From decides the author."""
        self.assertEqual(self._reply(trusted=False).state, "pending")

    def test_forged_answer_of_an_officer(self):
        """Fails on the base: a mail in the handler's name is an official answer."""
        self.handler.email = "handler@city.example"
        self.case.user_id = self.handler
        with self._outbox() as sent:
            receipt = self._reply(sender="handler@city.example", text="Pay 500.")
        self.assertEqual(receipt.state, "pending")
        self.assertFalse([mail for mail in sent if "Pay 500." in self._read(mail)])

    def test_staff_reply_is_a_note(self):
        """The city answers from the desk only."""
        self.handler.email = "handler@city.example"
        self.case.user_id = self.handler
        with self._outbox() as sent:
            receipt = self._reply(sender="handler@city.example", trusted=True)
        self.assertEqual(receipt.state, "accepted")
        message = receipt.mail_message_id
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertEqual(message.author_id, self.handler.partner_id)
        self.assertFalse([mail for mail in sent if "ada@" in str(mail["To"])])

    def test_employee_without_access_is_a_stranger(self):
        self.outsider.email = "outsider@city.example"
        receipt = self._reply(sender="outsider@city.example", trusted=True)
        self.assertEqual(receipt.state, "pending")

    def test_staff_hear_of_it(self):
        self.case.user_id = self.handler
        self._move(self.case, "in_work", "waiting")
        receipt = self._reply(trusted=True)
        self.assertPhase(self.case, "in_work")
        told = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.handler.partner_id.id)]
        )
        subjects = told.mail_message_id.filtered(
            lambda m: m.res_id == self.case.id and m.model == "helpdesk.ticket"
        )
        self.assertTrue(subjects)
        self.assertEqual(receipt.state, "accepted")

    # -------------------------------------------------------------- decisions
    def test_publish(self):
        self.case.user_id = self.handler
        receipt = self._reply(sender="eve@example.com", text="I saw it too.")
        with self._outbox() as sent:
            receipt.with_user(self.handler).action_publish()
        self.assertIn("I saw it too.", self._public_texts())
        self.assertFalse(receipt.mail_message_id.author_id)
        self.assertFalse([mail for mail in sent if "I saw it" in self._read(mail)])
        self.assertEqual(receipt.decided_by_id, self.handler)
        self.assertFalse(receipt.has_raw, "kept only while needed")
        with self.assertRaises(UserError):
            receipt.with_user(self.handler).action_publish()

    def test_reject(self):
        self.case.user_id = self.handler
        receipt = self._reply(sender="eve@example.com", text="Spam.")
        wizard = self._decide(receipt, "ignore", self.handler)
        with self.assertRaises(UserError):
            wizard.action_confirm()
        wizard.note = "Advertising"
        wizard.action_confirm()
        self.assertEqual((receipt.state, receipt.reason), ("ignored", "by_staff"))
        self.assertNotIn("Spam.", self._public_texts())

    def test_attach_as_note(self):
        receipt = self._deliver(sender="nobody", text="About the hole.")
        wizard = self._decide(receipt, "attach", self.clerk)
        wizard.write({"case_id": self.case.id, "note": "Same person, by phone"})
        wizard.action_confirm()
        self.assertEqual(receipt.case_id, self.case)
        self.assertNotIn("About the hole.", self._public_texts())
        self.assertIn(
            "About the hole.", " ".join(map(str, self.case.message_ids.mapped("body")))
        )

    def _decide(self, receipt, kind, user):
        action = getattr(receipt.with_user(user), f"action_{kind}")()
        return (
            self.env["citizen.mail.decision"]
            .with_user(user)
            .with_context(**action["context"])
            .create({})
        )

    def test_make_case(self):
        receipt = self._deliver(sender="nobody", text="Help me.")
        action = receipt.with_user(self.clerk).action_make_case()
        case = self.Case.browse(action["res_id"])
        self.assertIn("Help me.", case.description)
        self.assertEqual(case.team_id, self.roads)
        self.assertEqual(receipt.state, "accepted")

    def test_make_case_of_a_damaged_mail(self):
        raw = self._write_mail(text="").replace(
            b"text/plain", b"multipart/mixed; boundary=x"
        )
        receipt = self._deliver(raw.replace(b"Subject: Hole in Mill Lane\n", b""))
        self.assertEqual(receipt.state, "quarantined")
        receipt.with_user(self.clerk).action_make_case()
        self.assertEqual(
            receipt.case_id.attachment_ids.mapped("name"), [f"mail-{receipt.id}.eml"]
        )

    def test_who_may_see_and_decide(self):
        quarantined = self._deliver(sender="nobody")
        pending = self._reply(sender="eve@example.com")
        self.case.user_id = self.handler
        Receipt = self.Receipt
        self.assertIn(quarantined, Receipt.with_user(self.clerk).search([]))
        self.assertNotIn(quarantined, Receipt.with_user(self.handler).search([]))
        self.assertIn(pending, Receipt.with_user(self.handler).search([]))
        with self.assertRaises(AccessError):
            quarantined.with_user(self.handler).action_ignore()
            quarantined.with_user(self.handler)._ignore("x")
        with self.assertRaises(AccessError):
            Receipt.with_user(self.outsider).search([])
        with self.assertRaises(AccessError):
            quarantined.with_user(self.clerk).write({"state": "ignored"})

    def test_mails_of_hidden_cases_are_hidden(self):
        """A clerk without the clearance finds neither the case nor its mails."""
        uncleared = new_test_user(
            self.env, "uncleared", "citizen_crm.group_intake_clerk"
        )
        pending = self._reply(sender="eve@example.com")
        Receipt = self.Receipt.with_user(uncleared)
        self.assertNotIn(pending, Receipt.search([]))
        self.assertFalse(Receipt.search_count([("id", "=", pending.id)]))
        self.assertFalse(Receipt._read_group([("id", "=", pending.id)], ["state"]))
        with self.assertRaises(AccessError):
            pending.with_user(uncleared).read(["subject"])
        attachments = self.env["ir.attachment"].with_user(uncleared)
        self.assertFalse(attachments.search([("id", "=", pending.sudo().raw_id.id)]))

    def test_preview_is_plain_text(self):
        """Nothing of a mail is run in the clerk's browser."""
        raw = self._write_mail(sender="nobody").replace(b"text/plain", b"text/html")
        raw += b"<script>alert(1)</script><p>Hello</p><img src=http://x.example/>"
        receipt = self._deliver(raw).with_user(self.clerk)
        self.assertIn("Hello", receipt.preview_text)
        self.assertNotIn("<", receipt.preview_text)
        self.assertEqual(receipt.sudo().raw_id.mimetype, "message/rfc822")
        in_the_web_client = receipt.with_context(bin_size=True)
        in_the_web_client.invalidate_recordset()
        self.assertIn("Hello", in_the_web_client.preview_text)

    def test_screens_open_for_those_who_decide(self):
        self.case.user_id = self.handler
        receipt = self._reply(sender="eve@example.com")
        for user in (self.clerk, self.handler):
            with self.subTest(user.login):
                Form(receipt.with_user(user))
                case = self.case.with_user(user)
                form = Form(case, "citizen_crm.helpdesk_ticket_view_form")
                self.assertEqual(form.pending_mail_count, 1)
                action = case.action_view_pending_mails()
                found = self.Receipt.with_user(user).search(action["domain"])
                self.assertIn(receipt, found)
