from odoo import api, models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts: their records become one, or the merge is refused.

    The base would delete the second record of a person, which fails or forgets a
    number, and turn a private person into a contact of an organisation.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        self._check_one_side(src_partners + dst_partner)
        for model in ("citizen.citizen", "citizen.customer"):
            self._merge_person_records(model, src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Take a proof over only together with the address that was proven.

        The base would take both, each from another contact.
        """
        proofs = [
            (contact._get_reachable_at(), contact._get_verification())
            for contact in (src_partners + dst_partner).sudo()
            if contact.contact_verified_date
        ]
        result = super()._update_values(
            src_partners, dst_partner.with_context(merging_contacts=True)
        )
        kept = dst_partner.sudo()
        for reached_at, verification in proofs:
            if reached_at == kept._get_reachable_at():
                kept.write(verification)
        return result

    @api.model
    def _check_one_side(self, partners):
        """Refuse to merge people who stand for different sides, if the desk knows any.

        A person's cases would come into the view of an organisation, or those of one
        organisation into the view of another. The message does not say of whom the
        desk knows what: whoever merges contacts may have no clearance for it.
        """
        sides = {
            "organisation" if partner.is_company else self._get_organisation(partner)
            for partner in partners.sudo()
        }
        if len(sides) > 1 and self._has_desk_records(partners):
            raise UserError(
                self.env._(
                    "%(contacts)s: not merged, because the desk knows them and cases "
                    "would come into the view of others. Merge private persons with "
                    "private persons, contacts with contacts of the same organisation, "
                    "and organisations with organisations. If a contact is in the "
                    "wrong place, change its organisation first.",
                    contacts=", ".join(partners.mapped("display_name")),
                )
            )

    @api.model
    def _get_organisation(self, partner):
        """Return the id of the organisation that a contact acts for, else False."""
        commercial = partner.commercial_partner_id
        return commercial != partner and commercial.id

    @api.model
    def _has_desk_records(self, partners):
        everybody = partners.sudo().with_context(active_test=False)
        return bool(everybody.citizen_ids or everybody.customer_ids)

    @api.model
    def _merge_person_records(self, model, src_partners, dst_partner):
        """Leave one record of several, with the cases and messages of all."""
        records = (
            self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search(
                [("partner_id", "in", (src_partners + dst_partner).ids)], order="id"
            )
        )
        if len(records) < 2:
            return
        kept = records.filtered(lambda r: r.partner_id == dst_partner) or records[0]
        others = records - kept
        values = kept._prepare_merged_values(others)
        names = ", ".join(others.mapped(kept._number_field))
        self._update_foreign_keys_generic(model, others, kept)
        self._update_reference_fields_generic(model, others, kept)
        others.unlink()
        kept.write(values)
        kept._message_log(body=self.env._("Merged with the records %s.", names))
