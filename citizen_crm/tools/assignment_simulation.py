"""What another rule of assignment would have done: a team's cases, dealt again.

Pure functions over :mod:`duty_ledger`. The same arrivals are given to the same people
by one rule after another; everybody works what they have been given first come, first
served in their hours on duty. So each rule shows how equally it shares the work, and
how long the cases then take. The same input gives the same result.

Conventions:

* Instants are ``int`` minutes since 1970 on the city's clock, days are instants divided
  by 1440. Of a day only the minutes on duty are known; they begin at eight.
* A case is given when it arrives, to somebody whose duty of that day is not over. If
  nobody can get it, it waits until somebody ends a case or a new day begins.
* Whoever got a case keeps it, also while they are away.
* Duty after the last arrival is there to finish the work; how equal the shares are is
  counted against the duty from the first arrival's day to the last one's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .assignment_replay import (
    DAY,
    METHODS,
    Arrival,
    Person,
    Replay,
    Rule,
    SimulationError,
)
from .inequality import jain

__all__ = [
    "DAY",
    "METHODS",
    "Arrival",
    "Outcome",
    "Person",
    "Rule",
    "SimulationError",
    "simulate",
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: who got what, and the figures by which rules are compared.

    :param points: thousandths that each person was given
    :param rates: points (not thousandths) by hour on duty, of each person
    :param jain: Jain's index of the rates, ``None`` when there is nothing to compare
    :param spread: highest rate less the lowest
    :param gap: most points that two people of equal duty and abilities differ by,
        ``None`` if no two are equal
    :param median_days: from arrival to finish, ``None`` if half never ends
    :param slow_days: the same for nine cases of ten
    :param waited: cases that nobody could get at once
    """

    given: dict[int, int]
    given_at: dict[int, int]
    finished: dict[int, int]
    points: dict[int, int]
    rates: dict[int, float]
    jain: float | None
    spread: float
    gap: float | None
    median_days: float | None
    slow_days: float | None
    longest_queue: int
    waited: int
    ungiven: int


def simulate(
    team: Iterable[Person], arrivals: Iterable[Arrival], rule: Rule
) -> Outcome:
    """Deal arrivals to a team by a rule; return what came of it.

    :raise SimulationError: nobody in the team, an unknown method, a value out of range

    >>> team = [Person(1, {0: 480}), Person(2, {0: 240}, full_time=500)]
    >>> cases = [Arrival(n, 480 + n, 1000, 30) for n in range(1, 7)]
    >>> outcome = simulate(team, cases, Rule("ledger"))
    >>> outcome.points, outcome.jain
    ({1: 4000, 2: 2000}, 1.0)
    >>> simulate(team, cases, Rule("round_robin")).points
    {1: 3000, 2: 3000}
    """
    people, cases = list(team), sorted(arrivals, key=lambda case: (case.at, case.id))
    if not people:
        raise SimulationError("Nobody is in the team.")
    _check_ids("person", [person.id for person in people])
    _check_ids("case", [case.id for case in cases])
    replay = Replay(people, cases, rule)
    replay.run()
    return _outcome(replay, cases)


def _check_ids(kind: str, ids: Iterable[int]) -> None:
    for number, times in Counter(ids).most_common(1):
        if times > 1:
            raise SimulationError(f"Id {number} is used for more than one {kind}.")


def _outcome(replay: Replay, cases: list[Arrival]) -> Outcome:
    """Count what a replay has come to."""
    days = range(cases[0].at // DAY, cases[-1].at // DAY + 1) if cases else range(0)
    workers = replay.workers
    points = {member: worker.points for member, worker in workers.items()}
    minutes = {
        person.id: sum(person.share_on(day) for day in days) for person in replay.people
    }
    rates = {
        member: points[member] * 60 / 1000 / span
        for member, span in minutes.items()
        if span
    }
    lasted = sorted(
        (replay.finished[case.id] - case.at) / DAY
        for case in cases
        if case.id in replay.finished
    )
    return Outcome(
        given=replay.given,
        given_at=replay.given_at,
        finished=replay.finished,
        points=points,
        rates=rates,
        jain=jain(rates.values()),
        spread=max(rates.values(), default=0) - min(rates.values(), default=0),
        gap=_gap(replay.people, points, days),
        median_days=_quantile(lasted, len(cases), 50),
        slow_days=_quantile(lasted, len(cases), 90),
        longest_queue=replay.longest_queue,
        waited=replay.waited,
        ungiven=len(cases) - len(replay.given),
    )


def _quantile(lasted: Sequence[float], cases: int, percent: int) -> float | None:
    """Return the time within which so many of all cases end, ``None`` for never.

    >>> _quantile([1, 2, 3], 4, 50), _quantile([1, 2, 3], 4, 90)
    (2, None)
    """
    rank = -(-cases * percent // 100)
    return lasted[rank - 1] if 0 < rank <= len(lasted) else None


def _gap(
    people: Iterable[Person], points: Mapping[int, int], days: Iterable[int]
) -> float | None:
    """Return by how many points two people differ who should have had the same."""
    alike: dict[tuple, list[int]] = {}
    for person in people:
        shares = tuple(person.share_on(day) for day in days)
        if any(shares):
            same = person.full_time, person.skills, person.languages, shares
            alike.setdefault(same, []).append(points[person.id])
    gaps = [max(had) - min(had) for had in alike.values() if len(had) > 1]
    return max(gaps) / 1000 if gaps else None
