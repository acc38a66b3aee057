from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import NOW, CitizenCommon


class TestVerification(CitizenCommon):
    """Verified means: this address was proven to be the person's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.citizen = cls._create_citizen(cls.ada)

    def _verify(self):
        self.citizen.with_user(self.handler).action_verify_contact()
        self.assertEqual(self.citizen.contact_verified_date, NOW)

    def test_button_records_who_and_when(self):
        self._verify()
        self.assertEqual(self.citizen.contact_verified_by_id, self.handler)

    def test_nothing_to_verify(self):
        empty = self._create_citizen(self._create_partner("Eva Lane"))
        with self.assertRaisesRegex(UserError, "neither"):
            empty.with_user(self.handler).action_verify_contact()

    def test_a_change_of_the_contact_clears_it(self):
        for name, value in (("email", "new@example.com"), ("phone", "555 0100")):
            with self.subTest(name):
                self._verify()
                self.ada.with_user(self.clerk)[name] = value
                self.assertFalse(self.citizen.contact_verified_date)
                self.assertFalse(self.citizen.contact_verified_by_id)

    def test_a_change_through_the_citizen_clears_it(self):
        """The e-mail address is edited on the citizen's own form as well."""
        self._verify()
        self.citizen.with_user(self.clerk).email = "new@example.com"
        self.assertFalse(self.citizen.contact_verified_date)

    def test_only_the_changed_person_is_cleared(self):
        self._verify()
        (self.ada + self.ben).write({"email": "ada@example.com"})
        self.assertTrue(self.citizen.contact_verified_date)
        (self.ada + self.ben).write({"email": "both@example.com"})
        self.assertFalse(self.citizen.contact_verified_date)

    def test_other_edits_leave_it(self):
        self._verify()
        self.ada.write({"street": "Mill Lane 1", "email": "ada@example.com"})
        self.assertTrue(self.citizen.contact_verified_date)

    def test_an_archived_citizen_is_cleared_too(self):
        self._verify()
        self.citizen.active = False
        self.ada.email = "new@example.com"
        self.assertFalse(self.citizen.contact_verified_date)

    def test_cannot_be_written(self):
        for values in (
            {"contact_verified_date": NOW},
            {"contact_verified_by_id": self.manager.id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.citizen.with_user(self.manager).write(values)

    def test_cannot_be_created(self):
        """Neither by the values of a new record nor by defaults in the context."""
        Citizen = self.env["citizen.citizen"].with_user(self.clerk)
        with self.assertRaises(UserError):
            Citizen.create(
                {"partner_id": self.ben.id, "contact_verified_date": "2026-01-01"}
            )
        citizen = (
            Citizen.with_context(
                default_contact_verified_date="2026-01-01",
                default_contact_verified_by_id=self.clerk.id,
                default_district_id=self.district.id,
            )
            .sudo()
            ._find_or_create(self.ben)[self.ben.id]
        )
        self.assertFalse(citizen.contact_verified_date)
        self.assertFalse(citizen.contact_verified_by_id)
        self.assertFalse(citizen.district_id)

    def test_not_copied(self):
        self._verify()
        copy = self.citizen.copy({"name": "Ada Fox junior"})
        self.assertFalse(copy.contact_verified_date)

    def test_portal_cannot_verify(self):
        with self.assertRaises(AccessError):
            self.citizen.with_user(self.portal).action_verify_contact()


class TestContactVerification(CitizenCommon):
    """Contact persons of a customer are verified like citizens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._create_customer(cls.bakery)
        cls.baker.email = "carla@bakery.example"

    def test_contact_person(self):
        self.baker.with_user(self.handler).action_verify_contact()
        baker = self.baker.with_user(self.handler)
        self.assertEqual(baker.contact_verified_date, NOW)
        self.assertEqual(baker.contact_verified_by_id, self.handler)
        self.assertFalse(self.customer.contact_verified_date)
        self.baker.email = "else@bakery.example"
        self.assertFalse(baker.contact_verified_date)

    def test_customer_itself(self):
        self.bakery.email = "info@bakery.example"
        self.customer.with_user(self.handler).action_verify_contact()
        self.assertEqual(self.bakery.contact_verified_by_id, self.handler)

    def test_a_person_with_both_records_is_verified_once(self):
        """It is one address, and it is theirs in both roles."""
        citizen = self._create_citizen(self.ada)
        customer = self._create_customer(self.ada)
        citizen.with_user(self.handler).action_verify_contact()
        self.assertEqual(customer.contact_verified_date, NOW)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_not(self):
        """Nobody without access to the customer, and nobody by an edit."""
        uncleared = self._create_user(
            "uncleared",
            "helpdesk_mgmt.group_helpdesk_user,citizen_crm.group_clearance_citizen",
        )
        for user in (uncleared, self.outsider, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.baker.with_user(user).action_verify_contact()
        with self.assertRaises(AccessError):
            self.ada.with_user(self.handler).action_verify_contact()
        for values in ({"contact_verified_date": NOW}, {"contact_verified_by_id": 2}):
            with self.subTest(values), self.assertRaises(UserError):
                self.baker.with_user(self.clerk).write(values)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_may_not_know(self):
        """Whether a contact deals with the city is nobody else's business."""
        with self.assertRaises(AccessError):
            self.baker.with_user(self.outsider).read(["contact_verified_date"])

    def test_no_default_verifies(self):
        Partner = self.env["res.partner"].with_user(self.clerk)
        with self.assertRaises(UserError):
            Partner.with_context(default_contact_verified_date=NOW).create(
                {"name": "Eve", "email": "victim@example.com"}
            )
