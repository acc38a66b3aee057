import logging
from contextlib import contextmanager
from xmlrpc.client import Binary

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError

from ...tools.mail_letter import check_markup
from .citizen_mail_receipt_gateway import raise_if_repeated

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """The one door through which mails come in, from whatever mail server."""

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """File mails to the desk by its own rules; leave those of others alone.

        What the mail server has written into a mail is believed, so nobody else may
        hand one over: mailboxes are fetched by the system, and the mail gate script
        signs in with the key of an administrator (or of the system, its default).
        """
        if not self.env.su and not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only a mail server can deliver mails."))
        raw = _get_bytes(message)
        letter = self.env["citizen.mail.receipt"]._open(raw)
        # Nobody registers a case by mail: the system does, from what was written.
        Receipt = self.env["citizen.mail.receipt"].with_user(SUPERUSER_ID)
        owner = Receipt._find_owner(letter, model)
        arguments = (model, raw, custom_values, save_original, strip_attachments)
        if owner == "other":
            return super().message_process(*arguments, thread_id)
        result = False
        # The base would answer a mail to the catch-all address, and thereby whoever
        # is in From, which may be anybody.
        if letter.is_bounce or (
            owner != "desk" and not Receipt._is_for_catchall(letter)
        ):
            others = self.with_context(citizen_mail_not_for_desk=True)
            with _tolerate(self.env.cr, letter):
                # The base reads every page of a mail, also of one that it drops.
                check_markup(letter.parse())
                result = super(MailThread, others).message_process(
                    *arguments, thread_id
                )
        if owner == "nobody":
            return result or Receipt._receive_unroutable(letter)
        return Receipt.with_context(citizen_mail_strip=strip_attachments)._receive(
            letter, custom_values
        )

    @api.model
    def message_route(self, message, message_dict, *args, **kwargs):
        """Drop the routes to the desk where the desk files the mail itself."""
        routes = super().message_route(message, message_dict, *args, **kwargs)
        if self.env.context.get("citizen_mail_not_for_desk"):
            return [route for route in routes if route[0] != "helpdesk.ticket"]
        return routes


@contextmanager
def _tolerate(cr, letter):
    """Undo what the base has begun with a mail that it cannot deliver."""
    try:
        with cr.savepoint():
            yield
    except Exception as error:  # noqa: BLE001
        raise_if_repeated(error)
        _logger.info("Mail %s is for nobody", letter.message_id, exc_info=True)


def _get_bytes(message):
    """Return the mail as it came, as the base does."""
    if isinstance(message, Binary):
        return bytes(message.data)
    return message.encode() if isinstance(message, str) else message
