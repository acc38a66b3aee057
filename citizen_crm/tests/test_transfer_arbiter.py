"""Bounces, the arbiter, the figures, and the team that nobody changes by hand."""

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .transfer_common import TransferCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


class TestArbiter(TransferCommon):
    def test_third_dispute_goes_to_the_common_head(self):
        self._bounce(2)
        transfer = self._propose()
        self._answer(transfer, "dispute")
        self.assertEqual(transfer.state, "arbitration")
        self.assertEqual(transfer.arbiter_id, self.head)
        self.assertEqual(self._activities().user_id, self.head)
        self.assertTrue(self.case.is_lent)
        self._answer(transfer, "decide", self.head, team_id=self.parks.id)
        self.assertEqual(transfer.state, "decided")
        self.assertEqual(self.case.team_id, self.parks)
        self.assertFalse(self._activities())
        event = self.case.event_ids.filtered(lambda e: e.kind == "transfer_decided")
        self.assertEqual((event.after, event.note), ("Parks", "So it is"))

    @mute_logger(*QUIET)
    def test_without_a_common_head_the_group_decides(self):
        self._bounce(2)
        transfer = self._propose(team=self.water)
        self.assertFalse(self.case.with_user(self.arbiter).has_access("read"))
        self._answer(transfer, "dispute")
        self.assertFalse(transfer.arbiter_id)
        self.assertIn(self.arbiter, self._activities().user_id)
        self.assertTrue(self.case.with_user(self.arbiter).has_access("read"))
        with self.assertRaisesRegex(AccessError, "Only the arbiter"):
            transfer.with_user(self.lead)._decide(self.water, "I say so")
        for values, message in (
            ({"reason": " "}, "say why"),
            ({"team_id": False}, "choose the team"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self._answer(
                    transfer,
                    "decide",
                    self.arbiter,
                    **{"team_id": self.roads.id, **values},
                )
        self._answer(transfer, "decide", self.arbiter, team_id=self.roads.id)
        self.assertEqual(self.case.team_id, self.roads)
        self.assertEqual(self.case.user_id, self.worker, "it stays with its handler")
        self.assertFalse(self.case.with_user(self.arbiter).has_access("read"))

    def test_binding_until_new_facts(self):
        self._bounce(3)
        transfer = self.case.transfer_id
        arbiter = transfer._get_arbiters()[:1]
        self._answer(transfer, "decide", arbiter, team_id=self.roads.id)
        with self.assertRaisesRegex(UserError, "New Facts"), self.cr.savepoint():
            self._propose(team=self.water)
        again = self._propose(team=self.water, new_facts="A pipe has burst")
        self.assertEqual(again.state, "arbitration", "no team is asked any more")

    @mute_logger(*QUIET)
    def test_who_has_answered_sees_a_list(self):
        """Whose the case is not any more is not led to its form, which is closed."""
        for _bounce in range(2):
            answer = self._answer(self._propose(), "dispute")
            self.assertFalse(self.case.with_user(self.ranger).has_access("read"))
            self.assertEqual(answer["path"], "transfers")
            self.assertEqual(answer["target"], "main")
        transfer = self._propose(team=self.water)
        self._answer(transfer, "dispute")
        values = {"team_id": self.roads.id}
        answer = self._answer(transfer, "decide", self.arbiter, **values)
        self.assertEqual(answer["path"], "transfers-to-decide")
        case = self._create_case(category_id=self.pothole.id, user_id=self.worker.id)
        answer = self._answer(self._propose(case=case), "accept")
        self.assertEqual(answer, {"type": "ir.actions.act_window_close"})

    def test_handing_on_is_a_bounce(self):
        self._answer(self._propose(), "accept")
        self.assertEqual(self.case._get_standing().bounces, 0)
        on = self._propose(self.gardener, self.water)
        self._answer(on, "accept")
        self.assertTrue(on.is_hand_on)
        self.assertEqual(self.case._get_standing().bounces, 1)
        self.assertEqual(on.first_team_id, self.roads, "the first router is counted")

    def test_nobody_to_decide(self):
        self.env.ref("citizen_crm.group_arbiter").user_ids = [(5, 0, 0)]
        self._bounce(2)
        transfer = self._propose(team=self.water)
        with self.assertRaisesRegex(UserError, "into the group Arbiter"):
            self._answer(transfer, "dispute")

    def test_report(self):
        """Counted in SQL as by hand, without a person."""
        self._answer(self._propose(), "dispute")
        self._answer(self._propose(), "accept")
        self._answer(self._propose(self.gardener, self.water), "accept")
        self.env.flush_all()
        report = self.env["citizen.case.transfer.report"]
        rows = report.with_user(
            self._create_user("overseer", "citizen_crm.group_oversight")
        ).search([("id", "in", self.case.transfer_ids.ids)])
        self.assertEqual(rows.category_id, self.pothole)
        for field, count in (
            ("proposal_count", 3),
            ("misrouted_count", 1),
            ("bounce_count", 2),
            ("late_count", 0),
            ("silent_count", 0),
        ):
            self.assertEqual(sum(rows.mapped(field)), count, field)
        self.assertEqual(set(rows.mapped("routed_by")), {"staff"})
        people = {
            name
            for name, field in report._fields.items()
            if field.comodel_name in ("res.users", "hr.employee", "helpdesk.ticket")
            and name not in ("create_uid", "write_uid")
        }
        self.assertFalse(people)


class TestReroute(TransferCommon):
    """A person does not change the team of a case over the other team's head."""

    def test_refused(self):
        for user in (self.worker, self.lead, self.clerk):
            for values in (
                {"team_id": self.parks.id},
                {"category_id": self.tree.id},
                {"team_id": self.parks.id, "category_id": self.tree.id},
            ):
                with (
                    self.subTest(user=user.login, values=values),
                    self.assertRaisesRegex(UserError, "Transfer…"),
                ):
                    self.case.with_user(user).write(values)
        with self.assertRaisesRegex(UserError, "Transfer…"):
            self.case.with_user(self.worker).team_id = False
        self.assertEqual(self.case.team_id, self.roads)
        self.assertFalse(self.case.with_user(self.worker).may_reroute)

    def test_a_type_of_the_same_team(self):
        lamp = self._create_service_type("Lamp", self.roads)
        self.case.with_user(self.worker).category_id = lamp
        self.case.with_user(self.worker).write({"category_id": lamp.id})
        self.assertEqual(self.case.category_id, lamp)
        self.assertEqual(self.case.team_id, self.roads)

    def test_a_type_that_no_longer_leads_to_the_team(self):
        """The type may stay what it was; writing it again moves nothing."""
        self._answer(self._propose(), "accept")
        self.case.with_user(self.ranger).write(
            {"category_id": self.pothole.id, "place": "Park"}
        )
        self.assertEqual(self.case.team_id, self.parks)

    def test_from_triage(self):
        for values in ({"team_id": self.parks.id}, {"category_id": self.tree.id}):
            case = self._create_case()
            self.assertTrue(case.with_user(self.clerk).may_reroute)
            case.with_user(self.clerk).write(values)
            self.assertEqual(case.team_id, self.parks)

    def test_by_who_leads_both(self):
        self.roads.department_id.manager_id = self.works.manager_id
        self.case.with_user(self.head).category_id = self.tree
        self.assertEqual(self.case.team_id, self.parks)

    def test_back_to_triage_by_the_lead(self):
        self.case.with_user(self.lead).write({"team_id": False, "user_id": False})
        self.assertFalse(self.case.team_id)

    def test_by_the_catalogue(self):
        admin = self._create_user(
            "setup",
            "citizen_crm.group_catalogue_admin,citizen_crm.group_clearance_citizen",
        )
        self.case.with_user(admin).team_id = self.parks
        self.assertEqual(self.case.team_id, self.parks)

    def test_the_system_itself(self):
        self.case.with_user(self.worker).sudo().team_id = self.parks
        self.assertEqual(self.case.team_id, self.parks)
