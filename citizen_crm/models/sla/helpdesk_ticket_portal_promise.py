from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, format_time


class HelpdeskTicket(models.Model):
    """What residents read about a promise: until when, why later, and how honest it is.

    Residents read neither clocks nor extensions; they get finished sentences.
    """

    _inherit = "helpdesk.ticket"

    promise_text = fields.Char(
        string="Promise",
        compute="_compute_promise_text",
        compute_sudo=True,
        help="Until when the city has promised an answer, as residents read it.",
    )

    # What the pace of a service type is measured on, once a day.
    _answered_index = models.Index(
        "(answered_date, category_id, received_date) WHERE answered_date IS NOT NULL"
    )

    @api.depends(
        "due_date",
        "is_paused",
        "is_answer_owed",
        "phase",
        "clock_ids.state",
        "clock_ids.due",
    )
    @api.depends_context("lang")
    def _compute_promise_text(self):
        for case in self:
            case.promise_text = case._get_promise_sentence()

    def _get_portal_page(self):
        page = super()._get_portal_page()
        return {**page, "promise": self.sudo()._get_portal_promise()}

    def _get_portal_promise(self):
        """Return plain sentences about the promise, the most important one first.

        Call it after the access check.
        """
        self.ensure_one()
        if not self.is_open:
            return []
        sentences = [
            self._get_promise_sentence(),
            self._get_waiting_sentence(),
            *self._get_extension_sentences(),
            self._get_expected_sentence(),
        ]
        return [sentence for sentence in sentences if sentence]

    # --------------------------------------------------------------- sentences
    def _get_promise_sentence(self):
        """Return until when the city answers, or that it has not."""
        self.ensure_one()
        due = self._get_promised_due()
        if not self._is_owed() or not due:
            return ""
        if due < fields.Datetime.now():
            return self.env._(
                "We promised you an answer by %s and have not kept this promise. We "
                "are sorry. We still owe you the answer.",
                self._format_due(due),
            )
        return self.env._("We answer by %s.", self._format_due(due))

    def _get_waiting_sentence(self):
        """Return why the case waits, and whether its time stands still."""
        reason = self.waiting_reason_id
        because = reason.resident_text
        if self.phase != "waiting" or not because:
            return ""
        names = {"because": because, "until": self._format_day(self.waiting_day)}
        _ = self.env._
        if not self.is_paused:
            return _("At present your case waits, because %(because)s.", **names)
        names["since"] = self._format_day(self._get_city_day(self._get_waiting_since()))
        if reason.asks_citizen:
            return _(
                "The time for our answer has stood still since %(since)s, because "
                "%(because)s. We go on when you answer; we wait until %(until)s at the "
                "longest.",
                **names,
            )
        return _(
            "The time for our answer has stood still since %(since)s, because "
            "%(because)s. We go on when we know more, and after %(until)s at the "
            "latest.",
            **names,
        )

    def _get_extension_sentences(self):
        """Return which extensions were given, why, and what was promised first."""
        clocks = self.clock_ids.filtered(lambda c: c.kind == "resolve" and not c.stop)
        told = self.extension_ids.filtered(
            lambda extension: extension.state == "told" and extension.clock_id in clocks
        ).sorted("told_at")
        _ = self.env._
        for extension in told:
            yield self._say_days(
                extension.days,
                _("We took one more working day. The reason: %s", extension.reason),
                _(
                    "We took %(days)s more working days. The reason: %(reason)s",
                    days=extension.days,
                    reason=extension.reason,
                ),
            )
        if told:
            yield _("First promised for %s.", self._format_day(told[0].old_day))

    def _get_expected_sentence(self):
        """Return how long most cases of this type took, and what that means here."""
        pace = self.category_id._get_portal_pace()
        if not pace or not self._is_owed():
            return ""
        expected = self.received_date + timedelta(days=pace)
        if expected < fields.Datetime.now():
            return self.env._("It takes longer than most cases of this kind.")
        return self.env._(
            "8 of 10 cases of this kind were answered within %(days)s. For yours that "
            "would be by %(day)s.",
            days=self.category_id._format_pace(pace),
            day=self._format_day(self._get_city_day(expected)),
        )

    # ------------------------------------------------------------------- dates
    def _get_promised_due(self):
        """Return the deadline the city is held to; none while it stands still."""
        return False if self.is_paused else self.due_date

    def _get_waiting_since(self):
        waits = self.event_ids.filtered(lambda event: event.kind == "waiting")
        return max(waits.mapped("at"), default=self.received_date)

    def _format_due(self, due, clock=None):
        """Write a deadline: its date, and its time unless it is the end of the day.

        :param clock: the one it is the deadline of, if it is not known by it
        """
        clock = clock or self.clock_ids.filtered(lambda clock: clock.due == due)[:1]
        zone = clock._get_zone() if clock else self._get_city_zone().key
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), due)
        day = self._format_day(local.date())
        if (local.hour, local.minute) == (23, 59):
            return day
        return f"{day}, {format_time(self.env, due, tz=zone, time_format='short')}"

    def _format_day(self, day):
        """Write a date with its weekday."""
        return format_date(self.env, day, date_format="full") if day else ""

    @api.model
    def _say_days(self, days, one, many):
        return one if days == 1 else many

    # ---------------------------------------------------------------- timeline
    def _get_timeline_sentence(self, event):
        if event.kind == "extended":
            return self._say_days(
                event.days,
                self.env._("We took one more working day for our answer."),
                self.env._("We took %s more working days for our answer.", event.days),
            )
        return super()._get_timeline_sentence(event)
