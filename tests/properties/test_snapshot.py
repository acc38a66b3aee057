"""Properties of sealed records: one text for one content, and no change unseen."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.snapshot import canonical, is_intact, seal

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
CONTENT = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(CONTENT)
def test_what_is_sealed_is_intact_and_comes_back(content: object) -> None:
    text, sealed = seal(content)
    assert is_intact(text, sealed)
    assert json.loads(text) == content


@given(st.dictionaries(st.text(), NUMBERS))
def test_the_order_of_keys_does_not_matter(content: dict) -> None:
    turned = dict(reversed(content.items()))
    assert canonical(content) == canonical(turned)


@given(st.dictionaries(st.text(), NUMBERS, min_size=1), st.data())
def test_any_change_is_found(content: dict, data: st.DataObject) -> None:
    text, sealed = seal(content)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(exclude_categories=["Cs"]))
    changed = text[:place] + letter + text[place + 1 :]
    assert is_intact(changed, sealed) == (changed == text)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_does_not_know_is_refused(value: float) -> None:
    with pytest.raises(ValueError):
        seal({"ratio": value})
