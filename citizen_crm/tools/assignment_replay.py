"""The engine of the simulator: people who work off cases that a rule gives them.

Conventions are those of :mod:`assignment_simulation`, by which this is used.
"""

import heapq
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from random import Random

from .duty_ledger import FULL_TIME, Candidate, Entry, Ledger, choose, tie_breaks

DAY = 1440
_DUTY_BEGINS = 480
METHODS = [
    ("ledger", "Duty ledger"),
    ("round_robin", "In turn"),
    ("least_open", "Fewest open cases"),
    ("least_points", "Least open effort"),
    ("balanced", "Balanced (OCA 17.0)"),
    ("random", "At random"),
]
_FINISH, _WAKE, _ARRIVE = range(3)


class SimulationError(ValueError):
    """What cannot be simulated; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the team.

    :param duty: minutes on duty by day, without days off
    :param leaving: days before a leave, on which nothing is given any more
    """

    id: int
    duty: Mapping[int, int]
    full_time: int = FULL_TIME
    skills: frozenset[int | str] = frozenset()
    languages: frozenset[str] = frozenset()
    leaving: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if self.full_time <= 0:
            raise SimulationError(f"Person {self.id} has no capacity.")
        if any(not 0 <= minutes <= DAY for minutes in self.duty.values()):
            raise SimulationError(f"Person {self.id}: a day has 0 to {DAY} minutes.")

    def share_on(self, day: int) -> int:
        """Return the minutes by which this person is credited on a day."""
        return 0 if day in self.leaving else self.duty.get(day, 0)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A case that somebody must get.

    :param at: when it came to the team
    :param points: effort in thousandths of a point
    :param work: minutes on duty that it takes
    :param skills: what its handler must know; all of it
    :param earlier: who had it before, 0 for nobody
    :param follows: case of the same matter whose handler is then the earlier one
    """

    id: int
    at: int
    points: int
    work: int
    skills: frozenset[int | str] = frozenset()
    languages: frozenset[str] = frozenset()
    earlier: int = 0
    follows: int = 0

    def __post_init__(self) -> None:
        if self.points <= 0:
            raise SimulationError(f"Case {self.id}: points must be more than 0.")
        if self.work < 0:
            raise SimulationError(f"Case {self.id}: work must not be below 0.")


@dataclass(frozen=True, slots=True)
class Rule:
    """How cases are given.

    :param cap: open effort of a full-time employee from which nothing more is given,
        0 for none
    :param slack: how far above the lowest balance the earlier handler may be
    """

    method: str = "ledger"
    cap: int = 0
    slack: int = 0
    match_skills: bool = True
    match_languages: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in dict(METHODS):
            raise SimulationError(f"There is no method {self.method}.")


def end_of_duty(day: int, minutes: int) -> int:
    """Return the instant at which somebody's duty of a day ends.

    >>> end_of_duty(1, 60), end_of_duty(1, 0), end_of_duty(1, 1440)
    (1980, 1440, 2880)
    """
    return day * DAY + min(_DUTY_BEGINS + minutes, DAY) if minutes else day * DAY


class Worker:
    """Somebody at work: first come, first served, in the hours on duty."""

    def __init__(self, person: Person, place: int) -> None:
        self.person = person
        self.place = place
        self.open_cases = self.open_points = self.points = self.last_at = 0
        self.days = sorted(day for day, minutes in person.duty.items() if minutes)
        self.ends = list(accumulate(person.duty[day] for day in self.days))
        self.booked = 0  #: the minute of duty, counted from the first, that is free

    def take(self, case: Arrival, at: int) -> int | None:
        """Take a case; return when it will be finished, ``None`` for never."""
        self.open_cases += 1
        self.open_points += case.points
        self.points += case.points
        self.booked = max(self.booked, self._minutes_before(at)) + case.work
        index = bisect_left(self.ends, self.booked)
        if index == len(self.days):
            return None
        return max(at, self._end_of(index) - (self.ends[index] - self.booked))

    def drop(self, case: Arrival) -> None:
        """Have a case finished."""
        self.open_cases -= 1
        self.open_points -= case.points

    def load(self) -> Fraction:
        """Return the open effort for each full-time equivalent."""
        return Fraction(self.open_points, self.person.full_time)

    def _minutes_before(self, at: int) -> int:
        """Count the minutes of duty before an instant."""
        index = bisect_right(self.days, at // DAY) - 1
        if index < 0:
            return 0
        minutes = self.person.duty[self.days[index]]
        return self.ends[index] - min(max(0, self._end_of(index) - at), minutes)

    def _end_of(self, index: int) -> int:
        """Return when duty ends on the day of this number."""
        day = self.days[index]
        return end_of_duty(day, self.person.duty[day])


@dataclass
class Replay:
    """A team on its way through the arrivals."""

    people: list[Person]
    cases: list[Arrival]
    rule: Rule
    given: dict[int, int] = field(default_factory=dict)
    given_at: dict[int, int] = field(default_factory=dict)
    finished: dict[int, int] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    longest_queue: int = 0
    waited: int = 0
    turn: int = -1  #: place of whom the last case was given to

    def __post_init__(self) -> None:
        self.workers = {
            person.id: Worker(person, place) for place, person in enumerate(self.people)
        }
        self._dice = Random(self.rule.seed)  # noqa: S311  nothing secret
        self._by_id = {case.id: case for case in self.cases}
        #: who waits, by what they want of a handler: who has come first is first
        self._queues: dict[tuple, deque[Arrival]] = {}
        self._events = [(case.at, _ARRIVE, case.id) for case in self.cases]
        self._last_day = max(
            (worker.days[-1] for worker in self.workers.values() if worker.days),
            default=0,
        )

    def run(self) -> None:
        """Go through all that happens, in time."""
        wakes = -1
        while self._events:
            at, kind, case_id = heapq.heappop(self._events)
            if kind == _FINISH:
                self._finish(self._by_id[case_id], at)
            elif kind == _ARRIVE:
                case = self._by_id[case_id]
                wants = case.skills, case.languages
                self._queues.setdefault(wants, deque()).append(case)
            self._drain(at)
            waiting = sum(map(len, self._queues.values()))
            if kind == _ARRIVE and case_id not in self.given:
                self.waited += 1
            self.longest_queue = max(self.longest_queue, waiting)
            tomorrow = at // DAY + 1
            if waiting and wakes < tomorrow <= self._last_day:
                wakes = tomorrow
                heapq.heappush(self._events, (tomorrow * DAY, _WAKE, 0))

    def _drain(self, at: int) -> None:
        """Give whatever can be given, who has waited longest first."""
        heads = [(queue[0].at, queue[0].id, wants) for wants, queue in self._waiting()]
        heapq.heapify(heads)
        while heads:
            _at, _id, wants = heapq.heappop(heads)
            queue = self._queues[wants]
            if not self._give(queue[0], at):
                continue
            queue.popleft()
            if queue:
                heapq.heappush(heads, (queue[0].at, queue[0].id, wants))

    def _waiting(self) -> list[tuple[tuple, deque[Arrival]]]:
        return [(wants, queue) for wants, queue in self._queues.items() if queue]

    def _give(self, case: Arrival, at: int) -> bool:
        """Give a case to whom the rule says; tell whether there was anybody."""
        worker = _PICKS[self.rule.method](self, case, at)
        if not worker:
            return False
        self.given[case.id] = worker.person.id
        self.given_at[case.id] = at
        self.turn = worker.place
        worker.last_at = len(self.given)
        finish = worker.take(case, at)
        if finish is not None:
            heapq.heappush(self._events, (finish, _FINISH, case.id))
        return True

    def _finish(self, case: Arrival, at: int) -> None:
        self.finished[case.id] = at
        self.workers[self.given[case.id]].drop(case)
        if self.rule.method == "ledger":
            self.ledger.post(Entry("finish", case.id))

    def exclusion(self, worker: Worker, case: Arrival, at: int) -> str:
        """Say why somebody cannot get a case at an instant, empty if they can."""
        person, rule = worker.person, self.rule
        if at >= end_of_duty(at // DAY, person.duty.get(at // DAY, 0)):
            return "away"
        if at // DAY in person.leaving:
            return "leaving"
        if rule.match_skills and not case.skills <= person.skills:
            return "skill"
        if rule.match_languages and not case.languages <= person.languages:
            return "language"
        if rule.cap and worker.open_points * FULL_TIME >= rule.cap * person.full_time:
            return "cap"
        return ""

    def eligible(self, case: Arrival, at: int) -> list[Worker]:
        """Return who can get a case at an instant."""
        return [
            worker
            for worker in self.workers.values()
            if not self.exclusion(worker, case, at)
        ]

    def pick_ledger(self, case: Arrival, at: int) -> Worker | None:
        """Choose by the ledger, and book it."""
        candidates = [
            Candidate(
                person.id,
                self.ledger.balance(person.id),
                person.full_time,
                self.workers[person.id].last_at,
                self.exclusion(self.workers[person.id], case, at),
            )
            for person in self.people
        ]
        earlier = case.earlier or self.given.get(case.follows, 0)
        slack = self.rule.slack
        choice = choose(case.id, candidates, earlier=earlier, slack=slack)
        if not choice:
            return None
        hours = {person.id: person.share_on(at // DAY) for person in self.people}
        self.ledger.post(Entry("charge", case.id, choice.id, case.points, hours))
        return self.workers[choice.id]

    def pick_round_robin(self, case: Arrival, at: int) -> Worker | None:
        """Choose the next after the last one, in the order of the team."""
        size = len(self.people)
        return min(
            self.eligible(case, at),
            key=lambda worker: (worker.place - self.turn - 1) % size,
            default=None,
        )

    def pick_least_open(self, case: Arrival, at: int) -> Worker | None:
        """Choose who has the fewest open cases."""
        return self._pick_least(case, at, lambda worker: worker.open_cases)

    def pick_least_points(self, case: Arrival, at: int) -> Worker | None:
        """Choose who has the least open effort for their share of full time."""
        return self._pick_least(case, at, Worker.load)

    def pick_balanced(self, case: Arrival, at: int) -> Worker | None:
        """Choose as the module for Odoo 17.0 does.

        Who has the fewest open cases, of equals the lowest id. Everybody in the team
        can be chosen: it asks neither who is away nor what somebody knows.
        """
        return min(
            self.workers.values(),
            key=lambda worker: (worker.open_cases, worker.person.id),
        )

    def pick_random(self, case: Arrival, at: int) -> Worker | None:
        """Choose by the dice."""
        eligible = self.eligible(case, at)
        return self._dice.choice(eligible) if eligible else None

    def _pick_least(
        self, case: Arrival, at: int, load: Callable[[Worker], int | Fraction]
    ) -> Worker | None:
        """Choose the least; of equals who has waited longest, then by a hash."""
        workers = self.eligible(case, at)
        tie_break = tie_breaks(case.id, (worker.person.id for worker in workers))
        return min(
            workers,
            key=lambda worker: (
                load(worker),
                worker.last_at,
                tie_break[worker.person.id],
            ),
            default=None,
        )


_PICKS: dict[str, Callable[[Replay, Arrival, int], Worker | None]] = {
    "ledger": Replay.pick_ledger,
    "round_robin": Replay.pick_round_robin,
    "least_open": Replay.pick_least_open,
    "least_points": Replay.pick_least_points,
    "balanced": Replay.pick_balanced,
    "random": Replay.pick_random,
}
