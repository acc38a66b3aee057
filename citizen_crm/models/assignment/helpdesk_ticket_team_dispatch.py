import logging
import time
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...tools.duty_ledger import FULL_TIME, Entry, LedgerError, choose
from ..sla.citizen_case_event import CASES_HELD
from .citizen_assignment_balance import Book
from .helpdesk_ticket_eligibility import to_candidates
from .helpdesk_ticket_ledger import Handing

_logger = logging.getLogger(__name__)

#: Cases that are given out in one transaction; whoever works on one waits so long.
BATCH = 2000
#: Of so many waiting cases it is asked at once who may see them.
AHEAD = 20_000
#: How often a run begins a team again that others were in the way of.
ATTEMPTS = 10


class HelpdeskTicketTeam(models.Model):
    """The dispatcher: one at a time for each team, whoever calls it.

    A batch is one transaction: the team's row is held, pending entries are booked, the
    waiting cases are locked, decided on in memory, and written with their entries and
    balances; or none of it. Cases that somebody is working on are left for later.
    """

    _inherit = "helpdesk.ticket.team"

    @api.model
    def _cron_dispatch(self):
        """Give out what waits, team by team; stop early when the time is up."""
        start, tally = time.monotonic(), Counter()
        teams = self.browse(self._find_busy_teams())
        time_left = self.env["ir.cron"]._commit_progress(0, remaining=len(teams))
        for team in teams:
            if not time_left:
                break
            is_done = team._dispatch_in_batches(tally)
            time_left = self.env["ir.cron"]._commit_progress(int(is_done))
        _logger.info(
            "Dispatcher: %s cases given out, %s waiting, %s teams, %s failed, "
            "%s conflicts, %.2f s",
            *(tally[name] for name in ("given", "waiting", "teams", "failed")),
            tally["conflicts"],
            time.monotonic() - start,
        )

    @api.model
    def _find_busy_teams(self):
        """Return the ids of teams with a ledger that have something to be done."""
        teams = list(self.env["citizen.assignment.rule"]._get_team_rules())
        self.env.flush_all()
        query = SQL(
            """
            SELECT team_id FROM citizen_assignment_entry
             WHERE number IS NULL AND team_id = ANY(%s)
             UNION
            SELECT team_id FROM helpdesk_ticket
             WHERE queued_date IS NOT NULL AND team_id = ANY(%s)
             UNION
            SELECT id FROM helpdesk_ticket_team AS team
             WHERE id = ANY(%s) AND COALESCE(told_number, 0) < (
                   SELECT max(number) FROM citizen_assignment_entry
                    WHERE team_id = team.id)
          ORDER BY team_id
            """,
            *(teams, teams, teams),
        )
        return [team_id for (team_id,) in self.env.execute_query(query)]

    def _dispatch_in_batches(self, tally):
        """Dispatch until nothing more can be given out, a commit for each batch.

        :return: whether that was reached: not when the time is up, or others are
            always in the way; the job is then called again
        """
        self.ensure_one()
        tally["teams"] += 1
        run = Run()
        for _attempt in range(ATTEMPTS):
            try:
                looked_at, time_left = True, 1
                while looked_at and time_left:
                    given, looked_at = self._dispatch(run)
                    time_left = self.env["ir.cron"]._commit_progress(0)
                    tally["given"] += given
                tally["waiting"] += self._count_waiting()
                self._tell_handlers()
                return not looked_at
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                tally["conflicts"] += 1
            except Exception:
                _logger.exception("Dispatcher: team %s", self.id)
                self.env.cr.rollback()
                tally["failed"] += 1
                return True
        return False

    def _count_waiting(self):
        domain = [("team_id", "=", self.id), ("queued_date", "!=", False)]
        return self.env["helpdesk.ticket"].sudo().search_count(domain)

    def action_assign_now(self):
        """Give out what waits for the team, without waiting for the job."""
        self.ensure_one()
        self._check_leads()
        if not self._shares_by_ledger():
            raise UserError(
                self.env._(
                    "Assignment Rule: %s gives work by hand. Put a rule into force "
                    "first.",
                    self.complete_name,
                )
            )
        run, total = Run(), 0
        looked_at = True
        while looked_at:
            given, looked_at = self.sudo()._dispatch(run)
            total += given
        self.with_user(api.SUPERUSER_ID)._tell_handlers()
        waiting = self._count_waiting()
        message = self.env._(
            "%(given)s given out, %(waiting)s still waiting.",
            given=total,
            waiting=waiting,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success" if total or not waiting else "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_leads(self):
        """Raise unless the user leads the team, or answers for it."""
        user = self.env.user
        if self.env.su or user.has_group("citizen_crm.group_catalogue_admin"):
            return
        for team in self.sudo():
            if user not in team._get_leaders():
                raise AccessError(
                    self.env._(
                        "Only the lead of %s and the heads of its department do this.",
                        team.complete_name,
                    )
                )

    # ------------------------------------------------------------------ batch
    def _dispatch(self, run):
        """Give out one batch; return how many were given out and looked at.

        :param run: the ``Run`` that the batch is part of
        """
        self.ensure_one()
        team = self.with_user(api.SUPERUSER_ID)
        team._touch()
        team.env["citizen.assignment.balance"]._book(team)
        rule = team._get_rule()
        duty = team._get_duty()
        if rule.method != "ledger" or not team._has_anybody(rule, duty):
            return 0, 0
        queue = team._lock_queue(run.seen)
        cases = rule._filter_cases_or_none(queue)
        run.seen.update((queue - cases).ids)
        if cases:
            team._give_out(cases, rule, duty, run)
        return len(cases.filtered("user_id")), len(queue)

    def _has_anybody(self, rule, duty):
        """Tell whether anybody is on duty and below the cap; else all cases wait."""
        book = Book(self.env["citizen.assignment.balance"], self, [])
        members = _get_full_times(self._get_current_members())
        cap = rule._get_milli("cap_points")
        everybody = to_candidates(members, book, duty, cap)
        return any(not who.exclusion for who in everybody)

    def _lock_queue(self, seen):
        """Lock the next waiting cases, the most urgent and then the oldest first."""
        return self._find_waiting(BATCH, seen, SQL("FOR NO KEY UPDATE SKIP LOCKED"))

    def _find_waiting(self, limit, seen=(), lock=SQL()):  # noqa: B008
        """Return the next waiting cases but those that were looked at already."""
        self.env.flush_all()
        query = """
            SELECT id FROM helpdesk_ticket
             WHERE team_id = %s AND queued_date IS NOT NULL AND id != ALL(%s)
          ORDER BY priority DESC, queued_date, id LIMIT %s %s
        """
        rows = self.env.execute_query(SQL(query, self.id, list(seen), limit, lock))
        return self.env["helpdesk.ticket"].browse(case_id for (case_id,) in rows)

    def _give_out(self, cases, rule, duty, run):
        """Decide on locked cases and write it; one that cannot be written waits."""
        failed = set()
        while True:
            left = cases.filtered(lambda case: case.id not in failed)
            round_ = _Round(self, left, rule, duty, run)
            round_.decide()
            try:
                with self.env.cr.savepoint():
                    round_.give()
                break
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception:
                culprit = round_.find_culprit()
                if not culprit:
                    raise
                _logger.exception("Dispatcher: case %s", culprit)
                self.env.invalidate_all(flush=False)
                failed.add(culprit)
        run.seen.update(failed | round_.waiting)


def propose(team, cases):
    """Return dict ``case id -> user`` whom the ledger would give cases to now.

    :param team: a team that keeps a ledger, as superuser
    """
    return _Round(team, cases, team._get_rule(), team._get_duty(), Run(0)).propose()


def _get_full_times(members):
    """Return the capacity of memberships in thousandths, by employee id."""
    return {m.employee_id.id: round(m.capacity * FULL_TIME) for m in members}


class Run:
    """What a run over a team remembers from batch to batch.

    :param ahead: of so many waiting cases it is found out at once who may see them
    """

    def __init__(self, ahead=AHEAD):
        self._ahead = ahead
        #: ids of cases that nobody can get now
        self.seen = set()
        self._asked, self._members, self._uncleared = frozenset(), None, {}

    def get_uncleared(self, cases, members):
        """Return who may not see a case, as ``_get_uncleared`` does.

        Every member has rules of their own, so they are asked for all that waits at
        once: a question for a thousand cases costs little more than for a hundred.
        """
        if self._members != members or not self._asked.issuperset(cases.ids):
            team = members.team_id
            waiting = team._find_waiting(self._ahead)
            ahead, among = cases | waiting, None
            if ahead == waiting:
                among = [("team_id", "=", team.id), ("queued_date", "!=", False)]
            self._members, self._asked = members, frozenset(ahead.ids)
            self._uncleared = ahead._get_uncleared(members, among)
        return {case_id: self._uncleared.get(case_id, {}) for case_id in cases.ids}


class _Round:
    """One batch of a team's waiting cases, decided on in memory."""

    def __init__(self, team, cases, rule, duty, run):
        self.team, self.cases, self.rule = team, cases, rule
        members = team._get_current_members()
        self.users = {m.employee_id.id: m.user_id for m in members}
        self.employee_ids = {user.id: key for key, user in self.users.items()}
        self.members = _get_full_times(members)
        self.now = fields.Datetime.now()
        self.duty = duty
        self.hours = team._get_hours(self.duty) if members else {}
        uncleared = run.get_uncleared(cases, members)
        self.exclusions = cases._get_exclusions(members, rule, uncleared)
        entries = team.env["citizen.assignment.entry"]
        self.accounts = entries._get_accounts(cases.ids)
        self.book = Book(team.env["citizen.assignment.balance"], team, cases.ids)
        self.number = team.env["citizen.assignment.balance"]._get_last_number(team)
        self.choices = {}  # case id -> (employee id, values of the entry)
        self.waiting = set()

    def decide(self):
        """Choose somebody for each case, in their order."""
        cap = self.rule._get_milli("cap_points")
        slack = self.rule._get_milli("slack_points")
        for case in self.cases:
            candidates = to_candidates(
                self.members, self.book, self.duty, cap, self.exclusions[case.id]
            )
            earlier = self._get_earlier(case)
            choice = choose(case.id, candidates, earlier=earlier, slack=slack)
            if not choice:
                self.waiting.add(case.id)
                continue
            try:
                self._post(case, choice, candidates, earlier, slack)
            except LedgerError as error:
                _logger.warning("Dispatcher: case %s: %s", case.id, error)
                self.waiting.add(case.id)
                # What the ledger lacks is booked before the next batch.
                case._follow_ledger()

    def propose(self):
        """Return whom each case would go to now, each looked at alone.

        Who has a case is not proposed for it again.
        """
        cap = self.rule._get_milli("cap_points") if self.rule else 0
        everybody = to_candidates(self.members, self.book, self.duty, cap)
        found = {}
        for case in self.cases:
            excluded = self.exclusions[case.id]
            others = [
                who._replace(exclusion=who.exclusion or excluded.get(who.id, ""))
                for who in everybody
                if self.users[who.id] != case.user_id
            ]
            choice = choose(case.id, others)
            if choice:
                found[case.id] = self.users[choice.id]
        return found

    def _get_earlier(self, case):
        """Return who had the case last, or has the lead case of its matter."""
        account = self.accounts.get(case.id)
        if account and account.earlier_id:
            return account.earlier_id
        return self.employee_ids.get(case.duplicate_id.user_id.id, 0)

    def _post(self, case, choice, candidates, earlier, slack):
        """Book a choice in memory, so that the next one knows of it."""
        account = self.accounts.get(case.id)
        in_limbo = account and account.team_id == self.team.id
        points = account.points if in_limbo else case.category_id._get_effort()
        entry = Entry("charge", case.id, choice.id, points, self.hours)
        self.book.post(entry, self.now)
        self.number += 1
        self.choices[case.id] = (
            choice.id,
            {
                "number": self.number,
                "method": choice.method,
                "decision": {
                    # Plain tuples: as JSON, named ones take twice as long.
                    "candidates": list(map(tuple, candidates)),
                    "earlier": earlier,
                    "slack": slack,
                },
            },
        )

    def give(self):
        """Give the cases to whom they were decided, with entries and balances."""
        handing = Handing(
            choices={
                case_id: values for case_id, (_who, values) in self.choices.items()
            },
            hours={self.team.id: {str(k): span for k, span in self.hours.items()}},
        )
        given = {}
        for case_id, (who, _values) in self.choices.items():
            given.setdefault(who, []).append(case_id)
        # The history tells who got a case; handlers are told after the run.
        cases = self.cases.with_context(
            handing=handing, cases_held=CASES_HELD, mail_notrack=True
        )
        cases.browse(self.choices)._write_each(
            [
                # What one of them is asked for is read for all.
                (
                    cases.browse(case_ids).with_prefetch(cases.ids),
                    {"user_id": self.users[who].id},
                )
                for who, case_ids in given.items()
            ]
        )
        self.team.env.flush_all()
        cases.browse(self.choices)._subscribe_handlers()
        self.book.store()

    def find_culprit(self):
        """Return the case that cannot be written alone, or None."""
        for case_id, (who, _values) in self.choices.items():
            case = self.cases.browse(case_id).with_context(handing=Handing(choices={}))
            try:
                with self.team.env.cr.savepoint() as savepoint:
                    case.write({"user_id": self.users[who].id})
                    self.team.env.flush_all()
                    savepoint.rollback()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception:
                self.team.env.invalidate_all(flush=False)
                return case_id
            self.team.env.invalidate_all(flush=False)
        return None
