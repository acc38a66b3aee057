"""What may be said: the first rule that forbids it gives the word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from funnel_cells import CELLS
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.funnel import Z95, Z998, Rules, Standing, measure
from odoo.addons.citizen_crm.tools.verdict import (
    GATE_WORDS,
    JUDGED,
    WORDS,
    is_chance,
    is_overloaded,
    judge,
)

#: Somebody of whom everything may be said.
PLAIN = Standing(
    1, 100, 100, 1.0, 20, 20.0, 80.0, 15.0, 0.9, 26.0, 1.0, 0.0,
    s=0.2, score=0.0, p=1.0, limits_95=(0.6, 1.4), limits_998=(0.4, 1.6),
    shrunk=1.0, reliability=0.0,
)  # fmt: skip
LITTLE = {"n": 0, "counted_n": 0, "coverage": None, "expected": 0.0, "variance": 0.0}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"n": 0, "coverage": None}, "no_cases"),
        ({"coverage": 0.49}, "coverage"),
        ({"counted_n": 19}, "cases"),
        ({"expected": 4.9}, "events"),
        ({"non_events": 4.9}, "non_events"),
        ({"information": 0.49}, "own_share"),
        ({"information": None}, "own_share"),
        ({"variance": 0.0}, "own_share"),
        # The first one counts.
        ({"coverage": 0.1, "counted_n": 2, "expected": 0.1}, "coverage"),
        ({"counted_n": 2, "expected": 0.1, "information": 0.1}, "cases"),
        (LITTLE, "no_cases"),
    ],
)
def test_nothing_is_said_where_a_rule_forbids_it(changes, rule) -> None:
    verdict = judge(replace(PLAIN, **changes), suspended=True, overloaded=True)
    assert (verdict.rule, verdict.word) == (rule, GATE_WORDS[rule])
    assert verdict.numbers["ratio"] is verdict.numbers["low"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"coverage": 0.5},
        {"counted_n": 20},
        {"expected": 5.0},
        {"non_events": 5.0},
        {"non_events": None},
        {"information": 0.5},
    ],
)
def test_the_limit_itself_is_enough(changes) -> None:
    assert judge(replace(PLAIN, **changes)).word == "within"


def test_suspended_comes_before_overloaded() -> None:
    assert judge(PLAIN, suspended=True, overloaded=True).word == "suspended"
    assert judge(PLAIN, overloaded=True).word == "overloaded"


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("score", "previous", "discovered", "word"),
    [
        (Z95 - 1e-9, True, True, "within"),
        (Z95, True, True, "near_edge"),
        (Z998, True, True, "near_edge"),
        (Z998 + 1e-9, False, False, "near_edge"),
        (Z998 + 1e-9, True, False, "outside"),
        (Z998 + 1e-9, False, True, "outside"),
    ],
)
def test_outside_needs_a_second_reason(sign, score, previous, discovered, word):
    side = "above" if sign > 0 else "below"
    one = replace(PLAIN, score=sign * score, side=side if score > Z998 else None)
    known = side if previous else "below" if sign > 0 else "above"
    verdict = judge(one, previous_side=known, bh_significant=discovered)
    assert verdict.word == word


@given(CELLS, st.booleans(), st.booleans(), st.sampled_from((None, "above", "below")))
def test_a_ratio_is_told_exactly_where_something_is_said(cells, late, busy, side):
    for one in measure(cells, good="low").people.values():
        verdict = judge(one, previous_side=side, bh_significant=late, overloaded=busy)
        assert verdict.word in WORDS
        assert (verdict.numbers["ratio"] is not None) == (verdict.word in JUDGED)
        assert (verdict.rule is None) == (verdict.word in JUDGED)
        assert (one.gate is None) == (verdict.rule in (None, "load"))


def test_other_rules_are_followed() -> None:
    assert judge(PLAIN, rules=Rules(min_cases=101)).rule == "cases"
    assert judge(PLAIN, rules=Rules(min_cases=101)).numbers["needed_cases"] == 101


def test_the_banner() -> None:
    found = measure([], good="low")
    assert is_chance(found) is None
    assert is_chance(replace(found, chi2_p=0.05)) is True
    assert is_chance(replace(found, chi2_p=0.049)) is False


@pytest.mark.parametrize(
    ("weeks", "overloaded"),
    [([1.26] * 6 + [1.25] * 18, False), ([1.26] * 7 + [1.25] * 17, True), ([], False)],
)
def test_overloaded_is_more_than_a_quarter_of_the_weeks(weeks, overloaded) -> None:
    assert is_overloaded(weeks) == overloaded
