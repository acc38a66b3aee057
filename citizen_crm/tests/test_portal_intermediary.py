"""The page on which an intermediary sees what was entrusted to them."""

from odoo.tests import HttpCase, tagged

from .common import CitizenCommon


@tagged("post_install", "-at_install")
class TestPortalIntermediary(CitizenCommon, HttpCase):
    def test_page(self):
        case = self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        case.message_post(body="We filled it", subtype_xmlid="mail.mt_comment")
        self.authenticate("test_portal", "test_portal")
        page = self.url_open("/my/entrusted")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(case.number, page.text)
        self.env["citizen.case.intermediary"].with_user(self.clerk).create(
            {"case_id": case.id, "partner_id": self.portal.partner_id.id}
        )
        page = self.url_open("/my/entrusted")
        for shown in (case.number, "Pothole", "We filled it"):
            self.assertIn(shown, page.text)
        for hidden in (self.ada.name, case.name):
            self.assertNotIn(hidden, page.text)
        self.assertEqual(self.url_open(f"/my/case/{case.number}").status_code, 404)

    def test_visitor_signs_in_first(self):
        page = self.url_open("/my/entrusted", allow_redirects=False)
        self.assertEqual(page.status_code, 303)
        self.assertIn("/web/login", page.headers["Location"])
