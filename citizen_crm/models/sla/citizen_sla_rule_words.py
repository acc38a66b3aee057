from markupsafe import Markup

from odoo import api, fields, models


class CitizenSlaRule(models.Model):
    """What a rule says in plain words: for which cases, and what is promised."""

    _inherit = "citizen.sla.rule"

    conditions_text = fields.Text(
        string="For Which Cases", compute="_compute_conditions_text"
    )
    promises_text = fields.Text(
        string="What Is Promised", compute="_compute_promises_text"
    )
    summary = fields.Html(
        string="What This Promises",
        compute="_compute_summary",
        sanitize=False,
        help="The whole rule in plain words, as it stands in the form.",
    )

    @api.depends_context("lang")
    @api.depends(
        "role",
        "nature",
        "category_ids.name",
        "department_ids.name",
        "team_ids.name",
        "priority",
        "channel_ids.name",
        "tag_ids.name",
        "company_id.name",
        "domain",
    )
    def _compute_conditions_text(self):
        for rule in self:
            rule.conditions_text = ", ".join(rule._get_conditions())

    @api.depends_context("lang")
    @api.depends("target_ids.sentence")
    def _compute_promises_text(self):
        for rule in self:
            rule.promises_text = "\n".join(
                rule.target_ids.sorted("sequence").mapped("sentence")
            )

    @api.depends_context("lang")
    @api.depends("conditions_text", "target_ids.sentence", "target_ids.fine_print")
    def _compute_summary(self):
        for rule in self:
            promises = [
                target._get_html() for target in rule.target_ids.sorted("sequence")
            ] or [Markup("<li>%s</li>") % self.env._("Nothing is promised yet.")]
            rule.summary = Markup("<p><strong>%s:</strong></p><ul>%s</ul>") % (
                rule.conditions_text,
                Markup().join(promises),
            )

    def _get_conditions(self):
        """Return the conditions in words, the kind of case first."""
        self.ensure_one()
        _ = self.env._
        head = {
            "citizen": _("Citizen cases"),
            "customer": _("Customer cases"),
        }.get(self.role, _("All cases"))
        labels = {
            name: dict(self._fields[name]._description_selection(self.env)).get(
                self[name], ""
            )
            for name in ("nature", "priority")
        }
        parts = [
            (_("of the nature %s"), labels["nature"].lower()),
            (_("in %s"), self._get_names("category_ids")),
            (_("of the department %s"), self._get_names("department_ids")),
            (_("of the team %s"), self._get_names("team_ids")),
            (_("with the priority %s"), labels["priority"].lower()),
            (_("received by %s"), self._get_names("channel_ids")),
            (_("tagged %s"), self._get_names("tag_ids")),
            (_("of the company %s"), self.company_id.name),
        ]
        words = [head, *(text % value for text, value in parts if value)]
        if self._has_filter():
            words.append(_("that pass the further filter"))
        return words

    def _get_names(self, name):
        """Return the names of the records in a field, "A, B or C"."""
        names = sorted(label or "" for label in self[name].mapped("name"))
        if len(names) < 2:
            return "".join(names)
        return self.env._(
            "%(names)s or %(last)s", names=", ".join(names[:-1]), last=names[-1]
        )


class CitizenSlaTarget(models.Model):
    _inherit = "citizen.sla.target"

    def _get_html(self):
        """Return sentence and fine print as an item of a list."""
        self.ensure_one()
        details = (self.fine_print or "").replace("\n", " ")
        return Markup("<li>%s%s</li>") % (
            self.sentence,
            Markup(' <span class="text-muted">%s</span>') % details if details else "",
        )
