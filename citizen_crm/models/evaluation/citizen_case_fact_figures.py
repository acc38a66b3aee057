from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from ...tools.funnel import measure
from ...tools.strata import Cell, pool
from .citizen_measure import FACT_COLUMNS

#: What tells kinds of cases apart, from coarse to fine, behind department and period.
STRATUM = ("category_id", "priority", "channel_id")
#: Measures whose kinds of cases are also told apart by what the city decided: who is
#: refused something is rarely content, however well it was explained.
BY_DECISION = frozenset({"C2"})


class CitizenCaseFact(models.Model):
    """Figures: all measures of a period in one statement, finished by ``tools.funnel``.

    Facts that were left out count nowhere. Those that do not count personally are not
    among the figures of people, neither as own cases nor as the colleagues'.
    """

    _inherit = "citizen.case.fact"

    @api.model
    def _measure(self, date_from, date_to, departments=None, measures=None):
        """Return how people stand in the measures of cases with an event or without.

        For whoever the caller has found entitled to it; read as superuser.

        :param date_from: first day on which cases ended, in the city
        :param date_to: the last one
        :param departments: ``hr.department`` whose people are compared, each within
            their own one; empty for all
        :param measures: ``citizen.measure`` or their codes; empty for all in force
        :return: ``{code: tools.funnel.Measured}``; measures that are not counted by
            cases are left out
        """
        directions = self._get_directions(measures)
        period = f"{date_from}/{date_to}"
        cells = self._fetch_cells(period, date_from, date_to, departments, directions)
        city = None
        found = {}
        for code, direction in directions.items():
            pooled = pool(cells[code])
            found[code] = measure(pooled, good=direction)
            # Of too few people something may be said: theirs is that of the city.
            if departments and not found[code].is_own_tau2:
                city = city or self._measure(date_from, date_to, None, measures)
                tau2 = city[code].tau2
                found[code] = measure(pooled, good=direction, city_tau2=tau2)
        return found

    @api.model
    def _get_directions(self, measures):
        """Return ``{code: "low" or "high"}`` of measures that facts can tell."""
        Measure = self.env["citizen.measure"].sudo()
        if not measures:
            measures = Measure.search([("is_current", "=", True)])
        elif not isinstance(measures, models.BaseModel):
            measures = Measure.search([("code", "in", list(measures))])
        return {
            row.code: row.good for row in measures.sudo() if row.code in FACT_COLUMNS
        }

    @api.model
    def _fetch_cells(self, period, date_from, date_to, departments, codes):
        """Return the cells of each measure, in one pass over the facts."""
        self.flush_model()
        counts = SQL(", ").join(
            SQL(
                "count(%s), count(*) FILTER (WHERE %s = 'yes')",
                SQL.identifier(FACT_COLUMNS[code]),
                SQL.identifier(FACT_COLUMNS[code]),
            )
            for code in codes
        )
        keys = [
            SQL.identifier(name)
            for name in ("department_id", *STRATUM, "decision", "handler_id")
        ]
        query = SQL(
            "SELECT %(keys)s, %(counts)s FROM citizen_case_fact WHERE %(where)s"
            " GROUP BY %(keys)s",
            keys=SQL(", ").join(keys),
            counts=counts,
            where=self._get_condition(date_from, date_to, departments),
        )
        cells = {code: [] for code in codes}
        if not codes:
            return cells
        for *parts, decision, person, row in _split(self.env.execute_query(query)):
            stratum = (parts[0], period, *parts[1:])
            for place, code in enumerate(codes):
                n, x = row[2 * place], row[2 * place + 1]
                if n:
                    exact = (*stratum, decision) if code in BY_DECISION else stratum
                    cells[code].append(Cell(exact, person, n, x))
        return cells

    @api.model
    def _get_condition(self, date_from, date_to, departments):
        """Return which facts count personally in a period."""
        start, end = self._get_bounds(date_from, date_to)
        condition = SQL(
            "closed_on >= %s AND closed_on < %s AND counts_personally"
            " AND excluded IS NOT TRUE",
            start,
            end,
        )
        if departments:
            condition = SQL(
                "%s AND department_id = ANY(%s)", condition, departments.ids
            )
        return condition

    @api.model
    def _get_bounds(self, date_from, date_to):
        """Return when the first day begins and the last one ends, as naive UTC."""
        zone = ZoneInfo(self.env.company._get_city_tz())
        return [
            datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)
            for day in (date_from, date_to + timedelta(days=1))
        ]

    # ------------------------------------------------------------ behind a figure
    @api.model
    def _get_facts_behind(self, employee, date_from, date_to, code):
        """Return the facts behind a person's figure, as superuser.

        Only those of which the measure knows yes or no: their number is the ``n`` of
        the person's standing, and those with yes are its events. Who said how they were
        treated is told to nobody, so behind C2 stand all who were asked.
        """
        start, end = self._get_bounds(date_from, date_to)
        known = [(FACT_COLUMNS[code], "!=", False)]
        return self.sudo().search(
            [
                ("handler_id", "=", employee.id),
                ("closed_on", ">=", start),
                ("closed_on", "<", end),
                ("counts_personally", "=", True),
                ("excluded", "=", False),
                *([("invited", "=", "yes")] if code in BY_DECISION else known),
            ]
        )

    def _get_events(self, code):
        """Return pairs ``(case number, whether the event was)`` of these facts.

        What a person said of how they were treated is ``None`` here.
        """
        if code in BY_DECISION:
            return [(fact.case_number, None) for fact in self]
        column = FACT_COLUMNS[code]
        return [(fact.case_number, fact[column] == "yes") for fact in self]


def _split(rows):
    """Yield rows as their keys, and the counts as one tuple behind them."""
    keys = len(STRATUM) + 3
    for row in rows:
        yield *row[:keys], row[keys:]
