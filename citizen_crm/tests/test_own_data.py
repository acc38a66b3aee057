"""A person gets all own data and nothing else; what was filed stays as it was."""

import base64
import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import CLEARED
from .portal_common import PortalCase

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


class TestOwnData(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case(cls.ada, name="My hole")
        cls.bins = cls._create_case(
            cls.ben, name="Of Ben", category_id=cls.bin.id, role="customer"
        )
        for case in (cls.case, cls.bins):
            case.with_user(cls.handler).message_post(
                body="We mended it.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            case.with_user(cls.handler).message_post(body="A secret note")
        cls.bins.with_user(cls.ada).message_post(
            body="Ada of the same bakery",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        cls.officer = cls._create_user(
            "p_officer", f"citizen_crm.group_privacy_officer,{CLEARED}"
        )
        cls.handler.name = "Hidden Handler"

    # ------------------------------------------------------------------ portal
    def test_page(self):
        self._login(self.ada)
        page = self.url_open("/my/data")
        self.assertStatus(page, 200)
        self.assertIn("/my/data/download", page.text)
        self.assertIn("/my/data", self.url_open("/my/home").text)

    def test_download(self):
        self._login(self.ada)
        answer = self.url_open("/my/data/download")
        self.assertStatus(answer, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        data = json.loads(answer.content)
        self.assertEqual(data["person"]["email"], "p_ada@example.com")
        self.assertEqual([c["number"] for c in data["cases"]], [self.case.number])
        [message] = data["cases"][0]["messages"]
        self.assertEqual(message["text"].strip(), "We mended it.")
        self.assertEqual(message["from"], "Roads Department")
        for hidden in ("secret", "Hidden Handler", "Of Ben"):
            self.assertNotIn(hidden, answer.text)
        row = self.env["citizen.data.handout"].search(
            [("partner_id", "=", self.ada.partner_id.id)]
        )
        self.assertEqual((row.user_id, row.case_numbers), (self.ada, self.case.number))

    def test_copy_without_the_program_is_a_page_that_says_so(self):
        self._login(self.ada)
        with self._state("install"):
            page = self.url_open(f"/my/case/{self.case.number}/copy")
        self.assertEqual(page.status_code, 200)
        self.assertIn("A PDF cannot be made at the moment", page.text)
        for shown in (self.case.number, "My hole", "Deep.", "We mended it."):
            self.assertIn(shown, page.text)
        for hidden in ("secret", "Hidden Handler"):
            self.assertNotIn(hidden, page.text)

    def test_copy_is_a_pdf_where_the_program_is(self):
        self._login(self.ada)
        Report = self.env.registry["ir.actions.report"]
        with (
            self._state("ok"),
            patch.object(
                Report,
                "_render_qweb_pdf",
                lambda *_args, **_kwargs: (b"%PDF-1.4 case", "pdf"),
            ),
        ):
            answer = self.url_open(f"/my/case/{self.case.number}/copy")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn(".pdf", answer.headers["Content-Disposition"])

    def test_copy_of_a_stranger_and_third_parties(self):
        self._login(self.eve)
        self.assertStatus(self.url_open(f"/my/case/{self.case.number}/copy"), 404)
        self._login(self.ben)
        with self._state("install"):
            page = self.url_open(f"/my/case/{self.bins.number}/copy")
        self.assertIn("Somebody else of the organisation", page.text)
        self.assertNotIn(self.ada.name, page.text)

    def _state(self, state):
        return patch.object(
            self.env.registry["ir.actions.report"],
            "get_wkhtmltopdf_state",
            lambda _self: state,
        )

    # ----------------------------------------------------------------- officer
    def _look_up(self, email):
        form = Form(self.env["citizen.data.export"].with_user(self.officer))
        form.email = email
        return form

    def test_lookup_by_address(self):
        """Unlinked cases are found by the address they came from, too."""
        loose = self.Case.create(
            {"name": "L", "description": "x", "partner_email": "P_Ada@Example.com"}
        )
        self.Case.create(
            {"name": "N", "description": "x", "partner_email": "pxada@example.com"}
        )
        form = self._look_up(" P_ADA@example.com ")
        self.assertEqual(form.partner_id, self.ada.partner_id)
        self.assertEqual(form.unlinked_count, 1)
        form.identity = "Identity card"
        wizard = form.save()
        self.assertEqual(wizard.case_ids, self.case + loose)
        with self._state("install"):
            wizard.action_hand_out()
        data = json.loads(base64.b64decode(wizard.data_file))
        self.assertEqual(len(data["cases"]), 2)
        self.assertEqual(wizard.copy_name, "cases.html")
        self.assertIn(b"We mended it.", base64.b64decode(wizard.copy_file))
        row = self.env["citizen.data.handout"].search([], limit=1)
        self.assertEqual(
            (row.user_id, row.identity, row.partner_id),
            (self.officer, "Identity card", self.ada.partner_id),
        )
        for act in (row.unlink, lambda: row.write({"identity": "None"})):
            with self.assertRaises(AccessError):
                act()

    def test_officer_hands_out_only_what_they_may_see(self):
        self._create_case(self.ada, name="Report", nature="misconduct_report")
        wizard = self._look_up("p_ada@example.com").save()
        self.assertEqual((wizard.case_ids, wizard.hidden_count), (self.case, 1))
        with self.assertRaisesRegex(UserError, "How You Made Sure"):
            wizard.action_hand_out()
        wizard.identity = "Identity card"
        wizard.case_ids += self.bins
        with self.assertRaisesRegex(UserError, "is not of this person"):
            wizard.action_hand_out()

    def test_nobody_there(self):
        wizard = self._look_up("nobody@example.com").save()
        wizard.identity = "Identity card"
        with self.assertRaisesRegex(UserError, "no contact and no case"):
            wizard.action_hand_out()
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            self.env["citizen.data.export"].with_user(self.handler).create({})

    # ----------------------------------------------------------- rectification
    def test_filed_text_is_not_rewritten(self):
        text = str(self.case.description)
        for user in (
            self.handler,
            self.ada,
            self.officer,
            self.env.ref("base.user_admin"),
        ):
            with (
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
                mute_logger(*QUIET),
            ):
                self.case.with_user(user).write({"description": "<p>Other</p>"})
        self.assertEqual(str(self.case.description), text)
        self.case.with_user(self.handler).write({"description": text, "place": "Here"})
        self.assertEqual(self.case.place, "Here")

    def test_changed_contact_is_no_longer_verified(self):
        person = self.ada.partner_id
        person._set_contact_verified(self.officer)
        person.with_user(self.ada).sudo().email = "new@example.com"
        self.assertFalse(person.contact_verified_date)
