from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

ACTIVITY = "citizen_crm.mail_activity_type_objection"
#: Objections that are looked at in one transaction.
BATCH = 100


class CitizenWorkloadObjection(models.Model):
    """Who is told of objections: the lead, the head if it takes long, the employee."""

    _inherit = "citizen.workload.objection"

    def _call_decider(self):
        """Ask the first of those who may decide; raise if there is nobody."""
        decider = self._get_deciders()[:1]
        if not decider:
            raise UserError(
                self.env._(
                    "Nobody can decide on this: ask the administrators to enter a lead "
                    "of %s, or a manager of its department.",
                    self.team_id.complete_name,
                )
            )
        self._schedule(decider, lambda env: env._("Decide on an objection"))

    def _schedule(self, user, summary):
        """Give somebody the task to decide, in their language.

        :param summary: function of an environment, for its translation
        """
        self.ensure_one()
        quiet = self.env["mail.activity"]._quietly().env.context
        objection = self.with_user(SUPERUSER_ID).with_context(
            quiet, lang=user.lang or self.env.lang, tz=user.tz or "UTC"
        )
        day = fields.Datetime.context_timestamp(objection, self.deadline).date()
        objection.activity_schedule(
            ACTIVITY,
            date_deadline=day,
            summary=summary(objection.env),
            user_id=user.id,
        )

    def _end_activities(self):
        """Nobody has to decide any more."""
        self.with_user(SUPERUSER_ID).activity_unlink([ACTIVITY])

    def _tell_decision(self):
        """Tell the employee, who reads the reasons in the objection itself."""
        for objection in self:
            user = objection.employee_id.user_id
            if not user.active:
                continue
            told = objection.with_context(lang=user.lang or self.env.lang)
            objection.message_post(
                body=told._get_decision_text(),
                partner_ids=user.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )

    def _get_decision_text(self):
        """Return the decision in a sentence, without anything about the case."""
        if self.state == "refused":
            return self.env._(
                "Your objection to case %s was refused. The reasons are in it.",
                self._tell_case(),
            )
        if self.kind == "fit":
            return self.env._(
                "Your objection to case %s was upheld. You do not get it again.",
                self._tell_case(),
            )
        return self.env._(
            "Your objection to case %(case)s was upheld: %(points)s points.",
            case=self._tell_case(),
            points=f"{self.granted_points:g}",
        )

    # -------------------------------------------------------------------- late
    @api.model
    def _cron_tell_overdue(self):
        """Tell the head of the department of what was not decided in time, once."""
        domain = [
            ("state", "=", "filed"),
            ("deadline", "<", fields.Datetime.now()),
            ("head_told_at", "=", False),
        ]
        late = self.sudo().search(domain, order="deadline", limit=BATCH)
        late = late.try_lock_for_update()
        for objection in late:
            objection._tell_head()
        late.write({"head_told_at": fields.Datetime.now()})
        self.env["ir.cron"]._commit_progress(len(late), remaining=self._count(domain))

    @api.model
    def _count(self, domain):
        return self.sudo().search_count(domain)

    def _tell_head(self):
        """Give the task to the next one above the lead, if there is one."""
        lead = self.team_id.user_id
        head = (self._get_deciders() - lead)[:1]
        if head and head not in self.activity_ids.user_id:
            self._schedule(
                head, lambda env: env._("An objection was not decided in time")
            )
