from odoo import api, models
from odoo.tools import SQL

from ...tools.funnel import Rules
from ...tools.nonresponse import weigh_answers

#: Whoever was asked late is known by the answer alone.
ASKED = """
    SELECT handler_id, count(*), count(positive),
           count(*) FILTER (WHERE positive = 'yes')
      FROM citizen_case_fact
     WHERE %s AND (invited = 'yes' OR positive IS NOT NULL)
  GROUP BY handler_id
"""


class CitizenCaseFact(models.Model):
    """How many residents were asked how they were treated, and how many said it."""

    _inherit = "citizen.case.fact"

    @api.model
    def _weigh_answers(self, date_from, date_to, departments=None, rules=None):
        """Return dict ``employee id -> tools.nonresponse.Answers``, as superuser.

        All cases of a person count here, whether colleagues had such cases or not.
        For the parameters see ``_measure``.
        """
        self.flush_model()
        rules = rules or Rules()
        condition = self._get_condition(date_from, date_to, departments)
        return {
            person: weigh_answers(
                *counts,
                least_answers=rules.min_answers,
                least_response=rules.min_response,
            )
            for person, *counts in self.env.execute_query(SQL(ASKED, condition))
        }
