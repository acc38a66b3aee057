from odoo import api, fields, models


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
    day_count = fields.Integer(compute="_compute_day_count")

    @api.depends("day_ids")
    def _compute_day_count(self):
        counts = dict(
            self.env["citizen.holiday"]._read_group(
                [("holiday_calendar_id", "in", self.ids)],
                ["holiday_calendar_id"],
                ["__count"],
            )
        )
        for calendar in self:
            calendar.day_count = counts.get(calendar, 0)

    # --------------------------------------------------------------- actions
    def action_view_days(self):
        """Show the days, month by month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_holiday_action"
        )
        action["name"] = self.name
        action["domain"] = [("holiday_calendar_id", "=", self.id)]
        action["context"] = {
            "default_holiday_calendar_id": self.id,
            "search_default_group_by_month": 1,
            "search_default_from_this_year": 1,
        }
        return action

    def action_import(self):
        """Ask for a calendar file."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Holidays"),
            "res_model": "citizen.holiday.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_holiday_calendar_id": self.id},
        }

    def action_apply_to_open_cases(self):
        """Ask from when on, and why, open cases shall count on these days."""
        self.ensure_one()
        self.check_access("write")
        return self.calendar_ids.action_apply_to_open_cases()
