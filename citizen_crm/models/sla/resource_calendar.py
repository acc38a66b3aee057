from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import ormcache

from ...tools.calendar_definition import (
    Attendance,
    CalendarSetupError,
    get_digest,
    get_week,
    to_definition,
    to_weeks,
)
from ...tools.working_time import Calendar

#: Fields of a calendar itself that its versions tell; the others tell by their records.
VERSION_FIELDS = {
    "company_id",
    "flexible_hours",
    "holiday_calendar_id",
    "schedule_type",
    "two_weeks_calendar",
    "tz",
}
#: Whether calendars were changed in this transaction, and what it found since.
_TOUCHED = "citizen_crm.calendars_touched"
_FOUND = "citizen_crm.calendar_versions"


class _NoVersion(Exception):
    """The content of a calendar has no version yet; nothing is cached."""


class ResourceCalendar(models.Model):
    """A working calendar, compiled into versions that never change.

    A version found in a transaction that changed a calendar, or made a version, is
    known to that transaction alone: what is cached for the whole process is always
    committed. The caches of other processes are invalidated by Odoo's signalling.
    """

    _inherit = "resource.calendar"

    holiday_calendar_id = fields.Many2one(
        "citizen.holiday.calendar",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Holidays, half days and make-up days of this calendar, in deadlines.",
    )
    version_ids = fields.One2many(
        "citizen.calendar.version", "calendar_id", string="Versions", readonly=True
    )

    def write(self, vals):
        result = super().write(vals)
        if VERSION_FIELDS & vals.keys():
            self._forget_versions()
        return result

    # -------------------------------------------------------------- versions
    def _get_version(self):
        """Return the version of what the calendar says now.

        :raise CalendarSetupError: no deadline can be counted on this calendar
        """
        self.ensure_one()
        Version = self.env["citizen.calendar.version"]
        cr = self.env.cr
        if _TOUCHED not in cr.postcommit.data:
            try:
                return Version.browse(self._get_version_id())
            except _NoVersion:
                cr.postcommit.data[_TOUCHED] = False  # by a version, not by a change
        found = cr.cache.setdefault(_FOUND, {})
        if self.id not in found:
            definition = self.sudo()._get_definition()
            found[self.id] = Version._find_or_create(self.id, definition).id
        return Version.browse(found[self.id])

    @ormcache("self.id")
    def _get_version_id(self):
        """Return the id of the current version; only for untouched transactions."""
        version = self._find_version()
        if not version:
            raise _NoVersion
        return version.id

    def _find_version(self):
        """Return the version of what the calendar says now, empty if it has none yet.

        :raise CalendarSetupError: no deadline can be counted on the calendar
        """
        self.ensure_one()
        digest = get_digest(self.sudo()._get_definition())
        return self.env["citizen.calendar.version"].sudo()._find(self.id, digest)

    @api.model
    def _forget_versions(self):
        """Forget which versions are current, here now and everywhere on commit."""
        cr = self.env.cr
        cr.cache.pop(_FOUND, None)
        self.env.registry.clear_cache()
        if not cr.postcommit.data.get(_TOUCHED):
            cr.postcommit.data[_TOUCHED] = True
            # Another thread may have cached the old version since.
            cr.postcommit.add(self.env.registry.clear_cache)

    # --------------------------------------------------------------- actions
    def action_apply_to_open_cases(self):
        """Ask from when on, and why, open cases shall count on these calendars."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Apply to Open Cases"),
            "res_model": "citizen.calendar.apply",
            "view_mode": "form",
            "target": "new",
            "context": {"default_calendar_ids": self.ids},
        }

    def _apply_to_open_cases(self, since, reason):
        """Let the open cases of these calendars count on their current versions.

        :param since: from when on, naive UTC
        :param reason: told in the history of each case
        :return: the cases that were told, as superuser
        :raise CalendarSetupError: no deadline can be counted on a calendar
        """
        self.check_access("write")
        Case = self.env["helpdesk.ticket"]
        return Case.sudo().union(
            *(
                Case._log_calendar_change(calendar._get_version(), since, reason)
                for calendar in self
            )
        )

    # ----------------------------------------------------------- compilation
    def _get_definition(self):
        """Return what the calendar says now as canonical JSON; call it as superuser."""
        self.ensure_one()
        if self.flexible_hours:
            raise CalendarSetupError(
                self.env._(
                    "Calendar %s: its hours are flexible, so no deadline can be "
                    "counted on it. Choose fixed hours, or another calendar.",
                    self.name,
                )
            )
        weeks = self._get_weeks()
        if not any(day for week in weeks for day in week):
            raise CalendarSetupError(
                self.env._(
                    "Calendar %s: it has no working hours, so no deadline can be "
                    "counted on it. Enter hours, or choose another calendar.",
                    self.name,
                )
            )
        days = self.holiday_calendar_id.day_ids
        closed = days.filtered(lambda day: day.kind == "closed")
        calendar = Calendar(
            tz=self._get_zone(),
            weeks=weeks,
            closed=frozenset(closed.mapped("date")),
            special={
                day.date: day._get_intervals(
                    lambda date, weekday: get_week(weeks, date)[weekday]
                )
                for day in days - closed
            },
            leaves=self._get_leave_spans(),
        )
        return to_definition(calendar)

    def _get_zone(self):
        """Return the name of the time zone: the own, else the city's."""
        name = self.tz or (self.company_id or self.env.company)._get_city_tz()
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError) as error:
            raise CalendarSetupError(
                self.env._(
                    "Calendar %(calendar)s: this server does not know the time zone "
                    "%(zone)s. Choose another name of it.",
                    calendar=self.name,
                    zone=name,
                )
            ) from error

    def _get_weeks(self):
        """Return the weekly patterns as Odoo counts them, breaks left out."""
        turns = 2 if self.two_weeks_calendar else 1
        return to_weeks(
            (
                Attendance(
                    int(line.week_type or 0) if turns == 2 else 0,
                    int(line.dayofweek),
                    line.hour_from,
                    line.hour_to,
                )
                for line in self._get_global_attendances()
            ),
            turns,
        )

    def _get_leave_spans(self):
        """Return the general leaves, the company's too, as instants.

        A leave without calendar counts only for calendars of its own company. Odoo
        lets whole days end at 23:59:59; that second is not worked either.
        """
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("time_type", "=", "leave"),
                "|",
                ("calendar_id", "=", self.id),
                "&",
                ("calendar_id", "=", False),
                ("company_id", "in", [self.company_id.id, False]),
            ]
        )
        spans = []
        for leave in leaves:
            start, end = (
                int(moment.replace(tzinfo=UTC).timestamp())
                for moment in (leave.date_from, leave.date_to)
            )
            spans.append((start, end + (end % 60 == 59)))
        return tuple(spans)
