"""The funnel of a person in a measure as plain values; pages and papers only draw.

Colleagues are dots without a name, in an order that tells nothing; of fewer than
``LEAST_OTHERS`` not even dots are given away.
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from .funnel import Z95, Z998, Measured, Standing, limits
from .verdict import JUDGED

#: Dots of fewer colleagues could be told apart.
LEAST_OTHERS = 10
#: Points of each limit.
STEPS = 48
_DIGITS = 4


def chart(
    measured: Measured,
    person: int,
    word: str,
    *,
    sentence: str,
    table: Sequence[Sequence[str]],
    x_label: str,
    y_label: str,
    legend: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the funnel: points, limits, and the words given here, as they are.

    :param word: of the person's verdict; without a judgement there are no points
    :param sentence: what the funnel shows, for who cannot see it
    :param table: rows of two cells, label and value
    :param legend: what to call "own", "others", "limits_95", "limits_998", "expected"

    >>> from .funnel import measure
    >>> from .strata import Cell
    >>> cells = [Cell(("parks",), person, 40, x) for person, x in enumerate((8, 8, 20))]
    >>> texts = {"sentence": "", "table": [], "x_label": "", "y_label": ""}
    >>> chart(measure(cells, good="low"), 2, "near_edge", **texts)["points"]
    [{'x': 25.5, 'y': 1.6667, 'own': True}]
    >>> chart(measure(cells, good="low"), 2, "too_few", **texts)["points"]
    []
    """
    dots = _dots(measured, person) if word in JUDGED else []
    return {
        "points": [
            {"x": round(x, _DIGITS), "y": round(y, _DIGITS), "own": own}
            for x, y, own in dots
        ],
        "limits": _curves([x for x, _y, _own in dots], measured.tau2),
        "sentence": sentence,
        "table": [list(row) for row in table],
        "x_label": x_label,
        "y_label": y_label,
        "legend": dict(legend or {}),
    }


def _dots(measured: Measured, person: int) -> list[tuple[float, float, bool]]:
    """Return precision and ratio of the person, after those of enough colleagues."""
    own = measured.people.get(person)
    if own is None or measured.suspended or (mine := _dot(own)) is None:
        return []
    others = sorted(
        dot
        for other, standing in measured.people.items()
        if other != person and (dot := _dot(standing)) is not None
    )
    if len(others) < LEAST_OTHERS:
        others = []
    return [(*dot, False) for dot in others] + [(*mine, True)]


def _dot(standing: Standing) -> tuple[float, float] | None:
    if standing.gate or standing.rho is None or standing.ratio is None:
        return None
    return standing.rho, standing.ratio


def _curves(precisions: Sequence[float], tau2: float) -> dict[str, list[float]]:
    """Return the limits from below the least precise dot to above the most precise."""
    names = ("x", "low95", "high95", "low998", "high998")
    curves: dict[str, list[float]] = {name: [] for name in names}
    if not precisions:
        return curves
    first, last = 0.7 * min(precisions), 1.1 * max(precisions)
    for step in range(STEPS + 1):
        # Closer together where the limits are steep.
        x = first * (last / first) ** (step / STEPS)
        s = sqrt(1 / x + tau2)
        for name, value in zip(
            names, (x, *limits(s, Z95), *limits(s, Z998)), strict=True
        ):
            curves[name].append(round(value, _DIGITS))
    return curves
