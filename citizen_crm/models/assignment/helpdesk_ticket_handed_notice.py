from markupsafe import Markup

from odoo import models

#: Cases that one notice names; the others are on the handler's list.
NAMED = 20


class HelpdeskTicket(models.Model):
    """Telling handlers what the dispatcher has given them: one notice for a batch."""

    _inherit = "helpdesk.ticket"

    def _notify_handed(self, user):
        """Tell a handler which cases are theirs now, and why.

        Numbers and service types only: notices may go out as mail.
        """
        cases = self.with_context(lang=user.lang).with_user(user).sudo()
        accounts = cases._get_last_charges()
        lines = Markup().join(
            Markup('<li><a href="{url}">{number}</a> {kind}<br/>{why}</li>').format(
                url=f"{case.get_base_url()}/odoo/helpdesk.ticket/{case.id}",
                number=case.number,
                kind=case.category_id.name or "",
                why=accounts[case.id].explanation or "",
            )
            for case in cases[:NAMED]
        )
        body = Markup("<p>{intro}</p><ul>{lines}</ul>").format(
            intro=cases._tell_how_many(), lines=lines
        )
        # The desk speaks, not the handler to themselves.
        self.env["mail.thread"].message_notify(
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=user.partner_id.ids,
            subject=cases._tell_how_many(),
            body=body,
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _tell_how_many(self):
        if len(self) == 1:
            return self.env._("Case %s was given to you", self.number)
        return self.env._("%s cases were given to you", len(self))

    def _get_last_charges(self):
        """Return the entry by which each case was given last, by case id."""
        entries = self.env["citizen.assignment.entry"].search(
            [("case_id", "in", self.ids), ("kind", "=", "charge")], order="id"
        )
        return {entry.case_id.id: entry for entry in entries}
