"""`make test`: pytest, Odoo's own runner, the demo data and the linters.

The steps run four at a time, also on two cores: two always wait for a browser, a
server or the database. pytest's databases are copies of one, with the addon and the
scripts and styles of the pages. Each step writes a log; what failed is shown at the
end, and pytest's own closing lines are the last ones.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import lint
from .database import Databases
from .errors import SetupError
from .odoo import Odoo
from .progress import progress
from .server import free_port
from .settings import ADDON

_RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ [A-Z]+ )", re.M)
_COMPLAINT = re.compile(
    r"\A\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) |^Traceback |: skipped .* : ", re.M
)
_RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
_PERCENT = re.compile(r"\[ *(\d+)%\]")
_SHOWN = 120
_AT_A_TIME = 4


@dataclass(frozen=True)
class Outcome:
    """How a step ended: `problem` is empty when it passed."""

    title: str
    problem: str
    summary: str = ""


@dataclass(frozen=True)
class Tests:
    """The steps of one run, on databases named after `name`."""

    odoo: Odoo
    browser: Path
    name: str
    _original_lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _has_original: threading.Event = field(default_factory=threading.Event, init=False)

    def selected(self, arguments: Sequence[str]) -> int:
        """Run pytest alone, in the foreground; return its status."""
        database = f"{self.name}_test"
        Databases(self.odoo).ensure(database, demo=False)
        return self.odoo.attend(
            self._pytest_command(database, arguments), env=self._path
        )

    def everything(self) -> int:
        """Run all steps; return 0 if all passed."""
        self._prepare_templates()
        # The longest first: what is left at the end should not run alone.
        steps = [self.addon, self.runner, self.browsers]
        steps += [self.pytest, self.linters, self.demo]
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            futures = [pool.submit(_guarded, step) for step in steps]
            outcomes = [future.result() for future in futures]
        for outcome in outcomes:
            if outcome.problem:
                print(f"\n--- {outcome.title} ---\n{outcome.problem}", flush=True)
        print()
        for outcome in reversed(outcomes):
            word = "FAILED" if outcome.problem else "passed"
            print(f"{word}  {outcome.title}  {outcome.summary}".rstrip(), flush=True)
        for outcome in outcomes:
            if outcome.summary.startswith("="):
                print(f"\n{outcome.summary}", flush=True)
        return int(any(outcome.problem for outcome in outcomes))

    def pytest(self) -> Outcome:
        """pytest over tests/ but for the browser"""
        folders = ["tests", "--ignore=tests/browser"]
        return self._pytest("test", folders, _title(self.pytest))

    def browsers(self) -> Outcome:
        """pytest over tests/browser"""
        return self._pytest("browser", ["tests/browser"], _title(self.browsers))

    def addon(self) -> Outcome:
        """pytest over the addon"""
        folders = [f"{ADDON}/tests", f"{ADDON}/tools"]
        return self._pytest("addon", folders, _title(self.addon))

    def _pytest(self, name: str, folders: Sequence[str], title: str) -> Outcome:
        """Run pytest over folders, on a database of its own."""
        database = f"{self.name}_{name}"
        self._copy_original(database)
        log = self.odoo.settings.logs / f"pytest-{name}.txt"
        log.unlink(missing_ok=True)
        with progress.step(title) as step:
            step.measure = lambda: _percent(log)
            status = self.odoo.record(
                self._pytest_command(database, folders), log, env=self._path
            )
        text = log.read_text(errors="replace")
        closing = next(iter(text.strip().splitlines()[::-1]), "")
        return Outcome(title, text if status else "", closing)

    def _copy_original(self, database: str) -> None:
        """Create a database with the addon and the pages' scripts and styles.

        All of pytest's are copies of one, which whoever comes first makes.
        """
        databases = Databases(self.odoo)
        with self._original_lock:
            if not self._has_original.is_set():
                databases.drop(self._original)
                databases.ensure(self._original, demo=False)
                databases.build_assets(self._original)
                self._has_original.set()
            databases.copy(self._original, database)
            databases.mark(database, databases.state(self._original) or "")

    def runner(self) -> Outcome:
        """Odoo's own test runner, without demo data, its log without a warning"""
        database = f"{self.name}_runner"
        databases = Databases(self.odoo)
        databases.copy(databases.template(demo=False), database)
        log = self.odoo.settings.logs / "runner.txt"
        command = [self.odoo.program, "-d", database, "-i", ADDON]
        command += ["--stop-after-init", "--test-tags", f"/{ADDON}"]
        command += ["--http-port", str(free_port())]
        with progress.step("Odoo's test runner"):
            status = self.odoo.record(command, log, env=self._path)
        text = log.read_text(errors="replace")
        results = [tuple(map(int, found)) for found in _RESULT.findall(text)]
        count = sum(tests for _, _, tests in results)
        problem = complaints(text)
        if not problem and (status or not count):
            problem = "\n".join(text.splitlines()[-_SHOWN:])
        databases.drop(database)
        return Outcome(_title(self.runner), problem, f"({count} tests)")

    def demo(self) -> Outcome:
        """the demo city installs without a warning"""
        database = f"{self.name}_demo"
        databases = Databases(self.odoo)
        databases.drop(database)
        databases.create(database, demo=True)
        log = self.odoo.settings.logs / f"install-{database}.txt"
        databases.drop(database)
        return Outcome(_title(self.demo), complaints(log.read_text(errors="replace")))

    def linters(self) -> Outcome:
        """linters"""
        with progress.step("linters"):
            problem = lint.check(self.odoo)
        return Outcome(_title(self.linters), problem)

    def _prepare_templates(self) -> None:
        """Make both templates first: the steps would wait for each other."""
        databases = Databases(self.odoo)
        with ThreadPoolExecutor(2) as pool:
            for done in [
                pool.submit(databases.template, demo=demo) for demo in (False, True)
            ]:
                done.result()

    def _pytest_command(
        self, database: str, arguments: Sequence[str]
    ) -> list[str | Path]:
        program = self.odoo.settings.venv / "bin" / "pytest"
        return [program, f"--odoo-database={database}", *arguments]

    @property
    def _original(self) -> str:
        return f"{self.name}_original"

    @property
    def _path(self) -> dict[str, str]:
        return {"PATH": f"{self.browser}:{self.odoo.environment['PATH']}"}


def complaints(log: str) -> str:
    """Return the warnings, errors, tracebacks and skipped tests of Odoo's `log`."""
    found = [record for record in _RECORD.split(log) if _COMPLAINT.search(record)]
    lines = "".join(found).splitlines()
    more = [f"... and {len(lines) - _SHOWN} more lines"] if lines[_SHOWN:] else []
    return "\n".join(lines[:_SHOWN] + more)


def _guarded(step: Callable[[], Outcome]) -> Outcome:
    try:
        return step()
    except SetupError as error:
        return Outcome(_title(step), str(error))


def _title(step: Callable[[], Outcome]) -> str:
    return (step.__doc__ or "").strip()


def _percent(log: Path) -> str:
    if not log.is_file():
        return ""
    found = _PERCENT.findall(log.read_text(errors="replace"))
    return f"{found[-1]} %" if found else ""
