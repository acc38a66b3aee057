from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html

from ...tools.blind_text import leave_out
from ..case.helpdesk_ticket_portal import PUBLIC_MESSAGE_TYPES


class CitizenQualityReview(models.Model):
    """The papers of a case without names: request, letters, and what happened when.

    As they were when the case ended: what came later was not in the handler's hands.
    Names of staff and of the person are left out, and the number of the case, so that
    the reviewer judges the work and nobody's person.
    """

    _inherit = "citizen.quality.review"

    papers_html = fields.Html(
        string="Papers",
        compute="_compute_papers_html",
        sanitize=False,
        help="The request, the letters and the dates of the case, without names.",
    )

    @api.depends("state", "reviewer_id")
    @api.depends_context("uid", "lang")
    def _compute_papers_html(self):
        for review in self:
            is_own = self.env.su or review.reviewer_id == self.env.user
            review.papers_html = is_own and review.sudo()._draw_papers()

    def _draw_papers(self):
        """Return the papers as HTML; everything in it is escaped."""
        _, case = self.env._, self.case_id
        if case.confidential:
            return Markup("<p>%s</p>") % _(
                "The case has become confidential and is shown to nobody here. Pass it "
                "on."
            )
        parts = [
            self._draw_part(_("Request"), self._tell_request()),
            self._draw_part(_("Letters"), self._tell_letters()),
            self._draw_part(_("What Happened When"), self._tell_dates()),
        ]
        return Markup("").join(parts)

    def _draw_part(self, title, rows):
        """Return a titled list of pairs of a heading and a text."""
        if not rows:
            rows = [("", self.env._("None."))]
        body = Markup("").join(
            Markup('<div class="mb-2">%s%s</div>')
            % (
                Markup("<div class='text-muted small'>%s</div>") % head if head else "",
                plaintext2html(text),
            )
            for head, text in rows
        )
        return Markup('<section class="mb-3"><h4>%s</h4>%s</section>') % (title, body)

    def _tell_request(self):
        case = self.case_id
        text = "\n".join(
            filter(None, [case.name or "", html2plaintext(case.description or "")])
        )
        rows = [(self._date(case.received_date), self._blind(text))]
        rows += [
            (question, self._blind(answer))
            for question, answer in case._get_portal_answers()
        ]
        return rows

    def _tell_letters(self):
        """Return what both sides wrote to each other until the case ended."""
        case, _ = self.case_id, self.env._
        comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        messages = self.env["mail.message"].search(
            Domain("model", "=", case._name)
            & Domain("res_id", "=", case.id)
            & Domain("subtype_id", "=", comment)
            & Domain("is_internal", "=", False)
            & Domain("message_type", "in", PUBLIC_MESSAGE_TYPES)
            & Domain("date", "<=", self.fact_id.closed_on),
            order="date, id",
        )
        rows = []
        for message in messages:
            is_staff = message.author_id and not message.author_id.partner_share
            writer = _("The city") if is_staff else _("The person")
            text = self._blind(html2plaintext(message.body or ""))
            if message.attachment_ids:
                text += "\n" + _("Files: %s", len(message.attachment_ids))
            rows.append((f"{self._date(message.date)} · {writer}", text))
        return rows

    def _tell_dates(self):
        """Return what happened until the case ended, and what was promised."""
        case, end = self.case_id, self.fact_id.closed_on.isoformat() + "Z"
        lines = [
            f"{line['date']}: {line['text']}"
            for line in case._get_portal_timeline()
            if line["at"] <= end
        ]
        if case.due_date:
            day = self._date(case.due_date)
            lines.append(self.env._("An answer was promised until %s.", day))
        return [("", self._blind("\n".join(lines)))] if lines else []

    def _date(self, moment):
        return self.case_id._format_portal_date(moment)

    def _blind(self, text):
        """Return a text without the names of staff and of the person."""
        case = self.case_id
        people = self._get_people()
        text = text.replace(case.number, "[…]") if case.number else text
        return leave_out(text, people.mapped("name"), "[…]")

    def _get_people(self):
        """Return the contacts of everybody who stands in the papers, as superuser."""
        case = self.case_id
        staff = self._get_authors() | self._get_superiors() | case.event_ids.user_id
        partners = staff.partner_id | case.partner_id | case.message_ids.author_id
        return partners.with_context(active_test=False)
