from odoo import api, fields, models
from odoo.fields import Command, Domain


class HelpdeskTicketTeam(models.Model):
    """A department team: who answers for the service types of a department."""

    _inherit = "helpdesk.ticket.team"

    department_id = fields.Many2one(
        "hr.department",
        index="btree_not_null",
        ondelete="restrict",
        help="The department this team works for.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Calendar",
        default=lambda self: self.env.company.resource_calendar_id,
        help="When the team works. Deadlines in working time follow it.",
    )
    member_ids = fields.One2many(
        "citizen.team.member",
        "team_id",
        string="Memberships",
        help="Employees with their capacity, skills and languages. The users of the "
        "team follow the memberships that are in force today.",
    )
    service_type_ids = fields.One2many(
        "helpdesk.ticket.category", "team_id", string="Service Types"
    )
    is_reachable = fields.Boolean(
        string="Reachable",
        compute="_compute_is_reachable",
        search="_search_is_reachable",
        help="Active, and with a lead or a user who can take a case.",
    )

    @api.depends("active", "user_id.active", "user_ids.active")
    def _compute_is_reachable(self):
        for team in self:
            people = team.user_id | team.user_ids
            team.is_reachable = team.active and any(people.mapped("active"))

    def _search_is_reachable(self, operator, value):
        if operator != "in":
            return NotImplemented
        reachable = Domain("active", "=", True) & (
            Domain("user_id.active", "=", True) | Domain("user_ids.active", "=", True)
        )
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        return reachable if True in wanted else ~reachable

    def _sync_users(self, users):
        """Put those of these users into the team who are members of it today.

        The others are taken out. Users who are not named were put in by hand, or by
        another addon, and are left alone.
        """
        self.ensure_one()
        current = (
            self.env["citizen.team.member"]
            .search(
                [
                    ("team_id", "=", self.id),
                    ("user_id", "in", users.ids),
                    ("is_current", "=", True),
                ]
            )
            .user_id
        )
        commands = [
            *(Command.link(user.id) for user in current - self.user_ids),
            *(Command.unlink(user.id) for user in (users - current) & self.user_ids),
        ]
        if commands:
            self.user_ids = commands

    def _get_leaders(self):
        """Return who answers for the team: its lead, then the heads above."""
        self.ensure_one()
        team = self.sudo()
        users = team.user_id | team.department_id._get_heads()
        return users.filtered("active").sudo(False)

    @api.model
    def _cron_sync_users(self):
        """Let memberships that begin or end today take effect."""
        # All of them: a few hundred, and a day may begin or end any.
        # pylint: disable-next=no-search-all
        members = self.env["citizen.team.member"].search([])
        members._sync_users()
        self.env["ir.cron"]._note_done(len(members))
