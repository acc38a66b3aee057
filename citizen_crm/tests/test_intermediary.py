"""Intermediaries see status and answers, with the person's consent only."""

from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import NOW, CitizenCommon


@tagged("post_install", "-at_install")
class TestIntermediary(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.councillor = cls.portal.partner_id
        cls.case = cls._create_case(partner_id=cls.ada.id, category_id=cls.pothole.id)

    def _entrust(self, **values):
        return (
            self.env["citizen.case.intermediary"]
            .with_user(self.clerk)
            .create(
                {
                    "case_id": self.case.id,
                    "partner_id": self.councillor.id,
                    "consent_date": NOW.date(),
                    **values,
                }
            )
        )

    def _get_known(self):
        return self.Case.sudo()._get_intermediary_cases(self.councillor)

    def test_nothing_without_consent(self):
        self.assertEqual(self._get_known(), [])

    def test_status_and_answers(self):
        self._entrust()
        self.case.message_post(body="Note among staff", subtype_xmlid="mail.mt_note")
        self.case.message_post(body="We filled it", subtype_xmlid="mail.mt_comment")
        (known,) = self._get_known()
        self.assertEqual(known["number"], self.case.number)
        self.assertEqual(known["status"], self.case.stage_id.status_text)
        self.assertEqual(
            [html2plaintext(answer["body"]) for answer in known["answers"]],
            ["We filled it"],
        )

    def test_archived_cases(self):
        """Expected: what was taken out while open is gone, what had ended stays."""
        self._entrust()
        self.case.sudo().active = False
        self.assertEqual(self._get_known(), [])
        self.case.sudo().active = True
        self._move(self.case.sudo(), "withdrawn")
        self.case.sudo().active = False
        self.assertEqual(len(self._get_known()), 1)

    def test_the_person_is_not_named(self):
        self._entrust()
        text = str(self._get_known())
        for secret in (self.ada.name, self.ada.email, self.case.name):
            self.assertNotIn(secret, text)

    def test_the_case_itself_stays_closed(self):
        self._entrust()
        self.env.invalidate_all()
        self.assertFalse(
            self.Case.with_user(self.portal).search([("id", "=", self.case.id)])
        )
        with self.assertRaises(AccessError):
            self.env["citizen.case.intermediary"].with_user(self.portal).search([])

    def test_consent_begins_and_ends(self):
        day = timedelta(days=1)
        entry = self._entrust(consent_date=NOW.date() - day, date_to=NOW.date())
        self.assertTrue(self._get_known())
        self.assertSearchAgrees(entry.browse(), "is_current", [True, False])
        entry.date_to = NOW.date() - day
        self.assertEqual(self._get_known(), [])
        self.assertSearchAgrees(entry.browse(), "is_current", [True, False])

    def test_priority_and_history_stay(self):
        before = self.case.priority, self.case.due_date, len(self.case.event_ids)
        self._entrust()
        after = self.case.priority, self.case.due_date, len(self.case.event_ids)
        self.assertEqual(before, after)

    def test_refused(self):
        with self.assertRaises(ValidationError):
            self._entrust(partner_id=self.ada.id)
        self.case.sudo().nature = "misconduct_report"
        with self.assertRaises(ValidationError):
            self._entrust()

    def test_confidential_later(self):
        self._entrust()
        self.case.sudo().nature = "misconduct_report"
        self.assertEqual(self._get_known(), [])
