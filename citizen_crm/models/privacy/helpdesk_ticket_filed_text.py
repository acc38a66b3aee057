from odoo import models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """What was filed is a record: a correction is a new entry, never a new text."""

    _inherit = "helpdesk.ticket"

    def write(self, vals):
        """Refuse another text, whoever writes; imports and the desk itself apart."""
        if "description" in vals and not self.env.su:
            given = str(vals["description"] or "")
            if any(str(case.description or "") != given for case in self):
                raise UserError(
                    self.env._(
                        "Description: what was filed is a record and stays as it is. "
                        "Add a message or a note with the correction instead."
                    )
                )
        return super().write(vals)
