from odoo import http
from odoo.http import request

from .base import PortalBase, UnknownPage


class ReplyPreviewController(PortalBase, http.Controller):
    """What a reply will look like, for those who write and approve it."""

    @http.route(
        "/citizen/reply/<int:reply_id>/preview",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def preview(self, reply_id, **_params):
        """Show a reply as the person will see it, in their language."""
        return self._answer(self._show_preview, reply_id)

    def _show_preview(self, reply_id):
        if not request.env.user._is_internal():
            raise UnknownPage
        reply = request.env["citizen.case.reply"].browse(reply_id)
        reply.check_access("read")
        if not reply.exists():
            raise UnknownPage
        preview = reply._get_preview()
        # The words above the preview are for staff, those in it for the person.
        words = {
            "title": request.env._("Preview of the reply to %s", reply.number),
            "intro": request.env._(
                "This is what the person sees. Nothing has been sent by looking at it."
            ),
            "mail_title": request.env._("As an e-mail"),
            "no_mail": request.env._("No e-mail goes to this person."),
            "trail": [],
        }
        request.update_context(lang=preview["lang"])
        return self._render("portal_reply_preview", {**words, **preview})
