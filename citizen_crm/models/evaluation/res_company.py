from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.deadlines import Segment, deadline
from ...tools.working_time import WorkingTimeError
from ..sla.instants import to_instant

#: An evaluation is looked at in the one after it, so it is kept for that long at least.
LEAST_MONTHS = 12


class ResCompany(models.Model):
    """Time limits among staff, counted on the calendar of the city."""

    _inherit = "res.company"

    evaluation_retention_months = fields.Integer(
        string="Months to Keep Evaluations",
        default=36,
        help="When so many months have gone by since an evaluation was closed or "
        "cancelled, it comes on the list of evaluations to be deleted. Two people "
        "agree before anything is deleted; a sealed proof keeps hash, cycle and dates.",
    )

    @api.constrains("evaluation_retention_months")
    def _check_evaluation_retention_months(self):
        if any(one.evaluation_retention_months < LEAST_MONTHS for one in self):
            raise ValidationError(
                self.env._(
                    "Months to Keep Evaluations: at least %s, since the next "
                    "evaluation looks at the one before.",
                    LEAST_MONTHS,
                )
            )

    def _get_end_of_working_day(self, days, start):
        """Return the end of so many working days after a moment, as naive UTC."""
        self.ensure_one()
        instant, calendar = to_instant(start), self.sudo().resource_calendar_id
        try:
            table = calendar._get_version()._get_timetable(start.year - 1)
        except WorkingTimeError:
            # Flexible hours: every day is as good as another.
            return start + timedelta(days=days)
        segments = [Segment(instant, table)]
        end = deadline("statutory_working_days", days, instant, segments)
        # The day is the calendar's; it ends when it ends in the city.
        following = table.local_date(end) + timedelta(days=1)
        return self._get_start_of_day(following) - timedelta(seconds=1)

    def _get_city_day(self, moment):
        """Return the date in the city at a moment in naive UTC."""
        zone = ZoneInfo(self._get_city_tz())
        return moment.replace(tzinfo=UTC).astimezone(zone).date()

    def _get_start_of_day(self, day):
        """Return when a date begins in the city, as naive UTC."""
        zone = ZoneInfo(self._get_city_tz())
        return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)
