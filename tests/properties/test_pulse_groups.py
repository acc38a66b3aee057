"""What is told of a pulse gives nobody away, whatever is added up or taken away."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.citizen_crm.tools.pulse_groups import LEAST, Told, group, is_told


@st.composite
def rounds(draw) -> list[Told]:
    """Draw what up to eight teams of three departments have said."""
    told = []
    for team in range(1, draw(st.integers(0, 8)) + 1):
        said = draw(st.integers(0, 12))
        agree = draw(st.integers(0, said))
        told.append(Told(team, draw(st.integers(0, 2)), said, agree))
    return told


@given(rounds())
def test_each_group_stands_for_enough_people_of_two_minds(told) -> None:
    for one in group(told):
        assert is_told(one.said, one.agree)


@given(rounds())
def test_all_answers_are_told_or_none(told) -> None:
    """Nothing is left over that the sum less the rows would give away."""
    groups = group(told)
    if not groups:
        return
    assert sum(one.said for one in groups) == sum(team.said for team in told)
    assert sum(one.agree for one in groups) == sum(team.agree for team in told)


@given(rounds())
def test_each_team_is_in_one_group(told) -> None:
    groups = group(told)
    teams = [team for one in groups for team in one.teams]
    assert len(teams) == len(set(teams))
    by_team = {team.team: team for team in told}
    for one in groups:
        assert one.said == sum(by_team[team].said for team in one.teams)
        assert one.agree == sum(by_team[team].agree for team in one.teams)


@given(rounds())
def test_a_difference_is_never_of_few(told) -> None:
    """The sum of all less any rows that are told, as somebody would try it."""
    groups = group(told)
    said = sum(one.said for one in groups)
    for size in range(len(groups)):
        for taken in combinations(groups, size):
            assert said - sum(one.said for one in taken) >= LEAST


@given(rounds())
def test_a_team_that_can_stand_for_itself_mostly_does(told) -> None:
    """Only the smallest group may be put together with what is left."""
    alone = [one.team for one in told if is_told(one.said, one.agree)]
    shown = [one.teams[0] for one in group(told) if len(one.teams) == 1]
    assert len(set(alone) - set(shown)) <= 1


@given(rounds())
def test_something_is_told_where_it_can_be(told) -> None:
    said, agree = sum(one.said for one in told), sum(one.agree for one in told)
    assert bool(group(told)) == is_told(said, agree)
