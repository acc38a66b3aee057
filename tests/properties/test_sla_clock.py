"""Properties of clocks: whatever happens, promises are read off honestly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.deadlines import elapsed, stretches
from odoo.addons.citizen_crm.tools.sla_clock import (
    Reading,
    Step,
    read_clocks,
    step_instants,
)
from odoo.addons.citizen_crm.tools.sla_promises import ENDS, KINDS, Entry, Target
from odoo.addons.citizen_crm.tools.working_time import Calendar, Interval, Timetable

HOUR = 3600
RECEIVED = int(datetime(2026, 3, 4, 8, tzinfo=UTC).timestamp())
OFFICE, SHIFT = 1, 2  # calendar versions
PAUSING, OTHER = 1, 2  # waiting reasons
#: What may happen to a case after its receipt.
HAPPENINGS = (
    "routed",
    "transferred",
    "unrouted",
    "assigned",
    "in_work",
    "waiting",
    "resumed",
    "acknowledged",
    "replied",
    "wrote",
    "answered",
    "closed",
    "not_handled",
    "withdrawn",
    "reopened",
    "joined",
    "separated",
    "extended",
)


@cache
def table_of(version: int) -> Timetable:
    day = (Interval(8 * HOUR, 12 * HOUR), Interval(13 * HOUR, 17 * HOUR))
    week = (day,) * 5 + ((),) * 2
    if version == SHIFT:
        week = ((Interval(6 * HOUR, 22 * HOUR),),) * 7
    return Timetable(Calendar("UTC", (week,)), date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def entries(draw: st.DrawFn, happenings: tuple[str, ...] = HAPPENINGS) -> list[Entry]:
    """A log of three weeks in any order of happenings, also senseless ones."""
    log = [Entry(RECEIVED, "received", table=OFFICE, calendar=OFFICE)]
    moments = draw(st.lists(st.integers(1, 21 * 24 * 6), max_size=14, unique=True))
    for moment in sorted(moments):
        kind = draw(st.sampled_from(happenings))
        calendar = draw(st.sampled_from((OFFICE, SHIFT)))
        moves = kind in ("routed", "transferred", "unrouted")
        at = RECEIVED + moment * 600
        waits = kind == "waiting"
        log.append(
            Entry(
                at,
                kind,
                table=calendar if moves else 0,
                calendar=calendar if moves else 0,
                team=draw(st.integers(1, 3)) if moves else 0,
                reason=draw(st.sampled_from((PAUSING, OTHER))) if waits else 0,
                until=at + draw(st.integers(1, 200)) * HOUR if waits else None,
                days=draw(st.integers(1, 5)) if kind == "extended" else 0,
                in_bulk=draw(st.booleans()),
            )
        )
    return log


@st.composite
def targets(draw: st.DrawFn, kinds: tuple[str, ...] = tuple(dict(KINDS))) -> Target:
    unit = draw(
        st.sampled_from(("hours", "statutory_working_days", "end_of_nth_working_day"))
    )
    return Target(
        id=1,
        kind=draw(st.sampled_from(kinds)),
        unit=unit,
        amount=draw(
            st.integers(0 if unit == "hours" else 1, 40 if unit == "hours" else 8)
        ),
        start=draw(st.sampled_from(("received", "next_working_day", "assigned"))),
        pausing=draw(st.sampled_from((frozenset(), frozenset({PAUSING})))),
        closing_counts=draw(st.booleans()),
    )


later = st.integers(0, 40 * 24).map(lambda hours: RECEIVED + hours * HOUR)


def read(log: list[Entry], target: Target, now: int) -> list[Reading]:
    """Read the clocks of a case to which the target was promised at its receipt."""
    known = [entry for entry in log if entry.at <= now]
    promise = Entry(RECEIVED, "promised", target=target.id)
    return read_clocks(
        [known[0], promise, *known[1:]], {target.id: target}, table_of, now=now
    )


@given(entries(), targets(), later)
def test_time_is_complete(log: list[Entry], target: Target, now: int) -> None:
    """Worked, paused and off time add up to the time on the wall, and no clock lies."""
    for reading in read(log, target, now):
        start, stop = reading.start, reading.stop
        assert start is not None
        stop = max(start, now if stop is None else stop)
        cut = stretches(start, stop, reading.segments, reading.pauses)
        assert sum(end - begin for begin, end, _kind in cut) == stop - start
        worked = sum(end - begin for begin, end, kind in cut if kind == "counts")
        assert worked == elapsed(start, stop, reading.segments, reading.pauses)


@given(entries(), targets(), later, st.integers(1, 200))
def test_confirmation_counts_as_receipt(
    log: list[Entry], target: Target, now: int, hours: int
) -> None:
    """Whoever confirms a case late is promised as much as whoever files it then."""
    assume(now >= RECEIVED)
    filed = RECEIVED - hours * HOUR
    known = [entry for entry in log[1:] if entry.at <= now]
    held = [
        log[0]._replace(at=filed),
        Entry(filed, "unconfirmed"),
        Entry(RECEIVED, "confirmed"),
        Entry(RECEIVED, "promised", target=target.id),
        *known,
    ]
    promised = read_clocks(held, {target.id: target}, table_of, now=now)
    facts = [(r.state, r.begun, r.start, r.due, r.stop) for r in promised]
    plain = read(log, target, now)
    assert facts == [(r.state, r.begun, r.start, r.due, r.stop) for r in plain]
    assert read_clocks(held[:2], {target.id: target}, table_of, now=now) == []


@settings(max_examples=400)  # what it looks for is rare
@given(
    entries(("extended", "waiting", "resumed", "replied", "answered", "not_handled")),
    targets(("resolve", "department")),
    later,
    later,
)
def test_late_stays_late(log: list[Entry], target: Target, one: int, two: int) -> None:
    """Nothing that happens later mends a promise that was missed."""
    before, after = sorted((one, two))
    missed = {r.number: r for r in read(log, target, before) if r.state == "missed"}
    now = {r.number: r for r in read(log, target, after)}
    for number, reading in missed.items():
        assert now[number].state == "missed"
        assert now[number].due == reading.due


@given(entries(), targets(), later, later)
def test_history_is_kept(log: list[Entry], target: Target, one: int, two: int) -> None:
    """What ended stays as it ended, but for a case that was joined by mistake."""
    assume(not any(entry.kind == "separated" for entry in log))
    before, after = sorted((one, two))
    now = {r.number: r for r in read(log, target, after)}
    for reading in read(log, target, before):
        if not reading.is_open:
            assert now[reading.number] == reading


@given(
    entries(("routed", "in_work", "answered", "wrote", "reopened", "closed")),
    targets(("resolve", "department", "first_reply", "next_reply", "acknowledge")),
    later,
)
def test_only_a_message_keeps_a_promise(
    log: list[Entry], target: Target, now: int
) -> None:
    """Without a message to the citizen nothing promised to the citizen is met."""
    target = replace(target, closing_counts=False)
    assert "met" not in [reading.state for reading in read(log, target, now)]


@given(entries(), targets(("resolve", "first_reply", "department")), later)
def test_refusals_keep_nothing(log: list[Entry], target: Target, now: int) -> None:
    for reading in read(log, target, now):
        if reading.reason:
            assert reading.state in ("not_applicable", "missed")
        ends = {entry.kind for entry in log if entry.at == reading.stop}
        if ends & (ENDS - {"closed"}):
            assert reading.state != "met"
        if any(entry.in_bulk and entry.at == reading.stop for entry in log) and (
            "closed" in ends
        ):
            assert reading.state != "met"


@given(entries(), targets(("resolve", "first_reply", "acknowledge")), later)
def test_transfer_moves_no_citizens_clock(
    log: list[Entry], target: Target, now: int
) -> None:
    """Passing a case on within one calendar changes nothing for the citizen."""
    still = [
        entry._replace(table=0, calendar=0) if entry.table and n else entry
        for n, entry in enumerate(log)
    ]
    unmoved = [
        entry
        for entry in still
        if entry.kind not in ("routed", "transferred", "unrouted")
    ]
    seen = [(r.begun, r.due, r.stop, r.state) for r in read(still, target, now)]
    assert seen == [
        (r.begun, r.due, r.stop, r.state) for r in read(unmoved, target, now)
    ]


@given(entries(), targets(("department", "transfer")), later)
def test_teams_take_turns(log: list[Entry], target: Target, now: int) -> None:
    """A team's clock ends with the transfer, before the next one's begins."""
    readings = read(log, target, now)
    for earlier, next_one in zip(readings, readings[1:], strict=False):
        assert earlier.stop is not None
        assert earlier.stop <= next_one.begun


@given(entries(), targets(("resolve",)), later)
def test_extension_only_adds(log: list[Entry], target: Target, now: int) -> None:
    """An extension moves a deadline on, and the first promise is not forgotten."""
    plain = [entry for entry in log if entry.kind != "extended"]
    for with_it, without in zip(
        read(log, target, now), read(plain, target, now), strict=True
    ):
        assert with_it.original_due == without.due
        if with_it.due is not None and without.due is not None:
            assert with_it.due >= without.due


@given(entries(), targets(), later)
def test_pause_only_adds(log: list[Entry], target: Target, now: int) -> None:
    busy = [entry for entry in log if entry.kind not in ("waiting", "resumed")]
    assume(target.kind != "transfer")  # asking the citizen is taking the case on
    for paused, unpaused in zip(
        read(log, target, now), read(busy, target, now), strict=False
    ):
        if paused.begun == unpaused.begun and paused.due and unpaused.due:
            assert paused.due >= unpaused.due


@given(entries(), targets(), later)
def test_steps_in_order(log: list[Entry], target: Target, now: int) -> None:
    """Warnings come between start and deadline, escalations at or after it."""
    steps = [Step(1, "percent", 75), Step(2, "before", HOUR), Step(3, "after", HOUR)]
    for reading in read(log, target, now):
        at = {step.id: instant for step, instant in step_instants(reading, steps)}
        if reading.due is None:
            assert not at
            continue
        assert reading.start is not None
        first = max(reading.start, reading.due)
        for warning in (1, 2):
            if warning in at:
                assert reading.start <= at[warning] <= first
        if 3 in at:
            assert at[3] >= reading.due


@given(entries(("extended", "waiting", "resumed", "in_work")), later)
def test_extension_moves_its_own_promise(log: list[Entry], now: int) -> None:
    """More time for a service standard is no more time before the law."""
    standard = Target(1, "resolve", "hours", 40)
    law = replace(standard, id=2, basis="statutory")
    own = [
        entry._replace(target=1) if entry.kind == "extended" else entry for entry in log
    ]
    promises = [Entry(RECEIVED, "promised", target=target) for target in (1, 2)]
    both = [own[0], *promises, *(entry for entry in own[1:] if entry.at <= now)]
    readings = read_clocks(both, {1: standard, 2: law}, table_of, now=now)
    for reading in readings:
        if reading.target.basis == "statutory":
            assert reading.due == reading.original_due
