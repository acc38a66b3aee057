"""Somebody without an account: files, confirms, and follows the case."""

from __future__ import annotations

import re

import resident
from resident import DESK, PHONE

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestTracking(resident.ResidentBrowser):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.file_without_account = True

    def _newest(self):
        return self.Case.search([], order="id desc", limit=1)

    def _find_in_mail(self, pattern):
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        return re.search(pattern, mail.body_html)[0]

    def test_visitor_files_and_confirms(self):
        axe = resident.read_axe()
        with self._browse(None, PHONE) as browser:
            self._file(browser, axe)
        case = self._newest()
        self.assertTrue(case.confirm_until)
        link = self._find_in_mail(r"/confirm/[\w-]{32}")
        with self._browse(None, DESK) as browser:
            self._go(browser, link)
            self._check_page(browser, axe)
            self._click(browser, "Yes, it is from me")
            self._settle(browser, "document.body.innerText.includes('We begin')")
            self._check_page(browser, axe)
            secret = browser.evaluate(
                "document.querySelector('#secret_heading + p').textContent"
            )
            self._go(browser, link)
            self.assertIn("confirmed this case already", self._text(browser))
            self._check_page(browser, axe)
        self.assertEqual(case.team_id, self.team)
        self._follow(case, secret, axe)

    def _follow(self, case, secret, axe):
        with self._browse(None, PHONE) as browser:
            self._go(browser, "/track")
            self._check_page(browser, axe)
            self._fill(browser, "#f_number", case.number)
            self._fill(browser, "#f_secret", secret.lower().replace("-", " "))
            self._click(browser, "Show my case")
            self._settle(browser, "document.querySelector('.o_citizen_timeline')")
            self.assertIn("The sender confirmed the case.", self._text(browser))
            self._check_page(browser, axe)
            self._fill(browser, "#f_message", "It is on the left")
            self._click(browser, "Send message")
            self._settle(browser, "document.querySelector('#done')")
            self._click(browser, "Leave")
            self._settle(browser, "document.querySelector('#f_secret')")
        self.assertIn("It is on the left", self._last_message(case).body)
        self._answer_by_link(case, axe)

    def _answer_by_link(self, case, axe):
        case.user_id = self.handler
        case.with_user(self.handler).message_post(
            body="How deep?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        case.stage_id = self.env.ref("citizen_crm.stage_waiting")
        token = self.env["citizen.case.token"]._issue_link(
            case, "answer", case.waiting_until
        )
        with self._browse(None, PHONE) as browser:
            self._go(browser, f"/answer/{token}")
            self.assertIn("How deep?", self._text(browser))
            self._check_page(browser, axe)
            self._fill(browser, "#f_message", "Half a metre")
            self._click(browser, "Send answer")
            self._settle(browser, "document.body.innerText.includes('We go on')")
            self._check_page(browser, axe)
        self.assertEqual(case.phase, "in_work")

    def _file(self, browser, axe):
        self._go(browser, f"/services/{self.pothole.id}")
        self.assertIn("Step 1 of 5", self._text(browser))
        self._check_page(browser, axe)
        self._fill(browser, "#f_description", "A hole.")
        for _step in range(4):
            self._click(browser, "Continue")
        self.assertEqual(self._heading(browser), "Who are you?")
        self._check_page(browser, axe)
        self._fill(browser, "#f_name", "Dora Elm")
        self._fill(browser, "#f_email", "dora@example.com")
        self._click(browser, "Send to the city")
        self._settle(browser, "document.querySelector('.o_citizen_number')")
        self.assertIn("dora@example.com", self._text(browser))
        self._check_page(browser, axe)
        self._click(browser, "Send the link again")
        self._settle(browser, "document.querySelector('#done')")
