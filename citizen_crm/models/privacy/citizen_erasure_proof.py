from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.erasure import seal


class CitizenErasureProof(models.Model):
    """That the data of one case, or of one person, were erased. Append-only.

    How many rows of which kind, when and by whose approval; never what stood there.
    The seal is a SHA-256 over the case and the proof, so a later change shows.
    """

    _name = "citizen.erasure.proof"
    _description = "Proof of Erasure"
    _order = "erased_at desc, id desc"
    _rec_name = "subject"

    run_id = fields.Many2one(
        "citizen.erasure",
        string="Approval",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        help="The list by whose approval the data were erased.",
    )
    subject = fields.Char(
        required=True,
        readonly=True,
        index=True,
        help="The case or the contact, by the number of its row.",
    )
    case_number = fields.Char(
        string="Case", readonly=True, help="Empty for the data of a contact."
    )
    erased_at = fields.Datetime(
        string="Erased On", required=True, readonly=True, help="When it was done."
    )
    counts = fields.Json(readonly=True, help="How many rows of each kind were blanked.")
    counts_text = fields.Char(
        string="What Was Blanked",
        compute="_compute_counts_text",
        help="How many rows of each kind were blanked or deleted.",
    )
    kept = fields.Json(
        string="What Stays Known",
        readonly=True,
        help="What of it may still be proven, without saying anything of the person.",
    )
    proposed_by = fields.Char(
        required=True, readonly=True, help="Who proposed the list, at that time."
    )
    approved_by = fields.Char(
        required=True, readonly=True, help="Who approved the list, at that time."
    )
    digest = fields.Char(
        string="SHA-256",
        required=True,
        readonly=True,
        help="Over the case and this proof; see Intact.",
    )
    is_intact = fields.Boolean(
        string="Intact",
        compute="_compute_is_intact",
        help="Nothing of the proof was changed since: the seal still fits.",
    )

    @api.depends("counts")
    def _compute_counts_text(self):
        for proof in self:
            proof.counts_text = ", ".join(
                f"{self.env[model]._description if model in self.env else model}"
                f" {count}"
                for model, count in sorted((proof.counts or {}).items())
            )

    @api.depends("subject", "counts", "kept", "erased_at", "digest")
    def _compute_is_intact(self):
        for proof in self:
            proof.is_intact = proof.digest == seal(
                proof.subject, proof._get_sealed(proof.read([*SEALED, "kept"])[0])
            )

    @api.model
    def _get_sealed(self, values):
        """Return what the seal is over, of values as for ``create`` or of ``read``."""
        sealed = {name: values[name] or None for name in SEALED}
        run = sealed["run_id"]
        sealed["run_id"] = run[0] if isinstance(run, tuple) else run
        sealed["erased_at"] = fields.Datetime.to_string(sealed["erased_at"])
        if values.get("kept"):
            sealed["kept"] = values["kept"]
        return sealed

    @api.model
    def _enter(self, rows):
        """Append proofs, sealed; ``rows`` are values without the digest."""
        return self.sudo().create(
            [
                {**row, "digest": seal(row["subject"], self._get_sealed(row))}
                for row in rows
            ]
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("A proof of erasure cannot be changed."))

    def unlink(self):  # pylint: disable=method-required-super
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("A proof of erasure cannot be deleted."))


#: What the seal is over.
SEALED = (
    "run_id",
    "subject",
    "case_number",
    "erased_at",
    "counts",
    "proposed_by",
    "approved_by",
)
