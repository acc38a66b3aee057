from odoo import api, models


class CitizenCalendarSource(models.AbstractModel):
    """A record out of which versions of calendars are made."""

    _name = "citizen.calendar.source"
    _description = "Part of a Working Calendar"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if records._is_in_calendars():
            self.env["resource.calendar"]._forget_versions()
        return records

    def write(self, vals):
        told = self._is_in_calendars()
        result = super().write(vals)
        if told or self._is_in_calendars():
            self.env["resource.calendar"]._forget_versions()
        return result

    def unlink(self):
        told = self._is_in_calendars()
        result = super().unlink()
        if told:
            self.env["resource.calendar"]._forget_versions()
        return result

    def _is_in_calendars(self):
        """Return whether any of these records is part of a version."""
        return bool(self)


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "citizen.calendar.source"]


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "citizen.calendar.source"]

    def _is_in_calendars(self):
        """Only general ones: nobody's absence moves a deadline."""
        return any(not leave.resource_id for leave in self.sudo())


class CitizenHoliday(models.Model):
    _name = "citizen.holiday"
    _inherit = ["citizen.holiday", "citizen.calendar.source"]
