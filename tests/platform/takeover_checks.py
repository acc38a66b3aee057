"""What must hold when the addon comes to a helpdesk in use, and when it leaves again.

1. :func:`seed` fills a helpdesk of `helpdesk_mgmt` with every kind of ticket and notes
   what they look like.
2. After the installation, and after each update, :func:`check_installed`.
3. After the uninstallation, :func:`check_uninstalled`.

Each takes an Odoo environment and raises `AssertionError` with what is wrong; each may
run in a process of its own, because the notes are kept in the database.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta

NOTES = "takeover.notes"
START = datetime(2025, 3, 3, 8, 0)
BASE_STAGES = {
    "new": "received",
    "in_progress": "in_work",
    "awaiting": "waiting",
    "done": "closed",
    "cancelled": "withdrawn",
    "rejected": "not_handled",
}
ENDED = ("closed", "withdrawn", "not_handled")
#: Columns of a ticket that nothing may change, whether the addon is there or not.
KEPT = (
    "number name description partner_id partner_name partner_email team_id user_id "
    "category_id channel_id company_id priority active create_date assigned_date "
    "closed_date last_stage_update duplicate_id commercial_partner_id sequence color"
)
#: Those that the addon changes and gives back.
LENT = "stage_id unattended"


def seed(env) -> None:
    """Write tickets in every stage, of every kind of person, and note them."""
    world = _create_world(env)
    stages = env["helpdesk.ticket.stage"].with_context(active_test=False).search([])
    people = [world["person"], world["contact"], world["company"], None]
    hands = [(None, None), ("team", None), ("team", "agent")]
    tickets = env["helpdesk.ticket"]
    for stage in stages:
        for partner in people:
            for team, user in hands:
                tickets += _create_ticket(env, world, stage, partner, team, user)
    tickets[3].active = False
    tickets[5].duplicate_id = tickets[4]
    # Nothing in the base keeps two tickets from having one number.
    (tickets[7] + tickets[8]).number = tickets[6].number
    _backdate(env, tickets)
    _reopen_as_the_base_does(env, tickets)
    env.company.helpdesk_mgmt_duplicate_ticket_stage_id = env.ref(
        "helpdesk_mgmt.helpdesk_ticket_stage_done"
    )
    # Messages of the base are written when the transaction ends.
    env.cr.commit()
    notes = {
        "tickets": _read_tickets(env, f"{KEPT} {LENT}"),
        "surroundings": _read_surroundings(env),
        "settings": _read_settings(env),
    }
    env["ir.config_parameter"].set_param(NOTES, json.dumps(notes, default=str))
    env.cr.commit()


def check_installed(env) -> None:
    """The tickets are customer cases with records, phases and a history."""
    notes = json.loads(env["ir.config_parameter"].get_param(NOTES))
    _assert_tickets(env, notes["tickets"], KEPT)
    _assert_equal(_read_surroundings(env), notes["surroundings"], "messages, files")
    cases = env["helpdesk.ticket"].with_context(active_test=False).search([])
    former = {int(case_id): row for case_id, row in notes["tickets"].items()}
    phases = {
        env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}").id: phase
        for name, phase in BASE_STAGES.items()
    }
    for case in cases:
        row = former[case.id]
        _check_person(case)
        _check_stage(case, phases.get(row["stage_id"]), row)
        _check_history(case)
    _check_surroundings(env)
    _check_it_works(env, cases)


def check_uninstalled(env) -> None:
    """Everything is as it was before, and nothing of the addon is left."""
    notes = json.loads(env["ir.config_parameter"].get_param(NOTES))
    _assert_tickets(env, notes["tickets"], f"{KEPT} {LENT}")
    _assert_equal(_read_surroundings(env), notes["surroundings"], "messages, files")
    _assert_equal(_read_settings(env), notes["settings"], "menu, stages, settings")
    env.cr.execute(
        """
        SELECT model FROM ir_model WHERE model LIKE 'citizen.%%'
         UNION ALL SELECT tablename FROM pg_tables WHERE tablename LIKE 'citizen\\_%%'
         UNION ALL SELECT name FROM ir_model_data WHERE module = 'citizen_crm'
         UNION ALL SELECT column_name FROM information_schema.columns
                    WHERE table_name LIKE 'helpdesk\\_ticket%%'
                      AND column_name IN ('role', 'nature', 'phase', 'is_open')
         UNION ALL SELECT code FROM ir_sequence WHERE code LIKE 'citizen.%%'
        """
    )
    _assert_equal([name for (name,) in env.cr.fetchall()], [], "left behind")
    ticket = env["helpdesk.ticket"].create({"name": "New", "description": "<p>.</p>"})
    assert ticket.number.startswith("HT"), ticket.number
    env.cr.rollback()


# ------------------------------------------------------------------------- seed
def _create_world(env) -> dict:
    company = env["res.partner"].create({"name": "Bakery Ltd", "is_company": True})
    agent = env["res.users"].create(
        {
            "name": "Agent",
            "login": "takeover_agent",
            "group_ids": [(4, env.ref("helpdesk_mgmt.group_helpdesk_user").id)],
        }
    )
    env["hr.employee"].create({"name": "Agent", "user_id": agent.id})
    by_hand = env["res.users"].create({"name": "Hand", "login": "takeover_hand"})
    team = env["helpdesk.ticket.team"].create(
        {"name": "Roads", "user_ids": (agent + by_hand).ids}
    )
    Stage = env["helpdesk.ticket.stage"]
    Stage.create({"name": "On hold", "sequence": 3, "company_id": False})
    Stage.create(
        {"name": "Archive", "sequence": 9, "closed": True, "company_id": False}
    )
    Stage.create({"name": "Crew", "sequence": 4, "team_ids": team.ids})
    Stage.create({"name": "Former", "sequence": 5, "active": False})
    return {
        "company": company,
        "contact": env["res.partner"].create(
            {"name": "Carla Oven", "parent_id": company.id}
        ),
        "person": env["res.partner"].create(
            {"name": "Ana Ruiz", "email": "ana@example.com"}
        ),
        "agent": agent,
        "team": team,
        "category": env["helpdesk.ticket.category"].create({"name": "Pothole"}),
    }


def _create_ticket(env, world, stage, partner, team, user):
    ticket = env["helpdesk.ticket"].create(
        {
            "name": f"{stage.name} {partner and partner.name} {team} {user}",
            "description": "<p>In front of house 3</p>",
            "partner_id": partner and partner.id,
            "partner_name": "Walk-in" if not partner else False,
            "category_id": world["category"].id if team else False,
            "team_id": team and world[team].id,
            "user_id": user and world[user].id,
            "channel_id": env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone").id,
        }
    )
    ticket.stage_id = stage
    ticket.message_post(body="Seen on site")
    env["ir.attachment"].create(
        {
            "name": "photo.txt",
            "datas": base64.b64encode(b"photo"),
            "res_model": ticket._name,
            "res_id": ticket.id,
        }
    )
    return ticket


def _backdate(env, tickets) -> None:
    """Give each ticket the dates of a life: created, assigned, moved, closed."""
    env.flush_all()
    for index, ticket in enumerate(tickets):
        start = START + timedelta(hours=7 * index)
        env.cr.execute(
            """
            UPDATE helpdesk_ticket
               SET create_date = %(start)s,
                   assigned_date = CASE WHEN assigned_date IS NOT NULL
                                   THEN %(start)s + interval '1 day' END,
                   last_stage_update = %(start)s + interval '3 days',
                   closed_date = CASE WHEN closed_date IS NOT NULL
                                 THEN %(start)s + interval '3 days' END
             WHERE id = %(id)s
            """,
            {"start": start, "id": ticket.id},
        )
    env.invalidate_all()


def _reopen_as_the_base_does(env, tickets) -> None:
    """The base keeps the closing date when reopening, and sets none on creation."""
    closed = [ticket for ticket in tickets if ticket.stage_id.closed]
    env.cr.execute(
        "UPDATE helpdesk_ticket SET stage_id = %s, unattended = false WHERE id = %s",
        (env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress").id, closed[0].id),
    )
    env.cr.execute(
        "UPDATE helpdesk_ticket SET closed_date = NULL WHERE id = %s", (closed[1].id,)
    )
    assigned = next(ticket for ticket in tickets if ticket.user_id)
    env.cr.execute(
        "UPDATE helpdesk_ticket SET assigned_date = NULL WHERE id = %s", (assigned.id,)
    )
    env.invalidate_all()


# ------------------------------------------------------------------------- read
def _read_tickets(env, names: str) -> dict:
    tickets = env["helpdesk.ticket"].with_context(active_test=False).search([])
    rows = {row.pop("id"): row for row in tickets.read(names.split(), load=None)}
    return json.loads(json.dumps(rows, default=str))


def _read_surroundings(env) -> list:
    """Return what hangs on each ticket: files and what people said."""
    tickets = env["helpdesk.ticket"].with_context(active_test=False).search([])
    return [
        [
            ticket.id,
            env["ir.attachment"].search_count(
                [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
            ),
            len(ticket.message_ids.filtered(lambda m: "Seen on site" in m.body)),
            len(ticket.message_ids),
        ]
        for ticket in tickets.sorted("id")
    ]


def _read_settings(env) -> dict:
    stages = env["helpdesk.ticket.stage"].with_context(active_test=False).search([])
    team = env["helpdesk.ticket.team"].search([("name", "=", "Roads")])
    return {
        "menu": env.ref("helpdesk_mgmt.helpdesk_ticket_main_menu").active,
        "rule": env.ref("helpdesk_mgmt.helpdesk_ticket_rule_portal").active,
        "stages": [[s.name, s.active, s.closed, s.unattended] for s in stages],
        "duplicates": env.company.helpdesk_mgmt_duplicate_ticket_stage_id.name,
        "team": team.user_ids.sorted("id").ids,
    }


# ------------------------------------------------------------------------ check
def _check_person(case) -> None:
    assert case.role == "customer", (case.id, case.role)
    assert case.nature == "service_request", (case.id, case.nature)
    assert not case.citizen_id, case.id
    expected = case.partner_id.commercial_partner_id
    assert case.customer_id.partner_id == expected, (case.id, case.customer_id)
    if case.customer_id:
        assert case.customer_id.account_number.startswith("K"), case.id


def _check_stage(case, phase, row) -> None:
    """A stage of the base became the one of ours that stands for it."""
    stage = case.stage_id
    assert case.phase == stage.phase, (case.id, case.phase, stage.phase)
    assert case.is_open == (case.phase not in ENDED), (case.id, case.phase)
    assert case.unattended == stage.unattended, (case.id, stage.name)
    assert str(case.received_date) == row["create_date"], case.id
    if phase == "received":
        phase = "assigned" if case.user_id else "routed" if case.team_id else phase
    if phase:
        assert case.phase == phase, (case.id, case.phase, phase)
        assert stage == case.env.ref(f"citizen_crm.stage_{phase}"), (case.id, phase)
    else:
        assert stage.id == row["stage_id"], (case.id, stage.name)


def _check_history(case) -> None:
    """The history tells who has the case and where it stands."""
    events = case.event_ids.sorted(lambda event: (event.at, event.id))
    kinds = events.mapped("kind")
    assert kinds[0] == "received" and events[0].at == case.received_date, case.id
    assert ("routed" in kinds) == bool(case.team_id), (case.id, kinds)
    assert ("assigned" in kinds) == bool(case.user_id), (case.id, kinds)
    if case.phase in ("received", "routed", "assigned"):
        assert set(kinds) <= {"received", "routed", "assigned"}, (case.id, kinds)
    else:
        assert kinds[-1] == case.phase, (case.id, case.phase, kinds)
    if case.closed_date and not case.is_open:
        assert events[-1].at == case.closed_date, case.id
    assert len(kinds) == len(set(kinds)), (case.id, kinds)
    assert events[-1].stage_id == case.stage_id, case.id
    assert not events.user_id and all(events.mapped("note")), case.id


def _check_surroundings(env) -> None:
    for name in BASE_STAGES:
        stage = env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
        assert not stage.active, name
    assert not env.ref("helpdesk_mgmt.helpdesk_ticket_main_menu").active
    team = env["helpdesk.ticket.team"].search([("name", "=", "Roads")])
    assert team.member_ids.user_id.login == "takeover_agent", team.member_ids
    assert len(team.user_ids) == 2, "a user put in by hand stays in the team"
    duplicates = env.company.helpdesk_mgmt_duplicate_ticket_stage_id
    assert duplicates == env.ref("citizen_crm.stage_closed"), duplicates.name


def _check_it_works(env, cases) -> None:
    """Taken over cases live on like any other."""
    env.cr.execute(
        "SELECT indisunique FROM pg_index"
        " WHERE indexrelid = 'helpdesk_ticket_number_index'::regclass"
    )
    assert env.cr.fetchall() == [(True,)], "numbers of cases are not unique"
    case = next(case for case in cases if case.phase == "closed" and case.user_id)
    case.stage_id = env.ref("citizen_crm.stage_in_work")
    assert case.is_open and not case.closed_date
    case.stage_id = env.ref("citizen_crm.stage_closed")
    case.role = "citizen"
    kinds = case.event_ids.sorted("id").mapped("kind")[-3:]
    assert kinds == ["reopened", "closed", "role_changed"], kinds
    env.flush_all()
    env.cr.rollback()


def _assert_tickets(env, expected: dict, names: str) -> None:
    found = _read_tickets(env, names)
    assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
    for case_id, row in found.items():
        wanted = {name: expected[case_id][name] for name in names.split()}
        _assert_equal(row, wanted, f"ticket {case_id}")


def _assert_equal(found, expected, what: str) -> None:
    found = json.loads(json.dumps(found, default=str))
    if isinstance(found, list):
        extra = [row for row in found if row not in expected]
        missing = [row for row in expected if row not in found]
        assert not extra and not missing, f"{what}: found {extra}, missing {missing}"
    assert found == expected, f"{what}:\n  found    {found}\n  expected {expected}"
