from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.calendar_definition import HoursError, format_hours, parse_hours

KINDS = [("closed", "Closed"), ("special", "Special hours")]


class CitizenHoliday(models.Model):
    """A date with no work at all, or with hours of its own.

    Special hours replace the weekly pattern and everything else on the date: a half
    day, a make-up Saturday, a closure from two o'clock on.
    """

    _name = "citizen.holiday"
    _description = "Holiday"
    _order = "date, id"

    name = fields.Char(required=True, translate=True)
    date = fields.Date(required=True)
    holiday_calendar_id = fields.Many2one(
        "citizen.holiday.calendar", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="holiday_calendar_id.company_id")
    kind = fields.Selection(
        KINDS,
        required=True,
        default="closed",
        help="Closed: no work on this date. Special hours: work in the hours given, "
        "and in no others.",
    )
    hours = fields.Char(
        help="Only for special hours, in the time zone of the working calendar, as in "
        "08:00-12:00, 13:00-17:00."
    )
    source_uid = fields.Char(
        string="Source UID",
        readonly=True,
        copy=False,
        help="The event of the calendar file from which this day was imported.",
    )

    _date_unique = models.UniqueIndex(
        "(holiday_calendar_id, date)", "A holiday calendar has each date only once."
    )

    @api.constrains("kind", "hours")
    def _check_hours(self):
        for day in self:
            day._get_intervals()

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._complete_hours(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._complete_hours(vals))

    @api.model
    def _complete_hours(self, vals):
        """Return the values with hours as they are written, or none if closed."""
        if vals.get("kind") == "closed":
            return {**vals, "hours": False}
        if not vals.get("hours"):
            return vals
        try:
            return {**vals, "hours": format_hours(parse_hours(vals["hours"]))}
        except HoursError:
            return vals  # the constraint says what is wrong

    def _get_intervals(self):
        """Return the working intervals of the date, none if it is closed."""
        self.ensure_one()
        if self.kind == "closed":
            return ()
        try:
            return parse_hours(self.hours or "")
        except HoursError as error:
            raise ValidationError(
                self.env._(
                    "%(day)s: “%(hours)s” is not a time span within the day. Enter the "
                    "hours in order, as in 08:00-12:00, 13:00-17:00.",
                    day=self.name,
                    hours=error.args[0],
                )
            ) from error
