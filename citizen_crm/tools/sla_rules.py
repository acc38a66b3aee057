"""Which rule's targets a case gets: first match by sequence, for each kind and basis.

Pure functions over facts: the models fetch, call and store.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from .sla_promises import TEAM_KINDS, Target


class CaseFacts(NamedTuple):
    """What rules look at in a case; ids, with 0 for none."""

    role: str
    nature: str
    categories: frozenset[int]  #: the service type and the headings above it
    team: int = 0
    departments: frozenset[int] = frozenset()  #: the department and those above it
    priority: str = "1"
    channel: int = 0
    tags: frozenset[int] = frozenset()
    company: int = 0
    received: int = 0  #: seconds since 1970 in UTC


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule; an empty condition holds for every case."""

    id: int
    targets: tuple[Target, ...]
    role: str = ""
    nature: str = ""
    categories: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    departments: frozenset[int] = frozenset()
    priority: str = ""
    channels: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()
    company: int = 0
    since: int = 0
    until: int | None = None
    has_filter: bool = False

    def holds_for(self, case: CaseFacts) -> bool:
        """Tell whether a case is what the rule is for; its filter is not looked at.

        >>> case = CaseFacts("citizen", "complaint", frozenset({4, 9}))
        >>> Rule(1, (), role="citizen", categories=frozenset({9})).holds_for(case)
        True
        >>> Rule(1, (), nature="inquiry").holds_for(case)
        False
        """
        return (
            self.role in ("", case.role)
            and self.nature in ("", case.nature)
            and (not self.categories or not self.categories.isdisjoint(case.categories))
            and (not self.teams or case.team in self.teams)
            and (
                not self.departments
                or not self.departments.isdisjoint(case.departments)
            )
            and self.priority in ("", case.priority)
            and (not self.channels or case.channel in self.channels)
            and (not self.tags or not self.tags.isdisjoint(case.tags))
            and self.company in (0, case.company)
            and self.since <= case.received
            and (self.until is None or case.received < self.until)
        )


def choose_targets(
    case: CaseFacts, rules: Iterable[Rule], passes: Callable[[int], bool]
) -> dict[tuple[str, str], Target]:
    """Return the target of each kind and basis that a case gets.

    :param rules: in the order in which they are asked
    :param passes: tells whether the case passes the filter of a rule
    """
    chosen: dict[tuple[str, str], Target] = {}
    for rule in rules:
        missing = [
            target
            for target in rule.targets
            if (target.kind, target.basis) not in chosen
        ]
        if not missing or not rule.holds_for(case):
            continue
        if rule.has_filter and not passes(rule.id):
            continue
        for target in missing:
            chosen.setdefault((target.kind, target.basis), target)
    return chosen


def replaceable(kind: str, *, retyped: bool, moved: bool, first_team: bool) -> bool:
    """Tell whether an event lets a promise of a kind be chosen anew.

    What was promised to the citizen stays when the case is passed on; only another
    service type, role or nature, or a first team after triage, asks the rules again.

    >>> replaceable("resolve", retyped=False, moved=True, first_team=False)
    False
    >>> replaceable("department", retyped=False, moved=True, first_team=False)
    True
    """
    if retyped or first_team:
        return True
    return moved and kind in TEAM_KINDS
