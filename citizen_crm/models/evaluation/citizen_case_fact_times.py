from odoo import api, models
from odoo.tools import SQL

from ...tools.geometric import Times, compare_times, pool_times
from .citizen_case_fact_figures import STRATUM
from .citizen_case_fact_speed import CLOSURES

#: The measure of typical working times.
TIMES = "T4"
#: Shorter times count as six minutes: what is done at once would weigh more than all
#: else, since the logarithm of next to nothing is far away.
SHORTEST = 0.1

TIMED = """
    SELECT department_id, %(stratum)s, handler_id, count(*)::int, sum(log_hours),
           sum(log_hours * log_hours)
      FROM (SELECT *, ln(greatest(worked_hours, %(shortest)s)::float) AS log_hours
              FROM citizen_case_fact
             WHERE %(condition)s AND ended_by IN %(closures)s
               AND worked_hours IS NOT NULL) AS timed
  GROUP BY department_id, %(stratum)s, handler_id
"""


class CitizenCaseFact(models.Model):
    """How long cases typically take somebody, for what such cases take colleagues."""

    _inherit = "citizen.case.fact"

    @api.model
    def _compare_times(self, date_from, date_to, departments=None, rules=None):
        """Return dict ``employee id -> tools.geometric.Pace``, as superuser.

        Of cases that somebody closed, by their working hours; see ``_measure``.
        """
        self.flush_model()
        period = f"{date_from}/{date_to}"
        rows = self.env.execute_query(
            SQL(
                TIMED,
                stratum=SQL(", ").join(map(SQL.identifier, STRATUM)),
                shortest=SHORTEST,
                condition=self._get_condition(date_from, date_to, departments),
                closures=CLOSURES,
            )
        )
        times = [
            Times((department, period, *kind), person, n, total, squares)
            for department, *kind, person, n, total, squares in rows
        ]
        return compare_times(pool_times(times), rules=rules)

    @api.model
    def _get_known_domain(self, code):
        if code == TIMES:
            return [("ended_by", "in", CLOSURES)]
        return super()._get_known_domain(code)
