from odoo import api, fields, models
from odoo.exceptions import UserError

from .citizen_case_refusal import OPEN_TO_FACTS


class HelpdeskTicket(models.Model):
    """A petition is not handled on a lawful ground, by decision, not otherwise."""

    _inherit = "helpdesk.ticket"

    refusal_ids = fields.One2many(
        "citizen.case.refusal",
        "case_id",
        string="Decisions Not to Handle",
        readonly=True,
        copy=False,
    )
    refusal_count = fields.Integer(
        string="Number of Decisions Not to Handle", compute="_compute_refusal"
    )
    refusal_pending_id = fields.Many2one(
        "citizen.case.refusal",
        string="Proposal Not to Handle",
        compute="_compute_refusal",
        help="It waits to be decided whether the case is handled.",
    )
    refusal_mine = fields.Boolean(
        string="Handling Is Mine to Decide", compute="_compute_refusal"
    )

    @api.depends("refusal_ids.state")
    @api.depends_context("uid")
    def _compute_refusal(self):
        for case in self:
            refusals = case.refusal_ids
            pending = refusals.filtered(lambda refusal: refusal.state == "asked")
            case.refusal_count = len(refusals)
            case.refusal_pending_id = pending[:1]
            case.refusal_mine = pending[:1].may_decide

    # -------------------------------------------------------------------- gate
    def write(self, vals):
        self._check_refusal_decided(vals)
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_refusal_decided(vals)
        return super().create(vals_list)

    def _check_refusal_decided(self, vals):
        """Refuse to end a petition unhandled without a decision.

        The desk itself, imports and the decision write as superuser.
        """
        if self.env.su or not vals.get("stage_id"):
            return
        stage = self.env["helpdesk.ticket.stage"].browse(vals["stage_id"])
        if stage.sudo().phase != "not_handled":
            return
        petitions = self.filtered(
            lambda case: case.role == "citizen" and case.phase != "not_handled"
        )
        if petitions or (not self and vals.get("role") != "customer"):
            raise UserError(
                self.env._(
                    "%s: a petition is not handled on lawful grounds only, and by a "
                    "decision. Use “Do Not Handle…” on the case.",
                    petitions[:1].display_name or self.env._("New case"),
                )
            )

    def _check_can_refuse(self):
        """Raise unless it can be proposed not to handle this case."""
        self.ensure_one()
        if self.role != "citizen":
            raise UserError(
                self.env._(
                    "%s is a customer case: close it, and say why the service was not "
                    "delivered.",
                    self.display_name,
                )
            )
        if not self.is_open or not self.team_id:
            raise UserError(
                self.env._(
                    "%s: only an open case of a team. Route it first, or reopen it.",
                    self.display_name,
                )
            )
        if self.sudo().refusal_pending_id:
            raise UserError(
                self.env._(
                    "%s: whether it is handled waits to be decided.", self.display_name
                )
            )

    def _end_unhandled(self):
        """Move the case where it is seen that it was not handled; by the decider."""
        stage = self.env["helpdesk.ticket.stage"]._get_id_for_phase(
            self.team_id.id, self.company_id.id, "not_handled"
        )
        self.write({"stage_id": stage})

    def _can_reopen(self):
        """New facts open again what was not handled for want of them."""
        if self.phase != "not_handled":
            return super()._can_reopen()
        last = self.sudo().refusal_ids.filtered(lambda r: r.state == "decided")[:1]
        return last.ground in OPEN_TO_FACTS and self._is_reopened_in_time()

    # ----------------------------------------------------------------- actions
    def action_refuse(self):
        """Propose not to handle the case."""
        self.ensure_one()
        self._check_can_refuse()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_case_refusal_request_action"
        )
        action["context"] = {"default_case_id": self.id}
        return action

    def action_view_refusals(self):
        """Open the decisions not to handle the case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_case_refusal_action_case"
        )
        action["domain"] = [("case_id", "=", self.id)]
        return action

    def action_decide_refusal(self):
        """Decide that the case is not handled."""
        self.ensure_one()
        return self.refusal_pending_id.action_decide()

    def action_decline_refusal(self):
        """Say why the case is handled after all."""
        self.ensure_one()
        return self.refusal_pending_id.action_decline()
