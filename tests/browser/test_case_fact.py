"""An employee looks at the own counted cases, and at what each measure counts."""

from __future__ import annotations

from datetime import timedelta

from keyboard import Keyboard, drive

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

READY = "!!document.querySelector('.o_list_view .o_data_row')"
CLEARED = "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer"


@tagged("post_install", "-at_install")
class TestCaseFactScreen(HttpCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.ann, cls.bob = (cls._hire(name) for name in ("Ann", "Bob"))
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Fact Roads", "user_ids": [(6, 0, (cls.ann + cls.bob).ids)]}
        )
        cls.service = cls.env["helpdesk.ticket.category"].create(
            {"name": "Fact Pothole", "is_service": True, "team_id": cls.team.id}
        )
        cls.mine, cls.theirs = (cls._finish(user) for user in (cls.ann, cls.bob))
        cls.env["citizen.case.fact"]._write_facts((cls.mine + cls.theirs).ids)

    @classmethod
    def _hire(cls, name: str):
        user = new_test_user(
            cls.env,
            f"fact_{name.lower()}",
            name=name,
            groups=f"citizen_crm.group_case_handler,{CLEARED}",
        )
        cls.env["hr.employee"].create({"name": name, "user_id": user.id})
        return user

    @classmethod
    def _finish(cls, user):
        """Return a case that somebody had for a day."""
        ended = fields.Datetime.now() - timedelta(days=3)
        kinds = ("received", 30), ("routed", 29), ("assigned", 24), ("closed", 0)
        values = {
            "name": "Hole",
            "description": "Deep",
            "category_id": cls.service.id,
            "stage_id": cls.env.ref("citizen_crm.stage_closed").id,
            "user_id": user.id,
            "received_date": ended - timedelta(hours=30),
            "closed_date": ended,
        }
        events = [
            {
                "kind": kind,
                "at": ended - timedelta(hours=hours),
                "team_id": cls.team.id,
                "assignee_id": kind == "assigned" and user.id,
            }
            for kind, hours in kinds
        ]
        return cls.env["helpdesk.ticket"]._create_backdated([(values, events)])

    def test_own_cases_and_what_is_counted(self) -> None:
        """1. Ann opens her counted cases: there is hers, and not Bob's.
        2. She opens it and reads why it counts.
        3. She reads what the measures count.
        """

        def steps(keys: Keyboard) -> None:
            keys.wait_for_text(".o_list_view", self.mine.number)
            rows = keys.read("document.querySelectorAll('.o_data_row').length")
            self.assertEqual(rows, 1)
            keys.click(".o_data_row .o_data_cell")
            keys.wait_for_text(".o_form_view", "Share of the Work")
            keys.wait_for_text(".o_form_view", "Fact Pothole")
            keys.click("button[name=action_open_case]")
            keys.wait_for("location.pathname.includes('helpdesk.ticket')")

        drive(self, "/odoo/my-counted-cases", READY, self.ann.login, steps)

    def test_measures(self) -> None:
        """Everybody may read them; nobody who is not in charge can change them."""

        def steps(keys: Keyboard) -> None:
            keys.wait_for_text(".o_list_view", "T2")
            self.assertFalse(
                keys.read("!!document.querySelector('.o_list_button_add')")
            )
            keys.click(".o_data_row .o_data_cell")
            keys.wait_for_text(".o_form_view", "What Is Good")
            self.assertFalse(
                keys.read("!!document.querySelector('button[name=action_new_version]')")
            )

        drive(self, "/odoo/measures", READY, self.ann.login, steps)
