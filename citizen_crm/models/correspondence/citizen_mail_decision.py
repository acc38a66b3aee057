from odoo import fields, models
from odoo.exceptions import UserError


class CitizenMailDecision(models.TransientModel):
    """What a clerk answers when a mail is attached to a case or ignored."""

    _name = "citizen.mail.decision"
    _description = "Decision About a Mail"

    receipt_id = fields.Many2one(
        "citizen.mail.receipt",
        string="Mail",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        [("attach", "Attach"), ("ignore", "Ignore")], required=True, readonly=True
    )
    case_id = fields.Many2one("helpdesk.ticket", ondelete="cascade")
    is_public = fields.Boolean(
        string="The Petitioner Reads It Too",
        help="Off: an internal note. On: a message that the petitioner finds on the "
        "page of the case. It is not sent to anybody by mail.",
    )
    note = fields.Char(string="Why", help="One line, for whoever asks later.")

    def action_confirm(self):
        """Carry the decision out."""
        self.ensure_one()
        if self.kind == "ignore":
            if not (self.note or "").strip():
                raise UserError(self.env._("Why: say why the mail is ignored."))
            self.receipt_id._ignore(self.note)
        else:
            if not self.case_id:
                raise UserError(self.env._("Case: choose the case it belongs to."))
            self.receipt_id._attach(self.case_id, self.is_public, self.note)
        return {"type": "ir.actions.act_window_close"}
