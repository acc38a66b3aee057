"""A mail server for tests: takes every mail it is offered and keeps it."""

from __future__ import annotations

import email
import socketserver
import threading
from email.message import EmailMessage
from email.policy import default
from typing import NamedTuple


class Delivery(NamedTuple):
    """One mail with its envelope."""

    sender: str
    recipients: list[str]
    mail: EmailMessage


class SmtpReceiver(socketserver.ThreadingTCPServer):
    """An SMTP server (RFC 5321, no extensions) on a free local port.

    Used as a context manager; ``deliveries`` holds what came in.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.deliveries: list[Delivery] = []
        self.port: int = self.server_address[1]

    def __enter__(self) -> SmtpReceiver:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()

    def sent_to(self, address: str) -> list[EmailMessage]:
        """Return the mails whose envelope names this address."""
        return [one.mail for one in self.deliveries if address in one.recipients]


class _Session(socketserver.StreamRequestHandler):
    server: SmtpReceiver

    def handle(self) -> None:
        self._say("220 test")
        sender, recipients = "", []
        for line in iter(self.rfile.readline, b""):
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == "QUIT":
                return self._say("221 bye")
            if verb == "MAIL":
                sender, recipients = _address(command), []
            elif verb == "RCPT":
                recipients.append(_address(command))
            elif verb == "DATA":
                self._say("354 go on")
                self._keep(sender, recipients)
            self._say("250 ok")
        return None

    def _keep(self, sender: str, recipients: list[str]) -> None:
        lines = []
        for line in iter(self.rfile.readline, b".\r\n"):
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = email.message_from_bytes(b"".join(lines), policy=default)
        self.server.deliveries.append(Delivery(sender, recipients, mail))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]
