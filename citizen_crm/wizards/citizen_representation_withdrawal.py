from odoo import fields, models


class CitizenRepresentationWithdrawal(models.TransientModel):
    """Why somebody no longer acts for another, from now on."""

    _name = "citizen.representation.withdrawal"
    _description = "Withdraw a Representation"

    representation_id = fields.Many2one(
        "citizen.representation", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Char(
        string="Why",
        help="For example: the person has withdrawn their consent by letter of today.",
    )

    def action_confirm(self):
        """End it at once."""
        self.ensure_one()
        self.representation_id.check_access("write")
        self.representation_id._withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
