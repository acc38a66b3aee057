from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.duties import reaches

ACTIVITY = "citizen_crm.mail_activity_type_reply"


class CitizenCaseReply(models.Model):
    """Asking for approval, approving, returning: never by somebody who wrote it."""

    _inherit = "citizen.case.reply"

    may_decide = fields.Boolean(
        string="Mine to Decide", compute="_compute_may_decide", search="_search_mine"
    )

    @api.depends("state", "level", "author_ids")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for reply in self:
            reply.may_decide = reply.state == "waiting" and (
                self.env.user in reply._get_approvers()
            )

    def _search_mine(self, operator, value):
        """Find what the user may decide."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return (
            Domain("state", "=", "waiting")
            & Domain("author_ids", "not in", self.env.uid)
            & self.env["helpdesk.ticket"]._get_deciding_domain()
        )

    def _get_approvers(self):
        """Return who may approve, whoever is asked first coming first."""
        self.ensure_one()
        reply = self.sudo()
        return reply.case_id._get_deciders(reply.level or "lead", reply.author_ids)

    # ------------------------------------------------------------------ asking
    def action_ask_approval(self):
        """Ask for the approval that the duties of the case want."""
        reply = self._take(("draft", "returned"), "write")
        reply._check_complete()
        approver = reply._get_approvers()[:1]
        if not approver:
            raise UserError(
                self.env._(
                    "Nobody can approve this: enter a team lead and a manager of the "
                    "department who may see the case and did not write the reply."
                )
            )
        reply._note(
            state="waiting",
            asked_by_id=self.env.uid,
            asked_at=fields.Datetime.now(),
            return_reason=False,
        )
        reply.case_id._end_tasks(ACTIVITY)
        reply.case_id._give_task(
            ACTIVITY, approver, lambda env: env._("Approve the reply"), reply.summary
        )

    def action_take_back(self):
        """Take a reply back to change it; what was approved is approved no more."""
        reply = self._take(("waiting", "approved"), "write")
        reply._note(
            state="draft",
            decided_by_id=False,
            decided_at=False,
            approved_level=False,
        )
        reply.case_id._end_tasks(ACTIVITY)

    # ---------------------------------------------------------------- deciding
    def action_approve(self):
        """Approve the reply as it is; whoever asked for it sends it."""
        reply = self._decide()
        heads = reply.case_id._get_deciders("head", reply.author_ids)
        reply._note(
            state="approved",
            decided_by_id=self.env.uid,
            decided_at=fields.Datetime.now(),
            approved_level="head" if self.env.user in heads else "lead",
        )
        reply.case_id._give_task(
            ACTIVITY,
            reply._get_keeper(),
            lambda env: env._("The reply is approved: send it"),
            False,
        )

    def action_return(self):
        """Open the question why the reply is returned."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return the Reply"),
            "res_model": "citizen.case.reply.return",
            "view_mode": "form",
            "target": "new",
            "context": {"default_reply_id": self.id},
        }

    def _return(self, reason):
        """Give the reply back to its authors, with the reason."""
        reply = self._decide()
        if not (reason or "").strip():
            raise UserError(self.env._("Why: say what is missing or wrong."))
        reply._note(
            state="returned",
            decided_by_id=self.env.uid,
            decided_at=fields.Datetime.now(),
            return_reason=reason.strip(),
        )
        reply.case_id._give_task(
            ACTIVITY,
            reply._get_keeper(),
            lambda env: env._("The reply was returned: change it"),
            reply.return_reason,
        )

    def _decide(self):
        """Return the locked reply as superuser, if the user may decide on it."""
        reply = self._take(("waiting",), "read")
        if self.env.user not in reply._get_approvers():
            raise AccessError(
                self.env._(
                    "You cannot decide on this reply. That is for the team lead, or "
                    "for the department head if the duty asks for it, and never for "
                    "those who wrote it."
                )
            )
        reply.case_id._end_tasks(ACTIVITY)
        return reply

    def _is_approved(self):
        """Tell whether the reply may go out without anybody deciding on it any more."""
        self.ensure_one()
        return reaches(self.approved_level or "", self.level or "")

    def _take(self, states, operation):
        """Return the locked reply as superuser, if the user has that right on the case.

        :param states: what it may be in; in any other somebody was faster
        """
        self.ensure_one()
        self.case_id.check_access(operation)
        reply = self.sudo()
        reply.lock_for_update()
        reply.invalidate_recordset(["state"])
        if reply.state not in states:
            label = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._("This reply is in the state “%s” now.", label[reply.state])
            )
        return reply

    def _note(self, **values):
        """Write what the desk notes, as superuser."""
        self.sudo().write(values)

    def _get_keeper(self):
        """Return who goes on with the reply: who asked, else the handler."""
        keeper = self.asked_by_id
        case = self.case_id
        if keeper.active and case._as_seen_by(keeper).has_access("write"):
            return keeper
        return case._get_teller() or keeper
