"""Load a year of ended cases of one department, for evaluations to look at.

All of them ended before the days that the rest of the demo city tells of, so they are
in nobody's queue, ledger or list of open cases. Who answered how many of them late is
set here, so that the evaluations have something to tell.
"""

from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from .aftercare import prepare_feedback
from .cases import CaseWriter, backdate_creation
from .clock import MINUTES_A_DAY
from .content import CaseText, case_texts, service_mix
from .life import Life, Step
from .people import Person
from .plans import Line, Plan, choose_person, choose_place, write_plan

if TYPE_CHECKING:
    from .loader import DemoCity

SEED = 20260801
#: Days back from today: the first and the last day of each period.
PERIODS = ((460, 274), (273, 94))
#: Types in turn. Nothing that the measures tell kinds of cases apart by is left to the
#: dice, so the figures are the same on whatever day the city is loaded.
ROADS = ("ROAD-POT", "ROAD-POT", "ROAD-PAV", "ROAD-POT", "ROAD-PAV")
LIGHTS = ("ROAD-LGT",)
CHANNELS = ("web", "app", "phone", "email", "counter", "letter")
#: One of so many cases is urgent.
URGENT = 7
#: Working days after which an answer is sent, in time and late for all these types.
IN_TIME, LATE = (1.2, 3.4), (8.0, 12.0)
#: Working days after which a first message is sent, in time and late.
FIRST, FIRST_LATE = (0.3, 1.1), (4.3, 4.8)
#: One of so many cases is opened again by the service centre.
REOPENED = 17
#: Days within which all of that ends, holidays included.
LONGEST = 35


class Work(NamedTuple):
    """What somebody had in a period: how many cases, and how many of them late."""

    handler: str
    types: tuple[str, ...]
    cases: int
    late: int  #: answers
    first_late: int  #: first messages
    since: int = 999  #: days back from which on they have been there


#: Of each period. One planner's answers hang on another authority, which takes longer
#: and longer; an inspector works half-time and has not been there for long.
WORK = (
    (
        Work("brandt", ROADS, 34, 10, 8),
        Work("okafor", ROADS, 42, 7, 8),
        Work("lindqvist", ROADS, 26, 5, 5),
        Work("nkemelu", LIGHTS, 38, 8, 0),
        Work("varga", LIGHTS, 40, 9, 0, since=425),
    ),
    (
        Work("brandt", ROADS, 36, 20, 9),
        Work("okafor", ROADS, 44, 9, 9),
        Work("lindqvist", ROADS, 28, 5, 6),
        Work("ferrer", ROADS, 12, 2, 3, since=230),
        Work("nkemelu", LIGHTS, 38, 8, 0),
        Work("varga", LIGHTS, 40, 9, 0),
    ),
)


def load_past(city: "DemoCity", people: list[Person]) -> None:
    """Create the ended cases with their histories, and what people said of them."""
    # Dice of its own: nothing else in the city changes by what is here.
    past = copy(city)
    past.rng = Random(SEED)
    plans = sorted(_Planner(past, people).plan(), key=lambda one: one.life.received)
    writer = CaseWriter(past, {})
    cases = city.env["helpdesk.ticket"]._create_backdated(
        [writer.prepare(plan) for plan in plans]
    )
    for plan, case in zip(plans, cases, strict=True):
        plan.id = case.id
    backdate_creation(cases)
    city.env["citizen.case.feedback"].create(
        [prepare_feedback(past, past.rng, plan) for plan in plans if plan.person]
    )


class _Planner:
    """Writes the cases of all periods, without ids yet."""

    def __init__(self, past: "DemoCity", people: list[Person]) -> None:
        self.past, self.people = past, people
        self.mixes = {mix.type: mix for mix in service_mix()}
        self.texts = {code: _texts_in_turn(code) for code in (*ROADS, *LIGHTS)}

    def plan(self) -> Iterator[Plan]:
        for (first, last), works in zip(PERIODS, WORK, strict=True):
            for work in works:
                days = min(first, work.since), last
                user = self.past.records.ref(f"user_{work.handler}")
                for number, code in zip(
                    range(work.cases), cycle(work.types), strict=False
                ):
                    plan = self._plan_case(work, number, code, *days)
                    plan.handler_id = user.id
                    plan.handler_partner_id = user.partner_id.id
                    yield plan

    def _plan_case(
        self, work: Work, number: int, code: str, first: int, last: int
    ) -> Plan:
        """Return a case that comes in and ends in a period, given by days back."""
        past, mix, text = self.past, self.mixes[code], next(self.texts[code])
        person = choose_person(past, mix, text, self.people)
        place = choose_place(past, mix, text, person)
        channel = CHANNELS[number % len(CHANNELS)]
        day = past.today - timedelta(days=past.rng.randint(last + LONGEST, first))
        life, told = _live(
            past,
            past.clock.receipt(past.rng, day, channel),
            _is_one_of(work.late, number, work.cases),
            _is_one_of(work.first_late, number + work.cases // 2, work.cases),
        )
        if number % REOPENED == REOPENED - 1:
            _reopen(past, life)
        plan = write_plan(past, mix, text, person, place, channel, life, number)
        plan.priority = "2" if number % URGENT == URGENT - 1 else "1"
        plan.lines += [Line("h", "", told)] if told else []
        return plan


def _texts_in_turn(code: str) -> Iterator[CaseText]:
    """Yield what residents write of a type, those who name their street."""
    texts = [text for text in case_texts()[code] if text.voice != "o"]
    streets = [text for text in texts if "{street}" in text.title]
    return cycle(streets or texts)


def _is_one_of(some: int, number: int, total: int) -> bool:
    """Tell whether a case is among some of all, spread evenly over them.

    >>> [_is_one_of(2, number, 6) for number in range(6)]
    [True, False, False, True, False, False]
    """
    return number * some % total < some


def _live(
    past: "DemoCity", received: datetime, is_late: bool, is_first_late: bool
) -> tuple[Life, datetime | None]:
    """Return the course of a case, and when the person was first written to.

    ``None`` where the answer is the first that they hear.
    """
    rng, clock = past.rng, past.clock
    answer = rng.uniform(*(LATE if is_late else IN_TIME))
    told = clock.add(received, rng.uniform(*FIRST) * MINUTES_A_DAY)
    if is_first_late:
        answer, told = max(answer, rng.uniform(*FIRST_LATE)), None
    gaps = {
        "routed": 0.01,
        "assigned": rng.uniform(0.05, 0.25),
        "answered": answer,
        "closed": answer + rng.uniform(0.1, 1.2),
    }
    steps = [Step("received", received)]
    steps += [
        Step(kind, clock.add(received, gap * MINUTES_A_DAY))
        for kind, gap in gaps.items()
    ]
    return Life("closed", received, steps), told


def _reopen(past: "DemoCity", life: Life) -> None:
    """Let a case be opened again after two days, answered and closed again."""
    closed = life.steps[-1].at
    for kind, days in (("reopened", 2), ("answered", 4), ("closed", 5)):
        at = past.clock.add(closed, days * MINUTES_A_DAY)
        life.steps.append(Step(kind, at))
