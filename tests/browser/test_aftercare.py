"""Closed, said to be wrong by link, reviewed by another handler, looked at on site."""

from __future__ import annotations

from datetime import timedelta

from fair_team import FairTeam
from keyboard import Keyboard, drive

from odoo import fields
from odoo.tests import tagged

from odoo.addons.citizen_crm.tools.case_secret import token_hash

FORM_READY = "!!document.querySelector('.o_form_view')"
SECRET = "journey-secret-of-the-person"


@tagged("post_install", "-at_install")
class TestAftercareScreen(FairTeam):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.service.write({"is_on_site": True, "field_check_rate": 100})
        person = cls.env["res.partner"].create(
            {"name": "Ada", "email": "ada@example.com"}
        )
        cls.case = cls.env["helpdesk.ticket"].create(
            {
                "name": "Hole",
                "description": "Deep",
                "category_id": cls.service.id,
                "partner_id": person.id,
                "role": "citizen",
            }
        )

    def _move(self, *phases: str) -> None:
        for phase in phases:
            self.case.stage_id = self.env.ref(f"citizen_crm.stage_{phase}")
        self.env.flush_all()

    # ------------------------------------------------------------------- steps
    def _say_no_and_ask(self, keys: Keyboard) -> None:
        keys.click("#f_got_it_no")
        keys.write("#f_message", "The hole is still there")
        keys.click("main form button[type=submit]")
        keys.wait_for_text("main", "Something is missing or wrong?")
        keys.click('main a[href$="/review"]')
        keys.click("#f_ground_promise")
        keys.write("#f_message", "You said it was filled. It is not.")
        keys.click("main form button[type=submit]")
        keys.wait_for_text("main", "Somebody who has not handled it before")

    def _review(self, keys: Keyboard) -> None:
        keys.click("button[name=action_view_reviews]")
        keys.wait_for_text("[name=text]", "You said it was filled.")
        keys.write("[name=finding] textarea", "The crew was in the wrong street.")
        keys.click("button[name=action_uphold]")
        keys.wait_for_text(".o_statusbar_status .o_arrow_button_current", "Upheld")

    def _look(self, keys: Keyboard) -> None:
        keys.click("[name=finding] input[data-value=done]")
        keys.write("[name=note] textarea", "Filled, clean edges.")
        keys.click("button[name=action_record]")
        keys.wait_for_text(".o_statusbar_status .o_arrow_button_current", "Checked")

    def test_from_closing_to_the_field_check(self) -> None:
        self._dispatch()
        first = self.case.user_id
        self._move("in_work", "answered", "closed")
        Feedback = self.env["citizen.case.feedback"]
        feedback = Feedback.search([("case_id", "=", self.case.id)])
        feedback.token_hash = token_hash(SECRET)
        self.env.flush_all()
        ready = "!!document.querySelector('#f_got_it_no')"
        drive(self, f"/feedback/{SECRET}", ready, None, self._say_no_and_ask)
        self.env.invalidate_all()
        self.assertEqual(self.case.outcome, "not_solved")
        self._dispatch()
        reviewer = self.case.user_id
        self.assertIn(reviewer, (self.ann | self.bob | self.cid) - first)
        url = f"/odoo/helpdesk.ticket/{self.case.id}"
        drive(self, url, FORM_READY, reviewer.login, self._review)
        self.env.invalidate_all()
        self.assertTrue(self.case.review_ids.is_answer_missing)
        self.case.with_user(reviewer).message_post(
            body="You are right. It is filled now.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self._move("answered", "closed")
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        sample = self.env["citizen.field.sample"]._draw_next("journey", tomorrow)
        check = self.env["citizen.field.check"].search([("sample_id", "=", sample.id)])
        self.assertNotIn(check.checker_id, first | reviewer)
        self.env.flush_all()
        url = f"/odoo/field-checks/{check.id}"
        drive(self, url, FORM_READY, check.checker_id.login, self._look)
        self.env.invalidate_all()
        self.assertEqual(self.case.outcome, "confirmed")
