from odoo import api, models


class HrDepartment(models.Model):
    """Who stands above whom in the city; no secret, so it is read as superuser."""

    _inherit = "hr.department"

    def _get_chain(self):
        """Return the department and all above it, from below, as superuser."""
        chain = department = self.sudo()
        while department := department.parent_id:
            chain |= department
        return chain

    def _get_heads(self):
        """Return the users who head the department and those above, nearest first."""
        return self._get_chain().manager_id.user_id

    @api.model
    def _get_headed(self):
        """Return the departments of which the user is the head, and all below them."""
        departments = self.sudo()
        own = departments.search([("manager_id.user_id", "=", self.env.uid)])
        return departments.search([("id", "child_of", own.ids)])
