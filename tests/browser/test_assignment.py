"""An employee reads why, and the own share; the lead opens the board and assigns."""

from __future__ import annotations

from keyboard import Keyboard, drive

from odoo.tests import HttpCase, new_test_user, tagged

CLEARED = "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer"
HANDLERS = ("fair_ann", "fair_bob", "fair_cid")
LEAD = "fair_lead"
FORM = "!!document.querySelector('.o_form_view')"
SHARE = "!!document.querySelector('.o_assignment_share .o_assignment_sentence')"
BOARD = "!!document.querySelector('.o_assignment_members')"


@tagged("post_install", "-at_install")
class TestAssignmentScreens(HttpCase):
    """The team shares its work by the ledger; two of three cases are given out."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Always",
                "tz": "UTC",
                "attendance_ids": [
                    (0, 0, {"name": "Day", "dayofweek": str(day), **span})
                    for day in range(7)
                    for span in (
                        {"hour_from": 0, "hour_to": 12, "day_period": "morning"},
                        {"hour_from": 12, "hour_to": 24, "day_period": "afternoon"},
                    )
                ],
            }
        )
        lead = new_test_user(
            cls.env, LEAD, groups=f"citizen_crm.group_team_lead,{CLEARED}"
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Fair Roads", "user_id": lead.id}
        )
        for login in HANDLERS:
            cls._create_member(login)
        cls.team.user_ids += lead
        cls.service = cls.env["helpdesk.ticket.category"].create(
            {"name": "Pothole", "is_service": True, "team_id": cls.team.id}
        )
        cls.env["citizen.assignment.rule"].create(
            {"team_id": cls.team.id, "match_language": False}
        ).action_activate()
        cls.given = cls._file("Deep hole") + cls._file("Wide hole")
        while cls.team._dispatch(set())[0]:
            pass
        cls.waiting = cls._file("New hole")

    @classmethod
    def _create_member(cls, login: str) -> None:
        user = new_test_user(
            cls.env, login, groups=f"citizen_crm.group_case_handler,{CLEARED}"
        )
        employee = cls.env["hr.employee"].create(
            {
                "name": login,
                "user_id": user.id,
                "resource_calendar_id": cls.calendar.id,
                "tz": "UTC",
            }
        )
        cls.env["citizen.team.member"].create(
            {
                "team_id": cls.team.id,
                "employee_id": employee.id,
                "date_from": "2020-01-01",
            }
        )

    @classmethod
    def _file(cls, name: str):
        return cls.env["helpdesk.ticket"].create(
            {"name": name, "description": "x", "category_id": cls.service.id}
        )

    def _click(self, keys: Keyboard, selector: str) -> None:
        keys.wait_for(f"document.querySelector('{selector}')")
        keys.read(f"document.querySelector('{selector}').click()")

    def _wait_for_text(self, keys: Keyboard, selector: str, text: str) -> None:
        keys.wait_for(
            f"document.querySelector('{selector}')?.innerText.includes('{text}')"
        )

    def test_employee_reads_why_and_the_own_share(self) -> None:
        case = self.given[0]
        # Read before: the server works on the same cursor as soon as a page is open.
        number, login = case.number, case.user_id.login

        def ask_why(keys: Keyboard) -> None:
            self._wait_for_text(keys, ".o_assignment_why", "Why me?")
            # Who has the case is changed by the dialog alone.
            keys.wait_for("document.querySelector('button[name=action_hand]')")
            keys.wait_for("!document.querySelector('[name=user_id] input')")
            self._click(keys, ".o_assignment_why")
            dialog = ".o_assignment_why_dialog"
            self._wait_for_text(keys, dialog, "Given to you: lowest of 3 eligible")
            self._wait_for_text(keys, f"{dialog} .o_assignment_own", "you")
            self._wait_for_text(keys, f"{dialog} .o_assignment_replay", "the same")

        def read_share(keys: Keyboard) -> None:
            self._wait_for_text(keys, ".o_assignment_sentence", "than your share")
            self._wait_for_text(keys, ".o_assignment_bound", "differ by at most 4.0")
            self._wait_for_text(keys, ".o_assignment_colleagues", "(you)")
            self._wait_for_text(keys, ".o_assignment_entries", number)
            self._click(keys, ".o_assignment_entries button")
            keys.wait_for(FORM)
            self._wait_for_text(keys, ".o_form_view", number)

        drive(self, f"/odoo/cases/{case.id}", FORM, login, ask_why)
        drive(self, "/odoo/my-share", SHARE, login, read_share)

    def test_lead_opens_the_board_and_assigns_now(self) -> None:
        number = self.waiting.number

        def steps(keys: Keyboard) -> None:
            self._wait_for_text(keys, ".o_assignment_members", HANDLERS[0])
            self._wait_for_text(keys, ".o_assignment_queue", number)
            keys.wait_for("document.querySelector('.o_assignment_chart canvas')")
            self._click(keys, ".o_assign_now")
            self._wait_for_text(keys, ".o_notification", "1 given out, 0 still waiting")
            self._wait_for_text(keys, ".o_assignment_board", "Nothing waits.")

        drive(self, "/odoo/fair-work-board", BOARD, LEAD, steps)
        self.env.invalidate_all()
        self.assertIn(self.waiting.user_id.login, HANDLERS)
        self.assertEqual(len((self.given + self.waiting).user_id), 3)
