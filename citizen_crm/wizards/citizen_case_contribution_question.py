from odoo import api, fields, models

from ..models.transfer.citizen_case_contribution import USUAL_DAYS


class CitizenCaseContributionQuestion(models.TransientModel):
    """Ask another team for its part of the answer to a case."""

    _name = "citizen.case.contribution.question"
    _description = "Ask for a Contribution"

    case_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="It stays with your team.",
    )
    handling_team_id = fields.Many2one(
        "helpdesk.ticket.team", compute="_compute_handling_team_id"
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Asked Of",
        domain="[('is_reachable', '=', True), ('id', '!=', handling_team_id)]",
        help="The team that contributes its part. It may read the case until then.",
    )
    question = fields.Text(help="What the other team has to answer.")
    days = fields.Integer(
        string="Working Days",
        default=USUAL_DAYS,
        help="How many working days of its calendar the team has for it.",
    )

    @api.depends("case_id")
    def _compute_handling_team_id(self):
        for wizard in self:
            wizard.handling_team_id = wizard.case_id.team_id

    def action_confirm(self):
        """Ask; the lead of the other team is told."""
        self.ensure_one()
        self.env["citizen.case.contribution"]._ask(
            self.case_id, self.team_id, self.question, self.days
        )
        return {"type": "ir.actions.act_window_close"}
