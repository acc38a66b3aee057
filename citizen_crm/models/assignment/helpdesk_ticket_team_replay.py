import logging

from odoo import models
from odoo.tools import SQL

from ...tools.duty_ledger import MILLI, Ledger, first_difference
from .citizen_assignment_entry import (
    DECISION_COLUMNS,
    ENTRY_COLUMNS,
    to_decision,
    to_entry,
)

_logger = logging.getLogger(__name__)

#: Entries that are read at a time.
PORTION = 2_000


class HelpdeskTicketTeam(models.Model):
    """Replaying a team's ledger: whether everything follows from its entries."""

    _inherit = "helpdesk.ticket.team"

    def _read_booked(self, columns, before=0):
        """Yield these columns of the booked entries, in their order.

        In portions: a ledger grows for years, and each choice names the whole team.

        :param columns: ``SQL``
        :param before: number of the first entry that is not read, 0 to read all
        """
        self.ensure_one()
        self.env["citizen.assignment.entry"].flush_model()
        query = """
            SELECT number, %s
              FROM citizen_assignment_entry
             WHERE team_id = %s AND number > %s AND problem IS NULL
               AND (%s = 0 OR number < %s)
          ORDER BY number LIMIT %s
        """
        last = 0
        while True:
            rows = self.env.execute_query(
                SQL(query, columns, self.id, last, before, before, PORTION)
            )
            for _number, *row in rows:
                yield row
            if len(rows) < PORTION:
                return
            last = rows[-1][0]

    def _replay(self, before=0):
        """Return the ``Ledger`` as its booked entries have left it."""
        # Not what they were decided on: that is most of an entry.
        rows = self._read_booked(ENTRY_COLUMNS, before)
        return Ledger.replay(to_entry(*row) for row in rows)

    def _find_first_difference(self, ledger=None):
        """Replay the booked ledger; return where it does not add up, with its entry.

        :param ledger: an empty ``Ledger``, to be left as the entries leave it
        :return: pair of ``tools.duty_ledger.Difference`` or None, and the entry
        """
        entry_ids = []

        def read():
            for entry_id, *row in self._read_booked(SQL("id, %s", DECISION_COLUMNS)):
                entry_ids.append(entry_id)
                yield to_decision(*row)

        found = first_difference(read(), ledger)
        entries = self.env["citizen.assignment.entry"].sudo()
        return found, entries.browse(entry_ids[found.position] if found else ())

    def _find_ledger_problem(self):
        """Return the first thing that does not follow from the ledger, or ""."""
        ledger = Ledger()
        found, entry = self._find_first_difference(ledger)
        names = {m.employee_id.id: m.employee_id.name for m in self.member_ids}
        if found:
            return self.env._(
                "Entry %(number)s (%(what)s of %(who)s): found %(found)s, expected "
                "%(expected)s.",
                number=entry.number,
                what=found.what,
                who=names.get(found.member, found.member or "–"),
                found=found.found,
                expected=found.expected,
            )
        for row in self.assignment_balance_ids:
            expected = ledger.balance(row.employee_id.id)
            if row.milli != expected:
                return self.env._(
                    "Balance of %(who)s: found %(found)s, expected %(expected)s.",
                    who=row.employee_id.name,
                    found=row.milli / MILLI,
                    expected=expected / MILLI,
                )
        return ""

    def _check_ledger(self):
        """Replay the ledger; log where it does not add up."""
        self.ensure_one()
        problem = self._find_ledger_problem()
        if problem:
            _logger.error("Ledger of team %s: %s", self.id, problem)

    def action_check_ledger(self):
        """Replay the team's ledger before the user's eyes."""
        self.ensure_one()
        self._check_leads()
        team = self.sudo()
        problem = team._find_ledger_problem()
        booked = [("team_id", "=", team.id), ("number", ">", 0)]
        count = team.env["citizen.assignment.entry"].search_count(booked)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if problem else "success",
                "sticky": bool(problem),
                "message": problem
                or self.env._(
                    "%(count)s entries replayed: every choice and every balance "
                    "follows.",
                    count=count,
                ),
            },
        }
