"""A handler writes the reply, the lead approves it, it goes out, the case closes."""

from __future__ import annotations

import desk_steps
from desk_steps import READY
from fair_team import FairTeam
from keyboard import Keyboard, drive

from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestHandling(FairTeam):
    def _write(self, keys: Keyboard) -> None:
        desk_steps.write_reply(keys)
        desk_steps.ask_approval(keys)

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
        drive(self, "/odoo/replies", READY, self.lead.login, desk_steps.approve)
        drive(self, url, READY, self.ann.login, desk_steps.send_and_close)
        self.env.invalidate_all()
        self.assertEqual(case.phase, "closed")
        reply = case.reply_ids
        self.assertEqual((reply.state, reply.decided_by_id), ("sent", self.lead))
        self.assertIn("Streets Act", reply.message_id.body)
