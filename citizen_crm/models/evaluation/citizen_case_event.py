from odoo import api, fields, models

from ...tools.case_events import ENDED

PRIORITIES = [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")]


class CitizenCaseEvent(models.Model):
    """Facts follow the history; an assignment tells what the case was then.

    Service type, priority and channel can be edited by whoever has the case, so figures
    that compare like with like take them from the first assignment.
    """

    _inherit = "citizen.case.event"

    priority = fields.Selection(
        PRIORITIES, help="Priority of the case when it was assigned."
    )
    channel_id = fields.Many2one(
        "helpdesk.ticket.channel",
        ondelete="restrict",
        help="How the case had come in, as it was known when it was assigned.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create([self._with_triage(vals) for vals in vals_list])
        ended = events.filtered(
            lambda event: event.kind in ENDED and not event.is_backdated
        )
        if ended:
            self.env["citizen.case.fact"].sudo()._write_facts(ended.case_id.ids)
        return events

    @api.model
    def _with_triage(self, vals):
        """Return the values with what the case is when it is assigned."""
        if vals.get("kind") != "assigned" or vals.get("is_backdated"):
            return vals
        case = self.env["helpdesk.ticket"].sudo().browse(vals["case_id"])
        return {
            "category_id": case.category_id.id,
            "priority": case.priority,
            "channel_id": case.channel_id.id,
            **vals,
        }
