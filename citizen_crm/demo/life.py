"""Plan the course of a demo case: what happened when; pure Python."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from .clock import MINUTES_A_DAY, OfficeClock

#: Where a case stands, by its age as a share of the time promised for an answer:
#: (younger than, phase weights).
PHASES_BY_AGE: tuple[tuple[float, dict[str, int]], ...] = (
    (0.1, {"routed": 60, "assigned": 40}),
    (0.35, {"routed": 25, "assigned": 45, "in_work": 20, "answered": 5, "closed": 5}),
    (
        1,
        {
            "routed": 5,
            "assigned": 18,
            "in_work": 33,
            "waiting": 14,
            "answered": 15,
            "closed": 15,
        },
    ),
    (
        2.5,
        {
            "assigned": 2,
            "in_work": 8,
            "waiting": 6,
            "answered": 14,
            "closed": 66,
            "withdrawn": 3,
            "not_handled": 1,
        },
    ),
    (
        5,
        {
            "in_work": 3,
            "waiting": 2,
            "answered": 3,
            "closed": 89,
            "withdrawn": 2,
            "not_handled": 1,
        },
    ),
    (9999, {"closed": 196, "withdrawn": 2, "not_handled": 2}),
)
#: The steps that lead to a phase, after "received" and "routed".
COURSES: dict[str, tuple[str, ...]] = {
    "received": (),
    "routed": (),
    "assigned": ("assigned",),
    "in_work": ("assigned", "in_work"),
    "waiting": ("assigned", "in_work", "waiting"),
    "answered": ("assigned", "in_work", "answered"),
    "closed": ("assigned", "in_work", "answered", "closed"),
    "not_handled": ("assigned", "in_work", "not_handled"),
    "withdrawn": ("assigned", "withdrawn"),
}
#: Phase of the case after each kind of event.
PHASE_AFTER = {
    "confirmed": "received",
    "transferred": "routed",
    "resumed": "in_work",
    "reopened": "in_work",
}


#: For how long at most a case that waits has been waiting.
WAITED_DAYS = 10


@dataclass(slots=True)
class Step:
    """One thing that happened, in local time."""

    kind: str
    at: datetime


@dataclass(slots=True)
class Life:
    """The course of a case from receipt to where it stands now."""

    phase: str
    received: datetime
    steps: list[Step] = field(default_factory=list)

    def first(self, kind: str) -> datetime | None:
        """Return when something of this kind happened first."""
        return min((s.at for s in self.steps if s.kind == kind), default=None)

    def last(self, kind: str) -> datetime | None:
        """Return when something of this kind happened last."""
        return max((s.at for s in self.steps if s.kind == kind), default=None)


def choose_phase(rng: Random, age: float) -> str:
    """Return where a case plausibly stands; age as a share of the promised time."""
    weights = next(weights for limit, weights in PHASES_BY_AGE if age < limit)
    return rng.choices(list(weights), list(weights.values()))[0]


def choose_course(rng: Random, phase: str) -> list[str]:
    """Return the kinds of events that lead to a phase, with some detours."""
    course = list(COURSES[phase])
    if "answered" in course and rng.random() < 0.15:
        place = course.index("answered")
        course[place:place] = ["waiting", "resumed"]
    if phase == "closed" and rng.random() < 0.05:
        course += ["reopened", "answered", "closed"]
    if phase == "in_work" and rng.random() < 0.12:
        course += ["answered", "closed", "reopened"]
    if course and rng.random() < 0.05:
        course.insert(0, "transferred")
    return course


def plan_life(
    rng: Random,
    clock: OfficeClock,
    received: datetime,
    phase: str,
    promise_days: int,
    course: Sequence[str] | None = None,
) -> Life:
    """Lay the events of a course between receipt and now.

    Events fall into office hours. A course that would reach beyond now is
    compressed, so that no event lies in the future.
    """
    life = Life(phase, received)
    life.steps.append(Step("received", received))
    if phase == "received":
        return life
    minutes = rng.randint(1, 6)
    routed = min(received + timedelta(minutes=minutes), clock.now)
    life.steps.append(Step("routed", routed))
    course = choose_course(rng, phase) if course is None else course
    gaps = [_gap(rng, kind, promise_days) for kind in course]
    available = clock.between(routed, clock.now) - 5
    for kind, at in zip(course, _times(clock, routed, gaps, available), strict=True):
        life.steps.append(Step(kind, at))
    if phase == "waiting":
        # Whoever waits longer has been resumed at the limit.
        life.steps[-1].at = max(life.steps[-1].at, _lately(rng, clock))
    return life


def _lately(rng: Random, clock: OfficeClock) -> datetime:
    """Return a time in office hours within the limit of a pause, before now."""
    since = clock.now - timedelta(days=WAITED_DAYS * rng.random(), minutes=10)
    return min(clock.add(since, 1), clock.now)


def _gap(rng: Random, kind: str, promise_days: int) -> float:
    """Return the office minutes between an event and the one before it.

    Most steps are a share of the time promised, which four out of five answers keep.
    """
    promise = promise_days * MINUTES_A_DAY
    spans = {
        "transferred": rng.uniform(0.05, 0.25) * promise,
        "assigned": rng.uniform(0.01, 0.12) * promise,
        "in_work": rng.uniform(0.01, 0.12) * promise,
        "waiting": rng.uniform(0.03, 0.1) * promise,
        "resumed": rng.uniform(0.05, 0.25) * promise,
        "answered": promise * min(rng.lognormvariate(-1.0, 0.62), 2.5),
        "closed": rng.uniform(0.1, 1.2) * MINUTES_A_DAY,
        "reopened": rng.uniform(1, 5) * MINUTES_A_DAY,
        "not_handled": rng.uniform(0.2, 0.6) * promise,
        "withdrawn": rng.uniform(0.1, 0.4) * promise,
    }
    return spans[kind]


def _times(
    clock: OfficeClock, start: datetime, gaps: Sequence[float], available: int
) -> list[datetime]:
    """Return one time per gap, none after now."""
    total = sum(gaps)
    if available < 10 * len(gaps):
        # Filed outside office hours a moment ago: count every minute.
        span = (clock.now - start) / (len(gaps) + 1)
        return [start + span * (number + 1) for number in range(len(gaps))]
    scale = min(1.0, available / total) if total else 1.0
    times, passed = [], 0.0
    for gap in gaps:
        passed += gap * scale
        times.append(clock.add(start, passed))
    return times
