from odoo import api, models
from odoo.fields import Domain

from ..models.case.counted import ON_RECORD
from ..tools.person_terms import parse_person_term

#: How many people one search shows, and how many of their cases.
PEOPLE_SHOWN = 8
CASES_SHOWN = 3


class CitizenIntake(models.TransientModel):
    """One search box for everybody the city knows: the clerk sees who is who."""

    _inherit = "citizen.intake"

    @api.model
    def search_people(self, term):
        """Find people and organisations by name, phone, e-mail or record number.

        :return: dict ``kind`` (how the term was read) and ``people``
        """
        self._check_clerk()
        parsed = parse_person_term(term or "")
        if parsed.kind == "short":
            return {"kind": parsed.kind, "people": []}
        partners = self._find_partners(self._get_person_domain(parsed))
        return {"kind": parsed.kind, "people": self._describe_people(partners)}

    @api.model
    def search_organisations(self, term):
        """Find organisations that are customers, by name or account number."""
        self._check_clerk()
        parsed = parse_person_term(term or "")
        if parsed.kind == "short":
            return []
        customers = self.env["citizen.customer"].search(
            Domain("partner_id.is_company", "=", True)
            & Domain(
                "partner_id",
                "in",
                self.env["res.partner"]._search(self._get_person_domain(parsed)),
            ),
            limit=PEOPLE_SHOWN,
        )
        return [
            {
                "id": customer.partner_id.id,
                "name": customer.partner_id.name,
                "number": customer.account_number,
            }
            for customer in customers
        ]

    @api.model
    def _get_person_domain(self, parsed):
        """Return the domain on contacts for a parsed search term."""
        if parsed.kind == "phone":
            return Domain("phone_mobile_search", "ilike", parsed.value)
        if parsed.kind == "email":
            return Domain("email", "ilike", parsed.value)
        if parsed.kind == "number":
            citizens = self.env["citizen.citizen"].search(
                [("reference", "=", parsed.value)]
            )
            customers = self.env["citizen.customer"].search(
                [("account_number", "=", parsed.value)]
            )
            partners = citizens.partner_id | customers.partner_id
            return Domain("id", "in", partners.ids)
        return Domain.AND(
            Domain("complete_name", "ilike", word) for word in parsed.value.split()
        )

    @api.model
    def _find_partners(self, domain):
        """Return the contacts behind the records that the clerk may see.

        A contact with a citizen or customer record is found through the record, so
        that the clearances hold; one without any record, unless it is a colleague.
        """
        Partner = self.env["res.partner"]
        matching = Partner._search(domain)
        by_record = [("partner_id", "in", matching)]
        partners = (
            self.env["citizen.citizen"].search(by_record, limit=PEOPLE_SHOWN).partner_id
            | self.env["citizen.customer"]
            .search(by_record, limit=PEOPLE_SHOWN)
            .partner_id
        )
        no_citizen = Domain("citizen_ids", "not any!", Domain.TRUE)
        contact = Domain("parent_id", "!=", False) & Domain(
            "commercial_partner_id.customer_ids", "any", Domain.TRUE
        )
        unknown = (
            Domain("parent_id", "=", False)
            & Domain("customer_ids", "not any!", Domain.TRUE)
            & Domain("id", "not in", self._get_colleagues())
        )
        partners |= Partner.search(
            domain & no_citizen & (contact | unknown), limit=PEOPLE_SHOWN
        )
        return partners.sorted(lambda p: (p.complete_name or "").casefold())[
            :PEOPLE_SHOWN
        ]

    @api.model
    def _get_colleagues(self):
        """Return the contacts of the city itself; the clerk need not see them."""
        companies = self.env.user.sudo().company_ids.partner_id
        domain = Domain("user_ids", "any", [("share", "=", False)]) | Domain(
            "employee_ids", "!=", False
        )
        return (
            self.env["res.partner"]
            .sudo()
            ._search(domain | Domain("id", "in", companies.ids))
        )

    @api.model
    def _describe_people(self, partners):
        """Return what the clerk needs to tell one person from another."""
        citizens = self._get_records_by_partner("citizen.citizen", partners)
        customers = self._get_records_by_partner(
            "citizen.customer", partners.commercial_partner_id
        )
        cases = self._get_last_cases(partners)
        languages = dict(self.env["res.lang"].get_installed())
        people = []
        for partner in partners:
            citizen = citizens.get(partner.id, self.env["citizen.citizen"])
            customer = customers.get(partner.commercial_partner_id.id)
            organisation = partner.commercial_partner_id - partner
            people.append(
                {
                    "id": partner.id,
                    "name": partner.name,
                    "is_organisation": partner.is_company,
                    "organisation": organisation.name or False,
                    "citizen": citizen.reference,
                    "customer": customer.account_number if customer else False,
                    "district_id": citizen.district_id.id,
                    "district": citizen.district_id.name,
                    "phone": partner.phone,
                    "email": partner.email,
                    "language": languages.get(partner.lang, False),
                    "needs": citizen.need_ids.mapped("name"),
                    "cases": cases.get(partner.id, []),
                }
            )
        return people

    @api.model
    def _get_records_by_partner(self, model, partners):
        records = self.env[model].search([("partner_id", "in", partners.ids)])
        return {record.partner_id.id: record for record in records}

    @api.model
    def _get_last_cases(self, partners):
        """Return the newest cases of each contact that the clerk may see."""
        found = {}
        cases = self.env["helpdesk.ticket"].search_fetch(
            Domain("partner_id", "in", partners.ids) & ON_RECORD,
            ["partner_id", "number", "name", "is_open", "stage_id"],
            order="id desc",
            limit=CASES_SHOWN * PEOPLE_SHOWN * 2,
        )
        for case in cases:
            shown = found.setdefault(case.partner_id.id, [])
            if len(shown) < CASES_SHOWN:
                shown.append(
                    {
                        "id": case.id,
                        "number": case.number,
                        "title": case.name,
                        "stage": case.stage_id.name,
                        "is_open": case.is_open,
                    }
                )
        return found
