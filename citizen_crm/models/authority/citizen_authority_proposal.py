from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.case_events import ENDED

PROPOSAL_STATES = [
    ("asked", "To be decided"),
    ("approved", "Given"),
    ("declined", "Not given"),
    ("lapsed", "No longer needed"),
]
ACTIVITY = "citizen_crm.mail_activity_type_remedy"


class CitizenAuthorityProposal(models.Model):
    """A remedy beyond what the front line settles: proposed, and decided above.

    Nobody writes these rows but the methods below. What is approved becomes a use.
    """

    _name = "citizen.authority.proposal"
    _inherit = ["citizen.case.proposal"]
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
        proposal._call_decider()
        return proposal.sudo(False)

    def _call_decider(self):
        """Ask the first of those who may decide; raise if there is nobody."""
        decider = self._get_deciders()[:1]
        if not decider:
            raise UserError(
                self.env._(
                    "Nobody can decide on this: enter a team lead and a manager of the "
                    "department who may see the case."
                )
            )
        self.case_id._give_task(
            ACTIVITY,
            decider,
            lambda env: env._("Decide on: %s", self.display_name),
            self.reason,
        )

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
            taken._answer(lambda env: env._("Approved: do it and tell the person"))

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
        taken._answer(lambda env: env._("The remedy is not given"), objection)

    def _answer(self, summary, note=""):
        """Tell whoever has proposed it what was decided."""
        self.case_id._give_task(
            ACTIVITY, self.asked_by_id, summary, note or self.display_name
        )

    def _take(self, states=("asked",)):
        """End the task of whoever might have decided."""
        proposal = super()._take(states)
        proposal.case_id._end_tasks(ACTIVITY)
        return proposal

    def _say_who_decides(self):
        """Name those who may decide."""
        names = ", ".join(self._get_deciders().mapped("name"))
        if not names:
            return super()._say_who_decides()
        return self.env._("You cannot decide on this. These people may: %s.", names)

    def _lapse(self):
        """End what nobody has to decide on any more."""
        self.write({"state": "lapsed"})
        self.case_id._end_tasks(ACTIVITY)


class CitizenCaseEvent(models.Model):
    _inherit = "citizen.case.event"

    @api.model_create_multi
    def create(self, vals_list):
        """With the end of a case ends the question whether a remedy is given."""
        events = super().create(vals_list)
        ended = events.filtered(lambda event: event.kind in ENDED).case_id
        if ended:
            open_ = [("case_id", "in", ended.ids), ("state", "=", "asked")]
            self.env["citizen.authority.proposal"].sudo().search(open_)._lapse()
        return events
