"""Reading all clocks of a city again from the history, which must change nothing.

Seconds for a million cases: those of a sample of 10,000, drawn by a hash over all ids,
times what is missing. Read, compared and, where something differs, written is by
`_sync_clocks`, a thousand cases at a time, as whatever appends to the history does.

The goal is 60 s, and exact: a clock is a function of the history, or it could not be
explained years later. So the run ends where one differs, and three times it is compared

* what the models have stored with the case of each life when the city was made, in
  every column, read as of then;
* what the copies of these lives keep wherever they are moved to. Not their deadlines
  and what counts in working time: `city.py` moves a life by seconds, not by weeks, so
  these fall on other days of the week; and clocks that were open may be late by now.
  The product is right there, the copy is not, and the first reading mends it;
* after that every column, with what comes of the history when the rows are deleted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from table import Line
from undone import undone, vacuum

from odoo import api

MILLION, SAMPLE, ROUNDS = 1_000_000, 10_000, 3
#: Cases that are read together, and the queries that this may take.
BATCH, QUERIES = 1_000, 8
#: Seconds for a million cases.
GOAL = 60
#: Columns that the copy of a life keeps or that move with it.
COPIED = (
    *("target_id", "begun", "start", "stop", "reason", "problem"),
    *("calendar_version_id", "paused_seconds"),
)
#: The same of clocks that have ended: time goes by for the others.
ENDED = ("state", "team_id", "user_id")
#: Columns that do not follow from the history alone: when the row was made, and up to
#: when nobody is told because the case was taken over.
OWN = ("id", "create_uid", "create_date", "write_uid", "write_date", "silent_until")
Rows = dict[tuple, dict[str, object]]


def measure(
    cities: dict[int, tuple[str, str]], quick: bool, rounds: int = ROUNDS
) -> Iterator[Line]:
    """Yield what reading costs in the largest city, and its queries."""
    size = max(cities)
    vacuum(cities[size][1])
    with undone(cities[size][1]) as env:
        _compare_models(env)
        ids = _draw(env, min(size, SAMPLE))
        _mend(env, ids)
        clocks = _read_rows(env, ids)
        spent = [_sync(env, ids) for _round in range(rounds)]
        assert _read_rows(env, ids) == clocks, "reading again has written something"
        anew = _rebuild(env, ids)
        assert _history(_read_rows(env, ids)) == _history(clocks)
    rate = len(ids) / sorted(seconds for seconds, _queries in spent)[rounds // 2]
    anew *= MILLION / len(ids)
    yield Line(
        f"clocks of {MILLION:,} cases, read from the history",
        "the goal",
        [(GOAL, seconds * MILLION / len(ids)) for seconds, _queries in spent],
        0 if quick else GOAL,
        f"{len(ids):,} of {size:,} cases, {len(clocks):,} clocks, all equal: "
        f"{rate:,.0f} cases a second, {MILLION:,} / {rate:,.0f} ="
        f" {MILLION / rate:.0f} s; deleted and written anew {anew:.0f} s",
        bound="<=",
    )
    yield Line(
        f"the same, queries for {BATCH:,} cases",
        "the limit",
        [(QUERIES, queries * BATCH / len(ids)) for _seconds, queries in spent],
        QUERIES,
        unit="",
        bound="<=",
    )


def _draw(env: api.Environment, count: int) -> list[int]:
    """Return so many cases, old and new, open and closed, in the order of their ids."""
    env.cr.execute(
        "SELECT id FROM (SELECT id FROM helpdesk_ticket"
        " ORDER BY hashint8extended(id, 1), id LIMIT %s) AS drawn ORDER BY id",
        (count,),
    )
    return [case_id for (case_id,) in env.cr.fetchall()]


def _sync(env: api.Environment, ids: list[int]) -> tuple[float, int]:
    """Read all clocks of the cases; return the seconds and the queries it took."""
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    for begin in range(0, len(ids), BATCH):
        env["helpdesk.ticket"].browse(ids[begin : begin + BATCH])._sync_clocks()
        env.flush_all()
        # As in a job that commits: what was read is not kept.
        env.invalidate_all()
    return time.perf_counter() - start, env.cr.sql_log_count - queries


def _rebuild(env: api.Environment, ids: list[int]) -> float:
    """Delete the clocks and read them anew; return the seconds of the reading."""
    env.cr.execute("DELETE FROM citizen_sla_clock WHERE case_id = ANY(%s)", (ids,))
    return _sync(env, ids)[0]


# ------------------------------------------------------------------ what is equal
def _read_rows(env: api.Environment, ids: list[int]) -> Rows:
    """Return the stored clocks by case, kind, basis and number."""
    env.cr.execute("SELECT * FROM citizen_sla_clock WHERE case_id = ANY(%s)", (ids,))
    rows = env.cr.dictfetchall()
    key = ("case_id", "kind", "basis", "number")
    return {tuple(row[name] for name in key): row for row in rows}


def _history(rows: Rows) -> Rows:
    """Return the rows with the columns that follow from the history."""
    return {
        key: {name: value for name, value in row.items() if name not in OWN}
        for key, row in rows.items()
    }


def _copied(rows: Rows) -> dict[tuple, list]:
    """Return of each row what the copy of a life shares with what is read of it."""
    return {
        key: [row[name] for name in (*COPIED, *(ENDED if row["stop"] else ()))]
        for key, row in rows.items()
    }


def _mend(env: api.Environment, ids: list[int]) -> None:
    """Store what the history says; what a copy keeps must have been that before."""
    copied = _copied(_read_rows(env, ids))
    _sync(env, ids)
    assert _copied(_read_rows(env, ids)) == copied


def _compare_models(env: api.Environment) -> None:
    """Compare the case of each life, which the models have made, in every column."""
    cases = env["helpdesk.ticket"].search([("number", "not like", "B%")])
    logs, stored = cases._get_logs(), cases._get_stored_clocks()
    assert cases.clock_ids
    for case in cases:
        made = case.create_date
        readings = case._read_clocks(logs[case.id], now=made)
        found = {
            (reading.target.kind, reading.target.basis, reading.number): reading
            for reading in readings
        }
        assert found.keys() == stored[case.id].keys()
        for key, clock in stored[case.id].items():
            for name, value in case._prepare_clock(found[key]).items():
                kept = clock._fields[name].convert_to_write(clock[name], clock)
                assert kept == value, (case, key, name, kept, value)
