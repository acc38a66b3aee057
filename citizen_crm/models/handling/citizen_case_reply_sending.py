from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...tools.duties import missing
from .citizen_case_reply_decision import ACTIVITY
from .helpdesk_ticket_duties import Deed


class CitizenCaseReply(models.Model):
    """From the parts to the one message that the person reads."""

    _inherit = "citizen.case.reply"

    def action_send(self):
        """Send the reply to the person; the case is answered by it."""
        reply = self._take(("draft", "returned", "approved"), "write")
        reply._check_complete()
        reply._check_sendable()
        case = self.case_id
        message = case.with_context(lang=reply._get_lang()).message_post(
            body=reply._get_body(),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        reply._note(
            state="sent",
            sent_by_id=self.env.uid,
            sent_at=fields.Datetime.now(),
            message_id=message.id,
        )
        case._end_tasks(ACTIVITY)
        if case.phase != "answered":
            case._move_to_phase("answered")
        return case.get_formview_action()

    def _check_sendable(self):
        """Raise if something keeps the reply from going out, before anything does."""
        case = self.case_id
        if not case._can_be_told():
            raise UserError(
                self.env._(
                    "Nobody can be written to: the case is anonymous. Mark it as "
                    "answered instead; no reply is owed."
                )
            )
        if not case.is_open:
            raise UserError(self.env._("This case has ended. Reopen it to reply."))
        if not self._is_approved():
            raise UserError(
                self.env._("This reply needs approval. Press “Ask for Approval” first.")
            )
        done, _level = case._get_deeds()[case.id]
        kinds = {*done, *self._get_deeds(), "acknowledge"}
        duties = missing(case._get_owed(), kinds, self.approved_level or "")
        if duties:
            raise UserError(
                self.env._(
                    "This is owed before the reply can be sent:\n\n%s",
                    case._tell_missing(duties),
                )
            )

    def _get_deeds(self):
        """Return the duties that the reply fulfils when it is sent, by kind."""
        deed = Deed(self.sent_at, self.sent_by_id)
        kinds = ["acknowledge", "result" if self.role == "customer" else "reply"]
        deeds = dict.fromkeys(kinds, deed)
        if self._is_filled("remedies"):
            deeds["remedies"] = deed
        if self.approved_level:
            deeds["approval"] = Deed(self.decided_at, self.decided_by_id)
        return deeds

    # -------------------------------------------------------------------- text
    def _get_body(self, lang=None):
        """Return the reply as the person reads it, in their language.

        :param lang: of another person who gets the same reply
        """
        reply = self.with_context(lang=lang or self._get_lang())
        parts = [_text(reply.summary)]
        heading, sentence = reply._get_verdict()
        if sentence:
            parts.append(_part(heading, _text(sentence)))
        for heading, text in reply._get_headed():
            if (text or "").strip():
                parts.append(_part(heading, _text(text)))
        return Markup().join(parts)

    def _get_verdict(self):
        """Return heading and sentence of what was found, empty for nothing to say."""
        _ = self.env._
        if self.role == "customer":
            return _("Result"), {
                "delivered": _("We have done what you asked for."),
                "not_delivered": _("We could not do what you asked for."),
            }.get(self.result, "")
        return _("What we decided"), {
            "founded": _("You are right: your matter is founded."),
            "partly": _("You are right in part: your matter is partly founded."),
            "unfounded": _("We see it otherwise: your matter is not founded."),
        }.get(self.finding, "")

    def _get_headed(self):
        """Return the further parts with their headings, in the order of reading."""
        _ = self.env._
        return [
            (_("What we found out"), self.facts),
            (_("What we have done"), self.measures),
            (_("What this rests on"), self.legal_basis),
            (_("What you can do now"), self.remedies),
        ]


def _text(text):
    return plaintext2html((text or "").strip())


def _part(heading, body):
    return Markup("<h4>%s</h4>%s") % (heading, body)
