from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

ROLES = [
    ("citizen", "Citizen case"),
    ("customer", "Customer case"),
]
NATURES = [
    ("service_request", "Service request"),
    ("inquiry", "Inquiry"),
    ("complaint", "Complaint"),
    ("proposal", "Proposal"),
    ("misconduct_report", "Report of misconduct"),
    ("rights_protection", "Protection of rights"),
    ("praise", "Praise"),
]
#: The role that a case of this nature has when nothing else decides.
ROLE_OF_NATURE = {
    "service_request": "customer",
    "inquiry": "citizen",
    "complaint": "citizen",
    "proposal": "citizen",
    "misconduct_report": "citizen",
    "rights_protection": "citizen",
    "praise": "citizen",
}


class HelpdeskTicketCategory(models.Model):
    """A service type of the city's catalogue, or a group heading above some.

    A service type is what residents and clerks choose; it carries the responsible
    team, the questions asked at intake and the defaults of the case.
    """

    _inherit = "helpdesk.ticket.category"
    _rec_names_search = ["name", "code", "keywords"]

    code = fields.Char(
        copy=False,
        help="Short code of the service type, unique in the catalogue. Imports and "
        "other systems find the service type by it.",
    )
    is_service = fields.Boolean(
        string="Service Type",
        index=True,
        help="On: cases are filed under it, and it has a responsible team. Off: a "
        "group heading in the catalogue.",
    )
    keywords = fields.Char(
        translate=True,
        help="Other words residents use for this, separated by commas. The search "
        "of clerks and residents looks here too.",
    )
    default_role = fields.Selection(
        ROLES,
        default="citizen",
        required=True,
        help="Citizen case: rights and duties (complaint, proposal, report). "
        "Customer case: a service is asked for (permit, bin, fee).",
    )
    default_nature = fields.Selection(NATURES, default="complaint", required=True)
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Responsible Team",
        index="btree_not_null",
        ondelete="restrict",
        help="The one department team that gets the cases of this service type.",
    )
    department_id = fields.Many2one(
        related="team_id.department_id", string="Department", store=True
    )
    effort_points = fields.Float(
        default=1.0,
        required=True,
        digits=(6, 3),
        help="How much work a case of this type is, against an ordinary one (1). "
        "Work is shared out by these points.",
    )
    question_definition = fields.PropertiesDefinition(string="Questions at Intake")
    resident_help = fields.Html(
        string="Help for Residents",
        translate=True,
        help="What residents read before they file: what the city does, what it "
        "needs to know, what it cannot do.",
    )
    routing_state = fields.Selection(
        [
            ("group", "Group heading"),
            ("ok", "Routed"),
            ("unrouted", "No team"),
            ("unreachable", "Team cannot be reached"),
        ],
        string="Routing",
        compute="_compute_routing_state",
        search="_search_routing_state",
        help="No team: cases of this type wait in the triage queue. Team cannot be "
        "reached: the team is archived or nobody is in it.",
    )

    _code_unique = models.UniqueIndex(
        "(code) WHERE code != ''",
        "This code is already used by another service type.",
    )
    _effort_points_positive = models.Constraint(
        "CHECK (effort_points > 0)", "Effort points must be more than 0."
    )

    @api.depends(
        "is_service", "child_id.active", "team_id.active", "team_id.is_reachable"
    )
    def _compute_routing_state(self):
        for category in self:
            if not category.is_service and category.child_id.filtered("active"):
                category.routing_state = "group"
            elif not category.team_id:
                category.routing_state = "unrouted"
            elif not category.team_id.is_reachable:
                category.routing_state = "unreachable"
            else:
                category.routing_state = "ok"

    def _search_routing_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        group = Domain("is_service", "=", False) & Domain("child_id.active", "=", True)
        routed = Domain("team_id", "!=", False)
        reachable = Domain("team_id.is_reachable", "=", True)
        domains = {
            "group": group,
            "unrouted": ~group & ~routed,
            "unreachable": ~group & routed & ~reachable,
            "ok": ~group & routed & reachable,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.onchange("default_nature")
    def _onchange_default_nature(self):
        if self.default_nature:
            self.default_role = ROLE_OF_NATURE[self.default_nature]

    @api.constrains("is_service", "team_id")
    def _check_team(self):
        for category in self:
            if category.is_service and not category.team_id:
                raise ValidationError(
                    self.env._(
                        "Responsible Team: the service type %s needs one team that "
                        "gets its cases.",
                        category.complete_name,
                    )
                )

    @api.constrains("is_service", "parent_id")
    def _check_leaf(self):
        for category in self.with_context(active_test=False):
            for parent in (category.parent_id, category):
                if parent.is_service and parent.child_id:
                    raise ValidationError(
                        self.env._(
                            "Service Type: %(name)s has %(count)s service types "
                            "under it. Only a service type without any below it can "
                            "be filed under; make it a group heading.",
                            name=parent.complete_name,
                            count=len(parent.child_id),
                        )
                    )
