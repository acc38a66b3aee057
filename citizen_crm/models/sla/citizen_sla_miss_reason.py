from odoo import fields, models


class CitizenSlaMissReason(models.Model):
    """Why a promise was missed, in the words of who had to keep it."""

    _name = "citizen.sla.miss.reason"
    _description = "Reason of a Delay"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Archived reasons stay in the figures and are not offered."
    )
