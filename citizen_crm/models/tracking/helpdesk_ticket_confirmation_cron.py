from odoo import SUPERUSER_ID, api, fields, models


class HelpdeskTicket(models.Model):
    """Cases that nobody confirms end; nothing of them is deleted."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _cron_follow_unconfirmed(self):
        """Mail the links that had to wait, and end what nobody has confirmed."""
        self.with_user(SUPERUSER_ID)._ask_the_unasked()
        cron = self.env["ir.cron"]
        done, left = self._end_unconfirmed()
        while cron._commit_progress(done, remaining=left) and done and left:
            done, left = self._end_unconfirmed()

    @api.model
    def _ask_the_unasked(self):
        """Mail the link of cases whose address had had enough mails when they came."""
        held = self.search([("confirm_until", "!=", False), ("is_open", "=", True)])
        tokens = self.env["citizen.case.token"].sudo()
        domain = [("case_id", "in", held.ids), ("purpose", "=", "confirm")]
        for case in held - tokens.search(domain).case_id:
            case.confirm_until = case._get_confirm_until()
            case._ask_to_confirm()

    @api.model
    def _end_unconfirmed(self, batch=100):
        """End cases whose time to be confirmed is over.

        A case that another process has just taken is left to it.

        :param batch: how many cases at most; the caller commits after each call
        :return: how many have ended, and how many more are to
        """
        now = fields.Datetime.now()
        due = self.with_user(SUPERUSER_ID).search(
            [("confirm_until", "<=", now), ("is_open", "=", True)],
            order="confirm_until, id",
        )
        cases = due.try_lock_for_update(allow_referencing=True, limit=batch)
        done = cases._do_each(self.__class__._end_as_unconfirmed)
        return done, len(due) - len(cases)

    def _end_as_unconfirmed(self):
        """End the case as withdrawn, and say that nobody had confirmed it."""
        self.ensure_one()
        self._log("not_confirmed")
        self._portal_move("withdrawn")

    # ---------------------------------------------------------------- timeline
    def _get_timeline_sentence(self, event):
        """Tell confirmation in the words of residents."""
        _ = self.env._
        if event.kind == "unconfirmed":
            return _("We asked the sender by e-mail to confirm the case.")
        if event.kind == "not_confirmed":
            return _("The case ended because the sender did not confirm it in time.")
        if event.kind == "confirmed" and event.user_id and not event.user_id.share:
            return _("The city took the case up.")
        if event.kind == "withdrawn" and self._is_end_unconfirmed(event):
            return ""
        return super()._get_timeline_sentence(event)

    def _is_end_unconfirmed(self, event):
        return any(
            other.kind == "not_confirmed" and other.at == event.at
            for other in self.event_ids
        )
