"""A headless Chromium driven by the DevTools protocol; no test framework needed."""

from __future__ import annotations

import base64
import io
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import websocket
from PIL import Image

_SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--no-first-run",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


class BrowserError(RuntimeError):
    """The browser did not start, or the page did not do what was waited for."""


class Browser:
    """One tab of a Chromium with a profile of its own.

    Example::

        with Browser() as browser:
            browser.go("http://localhost:8069/web/login")
            browser.wait("document.querySelector('.oe_login_form')")
            browser.shoot(Path("login.png"))
    """

    def __init__(self, timeout: float = 60.0) -> None:
        self.timeout = timeout
        self.console_errors: list[str] = []
        self._ids = itertools.count(1)
        self._profile = tempfile.mkdtemp(prefix="citizen-browser-")
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if not program:
            raise BrowserError("No chromium on PATH; `make setup` provides one.")
        self._process = subprocess.Popen(
            [program, *_SWITCHES, f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self._profile},
        )
        try:
            self._socket = self._connect()
        except Exception:
            self.close()
            raise
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the browser and remove its profile."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _connect(self) -> websocket.WebSocket:
        port_file = Path(self._profile) / "DevToolsActivePort"
        end = time.monotonic() + self.timeout
        while time.monotonic() < end:
            try:
                port = port_file.read_text().split()[0]
                with urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as answer:
                    pages = json.load(answer)
                page = next(page for page in pages if page["type"] == "page")
                return websocket.create_connection(
                    page["webSocketDebuggerUrl"], timeout=self.timeout
                )
            except (OSError, HTTPException, IndexError, StopIteration, ValueError):
                time.sleep(0.1)
        raise BrowserError(f"Chromium did not start within {self.timeout:.0f} s.")

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
