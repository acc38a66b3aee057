from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.portal.controllers.thread import PortalThreadController

from ..tools.web_files import MAX_FILES, sniff
from ..tools.web_input import network_of


class ThreadController(PortalThreadController):
    """What a share user may send to the messages of a case through the chat."""

    def _prepare_message_data(self, post_data, *, thread, **kwargs):
        data = super()._prepare_message_data(post_data, thread=thread, **kwargs)
        if thread._name != "helpdesk.ticket" or not request.env.user.share:
            return data
        self._limit_posts()
        files = self._check_attachments(data.get("attachment_ids"))
        body = data.get("body") or ""
        if body or not files:
            thread._check_portal_body(body)
        return {
            "body": body,
            "attachment_ids": files,
            # A comment by the person: never a note, a notification or a rating.
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
        }

    def _check_attachments(self, ids):
        """Refuse what the form of the case page would refuse."""
        # Ownership was checked by the framework before.
        files = request.env["ir.attachment"].sudo().browse(ids or [])
        if len(files) > MAX_FILES or not all(sniff(file.raw or b"") for file in files):
            raise ValidationError(
                request.env._("These files cannot be taken. Please choose others.")
            )
        return files.ids

    def _limit_posts(self):
        wait = request.env["citizen.portal.hit"]._take(
            "write",
            f"user {request.env.uid}",
            f"net {network_of(request.httprequest.remote_addr)}",
        )
        if wait:
            raise ValidationError(
                request.env._("Please wait %s seconds and send it again.", wait)
            )
