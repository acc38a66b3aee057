"""A database that the command line may write to for good."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from psycopg2.sql import SQL, Composable, Identifier, Literal

from odoo.tests.common import get_db_name
from odoo.tools import config


class Scratch:
    """A copy of the test database, and the command that imports into it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def ask(self, query: str | Composable, *values: object) -> list[tuple]:
        """Run a query on a connection of its own."""
        connection = psycopg2.connect(dbname=self.name)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start an import."""
        command = ["odoo", "citizen_import", "-d", self.name, "--csv"]
        command += map(str, arguments)
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str | Path) -> tuple[int, str]:
        """Run an import to its end: the exit code, and what it said."""
        process = self.start(*arguments)
        said, complained = process.communicate(timeout=300)
        return process.returncode, said + complained

    def table_counts(self) -> dict[str, int]:
        """Count the rows of every table there is."""
        tables = self.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        counts = [
            SQL("SELECT {}, count(*) FROM {}").format(Literal(name), Identifier(name))
            for (name,) in tables
        ]
        return dict(self.ask(SQL(" UNION ALL ").join(counts)))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """Copy the test database by a dump: it is in use and cannot be a template."""
    name = f"{get_db_name()}_import"
    dump = tmp_path_factory.mktemp("dump") / "dump"
    _client("dropdb", "--if-exists", "--force", name)
    _client("pg_dump", "-Fc", "-Z1", "-f", dump, get_db_name())
    _client("createdb", "-T", "template0", name)
    try:
        _client("pg_restore", "--no-owner", "-j2", "-d", name, dump)
        yield Scratch(name)
    finally:
        _client("dropdb", "--force", name)
        shutil.rmtree(config.filestore(name), ignore_errors=True)


def _client(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True)
