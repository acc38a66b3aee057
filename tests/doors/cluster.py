"""A PostgreSQL of the test's own, to be killed and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from dev import postgres, process
from dev.settings import Settings

_OPTIONS = "-c listen_addresses='' -c fsync=off -c max_connections=60 -k {folder}"


class Cluster:
    """A server in a folder of its own; nobody else's database is in it."""

    def __init__(self, settings: Settings) -> None:
        own = postgres.locate(settings)
        self._programs, self._user = own.binaries, own.user
        # A short path: addresses of sockets have at most 107 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="cluster-", dir="/var/tmp"))
        if own.user:
            shutil.chown(self._folder, own.user)

    def __enter__(self) -> Cluster:
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

    def start(self) -> None:
        """Start it, and wait until it answers; after a kill it repairs itself first."""
        options = _OPTIONS.format(folder=self._folder)
        log = ("-l", self._folder / "log.txt")
        self._control("start", "-w", *log, "-o", options)

    def kill(self) -> None:
        """End it without a word to its clients, as a power cut does."""
        self._control("stop", "-w", "-m", "immediate")

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
