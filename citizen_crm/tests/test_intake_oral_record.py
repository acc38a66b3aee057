from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import NOW
from .intake_common import IntakeCommon


class TestIntakeOralRecord(IntakeCommon):
    def test_read_back(self):
        case = self._registered(self._register(oral_record_state="read_back"))
        self.assertEqual(case.oral_record_state, "read_back")
        self.assertEqual(case.oral_record_by_id, self.desk)
        self.assertEqual(case.oral_record_at, NOW)

    def test_not_read_back_with_a_reason(self):
        case = self._registered(
            self._register(
                oral_record_state="not_read_back", oral_record_reason="hung_up"
            )
        )
        self.assertEqual(case.oral_record_reason, "hung_up")
        self.assertEqual(case.oral_record_by_id, self.desk)

    def test_other_reason_needs_a_note(self):
        other = {"oral_record_state": "not_read_back", "oral_record_reason": "other"}
        with self.assertRaisesRegex(ValidationError, "^Note on the Oral Record:"):
            self._register(**other)
        case = self._registered(self._register(**other, oral_record_note="Power cut"))
        self.assertEqual(case.oral_record_note, "Power cut")

    def test_counter_needs_it_letter_does_not(self):
        with self.assertRaisesRegex(ValidationError, "^Oral Record:"):
            self._register(channel_id=self.counter.id, oral_record_state=False)
        case = self._registered(
            self._register(channel_id=self.letter.id, oral_record_state="read_back")
        )
        self.assertEqual(case.oral_record_state, "not_needed")
        self.assertFalse(case.oral_record_at)

    def test_customer_case_needs_none(self):
        case = self._registered(
            self._register(
                category_id=self.bin.id,
                person_kind="known",
                partner_id=self.ada.id,
                oral_record_state=False,
            )
        )
        self.assertEqual(case.oral_record_state, "not_needed")

    def test_who_and_when_are_not_set_by_hand(self):
        case = self._create_case(
            oral_record_state="read_back",
            oral_record_at="2020-01-01 00:00:00",
            oral_record_by_id=self.manager.id,
        )
        self.assertEqual(case.oral_record_at, NOW)
        self.assertEqual(case.oral_record_by_id, self.clerk)
        case.oral_record_state = "not_needed"
        self.assertFalse(case.oral_record_at)

    @mute_logger("odoo.sql_db")
    def test_reason_only_with_its_state(self):
        case = self._create_case()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            case.oral_record_reason = "hung_up"
            case.flush_recordset()


class TestOralRecordOfPlainCases(IntakeCommon):
    """What staff register without New Intake: by the form of the case or by RPC."""

    REASON = "^Oral Record:"

    def test_spoken_citizen_case_is_refused_without_it(self):
        for channel in self.phone + self.counter:
            with (
                self.subTest(channel.name),
                self.assertRaisesRegex(ValidationError, self.REASON),
            ):
                self._create_case(channel_id=channel.id)
        case = self._create_case(
            channel_id=self.phone.id, oral_record_state="read_back"
        )
        self.assertEqual(case.oral_record_by_id, self.clerk)
        for values in (
            {"channel_id": self.letter.id},
            {"channel_id": self.phone.id, "role": "customer"},
            {},
        ):
            self.assertEqual(
                self._create_case(**values).oral_record_state, "not_needed"
            )

    def test_by_the_form(self):
        form = Form(self.Case.with_user(self.clerk))
        form.name, form.description = "Hole", "<p>Deep.</p>"
        self.assertTrue(form._get_modifier("oral_record_state", "invisible"))
        form.channel_id = self.phone
        self.assertFalse(form._get_modifier("oral_record_state", "invisible"))
        with self.assertRaisesRegex(ValidationError, self.REASON), self.cr.savepoint():
            form.save()
        form.oral_record_state = "not_read_back"
        form.oral_record_reason = "hung_up"
        self.assertEqual(form.save().oral_record_by_id, self.clerk)

    def test_by_the_uncleared_clerk(self):
        """Who may not see the case is told the same."""
        values = self._case_values(channel_id=self.phone.id)
        Case = self.Case.with_user(self.uncleared)
        with self.assertRaisesRegex(ValidationError, self.REASON), self.cr.savepoint():
            Case.create(values)
        self.assertTrue(Case.create({**values, "oral_record_state": "read_back"}))

    def test_it_is_not_taken_back(self):
        """Neither by the state, nor by a channel or role that comes later."""
        spoken = self._create_case(
            channel_id=self.phone.id, oral_record_state="read_back"
        )
        written = self._create_case(channel_id=self.letter.id)
        service = self._create_case(channel_id=self.phone.id, role="customer")
        for case, values in (
            (spoken, {"oral_record_state": "not_needed"}),
            (written, {"channel_id": self.phone.id}),
            (service, {"role": "citizen"}),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, self.REASON),
                self.cr.savepoint(),
            ):
                case.write(values)
        spoken.channel_id = self.letter
        spoken.oral_record_state = "not_needed"

    def test_copy_was_not_spoken(self):
        case = self._create_case(
            channel_id=self.phone.id, oral_record_state="read_back"
        )
        self.assertFalse(case.copy().channel_id)

    def test_imports_and_mail_register_what_they_get(self):
        """1. An import, as staff; 2. a voice mailbox that sends mails, as the system.
        Expected: neither can read anything back; both cases are registered.
        """
        values = self._case_values(channel_id=self.phone.id)
        imported = self.Case.with_user(self.clerk)._create_backdated([(values, [])])
        self.assertEqual(imported.oral_record_state, "not_needed")
        self.assertEqual(self.Case.create(values).channel_id, self.phone)
        imported.name = "A later change of something else"


class TestIntakeReceipt(IntakeCommon):
    def _get_receipt(self, case, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.desk)
        html, kind = report._render_qweb_html(
            "citizen_crm.citizen_case_receipt", case.ids
        )
        self.assertEqual(kind, "html")
        return html.decode()

    def test_number_and_words_but_nothing_internal(self):
        result = self._register(
            person_kind="known",
            partner_id=self.ada.id,
            description="Deep hole.",
            oral_record_note="Sounded angry",
        )
        case = self._registered(result)
        case.user_id = self.handler
        case.message_post(body="Internal remark", subtype_xmlid="mail.mt_note")
        receipt = self._get_receipt(case)
        self.assertEqual(result["receipt_url"], case._get_receipt_url())
        for text in (case.number, "Ada Fox", "Deep hole.", "Mill Street 12"):
            self.assertIn(text, receipt)
        self.assertIn("read back to you and you confirmed", receipt)
        for secret in ("Sounded angry", "Internal remark", self.handler.name):
            self.assertNotIn(secret, receipt)

    def test_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.pothole.with_context(lang="fr_FR").name = "Nid-de-poule"
        self.ada.lang = "fr_FR"
        case = self._registered(
            self._register(person_kind="known", partner_id=self.ada.id)
        )
        self.assertIn("Nid-de-poule", self._get_receipt(case))

    def test_not_read_back_is_said(self):
        case = self._registered(
            self._register(
                oral_record_state="not_read_back", oral_record_reason="hung_up"
            )
        )
        self.assertIn("could not be read back", self._get_receipt(case))

    def test_confidential_report_is_printed_once(self):
        """1. A clerk takes a report of misconduct, which is out of sight at once.
        2. Expected: the result brings the page to print, with number and text; the
           report itself stays closed, and so does a second page.
        """
        for user in self.desk + self.uncleared:
            with self.subTest(user.login):
                result = self._register(
                    user,
                    nature="misconduct_report",
                    description="He took money.",
                    person_kind="new",
                    person_name="Dora Quay",
                )
                case = self._registered(result)
                self.assertFalse(result["receipt_url"])
                for text in (case.number, "Dora Quay", "He took money."):
                    self.assertIn(text, result["receipt_page"])
                with self.assertRaises(AccessError):
                    self._get_receipt(case, user)
                self._age(case)
                with self.assertRaises(AccessError):
                    case.with_user(user)._render_receipt()

    def test_page_only_for_the_one_who_registered(self):
        case = self._registered(self._register(nature="misconduct_report"))
        with self.assertRaises(AccessError):
            case.with_user(self.clerk)._render_receipt()
        own = self._registered(self._register())
        self._age(own)
        self.assertIn(own.number, own.with_user(self.desk)._render_receipt())

    def test_no_page_where_the_case_can_be_opened(self):
        self.assertFalse(self._register()["receipt_page"])

    def _age(self, case):
        """Let the case be registered in an earlier transaction."""
        self.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = create_date - interval '1 minute'"
            " WHERE id = %s",
            (case.id,),
        )
        case.invalidate_recordset()
