"""What may be told of an anonymous pulse: of groups of teams, never of few people.

The groups of a question are a partition: each answer is in one of them, and in no
other. So whatever somebody adds up or takes away, what is left is a union of groups,
and each of them stands for enough people who did not all say the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: Of fewer answers nothing is told.
LEAST = 5


class Told(NamedTuple):
    """What a team has said to one question."""

    team: int
    department: int
    said: int  #: who agrees or disagrees
    agree: int


class Group(NamedTuple):
    """Teams whose answers are told together."""

    teams: tuple[int, ...]
    said: int
    agree: int


def group(told: Iterable[Told], least: int = LEAST) -> list[Group]:
    """Return the groups of teams of which something is told, in the order of teams.

    A team stands for itself where it can, else with others of its department, else
    with others of the city; what is too little even then goes to the smallest group.

    >>> group([Told(1, 1, 9, 4), Told(2, 1, 4, 2), Told(3, 2, 3, 3)])
    [Group(teams=(1,), said=9, agree=4), Group(teams=(2, 3), said=7, agree=5)]
    >>> group([Told(1, 1, 9, 4), Told(2, 1, 2, 2)])
    [Group(teams=(1, 2), said=11, agree=6)]
    >>> group([Told(1, 1, 4, 2)]), group([Told(1, 1, 8, 8)])
    ([], [])
    """
    rest = [team for team in told if team.said]
    groups: list[Group] = []
    for key in (_by_team, _by_department, _by_city):
        found, rest = _pool(rest, key, least)
        groups += found
    if groups and rest:
        smallest = min(groups, key=lambda one: (one.said, one.teams))
        groups.remove(smallest)
        groups.append(_join([smallest, _gather(rest)]))
    return sorted(groups)


def _by_team(team: Told) -> int:
    return team.team


def _by_department(team: Told) -> int:
    return team.department


def _by_city(_team: Told) -> int:
    return 0


def _pool(teams, key, least: int) -> tuple[list[Group], list[Told]]:
    """Return the groups that may be told at a level, and the teams that are left."""
    cells = defaultdict(list)
    for team in teams:
        cells[key(team)].append(team)
    groups, rest = [], []
    for cell in cells.values():
        whole = _gather(cell)
        if is_told(whole.said, whole.agree, least):
            groups.append(whole)
        else:
            rest += cell
    return groups, rest


def is_told(said: int, agree: int, least: int = LEAST) -> bool:
    """Tell whether figures give nobody away: enough people, and not all of one mind.

    >>> is_told(5, 2), is_told(4, 2), is_told(40, 40)
    (True, False, False)
    """
    return said >= least and 0 < agree < said


def _gather(teams: Sequence[Told]) -> Group:
    return _join([Group((one.team,), one.said, one.agree) for one in teams])


def _join(groups: Sequence[Group]) -> Group:
    return Group(
        tuple(sorted(team for one in groups for team in one.teams)),
        sum(one.said for one in groups),
        sum(one.agree for one in groups),
    )
