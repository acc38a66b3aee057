import logging
import time
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .instants import to_instant, to_moment

_logger = logging.getLogger(__name__)

#: Clocks in one transaction; people who work on one of their cases wait so long.
BATCH = 50
#: How often a run begins a batch again that others were in the way of.
ATTEMPTS = 20
#: When a case is looked at again whose clocks could not be read.
POSTPONED = timedelta(hours=1)


class CitizenSlaClock(models.Model):
    """The sweep: takes what is due, each step once, whoever sweeps beside it.

    Clocks are found by the index on their next event, so a run costs what is due and
    not what is open. A batch is one transaction: its clocks are locked, the history is
    read again, the notices, tasks and mails are written and the next event is set, or
    none of it. A process that is killed leaves nothing half done.
    """

    _inherit = "citizen.sla.clock"

    @api.model
    def _cron_sweep(self):
        """Tell of the steps that are due; stop early when the time of the job is up."""
        start = time.monotonic()
        now = fields.Datetime.now()
        tally, left = Counter(), set()
        time_left = self._resume_waits(tally) and self._commit_sweep(
            remaining=self._count_due(now)
        )
        while time_left > 0 and tally["conflicts"] < ATTEMPTS:
            try:
                rows = self._lock_due(now, left)
                if not rows:
                    self._commit_sweep(remaining=0)
                    break
                tally += self._lock_cases(rows, left)._take_steps(now, left)
                time_left = self._commit_sweep(len(rows), self._count_due(now))
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody worked on one of the cases: what they did is looked at first.
                self.env.cr.rollback()
                tally["conflicts"] += 1
        self._log_sweep(tally, time.monotonic() - start)

    @api.model
    def _resume_waits(self, tally):
        """Let cases go on that have waited long enough, before clocks are looked at.

        :return: the seconds that are left to the job
        """
        try:
            while True:
                done, more = self.env["helpdesk.ticket"]._resume_expired_waits(BATCH)
                tally["resumed"] += done
                time_left = self._commit_sweep(done, remaining=more)
                if not done or not more or not time_left:
                    return time_left
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # The rest goes on in the next run.
            self.env.cr.rollback()
            tally["conflicts"] += 1
            return self._commit_sweep(remaining=0)

    @api.model
    def _commit_sweep(self, processed=0, remaining=None):
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    @api.model
    def _log_sweep(self, tally, seconds):
        _logger.info(
            "SLA sweep: %s cases resumed, %s clocks, %s steps, %s people told, "
            "%s cases failed, %s conflicts, %.2f s",
            *(tally[name] for name in ("resumed", "clocks", "steps", "told")),
            *(tally[name] for name in ("failed", "conflicts")),
            seconds,
        )

    @api.model
    def _count_due(self, now):
        """Count the clocks that are due, but not further than the next batch.

        The job only has to know whether it must be called again.
        """
        return self.search_count([("next_event_at", "<=", now)], limit=BATCH + 1)

    @api.model
    def _lock_due(self, now, left):
        """Lock the next due clocks; return pairs of their id and their case's.

        :param left: ids of clocks that this run leaves alone
        """
        query = """
            SELECT id, case_id FROM citizen_sla_clock
             WHERE next_event_at <= %s AND id != ALL(%s)
          ORDER BY next_event_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
        """
        return self.env.execute_query(SQL(query, now, list(left), BATCH))

    @api.model
    def _lock_cases(self, rows, left):
        """Lock the other clocks of the cases too; return the clocks to work on.

        A case of which somebody holds a clock is left alone: it is being worked on.

        :param rows: what ``_lock_due`` returned
        :param left: ids of clocks that this run leaves alone; these are added
        """
        query = SQL(
            "SELECT id, case_id FROM citizen_sla_clock WHERE case_id = ANY(%s)",
            list({case_id for _clock_id, case_id in rows}),
        )
        every = self.env.execute_query(query)
        locked = self.env.execute_query(SQL("%s FOR NO KEY UPDATE SKIP LOCKED", query))
        busy = {case_id for _clock_id, case_id in {*every} - {*locked}}
        left.update(clock_id for clock_id, case_id in every if case_id in busy)
        return self.browse(
            clock_id for clock_id, case_id in rows if case_id not in busy
        )

    # -------------------------------------------------------------------- steps
    def _get_due_steps(self, reading, now):
        """Yield step id and instant of what is due and not noticed yet.

        :param reading: what the clock shows now
        """
        if not self or not reading.is_open:
            return
        until = to_instant(now)
        for step, at in self._get_open_steps(reading, self.silent_until):
            if at <= until:
                yield step.id, at

    def _take_steps(self, now, left):
        """Take all due steps of the clocks' cases; return what was done, counted.

        Whatever is wrong with one case, the others are told of; it is flagged and
        looked at again later.

        :param left: ids of clocks that this run leaves alone; those that stay due
            though they were looked at are added, so that a run ends
        """
        cases = self.case_id
        tally = Counter(clocks=len(self))
        try:
            tally += cases._take_due_steps(now)
        except _Failed:
            for case in cases:
                try:
                    tally += case._take_due_steps(now)
                except _Failed as failure:
                    _logger.exception("SLA sweep: case %s", case.id, exc_info=failure)
                    case._postpone_clocks(now, failure)
                    tally["failed"] += 1
        left.update(
            clock.id
            for clock in self
            if clock.next_event_at and clock.next_event_at <= now
        )
        return tally


class _Failed(Exception):
    """Cases whose steps could not be taken; the cause is the error."""


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _take_due_steps(self, now):
        """Read the clocks again, tell of what is due; return what was done, counted.

        :raise _Failed: nothing of it happened
        """
        try:
            with self.env.cr.savepoint():
                pairs = self._read_all_clocks()
                notices = self.env["citizen.sla.notice"]._take(
                    [
                        (clock, step_id, to_moment(at))
                        for read in pairs.values()
                        for reading, clock in read
                        for step_id, at in clock._get_due_steps(reading, now)
                    ]
                )
                self._store_readings(pairs)
                notices._tell()
                return Counter(steps=len(notices), told=len(notices.user_ids))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            raise _Failed from error

    def _postpone_clocks(self, now, failure):
        """Flag a case whose clocks could not be read, and look at it again later."""
        self.ensure_one()
        problem = self.env._(
            "The deadlines could not be checked (%s). The log of the server says more.",
            type(failure.__cause__).__name__,
        )
        later = now + POSTPONED
        for query in (
            SQL(
                "UPDATE helpdesk_ticket SET sla_problem = %s WHERE id = %s",
                *(problem, self.id),
            ),
            SQL(
                "UPDATE citizen_sla_clock SET next_event_at = %s"
                " WHERE case_id = %s AND next_event_at <= %s",
                *(later, self.id, now),
            ),
        ):
            self.env.execute_query(query)
        self.env.invalidate_all(flush=False)
