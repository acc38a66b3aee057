from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import is_html_empty

#: Longest message that a share user may send, in characters of HTML.
SHARE_BODY_LIMIT = 100_000


class HelpdeskTicket(models.Model):
    """What share users (residents) may not do to the messages of a case."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _get_allowed_message_params(self):
        """Residents choose neither kind, subtype nor rating of a message."""
        if self.env.user.share:
            return set()
        return super()._get_allowed_message_params()

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **_secrets):
        """Open the messages of a case by one's rights alone.

        No secret in an address does: links are passed on and never expire.
        """
        case = self.browse(thread_id).exists()
        return case if case.sudo(False).has_access(mode) else self.browse()

    @api.private
    def get_portal_url(
        self,
        suffix=None,
        report_type=None,
        download=None,
        query_string=None,
        anchor=None,
    ):
        """Return the address of the case; no token is made, signing in is needed."""
        self.ensure_one()
        return f"{self.access_url}{suffix or ''}{f'#{anchor}' if anchor else ''}"

    def _get_share_url(self, redirect=False, signup_partner=False, pid=None, **kwargs):
        kwargs["share_token"] = False
        return super()._get_share_url(redirect, signup_partner, None, **kwargs)

    def message_post(self, **kwargs):
        """Let a share user that posts by itself be the author of a plain comment."""
        if not self.env.user.share or self.env.su:
            return super().message_post(**kwargs)
        self._check_portal_access()
        body = kwargs.get("body") or ""
        self._check_portal_body(body)
        # Checked above; a share user may create no message of a case directly.
        message = super(HelpdeskTicket, self.sudo()).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.user.partner_id.id,
        )
        return message.sudo(False)

    @api.model
    def _check_portal_body(self, body):
        if not isinstance(body, str) or "\x00" in body:
            raise ValidationError(self.env._("This message cannot be read."))
        if len(body) > SHARE_BODY_LIMIT:
            raise ValidationError(self.env._("This message is too long."))
        if is_html_empty(body):
            raise ValidationError(self.env._("Please write a message."))

    def _message_update_content(self, message, /, **kwargs):
        """What a resident has sent is part of the record."""
        if self.env.user.share:
            raise AccessError(
                self.env._(
                    "A message that was sent is part of the record and stays as it "
                    "is. Please send another one."
                )
            )
        return super()._message_update_content(message, **kwargs)
