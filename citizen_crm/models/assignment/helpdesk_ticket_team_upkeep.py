import logging
import time
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...tools.deadlines import Segment, deadline
from ...tools.duty_ledger import FULL_TIME, debt_to_write_off
from ...tools.working_time import WorkingTimeError
from ..sla.audience import Audience
from ..sla.instants import to_instant, to_moment

_logger = logging.getLogger(__name__)

#: Over how many days an average day of work is measured, and from how many cases.
MEASURED_DAYS, MEASURED_CASES = 28, 20


class HelpdeskTicketTeam(models.Model):
    """What a ledger needs from time to time: absences, long waits, debts, a check."""

    _inherit = "helpdesk.ticket.team"

    ledger_kept_on = fields.Date(
        string="Ledger Checked On",
        readonly=True,
        copy=False,
        help="When debts were last written off and the ledger was last replayed.",
    )

    @api.model
    def _cron_upkeep(self):
        """Look after each team that keeps a ledger, in a transaction of its own."""
        start, tally = time.monotonic(), Counter()
        teams = self.browse(self.env["citizen.assignment.rule"]._get_team_rules())
        time_left = self.env["ir.cron"]._commit_progress(0, remaining=len(teams))
        for team in teams.exists():
            if not time_left:
                break
            try:
                tally += team._keep_up()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody else works on the team's cases: the next run looks again.
                self.env.cr.rollback()
                tally["conflicts"] += 1
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Upkeep of the ledger: team %s", team.id)
                tally["failed"] += 1
            time_left = self.env["ir.cron"]._commit_progress(1)
        _logger.info(
            "Upkeep of ledgers: %s cases returned, %s to be covered, %s leads told, "
            "%s debts written off, %s failed, %s conflicts, %.2f s",
            *(tally[name] for name in ("returned", "covered", "told", "written_off")),
            *(tally[name] for name in ("failed", "conflicts")),
            time.monotonic() - start,
        )

    def _keep_up(self):
        """Do for one team what is due; return what was done, counted."""
        self.ensure_one()
        rule = self._get_rule()
        done = Counter()
        if rule:
            done += self._look_after_absent(rule)
            done["told"] += self._tell_of_long_waits(rule)
        today = fields.Date.context_today(self)
        if self.ledger_kept_on != today:
            self._touch()
            self.env["citizen.assignment.balance"]._book(self)
            done["written_off"] += self._write_off_debts()
            self._check_ledger()
            self.ledger_kept_on = today
        return done

    # ---------------------------------------------------------------- absence
    def _look_after_absent(self, rule):
        """Return what absent members have not begun; list the rest for the lead.

        So, too, of who has left the city and has no login any more.
        """
        duty = self._get_duty()
        absent = self.env["res.users"]
        for member in self._get_current_members():
            days = duty[member.employee_id.id].absent_days
            if rule.return_days and days >= rule.return_days:
                absent |= member.user_id
        cases = self.env["helpdesk.ticket"]
        mine = [("team_id", "=", self.id), ("is_open", "=", True)]
        if rule.return_days:
            absent |= cases.search([*mine, ("user_id.active", "=", False)]).user_id
        held = cases.search([*mine, ("user_id", "in", absent.ids)])
        unstarted = held.filtered(lambda case: case.phase == "assigned")
        unstarted -= self._filter_given_while_away(unstarted)
        unstarted._return_to_queue()
        begun = (held - unstarted).filtered(lambda case: case.phase != "answered")
        fresh = begun.filtered(lambda case: not case.cover_since)
        fresh._ask_for_cover()
        back = cases.search([*mine, ("cover_since", "!=", False)]) - begun
        back._end_cover()
        return Counter(returned=len(unstarted), covered=len(fresh))

    def _filter_given_while_away(self, cases):
        """Return those of the cases that people gave to who was on leave already.

        They may know why: the desk asks, and does not take it back over and over.
        """
        now = to_instant(fields.Datetime.now())
        leaves = self.member_ids._get_leaves(now)
        known = cases.browse()
        charges = self.env["citizen.assignment.entry"].search(
            [("case_id", "in", cases.ids), ("kind", "=", "charge")], order="id"
        )
        for entry in {entry.case_id: entry for entry in charges}.values():
            own = leaves.get(entry.employee_id.resource_id.id, ())
            since = min((begin for begin, end in own if end > now), default=None)
            was_away = since is not None and to_instant(entry.at) >= since
            if was_away and entry.method == "manual":
                known |= entry.case_id
        return known

    # ------------------------------------------------------------- long waits
    def _tell_of_long_waits(self, rule):
        """Tell the lead, once, of each case that waits too long; return how many."""
        if not rule.alert_hours:
            return 0
        waiting = self.env["helpdesk.ticket"].search(
            [
                ("team_id", "=", self.id),
                ("queued_date", "!=", False),
                ("queue_alerted_date", "=", False),
            ]
        )
        if not waiting:
            return 0
        now = to_instant(fields.Datetime.now())
        table = self._find_timetable(now)
        late = waiting.filtered(
            lambda case: (
                _waited(table, to_instant(case.queued_date), now)
                >= rule.alert_hours * 3600
            )
        )
        audience = Audience(late)
        for case in late:
            _role, users = audience.find(case, "lead")
            case._ask_for_handler(users)
        late.queue_alerted_date = fields.Datetime.now()
        return len(late)

    def _find_timetable(self, now, own=None):
        """Return a timetable of last year on, the team's, else the city's, or None.

        :param now: instant
        :param own: ``resource.calendar`` that goes first
        """
        year = to_moment(now).year - 1
        company = self.company_id or self.env.company
        for calendar in (own, self.resource_calendar_id, company.resource_calendar_id):
            try:
                if calendar:
                    return calendar._get_version()._get_timetable(year)
            except WorkingTimeError:
                # Flexible hours, or no hours at all: the next one is taken.
                continue
        return None

    def _get_end_of_day(self, days, start):
        """Return the end of so many working days after ``start``, by its calendar."""
        self.ensure_one()
        team, instant = self.sudo(), to_instant(start)
        table = team._find_timetable(instant)
        if not table:
            return start + timedelta(days=days)
        segments = [Segment(instant, table)]
        return to_moment(deadline("statutory_working_days", days, instant, segments))

    # ----------------------------------------------------------------- ledger
    def _write_off_debts(self):
        """Forgive what nobody can work off; return how many debts.

        A debt below two average days says something of caps and skills, not of
        somebody's guilt. The others bear it, by their hours on duty.
        """
        day = self._get_average_day()
        if not day:
            return 0
        members = self._get_current_members()
        duty = self._get_duty()
        rows = {row.employee_id: row.milli for row in self.assignment_balance_ids}
        values = []
        for member in members.filtered(lambda m: duty[m.employee_id.id].minutes):
            milli = rows.get(member.employee_id, 0)
            full_time = round(member.capacity * FULL_TIME)
            debt = debt_to_write_off(milli, full_time, day)
            hours = self._get_hours(duty, besides=member.employee_id.ids)
            if debt and hours:
                values.append(self._prepare_write_off(member, debt, hours))
        if values:
            self.env["citizen.assignment.entry"].sudo()._append(values)
        self.env["citizen.assignment.balance"]._book(self)
        return len(values)

    def _prepare_write_off(self, member, debt, hours):
        return {
            "team_id": self.id,
            "kind": "write_off",
            "employee_id": member.employee_id.id,
            "points": debt,
            "at": fields.Datetime.now(),
            "rule_id": self._get_rule().id,
            "hours": {str(key): span for key, span in hours.items()},
        }

    def _get_average_day(self):
        """Return the thousandths of a full-time employee's average working day.

        :return: 0 while the ledger is too young to say
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), days=MEASURED_DAYS)
        query = SQL(
            """
            SELECT count(*), COALESCE(sum(points), 0), min(at)
              FROM citizen_assignment_entry
             WHERE team_id = %s AND kind = 'charge' AND at >= %s
            """,
            *(self.id, since),
        )
        ((count, points, first),) = self.env.execute_query(query)
        if count < MEASURED_CASES:
            return 0
        now = to_instant(fields.Datetime.now())
        table = self._find_timetable(now)
        if not table:
            return 0
        today = table.local_date(now)
        days = max(1, table.dates_touched(to_instant(first), table.last_second(today)))
        full_time = sum(self._get_current_members().mapped("capacity"))
        return round(points / days / full_time) if full_time else 0


def _waited(table, since, now):
    """Return the seconds of working time since then; of all time without a table."""
    return table.work_between(since, now) if table else now - since
