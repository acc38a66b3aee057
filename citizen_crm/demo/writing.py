"""Fill the slots of case texts and the answers to intake questions; pure Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from .content import PARKING_ZONES, Street, pairs, streets

WEEKDAYS = {
    "en_US": (
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ),
    "es_ES": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "zh_TW": ("一", "二", "三", "四", "五", "六", "日"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a matter is; no address when it has no place."""

    district: str
    street: str = ""
    number: int = 0
    latitude: float = 0.0
    longitude: float = 0.0

    @property
    def address(self) -> str:
        """Return street and number.

        >>> Place("OH1", "Ropewalk", 5).address
        'Ropewalk 5'
        """
        return f"{self.street} {self.number or ''}".strip()


def locate(street: Street, number: int) -> Place:
    """Return a place in a street; houses of a street lie on a line.

    The direction of the line depends on the street's name alone, so that equal
    addresses have equal coordinates.
    """
    rng = Random(street.name)
    north, east = rng.uniform(-0.004, 0.004), rng.uniform(-0.005, 0.005)
    along = (number - 30) / 60
    return Place(
        street.district,
        street.name,
        number,
        round(street.latitude + north + along * rng.uniform(-0.002, 0.002), 6),
        round(street.longitude + east + along * rng.uniform(-0.003, 0.003), 6),
    )


def find_place(district: str, address: str) -> Place:
    """Return the place of a written address; without coordinates if unknown."""
    known = {street.name: street for street in streets()}
    name, _space, last = address.rpartition(" ")
    if last.isdigit() and name in known:
        return locate(known[name], int(last))
    if address in known:
        place = locate(known[address], 30)
        return Place(
            district, address, latitude=place.latitude, longitude=place.longitude
        )
    return Place(district, address)


def slots(rng: Random, place: Place, lang: str, day: date) -> dict[str, str | int]:
    """Return what may stand for each slot of a text received on a day."""
    neighbours = [
        street.name
        for street in streets()
        if street.district == place.district and street.name != place.street
    ]
    seen = day - timedelta(days=rng.randint(1, 4))
    return {
        "street": place.street,
        "no": place.number,
        "cross": rng.choice(neighbours),
        "day": WEEKDAYS[lang][seen.weekday()],
        "n": rng.randint(3, 7),
        "zone": PARKING_ZONES[place.district[:2]],
    }


def answer_questions(
    rng: Random, definition: Sequence[dict], given: str, place: Place, day: date
) -> dict[str, object]:
    """Return the answers to the questions of a service type.

    :param definition: the questions, as Odoo stores them
    :param given: ``name=value`` pairs; dates are days from the day of receipt
    """
    told, answers = pairs(given), {}
    for question in definition:
        name, kind = question["name"], question["type"]
        if name in told:
            answers[name] = _read(kind, told[name], day)
        elif kind == "boolean":
            answers[name] = False
        elif name in FILLED_IN:
            answers[name] = FILLED_IN[name](rng, place, day)
    return answers


def _read(kind: str, value: str, day: date) -> object:
    """Read a written answer.

    >>> _read("tags", "fri,sat", date(2026, 3, 4))
    ['fri', 'sat']
    >>> _read("date", "+5", date(2026, 3, 4))
    '2026-03-09'
    """
    if kind == "boolean":
        return True
    if kind == "integer":
        return int(value)
    if kind == "tags":
        return value.split(",")
    if kind == "date":
        return (day + timedelta(days=int(value))).isoformat()
    return value


def _days_before(first: int, last: int):
    def choose(rng: Random, _place: Place, day: date) -> str:
        return (day - timedelta(days=rng.randint(first, last))).isoformat()

    return choose


def _number(pattern: str):
    def choose(rng: Random, _place: Place, _day: date) -> str:
        return pattern.format(rng.randrange(1000, 9999))

    return choose


#: Answers that everybody has at hand but no text mentions.
FILLED_IN = {
    "plate": _number("LH {}"),
    "zone": lambda _rng, place, _day: PARKING_ZONES[place.district[:2]],
    "lamp_number": _number("{}"),
    "account": _number("40-{}"),
    "notice": _number("P-{}-7"),
    "notice_date": _days_before(4, 20),
    "bill_date": _days_before(3, 25),
    "decision_date": _days_before(5, 27),
    "file": _number("F/{}"),
    "site": lambda rng, _place, _day: rng.choice(
        ["Foundry Lofts", "Hillcrest Homes, lot 3", "no sign at the fence"]
    ),
}
