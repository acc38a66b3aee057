from odoo import api, fields, models

from ...tools.case_events import ENDED

#: Events after which nobody has to answer a transfer any more.
ENDING = ENDED | {"answered", "transferred", "unrouted", "archived"}
#: Events after which no other team owes its part of an answer.
ENDED_FOR_GOOD = ENDED | {"archived"}
#: Events that tell which team was asked.
ASKED = frozenset(
    {
        "contribution_asked",
        "contribution_answered",
        "contribution_returned",
        "contribution_withdrawn",
    }
)
#: Events of a transfer that tell from where to where.
TOLD = frozenset(
    {
        "transfer_proposed",
        "transfer_disputed",
        "transfer_decided",
        "transfer_withdrawn",
    }
)


class CitizenCaseEvent(models.Model):
    """What transfers and contributions need to know of the history, and tell in it."""

    _inherit = "citizen.case.event"

    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        ondelete="restrict",
        help="The service type that led the case to its team.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create([self._with_category(vals) for vals in vals_list])
        ending = events.filtered(lambda event: event.kind in ENDING).case_id
        ending.filtered("is_lent")._end_open_transfers()
        ended = events.filtered(lambda event: event.kind in ENDED_FOR_GOOD).case_id
        ended.filtered("is_lent")._end_open_contributions()
        return events

    @api.model
    def _with_category(self, vals):
        """Return the values with the service type that led a case to its team."""
        if vals.get("kind") != "routed" or "category_id" in vals:
            return vals
        case = self.env["helpdesk.ticket"].sudo().browse(vals["case_id"])
        return {**vals, "category_id": case.category_id.id}

    @api.depends("kind", "before", "after")
    @api.depends_context("lang", "tz")
    def _compute_detail(self):
        result = super()._compute_detail()
        for event in self.filtered(lambda event: event.kind in TOLD):
            event.detail = f"{event.before} → {event.after}"
        for event in self.filtered(lambda event: event.kind in ASKED):
            event.detail = event.after
        return result
