from odoo import fields, models


class CitizenCaseEvent(models.Model):
    _inherit = "citizen.case.event"

    calendar_version_id = fields.Many2one(
        "citizen.calendar.version",
        ondelete="restrict",
        help="The version of the working calendar that holds from this event on.",
    )
