from odoo import models
from odoo.tools import SQL


class CitizenShareReport(models.AbstractModel):
    """Figures with shares: together they weigh as what they are shares of."""

    _name = "citizen.share.report"
    _description = "Figures with Shares"

    #: Share in percent: of what, how many; names of columns.
    _shares = {}

    def _get_share_columns(self):
        """Return the shares of a row as columns; of nothing there is none."""
        return SQL(", ").join(
            SQL(
                "100.0 * %s / nullif(%s, 0) AS %s",
                SQL.identifier(part),
                SQL.identifier(whole),
                SQL.identifier(name),
            )
            for name, (whole, part) in self._shares.items()
        )

    def _read_group_select(self, aggregate_spec, query):
        """Weigh the shares of rows by what they are shares of."""
        name, _colon, function = aggregate_spec.partition(":")
        if name not in self._shares or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        whole, part = (
            self._field_to_sql(self._table, column, query)
            for column in self._shares[name]
        )
        return SQL("100.0 * sum(%s) / nullif(sum(%s), 0)", part, whole)
