from collections import defaultdict
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...tools.duties import Matter, missing, owed


class Deed(NamedTuple):
    """When and by whom a duty was done."""

    at: object
    user: object


class HelpdeskTicket(models.Model):
    """What is owed for a case, and what of it was done: read off case and history."""

    _inherit = "helpdesk.ticket"

    duty_summary = fields.Html(
        string="Duties",
        compute="_compute_duty_summary",
        sanitize=False,
        help="What the city owes for this case before it is answered, what of it was "
        "done, when and by whom.",
    )
    has_duties_missing = fields.Boolean(
        string="Duties Missing",
        compute="_compute_has_duties_missing",
        search="_search_has_duties_missing",
        help="The case is open, and something is owed before it can be answered.",
    )

    # ------------------------------------------------------------------ reading
    def _get_matter(self):
        """Return the part of the case that decides what is owed for it."""
        self.ensure_one()
        return Matter(
            role=self.role,
            nature=self.nature,
            received=self.received_date,
            is_oral=bool(self.channel_is_oral),
            can_be_told=self._can_be_told(),
            is_joined=bool(self.duplicate_id),
        )

    def _get_owed(self):
        """Return the duties of the case as pure rows, in the order of doing them."""
        return owed(self.env["citizen.duty"]._get_book(), self.sudo()._get_matter())

    def _get_missing(self):
        """Return pairs ``(case, missing duties)`` of the cases that lack some."""
        cases = self.sudo()
        deeds = cases._get_deeds()
        lacking = []
        for case in cases:
            done, level = deeds[case.id]
            duties = missing(case._get_owed(), done, level)
            if duties:
                lacking.append((case, duties))
        return lacking

    def _get_deeds(self):
        """Return ``({kind: Deed}, level of approval)`` by case id.

        Answers count from the last reopening on: a case that was opened again is owed
        another one. Earlier records know no replies, so there an answer is one.
        """
        rounds = self._get_rounds()
        replies = self._get_sent_replies()
        deeds = {}
        for case in self:
            begun, done = rounds[case.id]
            if case.oral_record_state != "not_needed":
                done["read_back"] = Deed(case.oral_record_at, case.oral_record_by_id)
            level = "head" if "reply" in done else ""
            for reply in replies[case.id]:
                if not begun or reply.sent_at >= begun:
                    done.update(reply._get_deeds())
                    level = reply.approved_level or level
            deeds[case.id] = done, level
        return deeds

    def _get_rounds(self):
        """Return ``(last reopening, {kind: Deed})`` by case id, off the history."""
        kinds = ("acknowledged", "replied", "answered", "reopened")
        events = self.env["citizen.case.event"].search(
            [("case_id", "in", self.ids), ("kind", "in", kinds)], order="at, id"
        )
        rounds = {case_id: (None, {}) for case_id in self.ids}
        for event in events:
            done = rounds[event.case_id.id][1]
            deed = Deed(event.at, event.user_id)
            if event.kind == "reopened":
                kept = {"acknowledge": done["acknowledge"]} if done else {}
                rounds[event.case_id.id] = event.at, kept
                continue
            is_earlier = event.kind == "answered" and event.is_backdated
            if event.kind != "answered" or is_earlier:
                done.setdefault("acknowledge", deed)
            if is_earlier:
                for kind in ("reply", "remedies", "approval", "result"):
                    done[kind] = deed
        return rounds

    def _get_sent_replies(self):
        """Return the replies that were sent by case id, oldest first."""
        found = defaultdict(list)
        domain = [("case_id", "in", self.ids), ("state", "=", "sent")]
        Reply = self.env["citizen.case.reply"]
        for reply in Reply.search(domain, order="sent_at, id"):
            found[reply.case_id.id].append(reply)
        return found

    # ------------------------------------------------------------------ showing
    @api.depends("role", "nature", "channel_id", "partner_id", "partner_email")
    @api.depends("event_ids", "reply_ids.state", "oral_record_state", "duplicate_id")
    @api.depends_context("lang", "tz")
    def _compute_duty_summary(self):
        deeds = self._origin.sudo()._get_deeds()
        for case in self:
            done, level = deeds.get(case._origin.id, ({}, ""))
            duties = case._get_owed() if case._origin else []
            lacking = missing(duties, done, level)
            case.duty_summary = duties and Markup(
                '<ul class="o_citizen_duties list-unstyled mb-0">%s</ul>'
            ) % Markup().join(
                case._tell_duty(duty, None if duty in lacking else done[duty.kind])
                for duty in duties
            )

    def _tell_duty(self, duty, deed):
        """Return a line that says whether a duty was done, when and by whom."""
        record = self.env["citizen.duty"].browse(duty.id).sudo()
        if deed is None:
            icon, colour, state = "fa-square-o", "text-danger", self.env._("missing")
            text = self._get_way(duty.kind) if self.is_open else ""
        else:
            icon, colour, state = "fa-check-square-o", "text-success", ""
            text = self._tell_deed(deed)
        return Markup(
            '<li class="d-flex gap-2 mb-1"><i class="fa fa-fw %s %s mt-1" role="img" '
            'aria-label="%s"></i><span title="%s">%s<br/>'
            '<small class="text-muted">%s</small></span></li>'
        ) % (
            icon,
            colour,
            state or self.env._("done"),
            record.explanation or "",
            record.name,
            text,
        )

    def _tell_deed(self, deed):
        day = format_date(self.env, self._get_city_day(deed.at)) if deed.at else ""
        return ", ".join(part for part in (day, deed.user.sudo().name) if part)

    def _get_way(self, kind):
        """Say in one sentence where a duty is done."""
        _ = self.env._
        return {
            "acknowledge": _("Write to the person: “Send message” below the case."),
            "read_back": _("Fill in the oral record of the case."),
            "reply": _("Write it with “Reply” on the case and send it."),
            "remedies": _("Fill in “What You Can Do” in the reply."),
            "approval": _("Have the reply approved before it is sent."),
            "result": _("Tell it with “Tell the Result” on the case."),
        }[kind]

    # ---------------------------------------------------------------- searching
    @api.depends("is_open", "duty_summary")
    def _compute_has_duties_missing(self):
        lacking = {case.id for case, _duties in self._origin._get_missing()}
        for case in self:
            case.has_duties_missing = case.is_open and case._origin.id in lacking

    def _search_has_duties_missing(self, operator, value):
        """Find them in one statement; it says what ``tools.duties`` says."""
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted == {True, False}:
            return [(1, "=", 1)]
        for model in (self._name, "citizen.case.event", "citizen.case.reply"):
            self.env[model].flush_model()
        self.env["citizen.duty"].flush_model()
        return [("id", "in" if True in wanted else "not in", _query_missing())]


def _query_missing():
    """Return the open cases that lack a duty; done is what a row of it says."""
    return SQL(
        """
        SELECT ticket.id
          FROM helpdesk_ticket AS ticket
          JOIN citizen_duty AS duty ON duty.role = ticket.role
               AND (duty.nature IS NULL OR duty.nature = ticket.nature)
               AND (duty.since IS NULL OR duty.since <= ticket.received_date)
               AND (duty.until IS NULL OR duty.until > ticket.received_date)
          LEFT JOIN helpdesk_ticket_channel AS channel
               ON channel.id = ticket.channel_id
         WHERE ticket.is_open AND CASE
               WHEN duty.kind = 'read_back' THEN
                    channel.is_oral AND ticket.oral_record_state = 'not_needed'
               WHEN ticket.partner_id IS NULL
                    AND COALESCE(ticket.partner_email, '') = '' THEN FALSE
               WHEN duty.kind = 'acknowledge' THEN NOT EXISTS (
                    SELECT FROM citizen_case_event AS event
                     WHERE event.case_id = ticket.id
                       AND (event.kind IN ('acknowledged', 'replied')
                            OR event.kind = 'answered' AND event.is_backdated))
               WHEN ticket.duplicate_id IS NOT NULL THEN FALSE
               ELSE NOT EXISTS (
                    SELECT FROM citizen_case_reply AS reply
                     WHERE reply.case_id = ticket.id AND reply.state = 'sent'
                       AND reply.sent_at >= COALESCE(%(reopened)s, reply.sent_at)
                       AND (duty.kind <> 'remedies' OR reply.remedies <> '')
                       AND (duty.kind <> 'approval'
                            OR reply.approved_level IN (duty.level, 'head')))
                AND NOT EXISTS (
                    SELECT FROM citizen_case_event AS event
                     WHERE event.case_id = ticket.id AND event.kind = 'answered'
                       AND event.is_backdated
                       AND event.at >= COALESCE(%(reopened)s, event.at))
               END
        """,
        reopened=SQL(
            """(SELECT max(back.at) FROM citizen_case_event AS back
                 WHERE back.case_id = ticket.id AND back.kind = 'reopened')"""
        ),
    )
