from odoo import api, fields, models


class CitizenSlaTarget(models.Model):
    """A promise in one plain sentence, and its fine print."""

    _inherit = "citizen.sla.target"

    sentence = fields.Text(string="In Words", compute="_compute_words")
    fine_print = fields.Text(
        string="Details",
        compute="_compute_words",
        help="What it is counted from, what stops it, whether it may be extended, and "
        "who is warned.",
    )

    @api.depends_context("lang")
    @api.depends(
        "kind",
        "basis",
        "amount",
        "unit",
        "start",
        "pausing_reason_ids.name",
        "closing_counts",
        "extension_count",
        "extension_days",
        "extension_lead_days",
        "step_ids.amount",
        "step_ids.trigger",
        "step_ids.recipient",
        "step_ids.by_mail",
        "step_ids.by_activity",
    )
    def _compute_words(self):
        for target in self:
            target.sentence = target._get_sentence()
            target.fine_print = "\n".join(target._get_details())

    def _get_label(self, name):
        """Return the label of a selection field's value."""
        self.ensure_one()
        return dict(self._fields[name]._description_selection(self.env)).get(
            self[name], ""
        )

    def _get_sentence(self):
        """Return what is promised, e.g. "An answer within 8 working hours"."""
        self.ensure_one()
        return self.env._(
            "%(promise)s %(time)s (%(basis)s)",
            promise=self._get_promise_words(),
            time=self._get_time_words(),
            basis=self._get_label("basis").lower(),
        )

    def _get_promise_words(self):
        _ = self.env._
        return {
            "acknowledge": _("Receipt confirmed"),
            "first_reply": _("A first message to the citizen"),
            "next_reply": _("A reply to each further message of the citizen"),
            "transfer": _("Work begun, or the case passed on,"),
            "department": _("An answer of each department that gets the case"),
            "resolve": _("An answer"),
        }.get(self.kind, "")

    def _get_time_words(self):
        """Return how long it may take; one of each unit has words of its own."""
        _, count = self.env._, self.amount
        if count == 1:
            return {
                "minutes": _("within 1 minute of working time"),
                "hours": _("within 1 working hour"),
                "statutory_working_days": _(
                    "within 1 working day, the day of receipt excluded"
                ),
                "calendar_days_roll_forward": _(
                    "within 1 day, or by the next working day"
                ),
                "working_days_same_time": _("by the same time of the next working day"),
                "end_of_nth_working_day": _("by closing time of the same working day"),
            }.get(self.unit, "")
        return {
            "minutes": _("within %s minutes of working time", count),
            "hours": _("within %s working hours", count),
            "statutory_working_days": _(
                "within %s working days, the day of receipt excluded", count
            ),
            "calendar_days_roll_forward": _(
                "within %s days, or by the next working day", count
            ),
            "working_days_same_time": _(
                "within %s working days, by the same time of day", count
            ),
            "end_of_nth_working_day": _(
                "by closing time of working day %s, the day of receipt included", count
            ),
        }.get(self.unit, "")

    def _get_details(self):
        """Return the fine print, one sentence a line."""
        self.ensure_one()
        return [
            line
            for line in (
                self._get_start_words(),
                self._get_pause_words(),
                self.closing_counts and self.env._("Closing the case keeps it, too."),
                self._get_extension_words(),
                self._get_ladder_words(),
            )
            if line
        ]

    def _get_start_words(self):
        if self.start == "received":
            return ""
        return self.env._("Counted from: %s.", self._get_label("start").lower())

    def _get_pause_words(self):
        if not self.pausing_reason_ids:
            return ""
        return self.env._(
            "Stands still while waiting for: %s.",
            ", ".join(self.pausing_reason_ids.mapped("name")).lower(),
        )

    def _get_extension_words(self):
        _, count, days = self.env._, self.extension_count, self.extension_days
        if not count:
            return ""
        if count == 1:
            words = _("May be extended once, by up to %s working days", days)
        else:
            words = _(
                "May be extended %(count)s times, each by up to %(days)s working days",
                count=count,
                days=days,
            )
        if self.extension_lead_days >= days:
            return _("%s; the team lead approves it.", words)
        if not self.extension_lead_days:
            return _("%s; the department head approves it.", words)
        return _(
            "%(words)s; up to %(days)s the team lead approves it, beyond that the "
            "department head.",
            words=words,
            days=self.extension_lead_days,
        )

    def _get_ladder_words(self):
        steps = self.step_ids.sorted("sequence")
        if not steps:
            return ""
        return self.env._("Told: %s.", "; ".join(step._get_words() for step in steps))


class CitizenSlaStep(models.Model):
    _inherit = "citizen.sla.step"

    def _get_words(self):
        """Return when whom is told, e.g. "the handler at 75 % of the time"."""
        self.ensure_one()
        _, amount = self.env._, f"{self.amount:g}"
        who = dict(self._fields["recipient"]._description_selection(self.env)).get(
            self.recipient, ""
        )
        if self.by_mail:
            who = _("%s (by e-mail)", who)
        if self.trigger == "before":
            return _("%(who)s %(hours)s working hours before", who=who, hours=amount)
        if self.trigger == "after":
            return _("%(who)s %(hours)s working hours after", who=who, hours=amount)
        return _("%(who)s at %(share)s %%", who=who, share=amount)
