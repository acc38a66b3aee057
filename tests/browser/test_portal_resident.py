"""A resident with a phone, a keyboard or a screen reader, in a real browser."""

from __future__ import annotations

import tempfile
from pathlib import Path

import resident
from devtools import Browser
from resident import DESK, PHONE, PHOTO, SIZES

from odoo.tests import tagged

from odoo.addons.citizen_crm.tests.portal_common import PNG


@tagged("post_install", "-at_install")
class TestPortalResident(resident.ResidentBrowser):
    # ------------------------------------------------------------------ story
    def test_resident_files_a_photo_by_phone_and_reads_the_answer(self):
        self._file_by_phone()
        case = self._last_case(self.eve)
        self.assertEqual(case.name, "Portal pothole: Mill Lane 3")
        self.assertEqual(case.role, "citizen")
        photo = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", case.id)]
        )
        self.assertEqual(photo.raw, PHOTO)
        case.user_id = self.handler
        case.with_user(self.handler).message_post(
            body="We come on Monday.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self._follow_by_phone(case)
        self.assertIn("Thank you", self._last_message(case).body)

    def _file_by_phone(self):
        with self._browse(self.eve) as browser, tempfile.TemporaryDirectory() as tmp:
            photo = Path(tmp) / "hole.png"
            photo.write_bytes(PHOTO)
            self._go(browser, "/services?q=crater")
            browser.evaluate("document.querySelector('.o_citizen_cards a').click()")
            self._settle(browser, "document.querySelector('.o_citizen_next')")
            self.assertIn("Step 1 of 4", self._text(browser))
            self._click(browser, "Continue")
            self.assertIn("Step 1 of 4", self._text(browser), "description is missing")
            self._fill(browser, "#f_description", "A hole.\nDeep.")
            self._click(browser, "Continue")
            self.assertEqual(self._heading(browser), "Where is it?")
            self._fill(browser, "#f_place", "Mill Lane 3")
            self._click(browser, "Continue")
            self.assertEqual(self._heading(browser), "Photos and files")
            self._choose_file(browser, photo)
            self.assertIn("hole.png", self._text(browser))
            self._click(browser, "Continue")
            self.assertEqual(self._heading(browser), "How do you come to us?")
            self._click(browser, "Send to the city")
            self._settle(browser, "document.querySelector('.o_citizen_number')")
            self._click(browser, "Open the case")
            self._settle(browser, "document.querySelector('.o_citizen_timeline')")
            self.assertIn("The city received the case.", self._text(browser))
            self.assertTrue(
                browser.evaluate(
                    "document.querySelector('.o_citizen_file_list img').naturalWidth"
                )
            )

    def _follow_by_phone(self, case):
        with self._browse(self.eve) as browser:
            self._go(browser, "/my/cases")
            self._click(browser, case.name)
            self._settle(browser, "document.querySelector('.o_citizen_messages')")
            self.assertIn("We come on Monday.", self._text(browser))
            self._fill(browser, "#f_message", "Thank you")
            self._click(browser, "Send message")
            self._settle(browser, "document.querySelector('#done')")
            self.assertIn("Your message has been sent.", self._heading(browser))

    def test_errors_take_the_focus_and_lead_to_the_field(self):
        with self._browse(self.eve) as browser:
            self._go(browser, f"/services/{self.pothole.id}")
            # As without script: all steps at once, sent without a description.
            browser.evaluate("document.querySelector('.o_citizen_form').submit()")
            self._settle(browser, "document.querySelector('.o_citizen_errors')")
            self.assertIn("Please look at this again", self._heading(browser))
            self.assertFalse(
                browser.evaluate(
                    "document.querySelectorAll('[hidden].o_citizen_step').length"
                )
            )
            browser.evaluate("document.querySelector('.o_citizen_errors a').click()")
            self.assertEqual(
                browser.evaluate("document.activeElement.id"), "f_description"
            )

    def test_keyboard_alone(self):
        with self._browse(self.eve, DESK) as browser:
            self._go(browser, f"/services/{self.bin.id}")
            self._press(browser, "Tab", until="f_description")
            browser.call("Input.insertText", text="A larger bin, please.")
            for heading in (
                "Where is it?",
                "Photos and files",
                "How do you come to us?",
            ):
                self._press(browser, "Tab", until="Continue")
                self._press(browser, "Enter")
                self.assertEqual(self._heading(browser), heading)
            self._press(browser, "Tab", until="Send to the city")
            self._press(browser, "Enter")
            self._settle(browser, "document.querySelector('.o_citizen_number')")

    def _press(self, browser: Browser, key: str, until: str = "") -> None:
        """Press a key, again and again until what has the focus is found."""
        codes = {"Tab": 9, "Enter": 13}
        for _i in range(40):
            for kind in ("keyDown", "keyUp"):
                browser.call(
                    "Input.dispatchKeyEvent",
                    type=kind,
                    key=key,
                    code=key,
                    windowsVirtualKeyCode=codes[key],
                    **({"text": "\r"} if (key, kind) == ("Enter", "keyDown") else {}),
                )
            if not until:
                return  # the page may be gone already
            focus = browser.evaluate(
                "document.activeElement.id || document.activeElement.textContent.trim()"
            )
            if until == focus:
                return
        self.fail(f"{until} cannot be reached by the keyboard")

    # -------------------------------------------------------------- all pages
    def test_pages_are_accessible_at_phone_and_desk_width(self):
        """No serious or critical issue of axe-core, no sideways scrolling, and
        targets of 44 px."""
        form = f"/services/{self.pothole.id}"
        self._check_pages(
            None, ["/services", "/services/promises", "/services?q=xyzzy", form], SIZES
        )
        self._check_pages(self.eve, self._get_pages(), SIZES)

    def test_pages_are_accessible_in_other_languages(self):
        """The same on the narrowest screen, where long words have the least room."""
        pages = self._get_pages()
        addon = self.env["ir.module.module"].search([("name", "=", "citizen_crm")])
        for code, word in (("es_ES", "Mis casos"), ("zh_TW", "案件")):
            self.env["res.lang"]._activate_lang(code)
            addon._update_translations(filter_lang=[code])
            self.eve.lang = code
            with self.subTest(lang=code):
                with self._browse(self.eve, PHONE) as browser:
                    self._go(browser, "/my/cases")
                    text = browser.evaluate("document.body.textContent")
                self.assertIn(word, text)
                self._check_pages(self.eve, pages, [PHONE])

    def _get_pages(self):
        """Return the addresses of all kinds of pages of somebody signed in."""
        case = self._create_case(self.eve, place="Mill Lane")
        case.with_user(self.handler).message_post(
            body="Which side?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("plan.png", PNG)],
        )
        ended = self._create_case(self.eve)
        ended.stage_id = self.env.ref("citizen_crm.stage_closed")
        closed = self._create_case(self.eve, role="customer")
        closed.stage_id = self.env.ref("citizen_crm.stage_closed")
        page = f"/my/case/{case.number}"
        return [
            "/my",
            f"/services/{self.pothole.id}",
            "/my/cases",
            "/my/organisation/cases",
            page,
            f"{page}/filed",
            f"{page}?done=message",
            f"/my/case/{closed.number}",
            f"/my/case/{closed.number}/feedback",
            f"/my/case/{ended.number}/review",
            "/my/case/1999-1",
        ]
