"""Properties of the check of rules: what is called covered is covered."""

from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.sla_coverage import (
    NEVER,
    WHOLLY,
    Trees,
    chain,
    covers,
    find_shadowed,
    get_reach,
    meet,
)
from odoo.addons.citizen_crm.tools.sla_promises import Target
from odoo.addons.citizen_crm.tools.sla_rules import CaseFacts, Rule, choose_targets

#: 1 is above 2 and 3, 2 is above 4.
PARENTS = {2: 1, 3: 1, 4: 2}
TREES = Trees(PARENTS, PARENTS)
NOW = 100

ids = st.integers(1, 4)
some_ids = st.frozensets(ids, max_size=2)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    number = draw(st.integers(1, 10**6))
    return Rule(
        number,
        (Target(number, "resolve", "hours", 8),),
        role=draw(st.sampled_from(("", "citizen", "customer"))),
        nature=draw(st.sampled_from(("", "", "complaint"))),
        categories=draw(some_ids),
        teams=draw(some_ids),
        departments=draw(some_ids),
        priority=draw(st.sampled_from(("", "", "1"))),
        channels=draw(some_ids),
        tags=draw(some_ids),
        company=draw(st.sampled_from((0, 0, 1))),
        since=draw(st.sampled_from((0, 50, 150))),
        until=draw(st.sampled_from((None, None, 170))),
        has_filter=draw(st.integers(0, 4)) == 0,
    )


@st.composite
def cases(draw: st.DrawFn) -> CaseFacts:
    return CaseFacts(
        role=draw(st.sampled_from(("citizen", "customer"))),
        nature=draw(st.sampled_from(("complaint", "inquiry"))),
        categories=chain(draw(st.integers(0, 4)), PARENTS),
        team=draw(st.integers(0, 4)),
        departments=chain(draw(st.integers(0, 4)), PARENTS),
        priority=draw(st.sampled_from(("1", "2"))),
        channel=draw(st.integers(0, 4)),
        tags=draw(some_ids),
        company=draw(st.sampled_from((1, 2))),
        received=draw(st.sampled_from((NOW, 160, 200))),
    )


def narrowed(rule: Rule, case: CaseFacts) -> Rule:
    """Return the rule with only those conditions that the case meets."""
    while name := rule.mismatch(case):
        default = {f.name: f.default for f in fields(Rule)}[name]
        rule = replace(rule, **{name: default})
    return rule


@given(rules(), rules(), cases())
def test_covered_cases_are_covered(wide: Rule, narrow: Rule, case: CaseFacts) -> None:
    narrow = narrowed(narrow, case)
    assert wide.holds_for(case) or not covers(wide, narrow, TREES, NOW)


@given(rules(), rules())
def test_more_conditions_are_covered(rule: Rule, other: Rule) -> None:
    """Whatever is asked besides, a rule covers what asks for the same and more."""
    wide = replace(rule, has_filter=False, since=0, until=None)
    more = {
        f.name: getattr(other, f.name)
        for f in fields(Rule)
        if f.name not in ("id", "targets") and getattr(wide, f.name) == f.default
    }
    assert covers(wide, replace(wide, **more), TREES, NOW)


@given(rules())
def test_a_rule_without_filter_covers_itself(rule: Rule) -> None:
    assert covers(rule, rule, TREES, NOW) == (not rule.has_filter)


@given(rules(), rules(), cases())
def test_rules_for_the_same_case_meet(one: Rule, other: Rule, case: CaseFacts) -> None:
    assume(one.holds_for(case) and other.holds_for(case))
    assert meet(one, other, TREES)
    assert meet(other, one, TREES)


@given(st.lists(rules(), max_size=5, unique_by=lambda rule: rule.id), cases())
def test_shadowed_rules_never_decide(listed: list[Rule], case: CaseFacts) -> None:
    chosen = choose_targets(case, listed, lambda rule: True)
    shadowed = {shadow.rule for shadow in find_shadowed(listed, TREES, NOW)}
    assert not {target.id for target in chosen.values()} & shadowed


@given(st.lists(rules(), max_size=5), cases())
def test_reach_keeps_its_word(listed: list[Rule], case: CaseFacts) -> None:
    """All cases of a type get a promise, or none does whatever its priority."""
    reach = get_reach(case, listed)
    if reach == WHOLLY:
        assert choose_targets(case, listed, lambda rule: False)
    if reach == NEVER:
        assert not choose_targets(case, listed, lambda rule: True)


@given(rules(), cases())
def test_mismatch_names_a_condition(rule: Rule, case: CaseFacts) -> None:
    name = rule.mismatch(case)
    assert bool(name) == (not rule.holds_for(case))
    if name not in ("", "since", "until"):
        empty = type(getattr(rule, name))()
        assert getattr(rule, name) != empty
