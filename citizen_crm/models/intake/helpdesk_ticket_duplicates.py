import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, html2plaintext

from ...tools import similarity

_logger = logging.getLogger(__name__)

#: A case that ended this recently may still be the same matter, answered too early.
RECENTLY_CLOSED = timedelta(days=30)
#: From here on a case is shown to the clerk; 1 is the same place in the same words.
SCORE_SHOWN = 0.4
#: How many cases of the type each search hands over to be looked at closely.
CANDIDATES = 40
#: How many of the newest cases of the type are searched for misspelt words.
NEWEST_OPEN = 600
NEWEST_CLOSED = 150
#: The longest words that a case must have to be looked at, whatever its age.
MOST_WORDS = 4
#: Below this share of the typed words, a case is not looked at.
WORDS_LOOKED_AT = 0.4
DESCRIPTION_LENGTH = 300
FIELDS_COMPARED = [
    "name",
    "place",
    "place_latitude",
    "place_longitude",
    "district_id",
    "partner_id",
    "matter_text",
    "number",
    "is_open",
    "received_date",
    "closed_date",
    "stage_id",
    "duplicate_id",
    "category_id",
]


def _matter_index(registry):
    """Return the index that finds cases by the words of place and title."""
    if not registry.has_trigram:
        return ""
    return "USING gin (matter_text gin_trgm_ops) WHERE confidential IS NOT TRUE"


class HelpdeskTicket(models.Model):
    """Probable duplicates: same service type, near place, similar words."""

    _inherit = "helpdesk.ticket"

    matter_text = fields.Char(
        compute="_compute_matter_text",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
        help="Place and title in the normal form that similar cases are found by.",
    )

    _matter_open_index = models.Index(
        "(category_id, id) WHERE is_open IS TRUE AND confidential IS NOT TRUE"
    )
    _matter_closed_index = models.Index(
        "(category_id, closed_date)"
        " WHERE closed_date IS NOT NULL AND confidential IS NOT TRUE"
    )
    _matter_point_index = models.Index(
        "(category_id, place_latitude)"
        " WHERE place_latitude != 0 AND confidential IS NOT TRUE"
    )
    _matter_text_index = models.Index(_matter_index)

    def _register_hook(self):
        super()._register_hook()
        if not self.env.registry.has_trigram:
            _logger.warning(
                "Duplicates of cases are searched word by word and slower: the "
                "database has no pg_trgm. Have its administrator run CREATE EXTENSION "
                "pg_trgm, then upgrade citizen_crm."
            )

    @api.depends("place", "name", "category_id")
    def _compute_matter_text(self):
        for case in self:
            case.matter_text = self._get_matter_text(
                case.place, case.name, case.category_id
            )

    @api.model
    def _get_matter_text(self, place, title, category):
        """Return the words of the place, then those of the title that add to them.

        A space stands before each word, so that one can search for its beginning.
        """
        place_words = similarity.normal_form(place or "")
        # Its name alone, in all languages at once: its texts are long.
        category = category.sudo().with_context(prefetch_langs=True)
        category.fetch(["name"])
        type_words = similarity.normal_form(
            f"{category.name or ''} {category.with_context(lang=None).name or ''}"
        )
        title_words = similarity.without(
            similarity.normal_form(title or ""), f"{type_words} {place_words}"
        )
        return f" {place_words} {title_words}".rstrip()

    @api.model
    def _find_probable_duplicates(self, vals_or_case, limit=5):
        """Find cases that are probably about the same matter, as the caller may see.

        Confidential cases are never found, whoever asks.

        :param vals_or_case: a case, or values as for ``create``
        :return: list of dicts ``case``, ``score`` (0 to 1) and ``reasons`` (words for
            the reader), the most probable first
        """
        wanted = self._prepare_wanted_matter(vals_or_case)
        if not self._knows_enough(wanted):
            return []
        cases = self._get_matter_candidates(wanted)
        found = []
        for case in cases:
            likeness = self._get_likeness(case, wanted)
            if self._is_probable(case, likeness, wanted):
                found.append((likeness.score, case, likeness))
        found.sort(key=lambda row: (-row[0], -row[1].id))
        return [
            {
                "case": case,
                "score": round(score, 3),
                "reasons": self._get_likeness_reasons(case, likeness, wanted),
            }
            for score, case, likeness in found[:limit]
        ]

    @api.model
    def _knows_enough(self, wanted):
        """Tell whether something could be found by what is known."""
        return bool(wanted["category"] and (wanted["words"] or wanted["point"]))

    @api.model
    def _prepare_wanted_matter(self, vals_or_case):
        """Bring a case or values into the form in which matters are compared."""
        if isinstance(vals_or_case, models.BaseModel):
            case = vals_or_case
        else:
            names = FIELDS_COMPARED[:6] + ["category_id", "description"]
            vals = {name: vals_or_case.get(name) for name in names}
            case = self.new(vals)
        category = case.category_id._origin
        place = similarity.normal_form(case.place or "")
        text = html2plaintext(case.description or "")[:DESCRIPTION_LENGTH]
        words = self._get_matter_text(
            None, f"{case.name or ''} {text}", category
        ).strip()
        point = (case.place_latitude, case.place_longitude)
        return {
            "id": case._origin.id,
            "category": category,
            "place": place,
            "words": place or words,
            "text": similarity.without(words, place),
            "point": point if any(point) else None,
            "district": case.district_id._origin,
            "partner": case.partner_id._origin,
        }

    @api.model
    def _get_matter_candidates(self, wanted):
        """Return the cases worth a close look; the cost does not grow with the city.

        These are the cases of the type that have all the words typed, those near the
        point, and of the newest ones those whose words are most alike.
        """
        since = fields.Datetime.now() - RECENTLY_CLOSED
        same = (
            Domain("category_id", "=", wanted["category"].id)
            & Domain("confidential", "=", False)
            & Domain("id", "!=", wanted["id"])
        )
        is_open = same & Domain("is_open", "=", True)
        is_recent = (
            same & Domain("is_open", "=", False) & Domain("closed_date", ">=", since)
        )
        alive = same & (
            Domain("is_open", "=", True) | Domain("closed_date", ">=", since)
        )
        ids, is_complete = [], False
        if wanted["words"]:
            ids, is_complete = self._search_matter_by_likeness(
                is_open, is_recent, wanted
            )
            if not is_complete:
                ids += self._search_matter_by_words(alive, wanted["words"])
        if wanted["point"]:
            ids += self._search_matter_by_point(alive, wanted["point"])
        cases = self.browse(dict.fromkeys(ids))
        cases.fetch(FIELDS_COMPARED)
        return cases

    @api.model
    def _search_matter_by_words(self, domain, words):
        """Return the newest cases that have all the words, or words that begin so."""
        longest = sorted(words.split(), key=len, reverse=True)[:MOST_WORDS]
        domain &= Domain.AND(
            Domain("matter_text", "=like", f"% {word}%") for word in longest
        )
        return self.search(domain, order="id desc", limit=CANDIDATES).ids

    @api.model
    def _search_matter_by_point(self, domain, point):
        """Return cases in the square around a point."""
        latitude, longitude = point
        north, east = similarity.degrees_around(latitude, similarity.NEAR_M)
        domain &= (
            Domain("place_latitude", "!=", 0)
            & Domain("place_latitude", ">=", latitude - north)
            & Domain("place_latitude", "<=", latitude + north)
            & Domain("place_longitude", ">=", longitude - east)
            & Domain("place_longitude", "<=", longitude + east)
        )
        return self.search(domain, order="id desc", limit=CANDIDATES).ids

    @api.model
    def _search_matter_by_likeness(self, is_open, is_recent, wanted):
        """Return the most alike of the newest cases, and whether these are all."""
        newest = SQL(
            "%s UNION ALL %s",
            self._select_newest(is_open, NEWEST_OPEN),
            self._select_newest(is_recent, NEWEST_CLOSED),
        )
        # Without pg_trgm the close look in Python sorts them out, the newest ones.
        likeness = SQL("1.0")
        if self.env.registry.has_trigram:
            likeness = self._get_likeness_sql(wanted)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, %s AS likeness, count(*) OVER () AS newest_count
                  FROM (%s) AS newest
              ORDER BY likeness DESC, id DESC
                 LIMIT %s
                """,
                likeness,
                newest,
                CANDIDATES,
            )
        )
        ids = [row[0] for row in rows if row[1] >= WORDS_LOOKED_AT]
        return ids, not rows or rows[0][2] < NEWEST_CLOSED

    @api.model
    def _get_likeness_sql(self, wanted):
        """Return how alike the words wanted are to ``text``, as an expression."""
        return SQL("word_similarity(%s, text)", wanted["words"])

    @api.model
    def _select_newest(self, domain, limit):
        query = self._search(domain, order="id desc", limit=limit)
        text = self._field_to_sql(query.table, "matter_text", query)
        return SQL("(%s)", query.select("id", SQL("%s AS text", text)))

    @api.model
    def _get_likeness(self, case, wanted):
        """Compare a case closely with the matter wanted."""
        text = case.matter_text or ""
        distance = None
        if wanted["point"] and (case.place_latitude or case.place_longitude):
            distance = similarity.distance_m(
                *wanted["point"], case.place_latitude, case.place_longitude
            )
        words = similarity.containment(wanted["text"], text)
        if not wanted["place"]:
            # Nothing says where: the words alone decide.
            place = words
        else:
            place = similarity.containment(wanted["place"], text)
        return similarity.Likeness(
            place=place,
            words=words,
            distance=distance,
            same_number=similarity.same_numbers(wanted["place"], text),
            same_person=bool(wanted["partner"])
            and case.partner_id == wanted["partner"],
        )

    @api.model
    def _is_probable(self, case, likeness, wanted):
        """Tell whether a case is alike enough to be shown."""
        return likeness.score >= SCORE_SHOWN

    @api.model
    def _get_likeness_reasons(self, case, likeness, wanted):
        """Say in words why a case is probably the same matter."""
        reasons = []
        if case.category_id == wanted["category"]:
            reasons.append(self.env._("same service type"))
        if likeness.distance is not None and likeness.distance <= similarity.FAR_M:
            reasons.append(self.env._("%s m away", round(likeness.distance / 10) * 10))
        elif wanted["place"] and likeness.place >= 0.9 and likeness.same_number:
            reasons.append(self.env._("same place"))
        elif wanted["place"] and likeness.place >= 0.5:
            reasons.append(self.env._("similar place"))
        if likeness.words >= 0.5:
            reasons.append(self.env._("similar words"))
        if likeness.same_person:
            reasons.append(self.env._("same person"))
        elif wanted["district"] and case.district_id == wanted["district"]:
            reasons.append(self.env._("same district"))
        if not case.is_open:
            reasons.append(
                self.env._("closed %s", format_date(self.env, case.closed_date.date()))
            )
        return reasons
