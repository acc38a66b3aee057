from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.quality import VERDICTS

#: The labels of ``tools.quality.VERDICTS``.
FINDINGS = [
    ("met", "Met"),
    ("not_met", "Not met"),
    ("not_applicable", "Does not apply"),
]
#: A comment says why, in a few sentences.
LONGEST = 1000


class CitizenQualityScore(models.Model):
    """What one reviewer found of one criterion in one case.

    Nobody reads or writes these rows but through a review that is the own one, or a
    case of one's own: rows of several people together could be added up to an order.
    """

    _name = "citizen.quality.score"
    _description = "Quality Score"
    _order = "review_id, sequence, id"
    _rec_name = "criterion_id"

    review_id = fields.Many2one(
        "citizen.quality.review", required=True, index=True, ondelete="restrict"
    )
    criterion_id = fields.Many2one(
        "citizen.quality.criterion", required=True, ondelete="restrict"
    )
    sequence = fields.Integer(related="criterion_id.sequence", store=True)
    verdict = fields.Selection(FINDINGS, string="Finding")
    comment = fields.Text()

    _once = models.UniqueIndex("(review_id, criterion_id)")

    def _tell(self):
        """Return the finding as plain values."""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.criterion_id.name,
            "help": self.criterion_id.explanation,
            "verdict": self.verdict or "",
            "comment": self.comment or "",
        }

    def _tell_words(self):
        """Return criterion, finding and comment as an employee reads them."""
        self.ensure_one()
        names = dict(self._fields["verdict"]._description_selection(self.env))
        finding = names.get(self.verdict, "–")
        return self.criterion_id.name, finding, self.comment or ""

    def _check_said(self, said):
        """Return what somebody says of this criterion; raise with what to do."""
        verdict, comment = said.get("verdict") or "", said.get("comment") or ""
        if verdict and verdict not in VERDICTS:
            raise self._get_error(self.env._("choose met, not met, or does not apply."))
        if not isinstance(comment, str) or len(comment) > LONGEST:
            raise self._get_error(
                self.env._("the comment is at most %s letters long.", LONGEST)
            )
        return {"verdict": verdict or False, "comment": comment.strip() or False}

    def _get_error(self, text):
        """Return an error that names the criterion."""
        return UserError(f"{self.criterion_id.name}: {text}")
