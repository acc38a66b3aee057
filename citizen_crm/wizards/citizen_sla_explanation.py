from odoo import fields, models


class CitizenSlaExplanation(models.TransientModel):
    """The question why promises were missed."""

    _name = "citizen.sla.explanation"
    _description = "Explain a Delay"

    clock_ids = fields.Many2many(
        "citizen.sla.clock",
        string="Promises",
        readonly=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    reason_id = fields.Many2one(
        "citizen.sla.miss.reason",
        required=True,
        help="It is shown with the promise and counted in the figures. The promise "
        "stays missed.",
    )
    note = fields.Text(help="What should be known about it. No personal data, please.")

    def action_explain(self):
        """Record the reason for each of the promises."""
        self.ensure_one()
        for clock in self.clock_ids:
            clock.action_explain_miss(self.reason_id.id, self.note)
        return {"type": "ir.actions.act_window_close"}
