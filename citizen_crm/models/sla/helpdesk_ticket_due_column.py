from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import get_lang

DUE_COLUMNS = [
    ("late", "Late"),
    ("today", "Today"),
    ("tomorrow", "Tomorrow"),
    ("week", "This week"),
    ("later", "Later"),
    ("paused", "Paused"),
    ("none", "No deadline"),
]


class HelpdeskTicket(models.Model):
    """When cases are due, as the columns of the deadline board."""

    _inherit = "helpdesk.ticket"

    due_column = fields.Selection(
        DUE_COLUMNS,
        string="Due When",
        compute="_compute_due_column",
        search="_search_due_column",
        help="On which day an answer is due, by the clock of whoever looks; empty once "
        "the case has its answer.",
    )

    @api.model
    def _get_due_limits(self):
        """Return before when a case is due tomorrow, and this week, as naive UTC."""
        today = fields.Date.context_today(self)
        first = int(get_lang(self.env).week_start)  # 1 is Monday
        left = (first - today.isoweekday()) % 7 or 7
        return self._get_midnight(2), self._get_midnight(max(left, 2))

    @api.depends("due_state", "due_date")
    @api.depends_context("lang", "tz")
    def _compute_due_column(self):
        after_tomorrow, next_week = self._get_due_limits()
        for case in self:
            column = case.due_state
            if column in ("soon", "later"):
                column = "week" if case.due_date < next_week else "later"
                if case.due_date < after_tomorrow:
                    column = "tomorrow"
            case.due_column = column

    def _search_due_column(self, operator, value):
        if operator != "in":
            return NotImplemented
        tomorrow = self._get_end_of_today()
        after_tomorrow, next_week = self._get_due_limits()
        runs, states = self._get_running_domain(), self._get_due_domains()
        domains = {
            **{state: states[state] for state in ("late", "today", "paused", "none")},
            "tomorrow": runs
            & Domain("due_date", ">=", tomorrow)
            & Domain("due_date", "<", after_tomorrow),
            "week": runs
            & Domain("due_date", ">=", after_tomorrow)
            & Domain("due_date", "<", next_week),
            "later": runs & Domain("due_date", ">=", next_week),
            False: states[False],
        }
        return Domain.OR(domains[column] for column in value if column in domains)

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != "due_column":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields["due_column"], "read")
        after_tomorrow, next_week = self._get_due_limits()
        far = SQL(
            """
            CASE WHEN %(due)s < %(after_tomorrow)s THEN 'tomorrow'
                 WHEN %(due)s < %(next_week)s THEN 'week' ELSE 'later' END
            """,
            due=self._field_to_sql(alias, "due_date", query),
            after_tomorrow=after_tomorrow,
            next_week=next_week,
        )
        return self._get_due_case(alias, query, far)
