from odoo import api, models
from odoo.exceptions import AccessError


class MailMessage(models.Model):
    """Messages of cases as a record: share users neither forge nor change them."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_resident() and any(
            vals.get("model") == "helpdesk.ticket" for vals in vals_list
        ):
            raise AccessError(self.env._("Please write on the page of your case."))
        return super().create(vals_list)

    def write(self, vals):
        self._check_case_record()
        return super().write(vals)

    def unlink(self):
        self._check_case_record()
        return super().unlink()

    def _is_resident(self):
        return self.env.user.share and not self.env.su

    def _check_case_record(self):
        if self._is_resident() and "helpdesk.ticket" in self.sudo().mapped("model"):
            raise AccessError(
                self.env._("A message that was sent is part of the record.")
            )
