from odoo.tests import tagged

from .mail_common import CitizenMailCommon


@tagged("post_install", "-at_install")
class TestContactPreference(CitizenMailCommon):
    """A person hears from the city the way they want, and no other."""

    def _prefer(self, preference, **values):
        """Let Ben want this; return a case of his."""
        self.ben_citizen.with_user(self.clerk).contact_preference = preference
        return self._create_case(
            partner_id=self.ben.id, category_id=self.pothole.id, **values
        )

    def _mailed(self, sent, address="ben@example.com"):
        return [mail for mail in sent if address in str(mail["To"])]

    def _notes(self, case):
        return " ".join(case.sudo().message_ids.filtered("is_internal").mapped("body"))

    def test_default(self):
        self.assertEqual(self.ben_citizen.contact_preference, "email")
        customer = self._create_customer(self.bakery)
        self.assertEqual(customer.contact_preference, "email")

    def test_email(self):
        case = self._prefer("email", user_id=self.handler.id)
        with self._outbox() as sent:
            case._notice_received()
            self._answer(case, user=self.handler)
        self.assertEqual(len(self._mailed(sent)), 2)
        self.assertFalse(case.sudo().activity_ids)

    def test_portal(self):
        case = self._prefer("portal", user_id=self.handler.id)
        with self._outbox() as sent:
            case._notice_received()
            answer = self._answer(case, user=self.handler)
        self.assertFalse(self._mailed(sent))
        self.assertFalse(case.sudo().activity_ids)
        self.assertFalse(answer.sudo().is_internal, "it is on the page of the case")

    def test_phone_and_letter(self):
        for preference in ("phone", "letter"):
            with self.subTest(preference=preference), self._outbox() as sent:
                case = self._prefer(preference, user_id=self.handler.id)
                self._answer(case, "The hole is filled.", user=self.handler)
                self.assertFalse(self._mailed(sent))
                activity = case.with_user(self.handler).activity_ids
                self.assertEqual(activity.user_id, self.handler)
                self.assertEqual(
                    activity.summary,
                    f"Tell the person by {preference}: The hole is filled.",
                )

    def test_notice_once_and_to_the_team_lead(self):
        case = self._prefer("letter")
        with self._outbox() as sent:
            case._notice_received()
            case._notice_received()
        self.assertFalse(self._mailed(sent))
        activity = case.with_user(self.lead).activity_ids
        self.assertEqual(activity.user_id, self.lead)
        self.assertIn(case.number, activity.summary)

    def test_nobody_to_ask(self):
        self.roads.user_id = False
        case = self._prefer("phone")
        self._answer(case, "The hole is filled.")
        self.assertFalse(case.sudo().activity_ids)
        self.assertIn("Tell the person by phone", self._notes(case))

    def test_lead_without_clearance_is_not_asked(self):
        self.lead.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        case = self._prefer("phone")
        case._notice_received()
        self.assertFalse(case.sudo().activity_ids)
        self.assertIn("Tell the person by phone", self._notes(case))

    def test_follower_and_chosen_recipient(self):
        case = self._prefer("portal", user_id=self.handler.id)
        case.sudo().message_subscribe(self.ben.ids)
        with self._outbox() as sent:
            case.with_user(self.handler).message_post(
                body="Done.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.ben.ids,
            )
        self.assertFalse(self._mailed(sent))

    def test_note_asks_for_nothing(self):
        case = self._prefer("phone", user_id=self.handler.id)
        case.with_user(self.handler).message_post(
            body="Between us.", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertFalse(case.sudo().activity_ids)

    def test_contact_of_an_organisation(self):
        self._create_customer(self.bakery, contact_preference="letter")
        self.baker.email = "baker@example.com"
        case = self._create_case(
            partner_id=self.baker.id, category_id=self.bin.id, user_id=self.handler.id
        )
        with self._outbox() as sent:
            self._answer(case)
        self.assertFalse(self._mailed(sent, "baker@example.com"))
        self.assertEqual(case.with_user(self.handler).contact_preference, "letter")

    def test_case_without_person(self):
        with self._outbox() as sent:
            case = self._deliver_case(sender="Carl <carl@example.org>")
            self._answer(case)
        self.assertFalse(case.contact_preference)
        self.assertEqual(len(self._mailed(sent, "carl@example.org")), 2)
