from odoo import models
from odoo.exceptions import AccessError


class HelpdeskTicket(models.Model):
    """The case as its person sees it, for staff who may read it."""

    _inherit = "helpdesk.ticket"

    def action_view_as_person(self):
        """Open the person's page of this case, read only."""
        self.ensure_one()
        self._check_sees_as_person()
        return {
            "type": "ir.actions.act_url",
            "url": self._get_as_person_path(),
            "target": "new",
        }

    def _get_as_person_path(self):
        """Return the address for staff; it says nothing and opens nothing by itself."""
        self.ensure_one()
        return f"/citizen/case/{self.id}/as-person"

    def _check_sees_as_person(self):
        """Raise unless the user works here and may read the case."""
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("This page is for staff."))

    def _as_person(self):
        """Return the case with the eyes of its person, as superuser, and whether they
        have an account; call it after the check.

        Without an account it is what number and secret show.
        """
        self.ensure_one()
        account = self.sudo().partner_id.user_ids.sorted("share", reverse=True)[:1]
        if account:
            case = self._as_seen_by(account).sudo()
            return case.with_context(lang=account.lang, tz=account.tz), True
        lang = self.sudo()._get_letter_lang()
        return self.sudo().with_context(lang=lang), False
