"""Stream an open-data file through a layout, row by row, in constant memory."""

import io
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from .convert import RowConverter
from .csv_rows import BrokenRow, CsvRow, CsvRows, is_clean, printable
from .layout import Layout
from .reasons import FileRefusedError, Reason, _
from .record import CaseRecord, RowError

_OTHER_DELIMITERS = (",", ";", "\t", "|")


class OpenDataReader:
    """Iterate over the records and row errors of a file, in the file's order.

    The header is checked on construction, so a wrong file is refused before
    anything is written.

    :param stream: the file, opened for reading bytes
    :param latest: naive UTC now; cases received after it are refused
    :raise FileRefusedError: when the file as a whole does not fit the layout
    """

    def __init__(
        self, stream: BinaryIO, layout: Layout, latest: datetime | None = None
    ) -> None:
        encoding = layout.encoding
        if encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
            encoding = "utf-8-sig"  # with or without a byte order mark
        self._stream = stream
        self._text = io.TextIOWrapper(
            stream, encoding=encoding, errors="surrogateescape", newline=""
        )
        self._rows = CsvRows(self._text, layout.delimiter, layout.quote)
        self.header = self._read_header(layout)
        self._rows.width = len(self.header)
        self._converter = RowConverter(layout, self.header, latest)

    def __iter__(self) -> Iterator[CaseRecord | RowError]:
        seen = _SeenKeys()
        try:
            for row in self._decodable_rows():
                yield self._outcome(row, seen)
        finally:
            seen.close()

    @property
    def position(self) -> int:
        """Bytes read so far, for a progress bar (runs a little ahead)."""
        return self._stream.tell()

    def detach(self) -> None:
        """Let go of the stream, which otherwise closes with this reader."""
        self._text.detach()

    # --------------------------------------------------------------- header
    def _read_header(self, layout: Layout) -> tuple[str, ...]:
        try:
            row = self._rows.next_row()
        # A multi-byte encoding can fail in ways that no error handler mends.
        except UnicodeError as error:
            raise FileRefusedError(_not_text(layout)) from error
        if row is None:
            raise FileRefusedError(_("The file is empty."))
        if isinstance(row, BrokenRow):
            raw = "".join(row.values)
            if "\0" in raw or not is_clean(raw):
                raise FileRefusedError(_not_text(layout))
            raise FileRefusedError(
                _("The first line cannot be read as a header."), row.reason
            )
        header = tuple(map(str.strip, row.values))
        problems = tuple(_header_problems(header, layout))
        if problems:
            raise FileRefusedError(*problems)
        return header

    # ----------------------------------------------------------------- rows
    def _decodable_rows(self) -> Iterator[CsvRow | BrokenRow]:
        try:
            yield from self._rows
        except UnicodeError:  # multi-byte encodings only, see above
            line = self._rows.lines_read + 1
            reason = _("From here on the bytes are not text in the file's encoding.")
            yield BrokenRow(line, (), reason)

    def _outcome(
        self, row: CsvRow | BrokenRow, seen: "_SeenKeys"
    ) -> CaseRecord | RowError:
        if isinstance(row, BrokenRow):
            values = tuple(map(printable, row.values))
            return RowError(row.line, "", row.reason, values)
        outcome = self._converter.convert(row)
        if isinstance(outcome, RowError):
            return outcome
        first_line = seen.add(outcome.key, outcome.line)
        if first_line == outcome.line:
            return outcome
        column = self._converter.key_column
        reason = _("The key was already used on line %(line)s.", line=first_line)
        return RowError(outcome.line, column, reason, row.values, outcome.key)


class _SeenKeys:
    """The keys of a file and their lines, in a temporary file of SQLite's own.

    A set would grow with the file (hundreds of megabytes for a year of a large
    city); this spills to disk beyond SQLite's small cache and vanishes when closed.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("BEGIN")
        self._database.execute(
            "CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID"
        )

    def add(self, key: str, line: int) -> int:
        """Remember a key; return the line where it was first seen."""
        cursor = self._database.execute(
            "INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING", (key, line)
        )
        if cursor.rowcount:
            return line
        found = self._database.execute("SELECT line FROM seen WHERE key = ?", (key,))
        return found.fetchone()[0]

    def close(self) -> None:
        self._database.close()


def _header_problems(header: tuple[str, ...], layout: Layout) -> Iterator[Reason]:
    missing = sorted(layout.needed_columns - set(header))
    if missing:
        yield _(
            "The file does not fit the layout '%(layout)s'. Missing columns: "
            "%(columns)s.",
            layout=layout.name,
            columns=", ".join(missing),
        )
        yield from _other_delimiter(header, layout)
    counts = Counter(header)
    for column in sorted(layout.needed_columns):
        if counts[column] > 1:
            yield _("The column '%(column)s' occurs more than once.", column=column)


def _other_delimiter(header: tuple[str, ...], layout: Layout) -> Iterator[Reason]:
    """Say so when the whole header sits in one cell, cut by another character."""
    for delimiter in _OTHER_DELIMITERS:
        if len(header) == 1 and delimiter != layout.delimiter:
            if len(header[0].split(delimiter)) > 2:
                yield _(
                    "The columns seem to be separated by %(found)r; the layout "
                    "says %(wanted)r.",
                    found=delimiter,
                    wanted=layout.delimiter,
                )


def _not_text(layout: Layout) -> Reason:
    return _(
        "The file is not a text file in the encoding %(encoding)s. Save it as CSV in "
        "that encoding, or name the right one in the layout.",
        encoding=layout.encoding,
    )
