"""An employee answers the staff pulse; when it is over everybody reads what came of it.

1. Ann says something to each sentence and sends it; the page thanks her, once.
2. Her colleagues answer, too, and the round ends.
3. The coordinator reads the share of her team, with its limits.
"""

from __future__ import annotations

from keyboard import Keyboard, drive

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

PAGE = "!!document.querySelector('.o_staff_pulse')"
LIST = "!!document.querySelector('.o_list_view')"
SEND = ".o_staff_pulse button[type=submit]"


@tagged("post_install", "-at_install")
class TestStaffPulseScreen(HttpCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        department = cls.env["hr.department"].create({"name": "Quays"})
        team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Quay Walls", "department_id": department.id}
        )
        cls.users = [
            new_test_user(
                cls.env,
                f"pulsed_{name}",
                groups="citizen_crm.group_case_handler",
            )
            for name in ("ann", "bob", "cid", "dan", "eve")
        ]
        for user in cls.users:
            employee = cls.env["hr.employee"].create(
                {"name": user.name, "user_id": user.id}
            )
            cls.env["citizen.team.member"].create(
                {
                    "team_id": team.id,
                    "employee_id": employee.id,
                    "date_from": "2020-01-01",
                }
            )
        new_test_user(
            cls.env,
            "pulsed_coordinator",
            groups="citizen_crm.group_evaluation_coordinator",
        )
        cls.pulse = cls.env["citizen.staff.pulse"].create(
            {
                "name": "Quays in spring",
                "department_id": department.id,
                "date_to": fields.Date.today(),
            }
        )
        cls.pulse.action_open()

    def _answer(self, keys: Keyboard) -> None:
        keys.wait_for_text(".o_staff_pulse", "Quay Walls")
        keys.wait_for(f"document.querySelector('{SEND}').disabled")
        keys.wait_for_text(".o_staff_pulse", "Still to answer: 5")
        # With the keyboard alone: the space bar chooses, Tab goes on.
        keys.read("document.querySelector('.o_staff_pulse input').focus()")
        for left in (4, 3, 2, 1, 0):
            keys.type(" ")
            keys.wait_for(
                f"document.querySelectorAll('.o_staff_pulse :checked').length"
                f" === {5 - left}"
            )
            waits = "true" if left else "false"
            keys.wait_for(f"document.querySelector('{SEND}').disabled === {waits}")
            keys.press("Tab")
        keys.press("Enter")
        keys.wait_for_text(".o_staff_pulse", "Thank you")

    def _read(self, keys: Keyboard) -> None:
        keys.wait_for_text(".o_list_view", "Quays in spring")
        keys.click(".o_group_header:not(.o_group_open) .o_group_name")
        keys.wait_for("document.querySelectorAll('.o_group_header').length > 1")
        keys.read("document.querySelectorAll('.o_group_header')[1].click()")
        keys.wait_for_text(".o_data_row", "Quays")
        keys.wait_for_text(".o_data_row", "40.0")

    def test_answer_and_results(self) -> None:
        drive(self, "/odoo/staff-pulse", PAGE, "pulsed_ann", self._answer)
        asked = self.pulse.question_ids.ids
        for user, choice in zip(
            self.users[1:], ("agree", "disagree", "disagree", "disagree"), strict=True
        ):
            self.pulse.with_user(user).action_answer(dict.fromkeys(asked, choice))
        self.pulse._finish()
        self.env.flush_all()
        drive(self, "/odoo/pulse-results", LIST, "pulsed_coordinator", self._read)
