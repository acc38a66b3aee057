from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import similarity
from .helpdesk_ticket_duplicates import CANDIDATES, RECENTLY_CLOSED

#: Fewer telling words in place and title are found in many a letter by chance.
FEWEST_WORDS = 3
#: So much of its words a case of the same person and another type must share: that
#: somebody writes twice about the place where they live is no sign.
WORDS_OF_OTHER_TYPE = 0.5


class HelpdeskTicket(models.Model):
    """The same matter as that of a case that is registered already.

    Of a letter more is known than of what a clerk types: its whole text, in which place
    and title of another case may stand, its person, and what somebody has said of it.
    """

    _inherit = "helpdesk.ticket"

    @api.model
    def _knows_enough(self, wanted):
        return super()._knows_enough(wanted) or bool(wanted["id"] and wanted["partner"])

    @api.model
    def _prepare_wanted_matter(self, vals_or_case):
        wanted = super()._prepare_wanted_matter(vals_or_case)
        if not wanted["id"]:
            return {**wanted, "letter": ""}
        letter = f"{wanted['place']} {wanted['words']} {wanted['text']}"
        return {**wanted, "letter": letter.strip()}

    @api.model
    def _get_matter_candidates(self, wanted):
        cases = super()._get_matter_candidates(wanted)
        if not wanted["id"]:
            return cases
        cases |= self._search_matter_by_person(wanted)
        return self.browse(wanted["id"])._filter_joinable(cases)

    @api.model
    def _search_matter_by_person(self, wanted):
        """Return the person's other cases, of whatever type: letters come twice."""
        if not wanted["partner"]:
            return self.browse()
        since = fields.Datetime.now() - RECENTLY_CLOSED
        return self.search(
            Domain("partner_id", "=", wanted["partner"].id)
            & Domain("confidential", "=", False)
            & Domain("id", "!=", wanted["id"])
            & (Domain("is_open", "=", True) | Domain("closed_date", ">=", since)),
            order="id desc",
            limit=CANDIDATES,
        )

    @api.model
    def _get_likeness_sql(self, wanted):
        likeness = super()._get_likeness_sql(wanted)
        if not wanted["letter"]:
            return likeness
        return SQL(
            "GREATEST(%s, word_similarity(text, %s))", likeness, wanted["letter"]
        )

    @api.model
    def _get_likeness(self, case, wanted):
        """Look also whether place and title of the case stand in the letter."""
        likeness = super()._get_likeness(case, wanted)
        text = similarity.telling_words(case.matter_text or "")
        if not wanted["letter"] or len(text.split()) < FEWEST_WORDS:
            return likeness
        words = max(likeness.words, similarity.share_of_words(text, wanted["letter"]))
        place = likeness.place if wanted["place"] else words
        return likeness._replace(words=words, place=place)

    @api.model
    def _is_probable(self, case, likeness, wanted):
        is_other = case.category_id != wanted["category"]
        if is_other and likeness.words < WORDS_OF_OTHER_TYPE:
            return False
        return super()._is_probable(case, likeness, wanted)
