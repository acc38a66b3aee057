from odoo import api, models

from ...tools.similarity import normal_form
from ...tools.type_search import rank

#: Property kinds that the intake screen can ask; others are asked on the case.
ASKED_KINDS = {
    "boolean",
    "char",
    "text",
    "date",
    "datetime",
    "float",
    "integer",
    "selection",
    "tags",
}


class HelpdeskTicketCategory(models.Model):
    """Find a service type by a resident's words, and the questions that go with it."""

    _inherit = "helpdesk.ticket.category"

    @api.model
    def _find_service_types(self, term, limit=8):
        """Return the service types for some words, the best first.

        A catalogue has some hundred types, so they are ranked in memory: by name,
        keywords, code and group, each word anywhere.
        """
        types = self.search_fetch(
            [("is_service", "=", True)],
            ["name", "code", "keywords", "parent_id", "team_id", "sequence"],
        )
        if not normal_form(term):
            return types[:limit]
        texts = {
            kind.id: (kind.name, kind.keywords, kind.code, kind.parent_id.name)
            for kind in types
        }
        return self.browse(rank(term, texts)[:limit])

    def _get_intake_questions(self):
        """Return the questions that a clerk asks, in order."""
        self.ensure_one()
        return [
            {
                "name": question["name"],
                "type": question["type"],
                "label": question.get("string") or question["name"],
                "default": question.get("default") or False,
                "options": self._get_question_options(question),
            }
            for question in self.question_definition or []
            if question["type"] in ASKED_KINDS
        ]

    @api.model
    def _get_question_options(self, question):
        if question["type"] == "selection":
            return [list(option) for option in question.get("selection") or []]
        if question["type"] == "tags":
            return [[tag[0], tag[1]] for tag in question.get("tags") or []]
        return []
