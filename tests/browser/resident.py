"""A browser in the hands of a resident, for tests."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools import Browser, BrowserError
from kept import keep_chromium

from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from odoo.addons.citizen_crm.tests.portal_common import PortalCase

PHONE, DESK = (390, 844), (1280, 900)
SIZES = (PHONE, DESK)
#: A photo of one point, complete, so that the browser can show it.
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f00038101805ab8d0310000000049454e44ae426082"
)
#: WCAG 2.2 A and AA.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Everything one can touch on our part of the page, and is less than 44 px high.
SMALL_TARGETS = """
[...document.querySelectorAll(
    '.o_citizen_page :is(button, .btn, select, textarea, nav a, li a, ' +
    'input:not([type=hidden], [type=radio], [type=checkbox]), .o_citizen_choice label)'
)].filter((el) => el.checkVisibility() && !el.closest('.o_citizen_text'))
  .filter((el) => el.getBoundingClientRect().height < 43.5)
  .map((el) => el.outerHTML.slice(0, 120))
"""


def read_axe() -> str:
    """Return the script of axe-core, shipped by a wheel of the test requirements."""
    spec = importlib.util.find_spec("axe_playwright_python")
    return (Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text("utf-8")


class ResidentBrowser(PortalCase):
    """Opens pages of the portal, on a phone or at a desk, and looks at them."""

    @contextmanager
    def _browse(self, user=None, size=PHONE) -> Iterator[Browser]:
        """Open a browser that is signed in as the user, if there is one."""
        if user:
            self._login(user)
        else:
            self.authenticate(None, None)
        self.env.cr.flush()
        self.env.cr.clear()
        url = self.base_url()
        tab = Browser(chromium=keep_chromium())
        with self.allow_requests(), tab as browser:
            browser.forget(url)
            browser.set_size(*size, phone=size == PHONE)
            browser.set_cookie(url, TEST_CURSOR_COOKIE_NAME, self.http_request_key)
            browser.set_cookie(url, "session_id", self.session.sid)
            yield browser
            browser.call("Page.navigate", url="about:blank")
            self.assertFalse(browser.console_errors)
        self._wait_remaining_requests()
        self.env.invalidate_all()

    def _go(self, browser: Browser, path: str) -> None:
        browser.go(self.base_url() + path)
        self._settle(browser, "document.querySelector('main h1, .o_portal_my_home')")

    def _settle(self, browser: Browser, condition: str) -> None:
        """Wait for a page: loaded, its scripts started, and the condition true."""
        end = time.monotonic() + 90
        started = (
            "document.readyState === 'complete' && "
            "odoo.loader?.modules.has('@citizen_crm/portal/form_steps.esm') && "
            f"Boolean({condition})"
        )
        while True:
            try:
                browser.wait(started)
                # One more turn for the interactions of the page to start.
                browser.evaluate("new Promise((done) => setTimeout(done, 400))")
                return
            except BrowserError:  # the page was just being replaced
                if time.monotonic() > end:
                    raise

    def _click(self, browser: Browser, words: str) -> None:
        """Click the visible button or link that says this."""
        found = browser.evaluate(
            "(() => { const el = [...document.querySelectorAll('button, a')].find("
            f"(el) => el.checkVisibility() && el.textContent.trim() === {words!r});"
            " el?.click(); return Boolean(el); })()"
        )
        self.assertTrue(found, words)

    def _fill(self, browser: Browser, selector: str, text: str) -> None:
        browser.evaluate(
            f"document.querySelector({selector!r}).value = {json.dumps(text)}"
        )

    def _choose_file(self, browser: Browser, path: Path) -> None:
        root = browser.call("DOM.getDocument")["root"]["nodeId"]
        node = browser.call("DOM.querySelector", nodeId=root, selector="#f_files")
        browser.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node["nodeId"])

    def _heading(self, browser: Browser) -> str:
        return browser.evaluate("document.activeElement.textContent")

    def _text(self, browser):
        if not isinstance(browser, Browser):
            return super()._text(browser)
        return browser.evaluate("document.querySelector('main').innerText")

    def _check_pages(self, user, paths, sizes):
        axe = read_axe()
        for size in sizes:
            with self._browse(user, size) as browser:
                for path in paths:
                    self._go(browser, path)
                    with self.subTest(path=path, width=size[0]):
                        self._check_page(browser, axe)

    def _check_page(self, browser, axe):
        browser.evaluate(axe + ";0")
        options = json.dumps({"runOnly": {"type": "tag", "values": RULES}})
        issues = browser.evaluate(
            f"axe.run(document, {options}).then((result) => result.violations"
            ".filter((v) => ['serious', 'critical'].includes(v.impact))"
            ".map((v) => [v.id, v.nodes.map((n) => n.html + n.failureSummary)]))"
        )
        self.assertEqual(issues, [])
        self.assertEqual(browser.evaluate(SMALL_TARGETS), [])
        self.assertLessEqual(
            browser.evaluate("document.documentElement.scrollWidth - innerWidth"), 0
        )
