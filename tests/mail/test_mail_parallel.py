"""One mail delivered many times at once: two servers, one database, one case."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from xmlrpc.client import Fault

from servers import Servers
from smtp_receiver import SmtpReceiver

LETTER = b"""\
From: Ada Fox <ada@example.com>
To: mayor@city.example
Subject: A lamp is out
Message-Id: <parallel-%d@example.com>

In Mill Lane, number %d.
"""
DELIVERIES = 8


def test_one_message_id_eight_times(two_servers: Servers) -> None:
    """Eight deliveries make one case, one receipt and one acknowledgement.

    Fails on the base, where several deliveries find no earlier message and each makes
    a case.
    """
    with SmtpReceiver() as receiver:
        two_servers.call(
            0,
            "ir.mail_server",
            "create",
            {"name": "Test", "smtp_host": "127.0.0.1", "smtp_port": receiver.port},
        )
        two_servers.call(0, "res.company", "write", 1, {"email": "info@city.example"})
        for letter in range(3):
            raw = LETTER % (letter, letter)
            with ThreadPoolExecutor(DELIVERIES) as pool:
                answers = list(
                    pool.map(
                        lambda number, raw=raw: _deliver(two_servers, number, raw),
                        range(DELIVERIES),
                    )
                )
            assert len([answer for answer in answers if answer]) == 1, answers
            assert not [answer for answer in answers if isinstance(answer, Fault)]
        assert len(receiver.sent_to("ada@example.com")) == 3
    rows = two_servers.ask(
        """
        SELECT receipt.state, count(DISTINCT ticket.id), count(DISTINCT receipt.id)
          FROM citizen_mail_receipt AS receipt
          JOIN helpdesk_ticket AS ticket ON ticket.name = 'A lamp is out'
         WHERE receipt.message_id LIKE '<parallel-%'
      GROUP BY receipt.state
        """
    )
    assert rows == [("accepted", 3, 3)]


def _deliver(servers: Servers, number: int, raw: bytes) -> object:
    try:
        return servers.deliver(number, raw)
    except Fault as fault:
        return fault
