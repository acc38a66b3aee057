"""PostgreSQL servers of the test's own, to be killed, started again and followed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg2

from dev import postgres, process
from dev.settings import Settings

_OPTIONS = "-c listen_addresses='' -c fsync=off -c max_connections=60 -k {folder}"


class Cluster:
    """A server in a folder of its own; nobody else's database is in it.

    :param follows: the server whose standby this one is; its own master if None
    """

    def __init__(self, settings: Settings, follows: Cluster | None = None) -> None:
        own = postgres.locate(settings)
        self._programs, self._user = own.binaries, own.user
        self._follows = follows
        # A short path: addresses of sockets have at most 107 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="cluster-", dir="/var/tmp"))
        if own.user:
            shutil.chown(self._folder, own.user)

    def __enter__(self) -> Cluster:
        if self._follows:
            self._copy(self._follows)
        else:
            self._run(
                "initdb",
                *("-D", self._folder / "data", "-U", postgres.ROLE, "-A", "trust"),
                *("-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
                "--no-sync",
            )
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.is_running:
            self.kill()
        shutil.rmtree(self._folder)

    @property
    def connection(self) -> dict[str, str]:
        """What leads a client here."""
        return {"host": str(self._folder), "port": "5432", "user": postgres.ROLE}

    @property
    def variables(self) -> dict[str, str]:
        """The same as ``PG*`` variables."""
        return {f"PG{name.upper()}": text for name, text in self.connection.items()}

    @property
    def is_running(self) -> bool:
        try:
            psycopg2.connect(dbname="postgres", **self.connection).close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start it, and wait until it answers; after a kill it repairs itself first."""
        options = _OPTIONS.format(folder=self._folder)
        log = ("-l", self._folder / "log.txt")
        self._control("start", "-w", *log, "-o", options)

    def kill(self) -> None:
        """End it without a word to its clients, as a power cut does."""
        self._control("stop", "-w", "-m", "immediate")

    def stop(self) -> None:
        """End it as an administrator does: clients are cut off, nothing is lost."""
        self._control("stop", "-w", "-m", "fast")

    def ask(self, query: str, dbname: str = "postgres") -> object:
        """Return the one value of a query."""
        connection = psycopg2.connect(dbname=dbname, **self.connection)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def _copy(self, primary: Cluster) -> None:
        """Become a standby that follows another one."""
        where = primary.connection
        self._run(
            "pg_basebackup",
            *("-h", where["host"], "-p", where["port"], "-U", where["user"]),
            *("-D", self._folder / "data", "-R", "-X", "stream", "-c", "fast"),
            "--no-sync",
        )

    def _control(self, verb: str, *options: str | Path) -> None:
        self._run("pg_ctl", verb, "-D", self._folder / "data", *options)

    def _run(self, program: str, *arguments: str | Path) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            # Not a pipe: the server would keep it open.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env={**environment, "LC_ALL": "C"},
            **process.as_user(self._user),
        )
