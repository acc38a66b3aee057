"""The commands behind make's targets."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable

from . import chromium, packaging, postgres, server
from . import lint as linters
from .benchmark import Benchmarks
from .database import Databases
from .environment import ready
from .errors import SetupError
from .files import exclusive
from .settings import Settings, from_environment
from .testing import Tests

_PASS_ON = (["exec"], ["import"], ["odoo"], ["test"])
_COMMANDS: dict[str, Callable[[Settings, argparse.Namespace], int]] = {}


def command(
    function: Callable[[Settings, argparse.Namespace], int],
) -> Callable[[Settings, argparse.Namespace], int]:
    """Register a function as the command of its name."""
    _COMMANDS[function.__name__.rstrip("_")] = function
    return function


@command
def run(settings: Settings, options: argparse.Namespace) -> int:
    """Set up what is missing and serve the demo city."""
    if settings.port in server.running(settings):
        print(f"Already running: http://localhost:{settings.port} (make stop ends it)")
        return 0
    server.require_free(settings.port)
    with ready(settings) as odoo:
        Databases(odoo).ensure(settings.database, demo=True)
        return server.run(odoo, settings.database, background=options.background)


@command
def stop(settings: Settings, options: argparse.Namespace) -> int:
    """Stop the servers and PostgreSQL of this clone, or one server."""
    ports = server.stop(settings, options.port)
    stopped = [f"server on port {port}" for port in ports]
    if options.port:
        postgres.release(settings)
    elif postgres.stop(settings):
        stopped.append("PostgreSQL")
    print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


@command
def setup(settings: Settings, options: argparse.Namespace) -> int:
    """Set up what is missing and print the variables to work by hand."""
    with ready(settings) as odoo:
        for name in ("PATH", "ODOO_RC", *odoo.variables):
            print(f"export {name}='{odoo.environment[name]}'")
    return 0


@command
def db(settings: Settings, options: argparse.Namespace) -> int:
    """Create the database DB (or bring it up to date)."""
    with ready(settings) as odoo:
        done = Databases(odoo).ensure(settings.database, demo=not options.no_demo)
    print(f"Database {settings.database}: {done}.")
    return 0


@command
def dropdb(settings: Settings, options: argparse.Namespace) -> int:
    """Remove the database DB and its files."""
    with ready(settings) as odoo:
        Databases(odoo).drop(settings.database)
    print(f"Database {settings.database}: removed.")
    return 0


@command
def shell(settings: Settings, options: argparse.Namespace) -> int:
    """Open Odoo's Python shell on the database."""
    with ready(settings) as odoo:
        Databases(odoo).ensure(settings.database, demo=True)
        return odoo.attend([odoo.program, "shell", "-d", settings.database])


@command
def odoo(settings: Settings, options: argparse.Namespace) -> int:
    """Run any Odoo command with this clone's environment."""
    with ready(settings) as odoo:
        return odoo.attend([odoo.program, *options.arguments])


@command
def exec_(settings: Settings, options: argparse.Namespace) -> int:
    """Run any program with this clone's environment."""
    with ready(settings) as odoo:
        return odoo.attend(options.arguments)


@command
def test(settings: Settings, options: argparse.Namespace) -> int:
    """Run all tests and linters, or pytest with the given arguments only."""
    with ready(settings) as odoo:
        with exclusive(settings.cache / "lock", "set-up"):
            browser = chromium.provide(settings)
        tests = Tests(odoo, browser, settings.database)
        if options.arguments:
            return tests.selected(options.arguments)
        return tests.everything()


@command
def bench(settings: Settings, options: argparse.Namespace) -> int:
    """Measure against known addons; `--quick` with smaller numbers."""
    with ready(settings) as odoo:
        benchmarks = Benchmarks(odoo, settings.database)
        return benchmarks.run(
            quick=options.quick,
            requests=options.requests,
            only_city=options.scale,
            cases=options.cases,
        )


@command
def lint(settings: Settings, options: argparse.Namespace) -> int:
    """Run the linters; `--fix` mends what ruff can mend."""
    with ready(settings) as odoo:
        if options.fix:
            return linters.fix(odoo)
        problems = linters.check(odoo)
    print(problems or "The linters find nothing.")
    return int(bool(problems))


@command
def wheel(settings: Settings, options: argparse.Namespace) -> int:
    """Build the addon's wheel into dist/."""
    with ready(settings) as odoo:
        print(f"Built {packaging.build_wheel(odoo, settings.root / 'dist')}.")
    return 0


@command
def import_(settings: Settings, options: argparse.Namespace) -> int:
    """Import an open-data file into the database: `import --csv FILE [--dry-run]`."""
    with ready(settings) as odoo:
        Databases(odoo).ensure(settings.database, demo=True)
        return odoo.attend(
            [odoo.program, "citizen_import", "-d", settings.database]
            + options.arguments
        )


@command
def i18n(settings: Settings, options: argparse.Namespace) -> int:
    """Write the template and the translations of the addon anew."""
    with ready(settings) as odoo:
        packaging.export_translations(odoo, f"{settings.database}_i18n")
    print(f"Written: {settings.addon / 'i18n'}.")
    return 0


@command
def screenshots(settings: Settings, options: argparse.Namespace) -> int:
    """Take the README's pictures of the demo city."""
    with ready(settings) as odoo:
        with exclusive(settings.cache / "lock", "set-up"):
            browser = chromium.provide(settings)
        Databases(odoo).ensure(settings.database, demo=True)
        script = settings.root / "tests" / "browser" / "screenshots.py"
        return odoo.attend(
            [settings.python, script, settings.database],
            env={"PATH": f"{browser}:{odoo.environment['PATH']}"},
        )


@command
def clean(settings: Settings, options: argparse.Namespace) -> int:
    """Remove everything this clone made; `--cache` also the shared cache."""
    server.stop(settings)
    postgres.remove(settings)
    shutil.rmtree(settings.state, ignore_errors=True)
    print(f"Removed {settings.state}.")
    if options.cache:
        shutil.rmtree(settings.cache, ignore_errors=True)
        print(f"Removed {settings.cache}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m dev", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, function in _COMMANDS.items():
        sub = commands.add_parser(name, help=function.__doc__)
        if name == "run":
            sub.add_argument("--background", action="store_true")
        elif name == "stop":
            sub.add_argument("--port", type=int)
        elif name == "db":
            sub.add_argument("--no-demo", action="store_true")
        elif name == "bench":
            sub.add_argument("--quick", action="store_true")
            sub.add_argument("--requests", default="")
            sub.add_argument("--scale", action="store_true")
            sub.add_argument("--cases", type=int, default=1_000_000)
        elif name == "lint":
            sub.add_argument("--fix", action="store_true")
        elif name == "clean":
            sub.add_argument("--cache", action="store_true")
    return parser


def main(arguments: list[str]) -> int:
    """Run one command; print what a person can mend without a traceback."""
    # What follows these goes to another program as it is.
    own = arguments[:1] if arguments[:1] in _PASS_ON else arguments
    options = _parser().parse_args(own)
    options.arguments = arguments[len(own) :]
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _interrupt)
    try:
        settings = from_environment()
        os.chdir(settings.root)
        return _COMMANDS[options.command](settings, options)
    except SetupError as error:
        print(f"\nERROR: {error}", file=sys.stderr)
    except OSError as error:
        print(f"\nERROR: {explain(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted; the next run starts where this one stopped.")
    return 1


def explain(error: OSError) -> SetupError:
    """Return what to do about an error of the file system; re-raise any other."""
    full = (errno.ENOSPC, errno.EDQUOT)
    if error.errno in full:
        return SetupError(
            f"The disk is full ({error.filename or 'while writing'}).",
            "Free some space, or name another disk with CITIZEN_CRM_CACHE=/path.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SetupError(
            f"{error.filename} cannot be written ({error.strerror}).",
            "Give this user the folder, or name another cache with "
            "CITIZEN_CRM_CACHE=/path.",
        )
    raise error


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
