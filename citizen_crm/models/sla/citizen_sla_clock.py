from odoo import api, fields, models

from ...tools.sla_clock import STATES, step_instants
from ...tools.sla_promises import BASES, KINDS, REASONS
from .instants import to_instant, to_moment


class CitizenSlaClock(models.Model):
    """What a clock of a case showed when it was last read off the history.

    Nobody writes clocks: they follow the history of the case (``_sync_clocks``), and
    replaying it gives the same rows. A correction is an event with a reason.
    """

    _name = "citizen.sla.clock"
    _inherit = ["citizen.case.part"]
    _description = "SLA Clock"
    _order = "case_id, begun, id"

    # The index of one reading begins with it.
    case_id = fields.Many2one(index=False)
    target_id = fields.Many2one(
        "citizen.sla.target", required=True, index=True, ondelete="restrict"
    )
    rule_id = fields.Many2one(related="target_id.rule_id", string="Rule")
    kind = fields.Selection(KINDS, string="Promise", required=True)
    basis = fields.Selection(BASES, required=True)
    number = fields.Integer(
        required=True, help="Counts the clocks of the same promise in a case."
    )
    state = fields.Selection(STATES, required=True)
    begun = fields.Datetime(required=True, help="What happened first: e.g. receipt.")
    start = fields.Datetime(help="From when on time counts.")
    due = fields.Datetime(help="Empty while it is not determined, e.g. in a pause.")
    original_due = fields.Datetime(help="As first promised, before any extension.")
    stop = fields.Datetime(string="Ended", help="Empty while the clock is open.")
    reason = fields.Selection(REASONS, help="Why the promise is not applicable.")
    problem = fields.Char(help="What keeps the deadline from being computed.")
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Missed By",
        ondelete="restrict",
        help="The team that had the case when the promise was missed.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Handler Then",
        ondelete="restrict",
        help="Who had the case when the promise was missed.",
    )
    calendar_version_id = fields.Many2one(
        "citizen.calendar.version", string="Calendar", ondelete="restrict"
    )
    counted_seconds = fields.Integer(help="Working time that counted, once ended.")
    paused_seconds = fields.Integer(help="Time on the wall that was paused.")
    late_seconds = fields.Integer(
        help="Working time from the deadline to the end, once ended too late."
    )
    next_event_at = fields.Datetime(
        help="When the next warning, escalation or the deadline itself is due."
    )
    notice_ids = fields.One2many("citizen.sla.notice", "clock_id", string="Notices")
    silent_until = fields.Datetime(
        help="Nobody is told of steps up to then: the case was taken over later."
    )

    _one_reading = models.UniqueIndex("(case_id, kind, basis, number)")
    _next_event_index = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")
    _open_due_index = models.Index("(due, kind) WHERE stop IS NULL")

    @api.depends("target_id", "number")
    def _compute_display_name(self):
        for clock in self:
            clock.display_name = clock.target_id.display_name

    def _get_next_event(self, reading, silent_until=False):
        """Return when something is to be done about a clock next, False for never.

        :param reading: what the clock shows now
        :param silent_until: of a clock that is not stored yet
        """
        if not reading.is_open or reading.due is None:
            return False
        silent_until = silent_until or self.silent_until
        instants = [at for _step, at in self._get_open_steps(reading, silent_until)]
        if reading.state != "missed":
            instants.append(reading.due + 1)
        return to_moment(min(instants, default=None))

    def _get_open_steps(self, reading, silent_until):
        """Yield the steps that nobody was told of yet, each with its instant."""
        steps = self.env["citizen.sla.target"]._get_pure_steps(reading.target.id)
        if not steps:
            return
        told = set(self.notice_ids.step_id.ids)
        silent = to_instant(silent_until) if silent_until else 0
        for step, at in step_instants(reading, steps):
            if step.id not in told and at > silent:
                yield step, at
