"""What staff see as the person is what the person sees, block by block."""

import re

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.read_only_page import LEFT_OUT_CLASS, PAGE_CLASS
from .portal_common import PNG, PortalCase

BANNER = "o_citizen_staff_banner"


@tagged("post_install", "-at_install")
class TestAsPerson(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case(
            cls.ada, place="Mill Lane 4", user_id=cls.handler.id
        )
        cls.env["ir.attachment"].with_user(cls.ada).sudo().create(
            {
                "name": "hole.png",
                "raw": PNG,
                "res_model": "helpdesk.ticket",
                "res_id": cls.case.id,
            }
        )
        cls.case.with_user(cls.handler).message_post(
            body="Which side?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        cls.case.message_post(body="SECRET NOTE", subtype_xmlid="mail.mt_note")

    def _get_staff_page(self, case=None, user=None):
        self._login(user or self.handler)
        action = (case or self.case).with_user(user or self.handler)
        return self.url_open(action.action_view_as_person()["url"])

    def _get_blocks(self, response, path):
        """Return the parts of a page, as far as both kinds of reader get them."""
        self.assertStatus(response, 200)
        [page] = html.document_fromstring(response.text).find_class(PAGE_CLASS)
        for one in [*page.iter("form"), *page.find_class(LEFT_OUT_CLASS)]:
            one.getparent().remove(one)
        for one in page.find_class(BANNER):
            one.getparent().remove(one)
        for one in page.iter("a"):
            if not one.get("href", "").startswith(f"{path}/file/"):
                one.attrib.pop("href", None)
        blocks = [html.tostring(block, encoding="unicode") for block in page]
        return [" ".join(re.sub(f"{path}/", "", block).split()) for block in blocks]

    def assertSamePage(self, case=None, user=None):
        case, user = case or self.case, user or self.ada
        self._login(user)
        path = f"/my/case/{case._get_portal_key()}"
        theirs = self._get_blocks(self.url_open(path), path)
        ours = self._get_blocks(
            self._get_staff_page(case), f"/citizen/case/{case.id}/as-person"
        )
        self.assertEqual(len(ours), len(theirs))
        for ours_block, theirs_block in zip(ours, theirs, strict=True):
            self.assertEqual(ours_block, theirs_block)
        return " ".join(ours)

    def test_the_same_block_by_block(self):
        said = self.assertSamePage()
        for text in ("Which side?", "Mill Lane 4", "hole.png", "You are here"):
            self.assertIn(text, said)
        self.assertNotIn("SECRET NOTE", said)

    def test_nothing_to_press_and_a_banner(self):
        page = self._get_staff_page()
        [main] = html.document_fromstring(page.text).find_class(PAGE_CLASS)
        self.assertFalse(list(main.iter("form", "input", "textarea", "button")))
        self.assertIn(f"Case {self.case.number} as the person sees it", page.text)
        names = [line.text for line in main.find_class(LEFT_OUT_CLASS)]
        self.assertIn("Button of the person: Send message", names)
        self.assertNotIn("token", page.url)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        links = [link.get("href") for link in main.iter("a") if link.get("href")]
        self.assertTrue(links)
        for link in links:
            self.assertIn("/as-person/", link)

    def test_files_open(self):
        page = self._get_staff_page()
        [main] = html.document_fromstring(page.text).find_class(PAGE_CLASS)
        [link] = {
            a.get("href") for a in main.iter("a") if "/file/" in a.get("href", "")
        }
        self.assertEqual(self.url_open(link).content, PNG)
        self.assertEqual(self.url_open(f"{link}9").status_code, 404)

    def test_closed_case(self):
        """What the person may do is named; whether they said how it was is not."""
        self.case.stage_id = self.env.ref("citizen_crm.stage_closed")
        page = self._get_staff_page()
        self.assertIn("Open again", page.text)
        self.assertNotIn("Tell us how it was", page.text)

    def test_their_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.ada.lang = "es_ES"
        self._login(self.handler)
        page = self._get_staff_page()
        lang = html.document_fromstring(page.text).get("lang")
        self.assertEqual(lang, "es-ES")
        self.assertIn("Only you see this line", page.text, "this is for staff")

    def test_without_an_account(self):
        person = self.env["res.partner"].create({"name": "Dora Elm"})
        case = self._create_case(self.ada, partner_id=person.id)
        case.message_post(
            body="We look.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        secret = case._get_secret_to_tell()
        self.env["citizen.case.token"].flush_model()
        ours = self._get_blocks(
            self._get_staff_page(case), f"/citizen/case/{case.id}/as-person"
        )
        self.authenticate(None, None)
        self._post("/track", number=case.number, secret=secret)
        theirs = self._get_blocks(self.url_open("/track/case"), "/track/case")
        self.assertEqual(ours, theirs)
        self.assertIn("We look.", " ".join(ours))

    def test_reading_a_confidential_case_is_on_record(self):
        group = self.env.ref("citizen_crm.group_confidential")
        self.handler.group_ids += group
        report = self._create_case(self.ada, nature="misconduct_report")
        self.assertSamePage(report)
        rows = self.env["citizen.case.read"].search(
            [("case_id", "=", report.id), ("user_id", "=", self.handler.id)]
        )
        self.assertIn("portal", rows.mapped("way"))

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_for_staff_who_may_read_it(self):
        url = f"/citizen/case/{self.case.id}/as-person"
        for user in (self.ada, self.eve):
            self._login(user)
            self.assertEqual(self.url_open(url).status_code, 404)
            with self.assertRaises(AccessError):
                self.case.with_user(user).action_view_as_person()
        self._login(self.handler)
        self.case.confidential = True
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(
            self.url_open("/citizen/case/999999999/as-person").status_code, 404
        )
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(url).url)
