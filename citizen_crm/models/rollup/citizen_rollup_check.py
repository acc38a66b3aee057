from odoo import api, fields, models
from odoo.tools import SQL

from .citizen_rollup import ROLLUPS


class CitizenRollup(models.Model):
    """The check of the daily figures against the cases and clocks themselves."""

    _inherit = "citizen.rollup"

    checked_at = fields.Datetime(
        string="Last Check",
        readonly=True,
        help="When all days were last compared with the cases and clocks themselves.",
    )
    finding = fields.Char(
        string="First Difference",
        readonly=True,
        help="What the last check found first. The day was counted again.",
    )

    def action_check(self):
        """Compare all days with the cases and clocks themselves, now."""
        self._check_admin()
        self._check()

    @api.model
    def _cron_check(self):
        """Compare all days once a night."""
        self.env["ir.cron"]._note_done(self._check())

    @api.model
    def _check(self):
        """Compare what is stored with what is counted now; store the first difference.

        Days that wait to be counted are left out. Days that differ are marked.

        :return: how many days differ
        """
        state = self._get()
        self.env.flush_all()
        zone = self._get_zone()
        marked = self._get_marked(zone)
        found, finding = 0, False
        for name in ROLLUPS:
            rows = self.env[name].sudo()
            waiting = [day for subject, day in marked if subject == rows._subject]
            differing = rows._find_differing(zone, waiting)
            if differing and not finding:
                finding = rows._tell_difference(zone, differing)
            found += len(differing)
            self._mark_days(rows._subject, zone, differing)
        state.write({"checked_at": fields.Datetime.now(), "finding": finding})
        return found

    @api.model
    def _mark_days(self, subject, zone, days):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO citizen_rollup_mark (subject, at)
                SELECT %s,
                       (day + time '12:00') AT TIME ZONE %s AT TIME ZONE 'UTC'
                  FROM unnest(%s::date[]) AS day
                """,
                subject,
                zone,
                days,
            )
        )


class CitizenRollupRow(models.AbstractModel):
    _inherit = "citizen.rollup.row"

    @api.model
    def _select_different(self, zone):
        """Return rows that are stored and not counted (1), or counted only (2)."""
        stored = SQL(
            "SELECT %s FROM %s", self._get_columns(), SQL.identifier(self._table)
        )
        counted = SQL(
            "SELECT %s FROM (%s) AS counted",
            self._get_columns(),
            self._select_counted(zone),
        )
        return SQL(
            """
            SELECT 1 AS side, stored.* FROM (%(stored)s EXCEPT ALL %(counted)s) stored
             UNION ALL
            SELECT 2, counted.* FROM (%(counted)s EXCEPT ALL %(stored)s) counted
            """,
            stored=stored,
            counted=counted,
        )

    @api.model
    def _find_differing(self, zone, waiting):
        """Return the days whose rows differ, in order, but for those that wait."""
        query = SQL(
            "SELECT DISTINCT day FROM (%s) AS each ORDER BY day",
            self._select_different(zone),
        )
        days = [day for (day,) in self.env.execute_query(query)]
        return [day for day in days if day not in waiting]

    @api.model
    def _tell_difference(self, zone, days):
        """Return in words what differs first on the first of the days."""
        keys = SQL(", ").join(map(SQL.identifier, self._dimensions))
        query = SQL(
            "SELECT * FROM (%s) AS each WHERE day IS NOT DISTINCT FROM %s"
            " ORDER BY %s, side",
            self._select_different(zone),
            days[0],
            keys,
        )
        width = 2 + len(self._dimensions)
        first, *others = self.env.execute_query(query)
        sides = {first[0]: first[width:]}
        sides |= {
            row[0]: row[width:] for row in others if row[1:width] == first[1:width]
        }
        none = (0,) * len(self._sums)
        stored, counted = sides.get(1, none), sides.get(2, none)
        name, old, new = next(
            each
            for each in zip(self._sums, stored, counted, strict=True)
            if each[1] != each[2]
        )
        return self.env._(
            "%(figures)s, %(where)s: %(figure)s was %(stored)s, counted %(counted)s.",
            figures=self.env["ir.model"]._get(self._name).name,
            where=self._tell_row(first[1:width]),
            figure=self._fields[name]._description_string(self.env),
            stored=f"{old:g}",
            counted=f"{new:g}",
        )

    @api.model
    def _tell_row(self, values):
        """Return day and dimensions in words."""
        names = [fields.Date.to_string(values[0]) or self.env._("without a date")]
        for name, value in zip(self._dimensions, values[1:], strict=True):
            field = self._fields[name]
            if value and field.type == "many2one":
                names.append(self.env[field.comodel_name].browse(value).display_name)
            elif value:
                names.append(dict(field._description_selection(self.env))[value])
        return ", ".join(names)
