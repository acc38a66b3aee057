from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.duty import read_day
from ...tools.duty_ledger import MILLI
from ...tools.verdict import OVERLOAD, is_overloaded
from ..sla.instants import to_instant

#: A fair part of the open work below so many points counts as these: of next to nothing
#: nobody has much more than the own share.
LEAST_FAIR = 3 * MILLI

#: What an employee finished and was given, by the ledgers of all teams.
FINISHED = """
    SELECT count(*) FILTER (WHERE kind = 'finish'),
           coalesce(sum(points) FILTER (WHERE kind = 'finish'), 0),
           count(*) FILTER (WHERE kind = 'charge')
      FROM citizen_assignment_entry
     WHERE employee_id = %(employee)s AND problem IS NULL
       AND at >= %(start)s AND at < %(end)s
"""
#: Open points of everybody in some teams at the end of each week. A part of a case's
#: ledger begins with whoever gets it, and ends with the next such entry.
OPEN_POINTS = """
    WITH step AS (
        SELECT team_id, case_id, employee_id, kind, points, at, step,
               lead(at) OVER log AS until,
               count(*) FILTER (WHERE kind IN ('opening', 'charge', 'reversal',
                                'cancellation', 'finish')) OVER log AS part
          FROM citizen_assignment_entry
         WHERE case_id IS NOT NULL AND problem IS NULL AND team_id IN (%(teams)s)
        WINDOW log AS (PARTITION BY case_id ORDER BY step)
    ), held AS (
        SELECT team_id, at, until, first_value(kind) OVER turn AS kind,
               first_value(employee_id) OVER turn AS employee_id,
               sum(points) OVER turn AS points
          FROM step
        WINDOW turn AS (PARTITION BY case_id, part ORDER BY step)
    )
    SELECT week.at, held.team_id, held.employee_id, sum(held.points)::bigint
      FROM unnest(%(weeks)s) AS week(at)
      JOIN held ON held.at <= week.at AND (held.until IS NULL OR held.until > week.at)
     WHERE held.kind IN ('opening', 'charge')
  GROUP BY week.at, held.team_id, held.employee_id
"""
MEMBERS = """
    SELECT week.at, member.team_id, member.employee_id, sum(member.capacity)
      FROM unnest(%(weeks)s) AS week(at)
      JOIN citizen_team_member AS member
        ON member.date_from <= week.at::date
       AND (member.date_to IS NULL OR member.date_to >= week.at::date)
     WHERE member.team_id IN (%(teams)s)
  GROUP BY week.at, member.team_id, member.employee_id
"""
COUNTED = """
    SELECT count(*), count(*) FILTER (WHERE counts_personally
                                        AND excluded IS NOT TRUE),
           count(*) FILTER (WHERE excluded)
      FROM citizen_case_fact
     WHERE handler_id = %(employee)s AND closed_on >= %(start)s AND closed_on < %(end)s
"""


class CitizenCaseFact(models.Model):
    """How much somebody had to do: it stands above the figures, and is none of them."""

    _inherit = "citizen.case.fact"

    @api.model
    def _get_context(self, employee, date_from, date_to):
        """Return the workload of an employee in a period, from the duty ledger.

        For whoever the caller has found entitled to it; read as superuser.

        :return: dict of plain values: ``finished``, ``points`` (of the finished ones),
            ``assigned``, ``finished_share``, ``available_days``, ``points_per_day``,
            ``ratios`` (of each week: own open points for the own share of the team's),
            ``load_ratio``, ``weeks``, ``overloaded_weeks``, ``is_overloaded``;
            ``cases``, ``counted`` and ``excluded`` of facts. ``None`` is "no value"
        """
        start, end = self._get_bounds(date_from, date_to)
        for model in (self._name, "citizen.assignment.entry", "citizen.team.member"):
            self.env[model].flush_model()
        period = {"employee": employee.id, "start": start, "end": end}
        (row,) = self.env.execute_query(SQL(FINISHED, **period))
        finished, points, assigned = row[0], row[1] / MILLI, row[2]
        (counted,) = self.env.execute_query(SQL(COUNTED, **period))
        days = self._count_available_days(employee.sudo(), start, end)
        return {
            "finished": finished,
            "points": points,
            "assigned": assigned,
            "finished_share": finished / assigned if assigned else None,
            "available_days": days,
            "points_per_day": points / days if days else None,
            **self._get_load(employee, start, end),
            **dict(zip(("cases", "counted", "excluded"), counted, strict=True)),
        }

    @api.model
    def _get_load(self, employee, start, end):
        """Return how the open work of each week compares with a fair part of it."""
        last = min(end, fields.Datetime.now())
        weeks = [
            start + timedelta(days=7 * number)
            for number in range(1, (last - start).days // 7 + 1)
        ]
        ratios = self._get_ratios(employee, weeks) if weeks else []
        return {
            "weeks": len(ratios),
            "ratios": ratios,
            "load_ratio": sum(ratios) / len(ratios) if ratios else None,
            "overloaded_weeks": sum(ratio > OVERLOAD for ratio in ratios),
            "is_overloaded": is_overloaded(ratios),
        }

    @api.model
    def _get_ratios(self, employee, weeks):
        """Return the ratio of each week in which the employee was in any team."""
        teams = SQL(
            "SELECT team_id FROM citizen_team_member WHERE employee_id = %s",
            employee.id,
        )
        found = {"teams": teams, "weeks": weeks}
        loads, capacities = {}, {}
        for query, table in ((OPEN_POINTS, loads), (MEMBERS, capacities)):
            for week, team, person, value in self.env.execute_query(
                SQL(query, **found)
            ):
                table.setdefault((week, team), {})[person] = value
        own, fair = dict.fromkeys(weeks, 0), {}
        for (week, team), members in capacities.items():
            if employee.id not in members:
                continue
            held = loads.get((week, team), {})
            share = members[employee.id] / sum(members.values())
            own[week] += held.get(employee.id, 0)
            fair[week] = fair.get(week, 0) + sum(held.values()) * share
        return [
            round(float(own[week] / max(fair[week], LEAST_FAIR)), 4)
            for week in weeks
            if week in fair
        ]

    @api.model
    def _count_available_days(self, employee, start, end):
        """Return the working days without leave, whole ones and parts of days."""
        team = self.env["helpdesk.ticket.team"].sudo()
        member = self.env["citizen.team.member"].sudo()
        found = member.search([("employee_id", "=", employee.id)], limit=1)
        team = found.team_id or team.new({"company_id": employee.company_id.id})
        begin = to_instant(start)
        table = team._find_timetable(begin, employee.resource_calendar_id)
        if not table:
            return None
        leaves = found._get_leaves(begin).get(employee.resource_id.id, ())
        last = table.local_date(to_instant(min(end, fields.Datetime.now())) - 1)
        day, total = table.local_date(begin), 0.0
        while day <= last:
            on = read_day(table, day, leaves)
            total += on.worked / on.planned if on.planned else 0
            day += timedelta(days=1)
        return round(total, 2)
