from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .sla_common import SlaCommon


@freeze_time("2026-03-04 08:00:00")
class TestMiss(SlaCommon):
    """Why a promise was missed: said by those who had to keep it, and kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead.helpdesk_team_ids = [(4, cls.roads.id)]
        cls._create_rule({"unit": "hours", "amount": 8})
        cls.case = cls._create_case(
            category_id=cls.pothole.id, user_id=cls.handler.id, partner_id=cls.ada.id
        )
        cls.reason = cls.env.ref("citizen_crm.miss_reason_staff")
        cls.other = cls.env.ref("citizen_crm.miss_reason_error")

    def _miss(self):
        with freeze_time("2026-03-05 09:00:00"):
            self.case._sync_clocks()
        clock = self._clock(self.case)
        self.assertEqual(clock.state, "missed")
        return clock

    def test_explained_by_handler_and_lead(self):
        """The last word holds, the first stays in the history; the result too."""
        clock = self._miss()
        clock.with_user(self.handler).action_explain_miss(self.reason.id, "Flu.")
        self.assertEqual(clock.miss_reason_id, self.reason)
        clock.with_user(self.lead).action_explain_miss(self.other.id)
        self.assertEqual(clock.miss_reason_id, self.other)
        self.assertEqual(clock.state, "missed")
        told = clock.explanation_ids.sorted("id")
        self.assertEqual(told.mapped("kind"), ["miss_explained"] * 2)
        self.assertEqual(told.user_id, self.handler + self.lead)
        self.assertEqual(told[0].note, "Flu.")

    def test_reading_again_keeps_the_reason(self):
        clock = self._miss()
        clock.with_user(self.handler).action_explain_miss(self.reason.id)
        with freeze_time("2026-03-06 09:00:00"):
            self.case._sync_clocks()
        self.assertEqual(clock.miss_reason_id, self.reason)

    def test_only_by_those_who_answer_for_it(self):
        clock = self._miss()
        for user in (self.teamworker, self.clerk):
            with self.subTest(user.login), self.assertRaises(AccessError):
                clock.with_user(user).action_explain_miss(self.reason.id)
        self.roads.user_ids -= self.lead
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            clock.with_user(self.lead).action_explain_miss(self.reason.id)

    def test_only_what_was_missed(self):
        clock = self._clock(self.case).with_user(self.handler)
        with self.assertRaisesRegex(UserError, "was not missed"):
            clock.action_explain_miss(self.reason.id)

    def test_only_a_reason_of_the_list(self):
        clock = self._miss().with_user(self.handler)
        self.other.active = False
        for reason_id in (self.other.id, 0, False, 2**30):
            with self.subTest(reason_id), self.assertRaisesRegex(UserError, "choose"):
                clock.action_explain_miss(reason_id)

    def test_the_dialog(self):
        clock = self._miss()
        dialog = self.env["citizen.sla.explanation"].with_user(self.handler)
        dialog = dialog.with_context(active_ids=clock.ids)
        dialog.create({"reason_id": self.reason.id}).action_explain()
        self.assertEqual(clock.miss_reason_id, self.reason)
