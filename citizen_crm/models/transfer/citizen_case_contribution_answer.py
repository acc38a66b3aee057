from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from .citizen_case_contribution import USUAL_DAYS
from .helpdesk_ticket_transfer import MOVABLE

ACTIVITY = "citizen_crm.mail_activity_type_contribution"
#: Contributions that are looked at in one transaction.
BATCH = 100


class CitizenCaseContribution(models.Model):
    """Asking, assigning, answering, returning and withdrawing."""

    _inherit = "citizen.case.contribution"

    # ------------------------------------------------------------------ asking
    @api.model
    def _ask(self, case, team, question, days=USUAL_DAYS):
        """Ask a team for its part of a case; return the contribution."""
        case.ensure_one()
        case.check_access("write")
        case._check_may_ask(team)
        question = (question or "").strip()
        if not question:
            raise UserError(self.env._("Question: say what the team has to answer."))
        if not 1 <= days <= 60:
            raise UserError(self.env._("Working Days: from 1 to 60."))
        case._wait_for_lock()
        case._check_not_asked(team)
        now = fields.Datetime.now()
        part = self.sudo().create(
            {
                "case_id": case.id,
                "asking_team_id": case.team_id.id,
                "team_id": team.id,
                "question": question,
                "days": days,
                "deadline": team._get_end_of_day(days, now),
                "asked_by_id": self.env.uid,
                "asked_at": now,
            }
        )
        case._note_guests()
        part._call_lead()
        part._tell_history("contribution_asked", part.question)
        return part.sudo(False)

    def _call_lead(self):
        """Ask the lead of the team; raise if nobody who leads it may see the case."""
        users = self.case_id._filter_readers(self.team_id._get_leaders())
        if not users:
            raise UserError(
                self.env._(
                    "Asked Of: nobody who leads %s may see this case. Ask another "
                    "team, or an administrator for the clearance.",
                    self.team_id.complete_name,
                )
            )
        self._schedule(users[:1], lambda env: env._("Contribute to a case"))

    # --------------------------------------------------------------- answering
    def action_answer(self):
        """Open the dialog in which the contribution is written."""
        return self._open_answer("answer", self.env._("Contribute"))

    def action_return(self):
        """Open the question why the team is not competent."""
        return self._open_answer("return", self.env._("Return: Not Competent"))

    def action_assign(self):
        """Open the question who of the team answers."""
        return self._open_answer("assign", self.env._("Assign a Contributor"))

    def action_withdraw(self):
        """Open the question why the contribution is no longer needed."""
        return self._open_answer("withdraw", self.env._("Withdraw the Question"))

    def action_view_case(self):
        """Open the case."""
        self.ensure_one()
        return self.case_id.get_formview_action()

    def _open_answer(self, kind, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "citizen.case.contribution.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contribution_id": self.id, "default_kind": kind},
        }

    def _assign(self, user):
        """Let somebody of the team answer."""
        part = self._lock_asked()
        part.team_id.sudo(False)._check_leads()
        team = part.team_id
        if not user or user not in team.user_ids | team.user_id:
            raise UserError(
                self.env._("Contributor: choose somebody of %s.", team.complete_name)
            )
        former = part.user_id
        part.user_id = user
        if not part.case_id._filter_readers(user):
            part.user_id = former
            raise UserError(
                self.env._(
                    "Contributor: %s has no clearance for this case. Choose somebody "
                    "else.",
                    user.name,
                )
            )
        part._end_activities()
        part._schedule(user, lambda env: env._("Contribute to a case"))

    def _answer(self, text, attachments=None):
        """Store the part of the team for the joint reply."""
        part = self._lock_asked()
        part._check_contributor()
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Contribution: write the part of your team."))
        part._end("answered", text=text)
        part._attach(attachments or self.env["ir.attachment"])
        part._tell_history("contribution_answered")
        part._tell_asker(lambda env: env._("Contribution received"))

    def _attach(self, files):
        """Keep the files that the contributor has just uploaded."""
        foreign = files.sudo().filtered(
            lambda file: file.create_uid != self.env.user or file.res_id
        )
        if foreign:
            raise AccessError(self.env._("Files: attach files that you upload here."))
        files.sudo().write({"res_model": self._name, "res_id": self.id})
        self.attachment_ids = [Command.link(file.id) for file in files]

    def _return(self, reason):
        """Give the question back: the team is not competent."""
        part = self._lock_asked()
        part._check_contributor()
        reason = self._check_reason(reason)
        part._end("returned", reason=reason)
        part._tell_history("contribution_returned", reason)
        part._tell_asker(lambda env: env._("Contribution returned: not competent"))

    def _withdraw(self, reason):
        """The contribution is no longer needed."""
        part = self._lock_asked()
        if not self.env.su and not part.case_id.sudo(False)._is_of_my_team():
            raise AccessError(
                self.env._("Only the team that handles the case withdraws a question.")
            )
        reason = self._check_reason(reason)
        part._end("withdrawn", reason=reason)
        part._tell_history("contribution_withdrawn", reason)

    def _check_reason(self, reason):
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say why."))
        return reason

    def _check_contributor(self):
        if not self.sudo(False)._is_contributor():
            raise AccessError(
                self.env._("Only the contributor and the lead of the team answer.")
            )

    def _lock_asked(self):
        """Return the contribution as superuser, locked, if it still is asked for."""
        self.ensure_one()
        part = self.sudo()
        # Who had to do with it is told who was faster, though the case is none of
        # theirs any more.
        if not self._is_contributor() and self.env.user != part.asked_by_id:
            self.check_access("read")
        part.case_id._wait_for_lock()
        part.lock_for_update()
        part.invalidate_recordset(["state"])
        if part.state != "asked":
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Somebody else was faster with %(part)s. Now: %(state)s.",
                    part=part.display_name,
                    state=states[part.state],
                )
            )
        self.check_access("read")
        return part

    def _end(self, state, **values):
        """Nobody is asked any more, and nobody of the team reads the case for it."""
        self.write(
            {
                "state": state,
                "answered_by_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
                **values,
            }
        )
        self._end_activities()
        self.case_id._note_guests()

    # ----------------------------------------------------------------- telling
    def _tell_history(self, kind, note=None):
        for part in self.sudo():
            part.case_id._log(kind, after=part.team_id.name, note=note)

    def _schedule(self, user, summary, day=None):
        """Give somebody a task about the contribution, in their language."""
        self.ensure_one()
        case, part = self.sudo().case_id, self.sudo()
        case._give_task(
            ACTIVITY,
            user,
            lambda env: f"{summary(env)}: {part.team_id.name}",
            part.question,
            day or case._get_city_day(part.deadline),
        )

    def _end_activities(self):
        """End the tasks about this contribution; others may be open on the case."""
        for part in self.sudo():
            people = part.user_id | part.team_id._get_leaders()
            for user in people:
                part.case_id.with_user(SUPERUSER_ID).activity_unlink(
                    [ACTIVITY], user_id=user.id
                )

    def _tell_asker(self, summary):
        """Give whoever handles the case the task to look at what came."""
        case = self.case_id
        user = case._get_teller() or self.asked_by_id
        self._schedule(user, summary, day=fields.Date.context_today(case))

    # -------------------------------------------------------------------- late
    @api.model
    def _cron_tell_overdue(self):
        """Tell the lead of the team of what is overdue, once."""
        domain = [
            ("state", "=", "asked"),
            ("deadline", "<", fields.Datetime.now()),
            ("late_told_at", "=", False),
        ]
        Part = self.with_user(SUPERUSER_ID)
        late = Part.search(domain, order="deadline, id", limit=BATCH)
        late = late.try_lock_for_update()
        for part in late:
            lead = part.case_id._filter_readers(part.team_id._get_leaders())[:1]
            if lead:
                part._schedule(lead, lambda env: env._("Overdue contribution"))
        late.late_told_at = fields.Datetime.now()
        self.env["ir.cron"]._commit_progress(
            len(late), remaining=Part.search_count(domain)
        )


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _check_may_ask(self, team):
        """Raise unless the user handles the case, and the team is another one."""
        if not team or not team.sudo().active:
            raise UserError(self.env._("Asked Of: choose the team."))
        if team == self.team_id:
            raise UserError(
                self.env._("Asked Of: this is the team that handles the case.")
            )
        if not self._is_of_my_team():
            raise AccessError(
                self.env._("Only the team that handles the case asks others.")
            )
        if self.phase not in MOVABLE:
            raise UserError(
                self.env._(
                    "%s has been answered or has ended; nobody contributes any more.",
                    self.display_name,
                )
            )

    def _check_not_asked(self, team):
        asked = self.sudo().contribution_ids.filtered(lambda one: one.state == "asked")
        if team in asked.team_id:
            raise UserError(
                self.env._(
                    "Asked Of: %s has been asked for its part already.",
                    team.complete_name,
                )
            )
