from odoo import api, fields, models

from ..tools.duty_ledger import MILLI


class CitizenWorkloadObjectionDecision(models.TransientModel):
    """Uphold or refuse an objection, and say why."""

    _name = "citizen.workload.objection.decision"
    _description = "Decide on an Objection"

    objection_id = fields.Many2one(
        "citizen.workload.objection",
        string="Objection to Decide",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    outcome = fields.Selection(
        [("upheld", "Upheld"), ("refused", "Refused")],
        string="Decision",
        required=True,
        default="upheld",
    )
    kind = fields.Selection(related="objection_id.kind", related_sudo=False)
    text = fields.Text(related="objection_id.text", related_sudo=False)
    wanted_points = fields.Float(
        related="objection_id.wanted_points", related_sudo=False
    )
    charged_points = fields.Float(
        string="Charged Now",
        compute="_compute_charged_points",
        digits=(8, 3),
        help="Effort points that the employee is charged for the case; 0 if it was "
        "given back.",
    )
    granted_points = fields.Float(
        string="Granted",
        compute="_compute_granted_points",
        compute_sudo=False,
        store=True,
        readonly=False,
        digits=(8, 3),
        help="Effort points that you find right. The ledger gets the difference, so "
        "the next cases compensate.",
    )
    reason = fields.Text(
        string="Reasons of the Decision",
        help="Why, in plain words. The employee reads it.",
    )

    @api.depends("objection_id")
    def _compute_charged_points(self):
        for wizard in self:
            wizard.objection_id.check_access("read")
            entry = wizard.objection_id.sudo().entry_id
            wizard.charged_points = entry._get_charged() / MILLI if entry else 0

    @api.depends("objection_id")
    def _compute_granted_points(self):
        for wizard in self:
            wizard.granted_points = wizard.objection_id.wanted_points

    def action_confirm(self):
        """Decide; it cannot be taken back."""
        self.ensure_one()
        self.objection_id._decide(self.outcome, self.reason, self.granted_points)
        return {"type": "ir.actions.act_window_close"}
