from odoo import models


class CitizenSlaClock(models.Model):
    _inherit = "citizen.sla.clock"

    # Of open and ended ones, for counting a day again; those without a date too.
    _due_index = models.Index("(due)")
