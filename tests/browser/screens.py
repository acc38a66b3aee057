"""The screens of which pictures are taken: who looks at what, and until it is ready."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[2] / "citizen_crm" / "tests"))
from open_data_samples import nyc_csv, nyc_rows

if TYPE_CHECKING:
    from screenshots import Session

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


def charged_case(session: Session) -> int:
    """Return a case of the user's that the desk gave by the lowest balance."""
    share = session.run("citizen.assignment.balance", "get_my_share")
    entry = next(
        entry
        for entry in share["teams"][0]["entries"]
        if "lowest of" in entry["explanation"] and is_open(session, entry["number"])
    )
    return session.find("helpdesk.ticket", [["number", "=", entry["number"]]])


def is_open(session: Session, number: str) -> bool:
    domain = [["number", "=", number], ["is_open", "=", True]]
    return bool(session.run("helpdesk.ticket", "search", domain, limit=1))


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
    Shot(
        "case_duties",
        "handler",
        "cases/{id}",
        ".o_citizen_duties",
        record=CITIZEN_CASE,
        show=".o_field_widget[name=due_date]",
        size=WINDOW,
    ),
    Shot(
        "case_reply",
        "handler",
        "citizen.case.reply/{id}",
        ".o_field_widget[name=remedies]",
        record=("citizen.case.reply", [["state", "=", "waiting"]]),
        size=WINDOW,
    ),
    Shot(
        "case_split",
        "clerk",
        "cases/{id}",
        ".modal .o_selected_row",
        record=("helpdesk.ticket", [["name", "=", "Three things in our street"]]),
        clicks=(
            ".nav-link[name=matter]",
            "button[name=action_split]",
            ".modal .o_field_x2many_list_row_add a",
        ),
        size=WINDOW,
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
        "effort_review",
        "catalogue",
        "effort-review",
        ".o_field_widget[name=line_ids] tr.o_data_row",
    ),
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
    # The manual of calendars.
    Shot(
        "calendar_year",
        "catalogue",
        "holidays",
        ".o_calendar_view, .o_calendar_renderer",
        clicks=("button.o_switch_view.o_calendar",),
        size=WINDOW,
    ),
    Shot(
        "calendar_working",
        "catalogue",
        "working-calendars/{id}",
        ".o_form_view",
        record=("resource.calendar", [["holiday_calendar_id", "!=", False]]),
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
    # How work is shared.
    Shot(
        "assignment_simulator",
        "lead",
        "assignment-simulator",
        ".o_assignment_frontier canvas",
        clicks=("button[name=action_simulate]",),
        size=(1280, 1250),
    ),
    # The manual of fair assignment.
    Shot(
        "assignment_rule",
        "catalogue",
        "assignment-rules/{id}",
        ".o_citizen_summary",
        record=("citizen.assignment.rule", [["state", "=", "active"]]),
        size=WINDOW,
    ),
    Shot(
        "assignment_why",
        "handler",
        "cases/{id}",
        ".o_assignment_why_dialog .o_assignment_replay",
        clicks=(".o_assignment_why",),
        record=charged_case,
        size=WINDOW,
    ),
    Shot(
        "assignment_share",
        "handler",
        "/odoo/my-share",
        ".o_assignment_share .o_assignment_sentence",
        size=(1280, 1000),
    ),
    Shot(
        "phone_assignment_share",
        "handler",
        "/odoo/my-share",
        ".o_assignment_share .o_assignment_sentence",
        size=PHONE,
    ),
    Shot(
        "assignment_board",
        "lead",
        "/odoo/fair-work-board",
        ".o_assignment_board canvas",
        size=(1280, 1300),
    ),
    Shot(
        "assignment_ledger",
        "lead",
        "duty-ledger",
        ".o_list_view tbody tr.o_data_row",
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
