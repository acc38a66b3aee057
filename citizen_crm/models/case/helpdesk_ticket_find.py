from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.similarity import UNSPACED, unspaced_characters

#: The characters of scripts without spaces in a title, as an array.
_CHARACTERS = f"string_to_array(regexp_replace(name, '[^{UNSPACED}]+', '', 'g'), NULL)"
_LIKE = frozenset({"like", "ilike", "=like", "=ilike"})


class HelpdeskTicket(models.Model):
    """Finding a case by number or title, however many there are.

    The index of trigrams needs three characters, and most Chinese words have two; so
    an index of the characters goes before it, which the database combines with it.
    """

    _inherit = "helpdesk.ticket"

    name = fields.Char(index="trigram")
    number = fields.Char(index="trigram")

    _characters_index = models.Index(f"USING gin (({_CHARACTERS}))")

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        characters = isinstance(value, str) and unspaced_characters(value)
        if operator not in _LIKE or not characters:
            return domain
        titled = Domain("name", operator, value) & self._get_character_domain(
            characters
        )
        if len(characters) == len(set(value.strip("%"))):
            # A number has none of them, and to look at all takes a while.
            return titled
        return titled | Domain("number", operator, value)

    @api.model
    def _get_character_domain(self, characters):
        """Return the cases with all of these characters in their title, in any order.

        :param characters: sorted list of single characters
        """
        wanted = set(characters)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "string_to_array(regexp_replace(%s, %s, '', 'g'), NULL) @> %s",
                SQL.identifier(alias, "name"),
                SQL(f"'[^{UNSPACED}]+'"),
                characters,
            ),
            predicate=lambda case: wanted <= set(case.name or ""),
        )
