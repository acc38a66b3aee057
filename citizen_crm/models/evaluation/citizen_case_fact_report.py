from odoo import fields, models
from odoo.tools import SQL

#: Figures of fewer people are never shown: nobody is to be made out.
LEAST_PEOPLE = 5
#: What is counted, of facts that were not left out.
COUNTS = SQL(
    """
    count(*) FILTER (WHERE ended_by <> 'passed_on') AS case_count,
    count(*) FILTER (WHERE ended_by = 'passed_on') AS passed_count,
    sum(worked_hours) AS worked_hours,
    count(late_first_reply) AS first_reply_known,
    count(*) FILTER (WHERE late_first_reply = 'yes') AS first_reply_late,
    count(late_resolution) AS resolution_known,
    count(*) FILTER (WHERE late_resolution = 'yes') AS resolution_late,
    count(reopened_30d) AS reopened_known,
    count(*) FILTER (WHERE reopened_30d = 'yes') AS reopened_count,
    count(repeat_contact_14d) AS repeat_known,
    count(*) FILTER (WHERE repeat_contact_14d = 'yes') AS repeat_count,
    count(documented_close) AS documented_known,
    count(*) FILTER (WHERE documented_close = 'yes') AS documented_count,
    count(*) FILTER (WHERE invited = 'yes') AS invited_count,
    count(positive) AS positive_known,
    count(*) FILTER (WHERE positive = 'yes') AS positive_count
    """
)
COUNTED = (
    "case_count",
    "passed_count",
    "worked_hours",
    "first_reply_known",
    "first_reply_late",
    "resolution_known",
    "resolution_late",
    "reopened_known",
    "reopened_count",
    "repeat_known",
    "repeat_count",
    "documented_known",
    "documented_count",
    "invited_count",
    "positive_known",
    "positive_count",
)
#: Share in percent: of what, how many.
SHARES = {
    "first_reply_share": ("first_reply_known", "first_reply_late"),
    "resolution_share": ("resolution_known", "resolution_late"),
    "reopened_share": ("reopened_known", "reopened_count"),
    "repeat_share": ("repeat_known", "repeat_count"),
    "documented_share": ("documented_known", "documented_count"),
    "said_share": ("invited_count", "positive_known"),
    "positive_share": ("positive_known", "positive_count"),
}


class CitizenCaseFactReport(models.Model):
    """The measures by team, service type and month; no person.

    A row stands for the work of at least five people. A service type in which fewer
    worked is put together with the others of the team, then of the department, then of
    the city; what is of too few even so is left out. So nothing of one can be made out
    by subtraction.
    """

    _name = "citizen.case.fact.report"
    _inherit = ["citizen.share.report"]
    _shares = SHARES
    _description = "Measures by Team"
    _auto = False
    _order = "month desc, id"
    _rec_name = "month"

    month = fields.Date(readonly=True, help="In which the cases ended.")
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        help="Empty where fewer than five people of a team would be shown.",
    )
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        help="Empty where fewer than five people of a department would be shown.",
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        readonly=True,
        help="Empty where fewer than five people worked in one.",
    )
    case_count = fields.Integer(
        string="Cases", readonly=True, help="Cases that ended in the hands of somebody."
    )
    passed_count = fields.Integer(
        string="Passed On",
        readonly=True,
        help="How often a case went on to somebody else.",
    )
    worked_hours = fields.Float(
        string="Working Hours",
        readonly=True,
        help="Working hours in which somebody had these cases, up to the answer.",
    )
    first_reply_known = fields.Integer(
        string="First Replies", readonly=True, help="First replies that were promised."
    )
    first_reply_late = fields.Integer(
        string="First Replies Late", readonly=True, help="Of these, late."
    )
    resolution_known = fields.Integer(
        string="Answers", readonly=True, help="Answers that were promised."
    )
    resolution_late = fields.Integer(
        string="Answers Late", readonly=True, help="Of these, late."
    )
    reopened_known = fields.Integer(
        string="Ends 30 Days Ago",
        readonly=True,
        help="Cases of which it is known whether they were opened again.",
    )
    reopened_count = fields.Integer(
        string="Reopened", readonly=True, help="Of these, opened again."
    )
    repeat_known = fields.Integer(
        string="Ends 14 Days Ago",
        readonly=True,
        help="Cases of which it is known whether the person came again.",
    )
    repeat_count = fields.Integer(
        string="Came Again", readonly=True, help="Of these, came again."
    )
    documented_known = fields.Integer(
        string="To Be Documented",
        readonly=True,
        help="Cases whose person could be told what was decided and why.",
    )
    documented_count = fields.Integer(
        string="Documented", readonly=True, help="Of these, told."
    )
    invited_count = fields.Integer(
        string="Asked",
        readonly=True,
        help="Cases whose person was asked how they were treated.",
    )
    positive_known = fields.Integer(
        string="Said", readonly=True, help="Of these, said something of it."
    )
    positive_count = fields.Integer(
        string="Fair and Clear",
        readonly=True,
        help="Of these, treated fairly and told clearly.",
    )
    first_reply_share = fields.Float(
        string="First Replies Late (%)",
        aggregator="avg",
        readonly=True,
        help="Late ones, of the first replies that were promised.",
    )
    resolution_share = fields.Float(
        string="Answers Late (%)",
        aggregator="avg",
        readonly=True,
        help="Late ones, of the answers that were promised.",
    )
    reopened_share = fields.Float(
        string="Reopened (%)",
        aggregator="avg",
        readonly=True,
        help="Opened again within 30 days, of the cases that ended.",
    )
    repeat_share = fields.Float(
        string="Came Again (%)",
        aggregator="avg",
        readonly=True,
        help="Came again within 14 days, of the cases that ended.",
    )
    documented_share = fields.Float(
        string="Documented (%)",
        aggregator="avg",
        readonly=True,
        help="Told what was decided and why, of those who could be told.",
    )
    said_share = fields.Float(
        string="Said (%)",
        aggregator="avg",
        readonly=True,
        help="Said how they were treated, of those who were asked.",
    )
    positive_share = fields.Float(
        string="Fair and Clear (%)",
        aggregator="avg",
        readonly=True,
        help="Treated fairly and told clearly, of those who said something of it.",
    )

    @property
    def _table_query(self):
        """Count by person first: then the rows of a cell are its people."""
        return SQL(
            """
              WITH cell AS (
                   SELECT date_trunc('month', closed_on)::date AS month, department_id,
                          team_id, category_id, handler_id, %(counts)s
                     FROM citizen_case_fact
                    WHERE excluded IS NOT TRUE
                 GROUP BY 1, 2, 3, 4, 5
            ), by_type AS (
                   SELECT *, count(*) OVER (PARTITION BY month, department_id, team_id,
                          category_id) AS people FROM cell
            ), by_team AS (
                   SELECT month, department_id, team_id, handler_id, %(sums)s,
                          count(*) OVER (PARTITION BY month, department_id, team_id)
                          AS people
                     FROM by_type WHERE people < %(least)s
                 GROUP BY month, department_id, team_id, handler_id
            ), by_department AS (
                   SELECT month, department_id, handler_id, %(sums)s,
                          count(*) OVER (PARTITION BY month, department_id) AS people
                     FROM by_team WHERE people < %(least)s
                 GROUP BY month, department_id, handler_id
            ), by_month AS (
                   SELECT month, handler_id, %(sums)s,
                          count(*) OVER (PARTITION BY month) AS people
                     FROM by_department WHERE people < %(least)s
                 GROUP BY month, handler_id
            ), shown AS (
                   SELECT month, department_id, team_id, category_id, %(sums)s
                     FROM by_type WHERE people >= %(least)s
                 GROUP BY month, department_id, team_id, category_id
                    UNION ALL
                   SELECT month, department_id, team_id, NULL, %(sums)s
                     FROM by_team WHERE people >= %(least)s
                 GROUP BY month, department_id, team_id
                    UNION ALL
                   SELECT month, department_id, NULL, NULL, %(sums)s
                     FROM by_department WHERE people >= %(least)s
                 GROUP BY month, department_id
                    UNION ALL
                   SELECT month, NULL, NULL, NULL, %(sums)s
                     FROM by_month WHERE people >= %(least)s
                 GROUP BY month
            )
            SELECT row_number() OVER (
                       ORDER BY month, department_id, team_id, category_id) AS id,
                   shown.*, %(shares)s
              FROM shown
            """,
            counts=COUNTS,
            sums=self._get_sums(),
            shares=self._get_share_columns(),
            least=LEAST_PEOPLE,
        )

    def _get_sums(self):
        return SQL(", ").join(
            SQL(
                "sum(%s)::%s AS %s",
                SQL.identifier(name),
                SQL("float" if name == "worked_hours" else "bigint"),
                SQL.identifier(name),
            )
            for name in COUNTED
        )
