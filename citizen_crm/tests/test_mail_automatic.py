from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.tests import tagged

from .mail_common import DOMAIN, CitizenMailCommon

AUTOMATIC = {
    "auto_submitted": {"Auto_Submitted": "auto-replied"},
    "auto_suppress": {"X_Auto_Response_Suppress": "All"},
    "bulk": {"Precedence": "bulk"},
    "null_sender": {"Return_Path": "<>"},
    "daemon": {"sender": "MAILER-DAEMON@example.com"},
}
BOUNCE = b"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example
To: %(to)s
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce-1@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@example.com
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

From: info@city.example
To: ada@example.com
Message-Id: %(id)s
Subject: x

x
--b--
"""


@tagged("post_install", "-at_install")
class TestMailAutomatic(CitizenMailCommon):
    """Machines do not file cases, and the desk does not talk to them."""

    def test_automatic_mails_are_ignored(self):
        """Fails on the base: an out-of-office note is a case that is answered."""
        before = self.Case.search_count([])
        for reason, mail in AUTOMATIC.items():
            with self.subTest(reason), self._outbox() as sent:
                receipt = self._deliver(**mail)
                self.assertEqual((receipt.state, receipt.reason), ("ignored", reason))
                self.assertIn("Please help", receipt.preview_text, "not lost")
                self.assertFalse(sent)
        self.assertEqual(self.Case.search_count([]), before)

    def test_a_person_may_say_no(self):
        """Auto-Submitted: no is what a person's mail program may write."""
        self.assertTrue(self._deliver_case(Auto_Submitted="no"))

    def test_automatic_reply_is_known_with_its_case(self):
        case = self._deliver_case(trusted=True)
        receipt = self._deliver(
            trusted=True,
            Auto_Submitted="auto-replied",
            In_Reply_To=case.mail_receipt_ids.message_id,
        )
        self.assertEqual((receipt.state, receipt.case_id), ("ignored", case))

    def test_ignored_by_mistake(self):
        """A clerk can still make a case of it; a machine gets no answer even then."""
        receipt = self._deliver(Precedence="list")
        with self._outbox() as sent:
            receipt.with_user(self.clerk).action_make_case()
        self.assertTrue(receipt.case_id)
        self.assertFalse([mail for mail in sent if "ada@" in str(mail["To"])])

    def test_bounce_of_our_mail(self):
        """A bounce goes the base's way: the message is marked, no case is made."""
        case = self._deliver_case(trusted=True)
        with self._outbox():
            message = self._answer(case)
        self.assertEqual(message.notification_ids.res_partner_id & self.ada, self.ada)
        before = self.Case.search_count([])
        for to in (f"bounce@{DOMAIN}", f"roads@{DOMAIN}"):
            raw = BOUNCE.replace(b"%(to)s", to.encode()).replace(
                b"%(id)s", message.message_id.encode()
            )
            raw = raw.replace(b"bounce-1", to[:3].encode())
            self.assertEqual(self._deliver(raw).state, "ignored")
            ada = message.notification_ids.filtered(
                lambda n: n.res_partner_id == self.ada
            )
            self.assertEqual(ada.notification_status, "bounce")
            ada.sudo().notification_status = "sent"
        self.assertEqual(self.Case.search_count([]), before)

    def test_own_mail_that_comes_back(self):
        """Fails on the base with a changed Message-Id only; here both are known."""
        case = self._deliver_case(trusted=True)
        with self._outbox():
            message = self._answer(case)
        receipt = self._deliver(Message_Id=message.message_id)
        self.assertEqual((receipt.state, receipt.reason), ("ignored", "own_message"))
        receipt = self._deliver(sender=f"roads@{DOMAIN}")
        self.assertEqual(
            (receipt.state, receipt.reason), ("quarantined", "own_address")
        )

    def test_loop_is_stopped(self):
        """Fails on the base: it answers twenty times, and then with a bounce each."""
        self.env["ir.config_parameter"].set_param("citizen_crm.mail_hourly_limit", 5)
        with self._outbox() as sent:
            states = [
                self._deliver(sender="robot@example.org", text=f"{n}").state
                for n in range(8)
            ]
        self.assertEqual(states, ["accepted"] * 5 + ["quarantined"] * 3)
        to_robot = [mail for mail in sent if "robot@" in str(mail["To"])]
        self.assertEqual(len(to_robot), 5)
        self.Receipt.search([]).received_date = fields.Datetime.now() - timedelta(
            hours=2
        )
        self.assertEqual(self._deliver(sender="robot@example.org").state, "accepted")

    def test_our_automatic_mails_say_so(self):
        with self._outbox() as sent:
            self._deliver_case(trusted=True)
        acknowledgement = next(mail for mail in sent if "ada@" in str(mail["To"]))
        self.assertEqual(acknowledgement["Auto-Submitted"], "auto-generated")
        receipt = self._deliver(acknowledgement.as_bytes())
        self.assertIn(receipt.state, ("ignored", False))

    # ------------------------------------------------------------- aftermath
    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("citizen_crm.ir_cron_file_mails").method_direct_trigger()

    def test_mail_that_had_to_wait(self):
        """Two deliveries in each other's way: filed a little later, not lost."""
        with patch.object(
            type(self.Case), "message_new", side_effect=UniqueViolation("busy")
        ):
            receipt = self._deliver(trusted=True)
        self.assertEqual((receipt.state, receipt.attempts), ("new", 1))
        self._run_cron()
        self.assertEqual(receipt.state, "accepted")
        self.assertEqual(receipt.case_id.partner_id, self.ada)
        self.assertFalse(receipt.has_raw)

    def test_mail_that_can_never_be_filed(self):
        with patch.object(
            type(self.Case), "message_new", side_effect=UniqueViolation("busy")
        ):
            receipt = self._deliver()
            for _attempt in range(3):
                self._run_cron()
        self.assertEqual((receipt.state, receipt.reason), ("quarantined", "error"))

    def test_clean_up(self):
        ignored = self._deliver(Precedence="bulk")
        waiting = self._deliver(sender="nobody")
        for days, kept in ((29, True), (31, False)):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE citizen_mail_receipt SET write_date = %s",
                (fields.Datetime.now() - timedelta(days=days),),
            )
            self.env.invalidate_all()
            self.Receipt._gc_mails()
            self.assertEqual(ignored.has_raw, kept)
            self.assertTrue(waiting.has_raw, "until somebody has decided")
        (ignored + waiting).received_date = fields.Datetime.now() - timedelta(days=366)
        self.Receipt._gc_mails()
        self.assertEqual((ignored + waiting).exists(), waiting)
