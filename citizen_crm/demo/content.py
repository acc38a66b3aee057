"""Read the content files of the demo city; pure Python, no ORM."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE / "content"
#: City districts belong to an area, and an area to one parking zone.
PARKING_ZONES = {"OH": "A", "NB": "B", "HC": "C", "EF": "D"}


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of ``content/<name>.csv`` as dictionaries."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def read_personas() -> list[dict[str, str]]:
    """Return login, password and description of each persona."""
    with (HERE / "personas.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def split(text: str) -> list[str]:
    """Split a list in a cell.

    >>> split("furniture; mattress;")
    ['furniture', 'mattress']
    """
    return [part.strip() for part in text.split(";") if part.strip()]


@dataclass(frozen=True, slots=True)
class Street:
    """A street of a district, with the centre of the district."""

    name: str
    district: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class CaseText:
    """What somebody may write about one service type, and the city's reply."""

    type: str
    row: int
    voice: str
    lang: str
    title: str
    text: str
    answers: str
    reply: str

    @property
    def key(self) -> str:
        """Return the key that conversations use: type and row, from 1."""
        return f"{self.type}#{self.row}"


@dataclass(frozen=True, slots=True)
class SpecialCase:
    """A case told by hand: its person, day, place and course are fixed."""

    id: str
    type: str
    person: str
    days: int
    time: str
    channel: str
    phase: str
    lead: str
    district: str
    place: str
    title: str
    text: str
    answers: str
    reply: str
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceMix:
    """How many cases of a type are filed and how soon they are promised."""

    type: str
    cases: int
    promise_days: int
    place: str


def pairs(text: str) -> dict[str, str]:
    """Read ``name=value`` pairs; a name alone is a flag.

    >>> pairs("depth=deep; danger")
    {'depth': 'deep', 'danger': ''}
    """
    result = {}
    for part in split(text):
        name, _sign, value = part.partition("=")
        result[name.strip()] = value.strip()
    return result


@cache
def streets() -> tuple[Street, ...]:
    """Return every street of the city."""
    return tuple(
        Street(name, row["district"], float(row["latitude"]), float(row["longitude"]))
        for row in read_rows("streets")
        for name in split(row["streets"])
    )


@cache
def case_texts() -> dict[str, tuple[CaseText, ...]]:
    """Return the texts of each service type."""
    texts: dict[str, list[CaseText]] = {}
    for row in read_rows("cases"):
        known = texts.setdefault(row["type"], [])
        row["lang"] = {"zh": "zh_TW", "es": "es_ES"}.get(row["lang"], "en_US")
        known.append(CaseText(row=len(known) + 1, **row))
    return {code: tuple(known) for code, known in texts.items()}


def special_cases() -> Iterator[SpecialCase]:
    """Yield the cases told by hand, lead cases before those that follow them."""
    for row in read_rows("special_cases"):
        days, extra = int(row.pop("days")), pairs(row.pop("extra"))
        yield SpecialCase(days=days, extra=extra, **row)


def service_mix() -> list[ServiceMix]:
    """Return number of cases, promise and kind of place of each service type."""
    return [
        ServiceMix(
            row["type"], int(row["cases"]), int(row["promise_days"]), row["place"]
        )
        for row in read_rows("service_mix")
    ]


def conversations() -> dict[str, list[tuple[str, str]]]:
    """Return ``case key -> [(who, text)]``; who is ``c`` (citizen) or ``h``."""
    talks: dict[str, list[tuple[str, str]]] = {}
    for row in read_rows("conversations"):
        talks.setdefault(row["case"], []).append((row["who"], row["text"]))
    return talks
