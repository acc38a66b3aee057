from odoo import api, fields, models
from odoo.fields import Domain

CONTRIBUTION_STATES = [
    ("asked", "Asked"),
    ("answered", "Answered"),
    ("returned", "Returned: not competent"),
    ("withdrawn", "Withdrawn"),
]
#: Working days that a team has for its part, unless something else is said.
USUAL_DAYS = 3


class CitizenCaseContribution(models.Model):
    """The handling team asks another one for its part of the answer to a case.

    One case, one reply: the case stays where it is, and what the others say goes into
    the joint reply. It is no case of the team that is asked, so its duty ledger charges
    nobody. Nobody writes these rows but the methods of this model.
    """

    _name = "citizen.case.contribution"
    _inherit = ["citizen.case.part"]
    _description = "Contribution to a Case"
    _order = "asked_at desc, id desc"

    number = fields.Char(
        related="case_id.number", string="Case Number", help="Number of the case."
    )
    asking_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Asked By",
        ondelete="restrict",
        help="The team that handles the case.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Asked Of",
        required=True,
        index=True,
        ondelete="restrict",
        help="The team that contributes its part.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Contributor",
        ondelete="restrict",
        help="Who of the team answers; its lead chooses.",
    )
    question = fields.Text(required=True, help="What the other team has to answer.")
    days = fields.Integer(
        string="Working Days",
        required=True,
        default=USUAL_DAYS,
        help="How many working days of its calendar the team has for it.",
    )
    deadline = fields.Datetime(
        string="Due", required=True, help="The end of the last of these working days."
    )
    state = fields.Selection(
        CONTRIBUTION_STATES, required=True, default="asked", help="What became of it."
    )
    asked_by_id = fields.Many2one(
        "res.users", string="Asked By User", required=True, ondelete="restrict"
    )
    asked_at = fields.Datetime(string="Asked On", required=True)
    text = fields.Text(
        string="Contribution", help="The part of the team, as it goes into the reply."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "citizen_case_contribution_attachment_rel",
        "contribution_id",
        "attachment_id",
        string="Files",
        help="Files that belong to the contribution.",
    )
    answered_by_id = fields.Many2one(
        "res.users", ondelete="restrict", help="Who answered or returned it."
    )
    answered_at = fields.Datetime(
        string="Answered On", help="When it was answered or returned."
    )
    reason = fields.Text(help="Why it was returned or withdrawn.")
    late_told_at = fields.Datetime(
        string="Lead Told",
        help="When the lead of the team was told that it is overdue.",
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Not answered in time.",
    )
    is_mine = fields.Boolean(
        string="Mine to Contribute",
        compute="_compute_may",
        help="You are to answer, or you lead the team that was asked.",
    )
    may_assign = fields.Boolean(
        string="Mine to Assign",
        compute="_compute_may",
        help="You lead the team that was asked.",
    )
    may_withdraw = fields.Boolean(
        string="Mine to Withdraw",
        compute="_compute_may",
        help="Your team handles the case.",
    )

    _due_index = models.Index("(deadline) WHERE state = 'asked'")
    _one_asked = models.UniqueIndex(
        "(case_id, team_id) WHERE state = 'asked'",
        "This team has been asked for its part of the case already.",
    )
    _days_range = models.Constraint(
        "CHECK (days BETWEEN 1 AND 60)", "Working Days: from 1 to 60."
    )

    @api.depends("number", "team_id")
    def _compute_display_name(self):
        for part in self:
            part.display_name = f"{part.number}: {part.team_id.name}"

    @api.depends("state", "deadline")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for part in self:
            due = part.deadline
            part.is_overdue = part.state == "asked" and bool(due) and due < now

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "asked") & Domain(
            "deadline", "<", fields.Datetime.now()
        )
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        return late if True in wanted else ~late

    @api.depends("state", "team_id", "user_id", "case_id")
    @api.depends_context("uid")
    def _compute_may(self):
        for part in self:
            asked = part.state == "asked"
            part.may_assign = asked and part.team_id._is_led()
            part.is_mine = asked and part._is_contributor()
            part.may_withdraw = asked and part.case_id._is_of_my_team()

    def _is_contributor(self):
        """Tell whether the user answers for the team that was asked."""
        part = self.sudo()
        return self.env.user == part.user_id or part.team_id.sudo(False)._is_led()
