from odoo.tests import tagged

from .mail_common import DOMAIN, CitizenMailCommon


@tagged("post_install", "-at_install")
class TestMailNotice(CitizenMailCommon):
    """What goes out: to the right person, once, nothing personal in the subject."""

    def _to(self, sent, address):
        return [mail for mail in sent if address in str(mail["To"])]

    def test_acknowledgement(self):
        with self._outbox() as sent:
            case = self._deliver_case(trusted=True)
        (mail,) = self._to(sent, "ada@example.com")
        self.assertEqual(mail["Subject"], f"We have received your case {case.number}")
        self.assertEqual(mail["X-Auto-Response-Suppress"], "All")
        self.assertIn(f"roads@{DOMAIN}", mail["Reply-To"])
        text = self._read(mail)
        self.assertIn(case.number, text)
        for personal in ("Mill Lane", "Please help", "access_token", "signup"):
            self.assertNotIn(personal, text)

    def test_acknowledgement_of_a_customer_case(self):
        case = self._create_case(partner_id=self.bakery.id, category_id=self.bin.id)
        self.bakery.email = "bakery@example.com"
        with self._outbox() as sent:
            case._notice_received()
        self.assertEqual(
            self._to(sent, "bakery@")[0]["Subject"],
            f"We have received your request {case.number}",
        )

    def test_acknowledgement_to_an_employee(self):
        """Whoever works for the city may petition it, and hears of the own case alone.

        Also of a confidential one, and with a user of another company.
        """
        elsewhere = self.env["res.company"].create({"name": "Waterworks"})
        moved = self._create_user(
            "moved",
            "base.group_user",
            email="moved@city.example",
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        self.outsider.email = "outsider@city.example"
        for user, nature in (
            (self.outsider, "complaint"),
            (self.outsider, "misconduct_report"),
            (moved, "complaint"),
        ):
            with self.subTest(user=user.login, nature=nature), self._outbox() as sent:
                case = self._create_case(
                    partner_id=user.partner_id.id, role="citizen", nature=nature
                ).sudo()
                case._notice_received()
                case.message_post(body="Note", subtype_xmlid="mail.mt_note")
                self._answer(case.sudo(), "An answer", self.env.ref("base.user_root"))
                texts = [self._read(mail) for mail in self._to(sent, user.email)]
                self.assertEqual(len(texts), 2, "the acknowledgement and the answer")
                self.assertIn("We have received", texts[0])
                self.assertIn("An answer", texts[1])

    def test_only_once(self):
        with self._outbox() as sent:
            case = self._deliver_case(trusted=True)
            case._notice_received()
            (case + case)._notice_received()
            case.with_user(self.portal).sudo()._notice_received()
        self.assertEqual(len(self._to(sent, "ada@example.com")), 1)
        self.assertTrue(case.acknowledged_date)

    def test_creating_sends_nothing(self):
        with self._outbox() as sent:
            self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        self.assertFalse(sent)

    def test_unknown_sender_is_answered_by_address(self):
        with self._outbox() as sent:
            case = self._deliver_case(sender="Carl <carl@example.org>")
            self._answer(case, "The hole is filled.")
        received, answer = self._to(sent, "carl@example.org")
        self.assertIn(case.number, received["Subject"])
        self.assertIn("The hole is filled.", self._read(answer))
        self.assertFalse(
            self.env["res.partner"].search([("email", "ilike", "carl@example.org")]),
            "no contact is made of an address that nobody has checked",
        )

    def test_answer_reaches_a_person_without_account(self):
        """Fails on the base, where only followers get answers."""
        case = self._create_case(partner_id=self.ben.id, category_id=self.tree.id)
        with self._outbox() as sent:
            self._answer(case, "It is pruned.")
        (mail,) = self._to(sent, "ben@example.com")
        self.assertEqual(mail["Subject"], f"Your case {case.number}")
        self.assertNotIn("access_token", self._read(mail))
        self.assertIn(f"parks@{DOMAIN}", mail["Reply-To"])
        self.assertNotIn(self.ben, case.message_partner_ids)

    def test_note_reaches_nobody(self):
        case = self._create_case(partner_id=self.ben.id, category_id=self.tree.id)
        with self._outbox() as sent:
            case.with_user(self.clerk).message_post(
                body="Between us.", message_type="comment", subtype_xmlid="mail.mt_note"
            )
        self.assertFalse(self._to(sent, "ben@example.com"))

    def test_own_message_is_not_sent_back(self):
        self.portal.partner_id.email = "portal@example.com"
        case = self._create_case(
            partner_id=self.portal.partner_id.id, category_id=self.tree.id
        )
        with self._outbox() as sent:
            case.with_user(self.portal).sudo().message_post(
                body="Still there.",
                author_id=self.portal.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        self.assertFalse(self._to(sent, "portal@example.com"))

    def test_suggested_recipients(self):
        """The composer makes contacts of addresses. Fails on the base."""
        case = self._deliver_case(sender="carl@example.org", Cc="dan@example.org")
        found = case.with_user(self.clerk)._message_get_suggested_recipients(
            reply_discussion=True
        )
        self.assertFalse([one for one in found if not one.get("partner_id")])

    def test_reply_to_without_department_address(self):
        """Replies never go to the mailbox of whoever wrote the answer."""
        self.company.alias_domain_id.catchall_alias = "catchall"
        case = self._create_case(partner_id=self.ben.id)
        with self._outbox() as sent:
            self._answer(case)
        (mail,) = self._to(sent, "ben@example.com")
        self.assertIn(f"@{DOMAIN}", mail["Reply-To"])
        self.assertNotIn("clerk", mail["Reply-To"].partition("<")[2])

    # ------------------------------------------------------------------ staff
    def _inbox(self, user, case):
        return self.env["mail.notification"].search_count(
            [
                ("res_partner_id", "=", user.partner_id.id),
                ("mail_message_id.model", "=", "helpdesk.ticket"),
                ("mail_message_id.res_id", "=", case.id),
            ]
        )

    def test_team_lead_is_told_of_a_new_case(self):
        case = self._deliver_case()
        self.assertEqual(self._inbox(self.lead, case), 1)
        self.assertEqual(self._inbox(self.teamworker, case), 0)

    def test_team_decides_who_is_told(self):
        self.roads.case_alert = "members"
        case = self._deliver_case()
        self.assertEqual(self._inbox(self.teamworker, case), 1)
        self.roads.case_alert = "nobody"
        case = self._deliver_case()
        self.assertEqual(self._inbox(self.lead, case), 0)

    def test_preference_for_mail(self):
        self.lead.notification_type = "email"
        with self._outbox() as sent:
            self._deliver_case()
        (mail,) = self._to(sent, "lead@city.example")
        self.assertNotIn("Mill Lane", mail["Subject"])

    def test_no_alert_without_clearance(self):
        """Whoever may not see a case does not hear of it either."""
        clearance = self.env.ref("citizen_crm.group_clearance_citizen")
        self.lead.group_ids -= clearance
        case = self._deliver_case()
        self.assertEqual(self._inbox(self.lead, case), 0)

    def test_no_alert_about_confidential_case(self):
        case = self._create_case(
            category_id=self.pothole.id, nature="misconduct_report", role="citizen"
        )
        case._notice_received()
        self.assertEqual(self._inbox(self.lead, case), 0)

    def test_resident_writes_on_the_page(self):
        """Staff hear of it once: the handler as follower, else the team lead."""
        case = self._create_case(
            partner_id=self.portal.partner_id.id, category_id=self.pothole.id
        )
        values = {
            "body": "Still there.",
            "author_id": self.portal.partner_id.id,
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
        }
        case.with_user(self.portal).sudo().message_post(**values)
        self.assertEqual(self._inbox(self.lead, case), 1)
        case.user_id = self.handler
        case.with_user(self.portal).sudo().message_post(**values)
        self.assertEqual(self._inbox(self.lead, case), 1)
        self.assertGreaterEqual(self._inbox(self.handler, case), 1)

    def test_the_way_to_the_page_of_the_case(self):
        """For who has an account; for others there is nothing to sign in to."""
        self.portal.write({"email": "portal@example.com", "lang": "en_US"})
        for partner, has_account in (
            (self.portal.partner_id, True),
            (self.ada, False),
        ):
            case = self._create_case(partner_id=partner.id, role="citizen").sudo()
            with self.subTest(partner.name), self._outbox() as sent:
                self._answer(case)
                [mail] = self._to(sent, partner.email)
            text = self._read(mail)
            self.assertNotIn("Helpdesk Ticket", text)
            self.assertEqual("View your case" in text, has_account)
            self.assertEqual(f"/my/case/{case._get_portal_key()}" in text, has_account)
            self.assertNotIn("access_token", text)
