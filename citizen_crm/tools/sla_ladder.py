"""Who is told of a warning or escalation: the first on the ladder who may be.

Pure functions: the models say who holds a role for a case and what they may read.
"""

from collections.abc import Callable, Iterable, Sequence

#: The rungs of the ladder, from the bottom up.
RUNGS = ("handler", "lead", "head", "oversight")


def choose_people(
    ladder: Iterable[tuple[str, Sequence[int]]],
    first: str,
    may_be_told: Callable[[str, int], bool],
) -> tuple[str, list[int]]:
    """Return a role and those who are told in it; no role and nobody if there is none.

    :param ladder: role and people holding it, from the bottom up; a role may stand on
        several rungs, as the heads of a department and of the one above it do
    :param first: the role to begin with; rungs below it are passed over

    >>> ladder = [("handler", []), ("lead", [4]), ("head", [5]), ("head", [6])]
    >>> choose_people(ladder, "handler", lambda role, person: True)
    ('lead', [4])
    >>> choose_people(ladder, "handler", lambda role, person: person == 6)
    ('head', [6])
    >>> choose_people(ladder, "oversight", lambda role, person: True)
    ('', [])
    """
    lowest = RUNGS.index(first)
    for role, people in ladder:
        if RUNGS.index(role) < lowest:
            continue
        told = [person for person in people if may_be_told(role, person)]
        if told:
            return role, told
    return "", []
