"""A progress bar for people, plain lines for logs."""

import sys
import time
from typing import TextIO

_BAR = 30
_SECONDS_BETWEEN = {True: 0.1, False: 5.0}
"""Between two updates, on a terminal and in a log."""


class Progress:
    """Show how far a long read is: a bar on a terminal, a line now and then else.

    :param total: bytes to read
    :param stream: where to show it, standard error if not given
    """

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._total = max(total, 1)
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._began = time.monotonic()
        self._shown = self._began

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._is_terminal:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def show(self, position: int, rows: int) -> None:
        """Show the progress, unless it was shown a moment ago."""
        now = time.monotonic()
        if now - self._shown < _SECONDS_BETWEEN[self._is_terminal]:
            return
        self._shown = now
        share = min(position / self._total, 1.0)
        speed = rows / (now - self._began)
        text = f"{share:6.1%}  {rows:,} rows  {speed:,.0f} rows/s"
        if self._is_terminal:
            bar = "#" * round(share * _BAR)
            self._stream.write(f"\r[{bar:<{_BAR}}] {text}\033[K")
        else:
            self._stream.write(text.strip() + "\n")
        self._stream.flush()
