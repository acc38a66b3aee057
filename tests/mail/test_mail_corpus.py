"""Broken mails: none raises, none is lost, none is filed twice."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from xmlrpc.client import Binary

import mutants

from odoo.addons.citizen_crm.tests.mail_common import DOMAIN, CitizenMailCommon
from odoo.addons.citizen_crm.tools.mail_letter import Letter

from dev import python_mails
from dev.settings import from_environment

#: Mutants of each of the 18 kinds.
COUNT = 14
SEED = 20260304
#: No mail holds up those behind it: seconds of computing.
LONGEST = 20
#: What the city's own mail server puts above everything else.
TOP = b"Delivered-To: roads@%s\n" % DOMAIN.encode()
#: Whoever looks at a list of mails sees no more of one than this.
NAME_LIMIT = 200


class TestMailCorpus(CitizenMailCommon):
    """Every mail has a receipt, and its content is on a case or kept as it came."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param("citizen_crm.mail_hourly_limit", 0)
        folder = python_mails.provide(from_environment())
        paths = sorted(folder.glob("msg_*.txt"))
        cls.corpus = {path.name: path.read_bytes() for path in paths}

    # ----------------------------------------------------------------- deliver
    def _deliver_all(self, mails: Mapping[str, bytes]) -> None:
        """Hand the mails over as a fetched mailbox does, and some as the mail gate."""
        gateway = self.env["mail.thread"]
        for number, (name, raw) in enumerate(mails.items()):
            began = time.process_time()
            with self.subTest(name):
                # The gate names no model: the mail itself has to say for whom it is.
                if raw.startswith(TOP) and number % 2:
                    gateway.message_process(False, Binary(raw))
                else:
                    gateway.message_process("helpdesk.ticket", raw)
            self.assertLess(time.process_time() - began, LONGEST, name)
        self.env.flush_all()

    def _count(self) -> list[int]:
        self.env.flush_all()
        models = ("helpdesk.ticket", "mail.message", "citizen.mail.receipt")
        return [self.env[model].search_count([]) for model in models]

    def _check_all(self, mails: Mapping[str, bytes]) -> Counter[str]:
        """Deliver all, look for each, deliver all again; return what became of them."""
        self._deliver_all(mails)
        states = self._check_receipts(mails)
        before = self._count()
        self._deliver_all(mails)
        self.assertEqual(self._count(), before, "delivered again, filed again")
        return states

    # ------------------------------------------------------------------ evidence
    def _check_receipts(self, mails: Mapping[str, bytes]) -> Counter[str]:
        letters = {name: Letter(raw) for name, raw in mails.items()}
        receipts = self._find_receipts(letters.values())
        states: Counter[str] = Counter()
        for name, letter in letters.items():
            with self.subTest(name):
                receipt = receipts[letter.message_id, letter.digest]
                self._check_receipt(receipt, letter)
                states[receipt.state] += 1
        return states

    def _find_receipts(self, letters: Iterable[Letter]) -> dict:
        """Return the receipts by Message-Id and digest: two mails may share one."""
        keys = [letter.message_id for letter in letters]
        keys += [f"{one.message_id}#{one.digest[:32]}" for one in letters]
        receipts = self.Receipt.search([("message_id", "in", keys)])
        return {
            (one.message_id.removesuffix(f"#{one.digest[:32]}"), one.digest): one
            for one in receipts
        }

    def _check_receipt(self, receipt, letter: Letter) -> None:
        if receipt.state == "accepted":
            message = receipt.mail_message_id
            self.assertEqual(message.model, "helpdesk.ticket")
            self.assertEqual(message.res_id, receipt.case_id.id)
            self.assertTrue(message.body or message.subject or message.attachment_ids)
            for file in message.attachment_ids:
                self.assertRegex(file.name, r"\A[^\x00-\x1f\x7f]+\Z")
                self.assertLessEqual(len(file.name), NAME_LIMIT)
            return
        self.assertIn(receipt.state, ("pending", "quarantined", "ignored"))
        self.assertTrue(receipt.reason)
        self.assertNotEqual(receipt.reason, "error", receipt.detail)
        if letter.raw.strip():  # else there is nothing to keep
            self.assertEqual(receipt._get_raw(), letter.raw)
        for text in (receipt.preview_text, receipt.preview_headers):
            self.assertNotIn("\0", text or "")

    # --------------------------------------------------------------------- tests
    def test_corpus_of_python(self) -> None:
        """Fails on the base: one of the 47 raises, others leave nothing behind."""
        self.assertGreaterEqual(len(self.corpus), 46)
        states = self._check_all(self.corpus)
        self.assertGreater(states["accepted"], 20, states)

    def test_strange_mails(self) -> None:
        """Fails on the base, where three of these mails raise."""
        self._check_all(mutants.STRANGE)

    def test_mutants(self) -> None:
        """Over 200 mails with something broken in them, the same in every run.

        Fails on the base, where a dozen of them raise and as many leave nothing.
        """
        random.seed(SEED)  # Python draws the lines between parts
        photo = [("a.bin", b"\xff" * 99)]
        sources = [raw for raw in self.corpus.values() if len(raw) < 20_000]
        sources += [self._write_mail(), self._write_mail(trusted=True, files=photo)]
        mails = {name: TOP + raw for name, raw in mutants.mutants(sources, COUNT, SEED)}
        letters = [Letter(raw) for raw in mails.values()]
        different = {(letter.message_id, letter.digest) for letter in letters}
        self.assertGreaterEqual(len(different), 230)
        states = self._check_all(mails)
        self.assertGreater(states["accepted"], 100, states)
