from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time

from .common import CLEARED, CitizenCommon

WHY = "You do not say where the hole is."


@freeze_time("2026-03-04 08:00:00")
class TestRefusal(CitizenCommon):
    """On lawful grounds alone, decided by somebody else, and the citizen is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada.lang = "en_US"
        lead, head = "citizen_crm.group_team_lead", "citizen_crm.group_department_head"
        cls.lead = cls._create_user("lead", f"{lead},{CLEARED}")
        cls.head = cls._create_user(
            "head", f"{head},{CLEARED},citizen_crm.group_confidential"
        )
        cls.roads.user_id = cls.lead
        cls.roads.user_ids += cls.lead
        works = {
            "name": "Works",
            "manager_id": cls._create_employee("Head", cls.head).id,
        }
        cls.roads.department_id = cls.env["hr.department"].create(works)

    def setUp(self):
        super().setUp()
        self.case = self._file()

    def _file(self, partner=None, **values):
        values = {"category_id": self.pothole.id, "user_id": self.handler.id, **values}
        case = self._create_case(partner_id=(partner or self.ada).id, **values)
        return case.with_user(self.handler)

    def _propose(self, case=None, user=None, ground="no_content", **values):
        case = (case or self.case).with_user(user or self.handler)
        action = case.action_refuse()
        model = self.env[action["res_model"]].with_user(user or self.handler)
        form = Form(model.with_context(**action["context"]))
        form.ground = ground
        for name, value in {"reason": WHY, **values}.items():
            form[name] = value
        form.save().action_confirm()
        return case.refusal_ids.sorted("id")[-1:]

    def _decline(self, refusal, user, objection):
        action = refusal.with_user(user).action_decline()
        model = self.env[action["res_model"]].with_user(user)
        values = {"objection": objection}
        model.with_context(**action["context"]).create(values).action_confirm()

    def _answered_case(self, partner=None):
        case = self._file(partner)
        case.sudo().stage_id = self._stage("answered")
        return case

    # -------------------------------------------------------------------- gate
    def test_nobody_ends_a_petition_unhandled_without_a_decision(self):
        before = len(self.case.sudo().event_ids), len(self.case.sudo().message_ids)
        stage = self._stage("not_handled").id
        for user in (self.handler, self.lead, self.clerk, self.manager):
            with (
                self.subTest(user=user.name),
                self.assertRaisesRegex(UserError, "Do Not Handle"),
            ):
                self.case.with_user(user).write({"stage_id": stage})
        with self.assertRaisesRegex(UserError, "Do Not Handle"):
            self._create_case(partner_id=self.ben.id, stage_id=stage)
        self.env.invalidate_all()
        after = len(self.case.sudo().event_ids), len(self.case.sudo().message_ids)
        self.assertEqual((after, self.case.is_open), (before, True))

    def test_customer_cases_are_closed_instead(self):
        order = self._file(self.baker, category_id=self.bin.id, role="customer")
        with self.assertRaisesRegex(UserError, "customer case"):
            order.with_user(self.clerk).action_refuse()

    # ---------------------------------------------------------------- decision
    def test_decided_and_told(self):
        """1. Proposed: the case is open, the lead has a task.
        2. Decided: it ends, and the citizen reads ground, reason and the way back.
        """
        refusal = self._propose()
        self.assertEqual((refusal.state, refusal.level), ("asked", "lead"))
        self.assertTrue(self.case.is_open)
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.lead)
        self.assertTrue(self.case.with_user(self.lead).refusal_mine)
        found = self.env["citizen.case.refusal"].with_user(self.lead)
        self.assertEqual(found.search([("may_decide", "=", True)]), refusal)
        self.case.with_user(self.lead).action_decide_refusal()
        self.assertEqual(refusal.state, "decided")
        self.assertEqual(refusal.decided_by_id, self.lead)
        self.assertEqual(self.case.phase, "not_handled")
        ended = self.case.sudo().event_ids.filtered(lambda e: e.kind == "not_handled")
        self.assertEqual(ended.user_id, self.lead)
        message = self.case.sudo().message_ids[0]
        self.assertEqual(message.notified_partner_ids, self.ada)
        for words in (WHY, "stays so", "within 30 days"):
            self.assertIn(words, message.body)
        self.assertFalse(self.case.sudo().activity_ids)

    def test_declined(self):
        refusal = self._propose()
        with self.assertRaisesRegex(UserError, "why"):
            self._decline(refusal, self.lead, " ")
        self._decline(refusal, self.lead, "Ring her up.")
        self.assertEqual(
            (refusal.state, refusal.objection), ("declined", "Ring her up.")
        )
        self.assertTrue(self.case.is_open)
        activity = self.case.sudo().activity_ids
        self.assertEqual(activity.user_id, self.handler)
        self.assertIn("Ring her up.", activity.note)
        self.assertEqual(self._propose().state, "asked")

    def test_nobody_decides_on_the_own_proposal(self):
        refusal = self._propose(user=self.lead)
        for user in (self.lead, self.handler, self.clerk):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                refusal.with_user(user).action_decide()
        self.assertEqual(self.case.sudo().activity_ids.user_id, self.head)
        refusal.with_user(self.head).action_decide()
        self.assertEqual(refusal.state, "decided")

    def test_the_head_decides_about_rights(self):
        case = self._file(nature="rights_protection")
        refusal = self._propose(case)
        self.assertEqual(refusal.level, "head")
        with self.assertRaises(AccessError):
            refusal.with_user(self.lead).action_decide()
        refusal.with_user(self.head).action_decide()
        self.assertEqual(case.phase, "not_handled")

    def test_decided_once(self):
        refusal = self._propose()
        with self.assertRaisesRegex(UserError, "waits to be decided"):
            self.case.action_refuse()
        refusal.with_user(self.lead).action_decide()
        for call in (
            refusal.with_user(self.head).action_decide,
            lambda: self._decline(refusal, self.head, "No."),
        ):
            with self.assertRaisesRegex(UserError, "decided on already"):
                call()

    def test_a_case_that_ends_needs_no_decision(self):
        refusal = self._propose()
        self.case.sudo().stage_id = self._stage("withdrawn")
        self.assertEqual(refusal.state, "lapsed")
        self.assertFalse(self.case.sudo().activity_ids)

    def test_nobody_else_writes_them(self):
        refusal = self._propose()
        for user in (self.handler, self.lead, self.manager):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                refusal.with_user(user).write({"state": "decided"})
        with self.assertRaises(AccessError):
            refusal.with_user(self.portal).read(["reason"])

    def test_nobody_could_decide(self):
        self.roads.user_id = self.roads.department_id = False
        with self.assertRaisesRegex(UserError, "Nobody can decide"):
            self._propose()

    # ------------------------------------------------------------------ ground
    def test_answered_names_the_own_answered_case(self):
        answered = self._answered_case()
        refusal = self._propose(ground="answered", answered_case_id=answered)
        refusal.with_user(self.lead).action_decide()
        body = self.case.sudo().message_ids[0].body
        self.assertIn(answered.number, body)

    def test_answered_needs_the_right_case(self):
        Refusal = self.env["citizen.case.refusal"].with_user(self.handler)
        for other, words in (
            (self._answered_case(self.ben), "not a case of the same person"),
            (self._file(), "was not answered"),
            (self.case, "name the case"),
            (None, "name the case"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                Refusal._propose(self.case, "answered", WHY, other)
        with self.assertRaisesRegex(UserError, "only for a matter"):
            Refusal._propose(self.case, "copies", WHY, self._answered_case())
        with self.assertRaisesRegex(UserError, "say why"):
            Refusal._propose(self.case, "no_content", "  ")
        self.assertFalse(self.case.sudo().refusal_ids)

    # ------------------------------------------------------------------- after
    def test_new_facts_open_it_again(self):
        for ground, opens in (("no_content", True), ("copies", False)):
            with self.subTest(ground=ground):
                case = self._file(self.portal.partner_id)
                self._propose(case, ground=ground).with_user(self.lead).action_decide()
                own = case.with_user(self.portal)
                if not opens:
                    with self.assertRaisesRegex(UserError, "cannot be opened again"):
                        own._portal_reopen("Still there.")
                    continue
                own._portal_reopen("It is in front of number 5.")
                self.assertTrue(case.is_open)
                self.assertIn("reopened", case.sudo().event_ids.mapped("kind"))
                self.assertEqual(self._propose(case).state, "asked")

    def test_anonymous_petitions_end_silently(self):
        case = self._create_case(
            category_id=self.pothole.id, user_id=self.handler.id, role="citizen"
        )
        before = case.sudo().message_ids
        self._propose(case).with_user(self.lead).action_decide()
        self.assertEqual(case.phase, "not_handled")
        self.assertFalse((case.sudo().message_ids - before).notified_partner_ids)
