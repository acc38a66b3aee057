from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.evaluation_life import STEWARD

CLAIM_KINDS = [
    ("not_mine", "I did not have this case"),
    ("not_my_doing", "It was late for reasons that were not mine"),
    ("wrong", "A fact about it is wrong"),
    ("conditions", "It could not be done in the usual way"),
    ("review", "The quality review of it is wrong"),
]
CLAIM_STATES = [
    ("filed", "To be decided"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("withdrawn", "Withdrawn"),
]
#: States of an evaluation in which the employee may object to its data.
OPEN = ("collecting", "data_check")


class CitizenEvaluationClaim(models.Model):
    """The employee objects to a case that counts in the own evaluation.

    Decided by the data steward, before the manager has seen a figure. A case whose
    objection is accepted counts no more, for nobody.
    """

    _name = "citizen.evaluation.claim"
    _inherit = ["citizen.evaluation.part"]
    _description = "Claim"
    _order = "filed_at desc, id desc"
    _rec_name = "case_number"
    _contents = frozenset({"text", "decision"})

    evaluation_id = fields.Many2one(
        "citizen.evaluation",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="In which the case counts.",
    )
    # Not required, so that an erased case leaves the employee's words alone.
    fact_id = fields.Many2one(
        "citizen.case.fact",
        string="Counted Case",
        index="btree_not_null",
        ondelete="set null",
        help="What is counted of the case.",
    )
    case_number = fields.Char(
        string="Case", readonly=True, help="Number of the case as of then."
    )
    kind = fields.Selection(
        CLAIM_KINDS,
        string="Objection",
        required=True,
        help="What you say against counting the case as it is.",
    )
    text = fields.Text(
        string="Reasons", required=True, help="Why, in plain words. Name no resident."
    )
    state = fields.Selection(
        CLAIM_STATES,
        required=True,
        readonly=True,
        default="filed",
        group_expand=True,
        help="What became of it.",
    )
    filed_at = fields.Datetime(
        string="Filed", readonly=True, help="When the employee objected."
    )
    decision = fields.Text(
        string="Reasons of the Decision", help="Why it is accepted or rejected."
    )
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, ondelete="set null", help="Who decided."
    )
    decided_by_name = fields.Char(
        string="Steward", readonly=True, help="Name of who decided, as of then."
    )
    decided_at = fields.Datetime(
        string="Decided On", readonly=True, help="When it was decided."
    )
    may_decide = fields.Boolean(
        string="Mine to Decide",
        compute="_compute_may_decide",
        help="You are the data steward, and it is not decided.",
    )

    is_mine = fields.Boolean(
        string="Mine",
        compute="_compute_may_decide",
        help="You have filed it.",
    )
    fact_text = fields.Text(
        string="What Is Counted",
        compute="_compute_fact_text",
        help="What is counted of the case, for who decides.",
    )

    _one_open = models.UniqueIndex(
        "(evaluation_id, fact_id) WHERE state = 'filed'",
        "You have objected to this case already; it waits to be decided.",
    )

    @api.depends("state", "evaluation_id.state")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for claim in self:
            evaluation = claim.sudo().evaluation_id
            claim.may_decide = (
                claim.state == "filed"
                and evaluation.state == "claims"
                and STEWARD in evaluation._get_roles()
            )
            claim.is_mine = evaluation.employee_id.user_id == self.env.user

    @api.depends("fact_id")
    @api.depends_context("uid", "lang")
    def _compute_fact_text(self):
        for claim in self:
            fact = claim.sudo().fact_id
            is_shown = fact and (claim.may_decide or claim.is_mine)
            claim.fact_text = is_shown and fact._tell()

    # ------------------------------------------------------------------ filing
    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        rows = [self._prepare_filing(vals) for vals in vals_list]
        claims = super(CitizenEvaluationClaim, self.sudo()).create(rows)
        return claims.with_env(self.env)

    @api.model
    def _prepare_filing(self, vals):
        """Return the values of a claim that the user files; raise if not possible."""
        fact = self.env["citizen.case.fact"].browse(vals.get("fact_id") or ())
        if not fact:
            raise UserError(self.env._("Counted Case: choose the case you object to."))
        fact.check_access("read")
        if not (vals.get("text") or "").strip():
            raise UserError(self.env._("Reasons: say why, in plain words."))
        evaluation = fact._find_evaluation()
        if not evaluation:
            raise UserError(
                self.env._(
                    "Counted Case: no evaluation of yours that takes objections counts "
                    "this case now."
                )
            )
        evaluation._take("file_claim")
        filed = [("evaluation_id", "=", evaluation.id), ("fact_id", "=", fact.id)]
        if self.sudo().search_count([*filed, ("state", "=", "filed")], limit=1):
            raise UserError(
                self.env._(
                    "You have objected to this case already; it waits to be decided."
                )
            )
        return {
            "evaluation_id": evaluation.id,
            "fact_id": fact.id,
            "case_number": fact.case_number,
            "kind": vals.get("kind"),
            "text": vals["text"].strip(),
            "filed_at": self._get_now(),
        }

    def action_withdraw(self):
        """The employee takes the objection back."""
        self.ensure_one()
        self._check_open()
        claim = self.sudo()
        others = claim._count_others()
        claim.evaluation_id._take("withdraw_claim", open_claims=others)
        claim.state = "withdrawn"
        return True

    # ---------------------------------------------------------------- deciding
    def write(self, vals):
        """The steward writes the reasons until it is decided."""
        if not self.env.su:
            if vals.keys() - {"decision"} or not all(self.mapped("may_decide")):
                raise AccessError(
                    self.env._(
                        "A claim is not changed. The data steward writes the reasons "
                        "and decides by the buttons."
                    )
                )
        elif any(claim.state != "filed" for claim in self):
            raise AccessError(self.env._("What was decided stays as it is."))
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete claims.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Claims are withdrawn, not deleted."))

    def action_accept(self):
        """The case counts no more."""
        return self._decide("accepted")

    def action_reject(self):
        """The case counts as it is."""
        return self._decide("rejected")

    def _decide(self, state):
        self.ensure_one()
        self._check_open()
        if not (self.decision or "").strip():
            raise UserError(
                self.env._("Reasons of the Decision: say why, before you decide.")
            )
        claim = self.sudo()
        others = claim._count_others()
        claim.evaluation_id._take("decide_claim", open_claims=others)
        if state == "accepted":
            claim._carry_out()
        claim.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_by_name": self.env.user.name,
                "decided_at": self._get_now(),
            }
        )
        return True

    def _carry_out(self):
        """Leave out what was objected to; the claim is about to be accepted."""
        self.fact_id._exclude(self.decision)

    def _check_open(self):
        if self.state != "filed":
            raise UserError(self.env._("This claim has been decided already."))

    def _count_others(self):
        """Return how many other claims of the evaluation are not decided."""
        filed = [
            ("evaluation_id", "=", self.evaluation_id.id),
            ("state", "=", "filed"),
            ("id", "!=", self.id),
        ]
        return self.sudo().search_count(filed)
