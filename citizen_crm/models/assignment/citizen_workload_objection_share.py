from odoo import api, models


class CitizenAssignmentBalance(models.Model):
    """My Share says to which of the own entries one may object."""

    _inherit = "citizen.assignment.balance"

    @api.model
    def _tell_entries(self, team, employee):
        told = super()._tell_entries(team, employee)
        entries = self.env["citizen.assignment.entry"].browse(
            line["id"] for line in told
        )
        mine = set(entries.filtered("may_object").ids)
        return [{**line, "may_object": line["id"] in mine} for line in told]
