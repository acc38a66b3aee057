from odoo import fields, models
from odoo.tools import SQL

from .citizen_workload_objection import OBJECTION_KINDS, OBJECTION_STATES

#: Teams of fewer people are shown together, so that nobody can be made out.
LEAST_PEOPLE = 5


class CitizenWorkloadObjectionReport(models.Model):
    """How often people object, and how often work is given by hand; no person.

    A row is an objection, or a case that was given where the ledger gives out work; it
    tells the month and no day. Small teams are shown together without their names,
    and not at all in a month in which they have too few people between them.
    """

    _name = "citizen.workload.objection.report"
    _description = "Objections and Overrides"
    _auto = False
    _order = "month desc, id"
    _rec_name = "month"

    month = fields.Date(
        readonly=True, help="In which it was filed, or the case was given."
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        help="Empty for teams of fewer than five people.",
    )
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        help="Empty for teams of fewer than five people.",
    )
    kind = fields.Selection(OBJECTION_KINDS, string="Objection", readonly=True)
    outcome = fields.Selection(OBJECTION_STATES, readonly=True)
    objection_count = fields.Integer(string="Objections", readonly=True)
    upheld_count = fields.Integer(
        string="Upheld", readonly=True, help="Objections that were upheld."
    )
    late_count = fields.Integer(
        string="Late",
        readonly=True,
        help="Objections that were not decided within the days of the rule.",
    )
    decide_days = fields.Float(
        string="Days to Decide",
        aggregator="avg",
        readonly=True,
        help="Calendar days from filing to the decision, on average.",
    )
    given_count = fields.Integer(
        string="Cases Given",
        readonly=True,
        help="Cases given to somebody where the ledger gives out the work.",
    )
    override_count = fields.Integer(
        string="By Hand",
        readonly=True,
        help="Of these, given by hand instead of by the ledger.",
    )
    share_by_hand = fields.Float(
        string="Share by Hand (%)",
        aggregator="avg",
        readonly=True,
        help="By hand, of the cases given.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
              WITH line AS (%(objections)s UNION ALL %(handings)s),
                   place AS (%(places)s),
                   small AS (
                       SELECT month, sum(people) AS people FROM place
                        WHERE people < %(least)s GROUP BY month
                   )
            SELECT line.*, team.id AS team_id, team.department_id
              FROM line
              JOIN place ON place.id = line.place_id AND place.month = line.month
         LEFT JOIN small ON small.month = line.month
         LEFT JOIN helpdesk_ticket_team AS team
                ON team.id = line.place_id AND place.people >= %(least)s
             WHERE place.people >= %(least)s OR small.people >= %(least)s
            """,
            objections=self._select_objections(),
            handings=self._select_handings(),
            places=self._select_places(),
            least=LEAST_PEOPLE,
        )

    def _select_objections(self):
        return SQL(
            """
            SELECT 2 * id AS id, date_trunc('month', filed_at)::date AS month,
                   team_id AS place_id, kind, state AS outcome, 1 AS objection_count,
                   (state = 'upheld')::int AS upheld_count,
                   (coalesce(decided_at, %(now)s) > deadline
                       AND state != 'withdrawn')::int AS late_count,
                   CASE WHEN state IN ('upheld', 'refused') THEN
                       extract(epoch FROM decided_at - filed_at) / 86400.0
                   END AS decide_days,
                   0 AS given_count, 0 AS override_count, NULL AS share_by_hand
              FROM citizen_workload_objection
            """,
            now=fields.Datetime.now(),
        )

    def _select_handings(self):
        """Where people give all cases by hand, that is no override."""
        return SQL(
            """
            SELECT 2 * entry.id + 1, date_trunc('month', entry.at)::date,
                   entry.team_id, NULL, NULL, 0, 0, 0, NULL, 1,
                   (entry.method = 'manual')::int,
                   CASE entry.method WHEN 'manual' THEN 100.0 ELSE 0.0 END
              FROM citizen_assignment_entry AS entry
              JOIN citizen_assignment_rule AS rule
                ON rule.id = entry.rule_id AND rule.method = 'ledger'
             WHERE entry.kind = 'charge' AND entry.problem IS NULL
            """
        )

    def _select_places(self):
        """Count the people of each team in each month in which something was."""
        return SQL(
            """
            SELECT seen.place_id AS id, seen.month,
                   count(DISTINCT member.employee_id) AS people
              FROM (SELECT DISTINCT place_id, month FROM line) AS seen
         LEFT JOIN citizen_team_member AS member
                ON member.team_id = seen.place_id
               AND member.date_from < seen.month + interval '1 month'
               AND (member.date_to IS NULL OR member.date_to >= seen.month)
          GROUP BY seen.place_id, seen.month
            """
        )
