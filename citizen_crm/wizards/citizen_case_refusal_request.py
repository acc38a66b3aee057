from odoo import api, fields, models

from ..models.matter.citizen_case_refusal import GROUNDS


class CitizenCaseRefusalRequest(models.TransientModel):
    """Propose not to handle a petition: on which ground, and why."""

    _name = "citizen.case.refusal.request"
    _description = "Propose Not to Handle a Case"

    case_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    citizen_id = fields.Many2one(related="case_id.citizen_id")
    ground = fields.Selection(
        GROUNDS,
        required=True,
        help="The law knows these three grounds and no other.",
    )
    answered_case_id = fields.Many2one(
        "helpdesk.ticket",
        string="Answered In",
        ondelete="cascade",
        help="The case in which the same person was answered in the same matter. The "
        "citizen reads its number.",
    )
    reason = fields.Text(
        help="The citizen reads it as you write it. Say in plain words why, and what "
        "would have to be new.",
    )
    decider = fields.Char(
        string="Decided By",
        compute="_compute_decider",
        help="Who decides whether the case is handled.",
    )

    @api.depends("case_id")
    def _compute_decider(self):
        Refusal = self.env["citizen.case.refusal"]
        levels = dict(Refusal._fields["level"]._description_selection(self.env))
        for request in self:
            request.decider = levels[Refusal._get_level(request.case_id)]

    def action_confirm(self):
        """Ask whoever decides."""
        self.ensure_one()
        answered = self.answered_case_id if self.ground == "answered" else None
        self.env["citizen.case.refusal"]._propose(
            self.case_id, self.ground, self.reason, answered
        )
        return {"type": "ir.actions.act_window_close"}


class CitizenCaseRefusalDecline(models.TransientModel):
    """Why a case is handled that somebody proposed not to handle."""

    _name = "citizen.case.refusal.decline"
    _description = "Handle a Case After All"

    refusal_id = fields.Many2one(
        "citizen.case.refusal", required=True, readonly=True, ondelete="cascade"
    )
    objection = fields.Text(
        string="Why", help="Whoever has proposed not to handle the case reads it."
    )

    def action_confirm(self):
        """Decide that the case is handled."""
        self.ensure_one()
        self.refusal_id._decline(self.objection)
        return {"type": "ir.actions.act_window_close"}
