"""A progress bar for people, plain lines for logs."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

_BAR = 30
_SECONDS_BETWEEN = {True: 0.1, False: 5.0}
"""Between two updates, on a terminal and in a log."""


class Progress:
    """Show how far a long read is: a bar on a terminal, a line now and then else.

    :param total: bytes to read
    :param stream: where to show it, standard error if not given
    :param clock: seconds, for tests

    >>> seconds = iter([0, 1, 10])
    >>> progress = Progress(400, sys.stdout, seconds.__next__)
    >>> progress.show(100, 25)          # too soon after the beginning
    >>> progress.show(200, 50)
    50.0%  50 rows  5 rows/s
    """

    def __init__(
        self,
        total: int,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = max(total, 1)
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._clock = clock
        self._began = clock()
        self._shown = self._began

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._is_terminal:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def show(self, position: int, rows: int) -> None:
        """Show the progress, unless it was shown a moment ago."""
        now = self._clock()
        if now - self._shown < _SECONDS_BETWEEN[self._is_terminal]:
            return
        self._shown = now
        share = min(position / self._total, 1.0)
        speed = rows / max(now - self._began, 0.001)
        text = f"{share:6.1%}  {rows:,} rows  {speed:,.0f} rows/s"
        if self._is_terminal:
            bar = "#" * round(share * _BAR)
            self._stream.write(f"\r[{bar:<{_BAR}}] {text}\033[K")
        else:
            self._stream.write(text.strip() + "\n")
        self._stream.flush()
