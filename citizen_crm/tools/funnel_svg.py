"""The funnel on paper: the values of ``tools.funnel_chart`` as an SVG picture.

Nothing is told by colour alone: the own dot is a full diamond among hollow circles, and
the limits differ by their strokes.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import floor, isfinite, log10
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

WIDTH, HEIGHT = 640, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 12, 92
_TEXT = {"font-family": "sans-serif", "font-size": "12", "fill": "#222222"}
_STROKES = {
    "limits_95": {"stroke-dasharray": "6 4", "stroke-width": "1.2"},
    "limits_998": {"stroke-width": "1.8"},
    "expected": {"stroke-dasharray": "1 4", "stroke-width": "1.2"},
}
_CURVES = {
    "low95": "limits_95",
    "high95": "limits_95",
    "low998": "limits_998",
    "high998": "limits_998",
}


def draw(chart: Mapping[str, Any], *, decimal_point: str = ".") -> str:
    """Return the picture as SVG text, empty where there is no dot to show.

    Its title is the sentence, its description the table.

    :param chart: as ``tools.funnel_chart.chart`` returns it

    >>> draw({"points": [], "limits": {}, "sentence": "Not enough cases."})
    ''
    >>> draw({"points": [{"x": 16, "y": 1.5, "own": True}], "sentence": "A & B"})[:42]
    '<svg xmlns="http://www.w3.org/2000/svg" vi'
    """
    points = chart.get("points") or []
    if not points:
        return ""
    plane = _Plane(points, chart.get("limits") or {}, decimal_point)
    picture = _frame(chart)
    plane.add_axes(picture, chart.get("x_label", ""), chart.get("y_label", ""))
    plane.add_limits(picture, chart.get("limits") or {})
    # The own dot lies above the others.
    for point in sorted(points, key=lambda point: bool(point.get("own"))):
        _add_dot(picture, *plane.place(point["x"], point["y"]), bool(point.get("own")))
    _add_legend(picture, chart.get("legend") or {})
    return tostring(picture, encoding="unicode")


def _frame(chart: Mapping[str, Any]) -> Element:
    """Return the empty picture with what it says in words."""
    sentence = _clean(chart.get("sentence", ""))
    picture = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            # Without a size some makers of PDF draw nothing.
            "width": str(WIDTH),
            "height": str(HEIGHT),
            "style": "max-width: 100%; height: auto",
            "role": "img",
            "aria-label": sentence,
        },
    )
    SubElement(picture, "title").text = sentence
    rows = [": ".join(map(str, row)) for row in chart.get("table") or []]
    SubElement(picture, "desc").text = _clean("; ".join(rows))
    return picture


class _Plane:
    """Where values lie in the picture."""

    def __init__(
        self,
        points: Sequence[Mapping[str, Any]],
        limits: Mapping[str, Sequence[float]],
        decimal_point: str,
    ) -> None:
        xs = [point["x"] for point in points]
        ys = [point["y"] for point in points]
        # Limits where there is no dot may be cut off, those at the dots not.
        near = [
            high
            for x, high in zip(
                limits.get("x", ()), limits.get("high998", ()), strict=False
            )
            if x >= min(xs)
        ]
        self.right = 1.08 * max(xs) or 1.0
        self.top = 1.05 * max([*ys, *near, 1.5])
        self.decimal_point = decimal_point

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a value lies, in the picture's units."""
        width, height = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
        return (
            round(_LEFT + width * x / self.right, 2),
            round(_TOP + height * (1 - y / self.top), 2),
        )

    def add_limits(
        self, picture: Element, limits: Mapping[str, Sequence[float]]
    ) -> None:
        """Draw what is expected, and the limits as far as they lie inside."""
        for name, kind in _CURVES.items():
            inside = [
                self.place(x, y)
                for x, y in zip(limits.get("x", ()), limits.get(name, ()), strict=False)
                if x <= self.right and 0 <= y <= self.top
            ]
            _add_line(picture, inside, kind)
        _add_line(picture, [self.place(0, 1), self.place(self.right, 1)], "expected")

    def add_axes(self, picture: Element, x_label: str, y_label: str) -> None:
        """Draw the axes with their numbers and labels."""
        corners = [self.place(0, self.top), self.place(0, 0)]
        corners.append(self.place(self.right, 0))
        _add_line(picture, corners, "axis")
        for value in _ticks(self.right):
            x, y = self.place(value, 0)
            _add_text(picture, x, y + 16, self._number(value), "middle")
        for value in _ticks(self.top):
            x, y = self.place(0, value)
            _add_text(picture, x - 8, y + 4, self._number(value), "end")
        middle_x, bottom = self.place(self.right / 2, 0)
        _add_text(picture, middle_x, bottom + 36, x_label, "middle")
        _x, middle_y = self.place(0, self.top / 2)
        label = _add_text(picture, 16, middle_y, y_label, "middle")
        label.set("transform", f"rotate(-90 16 {middle_y})")

    def _number(self, value: float) -> str:
        return f"{value:g}".replace(".", self.decimal_point)


def _ticks(highest: float) -> list[float]:
    """Return round numbers from 0 on, about five of them.

    >>> _ticks(2.3), _ticks(170), _ticks(0)
    ([0.0, 0.5, 1.0, 1.5, 2.0], [0.0, 50.0, 100.0, 150.0], [0.0])
    """
    if not isfinite(highest) or highest <= 0:
        return [0.0]
    power = 10.0 ** floor(log10(highest / 4))
    step = next(
        power * factor for factor in (1, 2, 5, 10) if highest / (power * factor) <= 5
    )
    return [round(step * place, 10) for place in range(int(highest / step) + 1)]


def _add_line(
    picture: Element, places: Iterable[tuple[float, float]], kind: str
) -> None:
    corners = " ".join(f"{x},{y}" for x, y in places)
    stroke = {"fill": "none", "stroke": "#333333", **_STROKES.get(kind, {})}
    if corners:
        SubElement(picture, "polyline", {"points": corners, **stroke})


def _add_dot(picture: Element, x: float, y: float, own: bool) -> None:
    if own:
        corners = f"{x},{y - 8} {x + 8},{y} {x},{y + 8} {x - 8},{y}"
        shape = {"points": corners, "fill": "#0b3d91", "stroke": "#000000"}
        SubElement(picture, "polygon", shape)
    else:
        shape = {"cx": str(x), "cy": str(y), "r": "4"}
        look = {"fill": "#ffffff", "stroke": "#555555", "stroke-width": "1.2"}
        SubElement(picture, "circle", {**shape, **look})


def _add_legend(picture: Element, legend: Mapping[str, str]) -> None:
    """Say below the picture what dots and lines are, three in a row."""
    names = ("own", "others", "expected", "limits_95", "limits_998")
    told = [(name, legend[name]) for name in names if legend.get(name)]
    for place, (name, text) in enumerate(told):
        x = _LEFT + (WIDTH - _LEFT) / 3 * (place % 3)
        y = HEIGHT - 36 + 20 * (place // 3)
        if name in _STROKES:
            _add_line(picture, [(x, y), (x + 26, y)], name)
        else:
            _add_dot(picture, x + 13, y, name == "own")
        _add_text(picture, x + 34, y + 4, text, "start")


def _add_text(picture: Element, x: float, y: float, text: str, anchor: str) -> Element:
    place = {"x": str(x), "y": str(y), "text-anchor": anchor}
    element = SubElement(picture, "text", {**place, **_TEXT})
    element.text = _clean(text)
    return element


def _clean(text: Any) -> str:
    """Return text without the characters that XML does not know.

    >>> _clean("a\\x00b\\nc")
    'ab c'
    """
    told = (" " if letter.isspace() else letter for letter in str(text))
    return "".join(letter for letter in told if letter.isprintable())
