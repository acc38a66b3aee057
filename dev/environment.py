"""Everything a command needs, set up once and side by side."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from . import core, postgres, process, python_env
from .files import exclusive, require_space, write_text
from .odoo import Odoo
from .settings import Settings


@contextmanager
def ready(settings: Settings) -> Iterator[Odoo]:
    """Yield Odoo with its core, packages and a running PostgreSQL."""
    with exclusive(settings.cache / "lock", "set-up"):
        set_up(settings)
    with postgres.in_use(settings) as variables:
        odoo = Odoo(settings, core.provide(settings), variables)
        odoo.configure()
        yield odoo


def set_up(settings: Settings) -> None:
    """Fetch what is missing: the core and the packages at the same time."""
    require_tools()
    settings.state.mkdir(parents=True, exist_ok=True)
    write_text(settings.state / ".gitignore", "*\n")
    if not settings.venv.is_dir():
        require_space(settings.cache, 3000)
        require_space(settings.state, 2000)
    _, odoo = side_by_side(
        lambda: python_env.provide(settings), lambda: core.provide(settings)
    )
    python_env.join(odoo, settings.venv)


def side_by_side(*tasks: Callable[[], object]) -> list:
    """Run `tasks` at the same time; return their results or raise the first error."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(task) for task in tasks]]


def require_tools() -> None:
    """Raise `SetupError` for a program that every Debian has and this system lacks."""
    for tool in ("git", "flock", "id"):
        if not shutil.which(tool):
            raise process.missing(tool)
    os.umask(0o022)
