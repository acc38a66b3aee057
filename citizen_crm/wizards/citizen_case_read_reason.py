from odoo import fields, models
from odoo.exceptions import UserError


class CitizenCaseReadReason(models.TransientModel):
    """Say why one opens a confidential case, once a day."""

    _name = "citizen.case.read.reason"
    _description = "Why This Confidential Case Is Opened"

    case_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, help="The confidential case."
    )
    reason = fields.Char(
        required=True,
        help="In a few words. The privacy officer reads it.",
    )

    def action_confirm(self):
        """Write it into the record of who read the case."""
        self.ensure_one()
        self.case_id.check_access("read")
        if not self.case_id._watched_reads():
            raise UserError(self.env._("Only for confidential cases of others."))
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say in a few words why."))
        self.env["citizen.case.read"]._say_why(self.case_id, reason)
        return {"type": "ir.actions.act_window_close"}
