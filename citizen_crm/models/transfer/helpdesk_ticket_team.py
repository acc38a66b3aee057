from datetime import timedelta

from odoo import models

from ...tools.deadlines import Segment, deadline
from ..sla.instants import to_instant, to_moment


class HelpdeskTicketTeam(models.Model):
    """Until when a team answers, and who answers for it."""

    _inherit = "helpdesk.ticket.team"

    def _get_end_of_day(self, days, start):
        """Return the end of so many working days after ``start``, by its calendar."""
        self.ensure_one()
        team, instant = self.sudo(), to_instant(start)
        table = team._find_timetable(instant)
        if not table:
            return start + timedelta(days=days)
        segments = [Segment(instant, table)]
        return to_moment(deadline("statutory_working_days", days, instant, segments))

    def _get_leaders(self):
        """Return who answers for the team: its lead, then the heads above."""
        self.ensure_one()
        team = self.sudo()
        users, department = team.user_id, team.department_id
        while department:
            users |= department.manager_id.user_id
            department = department.parent_id
        return users.filtered("active").sudo(False)
