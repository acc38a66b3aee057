"""Broken mails: none raises, none is lost."""

from __future__ import annotations

import random
from pathlib import Path

from odoo.addons.citizen_crm.tests.mail_common import CitizenMailCommon
from odoo.addons.citizen_crm.tools.mail_letter import Letter

CORPUS = Path(__file__).parent / "corpus" / "python"
MUTANTS = 200
SEED = 20260304

#: What no test suite of a mail library holds, but a mail server has seen.
STRANGE = {
    "nothing": b"",
    "one newline": b"\n",
    "NUL bytes": b"From: a@b.example\nSubject: \0\0\n\n\0\0\0",
    "no body": b"From: a@b.example\nSubject: x",
    "only a body": b"\n\nhelp",
    "bare CR": b"From: a@b.example\rTo: x@y.example\rSubject: x\r\rbody",
    "header without end": b"From: a@b.example\nSubject: " + b"x" * 300_000,
    "thousand headers": b"From: a@b.example\n" + b"X-A: 1\n" * 5000 + b"\nbody",
    "thousand recipients": b"From: a@b.example\nTo: "
    + b", ".join(b"u%d@x.example" % n for n in range(1000))
    + b"\n\nbody",
    "bad charset": b"From: a@b.example\nContent-Type: text/plain; charset=none\n\n\xff",
    "bad base64": b"From: a@b.example\nContent-Transfer-Encoding: base64\n\n!!!=",
    "bad date": b"From: a@b.example\nDate: 99 Foo 99999 99:99:99 +9999\n\nbody",
    "bad encoded word": b"From: =?utf-8?b?!!!?= <a@b.example>\nSubject: =?x?y?z?=\n\nb",
    "two senders": b"From: a@b.example\nFrom: c@d.example\n\nbody",
    "group": b"From: People: a@b.example, c@d.example;\n\nbody",
    "surrogates": "From: a@b.example\nSubject: \udcff\n\nb".encode(
        "utf-8", "surrogatepass"
    ),
    "script": b"From: a@b.example\nContent-Type: text/html\n\n<script>x</script><p>b",
    "broken markup": b"From: a@b.example\nContent-Type: text/html\n\n<<<p <b></i>&#0;",
    "entities": b"From: a@b.example\nContent-Type: text/html\n\n<?xml version='1.0'?>b",
    "nested": b"From: a@b.example\n"
    + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(150)
    ),
    "mail in a mail": b"From: a@b.example\nContent-Type: message/rfc822\n\n"
    b"From: c@d.example\nSubject: inner\n\nbody",
    "long Message-Id": b"From: a@b.example\nMessage-Id: <"
    + b"x" * 5000
    + b"@y>\n\nbody",
    "Message-Id without brackets": b"From: a@b.example\nMessage-Id: abc\n\nbody",
    "file without name": b"From: a@b.example\nContent-Disposition: attachment\n\nbody",
    "file with path": b"From: a@b.example\n"
    b'Content-Disposition: attachment; filename="../../etc/passwd\x00"\n\nbody',
    "unknown type": b"From: a@b.example\nContent-Type: pdf; x\n\nbody",
    "report without parts": b"From: a@b.example\n"
    b"Content-Type: multipart/report; report-type=delivery-status\n\nbody",
}


class TestMailCorpus(CitizenMailCommon):
    """Every mail has a receipt, and its content is on a case or kept as it came."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param("citizen_crm.mail_hourly_limit", 0)

    def _check(self, name: str, raw: bytes) -> str:
        """Deliver a mail to the mailbox of the desk; return what became of it."""
        letter = Letter(raw)
        self.env["mail.thread"].message_process("helpdesk.ticket", raw)
        self.env.flush_all()
        receipt = self.Receipt.search(
            [
                ("message_id", "=like", f"{_escape(letter.message_id)}%"),
                ("digest", "=", letter.digest),
            ]
        )
        self.assertEqual(len(receipt), 1, name)
        self.assertNotEqual(receipt.state, "new", name)
        if receipt.state == "accepted":
            self.assertTrue(receipt.case_id and receipt.mail_message_id, name)
        else:
            self.assertTrue(receipt.reason, name)
            self.assertTrue(receipt.has_raw or not raw.strip(), name)
            _ = receipt.preview_text, receipt.preview_headers
        return receipt.state

    def _check_all(self, mails: dict[str, bytes]) -> dict[str, int]:
        states: dict[str, int] = {}
        for name, raw in mails.items():
            with self.subTest(name):
                state = self._check(name, raw)
                states[state] = states.get(state, 0) + 1
        return states

    def test_corpus_of_python(self) -> None:
        """Fails on the base: one of the 48 raises, others leave nothing behind."""
        mails = _read_corpus()
        self.assertGreaterEqual(len(mails), 47)
        states = self._check_all(mails)
        self.assertGreater(states["accepted"], 20, states)

    def test_strange_mails(self) -> None:
        """Fails on the base, where three of these mails raise."""
        self._check_all(STRANGE)

    def test_mutants(self) -> None:
        """200 mails with something broken in them, always the same 200.

        Fails on the base, where a dozen of them raise and as many leave nothing.
        """
        chance = random.Random(SEED)
        sources = [*_read_corpus().values(), *STRANGE.values()]
        sources.append(self._write_mail(trusted=True, files=[("a.bin", b"\xff" * 99)]))
        sources = [raw for raw in sources if len(raw) < 20_000]
        mutants = {
            f"mutant {number}": _mutate(chance.choice(sources), chance)
            for number in range(MUTANTS)
        }
        self._check_all(mutants)


def _read_corpus() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(CORPUS.glob("*.txt"))}


def _mutate(raw: bytes, chance: random.Random) -> bytes:
    """Return a mail with one to six accidents: cut, doubled, swapped, overwritten."""
    mail = bytearray(raw or b"\n")
    for _accident in range(chance.randint(1, 6)):
        start = chance.randrange(len(mail) + 1)
        end = min(len(mail), start + chance.randint(1, 60))
        kind = chance.randrange(6)
        if kind == 0:
            del mail[start:end]
        elif kind == 1:
            mail[start:start] = mail[start:end]
        elif kind == 2:
            mail[start:end] = bytes(chance.randrange(256) for _ in range(end - start))
        elif kind == 3:
            mail[start:start] = chance.choice([b"\0", b"\r", b"\n", b"\r\n\r\n", b'"'])
        elif kind == 4:
            mail[start:end] = mail[start:end][::-1]
        else:
            mail[start:start] = chance.choice(
                [b"=?utf-8?q?=FF?=", b"--b\n", b"<", b"("]
            )
        mail = mail or bytearray(b"\n")
    return bytes(mail)


def _escape(pattern: str) -> str:
    for char in "\\%_":
        pattern = pattern.replace(char, f"\\{char}")
    return pattern
