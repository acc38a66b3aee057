"""One pick for a team of 500, against helpdesk_mgmt_assign_method."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from random import Random

from table import Line
from undone import undone

from odoo import api

from odoo.addons.citizen_crm.tools.duty_ledger import Candidate, choose

TEAM = 500
ROUNDS = 7
KNOWN_COUNT, OUR_COUNT = 5, 200


def measure(rival: str, quick: bool) -> Iterator[Line]:
    """Yield the seconds of one pick, each the mean of some, in turn."""
    candidates = make_candidates()
    with undone(rival) as env:
        team = make_team(env, TEAM, each=2 if quick else 10)
        pairs = [
            (_time_known(team), _time_ours(candidates)) for _round in range(ROUNDS + 1)
        ]
    yield Line(
        f"one pick for a team of {TEAM}",
        "helpdesk_mgmt_assign_method 17.0",
        pairs[1:],
        0.001,
        f"{pairs[0][0] / pairs[0][1]:.0f} times as fast",
        bound="<=",
    )


def make_candidates() -> list[Candidate]:
    """Make a team of which some are away, at the cap or work part time."""
    dice = Random(5)
    return [
        Candidate(
            number,
            dice.randrange(-9000, 9000),
            dice.choice((400, 500, 800, 1000)),
            dice.randrange(1000),
            dice.choice(("", "", "", "", "away", "cap")),
        )
        for number in range(1, TEAM + 1)
    ]


def make_team(env: api.Environment, size: int, each: int):
    """Make a team of the base whose people have so many open tickets each."""
    users = env["res.users"].with_context(no_reset_password=True)
    users = users.create(
        [{"name": f"Bench {n}", "login": f"bench{n}"} for n in range(size)]
    )
    team = env["helpdesk.ticket.team"].create(
        {"name": "Bench", "user_ids": [(6, 0, users.ids)]}
    )
    env["helpdesk.ticket"].with_context(tracking_disable=True).create(
        [
            {
                "name": "Hole",
                "description": "<p>Deep.</p>",
                "team_id": team.id,
                "user_id": user.id,
            }
            for user in users
            for _number in range(each)
        ]
    )
    team.assign_method = "balanced"
    env.flush_all()
    env.cr.execute("ANALYZE helpdesk_ticket")
    # It asks by a method that Odoo 19 still has, and says at each call that it goes.
    warnings.filterwarnings("ignore", "Since 19.0, read_group", DeprecationWarning)
    return team


def _time_known(team) -> float:
    start = time.perf_counter()
    for _number in range(KNOWN_COUNT):
        assert team.get_new_user()
    return (time.perf_counter() - start) / KNOWN_COUNT


def _time_ours(candidates: list[Candidate]) -> float:
    start = time.perf_counter()
    for case in range(OUR_COUNT):
        assert choose(case, candidates)
    return (time.perf_counter() - start) / OUR_COUNT
