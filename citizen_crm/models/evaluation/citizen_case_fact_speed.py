from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.funnel import find_spread
from ...tools.survival import Spell, log_rank, pool_spells
from ..sla.instants import to_instant
from .citizen_case_fact_figures import STRATUM
from .citizen_case_fact_settling import BATCH
from .citizen_case_fact_writing import COLUMNS

#: The measure of speed.
SPEED = "T3"
#: Ends that are a closure; whoever passes a case on has it open until then.
CLOSURES = ("closed", "not_handled")

CLOSED = """
    SELECT department_id, %(stratum)s, handler_id, worked_hours,
           ended_by IN %(closures)s
      FROM citizen_case_fact
     WHERE %(condition)s AND ended_by <> 'withdrawn'
"""
#: Cases of a department that were not over at an instant.
OPEN = """
    SELECT ticket.id
      FROM helpdesk_ticket AS ticket
      JOIN helpdesk_ticket_team AS team ON team.id = ticket.team_id
     WHERE team.department_id = ANY(%(departments)s) AND ticket.received_date < %(end)s
       AND (ticket.is_open OR ticket.closed_date >= %(end)s)
  ORDER BY ticket.id
"""


class CitizenCaseFact(models.Model):
    """Speed: closures against those at the pace of colleagues, open cases included.

    A case that is still open at the end of the period counts with the hours that it has
    taken so far, so nobody gains by leaving it open.
    """

    _inherit = "citizen.case.fact"

    @api.model
    def _measure(self, date_from, date_to, departments=None, measures=None, rules=None):
        """Add speed, where departments are asked for; see ``super``."""
        found = super()._measure(date_from, date_to, departments, measures, rules)
        measure = self._get_speed_measure(measures)
        if departments and measure:
            spells = self._get_spells(date_from, date_to, departments)
            found[SPEED] = log_rank(pool_spells(spells), good=measure.good, rules=rules)
        return found

    @api.model
    def _measure_city(self, date_from, date_to, measures=None, rules=None):
        """Add speed, a department at a time, so that no more cases are in memory."""
        found = super()._measure_city(date_from, date_to, measures, rules)
        if self._get_speed_measure(measures):
            condition = self._get_condition(date_from, date_to, None)
            query = SQL(
                "SELECT DISTINCT department_id FROM citizen_case_fact"
                " WHERE %s AND department_id IS NOT NULL ORDER BY department_id",
                condition,
            )
            ids = [department for (department,) in self.env.execute_query(query)]
            found[SPEED] = find_spread(
                (
                    self._measure(date_from, date_to, one, [SPEED], rules)[SPEED]
                    for one in self.env["hr.department"].browse(ids)
                ),
                rules,
            )
        return found

    @api.model
    def _get_speed_measure(self, measures):
        """Return the measure of speed, if it is one of those asked for."""
        Measure = self.env["citizen.measure"].sudo()
        if isinstance(measures, models.BaseModel) and measures:
            return measures.sudo().filtered(lambda row: row.code == SPEED)[:1]
        if measures and SPEED not in measures:
            return Measure
        domain = [("code", "=", SPEED), ("is_current", "=", True)]
        return Measure.search(domain, limit=1)

    @api.model
    def _get_spells(self, date_from, date_to, departments):
        """Return the spells of a period, closed ones and those open at its end."""
        self.flush_model()
        period = f"{date_from}/{date_to}"
        rows = self.env.execute_query(
            SQL(
                CLOSED,
                stratum=SQL(", ").join(map(SQL.identifier, STRATUM)),
                closures=CLOSURES,
                condition=self._get_condition(date_from, date_to, departments),
            )
        )
        rows += self._get_open_rows(date_to, departments)
        return [
            Spell((department, period, *kind), person, float(hours or 0), closed)
            for department, *kind, person, hours, closed in rows
        ]

    @api.model
    def _get_open_rows(self, date_to, departments):
        """Return what is open at the end of a day, or now, off the history then."""
        end = min(self._get_bounds(date_to, date_to)[1], fields.Datetime.now())
        for model in ("helpdesk.ticket", "helpdesk.ticket.team"):
            self.env[model].flush_model()
        query = SQL(OPEN, departments=departments.ids, end=end)
        ids = [case_id for (case_id,) in self.env.execute_query(query)]
        found = []
        for start in range(0, len(ids), BATCH):
            for row in self._read_rows(ids[start : start + BATCH], to_instant(end)):
                fact = dict(zip(COLUMNS, row, strict=True))
                if fact["counts_personally"] and not fact["ended_by"]:
                    kind = [fact[name] for name in ("department_id", *STRATUM)]
                    hours = fact["worked_hours"]
                    found.append((*kind, fact["handler_id"], hours, False))
        return found
