from odoo import fields, models
from odoo.tools import SQL

from ...tools.transfers import TRANSFER_STATES


class CitizenCaseTransferReport(models.Model):
    """How often cases go to the wrong team, late, or back and forth; no person.

    A row is one proposal; it tells the month and no day. What went wrong is counted to
    the service type and the team to which the case was routed at first.
    """

    _name = "citizen.case.transfer.report"
    _description = "Transfers and Misroutings"
    _auto = False
    _order = "month desc, id"
    _rec_name = "month"

    month = fields.Date(readonly=True, help="In which it was proposed.")
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        readonly=True,
        help="The service type that led the case to its first team.",
    )
    first_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        help="The team to which the case was routed at first.",
    )
    from_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="From",
        readonly=True,
        help="The team that proposed to transfer it.",
    )
    to_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="To",
        readonly=True,
        help="The team that was asked to take it.",
    )
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        help="The department of the team that proposed it.",
    )
    ground_id = fields.Many2one(
        "citizen.transfer.ground", readonly=True, help="Why it was proposed."
    )
    state = fields.Selection(
        TRANSFER_STATES, readonly=True, help="What became of the proposal."
    )
    routed_by = fields.Selection(
        [("staff", "Staff"), ("type", "What the person chose")],
        string="First Routed By",
        readonly=True,
        help="Whether staff or the person chose what led the case to its first team.",
    )
    proposal_count = fields.Integer(
        string="Proposals", readonly=True, help="Proposals to transfer a case."
    )
    misrouted_count = fields.Integer(
        string="Misroutings",
        readonly=True,
        help="Cases that left their first team since they should not have come to it.",
    )
    late_count = fields.Integer(
        string="Late", readonly=True, help="Proposed after the time for it."
    )
    bounce_count = fields.Integer(
        string="Bounces",
        readonly=True,
        help="Proposals that were disputed, and cases handed on a second time.",
    )
    silent_count = fields.Integer(
        string="Accepted by Silence",
        readonly=True,
        help="Nobody answered in time.",
    )
    arbiter_count = fields.Integer(
        string="To the Arbiter",
        readonly=True,
        help="Proposals that the arbiter had to decide on.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT transfer.id, transfer.state, transfer.ground_id,
                   date_trunc('month', transfer.proposed_at)::date AS month,
                   transfer.first_category_id AS category_id, transfer.first_team_id,
                   transfer.from_team_id, transfer.to_team_id, team.department_id,
                   CASE WHEN transfer.is_routed_by_staff THEN 'staff' ELSE 'type' END
                       AS routed_by,
                   1 AS proposal_count,
                   transfer.is_late::int AS late_count,
                   (%(moved)s AND ground.is_misrouted IS TRUE
                       AND transfer.from_team_id = transfer.first_team_id
                       AND transfer.is_hand_on IS NOT TRUE)::int AS misrouted_count,
                   (transfer.is_disputed IS TRUE)::int
                       + (transfer.is_hand_on IS TRUE)::int AS bounce_count,
                   (transfer.is_silent IS TRUE)::int AS silent_count,
                   (transfer.state IN ('arbitration', 'decided'))::int AS arbiter_count
              FROM citizen_case_transfer AS transfer
              JOIN helpdesk_ticket_team AS team ON team.id = transfer.from_team_id
              JOIN citizen_transfer_ground AS ground ON ground.id = transfer.ground_id
            """,
            moved=SQL(
                "(transfer.state = 'accepted' OR transfer.state = 'decided'"
                " AND transfer.final_team_id <> transfer.from_team_id)"
            ),
        )
