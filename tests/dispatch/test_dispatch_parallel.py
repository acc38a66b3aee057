"""Two servers give out work while eight people file, take and hand over cases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from xmlrpc.client import Fault

from servers import Servers, wait_until

#: Cases that wait when the dispatchers begin; a batch has five hundred.
WAITING = 600
WRITERS, CASES_OF_A_WRITER = 8, 12


@dataclass
class Desk:
    """A team that works day and night, so that the hour of the test is no matter."""

    servers: Servers
    team: int
    kind: int
    users: list[int]

    def file(self, number: int, count: int) -> list[int]:
        values = {
            "name": "Lamp",
            "description": "<p>Dark.</p>",
            "category_id": self.kind,
        }
        created = self.servers.call(
            number, "helpdesk.ticket", "create", [values] * count
        )
        assert isinstance(created, list)
        return created

    def hand(self, number: int, case: int, user: int) -> bool:
        """Give a case to somebody by the dialog, as a lead does.

        :return: whether it was given; the dispatcher may have been faster
        """
        context = {"active_ids": [case], "active_model": "helpdesk.ticket"}
        dialog = self.servers.call(
            number,
            "citizen.case.handing",
            "create",
            {"user_id": user, "reason": "By hand"},
            context=context,
        )
        try:
            self.servers.call(
                number, "citizen.case.handing", "action_confirm", [dialog]
            )
        except Fault as fault:
            assert "somebody else was faster" in fault.faultString
            return False
        return True

    def count_waiting(self) -> int:
        ((count,),) = self.servers.ask(
            "SELECT count(*) FROM helpdesk_ticket WHERE queued_date IS NOT NULL"
            " AND team_id = %s",
            self.team,
        )
        return count


def test_nothing_lost_nothing_twice(two_servers: Servers) -> None:
    """1. Six hundred cases wait. 2. Two servers dispatch, and the one that writes
    a batch is killed. 3. It is started again; while both dispatch, eight people file
    cases on the other and give some by hand. 4. Everything is given out.

    Every case is with one person, charged once, and the ledger replays.
    """
    desk = _open_desk(two_servers)
    two_servers.double_job("give out what waits")
    with two_servers.held("citizen_assignment_balance"):
        desk.file(0, WAITING)
        two_servers.wake()
        killed = _kill_while_writing(two_servers)
    assert desk.count_waiting() == WAITING, "half a batch was written"
    two_servers.start(two_servers.ports[killed])
    two_servers.call_jobs()
    two_servers.wake()
    with ThreadPoolExecutor(WRITERS) as pool:
        other = 1 - killed
        work = [pool.submit(_work, desk, other, number) for number in range(WRITERS)]
        by_hand = {case: who for done in work for case, who in done.result().items()}
    two_servers.call_jobs()
    two_servers.wake()
    wait_until(lambda: not desk.count_waiting(), 120)
    _check(desk, by_hand)
    _check_bound(desk)


def _work(desk: Desk, server: int, writer: int) -> dict[int, int]:
    """File cases and give every third by hand; return to whom.

    Odoo repeats what ran into somebody else's change.
    """
    chance, given = Random(writer), {}
    for number in range(CASES_OF_A_WRITER):
        (case,) = desk.file(server, 1)
        if number % 3 == 0:
            user = chance.choice(desk.users)
            if desk.hand(server, case, user):
                given[case] = user
    return given


def _kill_while_writing(servers: Servers) -> int:
    """Kill the server that has written a batch but for its balances; return which.

    It cannot write these while somebody holds the table, so it is caught for certain.
    """
    waiting: list[int] = []

    def is_writing() -> bool:
        waiting.extend(servers.waiting_for("citizen_assignment_balance"))
        return bool(waiting)

    wait_until(is_writing)
    servers.kill(waiting[0])
    return waiting[0]


def _check(desk: Desk, by_hand: dict[int, int]) -> None:
    total = WAITING + WRITERS * CASES_OF_A_WRITER
    ask = desk.servers.ask
    held = ask(
        "SELECT count(*), count(DISTINCT user_id) FROM helpdesk_ticket"
        " WHERE team_id = %s AND user_id IS NOT NULL",
        desk.team,
    )
    assert held == [(total, len(desk.users))]
    # Booking is the dispatcher's: what was given by hand after its last run waits.
    desk.servers.call_jobs()
    desk.servers.wake()
    wait_until(
        lambda: (
            not ask(
                "SELECT 1 FROM citizen_assignment_entry WHERE number IS NULL LIMIT 1"
            )
        )
    )
    charges = ask(
        """
        SELECT count(*) FILTER (WHERE kind = 'charge')
             - count(*) FILTER (WHERE kind = 'reversal'),
               count(DISTINCT case_id),
               count(*) - count(DISTINCT number),
               count(*) FILTER (WHERE problem IS NOT NULL)
          FROM citizen_assignment_entry WHERE team_id = %s
        """,
        desk.team,
    )
    assert charges == [(total, total, 0, 0)]
    same = ask(
        """
        SELECT count(*) FROM (
            SELECT DISTINCT ON (case_id) case_id, employee_id
              FROM citizen_assignment_entry WHERE team_id = %s
          ORDER BY case_id, step DESC) AS last
          JOIN helpdesk_ticket AS ticket ON ticket.id = last.case_id
          JOIN hr_employee AS employee ON employee.id = last.employee_id
         WHERE ticket.user_id = employee.user_id
        """,
        desk.team,
    )
    assert same == [(total,)], "the ledger says somebody else than the case"
    assert ask(
        "SELECT sum(milli), sum(open_milli) FROM citizen_assignment_balance"
        " WHERE team_id = %s",
        desk.team,
    ) == [(0, total * 1000)]
    holders = dict(
        ask("SELECT id, user_id FROM helpdesk_ticket WHERE team_id = %s", desk.team)
    )
    assert by_hand, "nobody was faster than the dispatcher"
    assert by_hand == {case: holders[case] for case in by_hand}
    shown = desk.servers.call(
        1, "helpdesk.ticket.team", "action_check_ledger", [desk.team]
    )
    assert isinstance(shown, dict)
    assert shown["params"]["type"] == "success", shown["params"]["message"]


def _check_bound(desk: Desk) -> None:
    """What was given by hand is evened out: at most one case between any two."""
    desk.file(1, 60)
    desk.servers.wake()
    wait_until(lambda: not desk.count_waiting())
    ((low, high),) = desk.servers.ask(
        "SELECT min(milli), max(milli) FROM citizen_assignment_balance"
        " WHERE team_id = %s",
        desk.team,
    )
    # Shares are whole thousandths: one each way for each of some hundred cases.
    assert high - low <= 1000 + 200


def _open_desk(servers: Servers) -> Desk:
    """Make a team of six that share their work by the ledger."""

    def create(model: str, values: object) -> int:
        created = servers.call(0, model, "create", values)
        assert isinstance(created, int)
        return created

    groups = servers.ask(
        """
        SELECT res_id FROM ir_model_data WHERE module = 'citizen_crm' AND name IN
            ('group_case_handler', 'group_clearance_citizen')
        """
    )
    always = create(
        "resource.calendar",
        {
            "name": "Day and night",
            "tz": "UTC",
            "attendance_ids": [
                (5, 0, 0),
                *(
                    (
                        0,
                        0,
                        {
                            "name": "All day",
                            "dayofweek": str(day),
                            "hour_from": 0,
                            "hour_to": 24,
                            "day_period": "full_day",
                        },
                    )
                    for day in range(7)
                ),
            ],
        },
    )
    team = create("helpdesk.ticket.team", {"name": "Lamps"})
    users = []
    for number in range(6):
        user = create(
            "res.users",
            {
                "name": f"Lamp {number}",
                "login": f"lamp{number}",
                "group_ids": [(4, group) for (group,) in groups],
            },
        )
        employee = create(
            "hr.employee",
            {
                "name": f"Lamp {number}",
                "user_id": user,
                "resource_calendar_id": always,
            },
        )
        create(
            "citizen.team.member",
            {"team_id": team, "employee_id": employee, "date_from": "2020-01-01"},
        )
        users.append(user)
    kind = create(
        "helpdesk.ticket.category",
        {"name": "Lamp", "is_service": True, "team_id": team},
    )
    rule = create("citizen.assignment.rule", {"team_id": team, "cap_points": 0})
    servers.call(0, "citizen.assignment.rule", "action_activate", [rule])
    return Desk(servers, team, kind, users)
