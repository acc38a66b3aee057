"""Custody read off random histories, against a walk hour by hour."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.case_events import ENDED
from odoo.addons.citizen_crm.tools.custody import (
    PASSED_ON,
    Entry,
    Promise,
    Rules,
    left_of,
    read_custody,
    read_story,
)
from odoo.addons.citizen_crm.tools.working_time import (
    DAY,
    Calendar,
    Interval,
    Timetable,
)

HOUR = 3600
#: Open at all hours, so that working time is time.
ALWAYS = Timetable(
    Calendar("UTC", ((((Interval(0, DAY),),) * 7),)),
    date(1969, 12, 1),
    date(1970, 12, 31),
)
KINDS = (
    *("assigned", "assigned", "unassigned", "in_work", "waiting", "resumed"),
    *("answered", "closed", "not_handled", "reopened", "routed", "transferred"),
)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 6), st.sampled_from(KINDS), st.integers(0, 3), st.integers(1, 2)
    ),
    max_size=25,
)
PROMISES = st.lists(
    st.builds(
        lambda kind, state, start, span, stop: Promise(
            kind, state, start * HOUR, (start + span) * HOUR, stop * HOUR, 1
        ),
        st.sampled_from(("first_reply", "resolve")),
        st.sampled_from(("met", "missed", "not_applicable")),
        st.integers(0, 40),
        st.integers(0, 40),
        st.integers(0, 80),
    ),
    max_size=3,
)


def table_of(_version: int, _at: int) -> Timetable:
    return ALWAYS


def write_log(steps: list[tuple[int, str, int, int]]) -> list[Entry]:
    """Return a history: receipt, and each step so many hours after the one before."""
    log, hour = [Entry(0, "received", table=1)], 0
    for gap, kind, holder, team in steps:
        hour += gap
        log.append(Entry(hour * HOUR, kind, holder, team, 1))
    return log


class SlowWalk:
    """Counts hours one by one, by round and holder."""

    def __init__(self) -> None:
        self.worked: Counter[tuple[int, int]] = Counter()
        self.ends: set[int] = set()
        self.holder, self.number = 0, 1
        self.is_going, self.is_ended = True, False

    def go(self, log: list[Entry]) -> None:
        for entry, after in zip(log, [*log[1:], log[-1]], strict=True):
            self.move(entry)
            self.pace(entry.kind)
            for _hour in range(entry.at // HOUR, after.at // HOUR):
                if self.holder and self.is_going:
                    self.worked[self.number, self.holder] += 1

    def move(self, entry: Entry) -> None:
        if entry.kind in ("routed", "transferred"):
            self.holder = entry.holder if entry.holder == self.holder else 0
        elif entry.kind == "assigned" and not self.is_ended:
            self.holder = entry.holder
        elif entry.kind == "unassigned":
            self.holder = 0
        elif entry.kind == "reopened" and self.is_ended:
            self.number, self.is_ended = self.number + 1, False
        if entry.kind in ("reopened", "in_work") and not self.is_ended:
            self.holder = self.holder or entry.holder

    def pace(self, kind: str) -> None:
        if kind in ("resumed", "in_work", "reopened"):
            self.is_going = True
        elif kind in ("waiting", "answered", "closed", "not_handled"):
            self.is_going = False
        if kind in ENDED and not self.is_ended:
            self.holder, self.is_ended = 0, True
            self.ends.add(self.number)


@given(STEPS)
def test_hours_are_those_of_a_slow_walk(steps: list) -> None:
    log = write_log(steps)
    slow = SlowWalk()
    slow.go(log)
    found = read_custody(read_story(log), (), table_of, {}, Rules())
    hours: Counter[tuple[int, int]] = Counter()
    for custody in found:
        hours[custody.spell.round, custody.spell.holder] += custody.worked // HOUR
    worked = {key: n for key, n in slow.worked.items() if key[0] in slow.ends}
    assert +hours == Counter(worked)


@given(STEPS)
def test_one_at_a_time_and_in_order(steps: list) -> None:
    story = read_story(write_log(steps))
    for number, spell in enumerate(story.spells, 1):
        assert spell.number == number
        assert spell.holder and spell.begin <= spell.end
        assert spell.ended_by in ENDED | {PASSED_ON}
    for before, after in zip(story.spells, story.spells[1:], strict=False):
        assert before.end <= after.begin


@given(STEPS, STEPS)
def test_what_comes_later_changes_nothing(early: list, late: list) -> None:
    """So a fact that was written stays true, whatever happens to the case then."""
    log = write_log(early)
    told = read_story(log)
    later = read_story(write_log(early + late))
    assert later.spells[: len(told.spells)] == told.spells
    assert told.ends.items() <= later.ends.items()


@given(STEPS, PROMISES)
def test_shares_and_counting(steps: list, promises: list[Promise]) -> None:
    found = read_custody(
        read_story(write_log(steps)), promises, table_of, {}, Rules(0.5, 0.25)
    )
    shares: dict[int, dict[int, float]] = {}
    counted: Counter[tuple[int, int]] = Counter()
    for custody in found:
        spell = custody.spell
        shares.setdefault(spell.round, {})[spell.holder] = custody.held
        counted[spell.round, spell.holder] += custody.is_personal
        assert custody.held >= 0.5 or not custody.is_personal
        for left in (custody.left_at_start, custody.left_at_end):
            assert left is None or 0 <= left <= 1
    for parts in shares.values():
        assert abs(sum(parts.values()) - 1) < 1e-9
    assert set(counted.values()) <= {0, 1}


@given(STEPS, PROMISES)
def test_a_promise_is_counted_once_at_most(steps: list, promises: list) -> None:
    story = read_story(write_log(steps))
    for promise in promises:
        found = read_custody(story, [promise], table_of, {}, Rules())
        told = [
            value
            for custody in found
            for value in (custody.late_first_reply, custody.late_resolution)
            if value is not None
        ]
        assert len(told) <= (promise.state != "not_applicable")
        assert all(value == (promise.state == "missed") for value in told)


def test_a_deadline_passes_in_somebodys_hands() -> None:
    """Late is who had it when time ran out; not who inherits it."""
    log = [
        Entry(0, "received", table=1),
        Entry(0, "assigned", 7, 1),
        Entry(30 * HOUR, "assigned", 8, 1),
        Entry(40 * HOUR, "closed", 8, 1),
    ]
    missed = Promise("resolve", "missed", 0, 20 * HOUR, 40 * HOUR, 1)
    first, second = read_custody(read_story(log), [missed], table_of, {}, Rules())
    assert (first.late_resolution, second.late_resolution) == (True, None)
    assert first.is_personal and not second.is_personal
    assert (second.left_at_start, second.held) == (0.0, 0.25)


def test_leave_is_no_work() -> None:
    log = [
        Entry(0, "received", table=1),
        Entry(0, "assigned", 7, 1),
        Entry(50 * HOUR, "closed", 7, 1),
    ]
    leave = {7: [(10 * HOUR, 35 * HOUR)]}
    (custody,) = read_custody(read_story(log), (), table_of, leave, Rules())
    assert custody.worked == 25 * HOUR


def test_waiting_costs_no_time_left() -> None:
    """Ten hours of twenty are left after ten of work, however long it waited."""
    promise = Promise("resolve", "met", 0, 50 * HOUR, None, 1)
    waits = [(5 * HOUR, 35 * HOUR)]
    assert left_of(promise, 40 * HOUR, waits, table_of) == 0.5


def test_without_a_calendar_there_is_no_work_and_no_time_left() -> None:
    log = [
        Entry(0, "received"),
        Entry(0, "assigned", 7, 1),
        Entry(HOUR, "closed", 7, 1),
    ]
    promise = Promise("resolve", "met", 0, HOUR, HOUR, 0)
    (custody,) = read_custody(
        read_story(log), [promise], lambda _version, _at: None, {}, Rules()
    )
    assert (custody.worked, custody.held, custody.left_at_start) == (0, 1.0, None)
    assert custody.is_personal
