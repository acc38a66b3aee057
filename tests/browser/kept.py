"""One Chromium for all tests of a run.

One that starts anew reads and compiles the desk's scripts each time, which is most of
what opening a page costs. Every test still gets a tab of its own, without cookies,
storage or workers of the tests before.
"""

from __future__ import annotations

import atexit
import functools
import resource
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from unittest.mock import patch

import websocket
from devtools import Chromium

from odoo.tests import common

LOADED = "document.readyState === 'complete'"
#: How long a page is left alone between two looks at it.
LOOK_SECONDS = 0.05


@functools.cache
def keep_chromium() -> Chromium:
    """Return the Chromium of this run, which ends with it."""
    with _unlimited_memory():
        chromium = Chromium()
    atexit.register(chromium.close)
    return chromium


@contextmanager
def _unlimited_memory() -> Iterator[None]:
    """Lift the server's limit on addresses, which a browser started now inherits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class KeptChrome(common.ChromeBrowser):
    """What `browser_js` drives: a tab of the kept Chromium."""

    def _chrome_start(
        self, user_data_dir: str, *_args: object, **_kwargs: object
    ) -> tuple[Chromium, int]:
        shutil.rmtree(user_data_dir, ignore_errors=True)
        chromium = keep_chromium()
        return chromium, chromium.port

    def _open_websocket(self) -> websocket.WebSocket:
        self._tab = self.chrome.open_tab()
        tab = websocket.create_connection(
            self._tab["webSocketDebuggerUrl"],
            enable_multithread=True,
            suppress_origin=True,
        )
        tab.settimeout(0.01)
        return tab

    def stop(self) -> None:
        """Close the tab, and forget what its pages have stored."""
        if hasattr(self, "ws"):
            self._websocket_request("Page.stopLoading")
            self._websocket_request("Network.clearBrowserCookies")
            self._websocket_request(
                "Storage.clearDataForOrigin",
                params={"origin": self.test_case.base_url(), "storageTypes": "all"},
            )
            wait(self._responses.values(), 10)
            self._result.cancel()
            self.chrome.close_tab(self._tab)
            self.ws.close()
        if self.sigxcpu_handler:
            signal.signal(signal.SIGXCPU, self.sigxcpu_handler)

    def _wait_ready(self, ready_code: str = "", timeout: float = 60) -> bool:
        """Wait for the page, looking now and then: asking all the time slows it."""
        expression = f"try {{ Boolean({ready_code or LOADED}) }} catch {{}}"
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            found = self._websocket_request(
                "Runtime.evaluate", params={"expression": expression}
            )
            if found["result"].get("value") is True:
                return True
            time.sleep(LOOK_SECONDS)
        self.take_screenshot("sc_failed_ready_")
        return False


@contextmanager
def kept_chrome() -> Iterator[type[KeptChrome]]:
    """Let `browser_js` take a tab of the kept Chromium."""
    with patch.object(common, "ChromeBrowser", KeptChrome):
        yield KeptChrome
