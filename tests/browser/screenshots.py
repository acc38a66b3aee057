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
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

sys.path.insert(0, str(Path(__file__).parent))
from devtools import Browser, BrowserError

ROOT = Path(__file__).resolve().parents[2]
DESKTOP = (1440, 900)
PHONE = (390, 844)
# The web client has drawn its view, loaded what it asked for and shows no skeleton.
READY = """(() => {
    const action = document.querySelector(".o_action_manager > .o_action");
    const busy = document.querySelector(
        ".o_loading_indicator, .o_skeleton, .o_view_sample_data.o_loading"
    );
    return action && !busy && document.querySelector("%s");
})()"""


@dataclass(frozen=True)
class Shot:
    """One screen: who looks at what, and what must be seen before it is taken."""

    name: str
    login: str
    path: str
    wait: str = ".o_content"
    #: Click these one after another, then take the picture.
    clicks: tuple[str, ...] = ()
    #: ``(model, domain)``: ``{id}`` in the path is the first record's.
    record: tuple[str, list] | None = None
    size: tuple[int, int] = DESKTOP

    @property
    def phone(self) -> bool:
        return self.size == PHONE


CITIZEN_CASE = (
    "helpdesk.ticket",
    [
        ["role", "=", "citizen"],
        ["phase", "in", ["in_work", "waiting"]],
        ["citizen_id", "!=", False],
        ["duplicate_id", "=", False],
    ],
)
SHOTS = (
    Shot("case_list", "clerk", "cases", ".o_list_view tbody tr.o_data_row"),
    Shot(
        "case_kanban", "handler", "team-cases", ".o_kanban_record:not(.o_kanban_ghost)"
    ),
    Shot("case_form", "handler", "cases/{id}", ".o_form_view", record=CITIZEN_CASE),
    Shot(
        "case_history",
        "handler",
        "cases/{id}",
        ".o_field_widget[name=event_ids] tr.o_data_row",
        clicks=(".o_notebook .nav-link[name=history]",),
        record=CITIZEN_CASE,
        size=(1440, 1200),
    ),
    Shot("case_new", "clerk", "cases/new", ".o_form_view"),
    Shot(
        "case_needs",
        "clerk",
        "cases/{id}",
        ".o_citizen_banners [name=need_instructions]",
        record=("helpdesk.ticket", [["citizen_id.need_ids", "!=", False]]),
    ),
    Shot("triage", "clerk", "triage", ".o_list_view"),
    Shot("case_graph", "head", "case-analysis", ".o_graph_renderer canvas"),
    Shot(
        "case_pivot",
        "head",
        "case-analysis",
        ".o_pivot table",
        clicks=("button.o_switch_view.o_pivot",),
    ),
    Shot(
        "case_calendar",
        "lead",
        "team-cases",
        ".o_calendar_view .fc-event",
        clicks=("button.o_switch_view.o_calendar",),
    ),
    Shot("citizen_list", "clerk", "citizens", ".o_list_view"),
    Shot(
        "citizen_form",
        "clerk",
        "citizens/{id}",
        ".o_form_view",
        record=("citizen.citizen", [["need_ids", "!=", False]]),
    ),
    Shot(
        "customer_kanban",
        "clerk",
        "customers",
        ".o_kanban_record:not(.o_kanban_ghost)",
        clicks=("button.o_switch_view.o_kanban",),
    ),
    Shot("service_type_list", "catalogue", "service-types", ".o_list_view"),
    Shot(
        "service_type_form",
        "catalogue",
        "service-types/{id}",
        ".o_form_view",
        record=("helpdesk.ticket.category", [["is_service", "=", True]]),
    ),
    Shot(
        "team_form",
        "catalogue",
        "department-teams/{id}",
        ".o_form_view",
        record=("helpdesk.ticket.team", [["member_ids", "!=", False]]),
    ),
    Shot("phone_kanban", "handler", "my-cases", ".o_kanban_view", size=PHONE),
    Shot(
        "phone_form",
        "handler",
        "cases/{id}",
        ".o_form_view",
        record=CITIZEN_CASE,
        size=PHONE,
    ),
)


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

    def find(self, model: str, domain: list) -> int:
        """Return the id of the first record that this user sees."""
        ids = self.call(
            f"/web/dataset/call_kw/{model}/search",
            {
                "model": model,
                "method": "search",
                "args": [domain],
                "kwargs": {"limit": 1},
            },
        )
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


def take(browser: Browser, session: Session, shot: Shot, folder: Path) -> list[str]:
    """Take one screenshot; return the errors on the browser's console."""
    path = shot.path
    if shot.record:
        path = path.format(id=session.find(*shot.record))
    browser.console_errors.clear()
    browser.set_cookie(session.url, "session_id", session.secret)
    browser.set_size(*shot.size, phone=shot.phone)
    browser.go(f"{session.url}/odoo/{path}")
    browser.wait(READY % (".o_content" if shot.clicks else shot.wait))
    for selector in shot.clicks:
        browser.wait(f"document.querySelector({json.dumps(selector)})")
        browser.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
    browser.wait(READY % shot.wait)
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
