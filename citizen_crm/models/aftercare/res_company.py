from odoo import fields, models


class ResCompany(models.Model):
    """What the city tells those who disagree, where the department says nothing."""

    _inherit = "res.company"

    remedies_notice = fields.Text(
        string="Notice of Legal Remedies",
        translate=True,
        help="What people are told who disagree with a decision: where, how and until "
        "when they can appeal. Plain text, one paragraph a line.",
    )


class HrDepartment(models.Model):
    _inherit = "hr.department"

    remedies_notice = fields.Text(
        string="Notice of Legal Remedies",
        translate=True,
        help="What people are told who disagree with a decision: where, how and until "
        "when they can appeal. Plain text, one paragraph a line.",
    )
