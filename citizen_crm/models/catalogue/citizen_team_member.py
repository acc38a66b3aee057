from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CitizenTeamMember(models.Model):
    """An employee's membership of a department team, for a time.

    Memberships are the one place where staff are put into teams; the users of the
    base's team (``helpdesk.ticket.team.user_ids``) follow them.
    """

    _name = "citizen.team.member"
    _inherit = ["citizen.period.mixin"]
    _description = "Team Membership"
    _rec_name = "employee_id"
    _order = "team_id, employee_id, date_from"

    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        required=True,
        index=True,
        ondelete="cascade",
    )
    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        related="employee_id.user_id", string="User", store=True, index=True
    )
    capacity = fields.Float(
        default=1.0,
        required=True,
        digits=(4, 3),
        help="Share of full time this employee works for this team: 100 % is full "
        "time, 50 % half time. More than 0 %, at most 100 %.",
    )
    skill_ids = fields.Many2many("citizen.skill", string="Skills")
    language_ids = fields.Many2many(
        "res.lang",
        string="Languages",
        help="Languages in which this employee answers residents.",
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(help="Last day of the membership; empty while it has no end.")
    is_current = fields.Boolean(help="The membership is in force today.")

    _capacity_range = models.Constraint(
        "CHECK (capacity > 0 AND capacity <= 1)",
        "Capacity must be more than 0 % and at most 100 % of full time.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "To: a membership cannot end before it begins.",
    )

    @api.constrains("team_id", "employee_id", "date_from", "date_to")
    def _check_overlap(self):
        for member in self:
            if member._find_overlap():
                raise ValidationError(
                    self.env._(
                        "From, To: %(employee)s is already a member of %(team)s in "
                        "this time. End the other membership first.",
                        employee=member.employee_id.name,
                        team=member.team_id.complete_name,
                    )
                )

    def _find_overlap(self):
        """Return another membership of this employee in this team and time."""
        self.ensure_one()
        domain = (
            Domain("id", "!=", self.id)
            & Domain("team_id", "=", self.team_id.id)
            & Domain("employee_id", "=", self.employee_id.id)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", self.date_from))
        )
        if self.date_to:
            domain &= Domain("date_from", "<=", self.date_to)
        return self.search(domain, limit=1)

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._sync_users()
        return members

    def write(self, vals):
        before = self._get_users_by_team()
        result = super().write(vals)
        self._sync_users(before)
        return result

    def unlink(self):
        before = self._get_users_by_team()
        result = super().unlink()
        self.browse()._sync_users(before)
        return result

    def _get_users_by_team(self):
        """Return dict ``team -> users`` of these memberships, in force or not."""
        return {
            team: members.user_id for team, members in self.grouped("team_id").items()
        }

    def _sync_users(self, before=None):
        """Bring the teams' users in step with these memberships.

        :param before: the teams and users that the memberships had earlier
        """
        before = before or {}
        after = self._get_users_by_team()
        nobody = self.env["res.users"]
        for team in {**before, **after}:
            team._sync_users(before.get(team, nobody) | after.get(team, nobody))
