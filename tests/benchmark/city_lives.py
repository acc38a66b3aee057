"""The lives of cases from which the benchmarks' city is grown; pure Python.

Of a thousand cases 70 are open, as after an intake of five to six weeks; 81 went to
another team, 50 stood still while the city waited for the person, 40 were opened again,
of 150 the person said afterwards how it was. Cases of one matter are not lives of their
own: which cases are joined to a lead is decided where the lives are multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass

YEARS = 3 * 365
#: What the rules of the city promise, in days on the wall at most: 30 and 60 working
#: days. Open cases no older than `IN_TIME` are in time, those older than `LATE` late.
IN_TIME, LATE = 38, 120


@dataclass(frozen=True)
class Life:
    """One course of a case, and how many of a thousand cases have it."""

    name: str
    share: int
    phase: str
    #: what happened after receipt and routing, and how many days after receipt
    steps: tuple[tuple[str, float], ...]
    #: received so many days ago, from and to
    ages: tuple[float, float]
    is_anonymous: bool = False
    is_confidential: bool = False
    has_said: bool = False  #: how it was, after the end

    def first(self, kind: str) -> float | None:
        """Return how many days after receipt something happened, None for never."""
        return next((day for step, day in self.steps if step == kind), None)

    def last(self, kinds: set[str]) -> float | None:
        """Return when the last of these happened, in days after receipt."""
        return max((day for step, day in self.steps if step in kinds), default=None)


_DONE = (("assigned", 0.2), ("in_work", 1), ("answered", 5), ("closed", 6))
_AGAIN = (*_DONE, ("reopened", 9))

LIVES = (
    Life("closed in time", 411, "closed", _DONE, (10, YEARS)),
    Life(
        "closed, and told how it was", 150, "closed", _DONE, (10, YEARS), has_said=True
    ),
    Life(
        "closed late",
        90,
        "closed",
        (("assigned", 1), ("in_work", 20), ("answered", 110), ("closed", 111)),
        (LATE, YEARS),
    ),
    Life("closed, anonymous", 60, "closed", _DONE, (10, YEARS), is_anonymous=True),
    Life(
        "closed by another team",
        77,
        "closed",
        (("transferred", 0.1), *_DONE),
        (10, YEARS),
    ),
    Life(
        "closed after a pause",
        42,
        "closed",
        (
            ("assigned", 0.2),
            ("in_work", 1),
            ("waiting", 3),
            ("resumed", 8),
            ("answered", 12),
            ("closed", 13),
        ),
        (20, YEARS),
    ),
    Life(
        "closed twice",
        38,
        "closed",
        (*_AGAIN, ("answered", 12), ("closed", 13)),
        (20, YEARS),
    ),
    Life(
        "withdrawn",
        30,
        "withdrawn",
        (("assigned", 0.2), ("withdrawn", 2)),
        (10, YEARS),
    ),
    Life(
        "not handled",
        12,
        "not_handled",
        (("assigned", 0.2), ("in_work", 1), ("not_handled", 3)),
        (10, YEARS),
    ),
    Life(
        "closed, confidential",
        20,
        "closed",
        _DONE,
        (10, YEARS),
        is_confidential=True,
    ),
    Life("waits for a handler", 14, "routed", (), (1, IN_TIME)),
    Life("waits for its handler", 13, "assigned", (("assigned", 0.2),), (1, IN_TIME)),
    Life(
        "in work",
        18,
        "in_work",
        (("assigned", 0.2), ("in_work", 1)),
        (2, IN_TIME),
    ),
    Life(
        "in work, late",
        6,
        "in_work",
        (("assigned", 0.2), ("in_work", 1)),
        (LATE, 2 * LATE),
    ),
    Life(
        "waits for the person",
        8,
        "waiting",
        (("assigned", 0.2), ("in_work", 1), ("waiting", 2)),
        (3, 9),
    ),
    Life(
        "answered",
        3,
        "answered",
        (("assigned", 0.2), ("in_work", 1), ("answered", 5)),
        (6, 12),
    ),
    Life("in triage", 2, "received", (), (1, 3)),
    Life(
        "came from another team",
        4,
        "assigned",
        (("transferred", 0.1), ("assigned", 0.5)),
        (1, IN_TIME),
    ),
    Life("opened again", 2, "in_work", _AGAIN, (10, IN_TIME)),
)
assert sum(life.share for life in LIVES) == 1000
