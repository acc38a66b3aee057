from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.evaluation_life import COORDINATOR, REVIEWER, bar

APPEAL_STATES = [
    ("filed", "To be decided"),
    ("upheld", "The evaluation stands"),
    ("changed", "Changed"),
    ("annulled", "Annulled"),
]
#: What the reviewer writes before deciding.
WRITTEN = frozenset({"reasons", "new_conclusion"})


class CitizenEvaluationAppeal(models.Model):
    """The employee asks that somebody independent looks at a published evaluation.

    The reviewer is neither the manager nor below the manager and has had no part in
    the evaluation. Each decision makes a new version of the record; the old is kept.
    """

    _name = "citizen.evaluation.appeal"
    _inherit = ["citizen.evaluation.part"]
    _description = "Appeal"
    _order = "filed_at desc, id desc"
    _rec_name = "evaluation_id"
    _contents = frozenset({"text", "reasons", "new_conclusion"})

    evaluation_id = fields.Many2one(
        "citizen.evaluation",
        required=True,
        index=True,
        ondelete="restrict",
        help="What the employee appeals against.",
    )
    text = fields.Text(
        string="What the Employee Says", required=True, help="Why, in plain words."
    )
    state = fields.Selection(
        APPEAL_STATES,
        required=True,
        readonly=True,
        default="filed",
        group_expand=True,
        help="What became of it.",
    )
    filed_at = fields.Datetime(
        string="Filed", readonly=True, help="When the employee appealed."
    )
    reviewer_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="set null",
        domain=lambda self: self.env["citizen.evaluation.cycle"]._get_group_domain(
            "appeal_reviewer"
        ),
        help="Who decides: independent of the manager, without an earlier part.",
    )
    reasons = fields.Text(
        string="Reasons of the Decision", help="Why the reviewer decides so."
    )
    new_conclusion = fields.Text(
        help="Where the evaluation is changed: what stands in place of the manager's "
        "conclusion."
    )
    reviewer_name = fields.Char(
        string="Decided By", readonly=True, help="Name of the reviewer as of then."
    )
    decided_at = fields.Datetime(
        string="Decided On", readonly=True, help="When it was decided."
    )
    is_mine = fields.Boolean(
        string="Mine to Decide",
        compute="_compute_is_mine",
        help="You are the reviewer, and it is not decided.",
    )
    may_name = fields.Boolean(
        string="Mine to Give Out",
        compute="_compute_is_mine",
        help="You are the coordinator, and it is not decided.",
    )

    _one_open = models.UniqueIndex(
        "(evaluation_id) WHERE state = 'filed'",
        "There is an appeal against this evaluation already.",
    )

    @api.depends("state", "reviewer_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for appeal in self:
            evaluation, roles = appeal.sudo().evaluation_id, set()
            if evaluation and appeal.state == "filed":
                roles = evaluation._get_roles()
            appeal.is_mine = REVIEWER in roles
            appeal.may_name = COORDINATOR in roles

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        rows = [self._prepare_filing(vals) for vals in vals_list]
        appeals = super(CitizenEvaluationAppeal, self.sudo()).create(rows)
        for appeal in appeals:
            appeal.evaluation_id._take("appeal")
        return appeals.with_env(self.env)

    @api.model
    def _prepare_filing(self, vals):
        """Return the values of an appeal that the user files."""
        evaluations = self.env["citizen.evaluation"]
        evaluation = evaluations.browse(vals.get("evaluation_id") or ())
        if not evaluation:
            raise UserError(
                self.env._("Evaluation: choose which one you appeal against.")
            )
        evaluation.check_access("read")
        if not (vals.get("text") or "").strip():
            raise UserError(self.env._("What the Employee Says: say why."))
        evaluation.sudo()._step("appeal")
        return {
            "evaluation_id": evaluation.id,
            "text": vals["text"].strip(),
            "filed_at": self._get_now(),
        }

    def write(self, vals):
        if any(appeal.state != "filed" for appeal in self):
            raise AccessError(self.env._("What was decided stays as it is."))
        if not self.env.su:
            for appeal in self:
                appeal._check_writer(vals)
        result = super().write(vals)
        if "reviewer_id" in vals:
            for appeal in self.sudo():
                appeal.evaluation_id._end_tasks()
                appeal.evaluation_id._call_next()
        return result

    def _check_writer(self, vals):
        """Raise unless the user, reviewer or coordinator, may write this."""
        if "reviewer_id" in vals and len(vals) == 1:
            self.evaluation_id._take("name_reviewer")
            self._check_independent(vals["reviewer_id"])
        elif vals.keys() - WRITTEN or not self.is_mine:
            raise AccessError(
                self.env._(
                    "An appeal is not changed. The coordinator names the reviewer, and "
                    "the reviewer writes the reasons and decides by the buttons."
                )
            )

    def _check_independent(self, user_id):
        """Raise unless a user may decide on this appeal."""
        user = self.env["res.users"].browse(user_id or ()).sudo()
        if not user.has_group("citizen_crm.group_appeal_reviewer"):
            raise UserError(
                self.env._("Reviewer: choose somebody with the role of a reviewer.")
            )
        if bar(REVIEWER, self.sudo().evaluation_id._get_ties(user)):
            raise UserError(
                self.env._(
                    "Reviewer: %s is the employee, the manager or below the manager, "
                    "or has had a part in this evaluation. Choose somebody else.",
                    user.name,
                )
            )

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete appeals.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Appeals are not deleted."))

    def action_uphold(self):
        """The evaluation stands as it is."""
        return self._decide("upheld")

    def action_change(self):
        """Put the reviewer's conclusion in place of the manager's."""
        if not (self.new_conclusion or "").strip():
            raise UserError(
                self.env._("New Conclusion: say what stands in place of the old one.")
            )
        return self._decide("changed")

    def action_annul(self):
        """Nothing follows from the evaluation."""
        return self._decide("annulled")

    def _decide(self, state):
        self.ensure_one()
        if self.state != "filed":
            raise UserError(self.env._("This appeal has been decided already."))
        if not (self.reasons or "").strip():
            raise UserError(
                self.env._("Reasons of the Decision: say why, before you decide.")
            )
        appeal = self.sudo()
        appeal.evaluation_id._take("decide_appeal")
        appeal.write(
            {
                "state": state,
                "reviewer_name": self.env.user.name,
                "decided_at": self._get_now(),
            }
        )
        self.env["citizen.evaluation.version"].sudo()._seal_decision(appeal)
        return True
