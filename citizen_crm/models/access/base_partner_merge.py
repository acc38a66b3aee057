from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts who are intermediaries, represented or representatives.

    Consents of intermediaries are kept; nobody comes to act for more people than they
    were verified for.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._drop_spare_consents(src_partners + dst_partner, dst_partner)
        self._void_representations(src_partners + dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _get_consents(self, partners):
        return (
            self.env["citizen.case.intermediary"]
            .sudo()
            .search([("partner_id", "in", partners.ids)])
        )

    @api.model
    def _has_desk_records(self, partners):
        return (
            super()._has_desk_records(partners)
            or bool(self._get_consents(partners))
            or bool(self._get_representations(partners))
        )

    @api.model
    def _get_representations(self, partners):
        everybody = self.env["citizen.representation"].sudo()
        return everybody.search(
            [
                "|",
                ("partner_id", "in", partners.ids),
                ("representative_id", "in", partners.ids),
            ]
        )

    @api.model
    def _void_representations(self, partners):
        """Let staff look again at who acts for whom: the person is another one now.

        What would make somebody act for themselves ends.
        """
        found = self._get_representations(partners)
        own = found.filtered(
            lambda one: one.partner_id in partners and one.representative_id in partners
        )
        for one in own.filtered(lambda one: one.state not in ("withdrawn", "ended")):
            one._withdraw(self.env._("The contacts were merged."))
        (found - own).write({"verified_by_id": False, "verified_at": False})

    @api.model
    def _drop_spare_consents(self, partners, dst_partner):
        """Leave one consent a case, and none in cases that become the own.

        Else the base would drop all of a contact as soon as one is there twice.
        """
        consents = self._get_consents(partners)
        seen = self.env["helpdesk.ticket"]
        for consent in consents.sorted(lambda c: (c.partner_id != dst_partner, c.id)):
            case = consent.case_id
            if case in seen or case.partner_id in partners:
                consent.unlink()
            seen |= case
