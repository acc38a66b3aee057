"""What the cases of the benchmarks' city refer to, and one case of each life.

Made with the models themselves, on a desk and on the stock base alike, so that rows are
what the addon writes: `city.py` multiplies them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from city_lives import LIVES, Life

from odoo import api
from odoo.fields import Command

DEPARTMENTS, TEAMS, STAFF, TYPES, DISTRICTS = 20, 40, 400, 190, 12
ROLES = ("citizen", "customer")
NATURES = {"citizen": "complaint", "customer": "service_request"}
#: Stages of the stock base for the phases of a desk; the others stand in "done".
STOCK_STAGES = {
    "received": "new",
    "routed": "new",
    "assigned": "new",
    "in_work": "in_progress",
    "waiting": "awaiting",
    "withdrawn": "cancelled",
    "not_handled": "rejected",
}
CASE = {
    "name": "Hole in the road",
    "description": f"<p>{'The hole is deep and has been there for weeks. ' * 8}</p>",
}
#: What stands in a case: who writes, and what.
LETTERS = (
    ("handler", f"<p>{'We have looked at the place and order the repair. ' * 6}</p>"),
    ("person", "<p>Thank you. It is at the corner, in front of the bakery.</p>"),
    ("handler", f"<p>{'The road was mended this morning. ' * 8}</p>"),
)


@dataclass
class World:
    """Records that cases refer to, each list in a fixed order."""

    env: api.Environment
    is_desk: bool
    departments: list[int] = field(default_factory=list)
    teams: list[int] = field(default_factory=list)
    users: list[int] = field(default_factory=list)
    employees: list[int] = field(default_factory=list)
    types: list[int] = field(default_factory=list)
    districts: list[int] = field(default_factory=list)
    channels: list[int] = field(default_factory=list)
    #: role -> id of the one person whose record is multiplied
    people: dict[str, int] = field(default_factory=dict)
    #: number of the life and role -> the case of that life
    cases: dict[tuple[int, str], int] = field(default_factory=dict)


def build(env: api.Environment, now: datetime) -> World:
    """Make the city without its cases, and one case of each life and role."""
    context = {"tracking_disable": True, "mail_create_nolog": True}
    env = env(context={**env.context, **context, "no_reset_password": True})
    world = World(env, "citizen.case.event" in env.registry)
    _make_teams(world)
    _make_staff(world)
    _make_catalogue(world)
    if world.is_desk:
        _make_rules(world)
    _make_people(world)
    for number, life in enumerate(LIVES):
        for role in ROLES:
            world.cases[number, role] = _make_case(world, life, role, now)
    env.flush_all()
    return world


def _make_teams(world: World) -> None:
    env = world.env
    world.departments = (
        env["hr.department"]
        .create([{"name": f"Department {number}"} for number in range(DEPARTMENTS)])
        .ids
    )
    world.teams = (
        env["helpdesk.ticket.team"]
        .create(
            [
                {"name": f"Team {number}"}
                | (
                    {"department_id": world.departments[number % DEPARTMENTS]}
                    if world.is_desk
                    else {}
                )
                for number in range(TEAMS)
            ]
        )
        .ids
    )


def _make_staff(world: World) -> None:
    """Ten people for each team; the employee of a place works in team place % 40."""
    env, names = world.env, ["helpdesk_mgmt.group_helpdesk_user_team"]
    if world.is_desk:
        names = [
            f"citizen_crm.group_{name}"
            for name in ("case_handler", "clearance_citizen", "clearance_customer")
        ]
    groups = [Command.link(env.ref(name).id) for name in names]
    users = env["res.users"].create(
        [
            {"name": f"Staff {n}", "login": f"staff{n}", "group_ids": groups}
            for n in range(STAFF)
        ]
    )
    world.users = users.ids
    if world.is_desk:
        # One of the lives is confidential, and the case of each life is theirs.
        users[1].group_ids += env.ref("citizen_crm.group_confidential")
    employees = env["hr.employee"].create(
        [{"name": user.name, "user_id": user.id} for user in users]
    )
    world.employees = employees.ids
    if world.is_desk:
        env["citizen.team.member"].create(
            [
                {
                    "team_id": world.teams[place % TEAMS],
                    "employee_id": employee.id,
                    "date_from": "2020-01-01",
                }
                for place, employee in enumerate(employees)
            ]
        )
        return
    for place, team_id in enumerate(world.teams):
        team = env["helpdesk.ticket.team"].browse(team_id)
        team.user_ids = users.browse(world.users[place::TEAMS])


def _make_catalogue(world: World) -> None:
    env = world.env
    world.types = (
        env["helpdesk.ticket.category"]
        .create(
            [
                {"name": f"Type {number}"}
                | (
                    {"is_service": True, "team_id": world.teams[number % TEAMS]}
                    if world.is_desk
                    else {}
                )
                for number in range(TYPES)
            ]
        )
        .ids
    )
    world.channels = env["helpdesk.ticket.channel"].search([], limit=5, order="id").ids
    if world.is_desk:
        world.districts = (
            env["citizen.district"]
            .create(
                [
                    {"name": f"District {number}", "code": f"BENCH{number}"}
                    for number in range(DISTRICTS)
                ]
            )
            .ids
        )


def _make_rules(world: World) -> None:
    """Promise an answer and a first reply; every team shares its work."""
    env = world.env
    env["citizen.sla.rule"].search([("state", "=", "active")]).action_retire()
    reply = {"kind": "first_reply", "unit": "statutory_working_days", "amount": 5}
    supplement = env.ref("citizen_crm.waiting_reason_supplement").ids
    for role, basis, unit, amount in (
        ("citizen", "statutory", "statutory_working_days", 30),
        ("customer", "service", "working_days_same_time", 60),
    ):
        answer = {
            "kind": "resolve",
            "basis": basis,
            "unit": unit,
            "amount": amount,
            "pausing_reason_ids": [Command.set(supplement)],
        }
        rule = env["citizen.sla.rule"].create(
            {
                "name": f"Benchmark, {role}",
                "role": role,
                "valid_from": "2020-01-01 00:00:00",
                "target_ids": [Command.create(answer), Command.create(reply)],
            }
        )
        rule.action_activate()
    rules = env["citizen.assignment.rule"].create(
        [{"team_id": team_id, "cap_points": 0} for team_id in world.teams]
    )
    for rule in rules:
        rule.action_activate()


def _make_people(world: World) -> None:
    env = world.env
    for role in ROLES:
        person = env["res.partner"].create(
            {"name": f"Resident {role}", "email": f"{role}@resident.example"}
        )
        world.people[role] = person.id
        if world.is_desk:
            env[f"citizen.{role}"]._find_or_create(person)


def _make_case(world: World, life: Life, role: str, now: datetime) -> int:
    """Make the case of a life, of type and team 1, received as late as it may be."""
    make = _make_desk_case if world.is_desk else _make_stock_case
    received = (now - timedelta(days=life.ages[0])).replace(microsecond=0)
    has_team = life.phase != "received"
    values = {
        **CASE,
        "category_id": world.types[1] if has_team else False,
        "partner_id": False if life.is_anonymous else world.people[role],
        "channel_id": world.channels[0],
        "user_id": world.users[1] if life.first("assigned") is not None else False,
        "team_id": world.teams[1] if has_team else False,
        "assigned_date": _at(received, life.first("assigned")),
        "closed_date": _at(received, life.last({life.phase}))
        if life.phase in ("closed", "withdrawn", "not_handled")
        else False,
    }
    case = make(world, life, role, values, received)
    _write_letters(world, case, received)
    return case.id


def _at(received: datetime, days: float | None) -> datetime | bool:
    return received + timedelta(days=days) if days is not None else False


def _make_desk_case(world, life, role, values, received):
    env = world.env
    stage = env["helpdesk.ticket.stage"].search([("phase", "=", life.phase)], limit=1)
    values |= {
        "role": role,
        "nature": "misconduct_report" if life.is_confidential else NATURES[role],
        "stage_id": stage.id,
        "received_date": received,
        "answered_date": _at(received, life.last({"answered"})),
        "district_id": world.districts[0],
        "place": "Mill Street 12",
        "place_latitude": 25.03,
        "place_longitude": 121.56,
    }
    if life.is_confidential and role == "customer":
        values |= {"nature": "service_request", "confidential": True}
    case = env["helpdesk.ticket"]._create_backdated(
        [(values, list(_tell(world, life, received)))]
    )
    env["citizen.case.fact"]._write_facts(case.ids)
    if life.has_said:
        Feedback = env["citizen.case.feedback"].sudo()
        end = values["closed_date"]
        Feedback.create(
            {
                **Feedback._prepare(case),
                "asked_at": end,
                "expires_at": end + timedelta(days=14),
                "answered_at": end + timedelta(days=1),
                "got_it": "yes",
                "fair": "yes",
                "understood": "yes",
                "on_time": "yes",
            }
        )
    return case


def _tell(world: World, life: Life, received: datetime):
    """Yield the history of a life; the team it came from first is another one."""
    came = life.first("transferred")
    team = world.teams[1 if came is None else 2]
    handler = world.users[1]
    who, holder = {}, {}
    steps = [("received", 0.0)]
    if life.phase != "received":
        steps.append(("routed", 0.01))
    for kind, day in (*steps, *life.steps):
        if kind == "transferred":
            team = world.teams[1]
        if kind == "assigned":
            holder = {"assignee_id": handler}
            who = {"user_id": handler}
        if kind != "received":
            who = {**who, "team_id": team}
        yield {"kind": kind, "at": received + timedelta(days=day), **who, **holder} | (
            {
                "waiting_reason_id": world.env.ref(
                    "citizen_crm.waiting_reason_supplement"
                ).id,
                "waiting_until": received + timedelta(days=day + 10),
            }
            if kind == "waiting"
            else {}
        )


def _make_stock_case(world, life, role, values, received):
    env = world.env
    name = STOCK_STAGES.get(life.phase, "done")
    stage = env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
    case = env["helpdesk.ticket"].create({**values, "stage_id": stage.id})
    env.flush_all()
    env.cr.execute(
        "UPDATE helpdesk_ticket SET create_date = %s, closed_date = %s,"
        " assigned_date = %s WHERE id = %s",
        (
            received,
            values["closed_date"] or None,
            values["assigned_date"] or None,
            case.id,
        ),
    )
    case.invalidate_recordset(flush=False)
    return case


def _write_letters(world: World, case, received: datetime) -> None:
    """Write what stands in the case, and who follows it; nobody is told."""
    env = world.env
    handler = env["res.users"].browse(world.users[1]).partner_id
    people = {"handler": handler, "person": case.partner_id or handler}
    env["mail.message"].sudo().create(
        [
            {
                "model": case._name,
                "res_id": case.id,
                "body": body,
                "author_id": people[who].id,
                "date": received + timedelta(days=number + 1),
                "message_type": "comment",
                "subtype_id": env.ref("mail.mt_comment").id,
            }
            for number, (who, body) in enumerate(LETTERS)
        ]
    )
    followers = {case.partner_id.id, case.user_id.partner_id.id} - {False}
    env["mail.followers"].sudo().create(
        [
            {"res_model": case._name, "res_id": case.id, "partner_id": partner_id}
            for partner_id in sorted(followers)
        ]
    )
