"""A wire to PostgreSQL that can be cut: for its clients, the server goes away."""

from __future__ import annotations

import os
import socket
import threading
from types import TracebackType


class Wire:
    """Hand connections on to the PostgreSQL that ``PG*`` names, until cut.

    While it is cut, open connections are dropped and new ones are refused, which is
    what clients see of a server that stops. Other databases of it are not disturbed.
    """

    def __init__(self) -> None:
        self._sockets: set[socket.socket] = set()
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()

    @property
    def variables(self) -> dict[str, str]:
        """The ``PG*`` variables that lead through the wire."""
        return {"PGHOST": "127.0.0.1", "PGPORT": str(self.port)}

    def cut(self) -> None:
        """Drop all connections and refuse new ones."""
        _close(self._listener)
        for one in list(self._sockets):
            _close(one)
        self._sockets.clear()

    def mend(self) -> None:
        """Take connections again, at the same address."""
        self._listener = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port), reuse_port=False)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return  # cut
            server = _connect()
            self._sockets |= {client, server}
            for ends in ((client, server), (server, client)):
                threading.Thread(target=_pump, args=ends, daemon=True).start()


def _connect() -> socket.socket:
    host, port = os.environ["PGHOST"], os.environ.get("PGPORT", "5432")
    if not host.startswith("/"):
        return socket.create_connection((host, int(port)))
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    _close(source)
    _close(target)


def _close(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    one.close()
