from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.sla_clock import step_instants
from ...tools.sla_explanation import rows_to_deadline, split_current, totals
from ...tools.working_time import WorkingTimeError
from .audience import Audience
from .instants import to_instant

#: Events that explain a deadline.
EXPLAINING = ("waiting", "extended", "promised")
#: How many administrators are named to somebody who looks for help.
MOST_NAMED = 3


class HelpdeskTicket(models.Model):
    """Why a case has its deadlines: the history replayed, and told in words.

    Times are seconds since 1970; the screen tells them by the clock of whoever looks.
    """

    _inherit = "helpdesk.ticket"

    @api.readonly
    def get_deadline_explanation(self):
        """Return how each promise of the case came to its deadline.

        Computed from the history, not from the stored clocks.
        """
        self.ensure_one()
        self.check_access("read")
        if self.env.user.share:
            raise AccessError(
                self.env._("Only the city's staff can look into the clocks of a case.")
            )
        case = self.sudo()
        log = case._get_logs()[self.id]
        readings = case._read_clocks(log)
        current, former = split_current(readings)
        teller = _Teller(case, log)
        return {
            "case": self.number,
            "badge": self.due_badge,
            "is_given": self.due_is_given or bool(self.due_date and not readings),
            "problem": self.sla_problem or "",
            "helpers": teller.get_helpers(readings),
            "promises": [teller.tell(reading) for reading in current],
            "former": [teller.tell(reading) for reading in former],
        }


class _Teller:
    """Tells the readings of one case's clocks in the words of the user's language.

    :param case: the case, with the rights of the superuser
    """

    def __init__(self, case, log):
        self.case = case
        self.env = case.env
        self.now = to_instant(fields.Datetime.now())
        self.tables = {
            case._get_table(entry.table): entry.table for entry in log if entry.table
        }
        self.events = self._get_events()
        self.stored = case._get_stored_clocks().get(case.id, {})

    def _get_events(self):
        """Return the events that explain something, by kind and instant."""
        events = self.env["citizen.case.event"].search(
            [("case_id", "=", self.case.id), ("kind", "in", EXPLAINING)]
        )
        return {(event.kind, to_instant(event.at)): event for event in events}

    def get_helpers(self, readings):
        """Return who can mend a deadline that could not be computed, by name."""
        is_broken = any(reading.state == "undetermined" for reading in readings)
        if not is_broken and not self.case.sla_problem:
            return []
        admins = Audience(self.case).get_group("catalogue_admin")
        return admins[:MOST_NAMED].mapped("name")

    def _label(self, model, name, value):
        """Return the label of a selection field's value."""
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env)).get(value, "")

    def tell(self, reading):
        """Return a clock as the dialog shows it."""
        target = self.env["citizen.sla.target"].browse(reading.target.id)
        return {
            "key": f"{reading.target.kind}/{reading.target.basis}/{reading.number}",
            "name": self._label("citizen.sla.clock", "kind", reading.target.kind),
            "basis": self._label("citizen.sla.clock", "basis", reading.target.basis),
            "state": reading.state,
            "state_label": self._label("citizen.sla.clock", "state", reading.state),
            "reason": self._tell_reason(reading),
            "problem": reading.problem,
            "rule": target.rule_id.display_name,
            "conditions": target.rule_id.conditions_text,
            "sentence": target.sentence,
            "counted_from": target._get_label("start"),
            "begun": reading.begun,
            "start": reading.start,
            "due": reading.due,
            "original_due": reading.original_due,
            "stop": reading.stop,
            "calendars": self._tell_calendars(reading),
            "pauses": [self._tell_pause(pause) for pause in reading.pauses],
            "extensions": [self._tell_extension(entry) for entry in reading.extensions],
            "steps": self._tell_steps(reading),
            "trace": self._tell_trace(reading),
        }

    def _tell_reason(self, reading):
        """Return why a clock ended for no answer, or who had the case when missed."""
        words = []
        if reading.reason:
            words.append(self._label("citizen.sla.clock", "reason", reading.reason))
        if reading.state == "missed":
            team = self.env["helpdesk.ticket.team"].browse(reading.team or ())
            holder = self.env["res.users"].browse(reading.holder or ())
            who = ", ".join(name for name in (holder.name, team.name) if name)
            words.append(
                self.env._("When it was missed, the case was with: %s.", who)
                if who
                else self.env._("When it was missed, nobody had the case.")
            )
        return " ".join(words)

    def _tell_calendars(self, reading):
        """Return from when on which version of which calendar holds."""
        told = []
        for segment in reading.segments:
            version = self.env["citizen.calendar.version"].browse(
                self.tables[segment.table]
            )
            told.append(
                {
                    "since": max(segment.start, reading.begun),
                    "name": version.display_name,
                    "zone": segment.table.calendar.tz,
                }
            )
        return told

    def _tell_pause(self, pause):
        event = self.events.get(("waiting", pause.start))
        return {
            "start": pause.start,
            "end": pause.end,
            "reason": event and event.waiting_reason_id.name or "",
            "until": event
            and event.waiting_until
            and to_instant(event.waiting_until)
            or None,
        }

    def _tell_extension(self, entry):
        event = self.events.get(("extended", entry.at))
        return {
            "at": entry.at,
            "days": entry.days,
            "by": event and event.user_id.name or "",
            "note": event and event.note or "",
        }

    def _tell_steps(self, reading):
        """Return the warnings and escalations: taken, and to come."""
        clock = self.stored.get(
            (reading.target.kind, reading.target.basis, reading.number)
        )
        notices = clock.notice_ids if clock else self.env["citizen.sla.notice"]
        told = [
            {
                "at": to_instant(notice.at),
                "words": notice.step_id._get_words(),
                "is_taken": True,
                "people": ", ".join(notice.user_ids.mapped("name")),
            }
            for notice in notices
        ]
        steps = self.env["citizen.sla.target"]._get_pure_steps(reading.target.id)
        for step, at in step_instants(reading, steps) if reading.is_open else ():
            record = self.env["citizen.sla.step"].browse(step.id)
            if at > self.now and record not in notices.step_id:
                told.append(
                    {
                        "at": at,
                        "words": record._get_words(),
                        "is_taken": False,
                        "people": "",
                    }
                )
        return sorted(told, key=lambda step: step["at"])

    def _tell_trace(self, reading):
        """Return the way to the deadline date by date, or None if there is none."""
        try:
            rows = rows_to_deadline(reading, self.now)
        except WorkingTimeError:
            return None
        if not rows:
            return None
        return {
            "rows": [
                {
                    "first": row.first.isoformat(),
                    "last": row.last.isoformat(),
                    "kind": row.kind,
                    "number": row.number,
                    "is_skipped": row.skipped,
                    **{
                        name: _tell_length(getattr(row, name))
                        for name in ("counts", "paused", "off", "total")
                    },
                }
                for row in rows
            ],
            "sums": {name: _tell_length(sum_) for name, sum_ in totals(rows).items()},
        }


def _tell_length(seconds):
    """Return a duration as hours and minutes, with seconds where there are any."""
    hours, rest = divmod(seconds, 3600)
    text = f"{hours}:{rest // 60:02}"
    return f"{text}:{rest % 60:02}" if rest % 60 else text
