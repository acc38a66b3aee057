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

    def mismatch(self, case: CaseFacts) -> str:
        """Return the first condition that a case does not meet; its filter aside.

        >>> case = CaseFacts("citizen", "complaint", frozenset({4, 9}))
        >>> Rule(1, (), role="citizen", nature="inquiry").mismatch(case)
        'nature'
        """
        for name, is_met in CONDITIONS:
            if not is_met(self, case):
                return name
        return ""

    def holds_for(self, case: CaseFacts) -> bool:
        """Tell whether a case is what the rule is for; its filter is not looked at.

        >>> case = CaseFacts("citizen", "complaint", frozenset({4, 9}))
        >>> Rule(1, (), role="citizen", categories=frozenset({9})).holds_for(case)
        True
        """
        return not self.mismatch(case)


def _meets(wanted: frozenset[int], found: frozenset[int]) -> bool:
    return not wanted or not wanted.isdisjoint(found)


#: What a rule asks for, in the order in which it is looked at.
CONDITIONS: tuple[tuple[str, Callable[[Rule, CaseFacts], bool]], ...] = (
    ("since", lambda rule, case: rule.since <= case.received),
    ("until", lambda rule, case: rule.until is None or case.received < rule.until),
    ("role", lambda rule, case: rule.role in ("", case.role)),
    ("nature", lambda rule, case: rule.nature in ("", case.nature)),
    ("categories", lambda rule, case: _meets(rule.categories, case.categories)),
    ("teams", lambda rule, case: not rule.teams or case.team in rule.teams),
    ("departments", lambda rule, case: _meets(rule.departments, case.departments)),
    ("priority", lambda rule, case: rule.priority in ("", case.priority)),
    ("channels", lambda rule, case: not rule.channels or case.channel in rule.channels),
    ("tags", lambda rule, case: _meets(rule.tags, case.tags)),
    ("company", lambda rule, case: rule.company in (0, case.company)),
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
