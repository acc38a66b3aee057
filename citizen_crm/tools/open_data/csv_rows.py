"""Split a CSV stream into rows, so that one broken row cannot take others along.

Python's reader would let a stray quote swallow every line up to the next quote
(or the rest of the file). Here a quoted text may run over several lines as long
as the result is a row of the right width; where it is not, the reader goes back,
gives up the broken line alone, and goes on with the next line that is a row.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from .reasons import Reason, _

MAX_LINE_LENGTH = 1_000_000
"""Characters of one line; more than this is not a row of requests."""
MAX_ROW_LINES = 200
"""Lines that one quoted text may run over."""

# The wording of Python's csv module for a quoted text without its end.
_OPEN_QUOTE = "unexpected end of data"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row of the right width; ``line`` is where it begins (the header is 1)."""

    line: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """Text that is no row, with the reason; ``values`` is what could be split."""

    line: int
    values: tuple[str, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    cut: bool = False


class CsvRows:
    """Iterate over the rows of a text stream (opened with ``newline=""``).

    The stream must have been decoded with ``errors="surrogateescape"``, so that
    undecodable bytes are seen here and cost one row only.
    """

    def __init__(self, stream: TextIO, delimiter: str, quote: str) -> None:
        self._stream = stream
        self._format = {
            "delimiter": delimiter,
            "quotechar": quote,
            "strict": True,
        }
        self._quote = quote
        self._ahead: deque[_Line] = deque()
        self.lines_read = 0
        self.width = 0
        """Number of columns; 0 until the header is known, then checked."""

    def __iter__(self) -> Iterator[CsvRow | BrokenRow]:
        while (row := self.next_row()) is not None:
            yield row

    def next_row(self) -> CsvRow | BrokenRow | None:
        """Read the next row, or ``None`` at the end of the file."""
        while (line := self._next_line()) is not None:
            if line.text.strip("\r\n"):
                return self._read_from(line)
        return None

    def _read_from(self, first: _Line) -> CsvRow | BrokenRow:
        reason = _unusable(first)
        if reason:
            return BrokenRow(first.number, (first.text.strip("\r\n"),), reason)
        lines, values, error = self._gather(first)
        if error:
            self._ahead.extendleft(reversed(lines[1:]))
            text = first.text.rstrip("\r\n")
            return BrokenRow(first.number, (text,), _quoting(error))
        if self.width in (0, len(values)):
            return CsvRow(first.number, values)
        if len(lines) > 1:
            self._give_back(lines)
        return BrokenRow(first.number, values, self._wrong_width(values))

    def _gather(self, first: _Line) -> tuple[list[_Line], tuple[str, ...], str]:
        """Join lines until the quoted texts are closed: lines, values, error."""
        lines = [first]
        values, error = self._split(first.text)
        while error == _OPEN_QUOTE and len(lines) < MAX_ROW_LINES:
            line = self._next_line()
            if line is None:
                break
            lines.append(line)
            if line.cut or _unusable(line):
                break
            if self._quote in line.text:
                values, error = self._split("".join(item.text for item in lines))
        return lines, values, error

    def _split(self, text: str) -> tuple[tuple[str, ...], str]:
        try:
            rows = list(csv.reader([text], **self._format))
        except csv.Error as error:
            return (), str(error)
        return (tuple(rows[0]), "") if rows else ((), "")

    def _give_back(self, lines: list[_Line]) -> None:
        """Return the lines from the first one that is a row of its own."""
        for index, line in enumerate(lines[1:], 1):
            values, error = self._split(line.text)
            if not error and len(values) == self.width:
                self._ahead.extendleft(reversed(lines[index:]))
                return

    def _wrong_width(self, values: tuple[str, ...]) -> Reason:
        return _(
            "The row has %(found)s columns, the header has %(wanted)s.",
            found=len(values),
            wanted=self.width,
        )

    def _next_line(self) -> _Line | None:
        if self._ahead:
            return self._ahead.popleft()
        text = self._stream.readline(MAX_LINE_LENGTH)
        if not text:
            return None
        self.lines_read += 1
        cut = len(text) == MAX_LINE_LENGTH and text[-1] not in "\r\n"
        if cut:
            self._skip_rest_of_line()
        return _Line(self.lines_read, text, cut)

    def _skip_rest_of_line(self) -> None:
        while chunk := self._stream.readline(MAX_LINE_LENGTH):
            if chunk[-1] in "\r\n":
                return


def _unusable(line: _Line) -> Reason | None:
    """Say why a line cannot be read at all, if so."""
    if line.cut:
        return _("The line is longer than %(limit)s characters.", limit=MAX_LINE_LENGTH)
    if "\0" in line.text:
        return _("The line contains a zero byte.")
    if not is_clean(line.text):
        return _("The line contains bytes that are not text in the file's encoding.")
    return None


def _quoting(error: str) -> Reason:
    if error == _OPEN_QUOTE:
        return _("A quoted text begins on this line and does not end.")
    return _("The quoting of the line is broken: %(error)s", error=error)


def is_clean(text: str) -> bool:
    """Tell whether a text was decoded without undecodable bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(text: str) -> str:
    r"""Write undecodable and zero bytes as ``\xNN`` so that they can be stored.

    >>> printable("caf\udce9 \0")
    'caf\\xe9 \\x00'
    """
    raw = text.encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
