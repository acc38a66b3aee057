"""Conflicts of interest: who declares them, whom they exclude, and who reads why."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .assignment_common import AssignmentCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


class TestRecusal(AssignmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Recusal = cls.env["citizen.recusal"]

    def _declare(self, member=None, user=None, **values):
        member = member or self.ann
        return self.Recusal.with_user(user or member.user_id).create(
            {
                "employee_id": member.employee_id.id,
                "reason": "My sister works there",
                **values,
            }
        )

    def _recused(self, **values):
        """Return the names of those who cannot get a case because of a conflict."""
        case = values.pop("case", None) or self._file(**values)
        members = self.roads._get_current_members()
        uncleared = case._get_uncleared(members)
        found = case._get_exclusions(members, self.rule, uncleared)[case.id]
        names = {m.employee_id.id: m.employee_id.name for m in members}
        return sorted(names[key] for key, code in found.items() if code == "recused")

    def test_person(self):
        self._declare(kind="person", partner_id=self.baker.id)
        self.assertEqual(self._recused(partner_id=self.baker.id), ["Ann"])
        self.assertEqual(self._recused(partner_id=self.bakery.id), [])
        self.assertEqual(self._recused(partner_id=self.ada.id), [])
        self.assertEqual(self._recused(), [], "a case of nobody")

    def test_organisation(self):
        """Named by any of its people; held against all of them."""
        self._declare(kind="organisation", partner_id=self.baker.id)
        other = self._create_partner("Dora Dough", parent_id=self.bakery.id)
        for partner in (self.bakery, self.baker, other):
            with self.subTest(partner=partner.name):
                self.assertEqual(self._recused(partner_id=partner.id), ["Ann"])
        self.assertEqual(self._recused(partner_id=self.ada.id), [])

    def test_service_type_with_all_below(self):
        group = self.env["helpdesk.ticket.category"].create({"name": "Streets"})
        self.pothole.parent_id = group
        sign = self._create_service_type("Sign", self.roads)
        self._declare(kind="type", category_id=group.id)
        self.assertEqual(self._recused(), ["Ann"])
        self.assertEqual(self._recused(category_id=sign.id), [])

    def test_one_case(self):
        case = self._file()
        recusal = self._declare(kind="case", case_number=f" {case.number} ")
        self.assertEqual(recusal.case_number, case.number)
        self.assertEqual(self._recused(case=case), ["Ann"])
        self.assertEqual(self._recused(), [])
        with self.assertRaises(AccessError):
            recusal.read(["case_id"])

    def test_case_that_one_cannot_see(self):
        hidden = self._file(category_id=self.tree.id)
        for number in (hidden.number, "1-1", "%"):
            with self.assertRaisesRegex(UserError, "no case with the number"):
                self._declare(kind="case", case_number=number)
        case = self._file()
        recusal = self._declare(kind="case", case_number=case.number, case_id=hidden.id)
        self.assertEqual(recusal.sudo().case_id, case)

    def test_dates(self):
        self._declare(
            kind="person",
            partner_id=self.ada.id,
            date_from="2026-03-05",
            date_to="2026-03-06",
        )
        case = self._file(partner_id=self.ada.id)
        for day, names in ((4, []), (5, ["Ann"]), (6, ["Ann"]), (7, [])):
            with self.subTest(day=day), freeze_time(f"2026-03-0{day} 09:00:00"):
                self.assertEqual(self._recused(case=case), names)

    def test_days_of_the_city(self):
        self._declare(kind="person", partner_id=self.ada.id, date_from="2026-03-05")
        self.company.citizen_tz = "Asia/Taipei"
        case = self._file(partner_id=self.ada.id)
        with freeze_time("2026-03-04 15:59:00"):
            self.assertEqual(self._recused(case=case), [])
        with freeze_time("2026-03-04 16:01:00"):
            self.assertEqual(self._recused(case=case), ["Ann"])

    def test_dispatched_to_others(self):
        for number in range(3):
            partner = self._create_partner(f"Person {number}")
            for member in (self.ann, self.bob):
                self._declare(member, partner_id=partner.id)
            case = self._file(partner_id=partner.id)
            self._dispatch()
            self.assertEqual(case.user_id, self.cid.user_id)
        entry = self.env["citizen.assignment.entry"].sudo()
        entry = entry.search([("case_id", "=", case.id)])
        told = entry.with_user(self.cid.user_id).explanation
        self.assertIn("2 recused", told)
        self.assertNotIn("sister", told)

    def test_few_queries_for_a_batch(self):
        for partner in (self.ada, self.ben, self.bakery):
            self._declare(partner_id=partner.id)
        cases = self._file(5, partner_id=self.ada.id) + self._file(5)
        members = self.roads._get_current_members()
        cases._get_recused(members)
        self.env.flush_all()
        self.env["citizen.recusal"].invalidate_model()
        with self.assertQueryCount(3):  # open reviews; what is found, and its fields
            cases._get_recused(members)

    def test_bad_input(self):
        for values, message in (
            ({"kind": "person"}, "Person or Organisation"),
            ({"kind": "type", "partner_id": self.ada.id}, "Service Type"),
            ({"kind": "case"}, "Case: say"),
        ):
            with (
                self.subTest(**values),
                self.assertRaisesRegex(ValidationError, message),
            ):
                self._declare(**values)

    @mute_logger(*QUIET)
    def test_who_declares(self):
        by_lead = self._declare(user=self.lead, partner_id=self.ada.id)
        self.assertEqual(by_lead.recorded_by_id, self.lead)
        own = self._declare(partner_id=self.ada.id, recorded_by_id=self.lead.id)
        self.assertEqual(own.recorded_by_id, self.ann.user_id)
        other = self._create_user("lead_2", "citizen_crm.group_team_lead")
        self.parks.user_id = other
        for user in (self.bob.user_id, self.clerk, other):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._declare(user=user, partner_id=self.ben.id)

    @mute_logger(*QUIET)
    def test_who_reads(self):
        recusal = self._declare(partner_id=self.ada.id)
        other = self._create_user("lead_2", "citizen_crm.group_team_lead")
        for user in (self.ann.user_id, self.lead):
            self.assertEqual(self.Recusal.with_user(user).search([]), recusal)
        for user in (self.bob.user_id, self.clerk, other, self.admin):
            with self.subTest(user=user.login):
                self.assertFalse(self.Recusal.with_user(user).search([]))
                with self.assertRaises(AccessError):
                    recusal.with_user(user).read(["reason"])
        # The team of another lead is none of theirs, and neither is a former member.
        self.ann.date_to = "2026-03-01"
        self.assertFalse(self.Recusal.with_user(self.lead).search([]))

    @mute_logger(*QUIET)
    def test_nothing_is_changed(self):
        recusal = self._declare(partner_id=self.ada.id)
        for values in ({"reason": "x"}, {"partner_id": self.ben.id}, {"kind": "case"}):
            with self.assertRaisesRegex(UserError, "not changed"):
                recusal.write(values)
        with self.assertRaises(AccessError):
            recusal.unlink()

    def test_end_the_own(self):
        recusal = self._declare(partner_id=self.ada.id, date_from="2026-02-01")
        case = self._file(partner_id=self.ada.id)
        self.assertEqual(self._recused(case=case), ["Ann"])
        self.assertTrue(recusal.may_end)
        with self.assertRaisesRegex(UserError, "not before 2026-03-03"):
            recusal.date_to = "2026-02-20"
        recusal.action_end()
        self.assertEqual(str(recusal.date_to), "2026-03-03")
        self.assertEqual(self._recused(case=case), [])
        self.assertFalse(recusal.may_end)
        with (
            freeze_time("2026-03-20 08:00:00"),
            self.assertRaisesRegex(UserError, "ended already"),
        ):
            recusal.date_to = "2026-05-01"

    def test_who_ends(self):
        own = self._declare(partner_id=self.ada.id, date_from="2026-02-01")
        by_lead = self._declare(
            user=self.lead, partner_id=self.ben.id, date_from="2026-02-01"
        )
        self.assertFalse(own.with_user(self.lead).may_end)
        with self.assertRaisesRegex(AccessError, "ends it"):
            own.with_user(self.lead).action_end()
        with self.assertRaisesRegex(AccessError, "ends it"):
            by_lead.with_user(self.ann.user_id).action_end()
        successor = self._create_user("lead_2", "citizen_crm.group_team_lead")
        self.roads.user_id = successor
        by_lead.with_user(successor).action_end()
        self.assertFalse(by_lead.is_current)

    def test_give_back_what_is_open(self):
        case = self._file(partner_id=self.ada.id)
        other = self._file(partner_id=self.ben.id)
        (case + other).with_user(self.lead)._hand_to(self.ann.user_id, "Near")
        recusal = self._declare(partner_id=self.ada.id)
        self.assertEqual(recusal.open_case_numbers, case.number)
        recusal.action_give_back()
        self.assertTrue(case.queued_date)
        self.assertEqual(other.user_id, self.ann.user_id)
        self.assertFalse(recusal.open_case_numbers)
        entry = self.env["citizen.assignment.entry"].sudo()
        entry = entry.search([("case_id", "=", case.id)], order="step")[-1]
        self.assertEqual(
            (entry.kind, entry.reason), ("reversal", "Conflict of interest")
        )
        with self.assertRaisesRegex(UserError, "no open case"):
            recusal.action_give_back()

    def test_lead_reads_no_number_of_a_confidential_case(self):
        self.ann.user_id.group_ids += self.env.ref("citizen_crm.group_confidential")
        case = self._file(partner_id=self.ada.id, nature="misconduct_report")
        self._dispatch()
        self.assertEqual(case.user_id, self.ann.user_id)
        recusal = self._declare(partner_id=self.ada.id)
        self.assertEqual(recusal.open_case_numbers, case.number)
        self.assertFalse(recusal.with_user(self.lead).open_case_numbers)

    def test_from_the_case(self):
        case = self._file()
        case.with_user(self.lead)._hand_to(self.ann.user_id, "Near")
        action = case.with_user(self.ann.user_id).action_declare_conflict()
        recusal = (
            self.Recusal.with_user(self.ann.user_id)
            .with_context(**action["context"])
            .create({"reason": "My house"})
        )
        self.assertEqual(recusal.open_case_numbers, case.number)
        self.assertEqual(recusal.employee_id, self.ann.employee_id)
