from odoo import api, fields, models
from odoo.exceptions import UserError


class CitizenCaseHanding(models.TransientModel):
    """Give cases to somebody by hand, or back to the queue, and say why."""

    _name = "citizen.case.handing"
    _description = "Assign Cases"

    case_ids = fields.Many2many(
        "helpdesk.ticket",
        string="Cases",
        required=True,
        readonly=True,
        default=lambda self: self._default_cases(),
    )
    team_id = fields.Many2one("helpdesk.ticket.team", compute="_compute_team_id")
    candidate_ids = fields.Many2many("res.users", compute="_compute_team_id")
    to_queue = fields.Boolean(
        string="Back to the Queue",
        help="The desk, or the lead, finds somebody else.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="New Handler",
        domain="[('id', 'in', candidate_ids)]",
        help="The points of the cases are charged as if the desk had given them.",
    )
    reason = fields.Char(
        required=True,
        help="Why by hand. It is kept in the ledger, where the team can see it.",
    )
    expected = fields.Json(default=lambda self: self._default_expected())

    @api.model
    def _default_cases(self):
        return self.env["helpdesk.ticket"].browse(
            self.env.context.get("active_ids") or ()
        )

    @api.model
    def _default_expected(self):
        """Remember who has the cases now, so that nobody is passed over unseen."""
        return {str(case.id): case.user_id.id for case in self._default_cases()}

    @api.depends("case_ids")
    def _compute_team_id(self):
        for wizard in self:
            teams = wizard.case_ids.team_id
            wizard.team_id = teams if len(teams) == 1 else False
            wizard.candidate_ids = teams.user_ids | teams.user_id

    def action_confirm(self):
        """Give the cases to the handler, or to the queue; all of them or none."""
        self.ensure_one()
        if not self.to_queue and not self.user_id:
            raise UserError(
                self.env._(
                    "New Handler: choose somebody, or give it back to the queue."
                )
            )
        seen = self.expected if isinstance(self.expected, dict) else {}
        expected = {int(key): who for key, who in seen.items() if key.isdecimal()}
        user = self.user_id if not self.to_queue else self.user_id.browse()
        self.case_ids._hand_to(user, self.reason, expected)
        return {"type": "ir.actions.act_window_close"}
