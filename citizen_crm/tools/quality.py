"""What reviews of cases say of people: shares of criteria met, if reviewers agree.

Criteria of one case hang together: whoever forgets the deadline often forgets the
remedies as well. So what many criteria of few cases tell is worth less than their
number; the *design effect* says how much less, and limits and thresholds go by it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, fsum

from .agreement import cohen_kappa, is_reliable, krippendorff_alpha
from .funnel import Measured, Row, Rules, compare, settle
from .intervals import wilson
from .strata import Cell, Stratum, pool_strata

#: Findings of a criterion; the last one leaves it out.
VERDICTS = ("met", "not_met", "not_applicable")
#: Of fewer criteria that two have scored agreement is not known.
LEAST_PAIRS = 20
#: In a kind of case, so many colleagues with so many reviewed cases are compared with.
LEAST_COLLEAGUES, LEAST_CASES = 2, 5
#: Of fewer people together nothing is told.
LEAST_PEOPLE = 5


@dataclass(frozen=True, slots=True)
class Scored:
    """One reviewed case: ``n`` criteria that apply, ``x`` of them met."""

    person: int
    stratum: Stratum
    n: int
    x: int


@dataclass(frozen=True, slots=True)
class Share:
    """Criteria met of a person, with Wilson's limits of 95 %."""

    cases: int
    n: int
    x: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a sample says.

    :param effect: the design effect, 1 or more
    :param rules: thresholds for criteria, raised by the design effect
    :param team: of all people together, ``None`` if they are fewer than five
    """

    measured: Measured
    shares: dict[int, Share]
    effect: float
    rules: Rules
    team: Share | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviewers of the same cases found the same."""

    pairs: int
    alpha: float | None
    kappa: float | None
    reliable: bool


def agree(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Return how far reviewers agree.

    :param pairs: what both found, for each criterion of each case that two scored

    >>> agree([("met", "met")] * 12 + [("not_met", "not_met")] * 12).reliable
    True
    >>> agree([("met", "met"), ("not_met", "not_met")])
    Agreement(pairs=2, alpha=1.0, kappa=1.0, reliable=False)
    >>> agree([])
    Agreement(pairs=0, alpha=None, kappa=None, reliable=False)
    """
    found = list(pairs)
    alpha, kappa = krippendorff_alpha(found), cohen_kappa(found)
    enough = len(found) >= LEAST_PAIRS
    return Agreement(len(found), alpha, kappa, enough and is_reliable(alpha, kappa))


def design_effect(cases: Iterable[Scored]) -> float:
    """Return how much wider limits are than if criteria had nothing to do with another.

    The variance between the cases of each person, for the one that as many criteria on
    their own would have; people are taken together, since one has too few cases.

    >>> like = [Scored(1, (), 4, x) for x in (3, 3, 3, 3)]
    >>> apart = [Scored(1, (), 4, x) for x in (4, 4, 4, 0)]
    >>> design_effect(like), design_effect(apart), design_effect([])
    (1.0, 5.333333333333333, 1.0)
    """
    people: dict[int, list[Scored]] = {}
    for case in cases:
        if case.n:
            people.setdefault(case.person, []).append(case)
    between, alone = [], []
    for found in people.values():
        count = len(found)
        if count < 2:
            continue
        n, x = sum(one.n for one in found), sum(one.x for one in found)
        rest = fsum((one.x - x / n * one.n) ** 2 for one in found)
        between.append(count / (count - 1) * rest)
        alone.append(x * (n - x) / n)
    whole = fsum(alone)
    return max(1.0, fsum(between) / whole) if whole else 1.0


def share_of(cases: Sequence[Scored], effect: float = 1.0) -> Share:
    """Return the share of criteria met in cases.

    >>> one = share_of([Scored(1, (), 5, 4), Scored(1, (), 5, 4)])
    >>> one.share, round(one.low, 4), round(one.high, 4)
    (0.8, 0.4902, 0.9433)
    >>> share_of([]).share is None
    True
    """
    n, x = sum(one.n for one in cases), sum(one.x for one in cases)
    limits = wilson(x / effect, n / effect)
    low, high = limits or (None, None)
    return Share(len(cases), n, x, x / n if n else None, low, high)


def review(cases: Iterable[Scored], rules: Rules | None = None) -> Reviewed:
    """Return how people stand, by the reviews of their cases.

    Kinds of cases are pooled by the number of cases, as everywhere; criteria are what
    is counted in them.

    >>> found = review(Scored(person, (1,), 6, 5) for person in (1, 2, 3)
    ...                for _case in range(8))
    >>> found.measured.people[1].observed, found.measured.people[1].ratio
    (40, 1.0)
    >>> found.shares[1].n, found.effect, found.team is None
    (48, 1.0, True)
    >>> review([]).measured.people
    {}
    """
    found = [case for case in cases if case.n]
    effect = design_effect(found)
    rules = rules or Rules()
    rules = replace(
        rules,
        min_cases=ceil(rules.min_cases * effect),
        min_events=rules.min_events * effect,
    )
    people: dict[int, list[Scored]] = {}
    for case in found:
        people.setdefault(case.person, []).append(case)
    shares = {person: share_of(own, effect) for person, own in people.items()}
    team = share_of(found, effect) if len(people) >= LEAST_PEOPLE else None
    measured = settle(_to_rows(found, effect), good="high", rules=rules)
    return Reviewed(measured, shares, effect, rules, team)


def _to_rows(found: Sequence[Scored], effect: float) -> dict[int, list[Row]]:
    """Return each person's criteria by kind of case, with their variance."""
    places = pool_strata(Cell(case.stratum, case.person, 1, 0) for case in found)
    criteria: dict[Stratum, Counter] = {}
    met: dict[Stratum, Counter] = {}
    cases: dict[Stratum, Counter] = {}
    for case in found:
        stratum = places[case.stratum]
        for table, value in ((criteria, case.n), (met, case.x), (cases, 1)):
            table.setdefault(stratum, Counter())[case.person] += value
    rows: dict[int, list[Row]] = {}
    for stratum, counts in criteria.items():
        strong = {who for who, count in cases[stratum].items() if count >= LEAST_CASES}
        for person, n in counts.items():
            row = compare(
                stratum,
                n,
                met[stratum][person],
                counts.total(),
                met[stratum].total(),
                len(strong - {person}) >= LEAST_COLLEAGUES,
            )
            wider = {
                "variance": row.variance * effect,
                "free_variance": row.free_variance * effect,
            }
            rows.setdefault(person, []).append(replace(row, **wider))
    return rows
