from odoo import fields, models


class CitizenSkill(models.Model):
    """Something a case may demand of its handler, e.g. building law or a site visit."""

    _name = "citizen.skill"
    _description = "Skill"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    active = fields.Boolean(default=True)
    color = fields.Integer()

    _code_unique = models.Constraint(
        "UNIQUE (code)", "This code is already used by another skill."
    )
