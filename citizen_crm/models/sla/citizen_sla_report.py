from odoo import fields, models
from odoo.tools import SQL

from ...tools.sla_clock import STATES
from ...tools.sla_promises import REASONS
from ..case.counted import COUNTED
from ..catalogue.helpdesk_ticket_category import NATURES, ROLES
from .citizen_promise_figures import COUNTS

#: The extensions that moved the deadline of a clock.
_EXTENDED = """
    event.case_id = clock.case_id AND event.kind = 'extended'
    AND event.at BETWEEN clock.begun AND clock.due
    AND (clock.stop IS NULL OR event.at <= clock.stop)
"""


class CitizenSlaReport(models.Model):
    """How promises were kept: figures of all clocks, without person or handler.

    A row is a clock; its period is that in which it was due. A promise that was late
    before its case was closed in bulk stays missed.
    """

    _name = "citizen.sla.report"
    _inherit = ["citizen.promise.figures"]
    _description = "Promises Kept"
    _auto = False
    _order = "due desc, id"
    _rec_name = "due"

    due = fields.Datetime(
        readonly=True, help="When it had to be kept. Empty in a pause, or without one."
    )
    state = fields.Selection(STATES, readonly=True)
    reason = fields.Selection(REASONS, string="Why Not Applicable", readonly=True)
    miss_reason_id = fields.Many2one(
        "citizen.sla.miss.reason", string="Reason of the Delay", readonly=True
    )
    rule_id = fields.Many2one(
        "citizen.sla.rule", string="Rule and Version", readonly=True
    )
    role = fields.Selection(ROLES, readonly=True)
    nature = fields.Selection(NATURES, readonly=True)
    department_id = fields.Many2one(
        "hr.department", readonly=True, help="The department of that team."
    )
    district_id = fields.Many2one("citizen.district", readonly=True)
    channel_id = fields.Many2one("helpdesk.ticket.channel", readonly=True)
    bulk_count = fields.Integer(
        string="Closed in Bulk",
        readonly=True,
        help="Ended by closing many cases in one stroke. Never counts as met.",
    )
    share_paused = fields.Float(
        string="Share Paused (%)",
        aggregator="avg",
        readonly=True,
        help="How much of the time from start to end the clock stood still, on "
        "average. Of promises that have ended.",
    )
    extension_count = fields.Integer(string="Extensions", readonly=True)
    extension_days = fields.Integer(string="Days Extended", readonly=True)
    late_hours = fields.Float(
        string="Late by (hours)",
        aggregator="avg",
        readonly=True,
        help="Working time from the deadline to the end, on average. Of missed "
        "promises that have ended.",
    )

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        """Look into the history only for what was extended or closed, and is asked.

        What nobody asks for is not computed: it is no join but a value of its own.
        """
        return SQL(
            """
            SELECT clock.id, clock.due, clock.kind, clock.basis, clock.state,
                   clock.reason, clock.miss_reason_id, target.rule_id, ticket.role,
                   ticket.nature, ticket.category_id, team.id AS team_id,
                   team.department_id, ticket.district_id, ticket.channel_id,
                   ticket.company_id, %(counts)s,
                   coalesce(CASE WHEN clock.state IN ('missed', 'not_applicable') THEN (
                       SELECT 1
                         FROM citizen_case_event AS event
                        WHERE event.case_id = clock.case_id AND event.in_bulk
                          AND event.at = clock.stop
                        LIMIT 1
                   ) END, 0) AS bulk_count,
                   CASE clock.state WHEN 'met' THEN 100.0 WHEN 'missed' THEN 0.0
                   END AS share_met,
                   100.0 * clock.paused_seconds / nullif(
                       extract(epoch FROM clock.stop - clock.start), 0
                   ) AS share_paused,
                   coalesce(CASE WHEN clock.due != clock.original_due THEN (
                       SELECT count(*) FROM citizen_case_event AS event WHERE %(told)s
                   ) END, 0) AS extension_count,
                   coalesce(CASE WHEN clock.due != clock.original_due THEN (
                       SELECT sum(event.days)
                         FROM citizen_case_event AS event WHERE %(told)s
                   ) END, 0) AS extension_days,
                   CASE WHEN clock.state = 'missed' AND clock.stop IS NOT NULL
                        THEN clock.late_seconds / 3600.0 END AS late_hours
            """,
            counts=SQL(COUNTS),
            told=SQL(_EXTENDED),
        )

    def _from(self):
        return SQL(
            """
              FROM citizen_sla_clock AS clock
              JOIN citizen_sla_target AS target ON target.id = clock.target_id
              JOIN helpdesk_ticket AS ticket ON ticket.id = clock.case_id
         LEFT JOIN helpdesk_ticket_team AS team
                ON team.id = coalesce(clock.team_id, ticket.team_id)
            """
        )

    def _where(self):
        return SQL("WHERE %s", COUNTED)
