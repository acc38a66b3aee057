from odoo import api, models

from ..case.helpdesk_ticket_portal_actions import FILED_FIELDS


class HelpdeskTicket(models.Model):
    """Filing by somebody who has no account, or has not signed in."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _register_visitor(self, values, files, name, email):
        """Register a case that waits for its sender, and mail them the link.

        :param values: fields in ``FILED_FIELDS``, already parsed
        :param files: list of ``tools.web_files.WebFile``
        :param email: a normalised e-mail address, of whomever
        """
        web = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_web", raise_if_not_found=False
        )
        installed = dict(self.env["res.lang"].get_installed())
        case = self.sudo().create(
            {
                **{name: values[name] for name in FILED_FIELDS & values.keys()},
                "partner_name": name,
                "partner_email": email,
                "channel_id": web.id if web else False,
                "user_id": False,
                "team_id": False,
                "contact_lang": self.env.lang in installed and self.env.lang,
                "confirm_until": self._get_confirm_until(),
            }
        )
        case._portal_attach(files)
        case._mail_confirmation()
        return case

    @api.model
    def _limit_visitor(self, email):
        """Count a mail to an address; return the seconds to wait if it had enough."""
        hits = self.env["citizen.portal.hit"].sudo()
        return hits._take("confirm", f"mail {email}", "")

    def _get_portal_uploads(self):
        """Return also what was uploaded without signing in: it was the sender."""
        public = self.env.ref("base.public_user", raise_if_not_found=False)
        uploads = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                    ("type", "=", "binary"),
                    ("create_uid", "=", public.id if public else 0),
                ],
                order="id",
            )
        )
        return super()._get_portal_uploads() | uploads
