from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.evaluation_life import WRITINGS

STATEMENT_KINDS = [
    ("self", "Self-assessment"),
    ("conclusion", "Manager's conclusion"),
    ("revision", "Manager's revision"),
    ("comment", "Employee's comment"),
    ("decision", "Decision on the appeal"),
]
#: Kind -> the move that submitting it is.
MOVE_OF = {
    "self": "submit_self",
    "conclusion": "conclude",
    "revision": "revise",
    "comment": "comment",
}


class CitizenEvaluationStatement(models.Model):
    """What somebody has to say in an evaluation.

    A draft is read by its author alone. What has been submitted never changes.
    """

    _name = "citizen.evaluation.statement"
    _inherit = ["citizen.evaluation.part"]
    _description = "Statement in an Evaluation"
    _order = "submitted_at, id"
    _rec_name = "kind"
    _contents = frozenset({"text"})

    evaluation_id = fields.Many2one(
        "citizen.evaluation",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="What it is about.",
    )
    kind = fields.Selection(
        STATEMENT_KINDS,
        string="Statement",
        required=True,
        readonly=True,
        help="Who speaks, and on what occasion.",
    )
    author_id = fields.Many2one(
        "res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who wrote it, as long as the account exists.",
    )
    author_name = fields.Char(
        string="Said By", readonly=True, help="Name of the author as of then."
    )
    text = fields.Text(help="In plain words. Name no resident.")
    state = fields.Selection(
        [("draft", "Draft"), ("submitted", "Submitted")],
        required=True,
        readonly=True,
        default="draft",
        help="A draft is read by its author alone.",
    )
    submitted_at = fields.Datetime(
        string="Submitted On", readonly=True, help="From when on the others read it."
    )

    _one_draft = models.UniqueIndex(
        "(evaluation_id, kind, author_id) WHERE state = 'draft'",
        "You have a draft of this already.",
    )

    @api.model
    def _get_draft(self, evaluation, kind):
        """Return the user's draft, a new one if there is none."""
        mine = [
            ("evaluation_id", "=", evaluation.id),
            ("kind", "=", kind),
            ("state", "=", "draft"),
            ("author_id", "=", self.env.uid),
        ]
        drafts = self.sudo()
        draft = drafts.search(mine, limit=1) or drafts.create(
            {
                "evaluation_id": evaluation.id,
                "kind": kind,
                "author_id": self.env.uid,
                "author_name": self.env.user.name,
            }
        )
        return draft.with_env(self.env)

    def write(self, vals):
        if any(statement.state == "submitted" for statement in self):
            raise AccessError(
                self.env._("What has been submitted stays as it is. Write another one.")
            )
        if not self.env.su:
            if vals.keys() - {"text"}:
                raise AccessError(self.env._("You write the text of a statement."))
            for statement in self:
                statement._check_mine()
        return super().write(vals)

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete statements.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("Statements are not deleted."))

    def _check_mine(self):
        """Raise unless the user may write this statement now."""
        evaluation = self.sudo().evaluation_id
        kinds = {
            kind
            for (state, role), kind in WRITINGS.items()
            if state == evaluation.state and role in evaluation._get_roles()
        }
        if self.sudo().author_id != self.env.user:
            raise AccessError(self.env._("Whoever began a statement writes it."))
        if self.kind not in kinds:
            raise UserError(
                self.env._("State: this statement has its time, and it is not now.")
            )

    def action_submit(self):
        """Let the others read it; it does not change after that."""
        self.ensure_one()
        self._check_mine()
        if not (self.text or "").strip():
            raise UserError(self.env._("Text: say something before you submit."))
        statement, kind = self.sudo(), self.kind
        facts = {"has_conclusion": True} if kind in ("conclusion", "revision") else {}
        statement.evaluation_id._take(MOVE_OF[kind], **facts)
        statement.write({"state": "submitted", "submitted_at": self._get_now()})
        return {"type": "ir.actions.act_window_close"}
