from odoo import fields, models

from ...tools.duty_ledger import MILLI


class HelpdeskTicketCategory(models.Model):
    """What a service type asks of whoever handles its cases."""

    _inherit = "helpdesk.ticket.category"

    skill_ids = fields.Many2many(
        "citizen.skill",
        string="Skills Wanted",
        help="Only members with all of these skills are given cases of this type.",
    )
    language_ids = fields.Many2many(
        "res.lang",
        string="Languages Wanted",
        help="Only members who answer in all of these languages are given its cases.",
    )

    def _get_effort(self):
        """Return the effort of a case of this type, in thousandths of a point.

        A case without a service type is an ordinary one.
        """
        return round(self.effort_points * MILLI) or MILLI
