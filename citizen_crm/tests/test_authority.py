"""Small remedies at once, more by whoever stands above, and all of it on record."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time
from odoo.tools import mute_logger

from .common import CLEARED, NOW, CitizenCommon

WHY = "The bin lorry broke it."


@freeze_time("2026-03-04 08:00:00")
class TestAuthority(CitizenCommon):
    """Roads may give fees back, up to 50 by themselves and 200 by the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lead, head = "citizen_crm.group_team_lead", "citizen_crm.group_department_head"
        cls.lead = cls._create_user("lead", f"{lead},{CLEARED}")
        cls.head = cls._create_user("head", f"{head},{CLEARED}")
        cls.admin = cls._create_user(
            "admin", f"citizen_crm.group_catalogue_admin,{CLEARED}"
        )
        cls.auditor = cls._create_user("auditor", "citizen_crm.group_oversight")
        cls.roads.user_id = cls.lead
        cls.roads.user_ids += cls.lead
        cls.roads.department_id = cls.env["hr.department"].create(
            {"name": "Works", "manager_id": cls._create_employee("Head", cls.head).id}
        )
        cls.Authority = cls.env["citizen.authority"].with_user(cls.admin)
        cls.refund = cls._grant(
            "Fee back",
            amount_limit=50,
            lead_limit=200,
            case_limit=0,
            sentence="We have paid {amount} back to you.",
        )

    def setUp(self):
        super().setUp()
        self.case = self._file()

    @classmethod
    def _grant(cls, name, **values):
        teams = [(6, 0, cls.roads.ids)]
        authority = cls.Authority.create({"name": name, "team_ids": teams, **values})
        authority.action_activate()
        return authority

    def _file(self, partner=None, **values):
        case = self._create_case(
            partner_id=(partner or self.ada).id,
            category_id=self.pothole.id,
            user_id=self.handler.id,
            **values,
        )
        return case.with_user(self.handler)

    def _open(self, case=None):
        case = case or self.case
        action = case.action_settle()
        model = case.env[action["res_model"]].with_context(**action["context"])
        return Form(model)

    def _settle(self, amount=20, case=None, authority=None):
        case = case or self.case
        return case._settle(authority or self.refund, amount, WHY)

    def _propose(self, amount=80, case=None):
        form = self._open(case)
        form.amount, form.reason = amount, WHY
        form.save().action_propose()
        return (case or self.case).settlement_pending_id

    def _decline(self, proposal, user, objection):
        action = proposal.with_user(user).action_decline()
        model = self.env[action["res_model"]].with_user(user)
        values = {"objection": objection}
        model.with_context(**action["context"]).create(values).action_confirm()

    # --------------------------------------------------------- within the limit
    def test_settled_at_once_and_on_record(self):
        form = self._open()
        self.assertEqual(form.authority_id, self.refund)
        form.amount, form.reason = 30, WHY
        self.assertFalse(form.beyond)
        form.save().action_settle()
        use = self.case.settlement_ids
        self.assertRecordValues(
            use,
            [
                {
                    "authority_id": self.refund.id,
                    "amount": 30,
                    "user_id": self.handler.id,
                    "at": NOW,
                    "reason": WHY,
                    "level": "front",
                    "decided_by_id": False,
                    "team_id": self.roads.id,
                    "case_id": self.case.id,
                }
            ],
        )
        event = use.sudo().event_id
        self.assertEqual((event.kind, event.note), ("settled", WHY))
        self.assertEqual(event.user_id, self.handler)
        self.assertIn("Fee back", event.detail)
        self.assertIn("30.00", event.detail)
        self.assertEqual(self.case.settlement_count, 1)

    def test_the_person_reads_what_was_given_and_not_why(self):
        self._settle(30)
        told = [line["text"] for line in self.case.sudo()._get_portal_timeline()]
        self.assertTrue(any("30.00" in text and "paid" in text for text in told), told)
        self.assertNotIn(WHY, " ".join(told))

    def test_the_reply_tells_it_once(self):
        self._settle(30)
        reply = self.env["citizen.case.reply"].with_user(self.handler)
        reply = reply.create({"case_id": self.case.id, "measures": "We looked."})
        self.assertIn("30.00", reply.settled_text)
        self.assertFalse(reply.is_settled_told)
        reply.action_insert_settled()
        reply.action_insert_settled()
        self.assertTrue(reply.is_settled_told)
        self.assertTrue(reply.measures.startswith("We looked."))
        self.assertEqual(reply.measures.count("30.00"), 1)

    def test_a_reply_to_several_does_not_tell_what_one_got(self):
        self._settle(30)
        joined = self._file(self.ben)
        joined.sudo().duplicate_id = self.case
        reply = self.env["citizen.case.reply"].with_user(self.handler)
        reply = reply.create({"case_id": self.case.id})
        with self.assertRaisesRegex(UserError, "goes to others"):
            reply.action_insert_settled()

    def test_nothing_to_tell(self):
        reply = self.env["citizen.case.reply"].with_user(self.handler)
        reply = reply.create({"case_id": self.case.id})
        with self.assertRaisesRegex(UserError, "Nothing was given"):
            reply.action_insert_settled()

    # --------------------------------------------------------- beyond the limit
    def test_over_the_limit_is_refused_with_names(self):
        for amount, people in ((51, "Lead, Head"), (201, "Head")):
            with (
                self.subTest(amount=amount),
                self.assertRaisesRegex(UserError, f"approve it: {people}"),
            ):
                self._settle(amount)
        self.assertFalse(self.case.settlement_ids)

    def test_a_sum_is_not_cut_into_small_ones(self):
        self._settle(30)
        self._settle(20)
        with self.assertRaisesRegex(UserError, "beyond what you may give"):
            self._settle(1)

    def test_a_new_version_does_not_begin_anew(self):
        self._settle(50)
        draft = self.Authority.browse(self.refund.action_new_version()["res_id"])
        draft.action_activate()
        self.assertEqual((self.refund.state, draft.version), ("retired", 2))
        self.assertEqual(self.case._get_authorities(), draft)
        with self.assertRaisesRegex(UserError, "beyond what you may give"):
            self._settle(1, authority=draft)

    def test_uses_are_counted_in_a_case_and_for_a_person(self):
        bin_ = self._grant("New bin", case_limit=1, person_limit=2)
        for case in (self.case, self._file()):
            self._settle(0, case, bin_)
        with self.assertRaisesRegex(UserError, "more than 1 times in a case"):
            self._settle(0, authority=bin_)
        third = self._file()
        with self.assertRaisesRegex(UserError, "for a person in 12 months"):
            self._settle(0, third, bin_)
        self._settle(0, self._file(self.ben), bin_)
        with freeze_time(NOW + timedelta(days=370)):
            self._settle(0, third, bin_)

    def test_proposed_and_approved(self):
        form = self._open()
        form.amount = 80
        self.assertIn("50.00", form.beyond)
        self.assertEqual(form.approvers, "Lead, Head")
        proposal = self._propose()
        self.assertRecordValues(proposal, [{"state": "asked", "level": "lead"}])
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.lead)
        self.assertFalse(self.case.settlement_ids)
        with self.assertRaisesRegex(UserError, "waits to be decided"):
            self._propose()
        found = self.env["citizen.authority.proposal"].with_user(self.lead)
        self.assertEqual(found.search([("may_decide", "=", True)]), proposal)
        self.case.with_user(self.lead).action_approve_settlement()
        use = self.case.settlement_ids
        self.assertRecordValues(
            use,
            [
                {
                    "amount": 80,
                    "level": "lead",
                    "user_id": self.handler.id,
                    "decided_by_id": self.lead.id,
                }
            ],
        )
        self.assertEqual(proposal.state, "approved")
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.handler)
        with self.assertRaisesRegex(UserError, "decided on already"):
            proposal.with_user(self.head).action_approve()

    def test_declined_and_proposed_again(self):
        proposal = self._propose()
        with self.assertRaisesRegex(UserError, "say why"):
            self._decline(proposal, self.lead, " ")
        self._decline(proposal, self.lead, "The insurance pays.")
        self.assertRecordValues(
            proposal, [{"state": "declined", "objection": "The insurance pays."}]
        )
        self.assertIn("insurance", self.case.sudo().activity_ids.note)
        self.assertFalse(self.case.settlement_ids)
        self.assertEqual(self._propose(300).level, "head")

    def test_nobody_decides_on_the_own_proposal(self):
        proposal = self._propose(case=self.case.with_user(self.lead))
        for user in (self.lead, self.handler, self.clerk):
            with (
                self.subTest(user=user.name),
                self.assertRaisesRegex(AccessError, "These people may: Head"),
            ):
                proposal.with_user(user).action_approve()
        proposal.with_user(self.head).action_approve()
        self.assertEqual(proposal.state, "approved")

    def test_more_given_in_the_meantime_needs_the_head(self):
        proposal = self._propose(180)
        self._settle(40)
        with self.assertRaisesRegex(UserError, "More was given"):
            proposal.with_user(self.lead).action_approve()
        self.assertEqual(proposal.state, "asked")

    def test_within_the_limit_nothing_is_proposed(self):
        with self.assertRaisesRegex(UserError, "within your limit"):
            self.env["citizen.authority.proposal"].with_user(self.handler)._propose(
                self.case, self.refund, 10, WHY
            )

    def test_with_the_case_ends_the_question(self):
        proposal = self._propose()
        self._move(self.case.sudo(), "withdrawn")
        self.assertEqual(proposal.state, "lapsed")
        self.assertFalse(self.case.sudo().activity_ids)

    # ------------------------------------------------------------ where it holds
    def test_only_where_it_is_given(self):
        other = self._create_case(partner_id=self.ada.id, category_id=self.tree.id)
        self.assertTrue(self.case.can_settle)
        self.assertFalse(other.can_settle)
        with self.assertRaisesRegex(UserError, "no authority"):
            other._settle(self.refund, 10, WHY)
        self._move(self.case.sudo(), "withdrawn")
        self.assertFalse(self.case.can_settle)
        with self.assertRaisesRegex(UserError, "only an open case"):
            self._settle()

    def test_by_service_type_and_role(self):
        group = self.env["helpdesk.ticket.category"].create({"name": "Streets"})
        self.refund.action_retire()
        self._grant("Street", category_ids=[(6, 0, group.ids)])
        self.assertFalse(self.case.can_settle)
        self.pothole.parent_id = group
        self.env.invalidate_all()
        self.assertTrue(self.case.can_settle)
        customer = self._create_case(
            partner_id=self.baker.id, category_id=self.pothole.id, role="customer"
        )
        self.assertTrue(customer.can_settle)
        only = self._grant("Citizens", role="citizen")
        self.assertIn(only, self.case._get_authorities())
        self.assertNotIn(only, customer._get_authorities())

    def test_from_and_until(self):
        draft = self.Authority.create({"name": "Goodwill", "last_day": NOW.date()})
        self.assertNotIn(draft, self.case._get_authorities())
        draft.action_activate()
        self.assertIn(draft, self.case._get_authorities())
        with freeze_time(NOW + timedelta(days=1)):
            self.assertNotIn(draft, self.case._get_authorities())
        self.refund.action_retire()
        with self.assertRaisesRegex(UserError, "no authority"):
            self._settle()
        late = {"name": "Late", "last_day": NOW.date() - timedelta(days=1)}
        with self.assertRaisesRegex(UserError, "Given Until"):
            self.Authority.create(late).action_activate()

    # ----------------------------------------------------------------- bad input
    def test_bad_input_is_refused_by_name(self):
        thing = self._grant("New bin")
        for authority, amount, reason, words in (
            (self.refund, 0, WHY, "Amount: say how much"),
            (self.refund, -1, WHY, "Amount: between"),
            (self.refund, float("nan"), WHY, "Amount: between"),
            (self.refund, 1e300, WHY, "Amount: between"),
            (thing, 5, WHY, "gives no money"),
            (self.refund, 5, " ", "What Was Done"),
            (self.Authority.browse(), 5, WHY, "no authority"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self.case._settle(authority.with_user(self.handler), amount, reason)
        self.assertFalse(self.case.settlement_ids)

    def test_limits_are_in_order(self):
        for values in (
            {"amount_limit": 50, "lead_limit": 20},
            {"amount_limit": 50},
            {"amount_limit": -1},
            {"case_limit": -1},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.Authority.create({"name": "Wrong", **values})

    def test_it_never_looks_at_the_person(self):
        """No field leads to a person, and the filter of other rules is closed here."""
        models = {field.comodel_name for field in self.Authority._fields.values()}
        self.assertFalse(
            models & {"res.partner", "citizen.citizen", "citizen.customer"}
        )
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.Authority.create(
                {"name": "Friends", "domain": "[('partner_id.name', '=', 'Ada')]"}
            )

    # -------------------------------------------------------------------- rights
    def test_nobody_rewrites_what_was_given(self):
        use = self._settle()
        for user in (self.handler, self.head, self.admin):
            for call in (lambda r: r.write({"amount": 1}), lambda r: r.unlink()):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    call(use.with_user(user))
        for call in (lambda r: r.write({"amount": 1}), lambda r: r.unlink()):
            with self.assertRaises(AccessError):
                call(use.sudo())
        with self.assertRaises(AccessError):
            use.with_user(self.handler).create({"case_id": self.case.id})

    def test_an_authority_in_force_does_not_change(self):
        with self.assertRaisesRegex(UserError, "new version"):
            self.refund.amount_limit = 500
        for user in (self.handler, self.head):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.refund.with_user(user).action_retire()

    def test_uses_are_seen_with_their_case(self):
        self._settle()
        uses = self.env["citizen.authority.use"]
        self.assertEqual(len(uses.with_user(self.head).search([])), 1)
        self.assertFalse(uses.with_user(self._stranger()).search([]))
        with self.assertRaises(AccessError):
            uses.with_user(self.portal).search([])
        with self.assertRaises(AccessError):
            self.case.with_user(self.portal).read(["settlement_ids"])

    def _stranger(self):
        return self._create_user(
            "stranger", f"citizen_crm.group_case_handler,{CLEARED}"
        )

    def test_oversight_reads_every_use_without_case_and_person(self):
        self._settle(30)
        secret = self._create_case(
            partner_id=self.ben.id,
            category_id=self.pothole.id,
            nature="misconduct_report",
        )
        self.env["citizen.authority.use"]._note(secret.sudo(), self.refund, 5, WHY)
        self.env.flush_all()
        report = self.env["citizen.authority.report"].with_user(self.auditor)
        (row,) = report.search([])
        self.assertEqual((row.amount, row.user_id), (30, self.handler))
        for name in ("case_id", "partner_id", "reason"):
            self.assertNotIn(name, report._fields)
        self.assertEqual(len(report.with_user(self.head).search([])), 1)
        other = self._create_user(
            "other", f"citizen_crm.group_department_head,{CLEARED}"
        )
        self.assertFalse(report.with_user(other).search([]))
