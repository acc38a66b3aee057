"""Serve the database: in the foreground until Ctrl-C, or in the background."""

from __future__ import annotations

import csv
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import postgres
from .errors import SetupError
from .files import write_text
from .odoo import Odoo
from .process import failure
from .progress import progress
from .settings import Settings

_START_WITHIN = 180


def run(odoo: Odoo, database: str, *, background: bool) -> int:
    """Serve `database`; return the exit status of the command."""
    settings = odoo.settings
    log = settings.logs / f"server-{settings.port}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    require_free(settings.port)
    command = [odoo.program, "-d", database, "--db-filter", f"^{database}$",
               "--http-port", settings.port, "--logfile", log]  # fmt: skip
    # The shared lock makes a server in the background count as a user of PostgreSQL.
    users = postgres.users_file(settings)
    log.unlink(missing_ok=True)
    with log.open("ab") as output:
        server = subprocess.Popen(
            ["flock", "-s", "-F", str(users), *map(str, command)],
            env=odoo.environment,
            cwd=settings.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    pid_file = _pid_file(settings, settings.port)
    write_text(pid_file, str(server.pid))
    try:
        with progress.step("starting Odoo"):
            _await(server, settings.port, log)
        _welcome(odoo, database, log)
        if background:
            return 0
        print("Ctrl-C stops the server.", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
        return 0
    finally:
        if not background:
            _terminate(server.pid)
            server.wait()
            pid_file.unlink(missing_ok=True)


def running(settings: Settings) -> dict[int, int]:
    """Return the servers of this clone: their ports and process ids."""
    found = {}
    for path in settings.state.glob("server-*.pid"):
        pid = int(path.read_text() or 0)
        if _is_ours(pid, settings):
            found[int(path.stem.partition("-")[2])] = pid
        else:
            path.unlink(missing_ok=True)
    return found


def stop(settings: Settings, port: int | None = None) -> list[int]:
    """Stop the servers of this clone, or the one on `port`; return their ports."""
    stopped = []
    for served, pid in running(settings).items():
        if port in (None, served):
            with progress.step(f"stopping the server on port {served}"):
                _terminate(pid)
            _pid_file(settings, served).unlink(missing_ok=True)
            stopped.append(served)
    return stopped


def require_free(port: int) -> None:
    """Raise `SetupError` if something listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise SetupError(
                f"Port {port} may only be used by root.",
                "Take one above 1023: make run PORT=8069",
            ) from None
        except OSError:
            raise SetupError(
                f"Port {port} is taken by another program.",
                f"Stop that program, or take another port: make run PORT={port + 1}",
            ) from None


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _pid_file(settings: Settings, port: int) -> Path:
    return settings.state / f"server-{port}.pid"


def _is_ours(pid: int, settings: Settings) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(settings.venv) in command


def _await(server: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_WITHIN
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise failure("Odoo", server.returncode, log)
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=60)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise SetupError(f"Odoo did not answer within {_START_WITHIN} s.", f"See {log}.")


def _welcome(odoo: Odoo, database: str, log: Path) -> None:
    settings = odoo.settings
    print(f"\nCitizen Desk is at http://localhost:{settings.port}", flush=True)
    print(f"  database {database}, log {log}")
    personas = settings.addon / "demo" / "personas.csv"
    if personas.is_file():
        print(f"  {'login':<16} {'password':<14} who")
        with personas.open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                print(f"  {row['login']:<16} {row['password']:<14} {row['who']}")
    print(flush=True)


def _terminate(pid: int) -> None:
    """End a server: politely, and after ten seconds for good."""
    for sign in (signal.SIGINT, signal.SIGKILL):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if _has_ended(pid):
                return
            time.sleep(0.1)


def _has_ended(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"
