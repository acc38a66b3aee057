from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...tools.duty_figures import measure
from .citizen_assignment_entry import ENTRY_COLUMNS, to_entry


class HelpdeskTicketTeam(models.Model):
    """What the board and each share are counted from: the booked ledger alone."""

    _inherit = "helpdesk.ticket.team"

    def _measure_ledger(self, days, step=None):
        """Return the figures of the last days, up to the end of each step of days.

        Whatever the length of the ledger, this is one query; only cases of the period
        are read.

        :return: list of ``(naive UTC, Figures)``, now the last
        """
        self.ensure_one()
        now = fields.Datetime.now()
        since = now - timedelta(days=days)
        ends = [
            since + timedelta(days=day) for day in range(step or days, days, step or 1)
        ]
        # The last instant is behind everything that is booked already.
        ends.append(now)
        found = measure(
            self._read_ledger(since), since, [*ends[:-1], now + timedelta(days=1)]
        )
        return list(zip(ends, found, strict=True))

    def _read_ledger(self, since):
        """Yield ``(at, Entry)`` of the cases that had an entry since, in order."""
        query = """
            SELECT at, %(columns)s
              FROM citizen_assignment_entry
             WHERE team_id = %(team)s AND number > 0 AND problem IS NULL
               AND (at >= %(since)s OR case_id IN (
                        SELECT case_id FROM citizen_assignment_entry
                         WHERE team_id = %(team)s AND at >= %(since)s
                           AND case_id IS NOT NULL))
          ORDER BY number
        """
        self.env["citizen.assignment.entry"].flush_model()
        query = SQL(query, columns=ENTRY_COLUMNS, team=self.id, since=since)
        for at, *row in self.env.execute_query(query):
            yield at, to_entry(*row)

    def _get_heaviest(self):
        """Return the points of the heaviest case of the ledger, 0 for none."""
        query = """
            SELECT max(weight) FROM (
                SELECT max(points) FILTER (WHERE kind = 'charge')
                       + coalesce(sum(points) FILTER (
                             WHERE kind IN ('weight', 'objection')), 0) AS weight
                  FROM citizen_assignment_entry
                 WHERE team_id = %(team)s AND number > 0 AND case_id IS NOT NULL
              GROUP BY case_id
            ) AS cases
        """
        return int(self.env.execute_query(SQL(query, team=self.id))[0][0] or 0)

    def _count_exclusions(self, days):
        """Return how often a reason has kept somebody from a case, by reason."""
        query = """
            SELECT candidate ->> 4, count(*)
              FROM citizen_assignment_entry AS entry,
                   jsonb_array_elements(entry.decision -> 'candidates') AS candidate
             WHERE entry.team_id = %(team)s AND entry.at >= %(since)s
               AND candidate ->> 4 != ''
          GROUP BY candidate ->> 4
        """
        since = fields.Datetime.now() - timedelta(days=days)
        self.env["citizen.assignment.entry"].flush_model()
        return dict(self.env.execute_query(SQL(query, team=self.id, since=since)))
