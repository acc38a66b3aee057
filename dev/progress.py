"""Say what is being done, and for how long.

On a terminal one line is rewritten with the steps under way; elsewhere (CI, a pipe)
every step prints a line when it starts to take long, then every fifteen seconds, and
when it ends. Steps may run in several threads.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_NOTICE_AFTER = 1.0
_REPEAT_AFTER = 15.0


class Step:
    """One thing being done; what `measure` returns is shown beside its title."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.measure: Callable[[], str] = str
        self.started = time.monotonic()
        self.last_shown = 0.0

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def __str__(self) -> str:
        measured = self.measure()
        detail = f" ({measured})" if measured else ""
        return f"{self.title}{detail} {self.elapsed:.0f} s"


class Progress:
    """Shows the steps of one run; one instance serves all threads."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._lock = threading.Lock()
        self._terminal = sys.stdout.isatty()
        self._width = 0
        threading.Thread(target=self._tick, daemon=True).start()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show `title` while the block runs, and how long it took."""
        step = Step(title)
        with self._lock:
            self._steps.append(step)
        try:
            yield step
        except BaseException:
            self._finish(step, "FAILED")
            raise
        self._finish(step, "done")

    def say(self, text: str) -> None:
        """Print a line of its own."""
        with self._lock:
            self._clear()
            print(text, flush=True)

    def _finish(self, step: Step, word: str) -> None:
        with self._lock:
            self._steps.remove(step)
            self._clear()
            if word != "done" or step.elapsed >= _NOTICE_AFTER:
                print(f"  {word:<6} {step.title} ({step.elapsed:.1f} s)", flush=True)

    def _tick(self) -> None:
        while True:
            time.sleep(0.5)
            with self._lock:
                if self._terminal:
                    self._rewrite()
                else:
                    self._print_long_ones()

    def _rewrite(self) -> None:
        shown = [str(step) for step in self._steps if step.elapsed >= _NOTICE_AFTER]
        self._clear()
        if shown:
            line = ("  ... " + " | ".join(shown))[:118]
            sys.stdout.write(line)
            sys.stdout.flush()
            self._width = len(line)

    def _print_long_ones(self) -> None:
        for step in self._steps:
            due = step.last_shown + _REPEAT_AFTER if step.last_shown else _NOTICE_AFTER
            if step.elapsed >= due:
                step.last_shown = step.elapsed
                print(f"  ...    {step}", flush=True)

    def _clear(self) -> None:
        if self._width:
            sys.stdout.write("\r" + " " * self._width + "\r")
            self._width = 0


progress = Progress()
