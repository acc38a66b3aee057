"""From 19.0.5.0.0: facts keep the area of the matter and the language of the city."""


def migrate(cr, version):
    """Give the facts that are there what their cases still know of both, at once."""
    if not version:
        return
    cr.execute(
        """
        UPDATE citizen_case_fact AS fact
           SET district_id = known.district_id, language_id = known.language_id
          FROM (SELECT ticket.id, lang.id AS language_id,
                       nullif(split_part(district.parent_path, '/', 1), '')::integer
                       AS district_id
                  FROM helpdesk_ticket AS ticket
             LEFT JOIN citizen_district AS district ON district.id = ticket.district_id
             LEFT JOIN res_partner AS partner ON partner.id = ticket.partner_id
             LEFT JOIN res_lang AS lang ON lang.code = partner.lang) AS known
         WHERE known.id = fact.case_id
           AND fact.district_id IS NULL AND fact.language_id IS NULL
           AND (known.district_id IS NOT NULL OR known.language_id IS NOT NULL)
        """
    )
