"""Two servers on a database of their own, and a mail server that they send to."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from xmlrpc.client import ServerProxy

import pytest
from two_servers import TwoServers

from odoo.tests.common import get_db_name
from odoo.tools import config

START_SECONDS = 60


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Copy the test database by a dump: it is in use and cannot be a template."""
    name = f"{get_db_name()}_mail"
    dump = tmp_path_factory.mktemp("dump") / "dump"
    _run("dropdb", "--if-exists", "--force", name)
    _run("pg_dump", "-Fc", "-Z1", "-f", dump, get_db_name())
    _run("createdb", "-T", "template0", name)
    try:
        _run("pg_restore", "--no-owner", "-j2", "-d", name, dump)
        yield name
    finally:
        _run("dropdb", "--force", name)
        shutil.rmtree(config.filestore(name), ignore_errors=True)


@pytest.fixture(scope="module")
def two_servers(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TwoServers]:
    """Start two servers and wait until both answer."""
    logs = tmp_path_factory.mktemp("log")
    ports = [_free_port(), _free_port()]
    addons = ",".join(config["addons_path"])
    processes = [
        subprocess.Popen(
            ["odoo", "-d", database, "--addons-path", addons, "--http-port", str(port)]
            + ["--max-cron-threads", "0", "--logfile", str(logs / f"{port}.txt")]
        )
        for port in ports
    ]
    try:
        for port in ports:
            _wait_for(port)
        yield TwoServers(database, ports)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)


def _run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True)


def _free_port() -> int:
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
