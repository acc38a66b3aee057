from odoo import api, fields, models
from odoo.tools import SQL


class CitizenRollupRow(models.AbstractModel):
    """Figures of one day: how many, by what they are counted by. No case, no person.

    Rows of a day are replaced by those of the statement that counts the cases or the
    clocks themselves; nothing else writes them. A model says what it is counted by and
    what is summed, and selects both of each case or clock, with the day.
    """

    _name = "citizen.rollup.row"
    _inherit = ["citizen.share.report"]
    _description = "Daily Figures"
    _log_access = False
    _order = "day desc, id"
    _rec_name = "day"

    #: The word for what is counted (``SUBJECTS``).
    _subject = ""
    #: Columns that tell the rows of a day apart, and columns that are summed.
    _dimensions, _sums = (), ()
    #: Means: column that is summed, of how many; the unit's size.
    _means = {}

    day = fields.Date(readonly=True, index=True)
    as_of = fields.Datetime(
        compute="_compute_as_of",
        help="Whatever was done up to then is counted. Empty before the first count.",
    )

    def _compute_as_of(self):
        self.as_of = self.env["citizen.rollup"]._get().as_of

    # ------------------------------------------------------------------ counting
    @api.model
    def _select_each(self, within):
        """Return a statement with day, dimensions and sums of whatever is counted.

        :param within: function of a column's name; the condition that the moment in
            it is of the days asked for
        """
        raise NotImplementedError

    @api.model
    def _select_counted(self, zone, spans=None, undated=True):
        """Return the slow query: the rows as they follow from cases and clocks.

        :param zone: name of the zone of the city's days
        :param spans: the spans ``(begin, end)`` that are counted; all if not given
        :param undated: whether what has no date is counted
        """

        def within(column):
            if spans is None:
                return SQL("TRUE")
            name = SQL.identifier(*column.split("."))
            conditions = [
                SQL("(%s >= %s AND %s < %s)", name, begin, name, end)
                for begin, end in spans
            ]
            if undated:
                conditions.append(SQL("%s IS NULL", name))
            return SQL("(%s)", SQL(" OR ").join(conditions))

        dimensions = SQL(", ").join(map(SQL.identifier, self._dimensions))
        sums = SQL(", ").join(
            SQL("sum(%s)::%s AS %s", name, SQL(self._get_sql_type(column)), name)
            for column in self._sums
            for name in [SQL.identifier(column)]
        )
        return SQL(
            """
            SELECT (each.at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS day, %s, %s
              FROM (%s) AS each
          GROUP BY 1, %s
            """,
            zone,
            dimensions,
            sums,
            self._select_each(within),
            dimensions,
        )

    @api.model
    def _get_sql_type(self, column):
        return self._fields[column].column_type[1]

    @api.model
    def _get_columns(self):
        """Return the names of what is stored of a row, as SQL."""
        names = ("day", *self._dimensions, *self._sums)
        return SQL(", ").join(map(SQL.identifier, names))

    @api.model
    def _count_days(self, zone, days, spans):
        """Replace the rows of these days by what is counted now.

        :param days: list of dates, with None for what has no date
        :param spans: the same as spans of time
        """
        dated = [day for day in days if day]
        table, undated = SQL.identifier(self._table), None in days
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE day = ANY(%s) OR (%s AND day IS NULL)",
                table,
                dated,
                undated,
            )
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) %s",
                table,
                self._get_columns(),
                self._select_counted(zone, spans, undated),
            )
        )
        self.invalidate_model()

    # ------------------------------------------------------------------ reading
    def _compute_means(self):
        for row in self:
            for name, (total, count, unit) in self._means.items():
                row[name] = row[total] / row[count] / unit if row[count] else 0.0

    def _compute_shares(self):
        for row in self:
            for name, (whole, part) in self._shares.items():
                row[name] = 100.0 * row[part] / row[whole] if row[whole] else 0.0

    def _read_group_select(self, aggregate_spec, query):
        """Make the mean of rows out of their sums."""
        name, _colon, function = aggregate_spec.partition(":")
        if name not in self._means or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        total, count, unit = self._means[name]
        return SQL(
            "sum(%s) / nullif(sum(%s), 0) / %s",
            self._field_to_sql(self._table, total, query),
            self._field_to_sql(self._table, count, query),
            unit,
        )

    # ------------------------------------------------------------------ the screen
    @api.model
    def _open_as_of(self, action_xmlid):
        """Return a window action whose title says up to when its figures are true."""
        action = self.env["ir.actions.act_window"]._for_xml_id(action_xmlid)
        return action | {
            "display_name": self.env["citizen.rollup"]._get()._tell(action["name"])
        }
