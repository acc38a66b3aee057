"""A mail comes in, an answer goes out over a real connection to a real mail server."""

from __future__ import annotations

from unittest.mock import patch

from smtp_receiver import SmtpReceiver

from odoo.addons.citizen_crm.tests.mail_common import DOMAIN, CitizenMailCommon

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


class TestMailEndToEnd(CitizenMailCommon):
    """The way of a letter from the sender's mail program and back to it."""

    def setUp(self) -> None:
        super().setUp()
        self.receiver = SmtpReceiver()
        self.enterContext(self.receiver)
        self.env["ir.mail_server"].create(
            {
                "name": "Test",
                "smtp_host": "127.0.0.1",
                "smtp_port": self.receiver.port,
                "smtp_encryption": "none",
            }
        )
        server = type(self.env["ir.mail_server"])
        self.enterContext(patch.object(server, "_disable_send", lambda *_args: False))

    def test_letter_and_answer(self) -> None:
        """1. A resident writes, with a photo. 2. The number comes back by mail.
        3. A handler answers from the desk. 4. The answer reaches the resident.
        5. The resident's reply is on the case. Nobody else gets anything.
        """
        case = self._deliver_case(
            sender="Carl Reed <carl@example.org>",
            text="The lamp is out.",
            files=[("lamp.png", PHOTO)],
            Cc="neighbour@example.net",
            trusted=True,
        )
        self.assertEqual(case.attachment_ids.raw, PHOTO)
        (received,) = self.receiver.sent_to("carl@example.org")
        self.assertEqual(
            received["Subject"], f"We have received your case {case.number}"
        )
        self.assertEqual(received["Auto-Submitted"], "auto-generated")

        case.user_id = self.handler
        self._answer(case, "The lamp works again.", self.handler)
        _received, answer = self.receiver.sent_to("carl@example.org")
        text = answer.get_body(("plain",)).get_content()
        self.assertIn("The lamp works again.", text)
        self.assertEqual(answer["Subject"], f"Your case {case.number}")
        self.assertIn(f"<roads@{DOMAIN}>", answer["Reply-To"])

        receipt = self._deliver(
            sender="Carl Reed <carl@example.org>",
            To=answer["Reply-To"],
            Subject=f"Re: {answer['Subject']}",
            In_Reply_To=answer["Message-Id"],
            text="Thank you.",
            trusted=True,
        )
        self.assertEqual((receipt.state, receipt.case_id), ("accepted", case))
        self.assertIn("Thank you.", receipt.mail_message_id.body)
        self.assertEqual(self.receiver.sent_to("neighbour@example.net"), [])
        self.assertEqual(len(self.receiver.sent_to("carl@example.org")), 2)

    def test_known_person_and_forger(self) -> None:
        """The forger's letter is a case too, but not Ada's, and Ada hears of it."""
        true = self._deliver_case(trusted=True)
        forged = self._deliver_case(trusted=False, text="I confess.")
        self.assertEqual(true.partner_id, self.ada)
        self.assertFalse(forged.partner_id)
        told = [mail["Subject"] for mail in self.receiver.sent_to("ada@example.com")]
        self.assertEqual(len(told), 2)
        self.assertFalse([subject for subject in told if "confess" in subject])
