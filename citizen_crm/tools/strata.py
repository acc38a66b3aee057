"""Strata: the kinds of cases within which people are compared.

A stratum is a tuple from coarse to fine: department, period, service type, priority,
channel and, for some measures, the decision's outcome. What is too small to compare in
is pooled one level up: the last part becomes ``None``. No case is lost by it.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

Stratum = tuple[Hashable, ...]
#: Cases and events by stratum and person.
Groups = Mapping[Stratum, Mapping[int, tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one person had in one stratum: ``n`` cases, ``x`` of them with the event.

    :raises ValueError: more events than cases, or fewer than none

    >>> Cell((1, "2026-1"), 7, 20, 3)
    Cell(stratum=(1, '2026-1'), person=7, n=20, x=3)
    """

    stratum: Stratum
    person: int
    n: int
    x: int

    def __post_init__(self) -> None:
        if not 0 <= self.x <= self.n:
            raise ValueError(f"{self.x} events in {self.n} cases of {self.stratum!r}.")


def in_order(stratum: Stratum) -> tuple[tuple[bool, str], ...]:
    """Return a key that sorts strata whatever their parts are, pooled ones last.

    >>> sorted([(1, None), (1, "a"), (1, 2)], key=in_order)
    [(1, 2), (1, 'a'), (1, None)]
    """
    return tuple((part is None, str(part)) for part in stratum)


def group(cells: Iterable[Cell]) -> dict[Stratum, dict[int, tuple[int, int]]]:
    """Return cases and events by stratum and person; cells without a case are left out.

    The order of the cells does not matter.

    >>> group([Cell(("b",), 2, 4, 1), Cell(("a",), 1, 2, 0), Cell(("b",), 2, 1, 1)])
    {('a',): {1: (2, 0)}, ('b',): {2: (5, 2)}}
    """
    found = _collect(cells)
    return {
        stratum: dict(sorted(found[stratum].items()))
        for stratum in sorted(found, key=in_order)
    }


def _collect(cells: Iterable[Cell]) -> dict[Stratum, dict[int, tuple[int, int]]]:
    """Return cases and events by stratum and person, in the order of the cells."""
    found: dict[Stratum, dict[int, tuple[int, int]]] = {}
    for cell in cells:
        if cell.n:
            people = found.setdefault(cell.stratum, {})
            n, x = people.get(cell.person, (0, 0))
            people[cell.person] = (n + cell.n, x + cell.x)
    return found


def pool_strata(
    cells: Iterable[Cell], *, min_cases: int = 20, min_people: int = 3, keep: int = 1
) -> dict[Stratum, Stratum]:
    """Return where each stratum goes: to itself, or one or more levels up.

    Small strata are pooled with their small neighbours, level by level; a large one
    stays as it is. So each stratum goes to exactly one place.

    :param min_cases: a stratum with fewer is small
    :param min_people: a stratum with cases of fewer people is small
    :param keep: leading parts that are never dropped: by default the department, since
        people are compared with colleagues of their own department alone

    >>> cells = [Cell((1, "a", x), 7, n, 0) for x, n in (("p", 30), ("q", 3), ("r", 2))]
    >>> for old, new in pool_strata(cells, min_cases=5, min_people=1).items():
    ...     print(old, new)
    (1, 'a', 'p') (1, 'a', 'p')
    (1, 'a', 'q') (1, 'a', None)
    (1, 'a', 'r') (1, 'a', None)
    """
    found = _collect(cells)
    return _find_places(found, min_cases, min_people, keep)


def _find_places(
    found: Groups, min_cases: int, min_people: int, keep: int
) -> dict[Stratum, Stratum]:
    """Return where each stratum goes, of cells that are grouped."""
    sizes = {
        stratum: (sum(n for n, _x in people.values()), frozenset(people))
        for stratum, people in found.items()
    }
    moves: dict[Stratum, Stratum] = {}
    for kept in range(max(map(len, found), default=0) - 1, keep - 1, -1):
        small = [
            stratum
            for stratum, (cases, people) in sizes.items()
            if cases < min_cases or len(people) < min_people
        ]
        for stratum in small:
            up = stratum[:kept] + (None,) * (len(stratum) - kept)
            if up != stratum:
                moves[stratum] = up
                cases, people = sizes.pop(stratum)
                before, those = sizes.get(up, (0, frozenset()))
                sizes[up] = before + cases, those | people
    return {stratum: _follow(stratum, moves) for stratum in found}


def _follow(stratum: Stratum, moves: Mapping[Stratum, Stratum]) -> Stratum:
    """Return where a stratum ends up; no move leads back, since parts only go."""
    while stratum in moves:
        stratum = moves[stratum]
    return stratum


def pool(
    cells: Iterable[Cell], *, min_cases: int = 20, min_people: int = 3, keep: int = 1
) -> list[Cell]:
    """Return the cells with small strata pooled, one cell for a stratum and person.

    All cases and events of each person are still there. For the parameters see
    ``pool_strata``.

    >>> pool([Cell((1, "a"), 7, 3, 1), Cell((1, "b"), 7, 2, 0)])
    [Cell(stratum=(1, None), person=7, n=5, x=1)]
    >>> pool([])
    []
    """
    pooled = pool_groups(
        _collect(cells), min_cases=min_cases, min_people=min_people, keep=keep
    )
    return [
        Cell(stratum, person, n, x)
        for stratum, people in pooled.items()
        for person, (n, x) in people.items()
    ]


def pool_groups(
    found: Groups, *, min_cases: int = 20, min_people: int = 3, keep: int = 1
) -> dict[Stratum, dict[int, tuple[int, int]]]:
    """Do the same for cases and events that are grouped already.

    A city has hundred thousands of cells: what stays where it is is not touched.

    >>> pool_groups({(1, "a"): {7: (3, 1)}, (1, "b"): {7: (2, 0)}})
    {(1, None): {7: (5, 1)}}
    """
    places = _find_places(found, min_cases, min_people, keep)
    pooled: dict[Stratum, dict[int, tuple[int, int]]] = {}
    for stratum in sorted(found, key=in_order):
        people = pooled.setdefault(places[stratum], {})
        if not people:
            people.update(found[stratum])
            continue
        for person, (n, x) in found[stratum].items():
            before = people.get(person, (0, 0))
            people[person] = before[0] + n, before[1] + x
    return {
        stratum: dict(sorted(pooled[stratum].items()))
        for stratum in sorted(pooled, key=in_order)
    }
