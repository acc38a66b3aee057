from datetime import timedelta

from odoo import models

from ...tools.duty import Day, read_day, read_duty
from ..sla.instants import to_instant, to_moment

#: What a rule says about leave, for a team without one.
NO_WIND_DOWN = (0, 1)
FULL_WEEK = 40.0


class CitizenTeamMember(models.Model):
    """When the members of a team are on duty: their calendars without their leave."""

    _inherit = "citizen.team.member"

    def _get_duty(self, now, wind_down=NO_WIND_DOWN):
        """Return who of these members is on duty on the day of ``now``.

        :param now: naive UTC
        :param wind_down: working days before a leave, and from what length of leave
        :return: dict ``employee id -> tools.duty.Duty``, minutes for this team
        """
        now = to_instant(now)
        leaves = self._get_leaves(now)
        duty = {}
        for member in self.sudo():
            days = member._get_days(now, sum(wind_down), leaves)
            read = read_duty(days, now, wind_down=wind_down[0], long_leave=wind_down[1])
            duty[member.employee_id.id] = read._replace(
                minutes=round(read.minutes * member._get_share_of_time())
            )
        return duty

    def _get_days(self, now, working_days, leaves):
        """Return today and as many days as hold some working days, as ``Day``."""
        table = self._get_timetable(now)
        if not table:
            return [Day(0, 0)]
        today = table.local_date(now)
        own = leaves.get(self.employee_id.resource_id.id, ())
        days, found = [], 0
        # A fortnight without any working day is looked past; a year is not.
        for number in range(14 + 3 * working_days):
            days.append(read_day(table, today + timedelta(days=number), own))
            found += days[-1].planned > 0
            if found > working_days:
                break
        return days

    def _get_timetable(self, now):
        """Return the timetable of the employee, else of the team, or None.

        Deadlines and duty are counted on the same compiled calendars, so that the
        city's holidays hold for both.
        """
        return self.team_id._find_timetable(now, self.employee_id.resource_calendar_id)

    def _get_share_of_time(self):
        """Return which share of the employee's time is this team's.

        Capacity is a share of full time; a part-timer who works for one team alone
        has the same share of full time there, so all of the own hours are its.
        """
        self.ensure_one()
        calendar = self.employee_id.resource_calendar_id
        week = calendar.hours_per_week or FULL_WEEK
        full = calendar.full_time_required_hours or FULL_WEEK
        return min(1.0, self.capacity * full / week)

    def _get_leaves(self, now):
        """Return the personal leaves that are not over, as instants by resource."""
        resources = self.sudo().employee_id.resource_id
        leaves = {}
        domain = [
            ("resource_id", "in", resources.ids),
            ("time_type", "=", "leave"),
            ("date_to", ">", to_moment(now) - timedelta(days=2)),
        ]
        for leave in self.env["resource.calendar.leaves"].sudo().search(domain):
            span = to_instant(leave.date_from), to_instant(leave.date_to) + 1
            leaves.setdefault(leave.resource_id.id, []).append(span)
        return leaves
