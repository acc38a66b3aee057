from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_ticket_transfer import MOVABLE

#: Phases into which a case comes with the joint reply.
REPLIED = frozenset({"answered", "closed"})


class HelpdeskTicket(models.Model):
    """One case, one reply: other teams contribute their part."""

    _inherit = "helpdesk.ticket"

    contribution_ids = fields.One2many(
        "citizen.case.contribution",
        "case_id",
        string="Contributions",
        readonly=True,
        copy=False,
    )
    contribution_id = fields.Many2one(
        "citizen.case.contribution",
        string="My Contribution",
        compute="_compute_contribution_id",
        help="What your team is asked about this case.",
    )
    contribution_question = fields.Text(
        string="Question to Us", compute="_compute_contribution_id"
    )
    contribution_count = fields.Integer(
        string="Number of Contributions", compute="_compute_contribution_id"
    )
    may_ask_contribution = fields.Boolean(
        string="Mine to Ask Others",
        compute="_compute_may_ask_contribution",
        help="Your team handles the case, so it may ask others for their part.",
    )

    @api.depends("contribution_ids.state")
    @api.depends_context("uid")
    def _compute_contribution_id(self):
        for case in self:
            found = case.contribution_ids
            case.contribution_count = len(found)
            case.contribution_id = found.filtered("is_mine")[:1]
            case.contribution_question = case.contribution_id.question

    @api.depends("team_id", "phase")
    @api.depends_context("uid")
    def _compute_may_ask_contribution(self):
        for case in self:
            case.may_ask_contribution = (
                bool(case._origin) and case.phase in MOVABLE and case._is_of_my_team()
            )

    # ----------------------------------------------------------------- buttons
    def action_ask_contribution(self):
        """Open the dialog that asks another team for its part."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_case_contribution_question_action"
        )
        return {**action, "context": {"default_case_id": self.id}}

    def action_contribute(self):
        """Open the dialog in which the own part is written."""
        self.ensure_one()
        self.check_access("read")
        if not self.contribution_id:
            raise UserError(self.env._("Your team is not asked about this case."))
        return self.contribution_id.action_answer()

    # ------------------------------------------------------------------- reply
    def _get_contribution_texts(self):
        """Return the parts for the joint reply as ``(team name, text)``, in order."""
        self.ensure_one()
        parts = self.sudo().contribution_ids.sorted("id")
        return [
            (part.team_id.name, part.text) for part in parts if part.state == "answered"
        ]

    def write(self, vals):
        if vals.get("stage_id"):
            self._check_contributions(vals["stage_id"])
        return super().write(vals)

    def _check_contributions(self, stage_id):
        """Refuse to answer a case while other teams still owe their part."""
        if self.env["helpdesk.ticket.stage"].browse(stage_id).phase not in REPLIED:
            return
        lent = self.sudo().filtered(lambda case: case.is_lent and case.is_open)
        owed = lent.contribution_ids.filtered(lambda part: part.state == "asked")
        if owed:
            raise UserError(
                self.env._(
                    "%(case)s is not answered yet: %(teams)s still owe their part. "
                    "Wait for it, or withdraw the question and say why.",
                    case=owed[0].case_id.display_name,
                    teams=", ".join(owed.team_id.mapped("name")),
                )
            )

    # ------------------------------------------------------------------ guests
    def _has_guests(self):
        asked = any(part.state == "asked" for part in self.contribution_ids)
        return asked or super()._has_guests()

    def _end_open_contributions(self):
        """The case has ended without a reply, so nobody owes a part of it."""
        found = self.sudo().contribution_ids.filtered(lambda p: p.state == "asked")
        for part in found:
            part._end("withdrawn", reason=self.env._("The case has ended."))
            part._tell_history("contribution_withdrawn", part.reason)
