from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..case.helpdesk_ticket import RULED

DUE_STATES = [
    ("late", "Late"),
    ("today", "Due today"),
    ("soon", "Due soon"),
    ("later", "Due later"),
    ("paused", "Paused"),
    ("none", "No due date"),
]
#: Columns that say with the due date how an open case stands to it.
STANDING = "phase, is_answer_owed, is_paused"


class HelpdeskTicket(models.Model):
    """How a case stands to its due date. Compute, search and grouping agree."""

    _inherit = "helpdesk.ticket"

    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="No answer was sent, and the due date is over.",
    )
    due_state = fields.Selection(
        DUE_STATES,
        compute="_compute_due_state",
        search="_search_due_state",
        help="How a case stands to its due date; empty once it has an answer. Due "
        "soon: three quarters of the time are over.",
    )

    # The order of the lists of open cases. Those that are late are found in it, and
    # counted by the date below, without reading a case.
    _open_order_index = models.Index(
        f"(priority DESC, id DESC) INCLUDE (due_date, {STANDING}, {RULED})"
        " WHERE is_open IS TRUE"
    )
    _open_due_index = models.Index(
        f"(due_date) INCLUDE ({STANDING}, {RULED})"
        " WHERE is_open IS TRUE AND due_date IS NOT NULL"
    )

    @api.depends("due_state")
    def _compute_is_late(self):
        for case in self:
            case.is_late = case.due_state == "late"

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        late = self._get_due_domains()["late"]
        return late if True in wanted else ~late

    @api.depends(
        "is_open", "phase", "due_date", "due_soon_date", "is_answer_owed", "is_paused"
    )
    @api.depends_context("tz")
    def _compute_due_state(self):
        now, tomorrow = fields.Datetime.now(), self._get_end_of_today()
        # A board asks it of hundreds of cases: whether their columns may be read was
        # asked when they were fetched, and each state is set once.
        for state, cases in (
            self.sudo()
            .grouped(
                lambda case: case._is_owed() and case._get_due_state(now, tomorrow)
            )
            .items()
        ):
            cases.due_state = state

    def _is_owed(self):
        """Tell whether the case still waits for its answer.

        A case that was only moved to Answered, without a letter, does.
        """
        self.ensure_one()
        return self.is_open and (self.phase != "answered" or self.is_answer_owed)

    def _get_due_state(self, now, tomorrow):
        """Return how a case that is owed an answer stands to its due date."""
        self.ensure_one()
        if self.is_paused:
            return "paused"
        if not self.due_date:
            return "none"
        if self.due_date < now:
            return "late"
        if self.due_date < tomorrow:
            return "today"
        is_soon = self.due_soon_date and self.due_soon_date <= now
        return "soon" if is_soon else "later"

    def _search_due_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = self._get_due_domains()
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _get_owed_domain(self):
        """Return the domain of the cases that still wait for their answer."""
        return Domain("is_open", "=", True) & (
            Domain("phase", "!=", "answered") | Domain("is_answer_owed", "=", True)
        )

    @api.model
    def _get_running_domain(self):
        """Return the domain of those whose time does not stand still."""
        return self._get_owed_domain() & Domain("is_paused", "=", False)

    @api.model
    def _get_due_domains(self):
        """Return the domain of each state; each case is in exactly one of them."""
        now, tomorrow = fields.Datetime.now(), self._get_end_of_today()
        owed, runs = self._get_owed_domain(), self._get_running_domain()
        soon = Domain("due_soon_date", "<=", now)
        far = runs & Domain("due_date", ">=", tomorrow)
        return {
            "late": runs & Domain("due_date", "<", now),
            "today": runs
            & Domain("due_date", ">=", now)
            & Domain("due_date", "<", tomorrow),
            "soon": far & soon,
            "later": far & ~soon,
            "paused": owed & Domain("is_paused", "=", True),
            "none": runs & Domain("due_date", "=", False),
            False: ~owed,
        }

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Group by the due state, so that kanban columns show how many are late."""
        if groupby_spec != "due_state":
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields["due_state"], "read")
        return self._get_due_case(
            alias,
            query,
            SQL(
                "CASE WHEN %s <= %s THEN 'soon' ELSE 'later' END",
                self._field_to_sql(alias, "due_soon_date", query),
                fields.Datetime.now(),
            ),
        )

    def _get_due_case(self, alias, query, far):
        """Return how cases stand to their due date as SQL.

        :param far: what is said of those that are due tomorrow or later
        """
        columns = {
            name: self._field_to_sql(alias, name, query)
            for name in ("is_open", "phase", "is_answer_owed", "is_paused", "due_date")
        }
        return SQL(
            """
            CASE WHEN %(is_open)s IS NOT TRUE
                      OR (%(phase)s = 'answered' AND %(is_answer_owed)s IS NOT TRUE)
                      THEN NULL
                 WHEN %(is_paused)s THEN 'paused'
                 WHEN %(due_date)s IS NULL THEN 'none'
                 WHEN %(due_date)s < %(now)s THEN 'late'
                 WHEN %(due_date)s < %(tomorrow)s THEN 'today'
                 ELSE %(far)s END
            """,
            **columns,
            now=fields.Datetime.now(),
            tomorrow=self._get_end_of_today(),
            far=far,
        )

    # -------------------------------------------------------------- local time
    @api.model
    def _get_end_of_today(self):
        """Return the first moment of tomorrow in the user's time zone, as naive UTC."""
        return self._get_midnight(1)

    @api.model
    def _get_midnight(self, days):
        """Return when the date in so many days begins for the user, as naive UTC."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        midnight = now.tzinfo.normalize(
            now.tzinfo.localize(
                now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
                + timedelta(days=days)
            )
        )
        return (midnight - midnight.utcoffset()).replace(tzinfo=None)
