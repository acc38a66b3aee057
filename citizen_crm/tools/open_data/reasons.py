"""Plain-word reasons that the ORM side can translate, and the module's errors."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence with named values, kept apart so that it can be translated.

    >>> str(_("%(value)r is not a date", value="soon"))
    "'soon' is not a date"
    """

    text: str
    values: dict[str, Any]

    def __str__(self) -> str:
        return self.text % self.values


def _(text: str, **values: Any) -> Reason:
    """Build a reason; the name marks ``text`` for the translation export."""
    return Reason(text, values)


class OpenDataError(Exception):
    """Base of everything this package raises on purpose."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return "\n".join(map(str, self.reasons))


class LayoutError(OpenDataError):
    """The layout itself (the JSON) cannot be used; lists every problem found."""


class FileRefusedError(OpenDataError):
    """The file as a whole cannot be read with this layout."""


class CellError(OpenDataError):
    """One cell of one row holds something that the layout does not allow."""

    def __init__(self, column: str, reason: Reason) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason
