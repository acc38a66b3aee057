from odoo import api, fields, models

#: Events after which somebody else may have a case.
MOVES = frozenset({"routed", "transferred", "unrouted", "assigned", "unassigned"})
# A value that no remote call can put into a context.
_QUIET = object()


class MailActivity(models.Model):
    """Deadline tasks: they go where the case goes, and end with the promise."""

    _inherit = "mail.activity"

    sla_notice_id = fields.Many2one(
        "citizen.sla.notice",
        string="Deadline Notice",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="The step of a ladder that this task tells of.",
    )

    @api.model
    def _quietly(self):
        """Return the model for tasks that send no mail and make nobody a follower."""
        return self.with_context(mail_activity_quick_update=True, sla_following=_QUIET)

    def _follow_clocks(self):
        """End with the promise, or move with its deadline."""
        ended = self.filtered(lambda task: task.sla_notice_id.clock_id.stop)
        ended._finish(self.env._("The promise has ended."))
        for task in self - ended:
            notice = task.sla_notice_id
            if notice.clock_id.due and task.res_model:
                day = notice._get_date(task.user_id)
                if task.date_deadline != day:
                    task.date_deadline = day

    def _follow_cases(self):
        """Go to who has the role now; end where the case is none of theirs any more."""
        for task in self:
            case = task.sla_notice_id.case_id
            successor = {
                "handler": case.user_id,
                "lead": case.team_id.user_id,
            }.get(task.sla_notice_id.role, task.user_id)
            if not case._as_seen_by(successor).has_access("read"):
                successor = successor.browse()
            if not successor:
                task._finish(self.env._("The case has gone to somebody else."))
            elif successor != task.user_id:
                task._quietly().user_id = successor

    def _finish(self, feedback):
        if self:
            self.write({"feedback": feedback})
            self.action_archive()


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Who is warned of a deadline need not follow the whole conversation."""
        if self.env.context.get("sla_following") is _QUIET:
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _follow_history(self, events):
        result = super()._follow_history(events)
        moved = events.filtered(lambda event: event.kind in MOVES).case_id.sudo()
        # Of what was registered just now nobody has been warned.
        moved -= events.filtered(lambda event: event.kind == "received").case_id
        moved.clock_ids.notice_ids.activity_ids._follow_cases()
        return result


class CitizenSlaClock(models.Model):
    _inherit = "citizen.sla.clock"

    def write(self, vals):
        result = super().write(vals)
        if {"stop", "due"} & vals.keys():
            self.notice_ids.activity_ids._follow_clocks()
        return result
