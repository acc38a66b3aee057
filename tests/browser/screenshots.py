"""Take the screenshots of docs/images from the demo city: `make screenshots`.

Serves the database, logs in as the people of the demo city, opens their screens as
they would and writes one PNG a screen. A screen that writes an error to the browser's
console fails.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

sys.path.insert(0, str(Path(__file__).parent))
from devtools import Browser, BrowserError
from screens import SHOTS, Shot

ROOT = Path(__file__).resolve().parents[2]


class Session:
    """A signed-in user of the demo city, over JSON-RPC."""

    def __init__(self, url: str, database: str, login: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))
        answer = self.call(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": login},
        )
        if not answer.get("uid"):
            raise BrowserError(f"{login} cannot sign in to {database} at {url}")

    def call(self, route: str, params: dict[str, Any]) -> Any:
        """Call a JSON-RPC route and return its result."""
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        request = Request(
            self.url + route,
            body.encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=60) as answer:
            content = json.load(answer)
        if "error" in content:
            raise BrowserError(content["error"]["data"]["message"])
        return content["result"]

    def run(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of a model."""
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def find(self, model: str, domain: list) -> int:
        """Return the id of the first record that this user sees."""
        ids = self.run(model, "search", domain, limit=1)
        if not ids:
            raise BrowserError(f"No {model} for {domain}")
        return ids[0]

    @property
    def secret(self) -> str:
        return next(c.value for c in self.cookies if c.name == "session_id")


@contextmanager
def serve(database: str) -> Iterator[str]:
    """Serve a database with the `odoo` on PATH as long as the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = ["odoo", "-d", database, "--db-filter", f"^{database}$"]
    command += ["--http-interface", "127.0.0.1", "--http-port", str(port)]
    command += ["--max-cron-threads", "0", "--log-level", "warn"]
    server = subprocess.Popen(command)
    try:
        for _attempt in range(240):
            try:
                urlopen(f"{url}/web/login", timeout=60).close()
                break
            except (URLError, ConnectionError):
                if server.poll() is not None:
                    raise BrowserError(f"{' '.join(command)} has ended.") from None
                time.sleep(0.5)
        else:
            raise BrowserError(f"Odoo does not answer at {url}")
        yield url
    finally:
        server.terminate()
        server.wait(30)


def settle(browser: Browser, condition: str) -> None:
    """Wait for a condition, also across a change of page."""
    for _attempt in range(3):
        try:
            return browser.wait(condition)
        except BrowserError as error:
            if "context" not in str(error):
                raise
    raise BrowserError(f"The page keeps changing: {condition}")


def write(browser: Browser, selector: str, text: str) -> None:
    """Write into a field as the keyboard does."""
    field = f"document.querySelector({json.dumps(selector)})"
    settle(browser, field)
    browser.evaluate(f"{field}.focus()")
    browser.call("Input.insertText", text=text.rstrip("\n"))
    if text.endswith("\n"):
        browser.wait("document.querySelector('[role=option]')")
        for kind in ("keyDown", "keyUp"):
            browser.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key="Enter",
                code="Enter",
                windowsVirtualKeyCode=13,
                **({"text": "\r"} if kind == "keyDown" else {}),
            )


def take(browser: Browser, session: Session, shot: Shot, folder: Path) -> list[str]:
    """Take one screenshot; return the errors on the browser's console."""
    path = shot.address
    if callable(shot.record):
        path = path.format(id=shot.record(session))
    elif shot.record:
        path = path.format(id=session.find(*shot.record))
    browser.console_errors.clear()
    # Also without the language of whoever looked before.
    browser.call("Network.clearBrowserCookies")
    browser.set_cookie(session.url, "session_id", session.secret)
    browser.set_size(*shot.size, phone=shot.phone)
    browser.go(f"{session.url}{path}")
    start = "main" if shot.page else ".o_content"
    settle(browser, shot.ready % (start if shot.clicks else shot.wait))
    for selector, text in shot.typed:
        write(browser, selector, text)
    for selector in shot.clicks:
        settle(browser, f"document.querySelector({json.dumps(selector)})")
        browser.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
    settle(browser, shot.ready % shot.wait)
    if shot.show:
        settle(browser, f"document.querySelector({json.dumps(shot.show)})")
        browser.evaluate(
            f"document.querySelector({json.dumps(shot.show)}).scrollIntoView()"
        )
    # Pictures and fonts come after the view, and charts draw themselves.
    browser.wait("[...document.images].every((image) => image.complete)")
    time.sleep(1.0)
    browser.shoot(folder / f"{shot.name}.png")
    return list(browser.console_errors)


def take_all(url: str, database: str, shots: Sequence[Shot], folder: Path) -> int:
    """Take screenshots; return how many failed."""
    folder.mkdir(parents=True, exist_ok=True)
    sessions: dict[str, Session] = {}
    failed = 0
    with Browser() as browser:
        for number, shot in enumerate(shots, 1):
            try:
                if shot.login not in sessions:
                    sessions[shot.login] = Session(url, database, shot.login)
                errors = take(browser, sessions[shot.login], shot, folder)
            except BrowserError as error:
                errors = [str(error)]
            state = "FAILED" if errors else "done"
            print(f"  {number:2}/{len(shots)}  {state:6}  {shot.name}", flush=True)
            for error in errors:
                print(f"         {error}")
            failed += bool(errors)
    return failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the screenshots asked for; return 1 when one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("names", nargs="*", help="only these screens")
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    options = parser.parse_intermixed_args(arguments)
    shots = [s for s in SHOTS if not options.names or s.name in options.names]
    if options.url:
        failed = take_all(options.url, options.database, shots, options.out)
    else:
        with serve(options.database) as url:
            failed = take_all(url, options.database, shots, options.out)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
