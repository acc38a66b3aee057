from odoo import fields, models


class CitizenHolidayCalendar(models.Model):
    """The days on which the city does not work as in any other week.

    One holiday calendar serves many working calendars, so a typhoon closure or a
    make-up Saturday is entered once.
    """

    _name = "citizen.holiday.calendar"
    _description = "Holiday Calendar"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="The city whose holidays these are; empty for all.",
    )
    day_ids = fields.One2many("citizen.holiday", "holiday_calendar_id", string="Days")
    calendar_ids = fields.One2many(
        "resource.calendar",
        "holiday_calendar_id",
        string="Working Calendars",
        help="The working calendars that keep these days.",
    )
