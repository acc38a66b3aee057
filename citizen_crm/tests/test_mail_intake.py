from unittest.mock import Mock, patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .mail_common import DOMAIN, MX, CitizenMailCommon


@tagged("post_install", "-at_install")
class TestMailDoor(CitizenMailCommon):
    """A mail becomes a case of the right team and of the right person, or of nobody."""

    def test_mail_becomes_case_of_team(self):
        case = self._deliver_case(text="It is deep.", files=[("hole.jpg", b"\xff\xd8")])
        self.assertEqual(case.team_id, self.roads)
        self.assertEqual(case.name, "Hole in Mill Lane")
        self.assertIn("It is deep.", case.description)
        self.assertEqual(
            case.channel_id, self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        )
        self.assertEqual(case.attachment_ids.mapped("name"), ["hole.jpg"])
        self.assertKinds(case, ["received", "routed", "acknowledged"])

    def test_mayors_mailbox_goes_to_triage(self):
        case = self._deliver_case(To=f"mayor@{DOMAIN}")
        self.assertFalse(case.team_id)
        self.assertPhase(case, "received")

    def test_mayors_mailbox_without_mail_domain(self):
        """The alias works by its local part before a mail domain is set up."""
        self.mayor.write({"alias_domain_id": False, "alias_incoming_local": True})
        self.assertTrue(self._deliver_case(To="mayor@anything.example"))

    def test_local_part_of_another_city(self):
        """mayor@ of another city in Cc does not move the mail to triage."""
        self.mayor.write({"alias_domain_id": False, "alias_incoming_local": True})
        case = self._deliver_case(Cc="mayor@other.example")
        self.assertEqual(case.team_id, self.roads)

    def test_two_departments_one_case(self):
        """Fails on the base: it makes two cases of one mail."""
        before = self.Case.search_count([])
        case = self._deliver_case(To=f"roads@{DOMAIN}, parks@{DOMAIN}")
        self.assertEqual(self.Case.search_count([]), before + 1)
        self.assertFalse(case.team_id, "a clerk decides which department it is")

    def test_envelope_recipient(self):
        """A blind copy shows the address only in what the mail server added."""
        case = self._deliver_case(
            To="undisclosed-recipients:;", Delivered_To=f"roads@{DOMAIN}"
        )
        self.assertEqual(case.team_id, self.roads)

    def test_mail_server_record_for_cases(self):
        """A mailbox that is fetched for the desk needs no alias."""
        self.assertTrue(self._deliver(To="box@x.example", model="helpdesk.ticket"))

    # ----------------------------------------------------------------- person
    def test_known_person(self):
        case = self._deliver_case(trusted=True)
        self.assertEqual(case.partner_id, self.ada)
        self.assertEqual(case.citizen_id, self.ada_citizen)
        self.assertEqual(case.role, "citizen")
        self.assertFalse(case.sender_unverified)

    def test_forged_from_is_not_linked(self):
        """Fails on the base: whoever writes ada@ into From is Ada."""
        case = self._deliver_case(trusted=False)
        self.assertFalse(case.partner_id)
        self.assertFalse(case.citizen_id)
        self.assertTrue(case.sender_unverified)
        self.assertEqual(case.partner_email, "ada@example.com")
        self.assertEqual(case.partner_name, "Ada Fox")
        self.assertFalse(case.message_ids.author_id & self.ada)

    def test_results_of_another_server_are_not_believed(self):
        """Fails on the base: it never looks."""
        raw = (
            f"Authentication-Results: evil.example; dmarc=pass header.from=example.com"
            f"\r\nFrom: ada@example.com\r\nTo: roads@{DOMAIN}\r\nSubject: x\r\n\r\nx"
        ).encode()
        self.assertFalse(self._deliver(raw).case_id.partner_id)

    def test_only_the_topmost_result_counts(self):
        """The sender may put a header of our server's name below its own."""
        raw = (
            f"Authentication-Results: {MX}; dmarc=fail header.from=example.com\r\n"
            f"Authentication-Results: {MX}; dmarc=pass header.from=example.com\r\n"
            f"From: ada@example.com\r\nTo: roads@{DOMAIN}\r\nSubject: x\r\n\r\nx"
        ).encode()
        with self._outbox() as sent:
            case = self._deliver(raw).case_id
        self.assertFalse(case.partner_id)
        self.assertFalse(sent, "no answer to somebody who did not write")

    def test_two_senders_are_nobody(self):
        """A second From shows the reader somebody else than was checked."""
        raw = self._write_mail(trusted=True).replace(
            b"From: Ada", b"From: eve@example.com\nFrom: Ada"
        )
        self.assertFalse(self._deliver(raw).case_id.partner_id)

    def test_without_configuration_nobody_is_believed(self):
        self.env["ir.config_parameter"].set_param("citizen_crm.mail_authserv_id", "")
        self.assertFalse(self._deliver_case(trusted=True).partner_id)

    def test_unverified_address_is_not_linked(self):
        """Fails on the base: an address typed into a form captures the case."""
        case = self._deliver_case(sender="ben@example.com", trusted=True)
        self.assertFalse(case.partner_id)
        self.ben_citizen.action_verify_contact()
        case = self._deliver_case(sender="ben@example.com", trusted=True)
        self.assertEqual(case.partner_id, self.ben)

    def test_shared_address_is_not_linked(self):
        twin = self._create_citizen(
            self._create_partner("Ida Fox", email="ada@example.com")
        )
        twin.action_verify_contact()
        self.assertFalse(self._deliver_case(trusted=True).partner_id)

    def test_address_entered_by_somebody_else(self):
        """Fails on the base: an older contact with Ada's address gets her case."""
        self._create_partner("Eve", email="ada@example.com")
        self.assertEqual(self._deliver_case(trusted=True).partner_id, self.ada)

    def test_verified_contact_of_a_customer(self):
        """A mail about a service is the customer's, in the contact's name."""
        customer = self._create_customer(self.bakery)
        self.baker.email = "carla@bakery.example"
        self.parks.alias_id.alias_defaults = repr(
            {"team_id": self.parks.id, "category_id": self.bin.id}
        )
        mail = {"sender": self.baker.email, "To": f"parks@{DOMAIN}"}
        self.assertFalse(self._deliver_case(trusted=True, **mail).partner_id)
        self.baker.with_user(self.clerk).action_verify_contact()
        self.assertFalse(self._deliver_case(trusted=False, **mail).partner_id)
        case = self._deliver_case(trusted=True, **mail)
        self.assertEqual(case.partner_id, self.baker)
        self.assertEqual(case.customer_id, customer)
        self.assertEqual(case.role, "customer")
        self.assertFalse(case.sender_unverified)

    def test_a_contact_of_a_customer_is_no_citizen_by_that(self):
        """The same mail to a department that names no service is for a clerk."""
        self._create_customer(self.bakery)
        self.baker.email = "carla@bakery.example"
        self.baker.with_user(self.clerk).action_verify_contact()
        case = self._deliver_case(sender=self.baker.email, trusted=True)
        self.assertFalse(case.partner_id)
        self.assertFalse(self.baker.citizen_ids)

    def test_only_the_mail_server_delivers(self):
        """Whoever hands over a mail is believed, so not even the desk's own staff may.

        Fails on the base, where every employee may.
        """
        for user in (self.portal, self.outsider, self.clerk, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._deliver(trusted=True, user=user)

    def test_key_of_the_mail_gate(self):
        """The script signs in as who is configured, by default as the system."""
        admin = self._create_user("admin", "base.group_system")
        for user in (admin, self.env.ref("base.user_root")):
            with self.subTest(user=user.login):
                receipt = self._deliver(trusted=True, user=user)
                self.assertEqual(receipt.case_id.partner_id, self.ada)

    def test_fetched_mailbox(self):
        """The scheduled action fetches as the system, whose mails are believed."""
        raw = self._write_mail(trusted=True, Subject="Out of the box")
        mailbox = Mock()
        mailbox.check_unread_messages.return_value = 1
        mailbox.retrieve_unread_messages.return_value = [(1, raw)]
        server = self.env["fetchmail.server"].create(
            {"name": "Box", "server": "box.example", "state": "done"}
        )
        cron = self.env.ref("mail.ir_cron_mail_gateway_action")
        with (
            patch.object(type(server), "_connect__", lambda *_a, **_k: mailbox),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        case = self.Case.search([("name", "=", "Out of the box")])
        self.assertEqual(case.partner_id, self.ada)

    def test_sender_is_never_the_handler(self):
        """Fails on the base with "auto assign": the user in From is the handler."""
        self.company.helpdesk_mgmt_ticket_auto_assign = True
        self.handler.email = "handler@city.example"
        case = self._deliver_case(sender="handler@city.example", trusted=True)
        self.assertFalse(case.user_id)
        self.assertFalse(case.partner_id)

    def test_copied_people_do_not_follow(self):
        """Fails on the base: To and Cc become followers, who read the case."""
        portal = self.portal.partner_id
        portal.email = "portal@example.com"
        case = self._deliver_case(
            trusted=True, Cc="ben@example.com", To=f"roads@{DOMAIN}, portal@example.com"
        )
        residents = self.ben + portal
        self.assertFalse(case.message_partner_ids & (residents + self.ada))
        self.assertFalse(case.message_ids.partner_ids & residents)
        self.assertFalse(case.email_cc)
        self._deliver(
            trusted=True,
            Cc="ben@example.com, portal@example.com",
            In_Reply_To=case.message_ids[:1].message_id,
        )
        self.assertFalse(case.message_partner_ids & residents)
        self.assertFalse(case.message_ids.partner_ids & residents)

    def test_message_new_of_the_base_is_safe_too(self):
        """Other addons may call it directly. Fails on the base."""
        case = self.Case.message_new(
            {
                "subject": "x" * 300,
                "body": "y",
                "email_from": "eve@example.com",
                "to": "ada@example.com",
                "cc": "ben@example.com",
            },
            {},
        )
        self.assertFalse(case.message_partner_ids & (self.ada + self.ben))
        self.assertEqual(len(case.name), 200)

    # ----------------------------------------------------------------- limits
    def test_long_text(self):
        case = self._deliver_case(text="<b> & " * 60_000)
        self.assertLess(len(case.description), 100_000)
        self.assertIn("The text goes on", case.description)
        self.assertGreater(len(case.mail_receipt_ids.mail_message_id.body), 300_000)

    def test_nul_and_broken_bytes(self):
        raw = self._write_mail(text="x").replace(b"Hole", b"H\x00\xff\xfe")
        self.assertEqual(self._deliver(raw).state, "accepted")

    # --------------------------------------------------------- other addons
    def test_mail_to_another_model_is_left_alone(self):
        contact = self._create_partner("Alias owner")
        self.env["mail.alias"].create(
            {
                "alias_name": "contact",
                "alias_domain_id": self.company.alias_domain_id.id,
                "alias_model_id": self.env.ref("base.model_res_partner").id,
                "alias_force_thread_id": contact.id,
            }
        )
        self.assertFalse(self._deliver(To=f"contact@{DOMAIN}"))
        self.assertIn("Please help", contact.message_ids[0].body)
        receipt = self._deliver(To=f"contact@{DOMAIN}, roads@{DOMAIN}", text="Both.")
        self.assertEqual(receipt.state, "accepted")
        self.assertIn("Both", contact.message_ids[0].body)
        self.assertEqual(receipt.case_id.team_id, self.roads)

    @mute_logger("odoo.addons.citizen_crm.models.correspondence.mail_thread")
    def test_mail_for_nobody_is_kept(self):
        """Fails on the base: it raises, and a fetched mail is lost."""
        receipt = self._deliver(To=f"raods@{DOMAIN}")
        self.assertEqual((receipt.state, receipt.reason), ("quarantined", "no_route"))
        with self._outbox() as sent:
            receipt = self._deliver(To=f"catchall@{DOMAIN}")
        self.assertEqual(receipt.reason, "no_route")
        self.assertFalse(sent, "the base answers to whatever address is in From")

    # ------------------------------------------------------------------ once
    def test_same_mail_twice(self):
        raw = self._write_mail()
        case = self._deliver(raw).case_id
        self.assertFalse(self._deliver(b"Received: elsewhere\r\n" + raw))
        self.assertEqual(len(case.mail_receipt_ids), 1)

    def test_same_mail_without_identification(self):
        """Fails on the base, which makes up another one each time."""
        raw = self._write_mail(Message_Id=None)
        self.assertTrue(self._deliver(raw))
        self.assertFalse(self._deliver(b"Received: elsewhere\r\n" + raw))

    def test_other_mail_under_the_same_identification(self):
        """Nobody can suppress a mail by sending another one first.

        Fails on the base, where the second mail disappears.
        """
        self._deliver(Message_Id="<same@example.com>", text="One.")
        receipt = self._deliver(Message_Id="<same@example.com>", text="Two.")
        self.assertEqual((receipt.state, receipt.reason), ("quarantined", "reused_id"))

    # ------------------------------------------------------------ what fails
    @mute_logger("odoo.addons.citizen_crm.models.correspondence")
    def test_failure_keeps_the_mail(self):
        """Fails on the base: the mail is gone with the exception."""
        with (
            patch.object(type(self.Case), "message_new", side_effect=KeyError("bug")),
            mute_logger(
                "odoo.addons.citizen_crm.models.correspondence."
                "citizen_mail_receipt_gateway"
            ),
        ):
            receipt = self._deliver(text="Important.")
        self.assertEqual((receipt.state, receipt.reason), ("quarantined", "error"))
        self.assertIn("Important.", receipt.preview_text)

    def test_failing_notice_keeps_the_case(self):
        logger = (
            "odoo.addons.citizen_crm.models.correspondence.citizen_mail_receipt_gateway"
        )
        with (
            patch.object(type(self.Case), "_acknowledge", side_effect=KeyError("bug")),
            mute_logger(logger),
        ):
            self.assertTrue(self._deliver_case())

    def test_empty_and_senderless(self):
        receipt = self._deliver(text="", Subject=None)
        self.assertEqual((receipt.state, receipt.reason), ("quarantined", "empty"))
        receipt = self._deliver(sender="nobody at all")
        self.assertEqual((receipt.state, receipt.reason), ("quarantined", "no_sender"))

    def test_restricted_alias(self):
        self.roads.alias_id.alias_contact = "partners"
        receipt = self._deliver()
        self.assertEqual(receipt.reason, "not_allowed")
        self.assertTrue(self._deliver_case(trusted=True))
