from odoo import api, fields, models
from odoo.fields import Command


class CitizenCaseReply(models.Model):
    """One reply to one matter: whoever has written about it gets it, each alone.

    The cases stay apart: nobody learns who else has written, and everybody may open
    their own case again.
    """

    _inherit = "citizen.case.reply"

    to_joined = fields.Boolean(
        string="Also to the Joined Cases",
        default=True,
        help="Everybody who has written about the same matter gets this reply, in a "
        "letter of their own, and their case is answered by it.",
    )
    joined_count = fields.Integer(
        string="Joined Cases",
        compute="_compute_joined_count",
        help="Open cases of the same matter, of other people, that this reply answers.",
    )
    joined_ids = fields.Many2many(
        "helpdesk.ticket",
        "citizen_case_reply_joined_rel",
        "reply_id",
        "case_id",
        context={"active_test": False},
        string="Also Answered",
        readonly=True,
        help="The joined cases that were answered by this reply.",
    )

    @api.depends("case_id.duplicate_ids.phase")
    def _compute_joined_count(self):
        for reply in self:
            reply.joined_count = len(reply._get_joined())

    def _get_joined(self):
        """Return the open cases that the same reply answers, as superuser.

        Confidential ones are answered alone, and a customer is owed something else.
        """
        case = self.case_id.sudo()
        return case.duplicate_ids.filtered(
            lambda joined: (
                joined.is_open
                and joined.phase != "answered"
                and joined.role == case.role
                and joined.confidential == case.confidential
            )
        )

    def action_send(self):
        """Send the reply, also to those who wrote about the same matter."""
        self.case_id.check_access("write")
        joined = self._get_joined() if self.to_joined else self.case_id.browse()
        if joined:
            # Before it is sent: what was sent never changes.
            self._note(joined_ids=[Command.set(joined.ids)])
        action = super().action_send()
        for case in joined:
            self._send_to(case)
        return action

    def _send_to(self, case):
        """Post the reply on a joined case, in the language of its person."""
        if case._can_be_told():
            lang = case.partner_id.lang or self._get_lang()
            case.with_context(lang=lang).message_post(
                body=self.sudo()._get_body(lang),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        case._move_to_phase("answered")
