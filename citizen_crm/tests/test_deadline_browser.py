"""What staff see of deadlines opens in a browser and writes no error."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from . import test_views_browser as views

LEAD = views.GROUPS + ",citizen_crm.group_team_lead"
ACTION = ".o_action_manager"
CASES = "citizen_crm.helpdesk_ticket_action_team"


@tagged("post_install", "-at_install", "browser")
class TestDeadlineBrowser(HttpCase):
    """1. A team with a late case, a running one and a paused one.
    2. Handler and lead open list, cards, form, dialog and board.
    3. Each shows what it should; the browser's console has no error.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        handler = new_test_user(env, "due_handler", groups=views.GROUPS, name="Vera")
        lead = new_test_user(env, "due_lead", groups=LEAD, name="Leo")
        team = env["helpdesk.ticket.team"].create(
            {"name": "Roads", "user_id": lead.id, "user_ids": (handler + lead).ids}
        )
        category = env["helpdesk.ticket.category"].create(
            {
                "name": "Pothole",
                "code": "DUE-POT",
                "is_service": True,
                "team_id": team.id,
            }
        )
        reason = env.ref("citizen_crm.waiting_reason_supplement")
        target = {
            "basis": "statutory",
            "amount": 6,
            "pausing_reason_ids": reason.ids,
            "step_ids": [(0, 0, {"amount": 75})],
        }
        env["citizen.sla.rule"].create(
            {
                "name": "Petitions",
                "sequence": -1,
                "valid_from": "2020-01-01 00:00:00",
                "target_ids": [(0, 0, target), (0, 0, {"kind": "first_reply"})],
            }
        ).action_activate()
        now = fields.Datetime.now()
        cls.running, cls.late, cls.paused = env["helpdesk.ticket"].create(
            [
                {
                    "name": name,
                    "description": "<p>Deep.</p>",
                    "category_id": category.id,
                    "user_id": handler.id,
                    "received_date": now - timedelta(days=days),
                }
                for name, days in (("Running", 0), ("Late", 40), ("Paused", 0))
            ]
        )
        cls.paused._log(
            "waiting",
            waiting_reason_id=reason.id,
            waiting_until=now + timedelta(days=9),
        )

    def _check(self, login, *screens):
        names = ("name", "request", "options", "clicks", "selector")
        self.browser_js(
            "/odoo",
            views.SCRIPT
            % json.dumps([dict(zip(names, screen, strict=True)) for screen in screens]),
            "odoo.isReady === true",
            login=login,
            timeout=180,
        )

    def _form(self, case, selector, *clicks):
        request = {
            "type": "ir.actions.act_window",
            "res_model": case._name,
            "res_id": case.id,
            "views": [[False, "form"]],
        }
        return f"form of {case.name}", request, {}, clicks, selector

    def _view(self, view, selector, *clicks):
        return f"{view} of cases", CASES, {"viewType": view}, clicks, selector

    def test_handler(self):
        badge = f"{ACTION} .o_form_view .o_due_badge"
        self._check(
            "due_handler",
            self._view("list", f"{ACTION} .o_data_row .o_due_badge.o_due_late"),
            self._view(
                "kanban", f"{ACTION} .o_kanban_record .o_due_badge.o_due_paused"
            ),
            self._view(
                "list",
                ".o_deadline_dialog .o_deadline_promise",
                f"{ACTION} .o_data_row .o_due_badge",
            ),
            self._form(self.running, ".o_deadline_dialog .o_deadline_trace", badge),
            self._form(self.late, f"{ACTION} .o_citizen_banners .alert-danger"),
            self._form(
                self.paused,
                ".o_deadline_dialog .o_citizen_facts",
                f"{ACTION} .o_citizen_banners .alert-info .o_widget button",
            ),
            self._form(
                self.late,
                f"{ACTION} [name=clock_ids] .o_data_row .text-bg-danger",
                f"{ACTION} .nav-link[name=promises]",
            ),
            self._form(
                self.paused,
                f"{ACTION} .o_list_view .o_data_row",
                f"{ACTION} .nav-link[name=history]",
                f"{ACTION} .tab-pane.active button.btn-link",
            ),
        )

    def test_lead(self):
        board = "citizen_crm.deadline_board_action"
        late = f"{ACTION} .o_deadline_board td .text-bg-danger"
        self._check(
            "due_lead",
            ("board", board, {}, [], late),
            (
                "cases of a cell",
                board,
                {},
                [late],
                f"{ACTION} .o_list_view .o_data_row .o_due_late",
            ),
            self._view(
                "calendar",
                ".o_cw_popover .o_due_badge",
                f"{ACTION} .o_calendar_view .fc-event",
            ),
            self._view("activity", f"{ACTION} .o_activity_view"),
        )
