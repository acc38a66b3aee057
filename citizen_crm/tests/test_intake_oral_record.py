from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
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
