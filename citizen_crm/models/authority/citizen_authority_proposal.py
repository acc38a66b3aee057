from odoo import api, fields, models
from odoo.exceptions import UserError

PROPOSAL_STATES = [
    ("asked", "To be decided"),
    ("approved", "Given"),
    ("declined", "Not given"),
    ("lapsed", "No longer needed"),
]


class CitizenAuthorityProposal(models.Model):
    """A remedy beyond what the front line settles: proposed, and decided above.

    Nobody writes these rows but the methods below. What is approved becomes a use.
    """

    _name = "citizen.authority.proposal"
    _inherit = ["citizen.case.proposal"]
    _task = "citizen_crm.mail_activity_type_remedy"
    _lapses_with_case = True
    _description = "Proposed Remedy"
    _order = "asked_at desc, id desc"

    state = fields.Selection(PROPOSAL_STATES, required=True, default="asked")
    authority_id = fields.Many2one(
        "citizen.authority", string="Remedy", required=True, ondelete="restrict"
    )
    amount = fields.Monetary(help="What is to be given in money.")
    currency_id = fields.Many2one(related="authority_id.currency_id")
    reason = fields.Text(
        string="What Is To Be Done and Why", required=True, help="Read by staff alone."
    )
    beyond = fields.Char(
        string="Beyond the Limit",
        help="Why the front line cannot settle it by itself.",
    )
    objection = fields.Text(
        string="Why It Is Not Given", help="What whoever has proposed it reads."
    )
    asked_by_id = fields.Many2one(string="Proposed By")
    asked_at = fields.Datetime(string="Proposed On")
    decided_at = fields.Datetime(string="Decided On")

    _one_open = models.UniqueIndex(
        "(case_id) WHERE state = 'asked'",
        "A remedy in this case waits to be decided.",
    )

    @api.depends("number", "authority_id")
    def _compute_display_name(self):
        for proposal in self:
            name = proposal.authority_id.name
            if proposal.amount:
                name += f", {proposal.currency_id.format(proposal.amount)}"
            proposal.display_name = name

    # --------------------------------------------------------------- proposing
    @api.model
    def _propose(self, case, authority, amount, reason):
        """Propose a remedy that the front line may not give; return the proposal."""
        reason = case._check_settlement(authority, amount, reason)
        if case.sudo().settlement_pending_id:
            raise UserError(
                self.env._("%s: a remedy waits to be decided.", case.display_name)
            )
        verdict = case._judge_settlement(authority, amount)
        if not verdict.level:
            raise UserError(
                self.env._("This is within your limit: settle it, without sign-off.")
            )
        proposal = self.sudo().create(
            {
                "case_id": case.id,
                "authority_id": authority.id,
                "amount": amount,
                "reason": reason,
                "beyond": case._tell_beyond(authority, verdict),
                "level": verdict.level,
            }
        )
        proposal._call_decider(
            lambda env: env._("Decide on: %s", proposal.display_name)
        )
        return proposal.sudo(False)

    # ---------------------------------------------------------------- deciding
    def action_approve(self):
        """Give the remedies that were proposed."""
        for proposal in self:
            taken = proposal._take()
            case = taken.case_id
            case._hold_for_settling(taken.authority_id)
            verdict = case._judge_settlement(taken.authority_id, taken.amount)
            if verdict.level == "head" and taken.level == "lead":
                raise UserError(
                    self.env._(
                        "More was given in the meantime: this is for the head of the "
                        "department now. Decline it, so that it is proposed anew."
                    )
                )
            proposal._note_decision("approved")
            self.env["citizen.authority.use"]._note(
                case,
                taken.authority_id,
                taken.amount,
                taken.reason,
                user_id=taken.asked_by_id.id,
                level=taken.level,
                decided_by_id=self.env.uid,
            )
            taken._give_task(
                taken.asked_by_id,
                lambda env: env._("Approved: do it and tell the person"),
                taken.display_name,
            )

    def action_decline(self):
        """Open the question why it is not given."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Do Not Give It"),
            "res_model": "citizen.authority.decline",
            "view_mode": "form",
            "target": "new",
            "context": {"default_proposal_id": self.id},
        }

    def _decline(self, objection):
        """Decide that it is not given; whoever has proposed it learns why."""
        objection = (objection or "").strip()
        if not objection:
            raise UserError(self.env._("Why: say why it is not given."))
        taken = self._take()
        self._note_decision("declined")
        taken.objection = objection
        taken._give_task(
            taken.asked_by_id,
            lambda env: env._("The remedy is not given"),
            objection,
        )

    def _say_who_decides(self):
        """Name those who may decide."""
        names = ", ".join(self._get_deciders().mapped("name"))
        if not names:
            return super()._say_who_decides()
        return self.env._("You cannot decide on this. These people may: %s.", names)
