"""An employee objects, the lead upholds, others get the next cases; leave is free."""

from __future__ import annotations

from datetime import timedelta

from keyboard import Keyboard, drive

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

CLEARED = "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer"
READY = "!!document.querySelector('.o_form_view, .o_list_view')"
SHARE_READY = "!!document.querySelector('.o_assignment_share')"


@tagged("post_install", "-at_install")
class TestObjectionScreen(HttpCase):
    """Everybody is on duty day and night, so the tests do not hang on the clock."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Day and night",
                "tz": "UTC",
                "attendance_ids": [
                    (5, 0, 0),
                    *(
                        (
                            0,
                            0,
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 0,
                                "hour_to": 24,
                            },
                        )
                        for day in range(7)
                    ),
                ],
            }
        )
        cls.lead = new_test_user(
            cls.env, "objection_lead", groups=f"citizen_crm.group_team_lead,{CLEARED}"
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Night Roads",
                "user_id": cls.lead.id,
                "resource_calendar_id": cls.calendar.id,
            }
        )
        cls.ann, cls.bob, cls.cid = (
            cls._create_colleague(name) for name in ("Ann", "Bob", "Cid")
        )
        cls.env["citizen.assignment.rule"].create(
            {"team_id": cls.team.id, "match_language": False}
        ).action_activate()
        cls.service = cls.env["helpdesk.ticket.category"].create(
            {"name": "Night Pothole", "is_service": True, "team_id": cls.team.id}
        )

    @classmethod
    def _create_colleague(cls, name: str):
        """Create a member of the team with a login; return the user."""
        user = new_test_user(
            cls.env,
            f"objection_{name.lower()}",
            name=name,
            groups=f"citizen_crm.group_case_handler,{CLEARED}",
        )
        employee = cls.env["hr.employee"].create(
            {
                "name": name,
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
        return user

    def _file(self, count: int):
        return self.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Hole {number}",
                    "description": "Deep",
                    "category_id": self.service.id,
                }
                for number in range(count)
            ]
        )

    def _dispatch(self) -> None:
        seen: set[int] = set()
        while self.team._dispatch(seen)[1]:
            pass
        self.env.flush_all()

    def _balance(self, user) -> int:
        row = self.team.assignment_balance_ids.filtered(
            lambda row: row.employee_id == user.employee_id
        )
        return row.milli

    def _click(self, keys: Keyboard, selector: str) -> None:
        keys.wait_for(f"document.querySelector('{selector}')")
        keys.read(f"document.querySelector('{selector}').click()")

    def _write(self, keys: Keyboard, selector: str, text: str) -> None:
        keys.wait_for(f"document.querySelector('{selector}')")
        keys.read(f"document.querySelector('{selector}').focus()")
        keys.read(f"document.querySelector('{selector}').select()")
        keys.type(text)
        keys.press("Tab")

    def _wait_for_text(self, keys: Keyboard, selector: str, text: str) -> None:
        keys.wait_for(
            f"document.querySelector('{selector}')?.innerText.includes('{text}')"
        )

    def _wait_for_state(self, keys: Keyboard, state: str) -> None:
        self._wait_for_text(keys, ".o_statusbar_status .o_arrow_button_current", state)

    # ------------------------------------------------------------------- steps
    def _object(self, keys: Keyboard) -> None:
        self._click(keys, "button[name=action_object]")
        self._wait_for_text(keys, ".modal", "your next cases become fewer")
        self._write(keys, ".modal [name=wanted_points] input", "3")
        self._write(keys, ".modal [name=text] textarea", "Three visits on site")
        self._click(keys, ".modal button[name=action_confirm]")
        self._wait_for_state(keys, "To be decided")
        self._wait_for_text(keys, "[name=text]", "Three visits on site")
        keys.wait_for("document.querySelector('button[name=action_withdraw]')")
        self.assertFalse(
            keys.read("!!document.querySelector('button[name=action_uphold]')")
        )

    def _uphold(self, keys: Keyboard) -> None:
        self._click(keys, ".o_data_row td[name=case_number]")
        self._wait_for_text(keys, "[name=text]", "Three visits on site")
        self._click(keys, "button[name=action_uphold]")
        self._write(keys, ".modal [name=reason] textarea", "So it was")
        self._click(keys, ".modal button[name=action_confirm]")
        self._wait_for_state(keys, "Upheld")
        self._wait_for_text(keys, "[name=granted_points]", "3.0")

    def test_the_next_cases_compensate(self) -> None:
        cases = self._file(3)
        self._dispatch()
        self.assertEqual(len(cases.user_id), 3, "one for each")
        case = cases.filtered(lambda case: case.user_id == self.ann)
        url = f"/odoo/helpdesk.ticket/{case.id}"
        drive(self, url, READY, self.ann.login, self._object)
        drive(self, "/odoo/objections", READY, self.lead.login, self._uphold)
        further = self._file(2)
        self._dispatch()
        self.assertEqual(further.user_id, self.bob | self.cid)
        self.assertIsNone(self.team._find_first_difference()[0])

    def test_leave_is_neutral(self) -> None:
        now = fields.Datetime.now()
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": self.ann.employee_id.resource_id.id,
                "calendar_id": self.calendar.id,
                "date_from": now - timedelta(days=1),
                "date_to": now + timedelta(days=3),
            }
        )
        while_away = self._file(4)
        self._dispatch()
        self.assertEqual(while_away.user_id, self.bob | self.cid)
        self.assertEqual(self._balance(self.ann), 0)
        drive(self, "/odoo/my-share", SHARE_READY, self.ann.login, self._read_share)
        leave.unlink()
        after = self._file(3)
        self._dispatch()
        self.assertEqual(len(after.user_id), 3, "one for each: nothing is owed")

    def _read_share(self, keys: Keyboard) -> None:
        self._wait_for_text(keys, ".o_assignment_sentence", "just your share")
        self._wait_for_text(keys, ".o_assignment_open", "0 points")
