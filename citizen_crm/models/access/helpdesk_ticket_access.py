from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError

#: Limits of what one case may carry, in characters. A longer text is no longer read
#: by anybody; the limit keeps floods out of the database.
MAX_TITLE = 200
MAX_DESCRIPTION = 100_000


class HelpdeskTicket(models.Model):
    """Who may see, take and hear about a case."""

    _inherit = "helpdesk.ticket"

    # Searching through these fields would read internal notes letter by letter.
    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    _title_length = models.Constraint(
        f"CHECK (char_length(name) <= {MAX_TITLE})",
        f"Title: at most {MAX_TITLE} characters.",
    )
    _description_length = models.Constraint(
        f"CHECK (char_length(description) <= {MAX_DESCRIPTION})",
        f"Description: at most {MAX_DESCRIPTION} characters. Attach longer texts as "
        "a file.",
    )

    @api.constrains("user_id")
    def _check_handler_may_see(self):
        """Nobody is given a case that they may not see."""
        for user, cases in self.filtered("user_id").grouped("user_id").items():
            seen = cases._as_seen_by(user)._filtered_access("read")
            if len(seen) < len(cases):
                raise ValidationError(
                    self.env._(
                        "Handler: %(user)s has no clearance for this case. Choose "
                        "somebody else, or ask an administrator for the clearance.",
                        user=user.name,
                    )
                )

    def assign_to_me(self):
        """Take the case, unless somebody else was faster; the loser is told.

        The row is locked before it is read again, so that of several people who
        press the button at once exactly one gets the case.
        """
        self.ensure_one()
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is taking this case right now.")
            ) from error
        self.invalidate_recordset(["user_id"])
        if self.user_id and self.user_id != self.env.user:
            raise UserError(
                self.env._("%s has already taken this case.", self.user_id.name)
            )
        return super().assign_to_me()

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Staff without access to a case do not follow it."""
        for case in self:
            allowed = case._filter_cleared_partners(partner_ids or [])
            super(HelpdeskTicket, case)._message_subscribe(
                allowed, subtype_ids, customer_ids=customer_ids
            )
        return True

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Staff without access to a case get no mail about it, whoever added them.

        An employee may petition too, and gets what any petitioner gets of the case.
        """
        recipients = super()._notify_get_recipients(
            message, msg_vals=msg_vals, **kwargs
        )
        if not self:
            return recipients
        allowed = set(
            self._filter_cleared_partners([r["id"] for r in recipients if r["id"]])
        )
        if not (message.is_internal or message.subtype_id.internal):
            allowed.add(self.sudo().partner_id.id)
        return [r for r in recipients if not r["id"] or r["id"] in allowed]

    def _filter_cleared_partners(self, partner_ids):
        """Return the partners that are residents, or staff who may read the case."""
        self.ensure_one()
        if not partner_ids:
            return []
        users = (
            self.env["res.users"]
            .sudo()
            .search([("partner_id", "in", list(partner_ids)), ("share", "=", False)])
        )
        barred = {
            user.partner_id.id
            for user in users
            if not self._as_seen_by(user).has_access("read")
        }
        return [partner_id for partner_id in partner_ids if partner_id not in barred]
