"""Load the city's employees, their users, teams and absences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from odoo import Command

from .clock import CITY_TZ
from .content import read_rows, split

if TYPE_CHECKING:
    from .loader import DemoCity

Row = dict[str, str]
#: What somebody sees first, by the first of their groups.
HOME = {
    "intake_clerk": "helpdesk_ticket_action_triage",
    "case_handler": "helpdesk_ticket_action_my",
    "team_lead": "helpdesk_ticket_action_team",
    "department_head": "helpdesk_ticket_action",
    "catalogue_admin": "helpdesk_ticket_category_action",
    "oversight": "citizen_case_report_action",
    "privacy_officer": "citizen_erasure_action",
    "evaluator": "citizen_evaluation_action",
}


@dataclass(frozen=True, slots=True)
class Handler:
    """An employee who can take cases of a team."""

    id: str
    user_id: int
    partner_id: int
    capacity: float
    languages: frozenset[str]


def load_staff(city: "DemoCity") -> None:
    """Create employees, users, managers, leads, memberships and absences."""
    rows = read_rows("employees")
    _load_users(city, [row for row in rows if row["login"]])
    _load_employees(city, rows)
    _adopt_administrator(city)
    _appoint(city, rows)
    members = [row for row in rows if row["team"]]
    city.records.load(
        "citizen.team.member", [_membership(city, row) for row in members]
    )
    _load_absences(city)


def handlers_by_team(city: "DemoCity") -> dict[str, list[Handler]]:
    """Return the present members of each team who have a user."""
    teams: dict[str, list[Handler]] = {}
    for row in read_rows("employees"):
        if row["team"] and row["login"] and int(row["from_days"]) < 0:
            user = city.records.ref(f"user_{row['id']}")
            handler = Handler(
                row["id"],
                user.id,
                user.partner_id.id,
                float(row["capacity"]),
                frozenset(split(row["languages"])),
            )
            teams.setdefault(row["team"], []).append(handler)
    return teams


def leads_by_team(city: "DemoCity") -> dict[str, int]:
    """Return the user id of the lead of each team."""
    return {
        row["leads"]: city.records.ref(f"user_{row['id']}").id
        for row in read_rows("employees")
        if row["leads"]
    }


def _load_users(city: "DemoCity", rows: list[Row]) -> None:
    users = city.records.load(
        "res.users",
        [
            (
                f"user_{row['id']}",
                {
                    "name": row["name"],
                    "login": row["login"],
                    "email": _mail(row),
                    "phone": city.phone(),
                    "tz": CITY_TZ,
                    "group_ids": [Command.set(_group_ids(city, row["groups"]))],
                    "action_id": _home(city, row["groups"]),
                },
            )
            for row in rows
        ],
    )
    city.set_passwords(users)
    if "odoobot_state" in users._fields:
        users.odoobot_state = "disabled"


def _home(city: "DemoCity", groups: str):
    """Return the id of the action that a user starts with."""
    name = HOME[split(groups)[0]]
    action = city.env.ref(f"citizen_crm.{name}", raise_if_not_found=False)
    return action and action.id


def _group_ids(city: "DemoCity", names: str) -> list[int]:
    """Return the ids of groups, named in full or by the short names of the desk."""
    full = (
        name if "." in name else f"citizen_crm.group_{name}" for name in split(names)
    )
    return [city.env.ref(name).id for name in ("base.group_user", *full)]


def _load_employees(city: "DemoCity", rows: list[Row]) -> None:
    city.records.load(
        "hr.employee",
        [(f"employee_{row['id']}", _employee(city, row)) for row in rows],
    )


def _employee(city: "DemoCity", row: Row) -> dict:
    user = city.records.ref(f"user_{row['id']}") if row["login"] else None
    return {
        "name": row["name"],
        "job_title": row["job"],
        "department_id": city.records.ref(f"department_{row['department']}").id,
        "resource_calendar_id": city.records.ref(f"calendar_{row['calendar']}").id,
        "company_id": city.company.id,
        "tz": CITY_TZ,
        "work_email": _mail(row),
        "work_phone": user.phone if user else city.phone(),
        **({"user_id": user.id} if user else {}),
    }


def _adopt_administrator(city: "DemoCity") -> None:
    """Give the administrator's employee, where Odoo brings one, a place here."""
    employee = city.env.ref("base.user_admin").employee_id
    former = employee.department_id
    employee.write(
        {
            "name": employee.user_id.name,
            "job_title": "Systems administrator",
            "department_id": city.records.ref("department_mayor").id,
            "work_email": employee.user_id.email,
            "work_phone": employee.user_id.phone,
            "image_1920": False,
        }
    )
    if not former.member_ids:
        former.active = False


def _appoint(city: "DemoCity", rows: list[Row]) -> None:
    """Set the manager of each department and the lead of each team."""
    top = city.records.ref("employee_pemberton")
    for row in rows:
        employee = city.records.ref(f"employee_{row['id']}")
        if row["manages"]:
            department = city.records.ref(f"department_{row['manages']}")
            department.manager_id = employee
            department.member_ids.parent_id = employee
            employee.parent_id = top if employee != top else False
        if row["leads"]:
            city.records.ref(f"team_{row['leads']}").user_id = employee.user_id


def _membership(city: "DemoCity", row: Row) -> tuple[str, dict]:
    languages = city.env["res.lang"].search([("code", "in", split(row["languages"]))])
    skills = [
        city.env.ref(f"citizen_crm.skill_{code}") for code in split(row["skills"])
    ]
    until = row["to_days"] and city.today + timedelta(days=int(row["to_days"]))
    return f"member_{row['id']}", {
        "team_id": city.records.ref(f"team_{row['team']}").id,
        "employee_id": city.records.ref(f"employee_{row['id']}").id,
        "capacity": float(row["capacity"]),
        "skill_ids": [Command.set([skill.id for skill in skills])],
        "language_ids": [Command.set(languages.ids)],
        "date_from": city.today + timedelta(days=int(row["from_days"])),
        "date_to": until or False,
    }


def _load_absences(city: "DemoCity") -> None:
    """Create leaves of employees."""
    city.records.load("resource.calendar.leaves", list(_leaves(city)))


def _leaves(city: "DemoCity") -> Iterator[tuple[str, dict]]:
    for row in read_rows("leaves"):
        employee = city.records.ref(f"employee_{row['employee']}")
        first, last = (
            city.today + timedelta(days=int(row[name]))
            for name in ("from_days", "to_days")
        )
        yield (
            f"leave_{row['employee']}",
            {
                "name": row["reason"],
                "resource_id": employee.resource_id.id,
                "calendar_id": employee.resource_calendar_id.id,
                **_day_span(city, first, last),
            },
        )


def _day_span(city: "DemoCity", first, last) -> dict:
    start, end = datetime.combine(first, time()), datetime.combine(last, time.max)
    return {
        "date_from": city.clock.to_utc(start),
        "date_to": city.clock.to_utc(end),
    }


def _mail(row: Row) -> str:
    return f"{row['id']}@larkhaven.example.org"
