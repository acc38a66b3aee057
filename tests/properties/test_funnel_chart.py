"""The funnel as values and on paper: nobody is named, and it is well-formed."""

from __future__ import annotations

import json
from math import isclose
from xml.etree import ElementTree

import pytest
from funnel_cells import CELLS
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.funnel import Rules, measure
from odoo.addons.citizen_crm.tools.funnel_chart import LEAST_OTHERS, chart
from odoo.addons.citizen_crm.tools.funnel_svg import draw
from odoo.addons.citizen_crm.tools.strata import Cell
from odoo.addons.citizen_crm.tools.verdict import JUDGED, WORDS

OPEN = Rules(0, 0.0, 0.0, 0.0, min_people=2)
SVG = "{http://www.w3.org/2000/svg}"
LEGEND = {
    "own": "You",
    "others": "Colleagues",
    "expected": "As expected",
    "limits_95": "95 %",
    "limits_998": "99.8 %",
}


def make_chart(measured, person=0, word="within", sentence="S", table=(("A", "1"),)):
    return chart(
        measured,
        person,
        word,
        sentence=sentence,
        table=table,
        x_label="Precision",
        y_label="Ratio",
        legend=LEGEND,
    )


def team(people, x=16):
    """Return a measure of so many people, the first of them better than the others."""
    cells = [Cell((1,), person, 100, x + (person > 0)) for person in range(people)]
    return measure(cells, good="low")


@pytest.mark.parametrize(("people", "dots"), [(10, 1), (11, 11), (30, 30)])
def test_colleagues_are_dots_where_there_are_enough(people, dots) -> None:
    found = make_chart(team(people))
    assert len(found["points"]) == dots
    assert [point["own"] for point in found["points"]] == [False] * (dots - 1) + [True]
    assert LEAST_OTHERS == 10


@pytest.mark.parametrize("word", WORDS)
def test_without_a_judgement_there_is_no_dot(word) -> None:
    found = make_chart(team(12), word=word)
    assert bool(found["points"]) == (word in JUDGED)
    assert bool(found["limits"]["x"]) == (word in JUDGED)
    assert bool(draw(found)) == (word in JUDGED)


def test_a_dot_has_no_name_and_no_place_of_its_own() -> None:
    """Whoever a colleague is, the funnel is the same."""
    cells = [Cell((1,), person, 100, 10 + person) for person in range(15)]
    moved = [Cell((1,), -cell.person, cell.n, cell.x) for cell in cells]
    funnel = make_chart(measure(cells, good="low"))
    assert make_chart(measure(moved, good="low")) == funnel
    assert {tuple(point) for point in funnel["points"]} == {("x", "y", "own")}


@given(CELLS, st.sampled_from((0.0, 0.04)), st.integers(1, 7), st.text())
def test_any_funnel_is_values_and_a_picture(cells, tau2, person, text) -> None:
    measured = measure(cells, good="low", city_tau2=tau2, rules=OPEN)
    found = make_chart(measured, person, sentence=text, table=[(text, text)])
    json.dumps(found, allow_nan=False)
    for point in found["points"]:
        standing = measured.people[person]
        assert point["own"]
        assert isclose(point["y"], standing.ratio, abs_tol=1e-4)
        low, high = min(found["limits"]["x"]), max(found["limits"]["x"])
        assert low <= point["x"] <= high
    picture = draw(found)
    assert bool(picture) == bool(found["points"])
    if picture:
        root = ElementTree.fromstring(picture)
        assert root.get("role") == "img"
        assert root.find(f"{SVG}title") is not None
        assert root.find(f"{SVG}desc") is not None
        assert len(root.findall(f"{SVG}polygon")) == 2
        assert "nan" not in picture and "inf" not in picture.replace("info", "")


def test_the_picture_shows_dots_limits_and_words() -> None:
    found = make_chart(team(14), sentence="<Ann> & 3", table=[("Observed", "<16>")])
    root = ElementTree.fromstring(draw(found, decimal_point=","))
    assert root.find(f"{SVG}title").text == root.get("aria-label") == "<Ann> & 3"
    assert root.find(f"{SVG}desc").text == "Observed: <16>"
    # One of each more in the legend.
    assert len(root.findall(f"{SVG}circle")) == 13 + 1
    assert len(root.findall(f"{SVG}polygon")) == 1 + 1
    texts = {element.text for element in root.findall(f"{SVG}text")}
    assert {*LEGEND.values(), "Precision", "Ratio", "0,5"} <= texts
    strokes = [
        (line.get("stroke-dasharray"), line.get("stroke-width"))
        for line in root.findall(f"{SVG}polyline")
    ]
    assert len(set(strokes)) == 4
