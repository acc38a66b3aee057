import logging

from markupsafe import Markup

from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: Cases that one notice names; the others are on the handler's list.
NAMED = 10


class HelpdeskTicketTeam(models.Model):
    """Telling handlers what the dispatcher has given them: one notice for a run.

    The ledger says what they have not been told of yet, so a run that is killed
    between giving and telling leaves the telling to the next one.
    """

    _inherit = "helpdesk.ticket.team"

    told_number = fields.Integer(
        string="Handlers Told Up To",
        readonly=True,
        copy=False,
        help="Number of the last ledger entry of which handlers have been told.",
    )

    def _tell_handlers(self):
        """Tell each handler which cases they have got since they were told last."""
        self.ensure_one()
        last = self.env["citizen.assignment.balance"]._get_last_number(self)
        if last == self.told_number:
            return
        charges = self.env["citizen.assignment.entry"].search_fetch(
            [
                ("team_id", "=", self.id),
                ("number", ">", self.told_number),
                ("kind", "=", "charge"),
                ("method", "!=", "manual"),
            ],
            ["case_id", "employee_id"],
            order="number",
        )
        self.told_number = last
        for employee, given in charges.grouped("employee_id").items():
            user = employee.user_id
            given = given.filtered(lambda e, user=user: e.case_id.user_id == user)
            if user and given:
                given._try_to_notify(user)


class CitizenAssignmentEntry(models.Model):
    _inherit = "citizen.assignment.entry"

    def _try_to_notify(self, user):
        """Tell a handler; a notice that fails keeps nobody else from theirs."""
        try:
            with self.env.cr.savepoint():
                self._notify_handler(user)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Dispatcher: notice to user %s", user.id)

    def _notify_handler(self, user):
        """Tell a handler which cases are theirs now, and why.

        Numbers and service types only: notices may go out as mail.
        """
        named = self.browse(self.ids[:NAMED]).with_context(lang=user.lang)
        named = named.with_user(user).sudo()
        lines = Markup().join(
            Markup('<li><a href="{url}">{number}</a> {kind}<br/>{why}</li>').format(
                url=f"{entry.get_base_url()}/odoo/helpdesk.ticket/{entry.case_id.id}",
                number=entry.case_id.number,
                kind=entry.category_id.name or "",
                why=entry.explanation or "",
            )
            for entry in named
        )
        subject = named._tell_how_many(len(self))
        # The desk speaks, not the handler to themselves.
        self.env["mail.thread"].message_notify(
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=Markup("<p>{}</p><ul>{}</ul>").format(subject, lines),
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _tell_how_many(self, count):
        """Return how many cases there are, by its number if it is one."""
        if count == 1:
            return self.env._("Case %s was given to you", self.case_id.number)
        return self.env._("%s cases were given to you", count)
