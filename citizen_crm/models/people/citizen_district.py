from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CitizenDistrict(models.Model):
    """An electoral or administrative district, as a tree (borough / district)."""

    _name = "citizen.district"
    _description = "District"
    _parent_store = True
    _parent_name = "parent_id"
    _rec_name = "complete_name"
    _rec_names_search = ["name", "code"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short code of the district, unique in the city. Imports find the "
        "district by it.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one(
        "citizen.district",
        string="Part of",
        index=True,
        ondelete="restrict",
        help="The larger district this one belongs to, e.g. its borough.",
    )
    child_ids = fields.One2many("citizen.district", "parent_id", string="Parts")
    parent_path = fields.Char(index=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", recursive=True, string="Full Name"
    )
    representative_id = fields.Many2one(
        "res.partner",
        string="Elected Representative",
        domain=[("is_company", "=", False)],
        help="Who was elected for this district. The representative sees a case "
        "only with the person's consent.",
    )
    representative_title = fields.Char(
        translate=True, help="For example: Councillor, Alderman, Li-chief."
    )

    _code_unique = models.Constraint(
        "UNIQUE (code)", "This district code is already used by another district."
    )

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for district in self:
            parent = district.parent_id.complete_name
            district.complete_name = (
                f"{parent} / {district.name}" if parent else district.name
            )

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("Part of: a district cannot be a part of itself.")
            )
