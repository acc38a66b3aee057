from odoo import fields, models, tools

from odoo.addons.base.models.res_partner import _tz_get


class ResCompany(models.Model):
    """Where the city is: the day on which something comes in is a day there."""

    _inherit = "res.company"

    citizen_tz = fields.Selection(
        _tz_get,
        string="Time Zone of the City",
        help="It decides on which day, and so in which year of the case numbers, "
        "something comes in, and in which time residents read dates who have chosen "
        "none. Empty: the time zone of the company's contact, else UTC.",
    )

    @tools.ormcache("self.id")
    def _get_city_tz(self):
        """Return the name of the city's time zone, the one place that says it."""
        self.ensure_one()
        company = self.sudo()
        return company.citizen_tz or company.partner_id.tz or "UTC"

    def write(self, vals):
        result = super().write(vals)
        if {"citizen_tz", "partner_id"} & vals.keys():
            self.env.registry.clear_cache()
        return result
