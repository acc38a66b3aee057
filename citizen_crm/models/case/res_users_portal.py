import logging

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.auth_signup.models.res_partner import SignupError

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    """Accounts of residents: none without a proof of the e-mail address."""

    _inherit = "res.users"

    @api.model
    def _invite_resident(self, name, email):
        """Mail the holder of an address the link by which a password is set.

        The same for an address that has an account and for one that has none, so that
        nobody learns which have one. Whoever asks is a visitor, hence ``sudo``.

        :param email: a normalised e-mail address
        """
        users = self.sudo()
        user = users.search(users._get_login_domain(email), limit=1) or users.search(
            users._get_email_domain(email), limit=1
        )
        try:
            if not user:
                user = users._create_user_from_template(
                    {
                        "name": name,
                        "login": email,
                        "email": email,
                        "lang": self.env.lang,
                    }
                )
            first = {"create_user": 1} if user.state == "new" else {}
            user.with_context(**first).action_reset_password()
        except (SignupError, UserError) as error:
            _logger.warning("No invitation was sent to a resident: %s", error)
