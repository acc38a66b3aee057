"""Each hole of the base, used: it works on the stock base and not on ours.

Ours is served by two processes. The rows are those of ``docs/security.md``, and so are
the rooms that were built since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import mail_holes
import portal_holes
import pytest
import room_holes
from desk import Desk

Use = Callable[[Desk], object]
DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
HOLES: list[tuple[int, Use]] = [*portal_holes.HOLES, *mail_holes.HOLES]
#: Not in ``helpdesk_mgmt``: another addon on top of it brings the records.
ELSEWHERE: list[tuple[int, Use]] = [(4, portal_holes.read_titles_by_a_detour)]


def parametrize(holes: Iterable[tuple[int, Use]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "use", [pytest.param(use, id=f"row{row}-{use.__name__}") for row, use in holes]
    )


@parametrize(HOLES)
def test_open_on_the_stock_base(desks: dict[str, Desk], use: Use) -> None:
    """What is not open there would prove nothing here."""
    assert use(desks["stock"])


@parametrize(HOLES + ELSEWHERE)
def test_closed_on_ours(desks: dict[str, Desk], use: Use) -> None:
    assert not use(desks["ours"])


@pytest.mark.parametrize("use", room_holes.ROOMS, ids=lambda use: use.__name__)
def test_rooms_are_closed_to_others(desks: dict[str, Desk], use: Use) -> None:
    assert not use(desks["ours"])


def test_both_processes_have_answered(desks: dict[str, Desk]) -> None:
    assert len(desks["ours"].servers.workers()) == 2


def test_all_are_documented() -> None:
    text = DOCUMENT.read_text()
    for use in room_holes.ROOMS:
        assert f"`{use.__name__}`" in text
    for row, use in HOLES + ELSEWHERE:
        [line] = [line for line in text.splitlines() if line.startswith(f"| {row} |")]
        assert f"`{use.__name__}`" in line
