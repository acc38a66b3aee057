from odoo import fields, models
from odoo.tools import SQL

from .citizen_case_feedback_figures import COUNTED, COUNTS, LEAST_ANSWERS
from .small_cells import select_pooled

#: What is told of a row, finest first; few answers are put into the next coarser row.
LEVELS = (
    ("month", "team_id", "category_id", "district_id"),
    ("month", "team_id", "category_id"),
    ("month", "team_id"),
    ("month",),
)


class CitizenCaseFeedbackReport(models.Model):
    """What people say after closing, by month, service type, team and district.

    A row stands for at least five answers. Fewer are put together with the other few
    of the service type, then of the team, then of the city; what is too few even so is
    left out. So nothing can be made out by taking one row from another.
    """

    _name = "citizen.case.feedback.report"
    _inherit = ["citizen.case.feedback.figures"]
    _description = "Feedback After Closing: Figures"
    _auto = False
    _order = "month desc, id"
    _rec_name = "month"

    month = fields.Date(readonly=True, help="In which the cases were closed.")
    team_id = fields.Many2one(
        help="Empty where the answers of one team are too few to be shown."
    )
    category_id = fields.Many2one(
        help="Empty where the answers of one service type are too few to be shown."
    )
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        help="Empty where the answers of one team are too few to be shown.",
    )
    district_id = fields.Many2one(
        "citizen.district",
        readonly=True,
        help="Empty where the answers of one district are too few to be shown.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row_number() OVER (
                       ORDER BY month, team_id, category_id, district_id) AS id,
                   shown.*, team.department_id, %(shares)s
              FROM (%(shown)s) AS shown
         LEFT JOIN helpdesk_ticket_team AS team ON team.id = shown.team_id
            """,
            shown=select_pooled(self._select_cells(), LEVELS, COUNTED, LEAST_ANSWERS),
            shares=self._get_share_columns(),
        )

    def _select_cells(self):
        # Too few confidential cases exist for their figures to hide anybody.
        return SQL(
            """
            SELECT date_trunc('month', feedback.asked_at)::date AS month,
                   feedback.team_id, feedback.category_id, feedback.district_id,
                   %s
              FROM citizen_case_feedback AS feedback
              JOIN helpdesk_ticket AS ticket ON ticket.id = feedback.case_id
             WHERE NOT ticket.confidential
          GROUP BY 1, 2, 3, 4
            """,
            COUNTS,
        )
