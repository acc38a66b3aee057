from odoo import api, fields, models


class CitizenSlaRule(models.Model):
    """The versions of a rule: who put them into force, and what each changed."""

    _inherit = "citizen.sla.rule"

    version_ids = fields.Many2many(
        "citizen.sla.rule", string="Versions", compute="_compute_version_ids"
    )
    version_count = fields.Integer(compute="_compute_version_ids")
    difference = fields.Text(
        compute="_compute_difference",
        help="What this version changes against the one before it.",
    )

    case_count = fields.Integer(
        compute="_compute_case_count", help="Cases that were promised something by it."
    )

    @api.depends_context("uid")
    def _compute_case_count(self):
        """Count the cases that the user may see, as the button lists them."""
        cases = self.env["helpdesk.ticket"]
        for rule in self:
            rule.case_count = cases.search_count(
                [("clock_ids.target_id.rule_id", "in", rule.ids)]
            )

    @api.depends("family", "version", "state")
    def _compute_version_ids(self):
        rules = self.with_context(active_test=False).search(
            [("family", "in", self.mapped("family"))], order="version desc"
        )
        for rule in self:
            rule.version_ids = rules.filtered(
                lambda other, rule=rule: other.family and other.family == rule.family
            )
            rule.version_count = len(rule.version_ids)

    @api.depends_context("lang")
    @api.depends("summary", "version", "family", "name", "calendar_id")
    def _compute_difference(self):
        for rule in self:
            before = rule.version_ids.filtered(
                lambda other, rule=rule: other.version < rule.version
            )[:1]
            rule.difference = (
                rule._tell_difference(before)
                if before
                else self.env._("The first version.")
            )

    def _tell_difference(self, before):
        """Return in words what this version changes against an earlier one."""
        old, new = before._get_content(), self._get_content()
        gone = [line for line in old if line not in new]
        come = [line for line in new if line not in old]
        if not gone and not come:
            return self.env._("Nothing.")
        return "\n".join(
            [
                *(self.env._("No longer: %s", line) for line in gone),
                *(self.env._("Now: %s", line) for line in come),
            ]
        )

    def _get_content(self):
        """Return what a version says, as lines of words."""
        self.ensure_one()
        calendar = self.calendar_id and [
            self.env._("Calendar: %s", self.calendar_id.name)
        ]
        filters = self._has_filter() and [self.env._("Further filter: %s", self.domain)]
        return [
            self.conditions_text,
            *(calendar or ()),
            *(filters or ()),
            *self.target_ids.mapped("sentence"),
            *(
                f"{target._get_label('kind')}: {detail}"
                for target in self.target_ids
                for detail in target._get_details()
            ),
        ]

    def action_open(self):
        """Open this version."""
        self.ensure_one()
        return self.get_formview_action()

    def action_view_cases(self):
        """Open the cases that were promised something by this version."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.helpdesk_ticket_action"
        )
        return {
            **action,
            "name": self.display_name,
            "domain": [("clock_ids.target_id.rule_id", "=", self.id)],
            "context": {},
        }

    def action_apply(self):
        """Open the dialog that gives open cases the promises of this version."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_sla_apply_action"
        )
        return {**action, "context": {"default_rule_id": self.id}}
