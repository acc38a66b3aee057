from odoo import api, fields, models


class CitizenAssignmentRule(models.Model):
    """What a rule does, in plain sentences."""

    _inherit = "citizen.assignment.rule"

    summary = fields.Text(
        string="What This Rule Does", compute="_compute_summary", help="In plain words."
    )

    @api.depends_context("lang")
    @api.depends(
        "team_id",
        "method",
        "cap_points",
        "slack_points",
        "match_language",
        "wind_down_days",
        "long_leave_days",
        "return_days",
        "alert_hours",
        "objection_days",
        "role",
        "category_ids",
        "domain",
    )
    def _compute_summary(self):
        for rule in self:
            rule.summary = "\n".join(filter(None, rule._get_sentences()))

    def _get_sentences(self):
        """Return the sentences in which the rule is told, empty ones left out."""
        self.ensure_one()
        if self.method == "manual":
            yield self.env._(
                "People give cases by hand and say why; the ledger shows how the work "
                "is shared."
            )
        else:
            yield self.env._(
                "Each case goes to whoever has had least of the own share, among those "
                "on duty who have the skills for it."
            )
            yield from self._get_choice_sentences()
        yield from self._get_absence_sentences()
        if self.objection_days == 1:
            yield self.env._("Objections are decided within a working day.")
        else:
            yield self.env._(
                "Objections are decided within %s working days.", self.objection_days
            )

    def _get_choice_sentences(self):
        yield self._tell_cases()
        if self.slack_points:
            yield self.env._(
                "Who had a case gets it again, up to %s points above the lowest.",
                self._tell(self.slack_points),
            )
        if self.cap_points:
            yield self.env._(
                "With %s points of open effort (full time) nobody gets more.",
                self._tell(self.cap_points),
            )
        if self.match_language:
            yield self.env._(
                "Only who answers in the person's language gets it, if anybody does."
            )
        if self.alert_hours:
            yield self.env._(
                "The lead is told of cases that wait longer than %s working hours.",
                self._tell(self.alert_hours),
            )

    def _tell_cases(self):
        """Return which cases are given out, empty for all."""
        if not self._is_limited():
            return ""
        limits = [
            self._get_label("role") if self.role else "",
            ", ".join(self.category_ids.mapped("name")),
            self.env._("further filter") if self._has_filter() else "",
        ]
        return self.env._("Only these cases: %s.", "; ".join(filter(None, limits)))

    def _get_label(self, name):
        field = self._fields[name]
        return dict(field._description_selection(self.env))[self[name]]

    def _get_absence_sentences(self):
        leave = self.long_leave_days
        if self.wind_down_days == 1:
            yield self.env._(
                "On the last working day before a leave of %s days or more nothing new "
                "comes, and nothing is owed.",
                leave,
            )
        elif self.wind_down_days:
            yield self.env._(
                "On the last %(days)s working days before a leave of %(leave)s days or "
                "more nothing new comes, and nothing is owed.",
                days=self.wind_down_days,
                leave=leave,
            )
        if self.return_days == 1:
            yield self.env._(
                "Whoever is away for a working day or more gives back what was not "
                "begun; the lead finds somebody for the rest."
            )
        elif self.return_days:
            yield self.env._(
                "Whoever is away for %s working days or more gives back what was not "
                "begun; the lead finds somebody for the rest.",
                self.return_days,
            )

    @api.model
    def _tell(self, number):
        return f"{number:g}"
