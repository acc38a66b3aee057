"""A headless Chromium driven by the DevTools protocol; no test framework needed."""

from __future__ import annotations

import base64
import contextlib
import io
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import websocket
from PIL import Image

_SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--no-first-run",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)
#: Start a program and say its process id.
_IN_BACKGROUND = '"$@" >/dev/null 2>&1 & echo $!'


class BrowserError(RuntimeError):
    """The browser did not start, or the page did not do what was waited for."""


class Chromium:
    """A running Chromium with a profile of its own.

    It is nobody's child: Odoo ends the children of its tests after each class.
    """

    def __init__(self, timeout: float = 60.0) -> None:
        self.timeout = timeout
        self._profile = tempfile.mkdtemp(prefix="citizen-browser-")
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if not program:
            raise BrowserError("No chromium on PATH; `make setup` provides one.")
        switches = [*_SWITCHES, f"--user-data-dir={self._profile}", "about:blank"]
        started = subprocess.run(
            ["sh", "-c", _IN_BACKGROUND, "sh", program, *switches],
            stdout=subprocess.PIPE,
            check=True,
            env={**os.environ, "HOME": self._profile},
        )
        self.pid = int(started.stdout)
        try:
            self.port = self._find_port()
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """End the browser and remove its profile."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sign)
            end = time.monotonic() + 10
            while self.poll() is None and time.monotonic() < end:
                time.sleep(0.05)
        shutil.rmtree(self._profile, ignore_errors=True)

    def poll(self) -> int | None:
        """Return None as long as it runs, as a `Popen` does."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def open_tab(self) -> dict[str, str]:
        """Open an empty tab; return its `id` and its `webSocketDebuggerUrl`."""
        return json.loads(self._tell("new?about:blank", "PUT"))

    def close_tab(self, tab: dict[str, str]) -> None:
        self._tell(f"close/{tab['id']}")

    def _tell(self, command: str, method: str = "GET") -> bytes:
        url = f"http://127.0.0.1:{self.port}/json/{command}"
        with urlopen(Request(url, method=method), timeout=5) as answer:
            return answer.read()

    def _find_port(self) -> int:
        port_file = Path(self._profile) / "DevToolsActivePort"
        end = time.monotonic() + self.timeout
        while time.monotonic() < end:
            try:
                self.port = int(port_file.read_text().split()[0])
                self._tell("version")
                return self.port
            except (OSError, HTTPException, IndexError, ValueError):
                time.sleep(0.1)
        raise BrowserError(f"Chromium did not start within {self.timeout:.0f} s.")


class Browser:
    """One tab of a Chromium; of a new one, unless it is given.

    Example::

        with Browser() as browser:
            browser.go("http://localhost:8069/web/login")
            browser.wait("document.querySelector('.oe_login_form')")
            browser.shoot(Path("login.png"))
    """

    def __init__(self, timeout: float = 60.0, chromium: Chromium | None = None) -> None:
        self.timeout = timeout
        self.console_errors: list[str] = []
        self._ids = itertools.count(1)
        self._own = None if chromium else Chromium(timeout)
        self._chromium = chromium or self._own
        self._tab = self._chromium.open_tab()
        self._socket = websocket.create_connection(
            self._tab["webSocketDebuggerUrl"], timeout=timeout
        )
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the tab, and the Chromium if it was started for it."""
        if self._own:
            self._own.close()
        else:
            self._socket.close()
            self._chromium.close_tab(self._tab)

    def forget(self, url: str) -> None:
        """Forget all cookies, and what the pages of a site have stored."""
        self.call("Network.clearBrowserCookies")
        self.call("Storage.clearDataForOrigin", origin=url, storageTypes="all")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a DevTools method and return its result."""
        number = next(self._ids)
        self._socket.send(
            json.dumps({"id": number, "method": method, "params": params})
        )
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        """Keep the errors that the page writes to its console."""
        params = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
            self.console_errors.append(text)
        elif (
            message.get("method") == "Runtime.consoleAPICalled"
            and params["type"] == "error"
        ):
            parts = (arg.get("value", arg.get("description")) for arg in params["args"])
            self.console_errors.append(" ".join(map(str, parts)))

    def set_size(self, width: int, height: int, *, phone: bool = False) -> None:
        """Give the page the size of a window, or of a phone's screen."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)

    def set_cookie(self, url: str, name: str, value: str) -> None:
        """Set a cookie, replacing one of the same name."""
        self.call("Network.setCookie", url=url, name=name, value=value)

    def go(self, url: str) -> None:
        """Load a page afresh."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """Evaluate JavaScript in the page and return its value."""
        answer = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise BrowserError(
                details.get("exception", {}).get("description", details["text"])
            )
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until a JavaScript expression is true."""
        end = time.monotonic() + self.timeout
        while time.monotonic() < end:
            if self.evaluate(f"Boolean({condition})"):
                return
            time.sleep(0.1)
        raise BrowserError(f"Waited {self.timeout:.0f} s in vain for: {condition}")

    def shoot(self, path: Path) -> None:
        """Write what is seen now to a PNG file."""
        answer = self.call("Page.captureScreenshot", format="png")
        picture = Image.open(io.BytesIO(base64.b64decode(answer["data"])))
        # Of the pages' few colours 256 are enough, for less than half the size.
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(path, "PNG", optimize=True)
