"""Ann contests a case before her manager sees a figure; at last somebody else judges.

1. Ann looks at her counted cases and contests one; the data steward accepts, and
   one case less is counted.
2. Her manager says what was found and concludes; the coordinator publishes.
3. Ann appeals; the reviewer decides, and the record has a second version.
"""

from __future__ import annotations

from datetime import timedelta

from keyboard import Keyboard, drive

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

READY = "!!document.querySelector('.o_form_view, .o_list_view')"
STATUS = ".o_statusbar_status .o_arrow_button_current"
#: Login -> role of the desk.
STAFF = {
    "ann": "case_handler",
    "boss": "evaluator",
    "steward": "data_steward",
    "coordinator": "evaluation_coordinator",
    "reviewer": "appeal_reviewer",
}


@tagged("post_install", "-at_install")
class TestEvaluationScreen(HttpCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.users = {
            login: new_test_user(
                cls.env,
                f"evaluated_{login}",
                name=login.capitalize(),
                groups=f"citizen_crm.group_{group}",
            )
            for login, group in STAFF.items()
        }
        employee = cls.env["hr.employee"].create
        boss = employee({"name": "Boss", "user_id": cls.users["boss"].id})
        cls.department = cls.env["hr.department"].create(
            {"name": "Bridges and Quays", "manager_id": boss.id}
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Bridges", "department_id": cls.department.id}
        )
        cls.ann, *others = employee(
            [
                {"name": name, "user_id": user and user.id}
                for name, user in (
                    ("Ann", cls.users["ann"]),
                    ("Bob", None),
                    ("Cid", None),
                    ("Dan", None),
                )
            ]
        )
        cls.today = fields.Date.today()
        cls.env["citizen.team.member"].create(
            {
                "team_id": cls.team.id,
                "employee_id": cls.ann.id,
                "date_from": cls.today - timedelta(days=900),
            }
        )
        service = cls.env["helpdesk.ticket.category"].create(
            {"name": "Loose plank", "is_service": True, "team_id": cls.team.id}
        )
        cls.case = cls.env["helpdesk.ticket"].create(
            {"name": "Plank", "description": "Loose", "category_id": service.id}
        )
        for person in (cls.ann, *others):
            cls._add_facts(person, service, late=20 if person == cls.ann else 8)
        cls.evaluation = cls._announce()

    @classmethod
    def _add_facts(cls, employee, service, late: int) -> None:
        """Store 40 cases of somebody, the first of them answered late."""
        Fact = cls.env["citizen.case.fact"]
        ended = fields.Datetime.now() - timedelta(days=90)
        before = Fact.search_count([("case_id", "=", cls.case.id)])
        Fact.create(
            [
                {
                    "case_id": cls.case.id,
                    "number": before + number + 1,
                    "case_number": f"{employee.name}-{number:02d}",
                    "handler_id": employee.id,
                    "team_id": cls.team.id,
                    "department_id": cls.department.id,
                    "category_id": service.id,
                    "began_at": ended - timedelta(days=3),
                    "ended_at": ended - timedelta(hours=number),
                    "closed_on": ended - timedelta(hours=number),
                    "ended_by": "closed",
                    "late_resolution": "yes" if number < late else "no",
                    "counts_personally": True,
                }
                for number in range(40)
            ]
        )

    @classmethod
    def _announce(cls):
        """Bring Ann's evaluation of a period that is over to the data check."""
        cycle = cls.env["citizen.evaluation.cycle"].create(
            {
                "name": "Half-year",
                "department_id": cls.department.id,
                "date_from": cls.today - timedelta(days=220),
                "date_to": cls.today - timedelta(days=40),
                "coordinator_id": cls.users["coordinator"].id,
                "steward_id": cls.users["steward"].id,
            }
        )
        evaluation = cycle._announce()
        evaluation._move_by_time()
        evaluation._move_by_time()
        return evaluation

    def _drive(self, path: str, login: str, steps) -> None:
        drive(self, f"/odoo/{path}", READY, f"evaluated_{login}", steps)
        self.env.invalidate_all()

    def _wait_for_state(self, keys: Keyboard, state: str) -> None:
        keys.wait_for_text(STATUS, state)

    def _fill_in(self, keys: Keyboard, name: str, text: str, within: str = "") -> None:
        keys.write(f"{within} [name={name}] textarea", text)
        keys.press("Tab")

    def _confirm(self, keys: Keyboard) -> None:
        keys.click(".modal .modal-footer .btn-primary")

    # ------------------------------------------------------------------- steps
    def _contest(self, keys: Keyboard) -> None:
        keys.wait_for_text(".o_data_row:first-child", "Ann-00")
        keys.click(".o_data_row:first-child button[name=action_contest]")
        keys.wait_for_text(".modal", "before your manager")
        keys.read(
            "(() => {const kind = document.querySelector('.modal [name=kind] select, "
            ".modal [name=kind] input'); kind.focus(); kind.click();})()"
        )
        keys.click(".o_select_menu_item")
        self._fill_in(keys, "text", "I was on leave then", ".modal")
        keys.click(".modal footer button.btn-primary")
        keys.wait_for("!document.querySelector('.modal')")

    def _check_data(self, keys: Keyboard) -> None:
        keys.wait_for_text(".o_form_view", "You come first")
        keys.wait_for_text("[name=line_ids]", "20 of 40 cases")
        keys.click("button[name=action_confirm_data]")
        self._confirm(keys)
        self._wait_for_state(keys, "Claims")

    def _see_no_figure(self, keys: Keyboard) -> None:
        keys.wait_for_text(".o_form_view", "not open to you in this state")
        assert not keys.read("!!document.querySelector('[name=line_ids]')")

    def _accept(self, keys: Keyboard) -> None:
        keys.click(".o_data_row td[name=case_number]")
        keys.wait_for_text("[name=fact_text]", "Answer Late: Yes")
        self._fill_in(keys, "decision", "The leave is in the calendar")
        keys.click("button[name=action_accept]")
        self._wait_for_state(keys, "Accepted")

    def _assess(self, keys: Keyboard) -> None:
        keys.wait_for_text("[name=line_ids]", "19 of 39 cases")
        self._write(keys, "Many bridges were closed")
        self._wait_for_state(keys, "Manager")

    def _write(self, keys: Keyboard, text: str) -> None:
        keys.click("button[name=action_write]")
        self._fill_in(keys, "text", text, ".modal")
        keys.click(".modal button[name=action_submit]")
        # The question comes on top of the form.
        keys.wait_for("document.querySelectorAll('.modal').length === 2")
        keys.read(
            "[...document.querySelectorAll('.modal .btn-primary')].at(-1).click()"
        )
        keys.wait_for("!document.querySelector('.modal')")

    def _conclude(self, keys: Keyboard) -> None:
        keys.wait_for_text("[name=line_ids]", "19 of 39 cases")
        keys.wait_for_text("[name=line_ids]", "Different from expected")
        self._write(keys, "A good year in hard conditions")
        self._wait_for_state(keys, "Shared")

    def _finish(self, keys: Keyboard) -> None:
        keys.click("button[name=action_finish]")
        keys.wait_for("!document.querySelector('button[name=action_finish]')")

    def _publish(self, keys: Keyboard) -> None:
        keys.click("button[name=action_publish]")
        self._confirm(keys)
        self._wait_for_state(keys, "Published")

    def _appeal(self, keys: Keyboard) -> None:
        keys.click("button[name=action_verify]")
        keys.wait_for_text(".o_notification", "nothing has been changed")
        keys.click("button[name=action_appeal]")
        self._fill_in(keys, "text", "The bridges were closed", ".modal")
        keys.click(".modal footer .btn-primary")
        keys.wait_for("!document.querySelector('.modal')")

    def _decide(self, keys: Keyboard) -> None:
        self._fill_in(keys, "reasons", "Every colleague was on other bridges")
        self._fill_in(keys, "new_conclusion", "Conditions alone")
        keys.click("button[name=action_change]")
        self._wait_for_state(keys, "Changed")

    def test_who_is_evaluated_comes_first(self) -> None:
        path = f"evaluations/{self.evaluation.id}"
        self._drive("my-counted-cases", "ann", self._contest)
        self._drive(path, "boss", self._see_no_figure)
        self._drive(path, "ann", self._check_data)
        self._drive("evaluation-claims", "steward", self._accept)
        self.assertEqual(self.evaluation.claim_ids.state, "accepted")
        self._drive(path, "ann", self._assess)
        for line in self.evaluation.line_ids.with_user(self.users["boss"]):
            if line.word == "outside":
                line.write({"cause": "conditions", "explanation": "Closed bridges"})
        self.env.flush_all()
        self._drive(path, "boss", self._conclude)
        self._drive(path, "ann", self._finish)
        self._drive(path, "boss", self._finish)
        self._drive(path, "coordinator", self._publish)
        self._drive(path, "ann", self._appeal)
        appeal = self.evaluation.appeal_ids.with_user(self.users["coordinator"])
        appeal.reviewer_id = self.users["reviewer"]
        self.env.flush_all()
        self._drive(f"evaluation-appeals/{appeal.id}", "reviewer", self._decide)
        self.assertEqual(self.evaluation.state, "closed")
        self.assertEqual(self.evaluation.version_ids.mapped("number"), [1, 2])
