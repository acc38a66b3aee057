"""Oversight opens the daily figures and reads up to when they are true."""

from __future__ import annotations

from keyboard import Keyboard, drive

from odoo.tests import HttpCase, new_test_user, tagged

READY = "!!document.querySelector('.o_pivot_view')"


@tagged("post_install", "-at_install")
class TestDailyFigures(HttpCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.auditor = new_test_user(
            cls.env,
            "rollup_auditor",
            name="Auditor",
            groups="citizen_crm.group_oversight",
        )
        department = cls.env["hr.department"].create({"name": "Rollup Works"})
        team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Rollup Roads", "department_id": department.id}
        )
        service = cls.env["helpdesk.ticket.category"].create(
            {"name": "Rollup Hole", "is_service": True, "team_id": team.id}
        )
        values = {"name": "Hole", "description": "Deep", "category_id": service.id}
        cls.env["helpdesk.ticket"].create([values] * 3)
        cls.env["citizen.rollup"]._refresh(batch=None)

    def test_figures_say_as_of_when(self) -> None:
        """1. Helena opens the cases by day: the title has a time, the department a row.
        2. She looks at the list: days and sums, and no case to open.
        """

        def steps(keys: Keyboard) -> None:
            keys.wait_for_text(".o_breadcrumb", "Cases by Day, as of")
            keys.wait_for_text(".o_pivot_view", "Rollup Works")
            keys.click(".o_switch_view.o_list")
            keys.wait_for_text(".o_list_view", "Rollup Roads")
            keys.wait_for_text(".o_list_view", "Received")

        drive(self, "/odoo/cases-by-day", READY, self.auditor.login, steps)
