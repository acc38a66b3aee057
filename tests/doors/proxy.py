"""A wire to PostgreSQL that can be cut: for its clients, the server goes away."""

from __future__ import annotations

import os
import socket
import struct
import tempfile
import threading
from pathlib import Path
from types import TracebackType

_FIELDS = (
    b"SWARNING",
    b"C57P02",
    b"Mterminating connection because of crash of another server process",
)
_TEXT = b"\0".join(_FIELDS) + b"\0\0"
#: What PostgreSQL tells its clients when it dies instead of being shut down.
LAST_WORDS = b"N" + struct.pack("!I", len(_TEXT) + 4) + _TEXT


class Wire:
    """Hand connections on to the PostgreSQL that ``PG*`` names, until cut.

    While it is cut, open connections are dropped and new ones are refused, which is
    what clients see of a server that stops. Other databases of it are not disturbed.
    """

    def __init__(self) -> None:
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        # A short path: addresses of sockets have at most 107 characters.
        self._folder = tempfile.TemporaryDirectory(prefix="wire-")
        self._listener = self._listen()

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()
        self._folder.cleanup()

    @property
    def variables(self) -> dict[str, str]:
        """The ``PG*`` variables that lead through the wire."""
        return {"PGHOST": self._folder.name, "PGPORT": "5432"}

    def cut(self, last_words: bytes = b"") -> None:
        """Drop all connections, with some last words, and refuse new ones."""
        _close(self._listener)
        for client, server in self._pairs:
            try:
                client.sendall(last_words)
            except OSError:
                pass  # has long gone
            _close(client)
            _close(server)
        self._pairs.clear()

    def mend(self) -> None:
        """Take connections again, at the same address."""
        self._listener = self._listen()

    def _listen(self) -> socket.socket:
        path = Path(self._folder.name) / ".s.PGSQL.5432"
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return  # cut
            server = _connect()
            self._pairs.append((client, server))
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
