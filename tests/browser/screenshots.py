"""Take the screenshots of docs/images from the demo city: `make screenshots`.

Serves the database, logs in as the people of the demo city, opens their screens as
they would and writes one PNG a screen. A screen that writes an error to the browser's
console fails.
"""

from __future__ import annotations

import argparse
import base64
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "citizen_crm" / "tests"))
from devtools import Browser, BrowserError
from open_data_samples import nyc_csv, nyc_rows

ROOT = Path(__file__).resolve().parents[2]
DESKTOP = (1440, 900)
WINDOW = (1280, 800)
PHONE = (390, 844)
# The web client has drawn its view, loaded what it asked for and shows no skeleton.
READY = """(() => {
    const action = document.querySelector(".o_action_manager > .o_action");
    const busy = document.querySelector(
        ".o_loading_indicator, .o_skeleton, .o_view_sample_data.o_loading"
    );
    return action && !busy && document.querySelector("%s");
})()"""

# The page has loaded, and the scripts of the portal have started.
PAGE_READY = """(document.readyState === "complete"
    && document.querySelector("%s"))"""


@dataclass(frozen=True)
class Shot:
    """One screen: who looks at what, and what must be seen before it is taken."""

    name: str
    login: str
    #: A path of the desk, or of the whole site if it begins with a slash.
    path: str
    wait: str = ".o_content"
    #: Click these one after another, then take the picture.
    clicks: tuple[str, ...] = ()
    #: Write into these before that: ``(selector, text)``; a text that ends with a line
    #: break chooses what is proposed.
    typed: tuple[tuple[str, str], ...] = ()
    #: ``(model, domain)``: ``{id}`` in the path is the first record's. Or a function
    #: that makes a record and returns its id.
    record: tuple[str, list] | Callable[[Session], int] | None = None
    #: What must be seen in the picture.
    show: str = ""
    size: tuple[int, int] = DESKTOP

    @property
    def phone(self) -> bool:
        return self.size == PHONE

    @property
    def page(self) -> bool:
        """Whether it is a page of its own, not a view of the desk."""
        return self.path.startswith("/")

    @property
    def address(self) -> str:
        return self.path if self.page else f"/odoo/{self.path}"

    @property
    def ready(self) -> str:
        return PAGE_READY if self.page else READY


def check_file(session: Session) -> int:
    """Check a 311 file as the import's wizard does; return the run's id."""
    rows = nyc_rows(120)
    rows[7]["Created Date"] = "31/31/2011 09:15:30 AM"
    rows[18]["Status"] = "Lost"
    file = base64.b64encode(nyc_csv(rows)).decode()
    wizard = session.run(
        "citizen.import.wizard",
        "create",
        [{"file": file, "file_name": "311_requests_may_2011.csv"}],
    )
    wizard_id = wizard[0] if isinstance(wizard, list) else wizard
    return session.run("citizen.import.wizard", "action_check", [wizard_id])["res_id"]


def test_rules(session: Session) -> int:
    """Describe a case to the test panel; return the panel's id."""
    light = session.find("helpdesk.ticket.category", [["code", "=", "ROAD-LGT"]])
    panel = session.run("citizen.sla.test", "create", [{"category_id": light}])
    return panel[0] if isinstance(panel, list) else panel


def preview_rule(session: Session) -> int:
    """Preview four working days instead of six; return the preview's id."""
    six_days = [["role", "=", "citizen"], ["state", "=", "active"]]
    six_days += [["target_ids.amount", "=", 6], ["target_ids.basis", "=", "statutory"]]
    rule = session.find("citizen.sla.rule", six_days)
    draft = session.run("citizen.sla.rule", "action_new_version", [rule])["res_id"]
    target = session.find("citizen.sla.target", [["rule_id", "=", draft]])
    session.run("citizen.sla.target", "write", [target], {"amount": 4})
    return session.run("citizen.sla.rule", "action_preview", [draft])["res_id"]


CITIZEN_CASE = (
    "helpdesk.ticket",
    [
        ["role", "=", "citizen"],
        ["phase", "in", ["in_work", "waiting"]],
        ["citizen_id", "!=", False],
        ["duplicate_id", "=", False],
    ],
)
#: One whose answer is promised, and not late yet.
RULED_CASE = (
    "helpdesk.ticket",
    [
        ["role", "=", "citizen"],
        ["phase", "=", "in_work"],
        ["due_state", "in", ["later", "soon"]],
        ["partner_id.email", "!=", False],
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
        ".o_field_widget[name=story_ids] tr.o_data_row",
        clicks=(".o_notebook .nav-link[name=history]",),
        record=CITIZEN_CASE,
        size=(1440, 1200),
    ),
    Shot("case_new", "clerk", "cases/new", ".o_form_view"),
    Shot(
        "case_wait",
        "handler",
        "cases/{id}",
        ".modal [name=body] textarea",
        clicks=("button[name=action_wait]",),
        record=RULED_CASE,
        size=WINDOW,
    ),
    Shot(
        "case_extension",
        "handler",
        "cases/{id}",
        ".modal [name=reason] textarea",
        clicks=("button[name=action_ask_extension]",),
        record=RULED_CASE,
        size=WINDOW,
    ),
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
    # The manual of intake clerks.
    Shot(
        "intake",
        "clerk",
        "/odoo/intake",
        "#intake_person, .o_intake_duplicate",
        typed=(
            ("#intake_person", "Carmen\n"),
            ("#intake_category", "pothole\n"),
            ("#intake_place", "Lantern Quay 36"),
            ("#intake_description", "A deep hole in front of the door."),
        ),
        show=".o_intake_duplicate",
        size=WINDOW,
    ),
    Shot(
        "intake_receipt",
        "clerk",
        "/report/html/citizen_crm.citizen_case_receipt/{id}",
        "body",
        record=CITIZEN_CASE,
        size=WINDOW,
    ),
    # The manual of SLA rules; the preview comes last, since it makes a draft.
    Shot(
        "sla_rules",
        "catalogue",
        "sla-rules",
        ".o_list_view tbody tr.o_data_row",
        size=WINDOW,
    ),
    Shot(
        "sla_rule",
        "catalogue",
        "sla-rules/{id}",
        ".o_citizen_summary",
        record=("citizen.sla.rule", [["target_ids.basis", "=", "statutory"]]),
        size=WINDOW,
    ),
    Shot(
        "sla_test",
        "catalogue",
        "sla-test/{id}",
        ".o_citizen_sla_result details[open]",
        clicks=(".o_citizen_sla_result details:last-of-type summary",),
        record=test_rules,
        size=(1280, 1250),
    ),
    Shot(
        "sla_preview",
        "catalogue",
        "sla-previews/{id}",
        ".o_field_widget[name=row_ids] tr.o_data_row",
        record=preview_rule,
        size=WINDOW,
    ),
    # The manual of deadlines.
    Shot(
        "deadline_list",
        "lead",
        "team-cases",
        ".o_list_view tr.o_data_row .o_due_badge",
        clicks=("button.o_switch_view.o_list",),
        size=WINDOW,
    ),
    Shot(
        "deadline_why",
        "lead",
        "cases/{id}",
        ".o_deadline_dialog .o_deadline_trace",
        clicks=(".o_form_view .o_due_badge",),
        record=CITIZEN_CASE,
        size=(1280, 1400),
    ),
    Shot(
        "deadline_board",
        "head",
        "/odoo/deadline-board",
        ".o_deadline_board table",
        size=WINDOW,
    ),
    # Mails and imports.
    Shot("received_mails", "clerk", "received-mails", ".o_list_view", size=WINDOW),
    Shot(
        "import_check",
        "admin",
        "case-imports/{id}",
        ".o_form_view",
        record=check_file,
        size=WINDOW,
    ),
    # The city's site, for residents.
    Shot("portal_catalogue", "citizen", "/services", "main h1", size=WINDOW),
    Shot(
        "portal_form",
        "citizen",
        "/services?q=pothole",
        ".o_citizen_form .o_citizen_next",
        clicks=(".o_citizen_cards a",),
        size=WINDOW,
    ),
    Shot(
        "portal_case",
        "citizen",
        "/my/cases",
        ".o_citizen_timeline",
        clicks=(".o_citizen_cases a",),
        size=WINDOW,
    ),
    Shot(
        "portal_phone_form",
        "citizen",
        "/services?q=pothole",
        ".o_citizen_form .o_citizen_next",
        clicks=(".o_citizen_cards a",),
        size=PHONE,
    ),
    Shot(
        "portal_phone_case",
        "citizen",
        "/my/cases",
        ".o_citizen_timeline",
        clicks=(".o_citizen_cases a",),
        size=PHONE,
    ),
    Shot("portal_zh", "citizen.zh", "/my/cases", "main h1", size=WINDOW),
    Shot("portal_es", "citizen.es", "/my/cases", "main h1", size=WINDOW),
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
