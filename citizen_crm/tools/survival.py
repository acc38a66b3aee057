"""Speed: closures observed against expected, open cases counted as far as they got.

The log-rank comparison: whoever leaves hard cases open gains nothing by it, since their
time at risk counts as well. Pure functions; times are in whatever unit, but one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, isfinite

from .funnel import Measured, Row, Rules, settle
from .strata import Cell, Stratum, in_order, pool_strata


@dataclass(frozen=True, slots=True)
class Spell:
    """A case in a person's hands.

    :param time: how long, until it was closed or the period ended
    :param closed: the time ended by closing
    :raises ValueError: a time below 0 or not finite
    """

    stratum: Stratum
    person: int
    time: float
    closed: bool

    def __post_init__(self) -> None:
        if not isfinite(self.time) or self.time < 0:
            raise ValueError(f"{self.time} is no time in hand.")


def pool_spells(
    spells: Iterable[Spell], *, min_cases: int = 20, min_people: int = 3, keep: int = 1
) -> list[Spell]:
    """Return the spells with small strata pooled as ``tools.strata.pool`` does.

    >>> pool_spells([Spell((1, "a"), 7, 2.0, True)])
    [Spell(stratum=(1, None), person=7, time=2.0, closed=True)]
    """
    spells = list(spells)
    places = pool_strata(
        (Cell(spell.stratum, spell.person, 1, 0) for spell in spells),
        min_cases=min_cases,
        min_people=min_people,
        keep=keep,
    )
    return [
        Spell(places[spell.stratum], spell.person, spell.time, spell.closed)
        for spell in spells
    ]


def log_rank(
    spells: Iterable[Spell],
    *,
    good: str = "high",
    min_colleagues: int = 2,
    min_colleague_cases: int = 5,
    city_tau2: float = 0.0,
    rules: Rules | None = None,
) -> Measured:
    """Return how many cases people closed, and how many at the pace of colleagues.

    :param spells: with small strata pooled, in any order
    :param min_colleague_cases: colleagues who closed fewer in a stratum do not count

    >>> spells = [Spell((1,), p, t + p, True) for p in (1, 2, 3) for t in range(5)]
    >>> [round(one.expected, 2) for one in log_rank(spells).people.values()]
    [2.82, 4.71, 7.46]
    >>> log_rank([]).chi2_p is None
    True
    """
    strata: dict[Stratum, list[Spell]] = {}
    for spell in spells:
        strata.setdefault(spell.stratum, []).append(spell)
    rows: dict[int, list[Row]] = {}
    for stratum in sorted(strata, key=in_order):
        enough = (min_colleagues, min_colleague_cases)
        for person, row in _compare(strata[stratum], *enough).items():
            rows.setdefault(person, []).append(row)
    return settle(
        rows, good=good, city_tau2=city_tau2, rules=rules, has_non_events=False
    )


def _compare(
    spells: Sequence[Spell], min_colleagues: int, min_cases: int
) -> dict[int, Row]:
    """Return the row of each person of one stratum."""
    expected: dict[int, list[float]] = {}
    closed: dict[int, int] = {}
    for spell, hazard in accumulate_hazard(spells):
        expected.setdefault(spell.person, []).append(hazard)
        closed[spell.person] = closed.get(spell.person, 0) + spell.closed
    strong = sum(count >= min_cases for count in closed.values())
    rows = {}
    for person, hazards in sorted(expected.items()):
        total, share = fsum(hazards), len(hazards) / len(spells)
        rows[person] = Row(
            spells[0].stratum,
            len(hazards),
            closed[person],
            len(spells),
            sum(closed.values()),
            total,
            total * (1 - share),
            total,
            strong - (closed[person] >= min_cases) >= min_colleagues,
        )
    return rows


def accumulate_hazard(spells: Iterable[Spell]) -> Iterable[tuple[Spell, float]]:
    """Yield spells by time, each with the Nelson-Aalen estimate at its end.

    Of spells that end at the same time, those that end open were at risk to the last.

    >>> spells = [Spell((), 1, t, c) for t, c in ((1, True), (2, False), (2, True))]
    >>> [(spell.time, round(h, 3)) for spell, h in accumulate_hazard(spells)]
    [(1, 0.333), (2, 0.833), (2, 0.833)]
    """
    ending: dict[float, list[Spell]] = {}
    for spell in spells:
        ending.setdefault(spell.time, []).append(spell)
    at_risk, hazard = sum(map(len, ending.values())), 0.0
    for time in sorted(ending):
        together = ending[time]
        hazard += sum(spell.closed for spell in together) / at_risk
        at_risk -= len(together)
        for spell in together:
            yield spell, hazard
