"""A handler writes the reply, the lead approves it, it goes out, the case closes."""

from __future__ import annotations

from fair_team import FairTeam
from keyboard import Keyboard, drive

from odoo.tests import tagged

READY = "!!document.querySelector('.o_form_view, .o_list_view')"
TEXTS = {
    "summary": "We have filled it.",
    "facts": "It was a hand deep.",
    "measures": "The crew came on Monday.",
    "legal_basis": "Streets Act § 9",
    "remedies": "Write to the court within a month.",
}


@tagged("post_install", "-at_install")
class TestHandling(FairTeam):
    def _wait_for_state(self, keys: Keyboard, state: str) -> None:
        keys.wait_for_text(".o_statusbar_status .o_arrow_button_current", state)

    def _write(self, keys: Keyboard) -> None:
        """Refused without a reply, then written and passed on."""
        keys.wait_for_text(".o_citizen_duties", "Notice of remedies")
        keys.click("button[name=action_reply]")
        keys.wait_for("document.querySelector('[name=summary] textarea')")
        keys.click("button[name=action_ask_approval]")
        keys.wait_for_text(".modal", "In Short, What We Found")
        keys.click(".modal footer button")
        keys.wait_for("!document.querySelector('.modal')")
        keys.click("[name=finding] input[data-value=founded]")
        for name, text in TEXTS.items():
            keys.write(f"[name={name}] textarea", text)
        keys.press("Tab")
        keys.click("button[name=action_ask_approval]")
        self._wait_for_state(keys, "Waiting for approval")

    def _approve(self, keys: Keyboard) -> None:
        keys.click(".o_data_row td[name=summary]")
        keys.wait_for_text("[name=remedies]", "Write to the court")
        keys.click("button[name=action_approve]")
        self._wait_for_state(keys, "Approved")

    def _send(self, keys: Keyboard) -> None:
        keys.click("button[name=action_reply]")
        self._wait_for_state(keys, "Approved")
        keys.click("button[name=action_send]")
        keys.wait_for_text(".modal", "cannot be changed afterwards")
        keys.click(".modal footer button.btn-primary")
        keys.wait_for("!document.querySelector('.o_citizen_duties .fa-square-o')")
        keys.wait_for_text(".o-mail-Chatter", "You are right")
        keys.click("button[name=action_close]")
        keys.wait_for("document.querySelector('button[name=action_reopen]')")

    def test_from_the_reply_to_the_end(self) -> None:
        person = self.env["res.partner"].create(
            {"name": "Ada Fox", "email": "ada@example.com", "lang": "en_US"}
        )
        case = self.env["helpdesk.ticket"].create(
            {
                "name": "Hole",
                "description": "Deep",
                "category_id": self.service.id,
                "partner_id": person.id,
                "role": "citizen",
                "nature": "complaint",
                "user_id": self.ann.id,
            }
        )
        case.stage_id = self.env.ref("citizen_crm.stage_in_work")
        url = f"/odoo/helpdesk.ticket/{case.id}"
        drive(self, url, READY, self.ann.login, self._write)
        drive(self, "/odoo/replies", READY, self.lead.login, self._approve)
        drive(self, url, READY, self.ann.login, self._send)
        self.env.invalidate_all()
        self.assertEqual(case.phase, "closed")
        reply = case.reply_ids
        self.assertEqual((reply.state, reply.decided_by_id), ("sent", self.lead))
        self.assertIn("Streets Act", reply.message_id.body)
