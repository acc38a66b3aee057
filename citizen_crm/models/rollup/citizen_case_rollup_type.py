from odoo import fields, models


class CitizenCaseRollupType(models.Model):
    """How many cases of a service type were received and ended on a day."""

    _name = "citizen.case.rollup.type"
    _inherit = ["citizen.case.rollup.row"]
    _description = "Daily Figures of Cases by Service Type"
    _dimensions = ("company_id", "category_id")

    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        readonly=True,
        help="As the case has it now. Empty where nobody has said one.",
    )
