from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    case_alert = fields.Selection(
        [
            ("lead", "Team lead"),
            ("members", "Everybody in the team"),
            ("nobody", "Nobody"),
        ],
        string="New Cases Are Announced To",
        default="lead",
        required=True,
        help="Who is told about a new case that nobody handles yet, in their inbox or "
        "by e-mail as each user prefers. Handlers are always told of their cases.",
    )

    def _get_people_to_alert(self):
        """Return the users who are told about a case without a handler."""
        self.ensure_one()
        if self.case_alert == "members":
            return self.user_ids
        return self.user_id if self.case_alert == "lead" else self.user_id.browse()
