"""Random cases of random people, for the tests of the statistics."""

from __future__ import annotations

from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.strata import Cell

STRATA = st.tuples(
    st.sampled_from((1, 2)), st.sampled_from("abc"), st.sampled_from((None, "mail"))
)


@st.composite
def cells(draw: st.DrawFn, most: int = 60) -> Cell:
    """What somebody had in some stratum, maybe nothing."""
    n = draw(st.integers(0, most))
    return Cell(draw(STRATA), draw(st.integers(1, 7)), n, draw(st.integers(0, n)))


CELLS = st.lists(cells(), max_size=40)
