from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import CLEARED, NOW, CitizenCommon


class TestRoleAndRecord(CitizenCommon):
    """A case has one role, and the record of the person is the one of that role."""

    def assertPerson(self, case, role, partner, record=None):
        record = partner if record is None else record
        self.assertEqual(case.role, role)
        self.assertEqual(case.partner_id, partner)
        other = "customer" if role == "citizen" else "citizen"
        self.assertEqual(case[f"{role}_id"].partner_id, record)
        self.assertFalse(case[f"{other}_id"])

    # -------------------------------------------------------------- creating
    def test_contact_only(self):
        """The right to petition knows no test: citizen when nobody has said."""
        case = self._create_case(self.teamworker, partner_id=self.ada.id)
        self.assertPerson(case, "citizen", self.ada)
        self.assertEqual(case.partner_name, "Ada Fox")
        self.assertEqual(case.partner_email, "ada@example.com")

    def test_contact_and_service_type(self):
        case = self._create_case(partner_id=self.ada.id, category_id=self.bin.id)
        self.assertPerson(case, "customer", self.ada)
        self.assertEqual(case.nature, "service_request")
        case = self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        self.assertPerson(case, "citizen", self.ada)
        self.assertEqual(case.nature, "complaint")

    def test_role_said_goes_before_the_service_type(self):
        case = self._create_case(
            partner_id=self.ada.id, category_id=self.bin.id, role="citizen"
        )
        self.assertPerson(case, "citizen", self.ada)

    def test_citizen_only(self):
        citizen = self._create_citizen(self.ada, district_id=self.district.id)
        case = self._create_case(self.teamworker, citizen_id=citizen.id)
        self.assertPerson(case, "citizen", self.ada)
        self.assertEqual(case.district_id, self.district)

    def test_district_said_goes_before_the_home(self):
        citizen = self._create_citizen(self.ada, district_id=self.district.id)
        other = self.env["citizen.district"].create({"name": "Hill", "code": "T-HI"})
        case = self._create_case(citizen_id=citizen.id, district_id=other.id)
        self.assertEqual(case.district_id, other)

    def test_customer_and_her_contact(self):
        customer = self._create_customer(self.bakery)
        case = self._create_case(customer_id=customer.id, partner_id=self.baker.id)
        self.assertPerson(case, "customer", self.baker, self.bakery)
        case = self._create_case(customer_id=customer.id)
        self.assertPerson(case, "customer", self.bakery)

    def test_contact_of_another_customer(self):
        customer = self._create_customer(self.bakery)
        with self.assertRaisesRegex(ValidationError, "Ada Fox is not a contact"):
            self._create_case(customer_id=customer.id, partner_id=self.ada.id)

    def test_contact_of_another_citizen(self):
        citizen = self._create_citizen(self.ada)
        with self.assertRaisesRegex(ValidationError, "Ada Fox"):
            self._create_case(citizen_id=citizen.id, partner_id=self.ben.id)

    def test_an_organisation_is_a_customer(self):
        case = self._create_case(partner_id=self.bakery.id)
        self.assertPerson(case, "customer", self.bakery)
        with self.assertRaisesRegex(ValidationError, "organisation"):
            self._create_case(partner_id=self.bakery.id, role="citizen")

    def test_a_contact_of_an_organisation_complains_for_herself(self):
        case = self._create_case(partner_id=self.baker.id, role="citizen")
        self.assertPerson(case, "citizen", self.baker)
        case = self._create_case(partner_id=self.baker.id, role="customer")
        self.assertPerson(case, "customer", self.baker, self.bakery)

    def test_anonymous(self):
        case = self._create_case(self.handler, category_id=self.pothole.id)
        self.assertFalse(case.partner_id or case.citizen_id or case.customer_id)
        self.assertEqual(case.role, "citizen")

    def test_many_cases_of_one_new_person(self):
        """A batch finds each person once."""
        before = self.env["citizen.citizen"].search_count([])
        cases = self.Case.with_user(self.clerk).create(
            [
                self._case_values(partner_id=partner.id)
                for partner in (self.ada, self.ben, self.ada)
            ]
        )
        self.assertEqual(cases[0].citizen_id, cases[2].citizen_id)
        self.assertEqual(self.env["citizen.citizen"].search_count([]), before + 2)

    def test_values_of_the_caller_are_left_alone(self):
        values = self._case_values(partner_id=self.ada.id)
        self.Case.create([values])
        self.assertEqual(values, self._case_values(partner_id=self.ada.id))

    def test_name_and_address_given_are_kept(self):
        case = self._create_case(partner_id=self.ada.id, partner_email="a@fox.example")
        self.assertEqual(case.partner_email, "a@fox.example")
        self.assertEqual(case.partner_name, "Ada Fox")

    # -------------------------------------------------------------- changing
    def test_customer_to_citizen_at_any_time(self):
        """The person may always say: this is my right, not my contract."""
        case = self._create_case(partner_id=self.ada.id, category_id=self.bin.id)
        self._move(case, "in_work")
        self._reply(case)
        self._move(case, "closed")
        case.role = "citizen"
        self.assertPerson(case, "citizen", self.ada)
        case.role = "citizen"
        self.assertPerson(case, "citizen", self.ada)

    def test_citizen_to_customer_while_in_triage(self):
        case = self._create_case(partner_id=self.ada.id)
        case.role = "customer"
        self.assertPerson(case, "customer", self.ada)

    def test_citizen_to_customer_refused_once_routed(self):
        """Duties already due stay due, whatever way the change is asked for."""
        case = self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        customer = self._create_customer(self.ada)
        for values in (
            {"role": "customer"},
            {"customer_id": customer.id, "role": "customer"},
            {"customer_id": customer.id, "citizen_id": False, "role": "customer"},
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(UserError, "citizen case"):
                    case.write(values)
        self.assertPerson(case, "citizen", self.ada)

    def test_record_of_the_other_role_is_refused(self):
        case = self._create_case(partner_id=self.ada.id)
        customer = self._create_customer(self.ada)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            case.customer_id = customer
            case.flush_recordset()

    def test_another_contact(self):
        case = self._create_case(partner_id=self.ada.id)
        case.partner_id = self.ben
        self.assertPerson(case, "citizen", self.ben)
        self.assertEqual(case.partner_name, "Ben Hill")
        self.assertEqual(case.partner_email, "ben@example.com")

    def test_another_contact_with_an_address_of_its_own(self):
        """As the form writes it: the contact and an edited e-mail address."""
        case = self._create_case(partner_id=self.ada.id)
        case.write({"partner_id": self.ben.id, "partner_email": "b@hill.example"})
        self.assertEqual(case.partner_name, "Ben Hill")
        self.assertEqual(case.partner_email, "b@hill.example")

    def test_another_citizen(self):
        case = self._create_case(partner_id=self.ada.id)
        case.citizen_id = self._create_citizen(self.ben)
        self.assertPerson(case, "citizen", self.ben)
        self.assertEqual(case.partner_name, "Ben Hill")

    def test_another_contact_of_the_same_customer(self):
        case = self._create_case(partner_id=self.baker.id, role="customer")
        customer = case.customer_id
        case.partner_id = self.bakery
        self.assertPerson(case, "customer", self.bakery)
        self.assertEqual(case.customer_id, customer)

    def test_an_organisation_does_not_become_a_citizen(self):
        case = self._create_case(partner_id=self.ada.id)
        with self.assertRaisesRegex(ValidationError, "organisation"):
            case.partner_id = self.bakery

    def test_person_removed(self):
        """A case can be made anonymous, by the contact or by the record.

        Expected: neither name nor address of the person stays on the case.
        """
        for name in ("partner_id", "citizen_id"):
            with self.subTest(name):
                case = self._create_case(partner_id=self.ada.id)
                case[name] = False
                self.assertFalse(case.partner_id or case.citizen_id)
                self.assertFalse(case.partner_name or case.partner_email)

    def test_name_typed_by_a_visitor_stays_without_contact(self):
        case = self._create_case(partner_name="Walk-in", partner_email="w@example.com")
        case.partner_id = False
        self.assertEqual(case.partner_name, "Walk-in")

    def test_many_cases_at_once(self):
        """Each case keeps its own person."""
        cases = self._create_case(partner_id=self.ada.id) + self._create_case(
            partner_id=self.ben.id
        )
        cases.write({"role": "customer"})
        self.assertEqual(cases.customer_id.partner_id, self.ada + self.ben)
        self.assertFalse(cases.citizen_id)
        self.assertEqual(cases.mapped("partner_name"), ["Ada Fox", "Ben Hill"])

    def test_database_refuses_disagreement(self):
        """Whatever writes past the ORM is stopped by the database."""
        case = self._create_case(partner_id=self.ada.id)
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.cr.execute(
                "UPDATE helpdesk_ticket SET role = 'customer' WHERE id = %s", [case.id]
            )

    def test_registering_a_person_needs_no_right_on_contacts(self):
        """A handler may not edit contacts, yet registers the case of one."""
        Partner = self.env["res.partner"].with_user(self.teamworker)
        self.assertFalse(Partner.has_access("write"))
        case = self._create_case(self.teamworker, partner_id=self.ada.id)
        self.assertTrue(case.sudo().citizen_id)

    def test_defaults_of_the_case_are_not_defaults_of_the_person(self):
        """ "New" in a list grouped by district puts the district into the context."""
        case = (
            self.Case.with_user(self.clerk)
            .with_context(default_district_id=self.district.id, default_active=True)
            .create(self._case_values(partner_id=self.ada.id))
        )
        self.assertEqual(case.district_id, self.district)
        self.assertFalse(case.citizen_id.district_id)


class TestCase(CitizenCommon):
    def test_misconduct_is_confidential(self):
        cleared = f"helpdesk_mgmt.group_helpdesk_user,{CLEARED}"
        confidant = self._create_user(
            "confidant", f"{cleared},citizen_crm.group_confidential"
        )
        case = self._create_case(confidant, nature="misconduct_report")
        self.assertTrue(case.confidential)
        with self.assertRaises(ValidationError):
            case.confidential = False

    def test_a_nature_that_is_no_longer_misconduct_stays_confidential(self):
        case = self.Case.create(self._case_values(nature="misconduct_report"))
        case.nature = "complaint"
        self.assertTrue(case.confidential)

    def test_received_date_is_not_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self._create_case(received_date=NOW + timedelta(minutes=6))
        # Clocks of two machines may differ a little.
        self.assertTrue(self._create_case(received_date=NOW + timedelta(minutes=4)))

    def test_coordinates(self):
        case = self._create_case(place_latitude=25.0330113, place_longitude=121.5650003)
        case.invalidate_recordset()
        self.assertEqual(case.place_latitude, 25.0330113)
        for name, value in (("place_latitude", 90.5), ("place_longitude", -180.5)):
            with (
                self.subTest(name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                case[name] = value
                case.flush_recordset()

    def test_a_group_heading_is_no_service_type(self):
        group = self.env["helpdesk.ticket.category"].create({"name": "Streets"})
        self.pothole.parent_id = group
        with self.assertRaisesRegex(ValidationError, "group heading"):
            self._create_case(category_id=group.id)

    def test_late_search_agrees(self):
        for due in (False, NOW - timedelta(hours=1), NOW + timedelta(hours=1)):
            for phase in ("in_work", "closed"):
                case = self._create_case(due_date=due)
                self._move(case, phase)
        for values in ([True], [False]):
            self.assertSearchAgrees(self.Case, "is_late", values)
        self.assertEqual(len(self.Case.search([("is_late", "=", True)])), 1)

    def test_nobody_deletes_a_case(self):
        case = self._create_case()
        for user in (self.manager, self.env.ref("base.user_root")):
            with self.subTest(user.login), self.assertRaisesRegex(UserError, "record"):
                case.with_user(user).sudo().unlink()

    def test_answers_follow_the_service_type(self):
        self.pothole.question_definition = [
            {"name": "depth", "string": "How deep?", "type": "integer"}
        ]
        case = self._create_case(
            category_id=self.pothole.id, answers={"depth": 12}, partner_id=self.ada.id
        )
        self.assertEqual(dict(case.answers), {"depth": 12})
        self.assertEqual(dict(case.copy().answers), {"depth": 12})

    def test_copy_is_a_new_case(self):
        """Same matter of the same person, another receipt.

        1. A case has been answered and closed, with an outcome.
        2. It is copied.
        3. Expected: a new number and receipt, no dates, outcome or lead of the old.
        """
        lead = self._create_case()
        case = self._create_case(
            partner_id=self.ada.id,
            category_id=self.pothole.id,
            received_date="2026-03-01 08:00:00",
            due_date="2026-03-09 08:00:00",
            duplicate_id=lead.id,
        )
        self._move(case, "in_work")
        self._reply(case)
        self._move(case, "closed")
        case.outcome = "confirmed"
        copy = case.copy()
        self.assertEqual(copy.citizen_id, case.citizen_id)
        self.assertEqual(copy.received_date, NOW)
        self.assertEqual(copy.outcome, "unknown")
        for name in ("due_date", "answered_date", "closed_date", "duplicate_id"):
            self.assertFalse(copy[name], name)
        self.assertNotEqual(copy.number, case.number)
        self.assertPhase(copy, "routed")
        self.assertKinds(copy, ["received", "routed"])

    def test_priority_and_age_order_the_list(self):
        urgent = self._create_case(priority="3", received_date="2026-03-01 00:00:00")
        old = self._create_case()
        new = self._create_case()
        self.assertEqual(
            self.Case.search([("id", "in", (urgent + old + new).ids)]),
            urgent + new + old,
        )


class TestSameMatter(CitizenCommon):
    def test_joining(self):
        lead, follower = self._create_case(), self._create_case()
        follower.duplicate_id = lead
        self.assertEqual(lead.duplicate_ids, follower)

    def test_no_chains(self):
        lead, follower, third = (self._create_case() for _i in range(3))
        follower.duplicate_id = lead
        for case, to in ((third, follower), (lead, third), (lead, lead)):
            with self.subTest(case=case, to=to), self.assertRaises(ValidationError):
                case.duplicate_id = to

    def test_no_chains_through_archived_cases(self):
        lead, follower, third = (self._create_case() for _i in range(3))
        follower.duplicate_id = lead
        follower.active = False
        with self.assertRaises(ValidationError):
            lead.duplicate_id = third

    def test_no_chains_in_one_write(self):
        cases = self._create_case() + self._create_case()
        with self.assertRaises(ValidationError):
            cases.write({"duplicate_id": cases[0].id})

    def test_wizard_of_the_base(self):
        """Joining by the base's wizard is told, and moves to the stage chosen."""
        lead, follower = self._create_case(), self._create_case()
        wizard = (
            self.env["helpdesk.ticket.duplicate.wizard"]
            .with_user(self.clerk)
            .create(
                {
                    "ticket_id": follower.id,
                    "duplicate_of_id": lead.id,
                    "target_stage_id": self._stage("closed").id,
                }
            )
        )
        wizard.action_confirm()
        self.assertPhase(follower, "closed")
        self.assertEqual(follower.closed_date, NOW)
        self.assertKinds(follower, ["received", "joined", "closed"])


class TestForm(CitizenCommon):
    """What a clerk sees while filling in the form, before anything is stored."""

    def _form(self, record=None, user=None):
        model = record or self.Case
        return Form(
            model.with_user(user or self.clerk),
            view="citizen_crm.helpdesk_ticket_view_form",
        )

    def test_service_type_decides_role_nature_and_team(self):
        form = self._form()
        self.assertEqual(form.role, "citizen")
        form.name, form.description = "Bin", "<p>Please.</p>"
        form.category_id = self.bin
        self.assertEqual(form.role, "customer")
        self.assertEqual(form.nature, "service_request")
        self.assertEqual(form.team_id, self.parks)
        form.category_id = self.pothole
        self.assertEqual(form.team_id, self.roads)
        case = form.save()
        self.assertPhase(case, "routed")
        self.assertKinds(case, ["received", "routed"])

    def test_nobody_becomes_handler_by_filing(self):
        self.company.helpdesk_mgmt_ticket_auto_assign = True
        form = self._form()
        form.name, form.description = "Tree", "<p>Falls.</p>"
        form.category_id = self.tree
        self.assertFalse(form.user_id)
        self.assertFalse(form.save().user_id)

    def test_person_chosen(self):
        citizen = self._create_citizen(self.ada, district_id=self.district.id)
        form = self._form()
        form.name, form.description = "Hole", "<p>Deep.</p>"
        form.citizen_id = citizen
        self.assertEqual(form.district_id, self.district)
        case = form.save()
        self.assertEqual(case.partner_id, self.ada)
        self.assertEqual(case.role, "citizen")

    def test_handler_chosen(self):
        case = self._create_case(category_id=self.pothole.id)
        with self._form(case) as form:
            form.user_id = self.handler
        self.assertPhase(case, "assigned")
        self.assertKinds(case, ["received", "routed", "assigned"])

    def test_service_type_corrected(self):
        """Who leads both teams corrects the type of an open case: the other gets it."""
        (self.roads + self.parks).user_id = self.clerk
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        with self._form(case) as form:
            form.category_id = self.tree
            self.assertEqual(form.team_id, self.parks)
        self.assertFalse(case.user_id)
        self.assertPhase(case, "routed")
        self.assertKinds(
            case,
            ["received", "routed", "assigned", "type_changed", "transferred"]
            + ["unassigned"],
        )

    def test_role_changed(self):
        case = self._create_case(partner_id=self.ada.id)
        with self._form(case) as form:
            form.role = "customer"
        self.assertEqual(case.customer_id.partner_id, self.ada)
        self.assertFalse(case.citizen_id)

    def test_saving_without_change_tells_nothing(self):
        case = self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        with self._form(case):
            pass
        self.assertKinds(case, ["received", "routed"])


class TestMailIntake(CitizenCommon):
    """A mail to a team's address is a case like any other."""

    def test_mail_of_a_known_person(self):
        self.roads.alias_name = "roads"
        domain = self.env["mail.alias.domain"].search([], limit=1) or self.env[
            "mail.alias.domain"
        ].create({"name": "city.example"})
        self.roads.alias_domain_id = domain
        self._create_citizen(self.ada).action_verify_contact()
        self.env["ir.config_parameter"].set_param("citizen_crm.mail_authserv_id", "mx")
        case_id = self.env["mail.thread"].message_process(
            "helpdesk.ticket",
            "Authentication-Results: mx; dmarc=pass header.from=example.com\n"
            f"From: Ada Fox <ada@example.com>\nTo: roads@{domain.name}\n"
            "Subject: A hole\nMessage-Id: <1@example.com>\n\nIt is deep.\n",
        )
        case = self.Case.browse(case_id)
        self.assertEqual(case.partner_id, self.ada)
        self.assertEqual(case.citizen_id.partner_id, self.ada)
        self.assertEqual(case.team_id, self.roads)
        self.assertPhase(case, "routed")
        self.assertKinds(case, ["received", "routed", "acknowledged"])

    def test_portal_user_cannot_register_past_the_pages(self):
        with self.assertRaises(AccessError):
            self._create_case(self.portal, partner_id=self.portal.partner_id.id)
