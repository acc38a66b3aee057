from odoo import fields, models


class CitizenNeed(models.Model):
    """A need that a citizen has declared, so that the city can be reached equally.

    A need says what the city must do (large print, sign language, an interpreter),
    never why the person needs it: no diagnosis is stored.
    """

    _name = "citizen.need"
    _description = "Declared Need"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    description = fields.Text(
        translate=True, string="What Staff Do", help="Shown to staff on every case."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()

    _code_unique = models.Constraint(
        "UNIQUE (code)", "This code is already used by another declared need."
    )
