from odoo import SUPERUSER_ID, fields, models
from odoo.tools import SQL, email_normalize

#: RFC 3834: other machines do not answer to this, people's mail programs show it.
AUTOMATIC_HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}


class HelpdeskTicket(models.Model):
    """Notices that the desk sends by itself."""

    _inherit = "helpdesk.ticket"

    acknowledged_date = fields.Datetime(
        string="Receipt Confirmed On",
        readonly=True,
        copy=False,
        help="When the person was told that the city has got the case.",
    )

    def _notice_received(self):
        """Tell the person the case number, and the staff that there is a case.

        Once a case, however often and from wherever this is called: one statement
        both asks and records it.
        """
        for case in self.with_user(SUPERUSER_ID)._claim_notice():
            case._acknowledge()
            case._notice_team()

    def _claim_notice(self):
        """Return those of the cases that no notice was sent about, and mark them."""
        if not self:
            return self
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE helpdesk_ticket SET acknowledged_date = %s
                 WHERE id IN %s AND acknowledged_date IS NULL
             RETURNING id
                """,
                fields.Datetime.now(),
                self._ids,
            )
        )
        self.invalidate_recordset(["acknowledged_date"], flush=False)
        return self.browse(row[0] for row in rows)

    def _acknowledge(self):
        """Send the acknowledgement, in the person's language, to them alone."""
        template = self.env.ref(f"citizen_crm.mail_template_received_{self.role}")
        if self._send_notice(template):
            self._log("acknowledged")

    def _send_notice(self, template, record=None):
        """Post a notice for the person alone and mail it, in their language.

        :param record: what the template is about, the case if nothing is said
        :return: the message; empty if there is nobody to write to
        """
        self.ensure_one()
        recipient = self._get_notice_recipient()
        if recipient is None:
            return self.env["mail.message"]
        record = record or self
        rendered = template._generate_template(record.ids, ("subject", "body_html"))
        message = self.message_post(
            body=rendered[record.id]["body_html"],
            subject=rendered[record.id]["subject"],
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="citizen_crm.mail_layout_notice",
            mail_headers=AUTOMATIC_HEADERS,
            notify_skip_followers=True,
            **self._get_notice_author(),
            **recipient,
        )
        self._pass_on(message, message.subject)
        return message

    def _get_notice_recipient(self):
        """Return who gets notices, as arguments for ``message_post``.

        None for nobody; {} for a person who does not want them by e-mail.
        """
        self.ensure_one()
        if not self._is_mailed():
            return {}
        if self.partner_id:
            known = bool(self.partner_id.email_normalized)
            return {"partner_ids": self.partner_id.ids} if known else None
        address = email_normalize(self.partner_email)
        return {"outgoing_email_to": address} if address else None

    def _get_notice_author(self):
        """Notices come from the city, not from whoever happened to be at the desk."""
        city = (self.company_id or self.env.company).partner_id
        return {"author_id": city.id, "email_from": city.email_formatted or False}

    # ------------------------------------------------------------------ staff
    def _notice_team(self):
        """Announce a case that nobody handles yet, as the team wants it."""
        for case in self.filtered(lambda case: case.team_id and not case.user_id):
            case._alert(
                case.team_id._get_people_to_alert(),
                self.env._("New case %s", case.number),
                self.env._("A new case has come in for your team."),
            )

    def _notice_reply(self, message):
        """Tell staff about a reply, unless they hear of it as followers anyway."""
        self.ensure_one()
        self._alert(
            self._get_people_in_charge().filtered(
                lambda user: user.partner_id not in message.notified_partner_ids
            ),
            self.env._("Reply in case %s", self.number),
            self.env._("The person has written again."),
        )

    def _notice_pending(self, receipt):
        """Tell staff that a reply waits for their decision."""
        self.ensure_one()
        self._alert(
            self._get_people_in_charge(),
            self.env._("Reply to confirm in case %s", self.number),
            self.env._(
                "A reply has come from a sender who could not be confirmed. Open the "
                "case, read it and publish or reject it."
            ),
        )

    def _get_people_in_charge(self):
        """Return the handler, else those whom the team has chosen."""
        self.ensure_one()
        if self.user_id or not self.team_id:
            return self.user_id
        return self.team_id._get_people_to_alert()

    def _alert(self, users, subject, body):
        """Notify users in their inbox or by e-mail, as each of them prefers."""
        self.ensure_one()
        users = self._filter_readers(users)
        if users:
            self.with_user(SUPERUSER_ID).message_notify(
                partner_ids=users.partner_id.ids,
                subject=subject,
                body=body,
                mail_headers=AUTOMATIC_HEADERS,
            )
