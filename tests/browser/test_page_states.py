"""Pages that a link or a secret opens, in each state: what they say, and to whom.

Each on a phone, without a serious issue of axe-core. The states of the usual way are in
``test_journey`` and ``test_tracking``.
"""

from __future__ import annotations

from datetime import timedelta

import resident
from devtools import Browser
from resident import PHONE

from odoo import fields
from odoo.tests import tagged

from odoo.addons.citizen_crm.tools.case_secret import token_hash

ERRORS = "document.querySelector('.o_citizen_errors')"


@tagged("post_install", "-at_install")
class TestPageStates(resident.ResidentBrowser):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.axe = resident.read_axe()
        cls.case = cls._create_case(cls.eve)
        cls.ended = cls._create_case(cls.eve)
        cls.ended.stage_id = cls.env.ref("citizen_crm.stage_closed")
        feedback = cls.env["citizen.case.feedback"]
        feedback = feedback.search([("case_id", "=", cls.ended.id)], limit=1)
        feedback.token_hash = token_hash("secret")

    def _issue(self, purpose: str, case=None, **values: object) -> str:
        """Return the address of a link of a case, by default the open one."""
        Token = self.env["citizen.case.token"]
        token = Token._issue_link(case or self.case, purpose, False)
        Token._find_link(purpose, token).write(values)
        return f"/{purpose}/{token}"

    def _see(self, browser: Browser, path: str, words: str) -> None:
        """Open a page, see what it says, and look at it."""
        with self.subTest(path):
            self._go(browser, path)
            self.assertIn(words, self._text(browser))
            self._check_page(browser, self.axe)

    def _send(self, browser: Browser, button: str, then: str) -> None:
        """Send a form, whatever the browser says to it, and look at what comes."""
        browser.evaluate(
            "for (const form of document.forms) { form.noValidate = true; }"
        )
        self._click(browser, button)
        words = f"document.body.innerText.includes({then!r})"
        self._settle(browser, then if then == ERRORS else words)
        self._check_page(browser, self.axe)

    def test_links_that_have_ended(self) -> None:
        """Used, expired or never given away: each says what to do instead."""
        now = fields.Datetime.now()
        past = now - timedelta(days=1)
        held = self._create_case(
            self.eve,
            partner_id=False,
            partner_email="dora@example.com",
            confirm_until=now + timedelta(days=1),
            team_id=False,
        )
        used = self._issue("answer", used_at=now)
        over = self._issue("answer", expires_at=past)
        late = self._issue("confirm", held, expires_at=past)
        pages = {
            used: "We have your answer already",
            over: "This link is no longer valid",
            late: "This link is no longer valid",
            "/answer/none": "We did not find that",
            "/confirm/none": "We did not find that",
            "/feedback/none": "This link does not work any more",
            "/feedback/none/review": "This link does not work any more",
        }
        with self._browse(None, PHONE) as browser:
            for path, words in pages.items():
                self._see(browser, path, words)

    def test_answering_nothing(self) -> None:
        link = self._issue("answer")
        with self._browse(None, PHONE) as browser:
            self._see(browser, link, "Your answer to us")
            self._send(browser, "Send answer", "Please fill this in.")

    def test_following_a_case(self) -> None:
        """A wrong pair, a message without words, and a visit that has ended."""
        secret = self.case._get_secret_to_tell()
        with self._browse(None, PHONE) as browser:
            self._go(browser, "/track")
            for typed, then in (("wrong", ERRORS), (secret, "The city received")):
                self._fill(browser, "#f_number", self.case.number)
                self._fill(browser, "#f_secret", typed)
                self._send(browser, "Show my case", then)
            self._send(browser, "Send message", "Please fill this in.")
            self._fill(browser, "#f_message", "Words to keep")
            self.case._void_secret()
            self.env.flush_all()
            self._send(browser, "Send message", "Your visit has ended.")
            self.assertIn(
                "Words to keep",
                browser.evaluate("document.querySelector('main').innerHTML"),
            )

    def test_following_what_is_confidential_or_closed(self) -> None:
        self.case.confidential = True
        for case in (self.case, self.ended):
            secret = case._get_secret_to_tell()
            with self._browse(None, PHONE) as browser:
                self._go(browser, "/track")
                self._fill(browser, "#f_number", case.number)
                self._fill(browser, "#f_secret", secret)
                self._send(browser, "Show my case", case.number)

    def test_feedback_by_link_and_reopening(self) -> None:
        with self._browse(None, PHONE) as browser:
            self._see(browser, "/feedback/secret", "Four short questions.")
            browser.evaluate("document.querySelector('#f_got_it_partly').click()")
            self._send(browser, "Send", "Open the case again")
            self._send(browser, "Open again", "Please fill this in.")
            self._fill(browser, "#f_message", "It is still there")
            self._send(browser, "Open again", "The case is open again.")
        self.assertTrue(self.ended.is_open)

    def test_review_signed_in(self) -> None:
        """Who disagrees is told what can be done; who asks twice, that it is asked."""
        self.env.company.remedies_notice = "Write to the court.\nWithin a month."
        path = f"/my/case/{self.ended.number}"
        with self._browse(self.eve, PHONE) as browser:
            self._see(browser, f"{path}/feedback", "Four short questions.")
            for ground, then in (
                ("disagree", "Within a month."),
                ("manner", "Somebody who has not handled it"),
            ):
                self._see(browser, f"{path}/review", "What is it about?")
                browser.evaluate(
                    f"document.querySelector('#f_ground_{ground}').click()"
                )
                self._fill(browser, "#f_message", "I was not heard.")
                self._send(browser, "Ask for a review", then)
            self._see(browser, f"{path}/review", "asked for a review already")
            self._see(browser, path, "A review was asked for.")

    def test_second_review_goes_to_the_head(self) -> None:
        review = self.ended._ask_review(self.eve.partner_id, "manner", "Rude")
        review.write({"state": "rejected", "decided_at": fields.Datetime.now()})
        self.ended.stage_id = self.env.ref("citizen_crm.stage_in_work")
        self.ended.with_user(self.handler).message_post(
            body="We were not.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.ended.stage_id = self.env.ref("citizen_crm.stage_answered")
        path = f"/my/case/{self.ended.number}/review"
        with self._browse(self.eve, PHONE) as browser:
            self._see(browser, path, "The head of the department looks at your case")

    def test_own_data(self) -> None:
        with self._browse(self.eve, PHONE) as browser:
            self._see(browser, "/my/data", "JSON")
            self._see(browser, "/my/entrusted", "")

    def test_text_comes_back_when_no_server_has_answered(self) -> None:
        """1. A form is sent, and nothing comes back. 2. Opened again it is filled in,
        with the key it was sent with. 3. Sent again it arrives, and is forgotten.
        """
        form = "document.querySelector('form[data-busy]')"
        path, words = f"/services/{self.pothole.id}", "It is as deep as a bucket."
        key = f"{form}.elements.form_key.value"
        typed = f"{form}.elements.description.value"
        with self._browse(self.eve, PHONE) as browser:
            self._go(browser, path)
            self._fill(browser, "[name=description]", words)
            browser.evaluate(
                "window.addEventListener('submit', (ev) => ev.preventDefault());"
                f"{form}.requestSubmit()"
            )
            sent_with = browser.evaluate(key)
            self._go(browser, path)
            self.assertEqual(browser.evaluate(typed), words)
            self.assertEqual(browser.evaluate(key), sent_with)
            browser.evaluate(f"{form}.requestSubmit()")
            self._settle(browser, "location.pathname.endsWith('/filed')")
            self._go(browser, path)
            self.assertFalse(browser.evaluate(typed))
            self.assertNotEqual(browser.evaluate(key), sent_with)
        filed = self.Case.search([("partner_id", "=", self.eve.partner_id.id)])
        self.assertEqual(len([case for case in filed if words in case.description]), 1)
