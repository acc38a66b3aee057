"""A storm of mails at two nodes, and machines that answer machines: `make drill`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from xmlrpc.client import Fault

import pytest
from desk import OUR_VALUES, Desk
from servers import copied_database, served

LETTERS, TIMES, GATES, WRITERS = 240, 2, 8, 60
ROUNDS = 40
#: Mails of the desk to an address, whether they have gone out or not.
_WRITTEN_TO = """
    SELECT mail.id, message.message_id, message.reply_to
      FROM mail_mail AS mail
      JOIN mail_message AS message ON message.id = mail.mail_message_id
      LEFT JOIN mail_mail_res_partner_rel AS rel ON rel.mail_mail_id = mail.id
      LEFT JOIN res_partner AS partner ON partner.id = rel.res_partner_id
     WHERE partner.email = %s OR mail.email_to LIKE %s
"""
_RECEIPTS = """
    SELECT count(*) FROM citizen_mail_receipt WHERE message_id LIKE '<storm-%'
"""
_LETTER = """From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{identity}@example.com>
{more}
The lamp is out in Mill Lane.
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("logs")
    with (
        copied_database("mail", folder) as database,
        served(database, folder, "--proxy-mode", count=2) as servers,
    ):
        yield Desk(servers, **OUR_VALUES)


def test_mail_storm(desk: Desk) -> None:
    """The first letters of a year, hundreds, each handed over twice, once a node."""
    mailbox = desk.mailbox

    def deliver(delivery: int) -> str:
        letter = delivery // TIMES
        sender = f"writer{letter % WRITERS}@example.com"
        try:
            _send(desk, delivery, sender, mailbox, f"storm-{letter}")
        except Fault as fault:
            return fault.faultString.strip().splitlines()[-1][:200]
        return "taken"

    began = monotonic()
    with ThreadPoolExecutor(GATES) as pool:
        answers = Counter(pool.map(deliver, range(LETTERS * TIMES)))
    took = monotonic() - began
    waiting = desk.ask(f"{_RECEIPTS} AND state = 'new'")
    job = desk.ref("citizen_crm.ir_cron_file_mails")
    desk.admin("ir.cron", "method_direct_trigger", [job])
    receipts = desk.ask(f"{_RECEIPTS} AND state = 'accepted'")
    cases = desk.ask(
        "SELECT count(DISTINCT name) FROM helpdesk_ticket WHERE name LIKE 'storm-%'"
        " HAVING count(*) = count(DISTINCT name)"
    )
    print(
        f"\nmail storm: {dict(answers)} in {took:.0f} s, of {LETTERS} letters {waiting}"
        f" were filed by the job, {cases} cases"
    )
    assert set(answers) == {"taken"}
    assert (cases, receipts) == (LETTERS, LETTERS)


@pytest.mark.parametrize("kind", ["marked", "unmarked", "forgetful"])
def test_mail_loop(desk: Desk, kind: str) -> None:
    """Whatever the desk writes to it, a machine answers; it ends by itself. A marked
    one says in its header what it is; a forgetful one does not say what it answers.
    """
    address = f"{kind}@example.com"
    _send(desk, 0, address, desk.mailbox, f"loop-{kind}-0")
    seen: set[int] = set()
    for turn in range(1, ROUNDS):
        mails = desk.servers.ask(_WRITTEN_TO, address, f"%{address}%")
        new = [mail for mail in mails if mail[0] not in seen]
        if not new:
            break
        for number, message_id, reply_to in new:
            seen.add(number)
            more = "" if kind == "forgetful" else f"In-Reply-To: {message_id}\n"
            more += "Auto-Submitted: auto-replied\n" if kind == "marked" else ""
            target = reply_to or desk.mailbox
            _send(desk, turn, address, target, f"loop-{kind}-{number}", more)
    cases = desk.ask(
        "SELECT count(*) FROM helpdesk_ticket WHERE name LIKE %s", f"loop-{kind}-%"
    )
    print(f"\nmail loop, {kind}: {len(seen)} mails of the desk, {cases} cases")
    assert seen, "the desk has not written, so nothing was tried"
    assert not new, f"no end after {ROUNDS} rounds"
    assert cases == (len(seen) if kind == "forgetful" else 1)


def _send(
    desk: Desk, number: int, sender: str, to: str, identity: str, more: str = ""
) -> None:
    values = {"sender": sender, "to": to, "subject": identity, "identity": identity}
    desk.servers.deliver(number, _LETTER.format(**values, more=more).encode())
