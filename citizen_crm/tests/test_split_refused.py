"""A letter that is not split: what is missing, who may not, and nothing is written."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import NOW
from .split_common import SplitCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


@freeze_time("2026-03-04 08:00:00")
class TestSplitRefused(SplitCommon):
    def test_bad_parts_write_nothing(self):
        [first, second] = self._parts()
        group = self.env["helpdesk.ticket.category"].create({"name": "Heading"})
        before = self._count()
        for parts, message in (
            ([first, {**second, "text": " ", "name": "Bin"}], "Matter 2. Text:"),
            ([first, {**second, "category_id": group}], "Matter 2. Service Type:"),
            ([{**first, "nature": False}], "Matter 1. Nature:"),
            ([{**first, "name": "x" * 201}], "Matter 1. Title: at most 200"),
            ([{**first, "text": "x" * 15_001}], "Matter 1. Text: at most 15000"),
            ([first] * 11, "Matters: at most 10"),
        ):
            with (
                self.subTest(message),
                self.assertRaisesRegex(UserError, message),
                self.cr.savepoint(),
            ):
                self._split(parts=parts)
            self.assertEqual(self._count(), before)
        dialog = self.env["citizen.case.split"].with_user(self.handler)
        with self.assertRaisesRegex(UserError, "Matters: add the matter"):
            dialog.create({"case_id": self.case.id}).action_confirm()
        self.assertEqual(self._count(), before)

    def test_what_fails_late_writes_nothing(self):
        """The person cannot be told: no case was made."""
        before = self._count()
        broken = patch.object(
            type(self.Case), "_tell_split", side_effect=UserError("No mail")
        )
        with self.assertRaisesRegex(UserError, "No mail"), self.cr.savepoint(), broken:
            self._split()
        self.env.invalidate_all()
        self.assertEqual(self._count(), before)

    def test_ended_case(self):
        self._reply(self.case)
        self._move(self.case.sudo(), "closed")
        with self.assertRaisesRegex(UserError, "has ended"):
            self.case.action_split()

    def test_ended_while_the_dialog_was_open(self):
        values = {
            "case_id": self.case.id,
            "part_ids": [
                (
                    0,
                    0,
                    {
                        "text": "T",
                        "category_id": self.tree.id,
                        "nature": "inquiry",
                    },
                )
            ],
        }
        dialog = self.env["citizen.case.split"].with_user(self.handler).create(values)
        self._move(self.case.sudo(), "withdrawn")
        with self.assertRaisesRegex(UserError, "has ended"):
            dialog.action_confirm()

    def test_sent_once_more(self):
        action = self.case.action_split()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.handler)
            .create(
                {
                    "case_id": self.case.id,
                    "part_ids": [
                        (
                            0,
                            0,
                            {
                                "text": "T",
                                "category_id": self.tree.id,
                                "nature": "inquiry",
                            },
                        )
                    ],
                }
            )
        )
        dialog.action_confirm()
        self.assertFalse(dialog.exists())
        self.assertEqual(len(self.case.sudo().split_ids), 1)

    @mute_logger(*QUIET)
    def test_who_may_not_handle_it(self):
        part = {"name": "A", "text": "B", "nature": "inquiry", "place": ""}
        part["category_id"] = self.tree.id
        before = self._count()
        for user in (self.outsider, self.portal, self.public):
            with (
                self.subTest(user.login),
                self.assertRaises(AccessError),
                self.cr.savepoint(),
            ):
                self.case.with_user(user)._split_off([part])
        self._create_employee("Handler", self.handler)
        for values in (
            {"kind": "person", "partner_id": self.ada.id},
            {"kind": "type", "category_id": self.pothole.id},
        ):
            recusal = self.env["citizen.recusal"].create(
                {
                    "employee_id": self.handler.employee_id.id,
                    "reason": "My aunt",
                    **values,
                }
            )
            with self.subTest(values), self.assertRaisesRegex(AccessError, "conflict"):
                self.case.action_split()
            recusal.action_end()
        own = self._file(partner_id=self.handler.partner_id.id, user_id=False)
        with self.assertRaisesRegex(AccessError, "conflict"):
            own.with_user(self.handler).action_split()
        self.assertFalse(self.case.sudo().split_ids)
        self.assertGreaterEqual(self._count()[0], before[0])

    def test_nobody_forges_it(self):
        with self.assertRaisesRegex(UserError, "system notes it"):
            self._create_case(split_from_id=self.case.id)
        with self.assertRaisesRegex(UserError, "system notes it"):
            self.case.write({"split_from_id": self.case.id})

    def test_not_confirmed_by_the_sender(self):
        case = self._create_case(partner_name="Dora", partner_email="d@example.com")
        case.sudo().confirm_until = NOW + timedelta(days=3)
        with self.assertRaisesRegex(UserError, "not confirmed it yet"):
            case.action_split()
