"""A case goes to another team: proposed, disputed, proposed again, accepted, told."""

from __future__ import annotations

import desk_steps
from desk_steps import READY
from keyboard import Keyboard, drive

from odoo.tests import HttpCase, new_test_user, tagged

CLEARED = "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer"
LEAD = f"citizen_crm.group_team_lead,{CLEARED}"


@tagged("post_install", "-at_install")
class TestTransferScreen(HttpCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.ann = new_test_user(
            cls.env,
            "move_ann",
            name="Ann",
            groups=f"citizen_crm.group_case_handler,{CLEARED}",
        )
        cls.roads = cls._create_team("Bridges", cls.ann)
        cls.parks, cls.water = (
            cls._create_team(name) for name in ("Meadows", "Fountains")
        )
        cls.resident = new_test_user(cls.env, "move_ada", groups="base.group_portal")
        service = cls.env["helpdesk.ticket.category"].create(
            {"name": "Broken bench", "is_service": True, "team_id": cls.roads.id}
        )
        cls.case = cls.env["helpdesk.ticket"].create(
            {
                "name": "The bench is broken",
                "description": "At the fountain",
                "category_id": service.id,
                "partner_id": cls.resident.partner_id.id,
                "role": "citizen",
                "user_id": cls.ann.id,
            }
        )

    @classmethod
    def _create_team(cls, name: str, member=None):
        lead = new_test_user(
            cls.env, f"move_{name.lower()}", name=f"Lead of {name}", groups=LEAD
        )
        return cls.env["helpdesk.ticket.team"].create(
            {
                "name": name,
                "user_id": lead.id,
                "user_ids": [(6, 0, (lead + (member or lead)).ids)],
            }
        )

    # ------------------------------------------------------------------- steps
    def _propose(self, keys: Keyboard, team: str) -> None:
        desk_steps.propose_transfer(keys, "Bridges", team)

    def _accept(self, keys: Keyboard) -> None:
        keys.click("button[name=action_accept_transfer]")
        keys.click(".modal button[name=action_confirm]")
        keys.wait_for("!document.querySelector('.modal')")

    def _read_timeline(self, keys: Keyboard) -> None:
        keys.wait_for_text(".o_citizen_timeline", "passed on to Fountains")
        keys.wait_for(
            "!document.querySelector('.o_citizen_timeline').innerText"
            ".includes('Meadows')"
        )

    def test_the_case_goes_to_who_takes_it(self) -> None:
        url = f"/odoo/helpdesk.ticket/{self.case.id}"
        drive(self, url, READY, "move_ann", lambda keys: self._propose(keys, "Meadows"))
        self.assertEqual(self.case.team_id, self.roads)
        drive(
            self, "/odoo/transfers", READY, "move_meadows", desk_steps.dispute_transfer
        )
        self.assertEqual(self.case.user_id, self.ann)
        drive(
            self, url, READY, "move_ann", lambda keys: self._propose(keys, "Fountains")
        )
        drive(self, url, READY, "move_fountains", self._accept)
        self.env.invalidate_all()
        self.assertEqual(self.case.team_id, self.water)
        page = f"/my/case/{self.case.id}"
        timeline = "!!document.querySelector('.o_citizen_timeline')"
        drive(self, page, timeline, "move_ada", self._read_timeline)
