from odoo import api, fields, models
from odoo.exceptions import UserError

from ..case.helpdesk_ticket_history import _OWN_HISTORY
from .helpdesk_ticket_waiting import WAITING_FIELDS

#: Fields that follow from the history of the case.
CLOCK_FIELDS = WAITING_FIELDS | {
    "due_is_given",
    "due_soon_date",
    "is_answer_owed",
    "is_paused",
    "sla_problem",
}


class HelpdeskTicket(models.Model):
    """The due date: it follows the rules, or was given with the case or by hand.

    Nobody moves the deadline of a rule by writing the date; that takes an extension.
    """

    _inherit = "helpdesk.ticket"

    due_is_ruled = fields.Boolean(
        string="Due Date Follows a Rule",
        compute="_compute_due_is_ruled",
        help="A rule promises the answer; the date moves by extension only.",
    )

    @api.depends("due_is_given", "is_answer_owed")
    def _compute_due_is_ruled(self):
        for case in self:
            case.due_is_ruled = case.is_answer_owed and not case.due_is_given

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_clock_fields(vals)
        return super().create(
            [
                {**vals, "due_is_given": True} if vals.get("due_date") else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        self._check_clock_fields(vals)
        if "due_date" not in vals:
            return super().write(vals)
        due = fields.Datetime.to_datetime(vals["due_date"])
        given = self - self._find_following(due)
        result = super().write(vals)
        given.sudo()._write_due({"due_is_given": bool(due)})
        if not due:
            given._sync_clocks()
        return result

    def _write_due(self, values):
        """Store what the clocks, or the one who may, say about the due date."""
        # Past the refusal of what a user writes.
        return super().write(values)  # pylint: disable=super-method-mismatch

    @api.model
    def _check_clock_fields(self, vals):
        """Refuse values for what follows from the history, unless the system says."""
        forged = CLOCK_FIELDS & vals.keys()
        if forged and not self.env.su:
            field = self._fields[min(forged)]
            raise UserError(
                self.env._(
                    "%s: this follows from what happened to the case; nobody enters "
                    "it.",
                    field._description_string(self.env),
                )
            )

    def _find_following(self, due):
        """Return the cases that follow a rule; refuse another date for them."""
        if self.env.su or self.env.context.get("case_history") is _OWN_HISTORY:
            return self.browse()
        ruled = self.filtered("due_is_ruled")
        moved = ruled.filtered(lambda case: case.due_date != due)
        if moved:
            raise UserError(
                self.env._(
                    "Due: the date of %s follows the rule. Ask for an extension if it "
                    "cannot be kept.",
                    moved[0].display_name,
                )
            )
        return ruled
