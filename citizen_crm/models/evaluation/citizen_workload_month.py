from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.duty import read_day
from ...tools.inequality import gini, jain, place_groups
from ..sla.instants import to_instant
from .citizen_case_fact_context import OPEN_POINTS
from .citizen_case_fact_report import LEAST_PEOPLE

#: The last month that was measured; so many are looked back when none was yet.
MEASURED_PARAMETER, MONTHS = "citizen_crm.workload_measured", 12
#: A case is hard that weighs so many times the mean of all that were given out.
HARD = 2
#: What was given out in a period, by team. Inherited is what somebody else had before.
GIVEN = """
    WITH given AS (
        SELECT team_id, points, EXISTS (
                   SELECT FROM citizen_assignment_entry AS earlier
                    WHERE earlier.case_id = entry.case_id
                      AND earlier.step < entry.step
                      AND earlier.kind IN ('opening', 'charge')
                      AND earlier.employee_id <> entry.employee_id) AS is_inherited
          FROM citizen_assignment_entry AS entry
         WHERE kind = 'charge' AND problem IS NULL AND case_id IS NOT NULL
           AND at >= %(start)s AND at < %(end)s
    )
    SELECT team_id, count(*),
           count(*) FILTER (
               WHERE points >= %(hard)s * (SELECT avg(points) FROM given)),
           count(*) FILTER (WHERE is_inherited)
      FROM given
  GROUP BY team_id
"""
#: Share in percent: of what, how many.
SHARES = {
    "hard_share": ("case_count", "hard_count"),
    "inherited_share": ("case_count", "inherited_count"),
}


class CitizenWorkloadMonth(models.Model):
    """How equally open work lay on the people of a team in a month; no person.

    Written by the system when a month is over and never changed: later corrections of
    the ledger are entries of their own. A row stands for at least five people; smaller
    teams are put together, in the department and then in the city.
    """

    _name = "citizen.workload.month"
    _inherit = ["citizen.share.report"]
    _shares = SHARES
    _description = "Shared Workload"
    _order = "month desc, id"
    _rec_name = "month"

    month = fields.Date(required=True, readonly=True, index=True, help="First day.")
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        readonly=True,
        ondelete="restrict",
        help="Empty where fewer than five people of a team would be shown.",
    )
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        ondelete="restrict",
        help="Empty where fewer than five people of a department would be shown.",
    )
    people = fields.Integer(
        readonly=True, aggregator=None, help="Members who were at work in the month."
    )
    jain = fields.Float(
        string="Equality (Jain)",
        readonly=True,
        aggregator="avg",
        digits=(6, 3),
        help="Of the open effort for each available hour: 1 where everybody has the "
        "same, near 0 where few have everything.",
    )
    gini = fields.Float(
        string="Inequality (Gini)",
        readonly=True,
        aggregator="avg",
        digits=(6, 3),
        help="Of the same: 0 where everybody has the same, near 1 where few have "
        "everything.",
    )
    case_count = fields.Integer(
        string="Cases Given", readonly=True, help="Cases that somebody got."
    )
    hard_count = fields.Integer(
        string="Hard Ones",
        readonly=True,
        help="Of these, weighing at least twice the mean of all cases in the city.",
    )
    inherited_count = fields.Integer(
        string="Inherited Ones",
        readonly=True,
        help="Of these, somebody else had had before.",
    )
    hard_share = fields.Float(
        string="Hard (%)",
        readonly=True,
        aggregator="avg",
        digits=(6, 1),
        help="Hard ones, of the cases that were given out.",
    )
    inherited_share = fields.Float(
        string="Inherited (%)",
        readonly=True,
        aggregator="avg",
        digits=(6, 1),
        help="Inherited ones, of the cases that were given out.",
    )

    # ---------------------------------------------------------------- measuring
    @api.model
    def _cron_measure(self):
        """Write the months that are over and not there yet."""
        self._measure_months(lambda: self.env["ir.cron"]._commit_progress(1) > 0)

    @api.model
    def _measure_months(self, goes_on=lambda: True):
        """Write the months that are over and not there yet, oldest first.

        :param goes_on: asked after each month
        """
        this = fields.Date.start_of(fields.Date.context_today(self), "month")
        params = self.env["ir.config_parameter"].sudo()
        last = fields.Date.to_date(params.get_param(MEASURED_PARAMETER, ""))
        month = last or fields.Date.subtract(this, months=MONTHS + 1)
        while (month := fields.Date.add(month, months=1)) < this:
            self._measure_month(month)
            params.set_param(MEASURED_PARAMETER, fields.Date.to_string(month))
            if not goes_on():
                break

    @api.model
    def _measure_month(self, month):
        """Write the rows of a month, and return them.

        :param month: its first day, in the city
        """
        days = month, fields.Date.end_of(month, "month")
        start, end = self.env["citizen.case.fact"]._get_bounds(*days)
        shares = self._get_shares(days, start, end)
        query = SQL(GIVEN, start=start, end=end, hard=HARD)
        given = {team: counts for team, *counts in self.env.execute_query(query)}
        rows = defaultdict(_Row)
        for group, place in place_groups(shares, LEAST_PEOPLE).items():
            rows[place].add(shares[group], given.get(group[-1], (0, 0, 0)))
        return self.sudo().create(
            [
                {
                    "month": month,
                    "department_id": department,
                    "team_id": team,
                    **row.tell(),
                }
                for (department, team), row in rows.items()
                if any(row.shares)
            ]
        )

    @api.model
    def _get_shares(self, days, start, end):
        """Return how open work lay on people, for the hours that they were there.

        :return: dict ``(department, team) -> {employee: share}``; 1 is the mean of the
            team, so that busy teams and quiet ones can be put together
        """
        hours, points = self._count_hours(days, start), self._count_points(start, end)
        shares = {}
        for team in self.env["helpdesk.ticket.team"].sudo().browse(hours):
            there = {person: time for person, time in hours[team.id].items() if time}
            open_work = points[team.id]
            whole = sum(open_work[person] for person in there)
            mean = whole / sum(there.values()) if whole else 1.0
            shares[team.department_id.id, team.id] = {
                person: open_work[person] / time / mean
                for person, time in there.items()
            }
        return shares

    @api.model
    def _count_points(self, start, end):
        """Return dict team -> open points of people, summed over the ends of weeks."""
        self.env["citizen.assignment.entry"].flush_model()
        count = (end - start).days // 7
        weeks = [start + timedelta(days=7 * number) for number in range(1, count + 1)]
        teams = SQL("SELECT id FROM helpdesk_ticket_team")
        points = defaultdict(Counter)
        query = SQL(OPEN_POINTS, teams=teams, weeks=weeks)
        for _week, team, person, value in self.env.execute_query(query):
            points[team][person] += float(value)
        return points

    @api.model
    def _count_hours(self, days, start):
        """Return dict team -> working time of its people, without their leave."""
        members = self.env["citizen.team.member"].sudo()
        members = members.search(
            [
                ("date_from", "<=", days[1]),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", days[0]),
            ]
        )
        begin = to_instant(start)
        leaves = members._get_leaves(begin)
        hours = defaultdict(Counter)
        for member in members:
            table = member._get_timetable(begin)
            own = leaves.get(member.employee_id.resource_id.id, ())
            first = max(days[0], member.date_from)
            last = min(days[1], member.date_to or days[1])
            worked = table and sum(
                read_day(table, first + timedelta(days=number), own).worked
                for number in range((last - first).days + 1)
            )
            share = member._get_share_of_time()
            hours[member.team_id.id][member.employee_id.id] += (worked or 0) * share
        return hours


class _Row:
    """What groups of people that are shown together come to."""

    def __init__(self):
        self.people, self.shares, self.given = set(), [], Counter()

    def add(self, shares, given):
        """Add a team: what lay on each person, and what was given out."""
        self.people |= shares.keys()
        self.shares += shares.values()
        self.given.update(dict(zip(("case", "hard", "inherited"), given, strict=True)))

    def tell(self):
        """Return the values of a row."""
        given = self.given
        whole = given["case"] or 1
        return {
            "people": len(self.people),
            "jain": jain(self.shares),
            "gini": gini(self.shares),
            **{f"{name}_count": count for name, count in given.items()},
            "hard_share": 100.0 * given["hard"] / whole,
            "inherited_share": 100.0 * given["inherited"] / whole,
        }
