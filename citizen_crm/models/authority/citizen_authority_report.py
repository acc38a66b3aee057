from odoo import fields, models
from odoo.tools import SQL

from ...tools.authority import REMEDIES
from ..catalogue.helpdesk_ticket_category import ROLES
from .citizen_authority_use import USE_LEVELS


class CitizenAuthorityReport(models.Model):
    """Every use of an authority, for oversight: what, how much, by whom, decided where.

    No case, no person and no text. Confidential reports are left out: there are too few
    of them to hide anybody.
    """

    _name = "citizen.authority.report"
    _description = "Remedies: Figures"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "authority_id"

    at = fields.Datetime(string="Given On", readonly=True)
    authority_id = fields.Many2one(
        "citizen.authority",
        string="Remedy",
        readonly=True,
        help="The version of the authority that was in force.",
    )
    kind = fields.Selection(REMEDIES, readonly=True, help="What the person got.")
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    category_id = fields.Many2one(
        "helpdesk.ticket.category", string="Service Type", readonly=True
    )
    role = fields.Selection(ROLES, string="Role of the Case", readonly=True)
    user_id = fields.Many2one("res.users", string="Given By", readonly=True)
    level = fields.Selection(
        USE_LEVELS,
        string="Decided At",
        readonly=True,
        help="Who had to decide, by the limits of the authority.",
    )
    decided_by_id = fields.Many2one("res.users", string="Approved By", readonly=True)
    amount = fields.Monetary(readonly=True, help="What was given in money.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    use_count = fields.Integer(string="Uses", readonly=True, help="Always one.")
    beyond_count = fields.Integer(
        string="Beyond the Limit",
        readonly=True,
        help="Uses that the team lead or the head has approved.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT use.id, use.at, use.authority_id, use.kind, use.team_id,
                   use.department_id, use.category_id, use.user_id, use.level,
                   ticket.role, use.decided_by_id, use.amount, use.currency_id,
                   1 AS use_count,
                   (use.level <> 'front')::int AS beyond_count
              FROM citizen_authority_use AS use
              JOIN helpdesk_ticket AS ticket ON ticket.id = use.case_id
             WHERE ticket.confidential IS NOT TRUE
            """
        )
