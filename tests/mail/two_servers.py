"""Two servers on one database, reached the way a mail server reaches them."""

from __future__ import annotations

from xmlrpc.client import Binary, ServerProxy

import psycopg2


class TwoServers:
    """Two server processes that share one database, as behind a balancer."""

    def __init__(self, name: str, ports: list[int]) -> None:
        self.name = name
        self.ports = ports

    def call(self, number: int, model: str, method: str, *arguments: object) -> object:
        """Call a method as the administrator, the way the mail gate script does."""
        url = f"http://127.0.0.1:{self.ports[number % len(self.ports)]}/xmlrpc/2/object"
        with ServerProxy(url, allow_none=True) as server:
            return server.execute_kw(
                self.name, 2, "admin", model, method, list(arguments)
            )

    def deliver(self, number: int, raw: bytes) -> object:
        """Hand over a mail."""
        return self.call(number, "mail.thread", "message_process", False, Binary(raw))

    def ask(self, query: str) -> list[tuple]:
        """Run a query on a connection of its own."""
        connection = psycopg2.connect(dbname=self.name)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall()
        finally:
            connection.close()
