from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

GROUNDS = [
    ("not_answered", "My question was not answered"),
    ("wrong_fact", "A fact is wrong"),
    ("promise", "What was promised has not been done"),
    ("manner", "The manner in which I was treated"),
    ("disagree", "I disagree with the decision"),
]
STATES = [
    ("asked", "To be given out"),
    ("in_review", "In review"),
    ("upheld", "Upheld"),
    ("partly", "Upheld in part"),
    ("rejected", "Not upheld"),
    ("remedies", "Told of legal remedies"),
    ("withdrawn", "Withdrawn"),
]
OPEN = ("asked", "in_review")
DECIDED = ("upheld", "partly", "rejected")
LEVELS = [("colleague", "Somebody else"), ("head", "Head of the department")]
#: What the reviewer writes; all else follows from what happens.
WRITTEN = frozenset({"finding"})


class CitizenCaseReview(models.Model):
    """A petitioner asks that somebody else looks at the case again.

    Whoever has handled the case before does not get it; a second review goes to the
    head of the department. Who merely disagrees is told at once of the legal remedies.
    The row follows the history of the case; the reviewer writes the finding, and then
    answers the case like any other.
    """

    _name = "citizen.case.review"
    _inherit = ["citizen.case.part"]
    _description = "Review"
    _order = "asked_at desc, id desc"
    _rec_name = "case_id"

    case_id = fields.Many2one(help="The case that is looked at again.")
    ground = fields.Selection(
        GROUNDS, required=True, readonly=True, help="Why the person asks for it."
    )
    text = fields.Text(
        string="What the Person Says", readonly=True, help="In the person's own words."
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="asked",
        group_expand=True,
        help="What became of it.",
    )
    level = fields.Selection(
        LEVELS,
        string="Goes To",
        required=True,
        readonly=True,
        default="colleague",
        help="The first review goes to somebody who has not handled the case, the "
        "second one to the head of the department.",
    )
    asked_at = fields.Datetime(
        string="Asked", required=True, readonly=True, help="When the person asked."
    )
    team_id = fields.Many2one(related="case_id.team_id", store=True, index=True)
    category_id = fields.Many2one(
        related="case_id.category_id", string="Service Type", store=True
    )
    reviewer_id = fields.Many2one(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Who has the case now and decides; never somebody who had it before.",
    )
    earlier_user_ids = fields.Many2many(
        "res.users",
        string="Handled Before By",
        readonly=True,
        help="Who had the case before the person asked; none of them reviews it.",
    )
    finding = fields.Text(
        help="What you found, for the file. The person does not read it."
    )
    decided_at = fields.Datetime(
        string="Decided", readonly=True, help="When the reviewer decided."
    )
    is_answer_missing = fields.Boolean(
        string="Answer Missing",
        compute="_compute_is_answer_missing",
        help="It is decided, and the case is not answered yet.",
    )
    may_decide = fields.Boolean(
        string="Mine to Decide",
        compute="_compute_may_decide",
        search="_search_may_decide",
        help="You have the case, and the review is not decided.",
    )

    _one_open = models.UniqueIndex(
        "(case_id) WHERE state IN ('asked', 'in_review')",
        "A review of this case has been asked for already.",
    )

    @api.depends("state", "reviewer_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for review in self:
            review.may_decide = (
                review.state == "in_review" and review.reviewer_id == self.env.user
            )

    @api.depends("state", "case_id.phase", "case_id.is_open")
    def _compute_is_answer_missing(self):
        for review in self:
            case = review.case_id
            review.is_answer_missing = (
                review.state in DECIDED and case.is_open and case.phase != "answered"
            )

    def _search_may_decide(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [("state", "=", "in_review"), ("reviewer_id", "=", self.env.uid)]

    def write(self, vals):
        """The reviewer writes the finding until the review is decided."""
        if not self.env.su:
            if vals.keys() - WRITTEN:
                raise AccessError(
                    self.env._(
                        "A review is given out and decided by its buttons; you write "
                        "the finding."
                    )
                )
            self._check_may_decide()
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete reviews.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Reviews cannot be deleted."))

    def _check_may_decide(self):
        for review in self:
            if review.state in OPEN and review.may_decide:
                continue
            if review.state not in OPEN:
                raise UserError(
                    self.env._("This review has been decided and stays as it is.")
                )
            raise UserError(
                self.env._(
                    "Reviewer: whoever has the case now decides. Give the case to "
                    "somebody who has not handled it before."
                )
            )

    # --------------------------------------------------------------- deciding
    def action_uphold(self):
        """The person was right."""
        return self._decide("upheld")

    def action_uphold_partly(self):
        """The person was right in part."""
        return self._decide("partly")

    def action_reject(self):
        """Nothing else was found than before."""
        return self._decide("rejected")

    def _decide(self, state):
        """Record what the review has found; the case can be answered then."""
        self.ensure_one()
        self.case_id.check_access("write")
        self._check_may_decide()
        if not (self.finding or "").strip():
            raise UserError(
                self.env._("Finding: say what you found before you decide.")
            )
        self.sudo().write({"state": state, "decided_at": fields.Datetime.now()})
        self.case_id._log("review_decided", after=state)
        return True

    def _is_person_told(self):
        """Tell whether somebody has written to the person since they asked."""
        self.ensure_one()
        told = [
            ("case_id", "=", self.case_id.id),
            ("kind", "=", "replied"),
            ("at", ">=", self.asked_at),
        ]
        return bool(self.env["citizen.case.event"].sudo().search_count(told, limit=1))

    # ---------------------------------------------------------------- history
    @api.model
    def _follow(self, events):
        """Let open reviews follow who has the case now, or that it was withdrawn."""
        reviews = self.sudo().search(
            [("case_id", "in", events.case_id.ids), ("state", "in", OPEN)]
        )
        for review in reviews:
            case = review.case_id
            if case.phase == "withdrawn":
                review.write({"state": "withdrawn", "reviewer_id": False})
            else:
                state = "in_review" if case.user_id else "asked"
                review.write({"state": state, "reviewer_id": case.user_id.id})

    def _tell_remedies(self):
        """Send the notice of legal remedies at once; nobody handles the case again."""
        self.ensure_one()
        review = self.with_user(SUPERUSER_ID)
        template = self.env.ref("citizen_crm.mail_template_review_remedies")
        review.case_id._send_notice(template.sudo(), review)

    def _get_remedies(self):
        """Return the notice of the department, else of the city, as paragraphs."""
        self.ensure_one()
        case = self.case_id
        text = case.department_id.remedies_notice or case.company_id.remedies_notice
        return [line for line in (text or "").splitlines() if line.strip()]
