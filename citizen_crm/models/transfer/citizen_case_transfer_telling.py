from odoo import SUPERUSER_ID, models

from ..correspondence.helpdesk_ticket_notice import AUTOMATIC_HEADERS

ACTIVITY = "citizen_crm.mail_activity_type_transfer"


class CitizenCaseTransfer(models.Model):
    """Who is told of a transfer: who has to answer, who proposed it, the citizen."""

    _inherit = "citizen.case.transfer"

    # ----------------------------------------------------------------- citizen
    def _tell_citizen(self):
        """Tell the person who has the case now, and that the date stays."""
        template = self.env.ref("citizen_crm.mail_template_transferred").sudo()
        for transfer in self.with_user(SUPERUSER_ID):
            transfer.case_id._send_notice(template, transfer)

    def _get_resident_name(self):
        """Return the department as the person reads it, empty if it tells too much."""
        self.ensure_one()
        case = self.case_id
        if case.confidential:
            return ""
        return case.team_id.department_id.name or case.team_id.name

    # ------------------------------------------------------------------- staff
    def _schedule(self, user, summary, note):
        """Give somebody the task to answer, in their language.

        :param summary: function of an environment, for its translation
        """
        self.ensure_one()
        case = self.sudo().case_id
        day = case._get_city_day(self.sudo().answer_by)
        case._give_task(ACTIVITY, user, summary, note, day)

    def _end_activities(self):
        """Nobody has to answer any more."""
        self.sudo().case_id._end_tasks(ACTIVITY)

    def _tell_dispute(self):
        """Tell who has proposed it that the other team does not want the case."""
        for transfer in self:
            transfer._tell_staff(
                transfer.proposed_by_id,
                lambda env, t=transfer: env._(
                    "%(team)s disputes the transfer of case %(case)s. It stays with "
                    "your team until something else is decided.",
                    team=t.to_team_id.name,
                    case=t.number,
                ),
            )

    def _tell_acceptance(self):
        """Tell both sides who has the case now, and the new team that it has come."""
        for transfer in self:
            leader = transfer._get_answerers()[:1] if transfer.is_silent else None
            transfer._tell_staff(
                transfer.proposed_by_id | (leader or transfer.proposed_by_id),
                lambda env, t=transfer: (
                    env._(
                        "Nobody answered in time, so %(team)s has case %(case)s now.",
                        team=t.to_team_id.name,
                        case=t.number,
                    )
                    if t.is_silent
                    else env._(
                        "%(team)s has accepted case %(case)s.",
                        team=t.to_team_id.name,
                        case=t.number,
                    )
                ),
            )
            transfer.case_id._notice_team()

    def _tell_decision(self):
        """Tell both sides what the arbiter has decided."""
        for transfer in self:
            leads = transfer.from_team_id.user_id | transfer.to_team_id.user_id
            people = transfer.proposed_by_id | leads | transfer.final_team_id.user_id
            transfer._tell_staff(
                people,
                lambda env, t=transfer: env._(
                    "The arbiter has decided: %(team)s has case %(case)s. %(reason)s",
                    team=t.final_team_id.name,
                    case=t.number,
                    reason=t.decision,
                ),
            )
            if transfer.final_team_id != transfer.from_team_id:
                transfer.case_id._notice_team()

    def _tell_staff(self, users, text):
        """Notify people who may no longer see the case, so with its number alone.

        :param text: function of an environment, for its translation
        """
        self.ensure_one()
        for user in users.sudo().filtered("active"):
            thread = self.env["mail.thread"].with_user(SUPERUSER_ID)
            thread = thread.with_context(lang=user.lang or self.env.lang)
            thread.message_notify(
                partner_ids=user.partner_id.ids,
                subject=thread.env._("Transfer of case %s", self.number),
                body=text(thread.env),
                mail_headers=AUTOMATIC_HEADERS,
            )
