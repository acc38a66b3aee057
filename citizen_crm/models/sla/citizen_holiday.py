from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.calendar_definition import HoursError, format_hours, parse_hours

KINDS = [
    ("closed", "Closed"),
    ("special", "Special hours"),
    ("makeup", "Make-up working day"),
]
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class CitizenHoliday(models.Model):
    """A date with no work at all, or with hours of its own.

    Special hours replace the weekly pattern and everything else on the date: a half
    day, a closure from two o'clock on. A make-up day takes the hours of another
    weekday, of each working calendar its own.
    """

    _name = "citizen.holiday"
    _description = "Holiday"
    _order = "date, id"

    name = fields.Char(required=True, translate=True)
    date = fields.Date(required=True)
    weekday_name = fields.Char(string="Weekday", compute="_compute_weekday_name")
    holiday_calendar_id = fields.Many2one(
        "citizen.holiday.calendar", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="holiday_calendar_id.company_id")
    kind = fields.Selection(
        KINDS,
        required=True,
        default="closed",
        help="Closed: no work on this date. Special hours: work in the hours given, "
        "and in no others. Make-up working day: the hours of another weekday, in each "
        "working calendar its own.",
    )
    hours = fields.Char(
        help="Only for special hours, in the time zone of the working calendar, as in "
        "08:00-12:00, 13:00-17:00."
    )
    weekday = fields.Selection(
        WEEKDAYS,
        string="Works Like",
        help="Only for make-up working days: the weekday whose hours are worked.",
    )
    source = fields.Char(
        string="Imported From",
        readonly=True,
        copy=False,
        help="The calendar file from which this day was imported; empty if it was "
        "entered by hand.",
    )
    source_uid = fields.Char(
        string="Source UID",
        readonly=True,
        copy=False,
        help="The event of the calendar file.",
    )

    _date_unique = models.UniqueIndex(
        "(holiday_calendar_id, date)", "A holiday calendar has each date only once."
    )

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_weekday_name(self):
        names = dict(self._fields["weekday"]._description_selection(self.env))
        for day in self:
            day.weekday_name = day.date and names[str(day.date.weekday())]

    @api.constrains("kind", "hours", "weekday")
    def _check_hours(self):
        for day in self:
            if day.kind == "makeup" and not day.weekday:
                raise ValidationError(
                    self.env._(
                        "%s: choose the weekday whose hours are worked.", day.name
                    )
                )
            if day.kind == "special":
                day._get_special_hours()

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == "makeup" and not self.weekday:
            self.weekday = "0"

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._complete_hours(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._complete_hours(vals))

    @api.model
    def _complete_hours(self, vals):
        """Return the values without what the kind does not need, hours tidied."""
        vals = dict(vals)
        if vals.get("kind", "special") != "special":
            vals["hours"] = False
        if vals.get("kind", "makeup") != "makeup":
            vals["weekday"] = False
        try:
            if vals.get("hours"):
                vals["hours"] = format_hours(parse_hours(vals["hours"]))
        except HoursError:
            return vals  # the constraint says what is wrong
        return vals

    # -------------------------------------------------------------- business
    def _get_intervals(self, pattern):
        """Return the working intervals of the date, none if it is closed.

        :param pattern: function of a date and a weekday (0 for Monday): the hours of
            that weekday in the week of the date
        """
        self.ensure_one()
        if self.kind == "makeup":
            return pattern(self.date, int(self.weekday))
        return self._get_special_hours() if self.kind == "special" else ()

    def _get_special_hours(self):
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
