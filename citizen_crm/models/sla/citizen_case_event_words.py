from odoo import api, fields, models
from odoo.tools import format_datetime

#: Events that only clocks need; the history shows them when asked.
TECHNICAL = ("promised", "unpromised", "calendar_changed")
#: Events whose detail is what they name.
NAMED = ("calendar_changed", "joined", "split_from", "split_into")


class CitizenCaseEvent(models.Model):
    """What an event is about, in words, for events that clocks look at."""

    _inherit = "citizen.case.event"

    @api.depends("target_id", "days", "waiting_reason_id", "waiting_until")
    @api.depends_context("lang", "tz")
    def _compute_detail(self):
        result = super()._compute_detail()
        for event in self:
            event.detail = event._get_deadline_detail() or event.detail
        return result

    def _get_deadline_detail(self):
        """Return what was promised, extended, changed or waited for, or False."""
        self.ensure_one()
        if self.kind in ("promised", "unpromised"):
            return self.target_id.sentence
        if self.kind == "extended":
            return self.env._("By %s working days", self.days)
        if self.kind == "waiting":
            return self._get_waiting_detail()
        if self.kind == "type_changed" and self.before:
            return f"{self.before} → {self.after or self.env._('none')}"
        if self.kind == "separated":
            return self.before
        return self.after if self.kind in NAMED else False

    def _get_waiting_detail(self):
        reason = self.waiting_reason_id.name
        if not self.waiting_until:
            return reason
        until = format_datetime(self.env, self.waiting_until, dt_format="short")
        if not reason:
            return self.env._("Until %s at the latest", until)
        return self.env._(
            "%(reason)s, until %(date)s at the latest", reason=reason, date=until
        )


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    story_ids = fields.One2many(
        "citizen.case.event",
        "case_id",
        readonly=True,
        copy=False,
        domain=[("kind", "not in", TECHNICAL)],
        help="The history without what only clocks need: promises and calendars.",
    )
