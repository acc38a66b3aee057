"""An administrator makes a rule, tries it out, looks at last year and activates it."""

from __future__ import annotations

from datetime import timedelta

from keyboard import Keyboard, drive

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

ADMIN = "rule_maker"
READY = "!!document.querySelector('.o_form_view [name=name] input')"


@tagged("post_install", "-at_install")
class TestSlaRulesScreen(HttpCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        new_test_user(cls.env, ADMIN, groups="citizen_crm.group_catalogue_admin")
        cls.env["citizen.sla.rule"].search([]).action_retire()
        team = cls.env["helpdesk.ticket.team"].create({"name": "Roads"})
        service = cls.env["helpdesk.ticket.category"].create(
            {"name": "Pothole", "is_service": True, "team_id": team.id}
        )
        now = fields.Datetime.now()
        past = [(now - timedelta(days=40 + number), number) for number in range(4)]
        cls.env["helpdesk.ticket"]._create_backdated(
            [
                (
                    {
                        "name": "Deep hole",
                        "description": "x",
                        "category_id": service.id,
                        "received_date": at,
                    },
                    [
                        {"kind": "received", "at": at},
                        {
                            "kind": "answered",
                            "at": at + timedelta(days=6 * number, hours=1),
                        },
                    ],
                )
                for at, number in past
            ]
        )

    def _back(self, keys: Keyboard) -> None:
        keys.click(".o_breadcrumb .o_back_button a")
        keys.wait_for_text(".o_citizen_summary", "6 working days")

    def test_from_new_to_in_force(self) -> None:
        def steps(keys: Keyboard) -> None:
            keys.write(".o_field_widget[name=name] input", "Six days")
            keys.click(".nav-link[name=promises]")
            keys.click(".o_field_x2many_list_row_add a")
            keys.write(".modal .o_field_widget[name=amount] input", "6")
            keys.press("Tab")
            keys.wait_for_text(".modal .o_citizen_summary", "6 working days")
            keys.click(".modal .o_form_button_save")
            keys.wait_for("!document.querySelector('.modal')")
            keys.wait_for_text(".o_citizen_summary", "An answer within 6")
            self._test(keys)
            self._preview(keys)
            self._activate(keys)

        drive(self, "/odoo/sla-rules/new", READY, ADMIN, steps)
        rule = self.env["citizen.sla.rule"].search([("name", "=", "Six days")])
        self.assertEqual((rule.state, rule.target_ids.amount), ("active", 6))
        self.assertEqual(rule.activated_by_id.login, ADMIN)

    def _test(self, keys: Keyboard) -> None:
        keys.click("button[name=action_test]")
        keys.wait_for_text(".o_citizen_sla_result", "decides")
        keys.wait_for("document.querySelector('.o_citizen_due')")
        self._back(keys)

    def _preview(self, keys: Keyboard) -> None:
        keys.click("button[name=action_preview]")
        keys.wait_for_text(".o_field_widget[name=row_ids]", "Whole city")
        keys.wait_for_text(".o_field_widget[name=coverage]", "All ")
        self._back(keys)

    def _activate(self, keys: Keyboard) -> None:
        keys.click("button[name=action_activate]")
        keys.wait_for_text(".modal", "can then no longer be changed")
        keys.click(".modal .modal-footer .btn-primary")
        keys.wait_for_text(".o_statusbar_status .o_arrow_button_current", "In force")
        keys.wait_for_text(".o_citizen_banners", "cannot be changed")
