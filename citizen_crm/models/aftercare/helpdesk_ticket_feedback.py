from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .citizen_case_event import ASKED_AFTER


class HelpdeskTicket(models.Model):
    """Asking after every close how it was; the person's word becomes the outcome."""

    _inherit = "helpdesk.ticket"

    def _ask_feedback(self):
        """Ask the persons of cases that have just been closed."""
        cases = self.with_user(SUPERUSER_ID).filtered(
            lambda case: case.phase in ASKED_AFTER and case._wants_feedback()
        )
        if cases:
            self.env["citizen.case.feedback"]._ask(cases)

    def _wants_feedback(self):
        """Tell whether there is a person who can be asked about the case."""
        self.ensure_one()
        return self._can_be_told() and not self.confirm_until

    def _get_feedback_address(self):
        """Return where the question is mailed to; empty for who wants no e-mail."""
        self.ensure_one()
        if not self._is_mailed():
            return ""
        person = self.partner_id
        return person.email_normalized or email_normalize(self.partner_email) or ""

    # ----------------------------------------------------------------- portal
    def _get_portal_page(self):
        page = super()._get_portal_page()
        mine = page["is_mine"] and not page["acts_for"]
        return {**page, "can_give_feedback": mine and self._can_give_feedback()}

    def _can_give_feedback(self):
        """Tell whether the person has not said yet how this closing was."""
        self.ensure_one()
        if self.phase not in ASKED_AFTER or not self.closed_date:
            return False
        return not self._get_last_feedback().answered_at

    def _get_last_feedback(self):
        """Return what was asked after the last closing, as superuser."""
        self.ensure_one()
        last = self.env["citizen.case.feedback"].with_user(SUPERUSER_ID)
        return last.search(
            [("case_id", "=", self.id), ("asked_at", ">=", self.closed_date)], limit=1
        )

    def _portal_give_feedback(self, answers, remark):
        """Take what the signed-in person says; return the record, as superuser."""
        self._check_portal_access(own=True)
        self._check_portal_person()
        case = self.with_user(SUPERUSER_ID)
        case.lock_for_update()
        if case.phase not in ASKED_AFTER:
            raise UserError(
                self.env._("We ask how it was when a case has been closed.")
            )
        feedback = case._get_last_feedback()
        if not feedback:
            feedback = feedback.create(feedback._prepare(case))
        feedback._answer(answers, remark)
        return feedback
