from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

from ...tools.snapshot import is_intact

VERSION_KINDS = [
    ("published", "Published"),
    ("upheld", "Appeal: it stands"),
    ("changed", "Appeal: changed"),
    ("annulled", "Appeal: annulled"),
]


class CitizenEvaluationVersion(models.Model):
    """The sealed record of an evaluation: text and hash, changed by nobody.

    A correction by appeal is a version of its own, which names the hash of the one
    before. Whoever has the text computes the hash with any program.
    """

    _name = "citizen.evaluation.version"
    _inherit = ["citizen.evaluation.part"]
    _description = "Sealed Evaluation"
    _order = "evaluation_id, number"
    _rec_name = "number"
    _figures = frozenset({"content_text"})
    _contents = frozenset({"content_text"})

    evaluation_id = fields.Many2one(
        "citizen.evaluation",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Whose record it is.",
    )
    number = fields.Integer(
        string="Version",
        required=True,
        readonly=True,
        aggregator=None,
        help="1 is what was published; a decision on an appeal makes the next one.",
    )
    kind = fields.Selection(
        VERSION_KINDS, required=True, readonly=True, help="Why it was sealed."
    )
    # Not for searching either: figures stand in it.
    content = fields.Text(string="Text", required=True, groups=NO_ACCESS)
    content_text = fields.Text(
        string="Sealed Text",
        compute="_compute_content_text",
        help="The record as it was sealed, as JSON. Its SHA-256 is the hash.",
    )
    digest = fields.Char(
        string="SHA-256", required=True, readonly=True, help="Hash of the sealed text."
    )
    sealed_at = fields.Datetime(
        string="Sealed", required=True, readonly=True, help="When it was sealed."
    )
    sealed_by_name = fields.Char(
        string="Sealed By", readonly=True, help="Name of who sealed it, as of then."
    )
    is_intact = fields.Boolean(
        string="Unchanged",
        compute="_compute_is_intact",
        compute_sudo=True,
        help="Computed again just now, the hash is the one of the sealing.",
    )

    _number_unique = models.UniqueIndex(
        "(evaluation_id, number)", "The versions of a record have different numbers."
    )

    @api.depends("content")
    @api.depends_context("uid")
    def _compute_content_text(self):
        for version in self:
            evaluation = version.sudo().evaluation_id
            is_seen = self.env.su or evaluation._is_seen_by_user()
            version.content_text = is_seen and version.sudo().content

    @api.depends("content", "digest")
    def _compute_is_intact(self):
        for version in self:
            version.is_intact = is_intact(version.content or "", version.digest or "")

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("A sealed record does not change."))

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete records.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("A sealed record is not deleted."))

    def action_verify(self):
        """Compute the hashes again, and say how they compare."""
        self.check_access("read")
        # From the database, not from what this request has read before.
        self.invalidate_recordset()
        broken = self.filtered(lambda version: not version.is_intact)
        message = self.env._(
            "Version %s is not as it was sealed. Tell the administrator.",
            ", ".join(str(version.number) for version in broken),
        )
        if not broken:
            message = self.env._(
                "The hash was computed again and is the same: nothing has been changed."
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "danger" if broken else "success",
                "sticky": bool(broken),
            },
        }
