"""Who acts for somebody: verified by a second person, and not a day longer."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import CLEARED, NOW, CitizenCommon

DAY = timedelta(days=1)


@freeze_time("2026-03-04 08:00:00")
class TestRepresentation(CitizenCommon):
    """``eve`` acts for ``ada``; the clerk records it, the colleague verifies it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.citizen_tz = "UTC"
        cls.eve = cls.portal.partner_id
        cls.eve.email = "eve@example.com"
        cls.colleague = cls._create_user(
            "colleague", f"citizen_crm.group_intake_clerk,{CLEARED}"
        )
        cls.case = cls._create_case(partner_id=cls.ada.id, category_id=cls.pothole.id)
        cls.other = cls._create_case(partner_id=cls.ben.id, category_id=cls.pothole.id)

    def _record(self, **values):
        return (
            self.env["citizen.representation"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.ada.id,
                    "representative_id": self.eve.id,
                    "kind": "guardian",
                    "basis": "court",
                    "document": "Order 12 C 34/26, original seen",
                    "date_from": NOW.date(),
                    "may_withdraw": True,
                    **values,
                }
            )
        )

    def _act(self, **values):
        """Let it be in force."""
        one = self._record(**values)
        one.with_user(self.colleague).action_verify()
        return one

    def _seen(self):
        self.env.flush_all()
        self.env.invalidate_all()
        own = self.Case.with_user(self.portal)
        found = own.search([])
        for case in self.Case.search([]).with_user(self.portal):
            self.assertEqual(case.has_access("read"), case in found, case.name)
        return found.with_env(self.case.env)

    def _bakery_order(self, **values):
        order = {"role": "customer", "category_id": self.bin.id}
        return self._create_case(partner_id=self.baker.id, **order, **values)

    # ---------------------------------------------------------------- who sees
    def test_in_force_it_opens_the_cases_of_the_person_alone(self):
        self.assertFalse(self._seen())
        self._act()
        self.assertEqual(self._seen(), self.case)
        self.assertEqual(self.case.representatives, "Portal")
        with self.assertRaises(AccessError):
            self.case.with_user(self.portal).write({"name": "Mine"})

    def test_nothing_before_it_is_verified(self):
        self._record()
        self.assertFalse(self._seen())

    def test_from_its_first_to_its_last_day(self):
        self._act(date_from=NOW.date() + DAY, date_to=NOW.date() + 2 * DAY)
        self.assertFalse(self._seen())
        for days, sees in ((1, True), (2, True), (3, False)):
            with self.subTest(days=days), freeze_time(NOW + days * DAY):
                self.assertEqual(bool(self._seen()), sees)

    def test_the_day_is_that_of_the_city(self):
        """Whoever chooses another zone for the own account gains no day by it."""
        self._act(date_to=NOW.date())
        self.portal.tz = "Pacific/Pago_Pago"
        with freeze_time("2026-03-05 01:00:00"):
            self.assertFalse(self._seen())
        self.company.citizen_tz = "America/New_York"
        with freeze_time("2026-03-05 01:00:00"):
            self.assertEqual(self._seen(), self.case)

    def test_withdrawn_it_ends_at_once(self):
        one = self._act()
        self.assertEqual(self._seen(), self.case)
        own = self.case.with_user(self.portal)
        self.assertTrue(own.has_access("read"))
        with self.assertRaisesRegex(UserError, "say why"):
            one._withdraw(" ")
        one._withdraw("By letter of today")
        self.assertFalse(own.has_access("read"), "in the same transaction")
        self.assertFalse(self._seen())
        self.assertEqual((one.state, one.withdrawn_by_id), ("withdrawn", self.clerk))
        with self.assertRaisesRegex(UserError, "ended already"):
            one._withdraw("Again")

    def test_confidential_reports_stay_closed_but_the_own_ones(self):
        self._act()
        report = self._create_case(partner_id=self.ada.id, nature="misconduct_report")
        with self.assertRaisesRegex(UserError, "notes it itself"):
            self.case.with_user(self.clerk).filed_by_id = self.eve
        filed = self._create_case(
            self.env.user,
            partner_id=self.ada.id,
            nature="misconduct_report",
            filed_by_id=self.eve.id,
        )
        self.assertTrue(report.sudo().confidential and filed.sudo().confidential)
        self.assertEqual(self._seen(), self.case + filed)
        self.case.sudo().nature = "misconduct_report"
        self.assertEqual(self._seen(), filed)

    def test_customer_cases_of_a_private_person_not_of_the_employer(self):
        order = {"role": "customer", "category_id": self.bin.id}
        private = self._create_case(partner_id=self.ada.id, **order)
        self._bakery_order()
        self._act()
        self._act(partner_id=self.baker.id)
        self.assertEqual(self._seen(), self.case + private)

    def test_an_organisation_is_represented_as_a_customer(self):
        mine = self._bakery_order()
        self._create_case(partner_id=self.baker.id, role="citizen")
        self._act(partner_id=self.bakery.id, kind="organisation", basis="register")
        self.assertEqual(self._seen(), mine)

    def test_archived_people_and_staff_see_nothing(self):
        self._act()
        self.ada.active = False
        self.assertFalse(self._seen())
        self.ada.active = True
        self.assertEqual(self._seen(), self.case)
        # Whoever becomes staff loses it with the portal account.
        Representation = self.env["citizen.representation"]
        with patch.object(type(Representation), "_is_staff", lambda *args: True):
            self.assertFalse(self._seen())

    def test_merged_contacts_widen_nothing(self):
        one = self._act()
        twin = self._create_partner("Ada M. Fox", email=self.ada.email)
        hidden = self._create_case(partner_id=twin.id)
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(
            self._create_user("merge", f"citizen_crm.group_intake_clerk,{CLEARED}")
        )
        wizard.create(
            {
                "partner_ids": [(6, 0, (self.ada + twin).ids)],
                "dst_partner_id": self.ada.id,
            }
        ).action_merge()
        self.assertEqual(hidden.partner_id, self.ada)
        self.assertEqual(one.state, "unverified")
        self.assertFalse(self._seen())
        one.with_user(self.colleague).action_verify()
        self.assertEqual(self._seen(), self.case + hidden)

    def test_merging_both_sides_ends_it(self):
        one = self._act()
        self.env["base.partner.merge.automatic.wizard"]._void_representations(
            self.ada + self.eve
        )
        self.assertEqual(one.state, "withdrawn")

    def test_the_database_gets_ids_and_uses_its_indexes(self):
        """The rule asks for one person's ids; no join, no scan of all cases."""
        self._act()
        self.env.flush_all()
        own = self.Case.with_user(self.portal)
        query = own._search([])
        sql = query.select().code
        self.assertNotIn("citizen_representation", sql)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("EXPLAIN " + sql, query.select().params)
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertNotIn("Seq Scan on helpdesk_ticket", plan)

    def test_search_agrees(self):
        self._act()
        self.assertSearchAgrees(
            self.Case.with_user(self.portal).sudo(), "is_represented", [True]
        )

    # ------------------------------------------------------------------ rights
    def test_nobody_verifies_what_they_have_recorded(self):
        one = self._record()
        with self.assertRaisesRegex(UserError, "somebody else"):
            one.action_verify()
        with self.assertRaises(AccessError):
            one.write({"verified_at": NOW, "verified_by_id": self.colleague.id})
        with self.assertRaises(AccessError):
            self._record(verified_at=NOW)
        with self.assertRaises(AccessError):
            one.with_context(default_verified_at=NOW).create([{}])
        one.with_user(self.colleague).action_verify()
        self.assertEqual((one.state, one.verified_by_id), ("in_force", self.colleague))
        with self.assertRaisesRegex(UserError, "nothing is to be verified"):
            one.with_user(self.colleague).action_verify()

    def test_what_was_verified_only_ends_earlier(self):
        one = self._act(date_to=NOW.date() + 9 * DAY)
        for values in (
            {"representative_id": self.ben.id},
            {"date_to": NOW.date() + 10 * DAY},
            {"date_to": False},
            {"document": "Another one"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                one.write(values)
        one.date_to = NOW.date() + DAY
        with self.assertRaises(AccessError):
            one.unlink()
        with self.assertRaisesRegex(UserError, "stays on record"):
            one.sudo().unlink()

    def test_clearance_decides_who_sees_them(self):
        one = self._act()
        plain = self._create_user("plain", "citizen_crm.group_case_handler")
        self.assertFalse(one.with_user(plain).search([]))
        with self.assertRaises(AccessError):
            one.with_user(plain).read(["document"])
        with self.assertRaises(AccessError):
            one.with_user(self.portal).search([])

    def test_bad_input_is_refused_by_name(self):
        for values, words in (
            ({"representative_id": self.ada.id}, "nobody represents themselves"),
            ({"kind": "organisation"}, "Kind:"),
            ({"partner_id": self.bakery.id}, "Kind:"),
            ({"representative_id": self.bakery.id}, "name the person"),
            ({"representative_id": self.clerk.partner_id.id}, "is staff"),
        ):
            with (
                self.subTest(words=words),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                self._record(**values)

    def test_it_does_not_end_before_it_begins(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._record(date_to=NOW.date() - DAY)

    # ------------------------------------------------------------------ letters
    def _mails_to(self, case, post):
        """Return the addresses that the mails of what is posted go to."""
        before = self.env["mail.mail"].sudo().search([])
        post(case)
        mails = self.env["mail.mail"].sudo().search([]) - before
        return sorted(
            address
            for mail in mails
            for address in (mail.recipient_ids.mapped("email") or [mail.email_to or ""])
        )

    def _say(self, case):
        case.with_user(self.clerk).message_post(
            body="We come on Monday.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def test_letters_go_to_both_and_to_nobody_after_the_end(self):
        one = self._act()
        self._act(representative_id=self._create_partner("Carl", email="c@e.com").id)
        both = ["ada@example.com", "c@e.com", "eve@example.com"]
        self.assertEqual(self._mails_to(self.case, self._say), both)
        # One mail each: nobody learns who else acts for the person.
        last = self.env["mail.mail"].sudo().search([], limit=3, order="id desc")
        self.assertFalse([m for m in last if "," in (m.email_to or "")])
        notice = lambda case: case.sudo()._notice_received()  # noqa: E731
        fresh = self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        self.assertIn("eve@example.com", self._mails_to(fresh, notice))
        one._withdraw("Ended")
        self.assertNotIn("eve@example.com", self._mails_to(self.case, self._say))

    def test_notes_and_confidential_letters_stay_inside(self):
        self._act()
        note = lambda case: case.message_post(body="Among us")  # noqa: E731
        self.assertFalse(self._mails_to(self.case, note))
        self.case.sudo().nature = "misconduct_report"
        self.assertNotIn(
            "eve@example.com",
            self._mails_to(
                self.case.sudo(),
                lambda case: case.message_post(
                    body="x", message_type="comment", subtype_xmlid="mail.mt_comment"
                ),
            ),
        )

    def test_a_person_without_an_address_is_told_by_them(self):
        self.ada.email = False
        self._act()
        case = self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        found = self._mails_to(case, lambda one: one.sudo()._notice_received())
        self.assertEqual(found, ["eve@example.com"])
        self.assertIn("acknowledged", case.sudo().event_ids.mapped("kind"))
