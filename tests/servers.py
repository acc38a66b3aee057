"""Odoo as real server processes, each on a database of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xmlrpc.client import Binary, ServerProxy

import psycopg2

from odoo.tests.common import get_db_name
from odoo.tools import config

START_SECONDS = 60
_WAITING = """
    SELECT activity.application_name
      FROM pg_locks AS wanted
      JOIN pg_stat_activity AS activity USING (pid)
     WHERE activity.datname = current_database()
       AND wanted.relation = %s::regclass AND NOT wanted.granted
"""
#: A line about a request, in the log of whichever process has answered it.
_REQUEST = re.compile(r"^\S+ \S+ (\d+) INFO \S+ werkzeug: ", re.M)


class Servers:
    """One or more server processes that share a database, as behind a balancer."""

    def __init__(
        self,
        name: str,
        commands: Mapping[int, list[str]],
        env: Mapping[str, str],
        logs: Path,
        connection: Mapping[str, str],
    ) -> None:
        self.name = name
        self.ports = list(commands)
        self._commands = commands
        self._env = env
        self._logs = logs
        self._connection = connection
        self._processes: dict[int, subprocess.Popen] = {}

    def start(self, *ports: int) -> None:
        """Start the servers on these ports, and wait until all answer."""
        for port in ports:
            self._processes[port] = subprocess.Popen(
                self._commands[port], env=self._env
            )
        for port in ports:
            _wait_for(port)

    def pid(self, number: int) -> int:
        return self._processes[self.ports[number]].pid

    def workers(self, number: int = 0) -> set[str]:
        """Return the ids of the processes by which a server has answered requests."""
        return set(_REQUEST.findall(self.log(number)))

    def log(self, number: int = 0) -> str:
        """Return what a server has logged."""
        return (self._logs / f"{self.ports[number]}.txt").read_text()

    def kill(self, number: int) -> None:
        """End a server as a power cut does: nothing is rounded off."""
        process = self._processes[self.ports[number]]
        process.kill()
        process.wait(20)

    def stop(self) -> None:
        """End all servers as their service does."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(20)

    def url(self, number: int = 0) -> str:
        """Return where the server with this number listens, counted in a circle."""
        return f"http://127.0.0.1:{self.ports[number % len(self.ports)]}"

    def call(
        self, number: int, model: str, method: str, *arguments: object, **named: object
    ) -> object:
        """Call a method as the administrator, the way the mail gate script does."""
        with ServerProxy(f"{self.url(number)}/xmlrpc/2/object", allow_none=True) as one:
            return one.execute_kw(
                self.name, 2, "admin", model, method, list(arguments), named
            )

    def deliver(self, number: int, raw: bytes) -> object:
        """Hand over a mail."""
        return self.call(number, "mail.thread", "message_process", False, Binary(raw))

    def ask(self, query: str, *values: object) -> list[tuple]:
        """Run a query on a connection of its own."""
        with self._cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall()

    def execute(self, statement: str, *values: object) -> None:
        """Run a statement on a connection of its own, and commit."""
        with self._cursor() as cursor:
            cursor.execute(statement, values or None)

    # ------------------------------------------------------------------ locks
    @contextmanager
    def held(self, table: str) -> Iterator[None]:
        """Keep everybody from writing to a table; whoever tries waits."""
        with self._cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield

    def waiting_for(self, table: str) -> list[int]:
        """Return the numbers of the servers that wait until a table is free."""
        rows = self.ask(_WAITING, table)
        return [
            number
            for number in range(len(self.ports))
            if (f"odoo-{self.pid(number)}",) in rows
        ]

    # ------------------------------------------------------------------- jobs
    def double_job(self, part_of_name: str) -> None:
        """Let one job run, and a second like it: one alone never runs twice at once."""
        self.execute(
            f"UPDATE ir_cron SET active = cron_name LIKE '%{part_of_name}%'"  # noqa: S608
        )
        (job,) = self.job_ids()
        fields = ["name", "model_id", "state", "code", "user_id"]
        (values,) = self.call(0, "ir.cron", "read", [job], fields)
        self.call(
            0,
            "ir.cron",
            "create",
            {
                **{name: values[name] for name in ("name", "state", "code")},
                "model_id": values["model_id"][0],
                "user_id": values["user_id"][0],
                "interval_type": "minutes",
                "interval_number": 5,
            },
        )
        self.call_jobs()

    def job_ids(self) -> list[int]:
        """Return the ids of the jobs that may run."""
        rows = self.ask("SELECT id FROM ir_cron WHERE active ORDER BY id")
        return [job for (job,) in rows]

    def call_jobs(self) -> None:
        """Make all jobs due."""
        self.execute("UPDATE ir_cron SET nextcall = now() - interval '1 hour'")

    def wake(self) -> None:
        """Let the servers look for jobs now, not at their next minute."""
        connection = psycopg2.connect(dbname="postgres")
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify('cron_trigger', %s)", (self.name,))
        finally:
            connection.close()

    @contextmanager
    def _cursor(self) -> Iterator[psycopg2.extensions.cursor]:
        connection = psycopg2.connect(dbname=self.name, **self._connection)
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


def wait_until(is_true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that other processes bring about."""
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


@contextmanager
def copied_database(
    suffix: str, folder: Path, variables: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Copy the test database by a dump: it is in use and cannot be a template.

    :param variables: the ``PG*`` of another PostgreSQL that is to have the copy
    """
    name = f"{get_db_name()}_{suffix}"
    dump = folder / "dump"
    there = {**os.environ, **(variables or {})}
    _run("dropdb", "--if-exists", "--force", name, env=there)
    _run("pg_dump", "-Fc", "-Z1", "-f", dump, get_db_name())
    _run("createdb", "-T", "template0", name, env=there)
    try:
        _run("pg_restore", "--no-owner", "-j2", "-d", name, dump, env=there)
        yield name
    finally:
        _run("dropdb", "--force", name, env=there)
        shutil.rmtree(config.filestore(name), ignore_errors=True)


@contextmanager
def served(
    database: str,
    logs: Path,
    *options: str,
    count: int = 1,
    workers: int = 0,
    env: Mapping[str, str] | None = None,
    connection: Mapping[str, str] | None = None,
) -> Iterator[Servers]:
    """Start ``count`` servers on a database and wait until all answer.

    :param workers: processes that share the work of one server, 0 for threads
    :param connection: what leads the tests to the database, if not ``PG*``
    """
    addons = ",".join(config["addons_path"])
    commands = {
        port: ["odoo", "-d", database, "--addons-path", addons]
        + ["--http-port", str(port), "--logfile", str(logs / f"{port}.txt")]
        + ["--max-cron-threads", "0", "--db-filter", f"^{database}$"]
        + ["--workers", str(workers), "--gevent-port", str(free_port()), *options]
        for port in [free_port() for _number in range(count)]
    }
    environment = {**os.environ, **(env or {})}
    servers = Servers(database, commands, environment, logs, connection or {})
    try:
        servers.start(*servers.ports)
        yield servers
    finally:
        servers.stop()


def _run(*command: str | Path, env: Mapping[str, str] | None = None) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True, env=env)


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with ServerProxy(f"http://127.0.0.1:{port}/xmlrpc/2/common") as server:
                server.version()
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
