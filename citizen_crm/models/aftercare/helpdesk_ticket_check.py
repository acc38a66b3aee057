from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """What was found on site is the outcome, whatever is said afterwards."""

    _inherit = "helpdesk.ticket"

    field_check_ids = fields.One2many(
        "citizen.field.check",
        "case_id",
        string="Field Checks",
        readonly=True,
        copy=False,
    )
    field_check_count = fields.Integer(
        compute="_compute_field_check_count",
        compute_sudo=True,
        string="Times Drawn",
        help="How often the case was drawn to be looked at.",
    )

    @api.depends("field_check_ids")
    def _compute_field_check_count(self):
        counts = dict(
            self.env["citizen.field.check"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.field_check_count = counts.get(case._origin, 0)

    def _is_outcome_checked(self, since):
        """Tell whether somebody has looked at what became of it since then."""
        return bool(
            self.field_check_ids.filtered(
                lambda check: (
                    check.state == "done"
                    and check.finding != "cannot_tell"
                    and check.checked_at >= since
                )
            )
        )

    def action_view_field_checks(self):
        """Open the field checks of this case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_field_check_action"
        )
        return {**action, "domain": [("case_id", "=", self.id)], "context": {}}

    def _get_timeline_sentences(self, department):
        return {
            **super()._get_timeline_sentences(department),
            "field_checked": self.env._("Somebody looked at it on site."),
        }
