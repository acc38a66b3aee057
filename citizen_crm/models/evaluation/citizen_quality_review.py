from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS

from ...tools.sampling import rank

REVIEW_STATES = [("todo", "To review"), ("done", "Reviewed"), ("ended", "Too late")]
#: What the reviewer writes; all else is drawn or follows.
WRITTEN = frozenset({"scoring"})


class CitizenQualityReview(models.Model):
    """Somebody reads a finished case and scores it, without knowing whose work it is.

    Case, handler and the other reviewer are kept out of reach of the reviewer, by
    whatever way they ask: fields that tell are read by nobody, and a reviewer reads the
    own reviews alone. The case itself is shown without names (``papers_html``).
    """

    _name = "citizen.quality.review"
    _description = "Quality Review"
    _order = "state desc, number, id"

    sample_id = fields.Many2one(
        "citizen.quality.sample",
        string="Draw",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    fact_id = fields.Many2one(
        "citizen.case.fact",
        string="Counted Case",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    case_id = fields.Many2one(
        "helpdesk.ticket",
        string="Case Record",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    evaluation_id = fields.Many2one(
        "citizen.evaluation",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups=NO_ACCESS,
    )
    # First or second: who knew would know that somebody looks at it as well.
    place = fields.Integer(required=True, readonly=True, groups=NO_ACCESS)
    excluded = fields.Boolean(string="Left Out", readonly=True, groups=NO_ACCESS)
    # Ids of users; a list of records could be grouped by whoever reads the reviews.
    passed_ids = fields.Json(string="Passed On By", readonly=True, groups=NO_ACCESS)
    number = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="Of the review; it tells nothing of the case.",
    )
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        readonly=True,
        ondelete="restrict",
        help="Of the case.",
    )
    reviewer_id = fields.Many2one(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Drawn from those who had nothing to do with the case or its handler.",
    )
    state = fields.Selection(
        REVIEW_STATES,
        required=True,
        readonly=True,
        default="todo",
        group_expand=True,
        help="Whether it has been handed in.",
    )
    deadline = fields.Date(
        string="Review By",
        readonly=True,
        help="After this day the employee checks the data, and it counts no more.",
    )
    submitted_at = fields.Datetime(
        string="Handed In", readonly=True, help="When it was handed in."
    )
    score_ids = fields.One2many(
        "citizen.quality.score", "review_id", string="Scores", groups=NO_ACCESS
    )
    scoring = fields.Json(
        string="Findings",
        compute="_compute_scoring",
        inverse="_inverse_scoring",
        help="For each criterion: met, not met, or does not apply. Say why where it is "
        "not met; the employee reads it.",
    )
    missing_count = fields.Integer(
        string="Still to Say",
        compute="_compute_missing_count",
        compute_sudo=True,
        help="Criteria of which you have said nothing yet.",
    )
    may_score = fields.Boolean(
        compute="_compute_may_score", help="It is yours to review, and not handed in."
    )

    _once = models.UniqueIndex("(fact_id, sample_id, place)")

    @api.depends("number")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._("Case %s", review.number)

    @api.depends("score_ids.verdict", "score_ids.comment")
    @api.depends_context("uid", "lang")
    def _compute_scoring(self):
        for review in self:
            # Other reviewers' findings are nobody's to read.
            is_own = self.env.su or review.reviewer_id == self.env.user
            scores = review.sudo().score_ids if is_own else ()
            review.scoring = [score._tell() for score in scores]

    @api.depends("score_ids.verdict")
    def _compute_missing_count(self):
        for review in self:
            review.missing_count = len(
                review.score_ids.filtered(lambda score: not score.verdict)
            )

    @api.depends("state", "reviewer_id")
    @api.depends_context("uid")
    def _compute_may_score(self):
        for review in self:
            is_own = review.reviewer_id == self.env.user
            review.may_score = is_own and review.state == "todo"

    def _inverse_scoring(self):
        for review in self:
            scores = review.sudo().score_ids.grouped("id")
            said = review.scoring or []
            if not isinstance(said, list):
                raise review._get_form_error()
            for row in said:
                score = isinstance(row, dict) and scores.get(row.get("id"))
                if not score:
                    raise review._get_form_error()
                score.write(score._check_said(row))

    def _get_form_error(self):
        return UserError(
            self.env._(
                "Findings: they are not those of this review. Load the page again."
            )
        )

    # ---------------------------------------------------------------- planning
    @api.model
    def _plan(self, sample, drawn, twice):
        """Create the reviews of a draw, in its order, and give them to reviewers.

        :param drawn: ids of facts as text; ``twice`` those that are scored twice
        """
        facts = self.env["citizen.case.fact"].browse(map(int, drawn))
        evaluations = {
            one.employee_id.id: one for one in sample.cycle_id.evaluation_ids
        }
        places = [(fact, 1) for fact in facts]
        places += [(fact, 2) for fact in facts if str(fact.id) in set(twice)]
        # Numbers that go on after the first ones would tell who is the second.
        places.sort(key=lambda one: rank(sample.seed, f"{one[0].id}/{one[1]}"))
        reviews = self.create(
            [
                {
                    "sample_id": sample.id,
                    "fact_id": fact.id,
                    "case_id": fact.case_id.id,
                    "evaluation_id": evaluations[fact.handler_id.id].id,
                    "category_id": fact.category_id.id,
                    "place": place,
                    "number": number,
                    "deadline": sample.cycle_id._get_review_deadline(),
                    "score_ids": [
                        fields.Command.create({"criterion_id": criterion.id})
                        for criterion in sample.rubric_id.criterion_ids
                    ],
                }
                for number, (fact, place) in enumerate(places, 1)
            ]
        )
        reviews._give_out()
        return reviews

    # ------------------------------------------------------------------- CRUD
    def write(self, vals):
        """The reviewer says what was found until it is handed in."""
        if not self.env.su:
            if vals.keys() - WRITTEN:
                raise AccessError(
                    self.env._(
                        "Case and reviewer are drawn, not chosen. You say what you "
                        "find."
                    )
                )
            self._check_mine()
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete reviews.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Quality reviews are not deleted."))

    def _check_mine(self):
        """Raise unless the user has to review each of these, and still may."""
        for review in self:
            if review.reviewer_id != self.env.user:
                raise AccessError(self.env._("Somebody else reviews this case."))
            if review.state == "ended":
                raise UserError(
                    self.env._(
                        "The data are being checked already, so this review counts no "
                        "more. Thank you for looking."
                    )
                )
            if review.state == "done":
                raise UserError(
                    self.env._("This has been handed in and stays as it is.")
                )
            bar = review.sudo()._get_bar(self.env.user)
            if bar:
                raise AccessError(self._get_bar_sentences()[bar])

    # ----------------------------------------------------------------- actions
    def action_submit(self):
        """Hand the review in; open the next one, if there is any."""
        self.ensure_one()
        self._check_mine()
        review = self.sudo()
        for score in review.score_ids:
            if not score.verdict:
                raise score._get_error(
                    self.env._("choose met, not met, or does not apply.")
                )
            if score.verdict == "not_met" and not score.comment:
                raise score._get_error(
                    self.env._("say what is missing; the employee reads it.")
                )
        review.write({"state": "done", "submitted_at": fields.Datetime.now()})
        return self._open_next()

    def action_pass_on(self):
        """Let the draw go on to the next: the reviewer knows the case or the people."""
        self.ensure_one()
        self._check_mine()
        review = self.sudo()
        review.passed_ids = [*(review.passed_ids or []), self.env.uid]
        review.score_ids.write({"verdict": False, "comment": False})
        review.reviewer_id = False
        review._give_out()
        return self._open_next()

    def _open_next(self):
        """Return what opens the next own review, or the list if there is none."""
        todo = [("reviewer_id", "=", self.env.uid), ("state", "=", "todo")]
        following = self.search(todo, limit=1)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_quality_review_action_my"
        )
        if not following:
            return {**action, "target": "main"}
        return {
            **action,
            "views": [(False, "form")],
            "view_mode": "form",
            "res_id": following.id,
            "target": "main",
        }
