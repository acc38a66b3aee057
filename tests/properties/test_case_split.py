"""Properties of splitting a letter: nobody loses a right, nothing empty is a case."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.case_split import (
    MOST_PARTS,
    RIGHTS,
    TITLE_LENGTH,
    Part,
    find_fault,
    propose_title,
    role_of_part,
)

ROLES = st.sampled_from(("citizen", "customer"))
TYPE_ROLES = st.sampled_from(("citizen", "customer", ""))
NATURES = st.sampled_from((*sorted(RIGHTS), "complaint", "service_request", ""))
TEXTS = st.text(max_size=12)
PARTS = st.builds(Part, TEXTS, TEXTS, st.integers(0, 2), NATURES)


@given(ROLES, TYPE_ROLES, NATURES, st.booleans())
def test_no_right_is_lost(
    letter: str, of_type: str, nature: str, is_person: bool
) -> None:
    role = role_of_part(letter, of_type, nature, is_person)
    assert role in ("citizen", "customer")
    if letter == "citizen":
        assert role == "citizen"
    elif not is_person:
        assert role == "customer"
    elif nature in RIGHTS:
        assert role == "citizen"


@given(st.text(max_size=400))
def test_a_title_is_one_short_line_of_the_text(text: str) -> None:
    title = propose_title(text)
    assert len(title) <= TITLE_LENGTH
    assert len(title.splitlines()) <= 1
    assert bool(title) == bool(text.strip())
    assert title.rstrip("…").rstrip(".") in text


@given(st.lists(PARTS, max_size=MOST_PARTS + 2), st.integers(1, 12))
def test_what_passes_is_complete(parts: list[Part], longest: int) -> None:
    fault = find_fault(parts, longest)
    whole = [
        bool(p.title.strip() and p.text.strip() and p.type_id and p.nature)
        and len(p.title.strip()) <= longest
        for p in parts
    ]
    assert (fault is None) == (0 < len(parts) <= MOST_PARTS and all(whole))
    if fault and fault.row:
        assert whole.index(False) == fault.row - 1
