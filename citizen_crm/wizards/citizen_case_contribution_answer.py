from odoo import api, fields, models


class CitizenCaseContributionAnswer(models.TransientModel):
    """Contribute, return or withdraw; or say who of the team answers."""

    _name = "citizen.case.contribution.answer"
    _description = "Answer a Question of Another Team"

    contribution_id = fields.Many2one(
        "citizen.case.contribution",
        string="Asked Contribution",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        [
            ("answer", "Contribute"),
            ("return", "Return"),
            ("assign", "Assign"),
            ("withdraw", "Withdraw"),
        ],
        string="What to Do",
        required=True,
        default="answer",
    )
    question = fields.Text(related="contribution_id.question", related_sudo=False)
    deadline = fields.Datetime(related="contribution_id.deadline", related_sudo=False)
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")
    user_id = fields.Many2one(
        "res.users",
        string="Contributor",
        domain="[('id', 'in', candidate_ids)]",
        help="Who of the team answers. It is no case of theirs: the ledger charges "
        "nobody for it.",
    )
    text = fields.Text(
        string="Contribution", help="The part of your team, as it goes into the reply."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Files", help="Files that belong to the contribution."
    )
    reason = fields.Text(help="Why, in plain words. The other team reads it.")

    @api.depends("contribution_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            team = wizard.contribution_id.sudo().team_id
            wizard.candidate_ids = (team.user_ids | team.user_id).sudo(False)

    def action_confirm(self):
        """Do it."""
        self.ensure_one()
        part = self.contribution_id
        case = part.case_id
        if self.kind == "answer":
            part._answer(self.text, self.attachment_ids)
        elif self.kind == "return":
            part._return(self.reason)
        elif self.kind == "assign":
            part._assign(self.user_id)
        else:
            part._withdraw(self.reason)
        return case._get_next_screen("citizen_crm.citizen_case_contribution_action")
