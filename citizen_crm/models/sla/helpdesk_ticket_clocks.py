from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.deadlines import elapsed
from ...tools.sla_clock import Step, read_clocks, step_instants
from ...tools.sla_promises import Entry
from ..case.rows import append_rows, read_values
from .instants import to_instant, to_moment

#: From when on a case is due soon.
SOON = Step(0, "percent", 75)
#: By what a clock is found, and what a reading may change in it.
CLOCK_KEY = ("kind", "basis", "number")
CLOCK_VALUES = (
    *("target_id", "state", "begun", "start", "due", "original_due", "stop"),
    *("reason", "problem", "team_id", "user_id", "calendar_version_id"),
    *("counted_seconds", "paused_seconds", "late_seconds", "next_event_at"),
)


class HelpdeskTicket(models.Model):
    """Reading the clocks of cases off their history, set-based."""

    _inherit = "helpdesk.ticket"

    clock_ids = fields.One2many(
        "citizen.sla.clock", "case_id", string="Clocks", readonly=True, copy=False
    )
    is_paused = fields.Boolean(
        string="Paused",
        readonly=True,
        copy=False,
        help="The time for the answer stands still while the city waits for somebody.",
    )
    is_answer_owed = fields.Boolean(
        string="Answer Owed",
        readonly=True,
        copy=False,
        help="The clock of the answer runs or is paused: no letter has been sent yet, "
        "even if the case was moved to Answered.",
    )
    due_soon_date = fields.Datetime(
        string="Due Soon From",
        readonly=True,
        copy=False,
        help="From here on three quarters of the time for the answer are over.",
    )
    due_is_given = fields.Boolean(
        string="Due Date Given",
        readonly=True,
        copy=False,
        help="The due date came with the case or was set by hand; no rule moves it.",
    )
    sla_problem = fields.Char(
        string="Deadline Problem",
        readonly=True,
        copy=False,
        help="Why a deadline could not be computed. An administrator has to mend it.",
    )

    def _sync_clocks(self, events=None):
        """Read all clocks of the cases again and store what has changed.

        :param events: the events that were just appended, if any
        """
        if not self.env["citizen.sla.target"]._get_pure_all():
            return
        events = events or self.env["citizen.case.event"]
        # What is promised to a case is chosen now, whenever the case happened.
        told = events.filtered(lambda event: event.kind != "promised")
        is_backdated = bool(told) and all(told.mapped("is_backdated"))
        born = events.filtered(lambda event: event.kind == "received").case_id
        pairs = self.sudo()._read_all_clocks(born)
        self.sudo()._store_readings(pairs, is_backdated)

    def _read_all_clocks(self, born=()):
        """Return pairs ``(reading, stored clock)`` by case; no clock for a new one.

        :param born: cases that were registered just now and have none yet
        """
        logs = self._get_logs()
        stored = (self - born if born else self)._get_stored_clocks()
        none = self.env["citizen.sla.clock"]
        pairs = {}
        for case in self:
            rows = stored.get(case.id, {})
            pairs[case] = [
                (
                    reading,
                    rows.get(
                        (reading.target.kind, reading.target.basis, reading.number),
                        none,
                    ),
                )
                for reading in case._read_clocks(logs[case.id])
            ]
        return pairs

    @api.model
    def _store_readings(self, pairs, is_backdated=False):
        """Store what has changed, given what ``_read_all_clocks`` returned."""
        news, kept = [], self._read_stored_values(pairs)
        for case, read in pairs.items():
            was_broken = any(clock.state == "undetermined" for _reading, clock in read)
            for reading, clock in read:
                if clock:
                    case._store_reading(reading, clock, kept[clock.id])
                else:
                    news.append(case._prepare_new_clock(reading, is_backdated))
            case._store_due([reading for reading, _clock in read], was_broken)
        if news:
            append_rows(self.env["citizen.sla.clock"], news)

    @api.model
    def _read_stored_values(self, pairs):
        """Return dict ``clock id -> values`` of the stored clocks in pairs.

        Column by column: most readings change nothing, and to ask each record for each
        field would cost more than to read the history.
        """
        clocks = self.env["citizen.sla.clock"].browse(
            clock.id for read in pairs.values() for _reading, clock in read if clock
        )
        columns = [read_values(clocks, name) for name in CLOCK_VALUES]
        return {
            clock_id: dict(zip(CLOCK_VALUES, row, strict=True))
            for clock_id, *row in zip(clocks.ids, *columns, strict=True)
        }

    def _read_clocks(self, log, now=None):
        """Return the readings of the case's clocks, computed from a log."""
        self.ensure_one()
        return read_clocks(
            log,
            self.env["citizen.sla.target"]._get_pure_all(),
            self._get_table,
            now=to_instant(now or fields.Datetime.now()),
        )

    def _get_table(self, version_id):
        """Return the timetable of a calendar version, from the case's receipt on."""
        year = (self.received_date - timedelta(days=1)).year
        version = self.env["citizen.calendar.version"].sudo().browse(version_id)
        return version._get_timetable(year)

    def _can_be_told(self):
        """Tell whether there is anybody to write to about the case."""
        self.ensure_one()
        return bool(self.partner_id or self.partner_email)

    # -------------------------------------------------------------- the log
    def _get_logs(self):
        """Return the history of each case as clocks see it, by case id."""
        self.env["citizen.case.event"].flush_model()
        logs = defaultdict(list)
        if not self:
            return logs
        query = SQL(
            """
            SELECT event.case_id, event.at, event.kind, event.calendar_version_id,
                   version.calendar_id, event.team_id, event.assignee_id,
                   event.waiting_reason_id, event.waiting_until, event.days,
                   event.target_id, event.in_bulk, event.is_backdated,
                   event.is_untold
              FROM citizen_case_event AS event
              LEFT JOIN citizen_calendar_version AS version
                   ON version.id = event.calendar_version_id
             WHERE event.case_id IN %s
          ORDER BY event.case_id, event.at, event.id
            """,
            self._ids,
        )
        for case_id, *row in self.env.execute_query(query):
            logs[case_id].append(_to_entry(*row))
        for case in self:
            if any(entry.kind == "received_corrected" for entry in logs[case.id]):
                logs[case.id] = case._correct_receipt(logs[case.id])
        return logs

    def _correct_receipt(self, log):
        """Return the log with the receipt at the date it was corrected to.

        Nothing happened before the receipt.
        """
        at = to_instant(self.received_date)
        return sorted(
            (
                entry._replace(at=at if entry.kind == "received" else max(at, entry.at))
                for entry in log
            ),
            key=lambda entry: entry.at,
        )

    def _get_stored_clocks(self):
        """Return the stored clocks by case id and (kind, basis, number)."""
        stored = defaultdict(dict)
        if not self:
            return stored
        # In whatever order: their own takes the cases.
        found = (
            self.env["citizen.sla.clock"]
            .sudo()
            .search_fetch([("case_id", "in", self.ids)], order="id")
        )
        columns = [read_values(found, name) for name in ("case_id", *CLOCK_KEY)]
        for clock, case_id, *key in zip(found, *columns, strict=True):
            stored[case_id][tuple(key)] = clock
        return stored

    # -------------------------------------------------------------- storing
    def _store_reading(self, reading, clock, kept):
        """Write what has changed in a stored clock.

        :param kept: dict of its values
        """
        values = self._prepare_clock(reading)
        values["next_event_at"] = clock._get_next_event(reading)
        if values != kept:
            clock.write(
                {name: value for name, value in values.items() if value != kept[name]}
            )

    def _prepare_new_clock(self, reading, is_backdated):
        """Return the values of a clock that is not stored yet."""
        clock = self.env["citizen.sla.clock"]
        silent_until = fields.Datetime.now() if is_backdated else False
        return {
            "case_id": self.id,
            "kind": reading.target.kind,
            "basis": reading.target.basis,
            "number": reading.number,
            "silent_until": silent_until,
            **self._prepare_clock(reading),
            "next_event_at": clock._get_next_event(reading, silent_until),
        }

    @api.model
    def _prepare_clock(self, reading):
        """Return the values of a clock's row but for its identity."""
        is_timed = reading.stop is not None and reading.start is not None
        stop = max(reading.stop, reading.start) if is_timed else None
        return {
            "target_id": reading.target.id,
            "state": reading.state,
            "begun": to_moment(reading.begun),
            "start": to_moment(reading.start),
            "due": to_moment(reading.due),
            "original_due": to_moment(reading.original_due),
            "stop": to_moment(reading.stop),
            "reason": reading.reason or False,
            "problem": reading.problem or False,
            "team_id": reading.team or False,
            "user_id": reading.holder or False,
            "calendar_version_id": reading.table or False,
            "counted_seconds": is_timed
            and elapsed(reading.start, stop, reading.segments, reading.pauses),
            "paused_seconds": is_timed
            and sum(
                max(0, min(stop, end or stop) - max(reading.start, begin))
                for begin, end in reading.pauses
            ),
            "late_seconds": is_timed
            and reading.state == "missed"
            and elapsed(reading.due, stop, reading.segments, reading.pauses),
        }

    def _store_due(self, readings, was_broken):
        """Let the due date of the case follow the promise of an answer.

        :param was_broken: a deadline of the case could not be computed until now
        """
        self.ensure_one()
        problem = next((r for r in readings if r.state == "undetermined"), None)
        if problem and not self.sla_problem:
            self.sla_problem = problem.problem
        elif was_broken and not problem:
            self.sla_problem = False
        answers = [r for r in readings if r.target.kind == "resolve"]
        values = {"is_answer_owed": any(reading.is_open for reading in answers)}
        if answers and not self.due_is_given:
            values |= self._prepare_due(answers)
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self._write_due(changed)

    @api.model
    def _prepare_due(self, answers):
        """Return what the case shows of its promises of an answer."""
        current = [r for r in answers if r.is_open] or [
            r for r in answers if r.begun == answers[-1].begun and not r.reason
        ]
        dated = [r for r in current if r.due is not None]
        first = min(dated, key=lambda reading: reading.due, default=None)
        is_paused = any(reading.state == "paused" for reading in current)
        return {
            "due_date": to_moment(first.due) if first and not is_paused else False,
            "due_soon_date": to_moment(_soon(first)) if first else False,
            "is_paused": is_paused,
        }


def _to_entry(at, kind, version, calendar, team, holder, *further):
    reason, until, days, target, bulk, backdated, untold = further
    return Entry(
        at=to_instant(at),
        kind=kind,
        table=version or 0,
        calendar=calendar or 0,
        team=team or 0,
        holder=holder or 0,
        reason=reason or 0,
        until=to_instant(until) if until else None,
        days=days or 0,
        target=target or 0,
        in_bulk=bool(bulk),
        backdated=bool(backdated),
        untold=bool(untold),
    )


def _soon(reading):
    """Return when three quarters of the time of a clock are over."""
    return next((at for _step, at in step_instants(reading, [SOON])), None)
