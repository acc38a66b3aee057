from odoo import fields, models
from odoo.tools import SQL

from .citizen_case_feedback_figures import COUNTS, LEAST_ANSWERS


class CitizenCaseFeedbackTeam(models.Model):
    """What people say to a team, by quarter and service type, five answers at a time.

    Nothing is shown until there are five, and then until there are five more: whoever
    looks every day cannot tell what the last one said. Remarks stand without case, in
    no order.
    """

    _name = "citizen.case.feedback.team"
    _inherit = ["citizen.case.feedback.figures"]
    _description = "What People Say to a Team"
    _auto = False
    _order = "quarter desc, id"
    _rec_name = "period"

    quarter = fields.Date(
        string="Quarter Begins", readonly=True, help="First day of the quarter."
    )
    period = fields.Char(
        string="Quarter", readonly=True, help="In which the cases were closed."
    )
    remarks = fields.Text(
        readonly=True, help="What people added in their own words, in no order."
    )

    @property
    def _table_query(self):
        return SQL(
            """
              WITH said AS (
                   SELECT feedback.*,
                          date_trunc('quarter', feedback.asked_at)::date AS quarter,
                          row_number() OVER cell AS place,
                          count(*) OVER (PARTITION BY feedback.team_id,
                              feedback.category_id,
                              date_trunc('quarter', feedback.asked_at)) AS people
                     FROM citizen_case_feedback AS feedback
                     JOIN helpdesk_ticket AS ticket ON ticket.id = feedback.case_id
                    WHERE feedback.answered_at IS NOT NULL
                      AND NOT ticket.confidential
                      AND feedback.team_id IS NOT NULL
                   WINDOW cell AS (PARTITION BY feedback.team_id,
                              feedback.category_id,
                              date_trunc('quarter', feedback.asked_at)
                              ORDER BY feedback.answered_at, feedback.id)),
                   shown AS (
                   SELECT quarter, team_id, category_id, %(counts)s,
                          string_agg(remark, E'\n\n' ORDER BY
                              md5(coalesce(token_hash, '') || remark)) AS remarks
                     FROM said AS feedback
                    WHERE place <= people - people %% %(least)s
                 GROUP BY quarter, team_id, category_id)
            SELECT row_number() OVER (ORDER BY quarter, team_id, category_id) AS id,
                   shown.*, to_char(quarter, 'YYYY "Q"Q') AS period, %(shares)s
              FROM shown
            """,
            counts=COUNTS,
            least=LEAST_ANSWERS,
            shares=self._get_share_columns(),
        )
