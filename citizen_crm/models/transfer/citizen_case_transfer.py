from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.transfers import OPEN, TRANSFER_STATES


class CitizenCaseTransfer(models.Model):
    """A team proposes that another one takes a case, and what became of that.

    Nobody writes these rows but the methods of this model. The team that has the case
    keeps it, with its handler and its charge, until the other one has accepted.
    """

    _name = "citizen.case.transfer"
    _inherit = ["citizen.case.part"]
    _description = "Transfer of a Case"
    _order = "proposed_at desc, id desc"

    number = fields.Char(
        related="case_id.number", string="Case Number", help="Number of the case."
    )
    from_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="From",
        required=True,
        index=True,
        ondelete="restrict",
        help="The team that has the case and proposes to transfer it.",
    )
    to_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="To",
        required=True,
        index=True,
        ondelete="restrict",
        help="The team that is to take the case.",
    )
    ground_id = fields.Many2one(
        "citizen.transfer.ground",
        required=True,
        ondelete="restrict",
        help="Why the case goes to another team.",
    )
    note = fields.Text(help="What the other team has to know to decide.")
    site_visit = fields.Boolean(
        string="After a Site Visit",
        help="Somebody had to look at the place first, so the team had a day more.",
    )
    new_facts = fields.Text(
        help="What was not known when the arbiter decided on this case.",
    )
    state = fields.Selection(
        TRANSFER_STATES, required=True, default="proposed", help="What became of it."
    )
    proposed_by_id = fields.Many2one(
        "res.users", ondelete="restrict", required=True, help="Who proposes it."
    )
    proposed_at = fields.Datetime(
        string="Proposed On", required=True, help="When it was proposed."
    )
    propose_by = fields.Datetime(
        string="Due to Be Proposed",
        required=True,
        help="The end of the next working day after the case came to the team; of the "
        "second one after a site visit.",
    )
    is_late = fields.Boolean(
        string="Proposed Late",
        help="Proposed after the time for it. It is possible, and counted.",
    )
    answer_by = fields.Datetime(
        required=True,
        help="The end of the next working day of the team that was asked. Without an "
        "answer until then the case is its own.",
    )
    answered_by_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        help="Who accepted or disputed it; empty where nobody answered.",
    )
    answered_at = fields.Datetime(
        string="Answered On", help="When it was accepted or disputed."
    )
    is_silent = fields.Boolean(
        string="By Silence",
        help="Nobody answered in time, which counts as accepted.",
    )
    is_disputed = fields.Boolean(
        string="Was Disputed", help="The team that was asked did not want the case."
    )
    is_hand_on = fields.Boolean(
        string="Handed On",
        help="The team had got the case by a transfer itself.",
    )
    reason = fields.Text(
        string="Reason of the Dispute", help="Why the team does not take the case."
    )
    arbiter_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        help="Who decides: the head of the nearest department above both teams. Empty: "
        "anybody of the group Arbiter.",
    )
    decided_by_id = fields.Many2one(
        "res.users", ondelete="restrict", help="Who decided on it."
    )
    decided_at = fields.Datetime(string="Decided On", help="When it was decided.")
    final_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Decided For",
        ondelete="restrict",
        help="The team that has the case by the decision of the arbiter.",
    )
    decision = fields.Text(
        string="Reasons of the Decision", help="Why the arbiter decided so."
    )
    # Pinned, since figures look at what led the case to its first team.
    first_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        ondelete="restrict",
        help="The team to which the case was routed at first.",
    )
    first_category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="First Service Type",
        ondelete="restrict",
        help="The service type that led the case to its first team.",
    )
    is_routed_by_staff = fields.Boolean(
        string="Routed by Staff",
        help="A member of staff chose the service type or the team at first; else it "
        "followed from what the person chose.",
    )
    is_overdue = fields.Boolean(
        string="Answer Overdue",
        compute="_compute_is_overdue",
        help="The time for an answer is over.",
    )
    may_answer = fields.Boolean(
        string="Mine to Answer",
        compute="_compute_may",
        search="_search_may_answer",
        help="It waits for an answer, and you answer for the team that was asked.",
    )
    may_decide = fields.Boolean(
        string="Mine to Decide",
        compute="_compute_may",
        help="It is before the arbiter, and that is you.",
    )
    may_withdraw = fields.Boolean(
        string="Mine to Withdraw",
        compute="_compute_may",
        help="You have proposed it, or lead the team that did.",
    )

    _one_open = models.UniqueIndex(
        "(case_id) WHERE state IN ('proposed', 'arbitration')",
        "A transfer of this case waits for an answer already.",
    )
    _answer_index = models.Index("(answer_by) WHERE state = 'proposed'")
    _other_team = models.Constraint(
        "CHECK (from_team_id <> to_team_id)", "To: choose another team."
    )

    @api.depends("number", "from_team_id", "to_team_id")
    def _compute_display_name(self):
        for transfer in self:
            teams = transfer.from_team_id.name, transfer.to_team_id.name
            transfer.display_name = f"{transfer.number}: {' → '.join(map(str, teams))}"

    @api.depends("state", "answer_by")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for transfer in self:
            transfer.is_overdue = (
                transfer.state == "proposed"
                and bool(transfer.answer_by)
                and transfer.answer_by < now
            )

    @api.depends("state", "to_team_id", "from_team_id", "arbiter_id", "proposed_by_id")
    @api.depends_context("uid")
    def _compute_may(self):
        user = self.env.user
        for transfer in self:
            leaders = transfer.to_team_id._get_leaders()
            transfer.may_answer = transfer.state == "proposed" and user in leaders
            transfer.may_decide = (
                transfer.state == "arbitration" and user in transfer._get_arbiters()
            )
            transfer.may_withdraw = transfer.state in OPEN and (
                user == transfer.proposed_by_id
                or user in transfer.from_team_id._get_leaders()
            )

    def _search_may_answer(self, operator, value):
        """Find what the user may answer."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        below = self.env["hr.department"]._get_headed()
        return Domain("state", "=", "proposed") & (
            Domain("to_team_id.user_id", "=", self.env.uid)
            | Domain("to_team_id.department_id", "in", below.ids)
        )
