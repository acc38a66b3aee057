from odoo import api, fields, models
from odoo.exceptions import UserError


class CitizenVersionMixin(models.AbstractModel):
    """Something that is changed by a new version; the one before ends the day before.

    What stands on a version goes on standing on it, so none is deleted. The model that
    takes this says in ``_get_same`` which versions are of the same thing, keeps the two
    days in order and one version in force by constraints, and decides until when a
    version may still be changed.
    """

    _name = "citizen.version.mixin"
    _inherit = ["citizen.period.mixin"]
    _description = "In Versions"

    version = fields.Integer(
        default=1, readonly=True, copy=False, help="Counts the versions."
    )
    date_from = fields.Date(
        string="In Force From",
        required=True,
        copy=False,
        default=fields.Date.context_today,
        help="First day on which it holds.",
    )
    date_to = fields.Date(
        string="In Force Until",
        readonly=True,
        copy=False,
        help="Last day; empty: it is in force.",
    )
    is_current = fields.Boolean(string="In Force", help="It holds today.")

    @api.model
    def _get_same(self, vals):
        """Return the domain of the versions of the same thing.

        :param vals: values of a version
        """
        return []

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._begin(dict(vals)) for vals in vals_list]
        return super().create(vals_list)

    @api.model
    def _begin(self, vals):
        """Return the values of a new version; the one before ends the day before."""
        vals = {**self.default_get(list(self._fields)), **vals}
        same = self._get_same(vals)
        before = self.sudo().search(same, order="version desc", limit=1)
        if not before:
            return {**vals, "version": 1, "date_to": False}
        start = fields.Date.to_date(vals["date_from"])
        if start <= before.date_from:
            raise UserError(
                self.env._(
                    "In Force From: the version before begins on %s. Choose a later "
                    "day.",
                    fields.Date.to_string(before.date_from),
                )
            )
        if not before.date_to:
            before.write({"date_to": fields.Date.subtract(start, days=1)})
            before.flush_recordset(["date_to"])
        return {**vals, "version": before.version + 1, "date_to": False}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("%s is not deleted. Make a new version.", self[:1].display_name)
        )
