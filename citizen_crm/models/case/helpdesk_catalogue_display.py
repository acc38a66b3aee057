from odoo import api, fields, models


class HelpdeskTicketCategory(models.Model):
    """What the screens of the catalogue show; nothing is stored."""

    _inherit = "helpdesk.ticket.category"

    # The sum of the points of some types says nothing.
    effort_points = fields.Float(aggregator=None)
    case_count = fields.Integer(string="Cases", compute="_compute_case_count")
    question_count = fields.Integer(
        string="Questions", compute="_compute_question_count"
    )

    def _compute_case_count(self):
        counts = {
            category.id: count
            for category, count in self.env["helpdesk.ticket"]._read_group(
                [("category_id", "in", self.ids)], ["category_id"], ["__count"]
            )
        }
        for category in self:
            category.case_count = counts.get(category._origin.id, 0)

    @api.depends("question_definition")
    def _compute_question_count(self):
        for category in self:
            category.question_count = sum(
                question.get("type") != "separator"
                for question in category.question_definition or ()
            )

    def action_view_cases(self):
        """Open the cases of this service type, or of all types of this group."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.helpdesk_ticket_action"
        )
        action["domain"] = [("category_id", "child_of", self.id)]
        action["context"] = {"default_category_id": self.is_service and self.id}
        return action


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    def action_view_open_cases(self):
        """Open the open cases of this team."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.helpdesk_ticket_action"
        )
        action["domain"] = [("team_id", "=", self.id)]
        action["context"] = {
            "search_default_open": 1,
            "search_default_unassigned": self.env.context.get(
                "search_default_unassigned"
            ),
            "default_team_id": self.id,
            "board_of": "team",
        }
        return action
