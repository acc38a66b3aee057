"""A handler settles a case at once, proposes what is beyond, and the lead gives it."""

from __future__ import annotations

from fair_team import FairTeam
from keyboard import Keyboard, drive

from odoo.tests import tagged

READY = "!!document.querySelector('.o_form_view, .o_list_view')"


@tagged("post_install", "-at_install")
class TestSettling(FairTeam):
    def _fill(self, keys: Keyboard, amount: str, reason: str) -> None:
        keys.click("button[name=action_settle]")
        keys.write(".modal [name=amount] input", amount)
        keys.write(".modal [name=reason] textarea", reason)
        keys.press("Tab")

    def _settle(self, keys: Keyboard) -> None:
        """Within the limit at once; what is beyond names who may approve it."""
        self._fill(keys, "20", "Tyre cut, bill seen.")
        keys.wait_for_text(".modal [name=sentence]", "20.00")
        keys.click(".modal footer button[name=action_settle]")
        keys.wait_for("document.querySelector('button[name=action_view_settlements]')")
        self._fill(keys, "40", "And the rim.")
        keys.wait_for_text(".modal .alert", "approved by")
        keys.wait_for_text(".modal [name=approvers]", "Lead")
        keys.click(".modal footer button[name=action_propose]")
        keys.wait_for_text(".o_form_view", "A remedy beyond the limit is proposed")
        keys.wait_for("!document.querySelector('button[name=action_settle]')")

    def _give(self, keys: Keyboard) -> None:
        keys.click(".o_data_row button[name=action_approve]")
        keys.wait_for("!document.querySelector('.o_data_row')")

    def test_at_once_and_by_the_lead(self) -> None:
        self.env["citizen.authority"].create(
            {
                "name": "Pay a small damage",
                "amount_limit": 50,
                "lead_limit": 200,
                "case_limit": 0,
                "team_ids": [(6, 0, self.team.ids)],
            }
        ).action_activate()
        person = self.env["res.partner"].create({"name": "Ada Fox"})
        case = self.env["helpdesk.ticket"].create(
            {
                "name": "Hole",
                "description": "Deep",
                "category_id": self.service.id,
                "partner_id": person.id,
                "user_id": self.ann.id,
            }
        )
        case.stage_id = self.env.ref("citizen_crm.stage_in_work")
        url = f"/odoo/helpdesk.ticket/{case.id}"
        drive(self, url, READY, self.ann.login, self._settle)
        drive(self, "/odoo/remedies-to-decide", READY, self.lead.login, self._give)
        self.env.invalidate_all()
        uses = case.settlement_ids.sorted("id")
        self.assertEqual(uses.mapped("amount"), [20, 40])
        self.assertEqual(uses.mapped("user_id"), self.ann)
        self.assertEqual(uses[1].decided_by_id, self.lead)
