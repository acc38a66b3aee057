from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from ...tools.case_secret import new_token, token_hash
from ...tools.outcomes import OUTCOME_OF_ANSWER
from ..correspondence.helpdesk_ticket_notice import AUTOMATIC_HEADERS

GOT = [("yes", "Yes"), ("partly", "Partly"), ("no", "No")]
SAYS = [("yes", "Yes"), ("no", "No"), ("unsure", "Cannot say")]
#: What a person may say, and nothing else is taken over.
QUESTIONS = {
    "got_it": dict(GOT),
    "understood": dict(SAYS),
    "fair": dict(SAYS),
    "on_time": dict(SAYS),
}
REMARK_LIMIT = 2000
#: How long the link in the mail opens the page.
LINK_DAYS = 30


class CitizenCaseFeedback(models.Model):
    """What a person was asked after a case was closed, and what they answered.

    Nobody at the desk reads or writes these rows: who said what stays with the person.
    People see figures of several answers (``citizen.case.feedback.report``,
    ``citizen.case.feedback.team``). There is no field for who handled the case.
    """

    _name = "citizen.case.feedback"
    _description = "Feedback After Closing"
    _order = "id desc"
    _rec_name = "asked_at"

    case_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        index=True,
        ondelete="restrict",
        help="The case that was closed.",
    )
    token_hash = fields.Char(
        copy=False, help="Hash of the secret in the link; the secret is in no place."
    )
    asked_at = fields.Datetime(string="Asked", required=True, help="When it closed.")
    expires_at = fields.Datetime(
        string="Link Ends", required=True, help="When the link opens nothing any more."
    )
    answered_at = fields.Datetime(
        string="Said On", help="When the person answered; empty while they have not."
    )
    got_it = fields.Selection(
        GOT, string="Got What They Needed", help="Did the person get what they needed?"
    )
    understood = fields.Selection(
        SAYS, help="Did the person understand why it was decided so?"
    )
    fair = fields.Selection(SAYS, help="Was the person treated fairly?")
    on_time = fields.Selection(SAYS, help="Was it on time?")
    remark = fields.Text(help="What else the person wanted to say.")
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        ondelete="restrict",
        help="Of the case when it was closed.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        ondelete="restrict",
        help="The team that had the case when it was closed.",
    )
    district_id = fields.Many2one(
        "citizen.district", ondelete="restrict", help="Where the matter was."
    )

    _token_unique = models.UniqueIndex("(token_hash) WHERE token_hash IS NOT NULL")
    _asked_index = models.Index("(asked_at)")

    # ----------------------------------------------------------------- asking
    @api.model
    def _ask(self, cases):
        """Ask about cases that have just been closed, each by one mail.

        Who wants no e-mail is not written to; the page of the case asks them.
        """
        addresses = {case: case._get_feedback_address() for case in cases}
        mailed = cases.filtered(lambda case: addresses[case])
        tokens = [new_token() for _case in mailed]
        rows = self.with_user(SUPERUSER_ID).create(
            [
                {**self._prepare(case), "token_hash": token_hash(token)}
                for case, token in zip(mailed, tokens, strict=True)
            ]
        )
        urls = {
            row.id: f"{row.case_id.get_base_url()}/feedback/{token}"
            for row, token in zip(rows, tokens, strict=True)
        }
        rows._send(urls, {row.id: addresses[row.case_id] for row in rows})
        return rows

    @api.model
    def _prepare(self, case):
        now = fields.Datetime.now()
        return {
            "case_id": case.id,
            "asked_at": now,
            "expires_at": now + timedelta(days=LINK_DAYS),
            "category_id": case.category_id.id,
            "team_id": case.team_id.id,
            "district_id": case.district_id.id,
        }

    def _send(self, urls, addresses):
        """Send the mails; they stand in no conversation, or staff would read the link.

        :param urls: dict ``id -> address of the page``
        :param addresses: dict ``id -> e-mail address of the person``
        """
        template = self.env.ref("citizen_crm.mail_template_feedback").with_context(
            feedback_urls=urls
        )
        rendered = template._generate_template(self.ids, ("subject", "body_html"))
        langs = template._render_lang(self.ids)
        self.env["mail.mail"].create(
            [
                {
                    "subject": rendered[row.id]["subject"],
                    "body_html": row._get_letter(
                        rendered[row.id]["body_html"], langs[row.id]
                    ),
                    "email_to": addresses[row.id],
                    "headers": AUTOMATIC_HEADERS,
                    "auto_delete": True,
                    **row.case_id._get_notice_author(),
                }
                for row in self
            ]
        )

    def _get_letter(self, body, lang):
        message = self.env["mail.message"].new({"body": body})
        values = {"message": message, "lang": (lang or "en_US").replace("_", "-")}
        return self.env["ir.qweb"]._render("citizen_crm.mail_layout_notice", values)

    # -------------------------------------------------------------- answering
    @api.model
    def _find_by_secret(self, secret):
        """Return what a link was sent for, as superuser; empty if it has ended."""
        return self.with_user(SUPERUSER_ID).search(
            [
                ("token_hash", "=", token_hash(secret)),
                ("expires_at", ">", fields.Datetime.now()),
            ]
        )

    def _answer(self, answers, remark):
        """Store what the person says, once; return whether this was the first time."""
        self.ensure_one()
        self.lock_for_update()
        if self.answered_at:
            return False
        self.write(
            {
                **{name: answers.get(name) or False for name in QUESTIONS},
                "remark": remark or False,
                "answered_at": fields.Datetime.now(),
            }
        )
        self._tell_outcome()
        return True

    def _tell_outcome(self):
        """Let the outcome of the case follow the citizen's word."""
        case = self.case_id
        if self._is_latest() and not case._is_outcome_checked(self.asked_at):
            case.outcome = OUTCOME_OF_ANSWER[self.got_it]

    def _is_latest(self):
        """Tell whether the case was not closed again since."""
        later = [("case_id", "=", self.case_id.id), ("id", ">", self.id)]
        return not self.search_count(later, limit=1)
