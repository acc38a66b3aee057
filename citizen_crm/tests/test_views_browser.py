"""Every main screen opens in a browser, shows its records and writes no error."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

GROUPS = (
    "helpdesk_mgmt.group_helpdesk_user_team,"
    "citizen_crm.group_clearance_citizen,"
    "citizen_crm.group_clearance_customer"
)
#: Action, type of view, and what must be seen when it is open.
CASE_SCREENS = [
    ("helpdesk_ticket_action_team", "kanban", ".o_kanban_record .o_field_badge"),
    ("helpdesk_ticket_action_team", "list", ".o_data_row .o_due_badge"),
    ("helpdesk_ticket_action_team", "pivot", ".o_pivot td.o_pivot_cell_value"),
    ("helpdesk_ticket_action_team", "graph", ".o_graph_renderer canvas"),
    ("helpdesk_ticket_action_team", "calendar", ".o_calendar_view .fc-event"),
    ("helpdesk_ticket_action_team", "activity", ".o_activity_view"),
    ("helpdesk_ticket_action_my", "list", ".o_data_row"),
    ("helpdesk_ticket_action_triage", "list", ".o_data_row"),
    ("helpdesk_ticket_action_citizen", "kanban", ".o_kanban_record"),
    ("helpdesk_ticket_action_customer", "list", ".o_data_row"),
    ("helpdesk_ticket_action_analysis", "graph", ".o_graph_renderer canvas"),
]
PEOPLE_SCREENS = [
    ("citizen_citizen_action", "list", ".o_data_row"),
    ("citizen_citizen_action", "kanban", ".o_kanban_record"),
    ("citizen_customer_action", "list", ".o_data_row"),
    ("citizen_customer_action", "kanban", ".o_kanban_record"),
    ("citizen_district_action", "list", ".o_data_row"),
]
CATALOGUE_SCREENS = [
    ("helpdesk_ticket_category_action", "list", ":is(.o_group_header, .o_data_row)"),
    ("helpdesk_ticket_team_action", "list", ".o_data_row"),
    ("citizen_team_member_action", "list", ".o_list_view"),
    ("citizen_need_action", "list", ".o_data_row"),
    ("helpdesk_ticket_stage_action", "list", ".o_data_row"),
]
# Opens one screen after the other as a click on a menu does. An error on the console,
# and a screen that does not show what it should, fail the test.
SCRIPT = """
(async () => {
    const {action} = odoo.__WOWL_DEBUG__.root.env.services;
    const wait = async (selector, name) => {
        for (let round = 0; round < 300; round++) {
            if (document.querySelector(selector)) return;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`${name} does not show ${selector}`);
    };
    for (const {name, request, options, clicks, selector} of %s) {
        await action.doAction(
            {type: "ir.actions.act_window_close"}, {clearBreadcrumbs: true}
        );
        await action.doAction(request, {clearBreadcrumbs: true, ...options});
        for (const click of clicks || []) {
            await wait(click, name);
            document.querySelector(click).click();
        }
        await wait(selector, name);
        document.querySelector(".modal .btn-close")?.click();
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


@tagged("post_install", "-at_install", "browser")
class TestViewsBrowser(HttpCase):
    """1. A team with one of each: citizen case, customer case, case in triage.
    2. A handler of the team opens one screen after the other.
    3. Each shows its records; the browser's console has no error.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.handler = new_test_user(
            cls.env, "view_handler", groups=GROUPS, name="Vera Handler"
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Roads", "user_ids": cls.handler.ids}
        )
        cls.pothole = cls.env["helpdesk.ticket.category"].create(
            {
                "name": "Pothole",
                "code": "VIEW-POT",
                "is_service": True,
                "team_id": cls.team.id,
                "question_definition": [
                    {
                        "name": "depth",
                        "type": "selection",
                        "string": "How deep?",
                        "selection": [["low", "A finger"], ["high", "A hand"]],
                    }
                ],
            }
        )
        district = cls.env["citizen.district"].create({"name": "Port", "code": "V-P"})
        need = cls.env["citizen.need"].create(
            {"name": "Large letters", "code": "view_print", "description": "16 points."}
        )
        cls.citizen = cls.env["citizen.citizen"].create(
            {
                "name": "Ada Fox",
                "email": "ada@example.com",
                "district_id": district.id,
                "need_ids": need.ids,
            }
        )
        cls.customer = cls.env["citizen.customer"].create(
            {
                "name": "Bakery",
                "company_type": "company",
                "service_ids": cls.pothole.ids,
            }
        )
        now = fields.Datetime.now()
        common = {"description": "<p>Deep.</p>", "due_date": now}
        cls.case, cls.follower, _other, _triage = cls.env["helpdesk.ticket"].create(
            [
                {
                    **common,
                    "name": "Hole in Mill Lane",
                    "citizen_id": cls.citizen.id,
                    "category_id": cls.pothole.id,
                    "user_id": cls.handler.id,
                    "due_date": now - timedelta(days=3),
                },
                {
                    **common,
                    "name": "The same hole",
                    "category_id": cls.pothole.id,
                    "user_id": cls.handler.id,
                },
                {
                    **common,
                    "name": "Hole before the bakery",
                    "customer_id": cls.customer.id,
                    "category_id": cls.pothole.id,
                },
                {**common, "name": "A letter about everything"},
            ]
        )
        cls.follower.duplicate_id = cls.case
        cls.case.answers = {"depth": "high"}
        cls.case.activity_schedule(
            "mail.mail_activity_data_todo", user_id=cls.handler.id
        )

    def _check(self, screens, login="view_handler"):
        self.browser_js(
            "/odoo",
            SCRIPT % json.dumps(screens),
            "odoo.isReady === true",
            login=login,
            timeout=180,
        )

    def _lists(self, screens):
        return [
            {
                "name": f"{action} ({view})",
                "request": f"citizen_crm.{action}",
                "options": {"viewType": view},
                "selector": f".o_action_manager {selector}",
            }
            for action, view, selector in screens
        ]

    def _form(self, record, selector):
        return {
            "name": f"form of {record._name}",
            "request": {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "views": [[False, "form"]],
            },
            "options": {},
            "selector": f".o_action_manager .o_form_view {selector}",
        }

    def test_cases(self):
        self._check(self._lists(CASE_SCREENS))

    def test_case_forms(self):
        self._check(
            [
                self._form(self.case, ".o_citizen_banners .alert-danger"),
                self._form(self.case, ".o_citizen_banners [name=need_instructions]"),
                self._form(self.case, "[name=answers] .o_property_field"),
                self._form(self.follower, "[name=banners] [name=duplicate_id]"),
                {
                    **self._form(self.case, "[name=category_id] input"),
                    "name": "form of a new case",
                    "request": {
                        "type": "ir.actions.act_window",
                        "res_model": "helpdesk.ticket",
                        "views": [[False, "form"]],
                    },
                },
            ]
        )

    def test_people(self):
        self._check(
            [
                *self._lists(PEOPLE_SCREENS),
                self._form(self.citizen, "[name=case_ids] .o_data_row"),
                self._form(self.customer, "[name=child_ids]"),
                self._form(self.citizen.partner_id, "[name=action_view_citizen]"),
            ]
        )

    def test_catalogue(self):
        self._check(
            [
                *self._lists(CATALOGUE_SCREENS),
                self._form(self.pothole, ".o_question_list .o_question"),
                self._form(self.team, "[name=member_ids]"),
            ]
        )

    def test_catalogue_is_edited(self):
        """An administrator sees the questions as fields that can be changed."""
        new_test_user(
            self.env, "view_manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        self._check(
            [self._form(self.pothole, ".o_question_list select[aria-label]")],
            "view_manager",
        )
