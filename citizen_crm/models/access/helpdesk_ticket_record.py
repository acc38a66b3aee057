from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..case.helpdesk_ticket_history import _OWN_HISTORY

#: Stored fields that follow from others; a value sent from outside would be a lie.
DERIVED_FIELDS = {
    "commercial_partner_id",
    "department_id",
    "is_open",
    "phase",
    "queued_date",
    "unattended",
}
#: What the system notes; views show it, and only our own code says it.
NOTED_FIELDS = {
    "answered_date",
    "assigned_date",
    "closed_date",
    "confirm_until",
    "contact_lang",
    "cover_since",
    "filed_by_id",
    "is_lent",
    "queue_alerted_date",
    "letter_file_ids",
    "split_from_id",
}


class HelpdeskTicket(models.Model):
    """What the case is on record with changes with trace, by those who answer for it.

    Views show these fields read-only, which binds nobody who calls the server. What
    is archived or brought back is told by the history (tools/case_events.py).
    """

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_derived(vals)
            if (vals.get("number") or "/") != "/":
                self._check_given_number()
        return super(HelpdeskTicket, self._without_derived_defaults()).create(vals_list)

    def write(self, vals):
        self._check_derived(vals)
        if "number" in vals:
            self._check_number(vals["number"])
        if "received_date" in vals:
            self._check_receipt(vals["received_date"])
        return super().write(vals)

    @api.model
    def _without_derived_defaults(self):
        """Return the model in a context that says nothing of what is computed.

        A board grouped by such a field sends a default; so may any remote call.
        """
        said = {f"default_{name}" for name in DERIVED_FIELDS | NOTED_FIELDS}
        if not said & self.env.context.keys():
            return self
        context = {
            key: value for key, value in self.env.context.items() if key not in said
        }
        return self.with_context(context)  # pylint: disable=context-overridden

    @api.model
    def _check_derived(self, vals):
        """Refuse values for what is computed, whoever sends them."""
        is_person = not self.env.su and not self._writes_own_history()
        if is_person and NOTED_FIELDS & vals.keys():
            field = self._fields[min(NOTED_FIELDS & vals.keys())]
            raise UserError(
                self.env._(
                    "%s: the system notes it itself; it cannot be changed.",
                    field._description_string(self.env),
                )
            )
        forged = DERIVED_FIELDS & vals.keys()
        if forged:
            field = self._fields[min(forged)]
            raise UserError(
                self.env._(
                    "%s: this follows from the stage, the team and the contact of the "
                    "case. Change those.",
                    field._description_string(self.env),
                )
            )

    @api.model
    def _check_given_number(self):
        """Let only who brings cases of another system choose their numbers."""
        if self._writes_own_history() or self.env.su:
            return
        if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_manager"):
            raise AccessError(
                self.env._("Number: the desk numbers a case when it is registered.")
            )

    def _check_number(self, number):
        """Refuse another number for a case; people know it by the one it has."""
        if self._writes_own_history() or all(case.number == number for case in self):
            return
        raise UserError(
            self.env._("Number: a case keeps the number it was registered with.")
        )

    def _check_receipt(self, received):
        """Refuse a correction of the date of receipt but by a team lead.

        Deadlines count from it; the history tells the old date and the new one.
        """
        if self.env.su or self.env.user.has_group("citizen_crm.group_team_lead"):
            return
        received = fields.Datetime.to_datetime(received)
        if any(case.received_date != received for case in self):
            raise AccessError(
                self.env._(
                    "Received: deadlines count from this date. Ask a team lead or the "
                    "department head to correct it."
                )
            )

    @api.model
    def _writes_own_history(self):
        """Whether this module's own code is at work; no remote call can claim it."""
        return self.env.context.get("case_history") is _OWN_HISTORY
