from odoo import fields, models
from odoo.tools import format_datetime

#: RFC 3834: no machine answers to this.
AUTOMATIC_HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}


class CitizenSlaNotice(models.Model):
    """How people are told: tasks on the case, mails without personal data."""

    _inherit = "citizen.sla.notice"

    activity_ids = fields.One2many("mail.activity", "sla_notice_id", string="Tasks")

    # -------------------------------------------------------------- activities
    def _create_activities(self):
        """Put a task on the case for everybody told; oversight reads no case."""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "citizen_crm.mail_activity_type_deadline"
        )
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        self.env["mail.activity"]._quietly().create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": notice.case_id.id,
                    "user_id": user.id,
                    "summary": notice._get_summary(user),
                    "date_deadline": notice._get_date(user),
                    "sla_notice_id": notice.id,
                    "automated": True,
                    **({"activity_type_id": type_id} if type_id else {}),
                }
                for notice in self
                for user in notice.user_ids
                if notice._wants_activity(user)
            ]
        )

    def _wants_activity(self, user):
        """Tell whether somebody gets a task; also who cannot be written to."""
        if self.role == "oversight":
            return False
        return self.step_id.by_activity or not user.email

    def _get_summary(self, user):
        """Return what the task is about, without personal data."""
        notice = self.with_context(lang=user.lang)
        clock = notice.clock_id
        promise = dict(clock._fields["kind"]._description_selection(notice.env))
        if clock.state == "missed":
            return notice.env._("Overdue: %s", promise[clock.kind])
        return notice.env._("Due soon: %s", promise[clock.kind])

    def _get_date(self, user):
        """Return the date of the deadline where the person lives."""
        clock = self.clock_id.with_context(tz=user.tz)
        return fields.Datetime.context_timestamp(clock, clock.due).date()

    # ------------------------------------------------------------------- mails
    def _queue_mails(self):
        """Queue the mails in this transaction; the mail queue sends them."""
        values = [
            notice._prepare_mail(user)
            for notice in self
            for user in notice.user_ids.filtered("email")
            if notice.step_id.by_mail or notice.role == "oversight"
        ]
        if values:
            self.env["mail.mail"].create(values)
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _prepare_mail(self, user):
        """Return the values of a mail; whoever sees it on a screen learns nothing."""
        notice = self.with_context(lang=user.lang, tz=user.tz)
        company = self.case_id.company_id or self.env.company
        sender = company.partner_id.email_formatted
        texts = notice._get_texts()
        return {
            "subject": texts["subject"],
            "body_html": notice.env["ir.qweb"]._render(
                "citizen_crm.mail_sla_notice", texts
            ),
            "recipient_ids": [(6, 0, user.partner_id.ids)],
            "author_id": company.partner_id.id,
            "message_type": "user_notification",
            "headers": repr(AUTOMATIC_HEADERS),
            # One name for one notice and person, also if the queue sends it twice.
            "message_id": f"<sla-notice-{self.id}-{user.id}@{self.env.cr.dbname}>",
            **({"email_from": sender} if sender else {}),
        }

    def _get_texts(self):
        """Return what a mail says, in the language and time zone of the context."""
        case, clock, env = self.case_id, self.clock_id, self.env
        is_missed = clock.state == "missed"
        subject = (
            env._("Overdue: case %s", case.number)
            if is_missed
            else env._("Due soon: case %s", case.number)
        )
        url = f"{self.get_base_url()}/odoo/helpdesk.ticket/{case.id}"
        return {
            "subject": subject,
            "is_missed": is_missed,
            "number": case.number,
            "promise": clock.target_id.display_name,
            "due": format_datetime(env, clock.due, env.context["tz"], "short"),
            "department": case.department_id.name,
            "service_type": case.category_id.name,
            "is_handled": bool(case.user_id),
            "url": self.role != "oversight" and url,
        }

    # ---------------------------------------------------------- administrators
    def _tell_administrators(self, users):
        """Let administrators know that somebody is missing; one open task each.

        The task names no case: they may not see it.
        """
        Activity = self.env["mail.activity"]
        warning = self.env["ir.model.data"]._xmlid_to_res_id(
            "mail.mail_activity_data_warning"
        )
        busy = Activity.search(
            [
                ("sla_notice_id", "!=", False),
                ("res_model", "=", False),
                ("user_id", "in", users.ids),
            ]
        ).user_id
        values = []
        for user in users - busy:
            env = self.with_context(lang=user.lang).env
            values.append(
                {
                    "user_id": user.id,
                    "sla_notice_id": self[0].id,
                    "automated": True,
                    "summary": env._("Deadlines of which nobody could be told"),
                    "note": env._(
                        "A step of a ladder was due and no handler, team lead, "
                        "department head or oversight may see the case. Look at "
                        "Reporting → Warnings Sent, filter Nobody Told, and name a "
                        "lead or give a clearance."
                    ),
                    **({"activity_type_id": warning} if warning else {}),
                }
            )
        Activity._quietly().create(values)
