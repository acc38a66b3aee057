"""Decide which cases the city has: who files what, where, when and how it goes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from .clock import MINUTES_A_DAY
from .content import (
    CaseText,
    ServiceMix,
    SpecialCase,
    case_texts,
    service_mix,
    special_cases,
    streets,
)
from .life import COURSES, Life, choose_phase, plan_life
from .people import Person
from .writing import Place, answer_questions, find_place, locate, slots

if TYPE_CHECKING:
    from .loader import DemoCity

DAYS = 90
#: How cases come in; organisations write and call, nobody of them uses the app.
CHANNELS = {
    "p": {"web": 30, "app": 22, "phone": 20, "email": 14, "counter": 7, "letter": 4},
    "o": {"email": 50, "web": 30, "phone": 15, "counter": 5},
}
RARE_CHANNELS = {"councillor": 1, "other": 2}
#: Share of reports in the street that nobody has signed.
ANONYMOUS = {"ROAD-LGT": 0.12, "WST-DMP": 0.2, "WST-CLN": 0.15, "GOV-MIS": 0.5}
OUTCOMES = {"unknown": 42, "confirmed": 44, "partly": 7, "not_solved": 4, "disputed": 3}


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a case: who is ``c`` (citizen) or ``h`` (handler)."""

    who: str
    text: str
    at: datetime


@dataclass(slots=True)
class Plan:
    """A case before it is stored."""

    key: str
    type: str
    title: str
    text: str
    reply: str
    answers: dict[str, object]
    person: Person | None
    lang: str
    channel: str
    place: Place
    life: Life
    role: str = ""
    nature: str = ""
    priority: str = "1"
    outcome: str = "unknown"
    lead: str = ""
    note: str = ""
    reopened: str = ""
    talk: str = ""
    lines: list[Line] = field(default_factory=list)
    handler: str = ""
    id: int = 0
    handler_id: int = 0
    handler_partner_id: int = 0
    by_desk: bool = False


def make_plans(city: "DemoCity", people: list[Person]) -> list[Plan]:
    """Return all cases of the city in the order in which they came in."""
    plans = [_special(city, story, people) for story in special_cases()]
    for mix in service_mix():
        plans += _ordinary(city, mix, people)
    return sorted(plans, key=lambda plan: plan.life.received)


def _special(city: "DemoCity", story: SpecialCase, people: list[Person]) -> Plan:
    life = _special_life(city, story)
    place = find_place(story.district, story.place)
    role, _colon, name = story.person.rpartition(":")
    person = next((p for p in people if p.id == name), None) if name else None
    return Plan(
        key=story.id,
        type=story.type,
        title=story.title,
        text=story.text,
        reply=story.reply,
        answers=_answers(city, story.type, story.answers, place, life),
        person=person,
        lang=person.lang if person else "en_US",
        channel=story.channel,
        place=place,
        life=life,
        role=story.extra.get("role") or {"c": "customer", "p": "citizen"}.get(role, ""),
        nature=story.extra.get("nature", ""),
        priority=story.extra.get("priority", "1"),
        outcome=story.extra.get("outcome", "unknown"),
        lead=story.lead,
        note=story.extra.get("note", ""),
        reopened=story.extra.get("reopened", ""),
        talk=story.id,
        handler=story.extra.get("handler", ""),
    )


def _special_life(city: "DemoCity", story: SpecialCase) -> Life:
    day = city.today - timedelta(days=story.days)
    received = datetime.combine(day, time.fromisoformat(story.time))
    if received > city.clock.now - timedelta(minutes=20):
        minutes = city.rng.randint(20, 90)
        received = city.clock.now - timedelta(minutes=minutes)
    course = [*COURSES[story.phase]]
    if "reopened" in story.extra:
        course += ["reopened", "answered", "closed"]
    days = {mix.type: mix.promise_days for mix in service_mix()}.get(story.type, 6)
    return plan_life(city.rng, city.clock, received, story.phase, days, course)


def _ordinary(
    city: "DemoCity", mix: ServiceMix, people: list[Person]
) -> Iterator[Plan]:
    texts = _texts_in_turn(case_texts()[mix.type])
    for number in range(1, mix.cases + 1):
        text = next(texts)
        person = choose_person(city, mix, text, people)
        place = choose_place(city, mix, text, person)
        channels = CHANNELS[text.voice or "p"] | RARE_CHANNELS
        channel = city.rng.choices(list(channels), list(channels.values()))[0]
        received = city.clock.receipt(city.rng, _choose_day(city), channel)
        age = city.clock.between(received, city.clock.now) / MINUTES_A_DAY
        phase = choose_phase(city.rng, age / mix.promise_days)
        life = plan_life(city.rng, city.clock, received, phase, mix.promise_days)
        yield write_plan(city, mix, text, person, place, channel, life, number)


def write_plan(
    city: "DemoCity",
    mix: ServiceMix,
    text: CaseText,
    person: Person | None,
    place: Place,
    channel: str,
    life: Life,
    number: int,
) -> Plan:
    words = slots(city.rng, place, text.lang, life.received.date())
    answers = _answers(city, mix.type, text.answers, place, life)
    if mix.place == "none" and "{street}" not in text.text + text.title:
        place = Place(place.district)
    return Plan(
        key=f"{mix.type.lower().replace('-', '_')}_{number:02d}",
        type=mix.type,
        title=text.title.format(**words),
        text=text.text.format(**words),
        reply=text.reply.format(**words),
        answers=answers,
        person=person,
        lang=text.lang,
        channel=channel,
        place=place,
        life=life,
        priority=_priority(city, answers),
        outcome=_choose_outcome(city, mix, life),
        talk=text.key,
    )


def _choose_outcome(city: "DemoCity", mix: ServiceMix, life: Life) -> str:
    if life.phase != "closed" or mix.type == "GOV-PRS":
        return "unknown"
    return city.rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]


def _texts_in_turn(texts: tuple[CaseText, ...]) -> Iterator[CaseText]:
    """Yield every text once, then again those that name their street in the title."""
    yield from texts
    again = [
        text for text in texts if "{street}" in text.title and text.lang == "en_US"
    ]
    yield from cycle(again or texts)


def _choose_day(city: "DemoCity"):
    """Return a day of the last 90; on weekends people write less."""
    while True:
        day = city.today - timedelta(days=city.rng.randrange(DAYS))
        if city.clock.is_working(day) or city.rng.random() < 0.4:
            return day


def choose_person(
    city: "DemoCity", mix: ServiceMix, text: CaseText, people: list[Person]
) -> Person | None:
    if city.rng.random() < ANONYMOUS.get(mix.type, 0):
        return None
    customers_only = city.service(mix.type).default_role == "customer"
    organisation = text.voice == "o"
    choice = [
        person
        for person in people
        if person.lang == text.lang
        and bool(person.services) == organisation
        and (person.is_customer or not customers_only)
    ]
    known = [person for person in choice if mix.type in person.services]
    return city.rng.choice(known or choice)


def choose_place(
    city: "DemoCity", mix: ServiceMix, text: CaseText, person: Person | None
) -> Place:
    if person and mix.place == "home":
        return find_place(person.district, person.street)
    near = person and city.rng.random() < 0.7
    choice = [s for s in streets() if not near or s.district == person.district]
    place = locate(city.rng.choice(choice), city.rng.randint(1, 68))
    if mix.place == "none" and person:
        return replace(place, district=person.district)
    return place


def _answers(
    city: "DemoCity", code: str, given: str, place: Place, life: Life
) -> dict[str, object]:
    definition = city.service(code).question_definition if code else []
    return answer_questions(
        city.rng, definition or [], given, place, life.received.date()
    )


def _priority(city: "DemoCity", answers: dict[str, object]) -> str:
    """Urgent is what can hurt somebody; nothing else counts."""
    harm = ("danger", "injury", "cellar", "hate", "children")
    if any(answers.get(name) is True for name in harm):
        return city.rng.choice("22222223")
    return city.rng.choice("011111")
