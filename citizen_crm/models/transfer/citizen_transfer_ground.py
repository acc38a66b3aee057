from odoo import fields, models


class CitizenTransferGround(models.Model):
    """Why a case goes to another team; the list that figures are counted by."""

    _name = "citizen.transfer.ground"
    _description = "Ground of Transfer"
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
        help="As staff choose it; residents do not read it.",
    )
    sequence = fields.Integer(default=10, help="The place in the list of grounds.")
    active = fields.Boolean(
        default=True, help="Off: no longer offered, but kept where it was named."
    )
    is_misrouted = fields.Boolean(
        string="Sent to the Wrong Team",
        help="The case should have come to the other team at once. Figures count it to "
        "the service type and to whoever routed it first.",
    )
