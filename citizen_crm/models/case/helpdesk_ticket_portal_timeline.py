from odoo import models

#: Events told only when they are the last word of their kind.
UNTOLD = frozenset(
    {"imported", "outcome_recorded", "unassigned", "archived", "restored", "erased"}
)


class HelpdeskTicket(models.Model):
    """The history of a case in the words of residents."""

    _inherit = "helpdesk.ticket"

    def _get_portal_timeline(self):
        """Return what happened to the case as dated plain sentences, oldest first.

        No staff names and no notes: who did something inside the city is the city's.
        Call it after the access check.

        :return: list of dicts with ``date`` (text), ``at`` (ISO, UTC) and ``text``
        """
        self.ensure_one()
        lines = []
        for event in self.sudo().event_ids.sorted(lambda e: (e.at, e.id)):
            text = self._get_timeline_sentence(event)
            if text and not (lines and lines[-1]["text"] == text):
                lines.append(
                    {
                        "date": self._format_portal_date(event.at),
                        "at": event.at.isoformat() + "Z",
                        "text": text,
                    }
                )
        return lines

    def _get_timeline_sentence(self, event):
        if event.kind in UNTOLD:
            return ""
        if event.kind == "role_changed" and event.after != "citizen":
            return ""
        department = event.team_id.department_id.name or event.team_id.name
        return self._get_timeline_sentences(department or self.env._("the city")).get(
            event.kind, ""
        )

    def _get_timeline_sentences(self, department):
        _ = self.env._
        return {
            "received": _("The city received the case."),
            "confirmed": _("The sender confirmed the case."),
            "routed": _("The case went to %s.", department),
            "unrouted": _("We are choosing another department."),
            "transferred": _(
                "The case was passed on to %s. The date of receipt stays.", department
            ),
            "assigned": _("%s named a member of staff for it.", department),
            "in_work": _("Work on the case began."),
            "waiting": _("We asked for more information."),
            "resumed": _("We went on with the case."),
            "answered": _("We answered."),
            "closed": _("The case was closed."),
            "not_handled": _("The city ended the case without handling it further."),
            "withdrawn": _("The case was withdrawn."),
            "reopened": _("The case was opened again."),
            "role_changed": _("It became a citizen case: it is about rights."),
            "type_changed": _("We put the case under another service type."),
            "joined": _("Others reported the same matter; we handle them together."),
            "received_corrected": _("We corrected the date of receipt."),
            "separated": _("The case is handled on its own again."),
        }
