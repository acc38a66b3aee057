from odoo import api, models


class _Batch:
    """Which cases of a batch somebody follows, once it is known."""

    followed = None


class HelpdeskTicket(models.Model):
    """The note that a case was registered: posted to followers, else only logged.

    The base posts one message for each case, and looks for recipients each time. Where
    nobody follows but who registers, all notes of a batch are one insertion.
    """

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        batch = self.with_context(created_batch=_Batch())
        return super(HelpdeskTicket, batch).create(vals_list).with_env(self.env)

    def _creation_subtype(self):
        """Return no subtype for a case of the batch that nobody would hear of."""
        subtype = super()._creation_subtype()
        batch = self.env.context.get("created_batch")
        if not isinstance(batch, _Batch) or not subtype:
            return subtype
        if batch.followed is None:
            batch.followed = self._find_followed(self._prefetch_ids)
        return subtype if self.id in batch.followed else subtype.browse()

    @api.model
    def _find_followed(self, ids):
        """Return the ids of the cases that somebody else than the user follows."""
        followers = self.env["mail.followers"].sudo()
        found = followers._read_group(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", list(ids)),
                ("partner_id", "!=", self.env.user.partner_id.id),
            ],
            ["res_id"],
        )
        return {res_id for (res_id,) in found}
