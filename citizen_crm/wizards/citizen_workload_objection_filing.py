from odoo import api, fields, models

from ..models.assignment.citizen_workload_objection import OBJECTION_KINDS
from ..tools.duty_ledger import MILLI


class CitizenWorkloadObjectionFiling(models.TransientModel):
    """Object to a case that one was given: what, how many points, and why."""

    _name = "citizen.workload.objection.filing"
    _description = "Object to Workload"

    entry_id = fields.Many2one(
        "citizen.assignment.entry",
        string="Ledger Entry",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    case_number = fields.Char(
        related="entry_id.case_number", related_sudo=False, string="Case"
    )
    kind = fields.Selection(
        OBJECTION_KINDS,
        string="Objection",
        required=True,
        default="case",
        help="More work than its points: the difference is charged to you, so your "
        "next cases become fewer. The points of the type: they change for everybody. "
        "Not for me: the case goes to somebody else.",
    )
    charged_points = fields.Float(
        string="Charged",
        compute="_compute_points",
        digits=(8, 3),
        help="Effort points that you are charged for this case. 0 if you have given "
        "it back.",
    )
    type_points = fields.Float(
        string="Points of the Type",
        compute="_compute_points",
        digits=(8, 3),
        help="Effort points of a case of this service type now.",
    )
    wanted_points = fields.Float(
        string="Wanted",
        digits=(8, 3),
        help="Effort points that you think are right; 1 stands for an ordinary case.",
    )
    text = fields.Text(
        string="Reasons",
        help="Why, in plain words. The lead of the team and the heads of its "
        "department read it.",
    )

    @api.depends("entry_id")
    def _compute_points(self):
        for filing in self:
            entry = filing.entry_id
            entry.check_access("read")
            category = entry.sudo().case_id.category_id
            filing.charged_points = entry._get_charged() / MILLI if entry else 0
            filing.type_points = category._get_effort() / MILLI if category else 0

    def action_confirm(self):
        """File the objection and show it."""
        self.ensure_one()
        objection = self.env["citizen.workload.objection"]._file(
            self.entry_id, self.kind, self.wanted_points, self.text
        )
        return objection.get_formview_action()
