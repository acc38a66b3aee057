"""A reviewer scores a drawn case by the keyboard; whose it is stands nowhere.

1. The coordinator draws; the reviewer opens the first case and says 1, 2 or 3.
2. The employee reads what was found, and objects to it.
"""

from __future__ import annotations

from datetime import timedelta

from keyboard import Keyboard, drive

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

READY = "!!document.querySelector('.o_form_view, .o_list_view')"
CLEARED = "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer"
ROLES = {
    "boss": "evaluator",
    "steward": "data_steward",
    "coordinator": "evaluation_coordinator",
    "uma": f"quality_reviewer,{CLEARED}",
    "ann": f"case_handler,{CLEARED}",
}


@tagged("post_install", "-at_install")
class TestQualityReviewScreen(HttpCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.users = {
            login: new_test_user(
                cls.env,
                f"reviewed_{login}",
                name=login.capitalize(),
                groups=f"citizen_crm.group_{groups}",
            )
            for login, groups in ROLES.items()
        }
        cls.boss, cls.ann = (
            cls.env["hr.employee"].create(
                {"name": name, "user_id": cls.users[name.lower()].id}
            )
            for name in ("Boss", "Ann")
        )
        department = cls.env["hr.department"].create(
            {"name": "Bridges", "manager_id": cls.boss.id}
        )
        cls.ann.department_id = department
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Bridges", "department_id": department.id}
        )
        today = fields.Date.today()
        cls.env["citizen.team.member"].create(
            {
                "team_id": cls.team.id,
                "employee_id": cls.ann.id,
                "date_from": today - timedelta(days=900),
            }
        )
        cls.case = cls._file(department)
        # Read now: while the browser works, the server has the cursor.
        cls.number = cls.case.number
        cls.cycle = cls.env["citizen.evaluation.cycle"].create(
            {
                "name": "Half-year",
                "department_id": department.id,
                "date_from": today - timedelta(days=220),
                "date_to": today - timedelta(days=4),
                "coordinator_id": cls.users["coordinator"].id,
                "steward_id": cls.users["steward"].id,
                "double_percent": 0,
            }
        )
        cls.evaluation = cls.cycle._announce()
        cls.evaluation._move_by_time()

    @classmethod
    def _file(cls, department):
        """Return a case that Ann has finished, with what is counted of it."""
        service = cls.env["helpdesk.ticket.category"].create(
            {"name": "Loose plank", "is_service": True, "team_id": cls.team.id}
        )
        case = cls.env["helpdesk.ticket"].create(
            {
                "name": "Plank",
                "description": "A plank is loose. Ann knows which.",
                "category_id": service.id,
            }
        )
        ended = fields.Datetime.now() - timedelta(days=9)
        cls.env["citizen.case.fact"].create(
            {
                "case_id": case.id,
                "number": 1,
                "case_number": case.number,
                "handler_id": cls.ann.id,
                "team_id": cls.team.id,
                "department_id": department.id,
                "category_id": service.id,
                "began_at": ended - timedelta(days=3),
                "ended_at": ended,
                "closed_on": ended,
                "ended_by": "closed",
                "counts_personally": True,
            }
        )
        return case

    def _drive(self, path: str, login: str, steps) -> None:
        drive(self, f"/odoo/{path}", READY, f"reviewed_{login}", steps)
        self.env.invalidate_all()

    def _draw(self, keys: Keyboard) -> None:
        keys.click("button[name=action_draw_reviews]")
        keys.click(".modal .modal-footer .btn-primary")
        keys.wait_for_text(".o_form_view", "it comes out the same")

    def _score(self, keys: Keyboard) -> None:
        """Press 1 for all but one criterion; say why for that one."""
        keys.click(".o_data_row td[name=display_name]")
        keys.wait_for_text("[name=papers_html]", "A plank is loose")
        text = keys.read("document.querySelector('.o_form_view').innerText")
        self.assertNotIn("Ann", text)
        self.assertNotIn(self.number, text)
        count = keys.read("document.querySelectorAll('.o_citizen_criterion').length")
        self.assertEqual(count, 8)
        for place in range(count):
            self._choose(keys, place, "2" if place == 2 else "1")
        keys.write(".o_citizen_criterion:nth-child(3) input[type=text]", "No date")
        keys.press("Tab")
        keys.click("button[name=action_submit]")
        keys.wait_for_text(".o_list_view", "No case waits for your review")

    def _choose(self, keys: Keyboard, place: int, key: str) -> None:
        row = f"document.querySelectorAll('.o_citizen_criterion')[{place}]"
        keys.read(f"{row}.querySelector('input[type=radio]').focus()")
        keys.type(key)
        keys.wait_for(
            f"{row}.querySelector('input[type=radio]:checked')?.value === "
            f"'{'not_met' if key == '2' else 'met'}'"
        )

    def _contest(self, keys: Keyboard) -> None:
        keys.wait_for_text("[name=review_html]", "No date")
        self.assertNotIn("Uma", keys.read("document.body.innerText"))
        keys.click("button[name=action_contest]")
        keys.wait_for_text(".modal", "before your manager")

    def test_a_case_is_scored_blind(self) -> None:
        path = f"evaluation-cycles/{self.cycle.id}"
        self._drive(path, "coordinator", self._draw)
        self._drive("my-reviews", "uma", self._score)
        review = self.cycle.sample_ids.review_ids
        self.assertEqual(review.state, "done")
        self.assertEqual(
            review.score_ids.mapped("verdict"), ["met"] * 2 + ["not_met"] + ["met"] * 5
        )
        path = f"my-counted-cases/{review.fact_id.id}"
        self._drive(path, "ann", self._contest)
