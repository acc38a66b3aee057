from odoo import api, models


class CitizenCaseEvent(models.Model):
    """What was given, in the words of the history."""

    _inherit = "citizen.case.event"

    @api.depends("kind", "after")
    @api.depends_context("lang", "tz")
    def _compute_detail(self):
        result = super()._compute_detail()
        for event in self.filtered(lambda event: event.kind == "settled"):
            event.detail = event.after
        return result
