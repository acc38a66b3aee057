"""An employee objects, the lead upholds, others get the next cases; leave is free."""

from __future__ import annotations

from datetime import timedelta

from fair_team import FairTeam
from keyboard import Keyboard, drive

from odoo import fields
from odoo.tests import tagged

READY = "!!document.querySelector('.o_form_view, .o_list_view')"
SHARE_READY = "!!document.querySelector('.o_assignment_share')"


@tagged("post_install", "-at_install")
class TestObjectionScreen(FairTeam):
    def _balance(self, user) -> int:
        row = self.team.assignment_balance_ids.filtered(
            lambda row: row.employee_id == user.employee_id
        )
        return row.milli

    def _fill_in(self, keys: Keyboard, selector: str, text: str) -> None:
        keys.write(selector, text)
        keys.press("Tab")

    def _wait_for_state(self, keys: Keyboard, state: str) -> None:
        keys.wait_for_text(".o_statusbar_status .o_arrow_button_current", state)

    # ------------------------------------------------------------------- steps
    def _object(self, keys: Keyboard) -> None:
        keys.click("button[name=action_object]")
        keys.wait_for_text(".modal", "your next cases become fewer")
        self._fill_in(keys, ".modal [name=wanted_points] input", "3")
        self._fill_in(keys, ".modal [name=text] textarea", "Three visits on site")
        keys.click(".modal button[name=action_confirm]")
        self._wait_for_state(keys, "To be decided")
        keys.wait_for_text("[name=text]", "Three visits on site")
        keys.wait_for("document.querySelector('button[name=action_withdraw]')")
        self.assertFalse(
            keys.read("!!document.querySelector('button[name=action_uphold]')")
        )

    def _uphold(self, keys: Keyboard) -> None:
        keys.click(".o_data_row td[name=case_number]")
        keys.wait_for_text("[name=text]", "Three visits on site")
        keys.click("button[name=action_uphold]")
        self._fill_in(keys, ".modal [name=reason] textarea", "So it was")
        keys.click(".modal button[name=action_confirm]")
        self._wait_for_state(keys, "Upheld")
        keys.wait_for_text("[name=granted_points]", "3.0")

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
        keys.wait_for_text(".o_assignment_sentence", "just your share")
        keys.wait_for_text(".o_assignment_open", "0 points")
