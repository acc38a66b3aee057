from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Share of the closed cases of physical work that is looked at on site, in percent.
USUAL_RATE = 5


class HelpdeskTicketCategory(models.Model):
    """How many closed cases of a service type are looked at on site."""

    _inherit = "helpdesk.ticket.category"

    is_on_site = fields.Boolean(
        string="Work on Site",
        help="What is promised can be seen: a repair, a collection, a sign. Of such "
        "cases a random sample is looked at after closing.",
    )
    field_check_rate = fields.Float(
        string="Checked on Site (%)",
        compute="_compute_field_check_rate",
        store=True,
        readonly=False,
        digits=(5, 2),
        help="Share of the closed cases that is drawn and looked at; 5 for work on "
        "site, 0 for none.",
    )

    @api.depends("is_on_site")
    def _compute_field_check_rate(self):
        for category in self:
            category.field_check_rate = USUAL_RATE if category.is_on_site else 0

    @api.constrains("field_check_rate")
    def _check_field_check_rate(self):
        for category in self:
            if not 0 <= category.field_check_rate <= 100:
                raise ValidationError(
                    self.env._("Checked on Site: a share from 0 to 100 percent.")
                )
