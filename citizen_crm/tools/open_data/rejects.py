"""Write the rows that could not be taken over, ready to be mended and read again."""

import csv
from collections.abc import Sequence
from typing import TextIO

NOTE_COLUMNS = ("import_line", "import_column", "import_reason")


class RejectsWriter:
    """A CSV file with the columns of the original and three more behind them.

    The layout ignores columns that it does not know, so the mended file can be
    imported as it is.
    """

    def __init__(
        self, stream: TextIO, header: Sequence[str], delimiter: str, quote: str
    ) -> None:
        self._width = len(header)
        self._delimiter = delimiter
        # With plain \n Python's writer would leave a lone \r in a cell unquoted.
        self._writer = csv.writer(
            stream, delimiter=delimiter, quotechar=quote, lineterminator="\r\n"
        )
        self._writer.writerow((*header, *NOTE_COLUMNS))

    # pylint: disable-next=method-required-super
    def write(self, values: Sequence[str], line: int, column: str, reason: str) -> None:
        """Write one row; a row of a wrong width keeps all of its text."""
        cells = list(values[: self._width])
        if len(values) > self._width:
            cells[-1] = self._delimiter.join(values[self._width - 1 :])
        cells += [""] * (self._width - len(cells))
        self._writer.writerow((*cells, line, column, reason))
