from odoo import api, models


class CitizenDemoCity(models.AbstractModel):
    """The demo city's way into the database; empty in every other installation."""

    _name = "citizen.demo.city"
    _description = "Demo City"

    @api.model
    def _load(self):
        """Load people and cases of the demo city, once."""
        if self.env.ref("citizen_crm.employee_marsh_demo", raise_if_not_found=False):
            return
        # Only here: the addon does not import its demo data.
        from ..demo.loader import DemoCity

        DemoCity(self.env).load()
