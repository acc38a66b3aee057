from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import CitizenCommon


class TestPersonRecords(CitizenCommon):
    """Citizen and customer are two records of a person, each on the same contact."""

    def test_one_person_may_have_both_records(self):
        """Cases are counted apart: Ada's complaint is no business of her account."""
        for _i in range(2):
            self._create_case(partner_id=self.ada.id, role="citizen")
        closed = self._create_case(partner_id=self.ada.id, role="citizen")
        self._reply(closed)
        self._move(closed, "closed")
        self._create_case(partner_id=self.ada.id, role="customer")
        citizen, customer = self.ada.citizen_ids, self.ada.customer_ids
        self.assertEqual((len(citizen), len(customer)), (1, 1))
        self.assertEqual((citizen.case_count, citizen.open_case_count), (3, 2))
        self.assertEqual((customer.case_count, customer.open_case_count), (1, 1))
        self.assertEqual(citizen.customer_ids, customer)
        self.assertEqual(customer.citizen_ids, citizen)

    def test_counts_cover_only_cases_the_user_may_see(self):
        """A handler's own rule hides the cases of other teams from the counts too."""
        citizen = self._create_citizen(self.ada)
        self._create_case(citizen_id=citizen.id, category_id=self.pothole.id)
        self._create_case(citizen_id=citizen.id, category_id=self.tree.id)
        self.assertEqual(citizen.with_user(self.handler).case_count, 1)
        self.assertEqual(citizen.with_user(self.clerk).case_count, 2)

    def test_counts_of_many_people_take_one_query(self):
        people = self.env["citizen.citizen"].create(
            [{"name": f"Person {index}"} for index in range(5)]
        )
        for person in people:
            self._create_case(citizen_id=person.id)
        self.env.flush_all()
        people.invalidate_recordset()
        with self.assertQueryCount(1):
            self.assertEqual(people.mapped("case_count"), [1] * 5)

    def test_a_clerk_opens_a_citizen_with_a_new_contact(self):
        citizen = (
            self.env["citizen.citizen"]
            .with_user(self.clerk)
            .create({"name": "Dora Lake", "email": "dora@example.com", "lang": "en_US"})
        )
        self.assertEqual(citizen.partner_id.email, "dora@example.com")
        self.assertEqual(citizen.lang, "en_US")
        self.assertEqual(citizen.display_name, "Dora Lake")
        self.assertRegex(citizen.reference, r"^C\d{6}$")

    def test_numbers_of_people_are_distinct(self):
        people = self.env["citizen.citizen"].create(
            [{"name": f"Person {index}"} for index in range(3)]
        )
        self.assertEqual(len(set(people.mapped("reference"))), 3)
        customers = self.env["citizen.customer"].create(
            [{"name": f"Shop {index}", "is_company": True} for index in range(3)]
        )
        self.assertEqual(len(set(customers.mapped("account_number"))), 3)
        self.assertRegex(customers[0].account_number, r"^K\d{6}$")

    def test_a_number_is_given_once(self):
        """Neither kind of number can be given to a second person."""
        first = self._create_citizen(self.ada)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_citizen(self.ben, reference=first.reference)

    def test_an_account_number_is_given_once(self):
        first = self._create_customer(self.ada)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_customer(self.ben, account_number=first.account_number)

    def test_copies_are_numbered_anew(self):
        citizen = self._create_citizen(self.ada)
        copy = citizen.copy({"name": "Ada Fox junior"})
        self.assertNotEqual(copy.reference, citizen.reference)
        self.assertNotEqual(copy.partner_id, citizen.partner_id)

    def test_one_citizen_record_per_person(self):
        self._create_citizen(self.ada)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_citizen(self.ada)

    def test_one_customer_record_per_person(self):
        self._create_customer(self.bakery)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_customer(self.bakery)

    def test_a_citizen_is_an_individual(self):
        with self.assertRaisesRegex(ValidationError, "organisation"):
            self._create_citizen(self.bakery)

    def test_a_citizen_does_not_become_an_organisation(self):
        citizen = self._create_citizen(self.ada)
        citizen.active = False
        with self.assertRaisesRegex(ValidationError, "no citizen"):
            self.ada.with_user(self.clerk).is_company = True
        self.ben.with_user(self.clerk).is_company = True

    def test_a_record_stays_with_its_person(self):
        """Passed on, it would take cases and the verified address along."""
        for record in (self._create_citizen(self.ada), self._create_customer(self.ada)):
            with self.subTest(model=record._name):
                with self.assertRaisesRegex(UserError, "another person"):
                    record.with_user(self.clerk).partner_id = self.ben
                record.with_user(self.clerk).write({"partner_id": self.ada.id})

    def test_a_customer_record_belongs_to_the_organisation(self):
        with self.assertRaisesRegex(ValidationError, "Carla Oven acts for Bakery"):
            self._create_customer(self.baker)
        self.assertTrue(self._create_customer(self.bakery))

    def test_a_contact_of_an_organisation_is_a_citizen_in_her_own_right(self):
        citizen = self._create_citizen(self.baker)
        self.assertEqual(citizen.partner_id, self.baker)

    def test_find_or_create_takes_the_organisation(self):
        """Contacts of one organisation share its customer record.

        1. Two contacts and the organisation itself are asked for at once.
        2. Expected: one record, on the organisation, for all three.
        """
        second = self._create_partner("Dan Flour", parent_id=self.bakery.id)
        partners = self.baker + second + self.bakery + self.ada
        found = self.env["citizen.customer"]._find_or_create(partners)
        self.assertEqual(set(found), set(partners.ids))
        self.assertEqual(len({record.id for record in found.values()}), 2)
        self.assertEqual(found[second.id].partner_id, self.bakery)
        again = self.env["citizen.customer"]._find_or_create(partners)
        self.assertEqual(again, found)

    def test_find_or_create_finds_archived_records(self):
        citizen = self._create_citizen(self.ada)
        citizen.active = False
        found = self.env["citizen.citizen"]._find_or_create(self.ada)
        self.assertEqual(found, {self.ada.id: citizen})

    def test_a_contact_with_a_record_cannot_be_deleted(self):
        self._create_citizen(self.ada)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.ada.unlink()

    def test_people_are_found_by_number_name_and_email(self):
        """The person on the phone gives a number as often as a name."""
        citizen = self._create_citizen(self.ada)
        customer = self._create_customer(self.bakery)
        for model, record, words in (
            ("citizen.citizen", citizen, (citizen.reference, "Ada F", "ada@exam")),
            ("citizen.customer", customer, (customer.account_number, "Bakery L")),
        ):
            for word in words:
                with self.subTest(word=word):
                    found = self.env[model].with_user(self.handler).name_search(word)
                    self.assertIn(record.id, [row[0] for row in found])

    def test_smart_buttons_lead_from_the_contact_to_its_records(self):
        citizen = self._create_citizen(self.ada)
        action = self.ada.with_user(self.handler).action_view_citizen()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("citizen.citizen", citizen.id)
        )
        # No customer record yet: a new one for this contact.
        action = citizen.with_user(self.handler).action_view_customer()
        self.assertFalse(action["res_id"])
        self.assertEqual(action["context"]["default_partner_id"], self.ada.id)

    def test_smart_button_opens_an_archived_record(self):
        """It exists, so another one for the same contact could not be saved."""
        citizen = self._create_citizen(self.ada)
        citizen.active = False
        action = self.ada.with_user(self.handler).action_view_citizen()
        self.assertEqual(action["res_id"], citizen.id)

    def test_smart_button_to_cases_shows_this_record_only(self):
        citizen = self._create_citizen(self.ada)
        case = self._create_case(citizen_id=citizen.id)
        self._create_case(partner_id=self.ada.id, role="customer")
        action = citizen.with_user(self.clerk).action_view_cases()
        self.assertEqual(self.Case.search(action["domain"]), case)
        self.assertEqual(action["context"]["default_role"], "citizen")
        self.assertEqual(action["context"]["default_citizen_id"], citizen.id)

    def test_contact_form_opens_for_staff_outside_the_desk(self):
        """They may read contacts; whether a person is a citizen is not theirs to know.

        1. Ada has a citizen record, the bakery a customer record.
        2. An employee outside the desk opens the two contacts.
        3. Expected: it works and says nothing of the records.
        """
        self._create_citizen(self.ada)
        self._create_customer(self.bakery)
        self.assertTrue(self.ada.with_user(self.handler).has_citizen)
        for partner in self.ada + self.bakery:
            partner = partner.with_user(self.outsider)
            self.assertEqual(Form(partner).name, partner.name)
            self.assertFalse(partner.has_citizen or partner.has_customer)

    def test_nothing_values_a_person(self):
        """No field may say what a person is worth (see the class docstring)."""
        unwanted = ("score", "rank", "value", "revenue", "rating", "tier", "segment")
        own = [
            name
            for name, field in self.env["citizen.citizen"]._fields.items()
            if not field.inherited and "citizen_crm" in (field._modules or ())
        ]
        self.assertIn("district_id", own)
        for name in own:
            self.assertFalse([word for word in unwanted if word in name], name)


class TestDistrict(CitizenCommon):
    def test_tree_and_full_name(self):
        part = self.env["citizen.district"].create(
            {"name": "Old Port", "code": "T-OP", "parent_id": self.district.id}
        )
        self.assertEqual(part.complete_name, "Harbour / Old Port")
        self.district.name = "Waterfront"
        self.assertEqual(part.display_name, "Waterfront / Old Port")
        self.assertEqual(
            self.env["citizen.district"].search([("id", "child_of", self.district.id)]),
            self.district + part,
        )

    def test_no_part_of_itself(self):
        part = self.env["citizen.district"].create(
            {"name": "Old Port", "code": "T-OP", "parent_id": self.district.id}
        )
        with self.assertRaises(UserError):
            self.district.parent_id = part

    def test_unique_code(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["citizen.district"].create({"name": "Other", "code": "T-HB"})

    def test_found_by_code(self):
        found = self.env["citizen.district"].with_user(self.clerk).name_search("T-HB")
        self.assertEqual(found, [(self.district.id, "Harbour")])

    def test_sequence_orders_the_districts(self):
        """The handle in the list decides the order."""
        District = self.env["citizen.district"]
        first = District.create({"name": "Zoo", "code": "T-Z", "sequence": 1})
        self.district.sequence = 5
        self.assertEqual(
            District.search([("code", "in", ["T-HB", "T-Z"])]), first + self.district
        )

    def test_a_district_in_use_cannot_be_deleted(self):
        self._create_citizen(self.ada, district_id=self.district.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.district.with_user(self.manager).unlink()

    def test_unique_codes_of_needs(self):
        values = {"name": "Large print", "code": "T-LP"}
        self.env["citizen.need"].create(values)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["citizen.need"].create(values)
