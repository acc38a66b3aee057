"""What the front line settles by itself stays within its limits, however it is cut."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.authority import (
    Case,
    Limits,
    Scope,
    Use,
    covers,
    judge,
)

RANKS = ["", "lead", "head"]
amounts = st.integers(min_value=0, max_value=500)
counts = st.integers(min_value=0, max_value=4)
ids = st.frozensets(st.integers(min_value=1, max_value=5))


@st.composite
def limits(draw):
    amount = draw(amounts)
    return Limits(amount, amount + draw(amounts), draw(counts), draw(counts))


uses = st.builds(Use, amounts, amounts, counts, counts)
more = st.builds(Use, amounts, amounts, counts, counts)


@given(limits(), st.lists(amounts, max_size=8))
def test_nothing_is_gained_by_splitting(limit, wishes):
    given_, before, times = 0, 0, 0
    for amount in wishes:
        verdict = judge(limit, Use(amount, before, times, times))
        if not verdict.level:
            given_ += amount
            before += amount
            times += 1
    assert given_ <= limit.amount
    assert not limit.per_case or times <= limit.per_case
    assert not limit.per_person or times <= limit.per_person


@given(limits(), uses, more)
def test_more_never_needs_less(limit, use, plus):
    bigger = Use(*(one + other for one, other in zip(use, plus, strict=True)))
    small, big = judge(limit, use), judge(limit, bigger)
    assert RANKS.index(small.level) <= RANKS.index(big.level)
    assert set(small.reasons) <= set(big.reasons)


@given(limits(), uses)
def test_a_reason_is_told_whenever_somebody_else_decides(limit, use):
    verdict = judge(limit, use)
    assert bool(verdict.level) == bool(verdict.reasons)
    if verdict.level == "head":
        assert "amount" in verdict.reasons


@given(st.sampled_from(["", "citizen", "customer"]), ids, ids, ids, ids)
def test_a_narrower_scope_covers_no_more(role, teams, categories, own, types):
    case = Case("citizen", own, types)
    if covers(Scope(role, teams, categories), case):
        assert covers(Scope(teams=teams), case)
        assert covers(Scope(categories=categories), case)
        assert role != "customer"
