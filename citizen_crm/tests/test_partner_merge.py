from odoo.exceptions import UserError

from .common import CLEARED, NOW, CitizenCommon


class TestPartnerMerge(CitizenCommon):
    """A clerk merges two contacts of one person with the wizard of the base."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls._create_user("desk", f"citizen_crm.group_intake_clerk,{CLEARED}")
        cls.twin = cls._create_partner("Ada M. Fox", email=cls.ada.email)

    def _merge(self, kept, *others):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.desk)
        partners = kept.union(*others)
        partners.email = kept.email
        wizard.create(
            {"partner_ids": [(6, 0, partners.ids)], "dst_partner_id": kept.id}
        ).action_merge()
        self.assertEqual(partners.exists(), kept)
        self.env.invalidate_all()

    def test_two_citizen_records_become_one(self):
        need = self.env["citizen.need"].create({"name": "Large print", "code": "T-LP"})
        kept, other = (
            self._create_citizen(self.ada),
            self._create_citizen(
                self.twin,
                need_ids=need.ids,
                district_id=self.district.id,
                contact_preference="letter",
            ),
        )
        number = other.reference
        cases = self._create_case(partner_id=self.ada.id) + self._create_case(
            partner_id=self.twin.id
        )
        other.message_post(body="Called about the lamp")
        self._merge(self.ada, self.twin)
        self.assertFalse(other.exists())
        self.assertEqual(cases.citizen_id, kept)
        self.assertEqual(cases.partner_id, self.ada)
        self.assertEqual(cases.commercial_partner_id, self.ada)
        self.assertEqual(kept.need_ids, need)
        self.assertEqual(kept.district_id, self.district)
        self.assertEqual(kept.contact_preference, "letter")
        told = "".join(kept.message_ids.mapped("body"))
        self.assertIn(number, told)
        self.assertIn("Called about the lamp", told)

    def test_three_contacts_and_no_record_of_the_kept_one(self):
        third = self._create_partner("Ada Fox-Hill")
        first = self._create_citizen(self.twin, active=False)
        self._create_citizen(third)
        case = self._create_case(partner_id=third.id)
        self._merge(self.ada, self.twin, third)
        self.assertEqual(self.ada.citizen_ids, first)
        self.assertTrue(first.active)
        self.assertEqual(case.citizen_id, first)

    def test_both_roles(self):
        """The roles stay apart: each keeps its record and its cases."""
        petition = self._create_case(partner_id=self.ada.id, role="citizen")
        services = self._create_case(
            partner_id=self.twin.id, role="customer"
        ) + self._create_case(partner_id=self.ada.id, role="customer")
        self._merge(self.ada, self.twin)
        self.assertEqual(petition.citizen_id, self.ada.citizen_ids)
        self.assertFalse(petition.customer_id)
        self.assertEqual(services.customer_id, self.ada.customer_ids)
        self.assertEqual(len(self.ada.customer_ids), 1)

    def test_two_organisations(self):
        mill = self._create_partner("Mill Ltd", is_company=True)
        cases = self._create_case(partner_id=mill.id) + self._create_case(
            partner_id=self.baker.id, role="customer"
        )
        self._merge(self.bakery, mill)
        self.assertEqual(cases.customer_id.partner_id, self.bakery)
        self.assertEqual(cases.commercial_partner_id, self.bakery)

    def test_nothing_comes_into_the_view_of_an_organisation(self):
        """A person's citizen case, by merging them with a company or its contact."""
        case = self._create_case(partner_id=self.ada.id, role="citizen")
        for kept, other in (
            (self.bakery, self.ada),
            (self.ada, self.bakery),
            (self.baker, self.ada),
            (self.ada, self.baker),
        ):
            with (
                self.subTest(kept=kept.name),
                self.assertRaisesRegex(UserError, "not merged.*change its org"),
                self.cr.savepoint(),
            ):
                self._merge(kept, other)
        self.assertEqual(case.partner_id, self.ada)
        self.assertFalse(self.ada.parent_id)

    def test_contacts_of_one_organisation(self):
        twin = self._create_partner("C. Oven", parent_id=self.bakery.id)
        petition = self._create_case(partner_id=twin.id, role="citizen")
        self._merge(self.baker, twin)
        self.assertEqual(petition.partner_id, self.baker)
        self.assertEqual(petition.citizen_id.partner_id, self.baker)

    def test_whom_the_desk_does_not_know(self):
        self._merge(self.bakery, self.ben)

    def test_consents_are_kept(self):
        """1. Both contacts of a councillor are entered for one case, one for another;
        the councillor's own case names the second contact.
        2. Expected: one consent for each of the two cases, none for the own.
        """
        cases = self.Case.union(
            *(self._create_case(partner_id=self.ben.id) for _i in range(2)),
            self._create_case(partner_id=self.ada.id),
        )
        self.env["citizen.case.intermediary"].create(
            [
                {"case_id": case.id, "partner_id": partner.id}
                for case, partner in (
                    (cases[0], self.ada),
                    (cases[0], self.twin),
                    (cases[1], self.twin),
                    (cases[2], self.twin),
                )
            ]
        )
        self._merge(self.ada, self.twin)
        entries = cases.intermediary_ids
        self.assertEqual(entries.partner_id, self.ada)
        self.assertEqual(entries.case_id, cases[:2])
        with self.assertRaises(UserError), self.cr.savepoint():
            self._merge(self.bakery, self.ada)

    def test_verified_address_is_kept(self):
        self._create_citizen(self.twin).action_verify_contact()
        self._merge(self.ada, self.twin)
        self.assertEqual(self.ada.contact_verified_date, NOW)

    def test_verification_does_not_move_to_another_address(self):
        """Verified was Ada's address, not the one that the contact keeps."""
        self._create_citizen(self.ada).action_verify_contact()
        admin = self._create_user(
            "admin",
            f"base.group_erp_manager,base.group_partner_manager,citizen_crm.group_intake_clerk,{CLEARED}",
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(admin)
        wizard.create(
            {
                "partner_ids": [(6, 0, (self.ada + self.ben).ids)],
                "dst_partner_id": self.ben.id,
            }
        ).action_merge()
        self.assertEqual(self.ben.email, "ben@example.com")
        self.assertFalse(self.ben.contact_verified_date)
