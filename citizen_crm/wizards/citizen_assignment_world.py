"""What the simulator looks at: a team's cases of a period and who was on duty."""

from datetime import datetime, time, timedelta
from functools import cached_property
from statistics import median
from zoneinfo import ZoneInfo

from odoo.tools import SQL

from ..models.sla.instants import to_moment
from ..tools.assignment_simulation import DAY, Arrival, Person
from ..tools.duty import Day, is_leaving, read_day
from ..tools.duty_ledger import FULL_TIME
from ..tools.working_time import first_instant

#: Days after the period in which cases may be finished.
AFTER = 90
#: From so many closed cases of a type on, their time in hand says how long it is.
TYPE_CASES = 5
EPOCH = datetime(1970, 1, 1).toordinal()

_ARRIVALS = """
    SELECT ticket.id,
           (coalesce(min(event.at), ticket.received_date)
               AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s) AS at
      FROM helpdesk_ticket AS ticket
      LEFT JOIN citizen_case_event AS event
             ON event.case_id = ticket.id AND event.team_id = ticket.team_id
            AND event.kind IN ('received', 'routed', 'transferred')
     WHERE ticket.team_id = %(team)s AND ticket.received_date < %(until)s
       AND (ticket.closed_date IS NULL OR ticket.closed_date >= %(since)s)
  GROUP BY ticket.id
    HAVING coalesce(min(event.at), ticket.received_date) >= %(since)s
       AND coalesce(min(event.at), ticket.received_date) < %(until)s
  ORDER BY 2, 1 LIMIT %(limit)s
"""


class TeamWorld:
    """A team's period, read once and dealt again by several rules.

    All is read as superuser, for figures alone; whoever makes one has asked whether
    the user may know of the team's work.
    """

    def __init__(self, team, date_from, date_to):
        self.team = team.sudo()
        self.env = self.team.env
        self.first, self.last = date_from, date_to
        self.zone = ZoneInfo(self.env.company._get_city_tz())

    # ----------------------------------------------------------------- cases
    def read_arrivals(self, limit):
        """Return ids of the period's cases and their local minutes, oldest first."""
        query = SQL(
            _ARRIVALS,
            team=self.team.id,
            tz=str(self.zone),
            since=self._midnight(self.first),
            until=self._midnight(self.last + timedelta(days=1)),
            limit=limit,
        )
        self.env.flush_all()
        return {
            case_id: (at.toordinal() - EPOCH) * DAY + at.hour * 60 + at.minute
            for case_id, at in self.env.execute_query(query)
        }

    def make_arrivals(self, cases, instants, busy):
        """Return cases as the simulator sees them.

        :param instants: dict ``case id -> local minute``, as read
        :param busy: share of the time on duty that the cases take, in percent
        """
        lengths = self._get_lengths(cases.category_id)
        wanted = {
            category: frozenset(
                [*category.skill_ids.ids, *category.language_ids.mapped("code")]
            )
            for category in [*cases.category_id, cases.category_id.browse()]
        }
        total = sum(lengths[case.category_id] for case in cases)
        minutes = sum(
            day.worked
            for _member, days in self._days
            for day in days[: (self.last - self.first).days + 1]
        )
        return [
            Arrival(
                id=case.id,
                at=instants[case.id],
                points=case.category_id._get_effort(),
                work=round(lengths[case.category_id] * minutes * busy / 100 / total),
                skills=wanted[case.category_id],
                languages=self._get_languages(case),
                follows=case.duplicate_id.id or 0,
            )
            for case in cases
        ]

    def _get_lengths(self, categories):
        """Return how long cases of each type take, as numbers in proportion.

        The time in hand of a closed case is mostly waiting, so it says nothing of the
        work in hours; but the types stand to each other as their times do, in the
        whole city. Types with too few closed cases stand by their effort points.
        """
        times = self.env["helpdesk.ticket"]._read_times_in_hand(
            self._midnight(self.first), self._midnight(self.last + timedelta(days=1))
        )
        hours = {
            category_id: median(seconds) / 3600
            for category_id, (_count, seconds) in times.items()
            if len(seconds) >= TYPE_CASES
        }
        efforts = {
            category: category._get_effort()
            for category in [*categories, categories.browse()]
        }
        known = [category for category in efforts if category.id in hours]
        points = sum(efforts[category] for category in known)
        per_point = (
            sum(hours[category.id] for category in known) / points if points else 1.0
        )
        return {
            category: float(hours.get(category.id) or effort * per_point)
            for category, effort in efforts.items()
        }

    def _get_languages(self, case):
        """Return the language that the person would be answered in."""
        own = case.partner_id.lang
        return frozenset([own] if own in self._spoken else ())

    # ---------------------------------------------------------------- people
    @cached_property
    def members(self):
        """The memberships of the period."""
        return self.team.member_ids.filtered(
            lambda member: (
                member.date_from <= self.last
                and (not member.date_to or member.date_to >= self.first)
                and member.user_id
            )
        )

    @cached_property
    def _spoken(self):
        """The codes of the languages that somebody in the team answers in."""
        return set().union(*(self._get_spoken(member) for member in self.members))

    def make_people(self, rule=None):
        """Return the members as the simulator sees them.

        :param rule: whose wind-down before leave holds, none for none
        """
        people = {}
        for member, days in self._days:
            duty = {
                self._number(place): day.worked
                for place, day in enumerate(days)
                if day.worked
            }
            leaving = self._get_leaving(days, rule)
            known = people.get(member.employee_id.id)
            people[member.employee_id.id] = Person(
                id=member.employee_id.id,
                duty={**(known.duty if known else {}), **duty},
                full_time=round(member.capacity * FULL_TIME),
                skills=frozenset([*member.skill_ids.ids, *self._get_spoken(member)]),
                languages=frozenset(self._get_spoken(member)),
                leaving=leaving | (known.leaving if known else frozenset()),
            )
        return list(people.values())

    def _get_spoken(self, member):
        return self.env["helpdesk.ticket"]._get_spoken(member)

    def _get_leaving(self, days, rule):
        if not rule or not rule.wind_down_days:
            return frozenset()
        return frozenset(
            self._number(place)
            for place, day in enumerate(days)
            if day.worked
            and is_leaving(days[place:], rule.wind_down_days, rule.long_leave_days)
        )

    @cached_property
    def _days(self):
        """Pairs of a membership and its days of the period and after it."""
        leaves = self.members._get_leaves(self._instant(self.first))
        return [(member, self._read_days(member, leaves)) for member in self.members]

    def _read_days(self, member, leaves):
        """Return the days of a member as ``Day``, empty outside the membership."""
        table = member._get_timetable(self._instant(self.first))
        if not table:
            return []
        own = leaves.get(member.employee_id.resource_id.id, ())
        share = member._get_share_of_time()
        days = []
        for place in range((self.last - self.first).days + 1 + AFTER):
            date = self.first + timedelta(days=place)
            if date < member.date_from or (member.date_to and date > member.date_to):
                days.append(Day(0, 0))
                continue
            day = read_day(table, date, own)
            days.append(Day(round(day.planned * share), round(day.worked * share)))
        return days

    # ------------------------------------------------------------------ time
    def _number(self, place):
        """Return the number of a day since 1970, by its place in the period."""
        return self.first.toordinal() - EPOCH + place

    def _midnight(self, date):
        return to_moment(self._instant(date))

    def _instant(self, date):
        return first_instant(datetime.combine(date, time.min), self.zone)
