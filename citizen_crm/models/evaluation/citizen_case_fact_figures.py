from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from ...tools.funnel import find_spread, measure_groups
from ...tools.strata import pool_groups
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
    def _measure(self, date_from, date_to, departments=None, measures=None, rules=None):
        """Return how people stand in the measures of cases with an event or without.

        For whoever the caller has found entitled to it; read as superuser.

        :param date_from: first day on which cases ended, in the city
        :param date_to: the last one
        :param departments: ``hr.department`` whose people are compared, each within
            their own one; empty for all
        :param measures: ``citizen.measure`` or their codes; empty for all in force
        :param rules: ``tools.funnel.Rules``; those of today if empty
        :return: ``{code: tools.funnel.Measured}``; measures that are not counted by
            cases are left out. Where people are too few to have a tau2 of their own it
            is 0: a cycle puts that of the city there
        """
        directions = self._get_directions(measures)
        period = f"{date_from}/{date_to}"
        groups = self._fetch_groups(period, date_from, date_to, departments, directions)
        found = {}
        for code, direction in directions.items():
            pooled = pool_groups(groups.pop(code))
            found[code] = measure_groups(pooled, good=direction, rules=rules)
            if code in BY_DECISION:
                found[code] = _without_kinds(found[code])
        return found

    @api.model
    def _measure_city(self, date_from, date_to, measures=None, rules=None):
        """Return dict ``code -> tau2``, how much the people of the whole city differ.

        For the parameters see ``_measure``. A city of a million facts takes a while, so
        a cycle does this once (``citizen.evaluation.cycle._freeze_city``).
        """
        measured = self._measure(date_from, date_to, None, measures, rules)
        return {code: find_spread([one], rules) for code, one in measured.items()}

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
    def _fetch_groups(self, period, date_from, date_to, departments, codes):
        """Return cases and events of each measure, in one pass over the facts.

        :return: ``{code: {stratum: {person: (cases, events)}}}``
        """
        groups = {code: {} for code in codes}
        if not codes:
            return groups
        self.flush_model()
        condition = self._get_condition(date_from, date_to, departments)
        rows = self.env.execute_query(_select_groups(list(codes), condition))
        for department, *kind, decision, is_decided, people, counts in rows:
            plain = (department, period, *kind)
            stratum = (*plain, decision) if is_decided else plain
            for place, code in enumerate(codes):
                if is_decided == (code in BY_DECISION):
                    numbers = zip(
                        people, counts[2 * place], counts[2 * place + 1], strict=True
                    )
                    known = {person: (n, x) for person, n, x in numbers if n}
                    if known:
                        groups[code][stratum] = known
        return groups

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
        return self.sudo().search(
            [
                ("handler_id", "=", employee.id),
                ("closed_on", ">=", start),
                ("closed_on", "<", end),
                ("counts_personally", "=", True),
                ("excluded", "=", False),
                *self._get_known_domain(code),
            ]
        )

    @api.model
    def _get_known_domain(self, code):
        """Return which facts a measure knows something of."""
        if code in BY_DECISION:
            return [("invited", "=", "yes")]
        return [(FACT_COLUMNS[code], "!=", False)] if code in FACT_COLUMNS else []

    def _get_events(self, code):
        """Return pairs ``(case number, whether the event was)`` of these facts.

        ``None`` for what a person said of how they were treated, and for measures that
        look at no event.
        """
        if code in BY_DECISION:
            return [(fact.case_number, None) for fact in self]
        column = FACT_COLUMNS.get(code)
        return [
            (fact.case_number, fact[column] == "yes" if column else None)
            for fact in self
        ]


def _without_kinds(measured):
    """Return the same without kinds of cases: who said what is not to be made out."""
    people = {key: replace(one, strata=()) for key, one in measured.people.items()}
    return replace(measured, people=people)


def _select_groups(codes, condition):
    """Return the statement that groups facts by kind of case and person.

    A row is a kind of case, with people and their numbers as lists side by side, so
    that little has to be fetched. It is read once and grouped twice: with what was
    decided for the measures that ask for it, without it for the others.
    """
    counts = SQL(", ").join(
        SQL(
            "count(%(column)s)::int AS %(n)s,"
            " (count(*) FILTER (WHERE %(column)s = 'yes'))::int AS %(x)s",
            column=SQL.identifier(FACT_COLUMNS[code]),
            n=SQL.identifier(f"n_{code}"),
            x=SQL.identifier(f"x_{code}"),
        )
        for code in codes
    )
    names = [SQL.identifier(f"{kind}_{code}") for code in codes for kind in "nx"]
    sums = SQL(", ").join(SQL("sum(%s)::int AS %s", name, name) for name in names)
    return SQL(
        """
        WITH cell AS MATERIALIZED (
            SELECT %(keys)s, decision, handler_id, %(counts)s
              FROM citizen_case_fact WHERE %(condition)s
          GROUP BY %(keys)s, decision, handler_id
        ), kind AS (
            SELECT %(keys)s, handler_id, %(sums)s FROM cell
          GROUP BY %(keys)s, handler_id
        )
        SELECT %(keys)s, NULL, false, array_agg(handler_id), %(lists)s FROM kind
      GROUP BY %(keys)s
         UNION ALL
        SELECT %(keys)s, decision, true, array_agg(handler_id), %(lists)s FROM cell
         WHERE %(is_asked)s GROUP BY %(keys)s, decision
        """,
        keys=SQL(", ").join(
            SQL.identifier(name) for name in ("department_id", *STRATUM)
        ),
        counts=counts,
        sums=sums,
        lists=SQL(
            "ARRAY[%s]", SQL(", ").join(SQL("array_agg(%s)", name) for name in names)
        ),
        condition=condition,
        is_asked=SQL(" OR ").join(
            SQL("%s > 0", SQL.identifier(f"n_{code}"))
            for code in codes
            if code in BY_DECISION
        )
        or SQL("false"),
    )
