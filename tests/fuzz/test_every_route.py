"""Every route of ours is fuzzed: whoever adds one adds it to the fuzzing too."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from unittest.mock import patch

import addresses
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from odoo.tests import TransactionCase, tagged

#: A number is the one text that every kind of address takes.
FILLED = dict.fromkeys(
    ("service", "case", "ended", "secret", "text", "token", "question"), "1"
)


@tagged("post_install", "-at_install")
class TestEveryRoute(TransactionCase):
    def setUp(self) -> None:
        super().setUp()
        # What a request would say.
        thread = threading.current_thread()
        database = self.env.cr.dbname
        self.enterContext(patch.object(thread, "dbname", database, create=True))
        self.routes: Map = self.env["ir.http"].routing_map()

    def _find_ours(self) -> set[tuple[str, str]]:
        """Return the rules that our code serves, with each method they take."""
        return {
            (rule.rule, method)
            for rule in self.routes.iter_rules()
            if rule.endpoint.__module__.startswith("odoo.addons.citizen_crm.")
            for method in self._get_methods(rule)
        }

    def _get_methods(self, rule: Rule) -> set[str]:
        return {"GET", "POST"} & (rule.methods or {"GET", "POST"})

    def _find_fuzzed(self, paths: Iterable[str], method: str) -> set[tuple[str, str]]:
        """Return the rules that requests to these addresses come to."""
        adapter = self.routes.bind("localhost")
        found = set()
        for path in paths:
            try:
                rule, _values = adapter.match(
                    path.format(**FILLED), method, return_rule=True
                )
            except (MethodNotAllowed, NotFound):
                continue
            found.add((rule.rule, method))
        return found

    def test_none_is_missing(self) -> None:
        ours = self._find_ours()
        self.assertGreater(len(ours), 40)
        fuzzed = self._find_fuzzed(addresses.PATHS, "GET")
        fuzzed |= self._find_fuzzed(addresses.FORMS, "POST")
        self.assertFalse(sorted(ours - fuzzed), "add them to tests/fuzz/addresses.py")

    def test_a_missing_one_is_found(self) -> None:
        """Whichever address is left out, its route is missed."""
        ours = self._find_ours()
        paths = [path for path in addresses.PATHS if not path.startswith("/track")]
        missing = ours - self._find_fuzzed(paths, "GET")
        self.assertIn(("/track", "GET"), missing)
        self.assertIn(("/track/case", "GET"), missing)
