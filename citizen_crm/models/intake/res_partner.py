from odoo import models


def _trigram_index(column):
    """Return the definition of a trigram index, or nothing without ``pg_trgm``."""

    def definition(registry):
        if not registry.has_trigram:
            return ""
        # Searches without accents look into the expression without accents.
        return f"USING gin ({registry.unaccent(column)} gin_trgm_ops)"

    return definition


class ResPartner(models.Model):
    """Find one person among all residents while a clerk types the name."""

    _inherit = "res.partner"

    _complete_name_trigram_index = models.Index(_trigram_index("complete_name"))
    _email_trigram_index = models.Index(_trigram_index("email"))
