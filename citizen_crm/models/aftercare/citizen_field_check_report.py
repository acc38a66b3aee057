from odoo import fields, models
from odoo.tools import SQL

from .citizen_case_feedback_figures import LEAST_ANSWERS
from .small_cells import select_pooled

LEVELS = (
    ("month", "team_id", "category_id"),
    ("month", "team_id"),
    ("month",),
)
COUNTED = (
    "checked_count",
    "done_count",
    "partly_count",
    "not_done_count",
    "unclear_count",
    "disputed_count",
)


class CitizenFieldCheckReport(models.Model):
    """What was found on site, by month, service type and team; no person.

    A row stands for at least five checks, like those of the feedback.
    """

    _name = "citizen.field.check.report"
    _description = "Field Checks: Figures"
    _auto = False
    _order = "month desc, id"
    _rec_name = "month"

    month = fields.Date(readonly=True, help="In which somebody looked.")
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        help="Empty where the checks of one team are too few to be shown.",
    )
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        help="Empty where the checks of one team are too few to be shown.",
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        readonly=True,
        help="Empty where the checks of one type are too few to be shown.",
    )
    checked_count = fields.Integer(
        string="Checked", readonly=True, help="Cases that were looked at."
    )
    done_count = fields.Integer(
        string="Done", readonly=True, help="Found done, as it was said."
    )
    partly_count = fields.Integer(
        string="Done in Part", readonly=True, help="Found done in part."
    )
    not_done_count = fields.Integer(
        string="Not Done", readonly=True, help="Closed, and found not done."
    )
    unclear_count = fields.Integer(
        string="Cannot Tell", readonly=True, help="It could not be told."
    )
    disputed_count = fields.Integer(
        string="Disputed",
        readonly=True,
        help="The person has said the opposite of what was found.",
    )
    done_share = fields.Float(
        string="Done (%)",
        aggregator="avg",
        readonly=True,
        help="Found done, of those where it could be told.",
    )

    @property
    def _table_query(self):
        cells = SQL(
            """
            SELECT date_trunc('month', checked_at)::date AS month, team_id, category_id,
                   count(*) AS checked_count,
                   count(*) FILTER (WHERE finding = 'done') AS done_count,
                   count(*) FILTER (WHERE finding = 'partly') AS partly_count,
                   count(*) FILTER (WHERE finding = 'not_done') AS not_done_count,
                   count(*) FILTER (WHERE finding = 'cannot_tell') AS unclear_count,
                   count(*) FILTER (WHERE is_disputed) AS disputed_count
              FROM citizen_field_check
             WHERE state = 'done'
          GROUP BY 1, 2, 3
            """
        )
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY month, shown.team_id, category_id) AS id,
                   shown.*, team.department_id,
                   100.0 * done_count / nullif(checked_count - unclear_count, 0)
                   AS done_share
              FROM (%s) AS shown
         LEFT JOIN helpdesk_ticket_team AS team ON team.id = shown.team_id
            """,
            select_pooled(cells, LEVELS, COUNTED, LEAST_ANSWERS),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Weigh the share of a row by the checks that it stands for."""
        if aggregate_spec != "done_share:avg":
            return super()._read_group_select(aggregate_spec, query)
        done, checked, unclear = (
            self._field_to_sql(self._table, name, query)
            for name in ("done_count", "checked_count", "unclear_count")
        )
        return SQL(
            "100.0 * sum(%s) / nullif(sum(%s) - sum(%s), 0)", done, checked, unclear
        )
