from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .helpdesk_ticket_deciders import LEVELS


class CitizenCaseProposal(models.AbstractModel):
    """What somebody proposes in a case, and somebody who stands above decides.

    The model that takes this has a ``state`` that begins as ``asked``. Nobody decides
    on what they have proposed themselves: it goes to whoever stands above.
    """

    _name = "citizen.case.proposal"
    _inherit = ["citizen.case.part"]
    _description = "Proposal in a Case"

    level = fields.Selection(
        LEVELS,
        string="Goes To",
        required=True,
        readonly=True,
        help="Who may decide, at least.",
    )
    asked_by_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    asked_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True)
    may_decide = fields.Boolean(
        string="Mine to Decide",
        compute="_compute_may_decide",
        search="_search_may_decide",
    )
    number = fields.Char(related="case_id.number", string="Case Number")

    @api.depends("state", "level", "asked_by_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for proposal in self:
            proposal.may_decide = (
                proposal.state == "asked" and self.env.user in proposal._get_deciders()
            )

    def _search_may_decide(self, operator, value):
        """Find what the user may decide."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        mine = self.env["helpdesk.ticket"]._get_deciding_domain()
        return Domain("state", "=", "asked") & mine

    def _get_deciders(self):
        """Return who may decide, whoever is asked first coming first."""
        self.ensure_one()
        case = self.sudo().case_id
        if not case:
            return self.env["res.users"]
        return case._get_deciders(self.level, self.asked_by_id)

    def _take(self, states=("asked",)):
        """Return the locked proposal as superuser, if the user may decide on it."""
        self.ensure_one()
        self.case_id.check_access("read")
        proposal = self.sudo()
        proposal.lock_for_update()
        proposal.invalidate_recordset(["state"])
        if proposal.state not in states:
            raise UserError(self.env._("It has been decided on already."))
        if self.env.user not in proposal._get_deciders():
            raise AccessError(proposal._say_who_decides())
        return proposal

    def _say_who_decides(self):
        """Return a sentence for somebody who may not decide."""
        return self.env._(
            "You cannot decide on this. That is for the team lead or the department "
            "head, and never for whoever has proposed it."
        )

    def _note_decision(self, state):
        """Note what the user has decided, as superuser."""
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def action_view_case(self):
        """Open the case."""
        self.ensure_one()
        return self.case_id.get_formview_action()
