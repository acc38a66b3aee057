from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from ...tools.case_secret import is_secret, new_secret, secret_hash

#: Where a transaction keeps the secrets it has made, for all pages and mails of it.
_MADE = "citizen_crm.secrets"


class HelpdeskTicket(models.Model):
    """The secret by which somebody follows the case without an account.

    It is made when the person is told it for the first time, by the receipt that is
    mailed, shown or printed, and not before: so registering many cases costs nothing,
    and nobody has a secret that nobody knows. Only a slow, salted hash is stored, so
    it is told in the transaction that made it, or never.
    """

    _inherit = "helpdesk.ticket"

    def _find_secret(self):
        """Return the row of the secret that holds, as superuser."""
        domain = [
            ("case_id", "in", self.ids),
            ("purpose", "=", "track"),
            ("expires_at", "=", False),
        ]
        return self.env["citizen.case.token"].sudo().search(domain, limit=1)

    def _get_secret_to_tell(self):
        """Return the secret, to be told now; '' if the person was told it before."""
        self.ensure_one()
        made = self.env.cr.cache.setdefault(_MADE, {})
        row = self._find_secret()
        if self.confirm_until or (row and row.id not in made):
            return ""
        if not row:
            secret = new_secret()
            row = row.create(
                {
                    "case_id": self.id,
                    "purpose": "track",
                    "token_hash": secret_hash(secret),
                }
            )
            made[row.id] = secret
        return made[row.id]

    def _void_secret(self):
        self._find_secret().expires_at = fields.Datetime.now()

    @api.model
    def _find_tracked(self, number, secret):
        """Return the row of the case with this number and secret, else none.

        It asks the database once and computes one hash, whether there is such a case
        or not: neither the answer nor its time tells.
        """
        row = self.env["citizen.case.token"].sudo()
        row = row.search_fetch(
            [
                ("purpose", "=", "track"),
                ("expires_at", "=", False),
                ("case_id.number", "=", number),
            ],
            ["token_hash"],
            limit=1,
        )
        return row if is_secret(secret, row.token_hash or "") else row.browse()

    # ---------------------------------------------------------------- telling
    def _acknowledge(self):
        """Tell the secret with the receipt, in the mail alone."""
        told = self.with_context(mail_only=MailOnly("secret"))
        return super(HelpdeskTicket, told)._acknowledge()

    def action_new_secret(self):
        """Give the case another secret and tell it to the person; the old one is void.

        Whoever is mailed gets it by mail, so no member of staff learns it. For others
        the receipt is opened, to be handed or sent to them.
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("citizen_crm.group_team_lead"):
            raise AccessError(self.env._("Only team leads give a new secret."))
        case = self.sudo()
        if case.confirm_until:
            raise UserError(
                self.env._(
                    "%s: its sender has not confirmed it yet, and has no secret.",
                    self.display_name,
                )
            )
        case._void_secret()
        case._log("secret_renewed")
        address = email_normalize(case.partner_id.email or case.partner_email)
        if case._is_mailed() and address:
            template = self.env.ref("citizen_crm.mail_template_secret").sudo()
            secret = case._get_secret_to_tell()
            context = {"secret": secret, "track_url": case._get_track_url()}
            case._mail_privately(template.with_context(**context), address)
            return None
        return {
            "type": "ir.actions.act_url",
            "url": self._get_receipt_page(),
            "target": "new",
        }

    def _get_receipt_page(self):
        return f"/report/html/citizen_crm.citizen_case_receipt/{self.id}"

    def _get_track_url(self):
        return f"{self.get_base_url()}/track"


class MailOnly(str):
    """What goes into the person's mail and not into the messages of the case.

    No remote call can put this type into a context.
    """

    __slots__ = ()
