"""Which finished cases are reviewed, and by whom: drawn, so that nobody chooses.

Everybody who is evaluated gets about the same number of cases, of each kind in
proportion, and each of a person's cases has the same chance. Chance comes from the
ranks of ``tools.sampling`` alone, so seed and population give the same draw again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .sampling import draw, rank

#: Rates of ``tools.sampling`` are out of 10,000; those of a cycle are percent.
PERCENT = 100
#: Why somebody does not review a case, in the order in which it is said.
BARS = (
    "no_reviewer",
    "had_case",
    "above",
    "compared",
    "has_role",
    "not_cleared",
    "recused",
    "reviewed",
    "passed_on",
)


class Group(NamedTuple):
    """Finished cases of one kind that one person had."""

    person: str
    kind: str
    cases: Collection[str]


def allot(sizes: Sequence[int], total: int, start: int) -> list[int]:
    """Return how many of each kind are drawn: its share, up or down to a whole number.

    Over all starts each kind gets exactly its share, and the sum never differs.

    :param sizes: cases of each kind
    :param total: how many are drawn; all, if there are not so many
    :param start: what decides who is rounded up, by chance

    >>> allot([6, 3, 1], 5, 0), allot([6, 3, 1], 5, 5), allot([2, 1], 9, 4)
    ([3, 1, 1], [3, 2, 0], [2, 1])
    >>> allot([], 5, 0)
    []
    """
    whole = sum(sizes)
    total, counts, upto = min(total, whole), [], 0
    for size in sizes:
        before = upto
        upto += size
        first, last = (
            (total * cases + start % whole) // whole for cases in (before, upto)
        )
        counts.append(last - first)
    return counts


def draw_cases(population: Iterable[Group], size: int, seed: str) -> list[str]:
    """Return the cases that are drawn, in an order that tells of nobody.

    :param population: each case stands in one group
    :param size: cases of each person; all of them, if there are not so many

    >>> groups = [Group("1", "a", ["x", "y"]), Group("1", "b", ["z"]),
    ...           Group("2", "a", ["w"])]
    >>> drawn = draw_cases(groups, 2, "s")
    >>> len(drawn), "w" in drawn, drawn == draw_cases(reversed(groups), 2, "s")
    (3, True, True)
    """
    people: dict[str, list[Group]] = {}
    for group in population:
        people.setdefault(group.person, []).append(group)
    drawn: list[str] = []
    for person, groups in people.items():
        # In an order by chance, since neighbours are rounded together.
        groups.sort(key=lambda one: (rank(seed, f"{one.person} {one.kind}"), one.kind))
        sizes = [len(set(group.cases)) for group in groups]
        counts = allot(sizes, size, rank(seed, person)) if any(sizes) else []
        for group, count in zip(groups, counts, strict=False):
            drawn += _rank_all(group.cases, seed)[:count]
    return _rank_all(drawn, f"{seed} order")


def _rank_all(items: Iterable[str], seed: str) -> list[str]:
    return sorted(set(items), key=lambda item: (rank(seed, item), item))


def draw_second(cases: Collection[str], percent: int, seed: str) -> list[str]:
    """Return those of the drawn cases that a second reviewer looks at as well.

    >>> len(draw_second(["a", "b", "c", "d"], 25, "s")), draw_second(["a"], 0, "s")
    (1, [])
    """
    return draw(cases, percent * PERCENT, f"{seed} second")


def give_out(
    candidates: Mapping[str, Collection[str]],
    seed: str,
    load: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """Return who reviews what: whoever has least, and by chance among these.

    :param candidates: item -> who may; an item that nobody may is left out
    :param load: how many each one has already

    >>> found = give_out({"a": ["x", "y"], "b": ["x", "y"], "c": []}, "s")
    >>> sorted(found), sorted(found.values())
    (['a', 'b'], ['x', 'y'])
    """
    loads = dict(load or {})
    found = {}
    for item in _rank_all(candidates, f"{seed} items"):
        able = candidates[item]
        if able:
            chosen = min(
                able,
                key=lambda who: (loads.get(who, 0), rank(seed, f"{item} {who}"), who),
            )
            found[item] = chosen
            loads[chosen] = loads.get(chosen, 0) + 1
    return found


@dataclass(frozen=True, slots=True)
class ReviewTies:
    """How somebody stands to a case that is to be reviewed."""

    is_reviewer: bool = False  #: has the role
    had_case: bool = False  #: handled it, or wrote or approved a reply
    is_above: bool = False  #: concludes the handler's evaluation, or stands above them
    is_compared: bool = False  #: is evaluated in the same cycle
    has_role: bool = False  #: coordinates the cycle, or decides on objections in it
    is_cleared: bool = False  #: may know of cases like this one
    is_recused: bool = False  #: is the resident, or has declared a conflict of interest
    has_other: bool = False  #: is the other one of the two reviewers
    has_passed: bool = False  #: has passed it on


def bar_reviewer(ties: ReviewTies) -> str:
    """Return why somebody must not review a case; empty if they may.

    >>> bar_reviewer(ReviewTies(is_reviewer=True, is_cleared=True))
    ''
    >>> bar_reviewer(ReviewTies(is_reviewer=True, had_case=True, is_cleared=True))
    'had_case'
    """
    holds = (
        not ties.is_reviewer,
        ties.had_case,
        ties.is_above,
        ties.is_compared,
        ties.has_role,
        not ties.is_cleared,
        ties.is_recused,
        ties.has_other,
        ties.has_passed,
    )
    return next((bar for bar, is_so in zip(BARS, holds, strict=True) if is_so), "")
