"""Answering a question by the link in the mail: once, until the limit, for anybody
who holds it and nobody else."""

import re

from odoo.tests import tagged

from .mail_common import CitizenMailCommon
from .portal_common import PNG, PortalCase

_LINK = re.compile(r"/answer/([\w-]{32})")


@tagged("post_install", "-at_install")
class TestAnswerLink(CitizenMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["citizen.waiting.reason"].search(
            [("asks_citizen", "=", True)], limit=1
        )
        cls.case = cls._create_case(
            partner_id=cls.ada.id, category_id=cls.pothole.id, user_id=cls.clerk.id
        )

    def _wait(self, case=None, **values):
        wizard = self.env["citizen.case.wait"].with_user(self.clerk)
        wizard = wizard.create(
            {
                "case_id": (case or self.case).id,
                "reason_id": self.reason.id,
                "body": "Which side?",
                "until": "2026-03-10",
                **values,
            }
        )
        wizard.action_confirm()

    def test_question_brings_a_link_to_the_person_alone(self):
        self.case.sudo().message_subscribe((self.ben + self.manager.partner_id).ids)
        with self._outbox() as sent:
            self._wait()
        texts = {str(mail["To"]): self._read(mail) for mail in sent}
        with_link = [to for to, text in texts.items() if _LINK.search(text)]
        self.assertEqual(len(with_link), 1)
        self.assertIn("ada@example.com", with_link[0])
        self.assertGreater(len(texts), 1)
        token = _LINK.search(texts[with_link[0]])[1]
        link = self.env["citizen.case.token"]._find_link("answer", token)
        self.assertEqual(link.case_id, self.case)
        self.assertEqual(link.expires_at, self.case.waiting_until)
        bodies = " ".join(body or "" for body in self.case.message_ids.mapped("body"))
        self.assertNotIn("/answer/", bodies)

    def test_address_without_a_record(self):
        case = self._create_case(
            partner_email="eli@example.com",
            category_id=self.pothole.id,
            user_id=self.clerk.id,
        )
        with self._outbox() as sent:
            self._wait(case)
        self.assertTrue(_LINK.search(self._read(sent[0])))

    def test_reminder_brings_another(self):
        self._wait()
        self.case.sudo().waiting_remind_at = "2026-03-04 07:00:00"
        with self._outbox() as sent:
            self.Case._remind_waiting_citizens()
        self.assertTrue(_LINK.search(self._read(sent[0])))

    def test_other_messages_bring_none(self):
        with self._outbox() as sent:
            self._answer(self.case)
        self.assertFalse([mail for mail in sent if "/answer/" in self._read(mail)])


@tagged("post_install", "-at_install")
class TestAnswerPage(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case(cls.eve)
        cls.case.user_id = cls.handler
        cls.case.with_user(cls.handler).message_post(
            body="Which side?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        cls.case.message_post(body="Bore", subtype_xmlid="mail.mt_note")
        cls.case.stage_id = cls.env.ref("citizen_crm.stage_waiting")
        cls.token = cls.env["citizen.case.token"]._issue_link(
            cls.case, "answer", cls.case.waiting_until
        )
        cls.path = f"/answer/{cls.token}"

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def test_answer_resumes_the_case_once(self):
        page = self.url_open(self.path)
        self.assertIn("Which side?", self._text(page))
        for hidden in ("Bore", self.handler.name):
            self.assertNotIn(hidden, page.text)
        response = self._post(
            self.path, files={"files": ("a.png", PNG)}, message="Left"
        )
        self.assertIn("We have your answer", self._text(response))
        self.assertEqual(self.case.phase, "in_work")
        message = self._last_message(self.case)
        self.assertEqual(message.author_id, self.eve.partner_id)
        self.assertEqual(message.attachment_ids.raw, PNG)
        for response in (
            self._post(self.path, message="Right"),
            self.url_open(self.path),
        ):
            self.assertStatus(response, 200)
            self.assertIn("already", self._text(response))
        self.assertIn("Left", self._last_message(self.case).body)

    def test_refusals_keep_the_text_and_the_link(self):
        self.assertStatus(self._post(self.path, message=""), 400)
        files = {"files": ("a.exe", b"MZ\x90\x00" + b"x" * 60)}
        response = self._post(self.path, files=files, message="Left")
        self.assertStatus(response, 400)
        self.assertIn("Left", response.text)
        response = self._post(self.path, token=False, message="Long story")
        self.assertStatus(response, 403)
        self.assertIn("Long story", response.text)
        self.assertEqual(self.case.phase, "waiting")
        self.assertStatus(self._post(self.path, message="Left"), 200)
        self.assertEqual(self.case.phase, "in_work")

    def test_over(self):
        link = self.env["citizen.case.token"]._find_link("answer", self.token)
        link.expires_at = "2020-01-01"
        for response in (self.url_open(self.path), self._post(self.path, message="x")):
            self.assertIn("no longer valid", self._text(response))
        self.assertEqual(self.case.phase, "waiting")

    def test_links_of_another_purpose_open_nothing(self):
        other = self.env["citizen.case.token"]._issue_link(self.case, "confirm", False)
        for path in (f"/answer/{other}", f"/confirm/{self.token}", "/answer/x"):
            self.assertStatus(self.url_open(path), 404)
