"""Working calendars of the tests: an office in Taipei and its holidays."""

from datetime import datetime

from odoo.fields import Command

from .common import CitizenCommon

OFFICE_HOURS = ((9, 12), (13, 18))


class CalendarCommon(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._create_user("admin", "citizen_crm.group_catalogue_admin")
        cls.holidays = cls._create_holidays("Taipei")
        cls.office = cls._create_calendar("Office", holiday_calendar_id=cls.holidays.id)

    @classmethod
    def _create_calendar(
        cls, name, hours=OFFICE_HOURS, days=range(5), tz="Asia/Taipei", **values
    ):
        """Create a calendar; ``lines`` are given in place of hours and days."""
        lines = values.pop("lines", None)
        if lines is None:
            lines = [(day, start, end, {}) for day in days for start, end in hours]
        calendar = cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Line",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            **more,
                        }
                    )
                    for day, start, end, more in lines
                ],
                **values,
            }
        )
        # The company's general leaves are copied into a new calendar.
        calendar.global_leave_ids.unlink()
        return calendar

    @classmethod
    def _create_holidays(cls, name, **values):
        return cls.env["citizen.holiday.calendar"].create({"name": name, **values})

    @classmethod
    def _create_day(cls, date, name="Holiday", hours=None, **values):
        return cls.env["citizen.holiday"].create(
            {
                "holiday_calendar_id": cls.holidays.id,
                "date": date,
                "name": name,
                "kind": "special" if hours else "closed",
                "hours": hours,
                **values,
            }
        )

    @classmethod
    def _create_leave(cls, start, end, **values):
        return cls.env["resource.calendar.leaves"].create(
            {"name": "Leave", "date_from": start, "date_to": end, **values}
        )

    def _work(self, calendar, start, end):
        """Return the hours of work between two UTC times by the current version."""
        start, end = (
            int(datetime.fromisoformat(f"{text}+00:00").timestamp())
            for text in (start, end)
        )
        year = datetime.fromtimestamp(start).year
        table = calendar._get_version()._get_timetable(year)
        return table.work_between(start, end) / 3600
