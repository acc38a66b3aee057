from odoo import fields, models
from odoo.tools import SQL

from .citizen_case_feedback_figures import COUNTED, COUNTS, LEAST_ANSWERS

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
        steps = [SQL("cell0 AS (%s)", self._select_cells())]
        for level in range(1, len(LEVELS)):
            steps.append(
                SQL(
                    "%s AS (%s)",
                    SQL.identifier(f"cell{level}"),
                    self._select_few(level),
                )
            )
        shown = SQL(" UNION ALL ").join(
            SQL(
                "SELECT * FROM %s WHERE answer_count >= %s",
                SQL.identifier(f"cell{level}"),
                LEAST_ANSWERS,
            )
            for level in range(len(LEVELS))
        )
        return SQL(
            """
              WITH %(steps)s
            SELECT row_number() OVER (
                       ORDER BY month, team_id, category_id, district_id) AS id,
                   shown.*, team.department_id, %(shares)s
              FROM (%(shown)s) AS shown
         LEFT JOIN helpdesk_ticket_team AS team ON team.id = shown.team_id
            """,
            steps=SQL(", ").join(steps),
            shown=shown,
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

    def _select_few(self, level):
        """Put together what was too little at the level before."""
        kept = [SQL.identifier(name) for name in LEVELS[level]]
        lost = [
            SQL("NULL::integer AS %s", SQL.identifier(name))
            for name in LEVELS[0][len(LEVELS[level]) :]
        ]
        sums = [
            SQL("sum(%s)::bigint AS %s", SQL.identifier(name), SQL.identifier(name))
            for name in COUNTED
        ]
        return SQL(
            "SELECT %s FROM %s WHERE answer_count < %s GROUP BY %s",
            SQL(", ").join([*kept, *lost, *sums]),
            SQL.identifier(f"cell{level - 1}"),
            LEAST_ANSWERS,
            SQL(", ").join(kept),
        )
