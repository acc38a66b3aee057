from odoo import api, fields, models


class CitizenCaseTransferAnswer(models.TransientModel):
    """Accept or dispute a transfer, or decide on it as the arbiter."""

    _name = "citizen.case.transfer.answer"
    _description = "Answer a Transfer"

    transfer_id = fields.Many2one(
        "citizen.case.transfer", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("accept", "Accept"), ("dispute", "Dispute"), ("decide", "Decide")],
        string="Answer",
        required=True,
        default="accept",
        help="Accept: the case is your team's. Dispute: it stays where it is. Decide: "
        "the arbiter says who has it.",
    )
    case_name = fields.Char(string="Case", compute="_compute_case_name")
    from_team_id = fields.Many2one(
        related="transfer_id.from_team_id", related_sudo=False
    )
    to_team_id = fields.Many2one(related="transfer_id.to_team_id", related_sudo=False)
    ground_id = fields.Many2one(related="transfer_id.ground_id", related_sudo=False)
    note = fields.Text(related="transfer_id.note", related_sudo=False)
    dispute = fields.Text(related="transfer_id.reason", related_sudo=False)
    new_facts = fields.Text(related="transfer_id.new_facts", related_sudo=False)
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Better Service Type",
        domain="[('is_service', '=', True), ('team_id', '=', to_team_id)]",
        help="The service type of your team that the case belongs to. Empty: it keeps "
        "the one it has.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Decided For",
        domain="[('is_reachable', '=', True)]",
        help="The team that has the case by your decision. It is binding.",
    )
    reason = fields.Text(help="Why, in plain words. The other team reads it.")

    @api.depends("transfer_id")
    def _compute_case_name(self):
        for wizard in self:
            wizard.case_name = wizard.transfer_id.case_id.display_name

    def action_confirm(self):
        """Answer; it cannot be taken back."""
        self.ensure_one()
        case, screen = self.transfer_id.case_id, "citizen_case_transfer_action"
        if self.kind == "accept":
            self.transfer_id._accept(self.category_id)
        elif self.kind == "dispute":
            self.transfer_id._dispute(self.reason)
        else:
            self.transfer_id._decide(self.team_id, self.reason)
            screen = "citizen_case_transfer_action_arbiter"
        return case._get_next_screen(f"citizen_crm.{screen}")
