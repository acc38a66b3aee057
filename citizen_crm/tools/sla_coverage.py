"""Gaps and overlaps of SLA rules: who is promised nothing, which rule never decides.

Pure functions over the rules in force, in the order in which they are asked. Filters
and tags are never taken to hold for all cases of a kind, so what is called covered is
covered for certain; what is called shadowed is shadowed by one single rule.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .sla_rules import CaseFacts, Rule

PRIORITIES = ("0", "1", "2", "3")
#: Which rules hold for all cases of a service type: "", "partly" or "wholly".
NEVER, PARTLY, WHOLLY = "", "partly", "wholly"


@dataclass(frozen=True)
class Trees:
    """What stands above what: id -> id of the parent."""

    categories: Mapping[int, int] = field(default_factory=dict)
    departments: Mapping[int, int] = field(default_factory=dict)


class Shadow(NamedTuple):
    """A promise of a rule that another rule always makes before it."""

    rule: int
    kind: str
    basis: str
    by: int


def chain(record: int, parents: Mapping[int, int]) -> frozenset[int]:
    """Return a record and all above it.

    >>> sorted(chain(3, {3: 2, 2: 1}))
    [1, 2, 3]
    """
    found = []
    while record and record not in found:
        found.append(record)
        record = parents.get(record, 0)
    return frozenset(found)


def _within(
    wide: frozenset[int], narrow: frozenset[int], parents: Mapping[int, int]
) -> bool:
    """Tell whether whatever is in the narrow set is also in the wide one."""
    if not wide:
        return True
    return bool(narrow) and all(chain(one, parents) & wide for one in narrow)


def covers(wide: Rule, narrow: Rule, trees: Trees, now: int) -> bool:
    """Tell whether a rule holds for all cases that another holds for, from now on."""
    is_in_force = wide.since <= max(now, narrow.since) and (
        wide.until is None or (narrow.until is not None and wide.until >= narrow.until)
    )
    return (
        is_in_force
        and not wide.has_filter
        and all(
            getattr(wide, name) in ("", 0, getattr(narrow, name))
            for name in ("role", "nature", "priority", "company")
        )
        and _within(wide.categories, narrow.categories, trees.categories)
        and _within(wide.departments, narrow.departments, trees.departments)
        and all(
            _within(getattr(wide, name), getattr(narrow, name), {})
            for name in ("teams", "channels", "tags")
        )
    )


def _touch(
    one: frozenset[int], other: frozenset[int], parents: Mapping[int, int]
) -> bool:
    if not one or not other:
        return True
    return any(
        chain(a, parents) & {b} or chain(b, parents) & {a} for a in one for b in other
    )


def meet(one: Rule, other: Rule, trees: Trees) -> bool:
    """Tell whether there may be a case that both rules hold for."""
    return (
        all(
            not getattr(one, name)
            or not getattr(other, name)
            or getattr(one, name) == getattr(other, name)
            for name in ("role", "nature", "priority", "company")
        )
        and _touch(one.categories, other.categories, trees.categories)
        and _touch(one.departments, other.departments, trees.departments)
        and _touch(one.teams, other.teams, {})
        and _touch(one.channels, other.channels, {})
    )


def find_shadowed(rules: Sequence[Rule], trees: Trees, now: int) -> list[Shadow]:
    """Return the promises that never decide, since a rule before always does."""
    found = []
    for place, rule in enumerate(rules):
        for target in rule.targets:
            key = target.kind, target.basis
            for other in rules[:place]:
                makes_it = any((t.kind, t.basis) == key for t in other.targets)
                if makes_it and covers(other, rule, trees, now):
                    found.append(Shadow(rule.id, *key, other.id))
                    break
    return found


def find_ties(rules: Iterable[tuple[int, Rule]], trees: Trees) -> list[tuple[int, int]]:
    """Return pairs of rules with the same sequence that may decide on the same case.

    :param rules: sequence and rule, in the order of asking
    """
    listed = list(rules)
    return [
        (one.id, other.id)
        for place, (sequence, one) in enumerate(listed)
        for same, other in listed[place + 1 :]
        if same == sequence
        and {(t.kind, t.basis) for t in one.targets}
        & {(t.kind, t.basis) for t in other.targets}
        and meet(one, other, trees)
    ]


def get_reach(case: CaseFacts, rules: Iterable[Rule], kind: str = "resolve") -> str:
    """Tell how far the cases of a service type are promised something of a kind.

    :param case: an ordinary case of the type; its priority and channel may differ
    :return: ``WHOLLY``, ``PARTLY`` (only some priorities, channels, tags) or ``NEVER``
    """
    makers = [rule for rule in rules if any(t.kind == kind for t in rule.targets)]
    covered = [
        any(_holds_for_all(rule, case._replace(priority=p)) for rule in makers)
        for p in PRIORITIES
    ]
    if all(covered):
        return WHOLLY
    if any(covered) or any(_may_hold(rule, case) for rule in makers):
        return PARTLY
    return NEVER


def _holds_for_all(rule: Rule, case: CaseFacts) -> bool:
    narrowed = rule.has_filter or rule.channels or rule.tags
    return not narrowed and rule.holds_for(case)


def _may_hold(rule: Rule, case: CaseFacts) -> bool:
    return any(
        rule.holds_for(case._replace(priority=p, channel=channel, tags=rule.tags))
        for p in PRIORITIES
        for channel in rule.channels or (case.channel,)
    )
