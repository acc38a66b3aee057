from odoo import fields, models


class CitizenMatterDistinction(models.Model):
    """Somebody has said that two cases are not about the same matter.

    It is remembered so that nobody is asked again; who said it and when is what the
    record itself says. It binds nobody: the cases can be joined all the same.
    """

    _name = "citizen.matter.distinction"
    _inherit = ["citizen.case.part"]
    _description = "Not the Same Matter"
    _order = "id desc"

    other_id = fields.Many2one(
        "helpdesk.ticket",
        string="Other Case",
        required=True,
        index=True,
        ondelete="restrict",
        help="The case that was suggested, and is about something else.",
    )

    _pair = models.UniqueIndex(
        "(LEAST(case_id, other_id), GREATEST(case_id, other_id))",
        "It was said already that these two are not the same matter.",
    )
    _two_cases = models.Constraint(
        "CHECK (case_id <> other_id)", "Other Case: a case is always its own matter."
    )
