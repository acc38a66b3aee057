import base64
import re
from datetime import date
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import human_size

from odoo.addons.base.models.res_partner import _tz_get

from ..models.sla.citizen_holiday import WEEKDAYS
from ..tools.calendar_definition import HoursError, format_hours, parse_hours
from ..tools.calendar_file import CalendarFileError, read_calendar
from ..tools.holiday_plan import Day, combine, plan

MOST_BYTES = 2 * 1024 * 1024
MOST_YEARS = 10


class CitizenHolidayImport(models.TransientModel):
    """Read an iCalendar file; show what would change; then, and only then, do it.

    A day is known again by its source and date, so importing a file twice changes
    nothing, and the next edition of it changes what is different.
    """

    _name = "citizen.holiday.import"
    _description = "Import Holidays"

    holiday_calendar_id = fields.Many2one("citizen.holiday.calendar", required=True)
    file = fields.Binary(
        attachment=False, help="A calendar file (.ics), as a calendar publishes it."
    )
    file_name = fields.Char()
    date_from = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
    )
    date_to = fields.Date(
        required=True,
        default=lambda self: self._default_date_to(),
        help="Days outside these dates are neither imported nor removed.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        required=True,
        compute="_compute_tz",
        store=True,
        readonly=False,
        precompute=True,
        help="On which date an event with a time of day falls.",
    )
    makeup_words = fields.Char(
        default="補班, 補行上班, make-up",
        help="Events whose name contains one of these words are make-up working days. "
        "All others are closed days. Separate the words by commas.",
    )
    makeup_weekday = fields.Selection(
        WEEKDAYS,
        string="Make-up Days Work Like",
        default="0",
        help="Each working calendar has its own hours of this weekday.",
    )
    makeup_hours = fields.Char(
        help="Only if make-up days have the same hours in all working calendars, as in "
        "08:00-12:00, 13:00-17:00. Else leave it empty."
    )
    state = fields.Selection(
        [("file", "File"), ("preview", "Preview")], default="file", required=True
    )
    source = fields.Char(readonly=True)
    line_ids = fields.One2many("citizen.holiday.import.line", "import_id")
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def _default_date_to(self):
        return date(fields.Date.context_today(self).year + 1, 12, 31)

    @api.depends("holiday_calendar_id")
    def _compute_tz(self):
        for wizard in self:
            calendar = wizard.holiday_calendar_id.calendar_ids[:1]
            wizard.tz = calendar.tz or wizard.env.user.tz or "UTC"

    @api.depends("line_ids.action", "line_ids.is_wanted")
    def _compute_summary(self):
        for wizard in self:
            count = {
                action: len(
                    wizard.line_ids.filtered(
                        lambda line, action=action: (
                            line.action == action and line.is_wanted
                        )
                    )
                )
                for action in ("add", "change", "remove", "keep", "skip")
            }
            wizard.summary = wizard.env._(
                "%(add)s to add, %(change)s to change, %(remove)s to remove, "
                "%(keep)s as they are, %(skip)s left out",
                **count,
            )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for wizard in self:
            years = wizard.date_to.year - wizard.date_from.year
            if wizard.date_to < wizard.date_from or years > MOST_YEARS:
                raise ValidationError(
                    self.env._(
                        "Dates: the last date must follow the first, by %s years at "
                        "most.",
                        MOST_YEARS,
                    )
                )

    # --------------------------------------------------------------- actions
    def action_preview(self):
        """Show what the import would do; nothing is written yet."""
        self.ensure_one()
        self.holiday_calendar_id.check_access("write")
        calendar = self._read_file()
        self.source = calendar.name or self.file_name or self.env._("Calendar file")
        wanted, parts = combine(
            calendar.days,
            self._get_words(),
            self._get_makeup(),
            self.source,
            self.env._("Holiday"),
        )
        existing = {
            day.id: self._to_day(day) for day in self.holiday_calendar_id.day_ids
        }
        changes = plan(
            existing, wanted, parts, self.source, self.date_from, self.date_to
        )
        self.line_ids.unlink()
        self.env["citizen.holiday.import.line"].create(
            [self._prepare_line_values(change) for change in changes]
        )
        self.state = "preview"
        return self._reopen()

    def action_back(self):
        """Return to the choice of the file."""
        self.ensure_one()
        self.line_ids.unlink()
        self.state = "file"
        return self._reopen()

    def action_import(self):
        """Do what the preview shows, but for what was left out, and show the days."""
        self.ensure_one()
        self.line_ids._do()
        self.file = False
        return self.holiday_calendar_id.action_view_days()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Holidays"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # -------------------------------------------------------------- business
    def _read_file(self):
        # Reading the size of a stored file in place of its content is the default.
        data = base64.b64decode(self.with_context(bin_size=False).file or b"")
        if not data:
            raise UserError(self.env._("Choose a calendar file (.ics)."))
        if len(data) > MOST_BYTES:
            raise UserError(
                self.env._(
                    "The file is too large: %(size)s. Holidays need less than "
                    "%(limit)s.",
                    size=human_size(len(data)),
                    limit=human_size(MOST_BYTES),
                )
            )
        try:
            return read_calendar(data, ZoneInfo(self.tz), self.date_from, self.date_to)
        except CalendarFileError as error:
            raise UserError(self._explain(error)) from error

    def _explain(self, error):
        _ = self.env._
        if error.code == "syntax" and error.detail:
            return _("This is no calendar file: line %s is broken.", error.detail)
        return {
            "encoding": _("The text of the file is not encoded in UTF-8."),
            "syntax": _("This is no calendar file (.ics), or it is broken."),
            "no_calendar": _("This is no calendar file (.ics): no calendar is in it."),
            "too_much": _("The file has too many events, or events without an end."),
            "event": _(
                "The event “%s” cannot be understood: its dates or its repetition "
                "are broken. Nothing was imported.",
                error.detail,
            ),
        }[error.code]

    def _get_words(self):
        words = re.split(r"[,，、;；]", self.makeup_words or "")
        return [word.strip() for word in words if word.strip()]

    def _get_makeup(self):
        """Return the pattern of make-up days."""
        if not self.makeup_hours:
            return Day(date.min, "", "makeup", weekday=self.makeup_weekday or "0")
        try:
            hours = format_hours(parse_hours(self.makeup_hours))
        except HoursError as error:
            raise UserError(
                self.env._(
                    "Make-up hours: “%s” is not a time span within the day. Enter the "
                    "hours in order, as in 08:00-12:00, 13:00-17:00.",
                    error.args[0],
                )
            ) from error
        return Day(date.min, "", "special", hours=hours)

    @api.model
    def _to_day(self, holiday):
        return Day(
            holiday.date,
            holiday.name,
            holiday.kind,
            holiday.hours or "",
            holiday.weekday or "",
            holiday.source or "",
            holiday.source_uid or "",
        )

    def _prepare_line_values(self, change):
        return {
            "import_id": self.id,
            "action": change.action,
            "date": change.day.date,
            "name": change.day.name,
            "kind": change.day.kind,
            "hours": change.day.hours or False,
            "weekday": change.day.weekday or False,
            "source": change.day.source or False,
            "source_uid": change.day.uid or False,
            "holiday_id": change.id or False,
            "reason": change.reason or False,
        }
