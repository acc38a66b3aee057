from odoo import models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    def write(self, vals):
        """The new user of an employee takes the old one's place in the teams."""
        if "user_id" not in vals:
            return super().write(vals)
        members = self.env["citizen.team.member"].sudo()
        members = members.search([("employee_id", "in", self.ids)])
        before = members._get_users_by_team()
        result = super().write(vals)
        members._sync_users(before)
        return result
