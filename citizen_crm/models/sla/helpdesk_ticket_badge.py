import json

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, format_time

from ...tools.due_badge import shown, time_left, upcoming
from ...tools.working_time import WorkingTimeError
from .instants import to_instant, to_moment


class BadgeJson(fields.Json):
    """A badge kept as text: hundreds are read at once, and copies of text cost less."""

    def convert_to_cache(self, value, record, validate=True):
        return json.dumps(value, ensure_ascii=False) if value else None

    def convert_to_record(self, value, record):
        return json.loads(value) if value else False


class DueWords:
    """What is said of a deadline, in the user's language; made once for many cases."""

    def __init__(self, env):
        self.env = env
        self.left = env._("%s left")
        self.late_by = env._("late by %s")
        self.late = env._("late")
        self.late_since = env._("late since %s")
        self.due_by = env._("due by %s")
        self.units = env._("d"), env._("h"), env._("min")
        self.almost = env._("less than 5 min left")
        self._promises = {}

    def tell(self, step, due):
        """Return how much working time is left, or since when the case is late.

        :param step: a ``tools.due_badge.Step``
        """
        rounded = shown(step.days, step.seconds)
        numbers = step.days, rounded // 3600, rounded % 3600 // 60
        length = " ".join(
            f"{number} {unit}"
            for number, unit in zip(numbers, self.units, strict=True)
            if number
        )
        if step.at > due:
            return self.late_by % length if length else self.late
        if step.seconds and not length:
            return self.almost
        return self.left % length if length else self.tell_date(due, step.at)

    def tell_promise(self, clock, version, has_due):
        """Return what a deadline is, and on which calendar it is counted."""
        key = clock and clock.basis, version, has_due
        if key not in self._promises:
            lines = []
            if clock:
                labels = dict(clock._fields["basis"]._description_selection(self.env))
                lines.append(labels[clock.basis])
            elif has_due:
                lines.append(self.env._("Due date given by hand or with the case"))
            if version:
                lines.append(self.env._("Calendar: %s", version.display_name))
            self._promises[key] = "\n".join(lines)
        return self._promises[key]

    def tell_date(self, due, now):
        """Return the deadline itself, where no working time can be told."""
        moment = to_moment(due)
        day = fields.Datetime.context_timestamp
        record = self.env["helpdesk.ticket"]
        if due < now:
            return self.late_since % format_date(self.env, day(record, moment).date())
        if day(record, moment).date() == day(record, to_moment(now)).date():
            return self.due_by % format_time(
                self.env, moment, self.env.context.get("tz"), "short"
            )
        return self.due_by % format_date(self.env, day(record, moment).date())


class HelpdeskTicket(models.Model):
    """The badge that says how much time is left, on every screen."""

    _inherit = "helpdesk.ticket"

    due_badge = BadgeJson(
        string="Time Left",
        compute="_compute_due_badge",
        exportable=False,
        help="Working time left for the answer, by the calendar on which it is "
        "counted, or by how much it is late.",
    )

    @api.depends(
        "is_open",
        "phase",
        "due_date",
        "due_soon_date",
        "is_answer_owed",
        "is_paused",
        "waiting_reason_id",
        "waiting_until",
        "sla_problem",
        "clock_ids.state",
        "clock_ids.due",
    )
    @api.depends_context("lang", "tz")
    def _compute_due_badge(self):
        words = DueWords(self.env)
        now = to_instant(fields.Datetime.now())
        tomorrow = to_instant(self._get_end_of_today())
        clocks = self._get_answer_clocks()
        versions = self._get_badge_versions(clocks)
        # Whether the columns of the cases may be read was asked when they were fetched.
        for case in self.sudo():
            clock = clocks.get(case._origin.id)
            version = versions.get(case._origin.id)
            badge = {
                "basis": clock.basis if clock else "given" if case.due_date else "",
                "about": words.tell_promise(clock, version, bool(case.due_date)),
                "due": to_instant(case.due_date) if case.due_date else False,
            }
            state = case._is_owed() and case._get_plain_badge(clock)
            if state is None:
                soon = case._get_soon(tomorrow)
                badge |= self._get_running_badge(
                    now, badge["due"], soon, version, words
                )
            else:
                badge |= case._tell_plain_badge(state or "answered", clock)
            case.due_badge = badge

    def _get_plain_badge(self, clock):
        """Return the state of a badge that does not change as time goes by, or None."""
        self.ensure_one()
        if self.is_paused:
            return "paused"
        if self.due_date:
            return None
        is_broken = clock.state == "undetermined" if clock else self.sla_problem
        return "problem" if is_broken else "none"

    def _get_soon(self, tomorrow):
        """Return from when on the case is due soon: today always is."""
        self.ensure_one()
        due = to_instant(self.due_date)
        if due < tomorrow:
            return 0
        soon = to_instant(self.due_soon_date) if self.due_soon_date else due
        return min(soon, due - 1)

    @api.model
    def _get_running_badge(self, now, due, soon, version, words):
        """Return state, time left and text of a deadline, and how they will change."""
        try:
            table = version and version._get_timetable(self._get_year(now, due))
            if not table:
                raise WorkingTimeError("No calendar is known for this case.")
            steps = list(upcoming(table, now, due, soon))
            texts = [words.tell(step, due) for step in steps]
            left = {
                "seconds": time_left(table, now, due),
                "days": table.dates_touched(now, due),
            }
        except WorkingTimeError:
            state = "late" if due < now else "soon" if soon <= now else "running"
            return {"state": state, "text": words.tell_date(due, now), "steps": []}
        return {
            "state": steps[0].state,
            "text": texts[0],
            "steps": [
                [step.at, step.state, text]
                for step, text in zip(steps[1:], texts[1:], strict=True)
            ],
            **left,
        }

    @api.model
    def _get_year(self, now, due):
        """Return the year whose timetable knows the time between two instants."""
        return to_moment(min(now, due) - 86400).year

    # ---------------------------------------------------------------- set-based
    def _get_answer_clocks(self):
        """Return the clock that each case's due date follows, by case id."""
        domain = [("case_id", "in", self._origin.ids), ("kind", "=", "resolve")]
        names = ["case_id", "basis", "state", "stop", "due", "calendar_version_id"]
        # What belongs to a case is seen with it.
        found = (
            self.env["citizen.sla.clock"]
            .sudo()
            .search_fetch(domain, names, order="begun, id")
        )
        clocks = {}
        for clock in found:
            known = clocks.get(clock.case_id.id)
            if known is None or _comes_before(clock, known):
                clocks[clock.case_id.id] = clock
        return clocks

    def _get_badge_versions(self, clocks):
        """Return the calendar version on which each case is counted, by case id."""
        versions = {
            case_id: clock.calendar_version_id for case_id, clock in clocks.items()
        }
        missing = self.filtered(
            lambda case: case.due_date and not versions.get(case._origin.id)
        )
        if missing:
            events = (
                self.env["citizen.case.event"]
                .sudo()
                .search_fetch(
                    [
                        ("case_id", "in", missing._origin.ids),
                        ("calendar_version_id", "!=", False),
                    ],
                    ["case_id", "calendar_version_id"],
                    order="at, id",
                )
            )
            for event in events:
                versions[event.case_id.id] = event.calendar_version_id
        return versions

    # ------------------------------------------------------------------- words
    def _tell_plain_badge(self, state, clock):
        """Return state and text of a badge that does not change as time goes by."""
        self.ensure_one()
        texts = {
            "paused": self.env._("paused"),
            "problem": self.env._("deadline problem"),
            "none": self.env._("no deadline"),
            "answered": "",
        }
        text, why = texts[state], ""
        if state == "paused":
            why = self._tell_pause()
        elif state == "problem":
            why = self.sla_problem or ""
        elif clock and clock.state in ("met", "missed"):
            is_late = clock.state == "missed"
            text = self.env._("answered late") if is_late else self.env._("in time")
        elif self.is_open and self.phase == "answered":
            text = self.env._("answered")
        return {"state": state, "text": text, "why": why, "steps": []}

    def _tell_pause(self):
        """Return what the case waits for, and until when at the latest."""
        reason = self.waiting_reason_id.name or ""
        if not self.waiting_until:
            return reason
        return self.env._(
            "%(reason)s, until %(date)s at the latest",
            reason=reason or self.env._("Waiting"),
            date=format_datetime(self.env, self.waiting_until, dt_format="short"),
        )


def _comes_before(clock, other):
    """Tell whether a case's due date follows a clock rather than another, older one."""
    if bool(clock.stop) != bool(other.stop):
        return not clock.stop
    if clock.stop:
        return clock.state != "not_applicable" or other.state == "not_applicable"
    return bool(clock.due) and (not other.due or clock.due < other.due)
