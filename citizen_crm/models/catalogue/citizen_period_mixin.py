from odoo import api, fields, models
from odoo.fields import Domain


class CitizenPeriodMixin(models.AbstractModel):
    """Something that is in force from one day to another, both included.

    The model that takes this names its first day in ``_period_start``, and keeps the
    two days in order by a constraint, which cannot be written once for both names.
    """

    _name = "citizen.period.mixin"
    _description = "In Force for a Time"

    #: Name of the field with the first day.
    _period_start = "date_from"

    date_to = fields.Date(string="To", help="Last day; empty while it has no end.")
    is_current = fields.Boolean(
        string="Current",
        compute="_compute_is_current",
        search="_search_is_current",
        help="In force today.",
    )

    @api.depends(lambda self: (self._period_start, "date_to"))
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for record in self:
            start, end = record[self._period_start], record.date_to
            record.is_current = bool(
                start and start <= today and (not end or end >= today)
            )

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        current = Domain(self._period_start, "<=", today) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        )
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        return current if True in wanted else ~current
