from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_date


class CitizenRepresentation(models.Model):
    """What the portal shows of representations, as plain values, and what it ends."""

    _inherit = "citizen.representation"

    @api.model
    def _get_portal_representations(self):
        """Return whom the present user acts for, and who acts for them.

        :return: dict of two lists of dicts: ``acting`` and ``acted``
        """
        me = self.env.user.partner_id.id
        acting = self._find_in_force([("representative_id", "=", me)])
        persons, organisations = self._get_represented(self.env.user)
        acting = acting.filtered(
            lambda one: one.partner_id.id in (*persons, *organisations)
        )
        acted = self._find_in_force([("partner_id", "=", me)])
        return {
            "acting": [one._get_portal_values(one.partner_id) for one in acting],
            "acted": [one._get_portal_values(one.representative_id) for one in acted],
        }

    def _get_portal_values(self, other):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        day = {"date_format": "long"}
        return {
            "id": self.id,
            "partner_id": other.id,
            "name": other.name,
            "is_company": other.is_company,
            "kind": kinds[self.kind],
            "since": format_date(self.env, self.date_from, **day),
            "until": self.date_to and format_date(self.env, self.date_to, **day) or "",
            "may_withdraw": self.may_withdraw,
            "can_end": self._can_end_in_portal(),
        }

    def _can_end_in_portal(self):
        """Tell whether the present user may end it: whoever acts, or has consented."""
        me = self.env.user.partner_id
        by_consent = self.basis == "consent" and self.partner_id == me
        return by_consent or self.representative_id == me

    @api.model
    def _portal_end(self, representation_id):
        """End a representation of the present user at once.

        One error for what is not there and what is not theirs.
        """
        found = self._find_in_force([("id", "=", representation_id)])
        if not found or not found._can_end_in_portal():
            raise AccessError(self.env._("This is not yours to end."))
        found._withdraw(
            self.env._("Ended in the portal by %s.", self.env.user.partner_id.name)
        )
