"""Real key strokes in the browser of a test, as a person without a mouse makes them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from unittest.mock import patch

from kept import KeptChrome, kept_chrome

from odoo.tests import HttpCase

ALT, CONTROL = 1, 2
_KEY_CODES = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38}


class Keyboard:
    """The keyboard of a browser; counts the keys that are pressed."""

    def __init__(self, browser: KeptChrome) -> None:
        self.browser = browser
        self.strokes = 0

    def type(self, text: str) -> None:
        """Press the key of each character."""
        for character in text:
            self._press({"key": character, "text": character})

    def press(self, key: str, modifier: int = 0) -> None:
        """Press one key, held together with Alt or Control if that is given."""
        code = _KEY_CODES.get(key) or ord(key.upper())
        event = {
            "key": key,
            "code": key if key in _KEY_CODES else f"Key{key.upper()}",
            "windowsVirtualKeyCode": code,
            "modifiers": modifier,
        }
        if key == "Enter" and not modifier:
            event["text"] = "\r"
        self._press(event)

    def wait_for(self, expression: str, seconds: float = 40) -> None:
        """Wait until a JavaScript expression is true."""
        end = time.monotonic() + seconds
        while not self.read(f"Boolean({expression})"):
            if time.monotonic() > end:
                focus = self.read("document.activeElement.outerHTML")
                text = self.read("document.body.innerText")
                raise AssertionError(f"Never: {expression}\nFocus: {focus}\n{text}")
            time.sleep(0.05)

    def wait_for_text(self, selector: str, text: str) -> None:
        """Wait until an element says something."""
        self.wait_for(
            f"document.querySelector('{selector}')?.innerText.includes('{text}')"
        )

    def click(self, selector: str) -> None:
        """Press an element with the mouse, as soon as it is there."""
        self.wait_for(f"document.querySelector('{selector}')")
        self.read(f"document.querySelector('{selector}').click()")

    def write(self, selector: str, text: str) -> None:
        """Type a text into a field, in place of what stands there."""
        self.wait_for(f"document.querySelector('{selector}')")
        self.read(f"document.querySelector('{selector}').focus()")
        self.read(f"document.querySelector('{selector}').select()")
        self.type(text)

    def wait_for_focus(self, element_id: str) -> None:
        """Wait until an element has the focus."""
        self.wait_for(f"document.activeElement.id === {json.dumps(element_id)}")

    def read(self, expression: str) -> object:
        """Return the value of a JavaScript expression."""
        answer = self.browser._websocket_request(
            "Runtime.evaluate",
            params={"expression": expression, "returnByValue": True},
        )
        return answer["result"].get("value")

    def _press(self, event: dict[str, object]) -> None:
        self.strokes += 1
        kind = "keyDown" if "text" in event else "rawKeyDown"
        for type_ in (kind, "keyUp"):
            self.browser._websocket_request(
                "Input.dispatchKeyEvent", params={"type": type_, **event}
            )


def drive(
    case: HttpCase, url: str, ready: str, login: str, steps: Callable[[Keyboard], None]
) -> None:
    """Open a page and do the steps; an error in the console fails the test."""

    def run(browser: KeptChrome, code: str, timeout: float, **kwargs: object) -> None:
        steps(Keyboard(browser))
        if browser._result.done():
            browser._result.result()
        case.assertFalse(browser.had_failure)

    with kept_chrome() as chrome, patch.object(chrome, "_wait_code_ok", run):
        case.browser_js(url, "", ready, login=login, timeout=120)
