from odoo import api, fields, models
from odoo.exceptions import UserError


class CitizenCaseReply(models.Model):
    """The reply can tell the person what was given to them."""

    _inherit = "citizen.case.reply"

    settled_text = fields.Text(
        string="Given in This Case",
        compute="_compute_settled_text",
        help="What was given without waiting for the reply, as the person reads it.",
    )
    is_settled_told = fields.Boolean(
        compute="_compute_settled_text",
        help="The reply says all that was given.",
    )

    @api.depends("measures", "case_id.settlement_ids")
    def _compute_settled_text(self):
        for reply in self:
            sentences = reply._get_settled_sentences()
            reply.settled_text = "\n".join(sentences)
            told = reply.measures or ""
            reply.is_settled_told = all(line in told for line in sentences)

    def _get_settled_sentences(self):
        """Return what was given, oldest first, in the language of the person."""
        uses = self.case_id.settlement_ids.sorted(lambda use: (use.at, use.id))
        return [use._get_sentence(self._get_lang()) for use in uses]

    def action_insert_settled(self):
        """Add what was given to what was done, each sentence once."""
        self.ensure_one()
        self.check_access("write")
        sentences = self._get_settled_sentences()
        if not sentences:
            raise UserError(self.env._("Nothing was given in this case yet."))
        if self.to_joined and self.joined_count:
            raise UserError(
                self.env._(
                    "This reply goes to others of the matter, too, and what was given "
                    "is this person's alone. They read it on the page of their case."
                )
            )
        measures = self.measures or ""
        new = [line for line in sentences if line not in measures]
        if new:
            self.measures = "\n\n".join(filter(None, [measures, *new]))
