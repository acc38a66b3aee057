from odoo import fields, models
from odoo.exceptions import UserError


class CitizenCaseReply(models.Model):
    """The joint reply: what other teams have contributed goes into it."""

    _inherit = "citizen.case.reply"

    has_contributions = fields.Boolean(
        compute="_compute_has_contributions",
        help="Other teams have contributed their part.",
    )

    def _compute_has_contributions(self):
        for reply in self:
            texts = reply.case_id and reply.case_id._get_contribution_texts()
            reply.has_contributions = bool(texts)

    def action_insert_contributions(self):
        """Add the parts of the other teams to what was found, each of them once."""
        self.ensure_one()
        self.check_access("write")
        texts = self.case_id._get_contribution_texts()
        if not texts:
            raise UserError(
                self.env._("No other team has contributed to this case yet.")
            )
        facts = self.facts or ""
        parts = [f"{team}: {text}" for team, text in texts if text not in facts]
        if parts:
            self.facts = "\n\n".join(filter(None, [facts, *parts]))
