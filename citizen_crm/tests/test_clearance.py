"""Clearances: whose cases somebody may see at all, whatever their role."""

from itertools import product
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.case import citizen_case_part
from .common import CLEARED, CitizenCommon


@tagged("post_install", "-at_install")
class TestClearance(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clerk = "citizen_crm.group_intake_clerk,"
        cls.only_citizen = cls._create_user(
            "only_citizen", clerk + "citizen_crm.group_clearance_citizen"
        )
        cls.only_customer = cls._create_user(
            "only_customer", clerk + "citizen_crm.group_clearance_customer"
        )
        cls.uncleared = cls._create_user("uncleared", "citizen_crm.group_intake_clerk")
        cls.both = cls._create_user("both", clerk + CLEARED)
        cls.trusted = cls._create_user(
            "trusted", clerk + CLEARED + ",citizen_crm.group_confidential"
        )
        cls.petition = cls.Case.create(
            cls._case_values(
                name="Petition", partner_id=cls.ada.id, category_id=cls.pothole.id
            )
        )
        cls.order = cls.Case.create(
            cls._case_values(
                name="Order", partner_id=cls.ben.id, category_id=cls.bin.id
            )
        )
        cls.cases = cls.petition | cls.order
        cls.report = cls.Case.create(
            cls._case_values(
                name="Report",
                nature="misconduct_report",
                partner_id=cls.ada.id,
                category_id=cls.pothole.id,
            )
        )

    def _seen(self, user, cases=None):
        """The cases a user gets by search, after a fresh look at the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [("id", "in", (cases or self.cases).ids)]
        return self.Case.with_user(user).search(domain).with_env(self.env)

    def test_search_count_group(self):
        for user, seen in (
            (self.only_citizen, self.petition),
            (self.only_customer, self.order),
            (self.uncleared, self.Case),
            (self.both, self.cases),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._seen(user), seen)
                Case = self.Case.with_user(user)
                domain = [("id", "in", self.cases.ids)]
                self.assertEqual(Case.search_count(domain), len(seen))
                groups = Case._read_group(domain, ["role"], ["__count"])
                self.assertEqual(dict(groups), {case.role: 1 for case in seen})

    def test_parts_of_named_cases(self):
        """Few cases are looked at in memory, many by the database: alike."""
        ids = self.cases.ids
        events = self.env["citizen.case.event"].search([("case_id", "in", ids)])
        named = ("case_id", "in", ids)
        domains = (
            [named],
            [("id", "in", events.ids)],
            ["|", named, ("id", "in", events.ids)],
            ["!", ("case_id", "in", self.petition.ids)],
            [("case_id", "in", [*ids, 10**9])],
            [named, ("case_id.name", "!=", False)],
        )
        seen = {
            self.only_citizen: self.petition,
            self.only_customer: self.order,
            self.uncleared: self.Case,
            self.both: self.cases,
        }
        for (user, cases), domain, few in product(seen.items(), domains, (0, 10)):
            with (
                self.subTest(user=user.login, domain=domain, few=few),
                patch.object(citizen_case_part, "FEW", few),
            ):
                found = self.env["citizen.case.event"].with_user(user).search(domain)
                self.assertLessEqual(found.sudo().case_id & self.cases, cases)
                if "!" not in domain:
                    self.assertEqual(found.sudo().case_id.with_env(self.env), cases)

    def test_read_write_export(self):
        self.only_customer.group_ids += self.env.ref("base.group_allow_export")
        hidden = self.petition.with_user(self.only_customer)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            hidden.read(["name"])
        with self.assertRaises(AccessError):
            hidden.write({"name": "Taken"})
        with self.assertRaises(AccessError):
            hidden.export_data(["name"])
        with self.assertRaises(AccessError):
            hidden.message_post(body="Hello")

    def test_records_of_people(self):
        for user, citizens, customers in (
            (self.only_citizen, 1, 0),
            (self.only_customer, 0, 1),
            (self.uncleared, 0, 0),
        ):
            with self.subTest(user=user.login):
                env = self.env(user=user)
                found = env["citizen.citizen"].search(
                    [("partner_id", "in", (self.ada | self.ben).ids)]
                )
                self.assertEqual(len(found), citizens)
                found = env["citizen.customer"].search(
                    [("partner_id", "in", (self.ada | self.ben).ids)]
                )
                self.assertEqual(len(found), customers)
                self.env.invalidate_all()

    def test_history_is_hidden_with_its_case(self):
        events = self.petition.event_ids
        self.assertTrue(events)
        self.env.invalidate_all()
        Event = self.env["citizen.case.event"].with_user(self.only_customer)
        self.assertFalse(Event.search([("case_id", "=", self.petition.id)]))
        with self.assertRaises(AccessError):
            Event.browse(events.ids).read(["kind"])

    def test_registering_needs_no_clearance(self):
        """What a resident brings is registered even by whoever may not read it."""
        case = self.Case.with_user(self.only_customer).create(
            self._case_values(role="citizen", partner_id=self.ada.id)
        )
        self.assertEqual(case.sudo().role, "citizen")

    def test_own_case_is_seen(self):
        """An employee of the city is a resident too."""
        own = self.Case.create(
            self._case_values(partner_id=self.outsider.partner_id.id)
        )
        self.assertEqual(self._seen(self.outsider, own), own)
        self.assertFalse(self._seen(self.outsider, self.cases))

    def test_no_mail_without_clearance(self):
        """A follower without the clearance is not told about the case."""
        self.petition._message_subscribe(self.only_customer.partner_id.ids)
        self.assertNotIn(
            self.only_customer.partner_id, self.petition.message_partner_ids
        )
        # However the follower came to be there, e.g. before the clearance was lost.
        self.env["mail.followers"].sudo().create(
            {
                "res_model": "helpdesk.ticket",
                "res_id": self.petition.id,
                "partner_id": self.only_customer.partner_id.id,
            }
        )
        self.petition._message_subscribe(self.only_citizen.partner_id.ids)
        message = self.petition.with_context(tracking_disable=False).message_post(
            body="News", subtype_xmlid="mail.mt_comment"
        )
        told = message.notified_partner_ids
        self.assertIn(self.only_citizen.partner_id, told)
        self.assertNotIn(self.only_customer.partner_id, told)

    def test_not_given_without_clearance(self):
        self.roads.user_ids += self.only_customer
        with self.assertRaisesRegex(ValidationError, "no clearance"):
            self.petition.user_id = self.only_customer

    def test_confidential(self):
        self.assertTrue(self.report.confidential)
        self.assertFalse(self._seen(self.both, self.report))
        self.assertFalse(self._seen(self.manager, self.report))
        self.assertEqual(self._seen(self.trusted, self.report), self.report)
        with self.assertRaises(ValidationError):
            self.report.confidential = False

    def test_reported_person_and_unit(self):
        department = self.env["hr.department"].create({"name": "Roads"})
        employee = self._create_employee("Trusted", self.trusted)
        self.report.reported_employee_ids = employee
        self.assertFalse(self._seen(self.trusted, self.report))
        self.report.reported_employee_ids = False
        self.report.reported_department_id = department
        self.assertEqual(self._seen(self.trusted, self.report), self.report)
        employee.department_id = department
        self.assertFalse(self._seen(self.trusted, self.report))

    def test_reported_person_never_handles(self):
        self.roads.user_ids += self.trusted
        employee = self._create_employee("Trusted", self.trusted)
        self.report.reported_employee_ids = employee
        with self.assertRaises(ValidationError):
            self.report.user_id = self.trusted

    def test_reported_fields_are_for_the_named_group(self):
        with self.assertRaises(AccessError):
            self.petition.with_user(self.both).read(["reported_department_id"])
        self.petition.with_user(self.trusted).read(["reported_department_id"])

    def test_department_head(self):
        head = self._create_user("head", "citizen_crm.group_department_head," + CLEARED)
        manager = self._create_employee("Head", head)
        department = self.env["hr.department"].create(
            {"name": "Roads", "manager_id": manager.id}
        )
        self.assertFalse(self._seen(head))
        self.roads.department_id = department
        self.assertEqual(self._seen(head), self.petition)

    def test_oversight_reads_figures_only(self):
        oversight = self._create_user("oversight", "citizen_crm.group_oversight")
        self.assertFalse(self._seen(oversight))
        with self.assertRaises(AccessError):
            self.env["citizen.citizen"].with_user(oversight).search([])
        self.env.flush_all()
        Report = self.env["citizen.case.report"].with_user(oversight)
        ids = (self.cases | self.report).ids
        self.assertEqual(
            dict(Report._read_group([("id", "in", ids)], ["role"], ["__count"])),
            {"citizen": 1, "customer": 1},
        )
        personal = {"partner_id", "citizen_id", "customer_id", "name", "description"}
        self.assertFalse(personal & Report._fields.keys() - {"name"})

    def test_take_over_grants_clearances(self):
        """Whoever saw the tickets before the addon came sees them still."""
        from ..hooks import _grant_clearances

        former = self._create_user("former", "helpdesk_mgmt.group_helpdesk_user")
        self.assertFalse(self._seen(former))
        _grant_clearances(self.env)
        self.assertEqual(self._seen(former), self.cases)


@tagged("post_install", "-at_install")
class TestGuards(CitizenCommon):
    def test_portal_reads_own_and_organisation(self):
        """Fails on the base, whose rule shows a family and a firm everything."""
        self.portal.partner_id.parent_id = self.bakery
        rights = self._create_case(
            partner_id=self.baker.id, role="citizen", name="Rights of Carla"
        )
        bins = self._create_case(
            partner_id=self.baker.id, role="customer", name="Bin of the bakery"
        )
        own = self._create_case(
            partner_id=self.portal.partner_id.id, role="citizen", name="Own"
        )
        rights.sudo().message_subscribe(self.bakery.ids)
        self.env.invalidate_all()
        found = self.Case.with_user(self.portal).search(
            [("id", "in", (rights | bins | own).ids)]
        )
        self.assertEqual(found.with_env(bins.env), own | bins)

    def test_notes_cannot_be_searched_letter_by_letter(self):
        """Fails on the base, where any portal user may ask for a note's letters."""
        own = self._create_case(partner_id=self.portal.partner_id.id, role="citizen")
        own.sudo().message_post(body="secret", subtype_xmlid="mail.mt_note")
        for field in ("message_ids", "website_message_ids"):
            with self.subTest(field=field), self.assertRaises(AccessError):
                self.Case.with_user(self.portal).search_count(
                    [(f"{field}.body", "ilike", "secret")]
                )

    def test_residents_do_not_ask_how_the_city_works(self):
        """Fails on the base, which lets a resident read and search every field."""
        own = self._create_case(partner_id=self.portal.partner_id.id, role="citizen")
        case = own.with_user(self.portal)
        offered = case.fields_get()
        for name in ("user_id", "sequence", "tag_ids", "duplicate_id", "event_ids"):
            with self.subTest(field=name):
                self.assertNotIn(name, offered)
                with self.assertRaises(AccessError):
                    case.read([name])
                with self.assertRaises(AccessError):
                    case.search([(name, "!=", False)])

    def test_links_carry_no_token(self):
        """Fails on the base, where a resident may make a link without an end."""
        own = self._create_case(partner_id=self.portal.partner_id.id, role="citizen")
        self.assertNotIn("access_token", own.with_user(self.clerk).get_portal_url())
        self.assertFalse(own.sudo().access_token)

    def test_export_carries_no_formula(self):
        """Fails on the base, which exports the texts of residents as they are."""
        case = self._create_case(name="=HYPERLINK(1)", partner_name="+1;calc")
        self.clerk.group_ids += self.env.ref("base.group_allow_export")
        rows = case.with_user(self.clerk).export_data(["name", "partner_name"])
        self.assertEqual(rows["datas"], [["'=HYPERLINK(1)", "'+1;calc"]])

    def test_second_taker_is_told(self):
        """Fails on the base, where everybody is told that they have the case."""
        case = self._create_case(category_id=self.pothole.id)
        self.roads.user_ids += self.clerk
        case.with_user(self.teamworker).assign_to_me()
        with self.assertRaisesRegex(UserError, "already taken"):
            case.with_user(self.clerk).assign_to_me()
        self.assertEqual(case.user_id, self.teamworker)

    def test_unfiled_mail_is_for_intake_alone(self):
        """A letter to the Mayor that nobody has looked at may be about anybody."""
        mail = self.env["citizen.mail.receipt"].create(
            {"message_id": "<unfiled@example.org>", "state": "quarantined"}
        )
        clerk = self._create_user("front", f"citizen_crm.group_intake_clerk,{CLEARED}")
        self.env.flush_all()
        self.env.invalidate_all()
        for user, reads in ((clerk, True), (self.handler, False)):
            with self.subTest(user=user.login):
                mails = mail.with_user(user)
                self.assertEqual(mails.has_access("read"), reads)
                found = mails.search([("id", "=", mail.id)])
                self.assertEqual(bool(found), reads)
