"""The linters, all from the lock file: `make lint`, and a step of `make test`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .odoo import Odoo
from .settings import ADDON

# A part of helpdesk.ticket lives in the area it belongs to; the addon's text for
# readers is in readme/; ruff refuses the `_` that knows no environment.
_NOT_WANTED = (
    "--disable=consider-merging-classes-inherited,missing-readme,prefer-env-translation"
)


def check(odoo: Odoo) -> str:
    """Run every linter; return what they complain about."""
    with ThreadPoolExecutor(2) as pool:
        names = _commands(odoo)
        found = pool.map(lambda name: _run(odoo, name, names[name]), names)
    return "\n\n".join(problem for problem in found if problem)


def fix(odoo: Odoo) -> int:
    """Let ruff mend what it can; return its status."""
    ruff = odoo.settings.venv / "bin" / "ruff"
    mended = odoo.attend([ruff, "check", "--fix", "."])
    return odoo.attend([ruff, "format", "."]) or mended


def _commands(odoo: Odoo) -> dict[str, list[str | Path]]:
    binaries = odoo.settings.venv / "bin"
    translations = sorted((odoo.settings.addon / "i18n").glob("*.po*"))
    commands = {
        "ruff check": [binaries / "ruff", "check", "--output-format=concise", "."],
        "ruff format": [binaries / "ruff", "format", "--check", "--diff", "."],
        "pylint-odoo": [binaries / "pylint", _NOT_WANTED, ADDON],
        "oca-checks-odoo-module": [binaries / "oca-checks-odoo-module", ADDON],
    }
    if translations:
        commands["oca-checks-po"] = [binaries / "oca-checks-po", *translations]
    return commands


def _run(odoo: Odoo, name: str, command: list[str | Path]) -> str:
    log = odoo.settings.logs / f"lint-{name.replace(' ', '-')}.txt"
    if not odoo.record(command, log):
        return ""
    lines = log.read_text(errors="replace").splitlines()
    return f"{name}:\n" + "\n".join(lines[-60:])
