"""What always holds when a team's cases are dealt again by another rule."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.assignment_replay import Worker
from odoo.addons.citizen_crm.tools.assignment_simulation import (
    DAY,
    METHODS,
    Arrival,
    Person,
    Rule,
    SimulationError,
    simulate,
)

DAYS = 12
SKILLS = (1, 2)
#: Minutes on duty of a week: full time, half time, four days, nights, two days.
WEEKS = (
    (480, 480, 480, 480, 420, 0, 0),
    (240, 240, 240, 240, 210, 0, 0),
    (468, 468, 468, 468, 0, 0, 0),
    (1440, 0, 1440, 0, 600, 0, 0),
    (0, 0, 0, 0, 0, 500, 500),
)
methods = st.sampled_from([key for key, _label in METHODS])
#: Rules that look at duty and skills; the balanced one does neither.
careful = st.sampled_from([key for key, _label in METHODS if key != "balanced"])
skills = st.frozensets(st.sampled_from(SKILLS))


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    """A team of part-timers, with leave and days before it."""
    team = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        week = draw(st.sampled_from(WEEKS))
        away = draw(st.sampled_from(((), range(2, 6), range(4, 20))))
        duty = {
            day: week[day % 7]
            for day in range(3 * DAYS)
            if week[day % 7] and day not in away
        }
        team.append(
            Person(
                number,
                duty,
                draw(st.sampled_from((500, 800, 1000))),
                draw(skills),
                leaving=frozenset({away[0] - 1} if away else ()),
            )
        )
    return team


@st.composite
def arrivals(draw: st.DrawFn, last: int = DAYS * DAY) -> list[Arrival]:
    """Cases of every weight, some at the same minute, some at night."""
    return [
        Arrival(
            number,
            draw(st.integers(0, last)),
            draw(st.sampled_from((250, 1000, 3000))),
            draw(st.sampled_from((0, 7, 60, 600))),
            draw(st.sampled_from((frozenset(), frozenset({1}), frozenset(SKILLS)))),
            earlier=draw(st.integers(0, 6)),
        )
        for number in range(1, draw(st.integers(0, 40)) + 1)
    ]


@given(people(), arrivals(), methods, st.sampled_from((0, 2000)))
def test_nothing_is_lost_and_nothing_given_twice(
    team: list[Person], cases: list[Arrival], method: str, cap: int
) -> None:
    outcome = simulate(team, cases, Rule(method, cap=cap))
    weight = {case.id: case.points for case in cases}
    assert len(outcome.given) + outcome.ungiven == len(cases)
    had = Counter(dict.fromkeys(outcome.points, 0))
    for case, member in outcome.given.items():
        had[member] += weight[case]
    assert outcome.points == had
    assert outcome.finished.keys() <= outcome.given.keys()
    assert 0 <= outcome.waited <= len(cases)
    assert outcome.ungiven <= outcome.longest_queue or not outcome.ungiven


@given(people(), arrivals(), careful)
def test_only_who_is_there_and_able_gets_a_case(
    team: list[Person], cases: list[Arrival], method: str
) -> None:
    outcome = simulate(team, cases, Rule(method))
    known = {person.id: person for person in team}
    for case in cases:
        if case.id not in outcome.given:
            assert not any(_can_get(person, case) for person in team)
            continue
        at, person = outcome.given_at[case.id], known[outcome.given[case.id]]
        day = at // DAY
        assert at >= case.at
        assert person.duty.get(day)
        assert day not in person.leaving
        assert case.skills <= person.skills


def _can_get(person: Person, case: Arrival) -> bool:
    """Tell whether somebody could get a case on a day after its arrival."""
    days = (day for day in person.duty if day > case.at // DAY)
    return case.skills <= person.skills and bool(set(days) - person.leaving)


@given(people(), arrivals(), st.sampled_from((0, 1000, 3000)))
def test_the_bound_of_the_ledger(
    team: list[Person], cases: list[Arrival], slack: int
) -> None:
    """Two people of equal duty and skills are at most one largest case apart (I3)."""
    outcome = simulate(team, cases, Rule("ledger", slack=slack))
    if outcome.gap is None or _goes_on_after(outcome.given_at.values(), cases):
        return
    # Shares are whole points and keys are rounded down: a point each way.
    bound = max(case.points for case in cases) + slack + 4 * len(cases)
    assert outcome.gap * 1000 <= bound


def _goes_on_after(given_at, cases: list[Arrival]) -> bool:
    """Tell whether something was given after the last day of arrivals."""
    last = max(case.at for case in cases) // DAY
    return any(at // DAY > last for at in given_at)


@given(people(), arrivals(), methods, st.randoms())
def test_the_same_again(
    team: list[Person], cases: list[Arrival], method: str, dice
) -> None:
    """The order in which the cases are listed makes no difference."""
    shuffled = dice.sample(cases, len(cases))
    assert simulate(team, cases, Rule(method)) == simulate(team, shuffled, Rule(method))


@given(people(), arrivals(), careful)
def test_the_cap(team: list[Person], cases: list[Arrival], method: str) -> None:
    """Nobody gets anything while their open effort is at the cap."""
    cap = 2000
    outcome = simulate(team, cases, Rule(method, cap=cap))
    weight = {case.id: case.points for case in cases}
    for case, at in outcome.given_at.items():
        person = next(who for who in team if who.id == outcome.given[case])
        order = list(outcome.given)
        before = [
            other
            for other in order[: order.index(case)]
            if outcome.given[other] == person.id
            and outcome.finished.get(other, at + 1) > at
        ]
        held = sum(weight[other] for other in before)
        assert held * 1000 < cap * person.full_time


@given(people(), st.lists(st.sampled_from((0, 7, 60, 600)), max_size=8), st.data())
def test_work_minute_by_minute(
    team: list[Person], works: list[int], data: st.DataObject
) -> None:
    """When somebody is done is what walking through the minutes says."""
    person, worker, at = team[0], Worker(team[0], 0), 0
    free = 0
    for number, work in enumerate(works, 1):
        at += data.draw(st.integers(0, 2 * DAY))
        done = worker.take(Arrival(number, at, 1000, work), at)
        expected = _walk(person, max(at, free), work)
        if work:
            assert done == expected
            free = 10**9 if expected is None else expected


def _walk(person: Person, at: int, work: int) -> int | None:
    while work:
        if at >= 3 * DAYS * DAY:
            return None
        minutes = person.duty.get(at // DAY, 0)
        begin = min(480, DAY - minutes)
        work -= begin <= at % DAY < begin + minutes
        at += 1
    return at


@given(people(), arrivals(), methods)
def test_first_come_first_served(
    team: list[Person], cases: list[Arrival], method: str
) -> None:
    outcome = simulate(team, cases, Rule(method))
    last: dict[int, int] = {}
    for case, member in outcome.given.items():
        done = outcome.finished.get(case)
        if done is not None:
            assert last.get(member, 0) <= done
            last[member] = done


@given(
    st.integers(1, 6), st.integers(0, 40), st.sampled_from(("round_robin", "balanced"))
)
def test_turns_are_equal(size: int, count: int, method: str) -> None:
    """With nobody away and nothing finished, numbers of cases differ by one."""
    team = [Person(number, dict.fromkeys(range(9), 480)) for number in range(size)]
    cases = [Arrival(number, number, 1000, 10**6) for number in range(count)]
    outcome = simulate(team, cases, Rule(method))
    assert max(outcome.points.values()) - min(outcome.points.values()) <= 1000


def test_balanced_asks_nobody() -> None:
    """It gives cases to who is on leave and lacks the skill; the ledger does not."""
    team = [Person(1, {}), Person(2, {0: 480}, skills=frozenset({1}))]
    cases = [Arrival(number, 500, 1000, 900, frozenset({1})) for number in (1, 2)]
    assert simulate(team, cases, Rule("balanced")).points == {1: 1000, 2: 1000}
    assert simulate(team, cases, Rule("ledger")).points == {1: 0, 2: 2000}


def test_continuity() -> None:
    """The earlier handler gets a case again within the slack, not beyond."""
    team = [Person(number, {0: 480}) for number in (1, 2)]
    cases = [Arrival(number, number, 1000, 0, earlier=1) for number in range(1, 7)]
    near = simulate(team, cases, Rule("ledger", slack=1000))
    assert near.points == {1: 4000, 2: 2000}
    assert simulate(team, cases, Rule("ledger")).gap == 0


def test_continuity_of_a_matter() -> None:
    """A case goes to whoever has the case that it follows."""
    team = [Person(number, {0: 480}) for number in range(1, 9)]
    cases = [Arrival(number, number, 1000, 0, follows=1) for number in range(1, 4)]
    outcome = simulate(team, cases, Rule("ledger", slack=9000))
    assert len(set(outcome.given.values())) == 1


@pytest.mark.parametrize(
    ("team", "cases", "message"),
    [
        ([], [], "Nobody is in the team"),
        ([Person(1, {}), Person(1, {})], [], "Id 1 is used for more than one person"),
        ([Person(1, {})], [Arrival(7, 0, 1, 0)] * 2, "Id 7 is used for more than one"),
    ],
)
def test_what_cannot_be_simulated(
    team: list[Person], cases: list[Arrival], message: str
) -> None:
    with pytest.raises(SimulationError, match=message):
        simulate(team, cases, Rule())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rule("lottery"), "no method lottery"),
        (lambda: Person(3, {}, 0), "Person 3 has no capacity"),
        (lambda: Person(3, {1: 1441}), "Person 3: a day has 0 to 1440 minutes"),
        (lambda: Arrival(4, 0, 0, 5), "Case 4: points must be more than 0"),
        (lambda: Arrival(4, 0, 5, -1), "Case 4: work must not be below 0"),
    ],
)
def test_values_out_of_range(make, message: str) -> None:
    with pytest.raises(SimulationError, match=message):
        make()
