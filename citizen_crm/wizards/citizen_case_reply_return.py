from odoo import fields, models


class CitizenCaseReplyReturn(models.TransientModel):
    """Say why a reply goes back to those who wrote it."""

    _name = "citizen.case.reply.return"
    _description = "Return a Reply"

    reply_id = fields.Many2one(
        "citizen.case.reply", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Text(
        string="Why", required=True, help="The authors read it; the person does not."
    )

    def action_confirm(self):
        """Return the reply with the reason."""
        self.ensure_one()
        self.reply_id._return(self.reason)
        return {"type": "ir.actions.act_window_close"}
