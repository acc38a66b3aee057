from odoo import api, fields, models

from .citizen_case_reply_decision import ACTIVITY


class HelpdeskTicket(models.Model):
    """The replies of a case: the one at work, and those that were sent."""

    _inherit = "helpdesk.ticket"

    reply_ids = fields.One2many(
        "citizen.case.reply", "case_id", string="Replies", readonly=True, copy=False
    )
    reply_count = fields.Integer(
        string="Number of Replies", compute="_compute_reply_count"
    )
    is_reply_owed = fields.Boolean(
        string="Reply Owed",
        compute="_compute_is_reply_owed",
        help="A reasoned reply, or the result of the service, has yet to be sent.",
    )

    @api.depends("reply_ids")
    def _compute_reply_count(self):
        counts = dict(
            self.env["citizen.case.reply"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.reply_count = counts.get(case._origin, 0)

    @api.depends("duty_summary")
    def _compute_is_reply_owed(self):
        lacking = {case.id: duties for case, duties in self._origin._get_missing()}
        for case in self:
            kinds = {duty.kind for duty in lacking.get(case._origin.id, ())}
            case.is_reply_owed = bool(kinds & {"reply", "result"})

    def action_reply(self):
        """Open the reply that is being written, or begin one."""
        self.ensure_one()
        at_work = self.reply_ids.filtered(lambda reply: reply.state != "sent")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reply"),
            "res_model": "citizen.case.reply",
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": at_work[:1].id,
            "context": {"default_case_id": self.id},
        }

    def action_view_replies(self):
        """Open the replies of the case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_case_reply_action_case"
        )
        action["domain"] = [("case_id", "=", self.id)]
        return action

    def _ask_new_deciders(self):
        result = super()._ask_new_deciders()
        for reply in self.sudo().reply_ids:
            if reply.state == "waiting":
                reply.case_id._pass_tasks(ACTIVITY, reply._get_approvers())
        return result
