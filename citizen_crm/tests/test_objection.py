"""Objections to workload: who files them, who reads them, who is told."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .objection_common import ObjectionCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


class TestObjection(ObjectionCommon):
    def test_file(self):
        objection = self._object()
        self.assertRecordValues(
            objection,
            [
                {
                    "employee_id": self.ann.employee_id.id,
                    "team_id": self.roads.id,
                    "case_number": self.case.number,
                    "category_id": self.pothole.id,
                    "charged_points": 1.0,
                    "wanted_points": 3.0,
                    "state": "filed",
                    # Five working days after a Wednesday.
                    "deadline": datetime(2026, 3, 11, 23, 59, 59),
                    "is_mine": True,
                    "may_decide": False,
                }
            ],
        )
        activity = objection.sudo().activity_ids
        self.assertEqual(activity.user_id, self.lead)
        self.assertEqual(activity.date_deadline, fields.Date.to_date("2026-03-11"))
        self.assertTrue(objection.with_user(self.lead).may_decide)
        with self.assertRaises(AccessError):
            objection.read(["case_id"])

    def test_deadline_of_the_rule(self):
        self._create_assignment_rule(objection_days=2)
        deadline = self._object().deadline
        self.assertEqual(deadline, datetime(2026, 3, 6, 23, 59, 59))
        self.assertEqual(
            self.Objection._get_days(self.parks), 5, "a team without any rule"
        )

    def test_bad_input(self):
        for values, message in (
            ({"points": 0}, "Wanted: more than 0"),
            ({"points": -2}, "Wanted: more than 0"),
            ({"points": 0.0001}, "Wanted: more than 0"),
            ({"points": 1000}, "Wanted: more than 0 and less than 1000"),
            ({"points": 1}, "Wanted: more than the 1 points"),
            ({"points": 0.5}, "Wanted: more than the 1 points"),
            ({"kind": "type", "points": 1}, "Pothole have 1 points already"),
            ({"text": "  "}, "Reasons"),
        ):
            with self.subTest(**values), self.assertRaisesRegex(UserError, message):
                self._object(**values)
        untyped = self._give(self.ann, category_id=False, team_id=self.roads.id)
        with self.assertRaisesRegex(UserError, "no service type"):
            self._object(untyped, kind="type")

    def test_one_open_of_a_kind(self):
        objection = self._object()
        with self.assertRaisesRegex(UserError, "such an objection"):
            self._object()
        self._object(kind="fit")
        objection.action_withdraw()
        self._object()

    @mute_logger(*QUIET)
    def test_only_who_was_given_the_case(self):
        self.assertTrue(self.case.with_user(self.ann.user_id).may_object)
        self.assertFalse(self.case.with_user(self.bob.user_id).may_object)
        with self.assertRaisesRegex(UserError, "not given this case"):
            self.case.with_user(self.bob.user_id).action_object()
        # With the number of somebody else's entry, made up by hand.
        Filing = self.env["citizen.workload.objection.filing"]
        forged = Filing.with_user(self.bob.user_id).create(
            {"entry_id": self._entries().id, "wanted_points": 2, "text": "Mine"}
        )
        for attempt in (
            forged.action_confirm,
            lambda: forged.case_number,
            lambda: forged.charged_points,
        ):
            with self.assertRaises(AccessError):
                attempt()
        with self.assertRaisesRegex(AccessError, "in person"):
            self.Objection.with_user(self.lead)._file(
                self._entries().with_user(self.lead), "fit", 0, "For Ann"
            )
        taken = self.case.with_user(self.lead)._hand_to(self.env["res.users"], "Back")
        self.assertTrue(taken)
        reversal = self._entries()[-1].with_user(self.ann.user_id)
        with self.assertRaisesRegex(UserError, "Ledger Entry"):
            self.Objection.with_user(self.ann.user_id)._file(reversal, "fit", 0, "x")

    @mute_logger(*QUIET)
    def test_who_reads(self):
        objection = self._object()
        for user in (self.ann.user_id, self.lead, self.head):
            with self.subTest(user=user.login):
                self.assertEqual(self.Objection.with_user(user).search([]), objection)
        oversight = self._create_user("oversight", "citizen_crm.group_oversight")
        other = self._create_user("lead_2", "citizen_crm.group_team_lead")
        self.parks.user_id = other
        for user in (self.bob.user_id, self.clerk, other):
            with self.subTest(user=user.login):
                self.assertFalse(self.Objection.with_user(user).search([]))
                with self.assertRaises(AccessError):
                    objection.with_user(user).read(["text"])
        with self.assertRaises(AccessError):
            self.Objection.with_user(oversight).search([])
        Decision = self.env["citizen.workload.objection.decision"].with_user(other)
        forged = Decision.create({"objection_id": objection.id, "reason": "x"})
        for name in ("text", "wanted_points", "charged_points"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                forged.read([name])
        with self.assertRaises(AccessError):
            forged.action_confirm()

    @mute_logger(*QUIET)
    def test_the_case_is_shown_by_access_alone(self):
        objection = self._object().with_user(self.lead)
        self.assertEqual(objection.action_view_case()["res_id"], self.case.id)
        self.lead.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        with self.assertRaisesRegex(UserError, self.case.number):
            objection.action_view_case()

    @mute_logger(*QUIET)
    def test_forged_writes(self):
        objection = self._object()
        for user in (self.ann.user_id, self.lead, self.head):
            for values in (
                {"state": "upheld"},
                {"granted_points": 9},
                {"decided_by_id": self.lead.id},
                {"text": "Other"},
            ):
                with self.assertRaises(AccessError):
                    objection.with_user(user).write(values)
            with self.assertRaises(AccessError):
                objection.with_user(user).copy()
            with self.assertRaises(AccessError):
                objection.with_user(user).unlink()
        self._decide(objection)
        for values in ({"state": "filed"}, {"decision": "Other"}, {"deadline": False}):
            with self.assertRaises(AccessError):
                objection.sudo().write(values)
        with self.assertRaises(AccessError):
            objection.sudo().unlink()

    def test_withdraw(self):
        objection = self._object()
        with self.assertRaisesRegex(AccessError, "who has filed it"):
            objection.with_user(self.lead).action_withdraw()
        objection.action_withdraw()
        self.assertEqual(objection.state, "withdrawn")
        self.assertFalse(objection.sudo().activity_ids)
        with self.assertRaisesRegex(UserError, "decided on or withdrawn"):
            self._decide(objection)


class TestObjectionTelling(ObjectionCommon):
    @mute_logger(*QUIET)
    def test_conversation(self):
        objection = self._object()
        for user in (self.ann.user_id, self.lead):
            objection.with_user(user).message_post(body=f"From {user.name}")
        self.assertIn("From Lead", objection.sudo().message_ids[0].body)
        with self.assertRaises(AccessError):
            objection.with_user(self.bob.user_id).message_post(body="From Bob")

    def test_my_share_says_to_what_one_may_object(self):
        self.case.with_user(self.lead)._hand_to(self.bob.user_id, "Ann is full")
        Balance = self.env["citizen.assignment.balance"]
        (team,) = Balance.with_user(self.ann.user_id).get_my_share()["teams"]
        self.assertEqual(
            [line["may_object"] for line in team["entries"]], [False, True]
        )

    def test_employee_is_told(self):
        objection = self._object(text="My neighbour")
        self._decide(objection)
        message = objection.sudo().message_ids[0]
        self.assertEqual(message.author_id, self.lead.partner_id)
        self.assertIn(self.ann.user_id.partner_id, message.notified_partner_ids)
        self.assertIn(f"case {self.case.number} was upheld: 3 points", message.body)
        self.assertNotIn("So it is", message.body)
        self.assertFalse(objection.sudo().activity_ids)

    def test_overdue_is_told_to_the_head_once(self):
        objection = self._object()
        method = self.env.ref("citizen_crm.ir_cron_objection").method_direct_trigger
        with self.enter_registry_test_mode():
            method()
            self.assertFalse(objection.head_told_at)
            for hours in (1, 48):
                late = objection.deadline + timedelta(hours=hours)
                with freeze_time(late):
                    self.env.invalidate_all()
                    self.assertTrue(objection.is_overdue)
                    method()
        activities = objection.sudo().activity_ids
        self.assertEqual(len(activities), 2)
        self.assertEqual(activities.user_id, self.lead | self.head)
        self.assertTrue(objection.head_told_at)
        self._decide(objection, user=self.head)
        self.assertFalse(objection.sudo().activity_ids)

    def test_search_overdue(self):
        objection = self._object()
        with freeze_time(objection.deadline + timedelta(days=1)):
            self._object(kind="fit")
            self.assertSearchAgrees(self.Objection, "is_overdue", (True, False))
