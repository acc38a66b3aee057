from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..case.helpdesk_ticket_history import _OWN_HISTORY

ORAL_RECORD_STATES = [
    ("not_needed", "Not needed"),
    ("read_back", "Read back and confirmed"),
    ("not_read_back", "Not read back"),
]
ORAL_RECORD_REASONS = [
    ("hung_up", "The person ended the call or left"),
    ("refused", "The person did not want it"),
    ("language", "No common language"),
    ("emergency", "Emergency: help came first"),
    ("other", "Other reason"),
]
ORAL_RECORD_FIELDS = (
    "oral_record_state",
    "oral_record_reason",
    "oral_record_note",
    "oral_record_at",
    "oral_record_by_id",
)


class HelpdeskTicket(models.Model):
    """The oral record: a spoken petition is read back, or the record says why not."""

    _inherit = "helpdesk.ticket"

    channel_is_oral = fields.Boolean(related="channel_id.is_oral", string="Spoken")
    oral_record_state = fields.Selection(
        ORAL_RECORD_STATES,
        string="Oral Record",
        default="not_needed",
        required=True,
        copy=False,
        tracking=True,
        help="A citizen case told at the phone or the counter is read back to the "
        "person, who confirms it.",
    )
    oral_record_reason = fields.Selection(
        ORAL_RECORD_REASONS,
        string="Why Not Read Back",
        copy=False,
        tracking=True,
    )
    oral_record_note = fields.Char(
        string="Note on the Oral Record",
        copy=False,
        groups="base.group_user",
        help="For example: who interpreted, or what the person did not confirm.",
    )
    oral_record_at = fields.Datetime(string="Read Back At", readonly=True, copy=False)
    oral_record_by_id = fields.Many2one(
        "res.users",
        string="Record Taken By",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    _oral_record_reason_given = models.Constraint(
        "CHECK ((oral_record_state = 'not_read_back')"
        " = (oral_record_reason IS NOT NULL))",
        "Why Not Read Back: choose the reason when the record was not read back, "
        "and only then.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._stamp_oral_record(dict(vals)) for vals in vals_list]
        cases = super().create(vals_list)
        cases._check_oral_record()
        return cases

    def write(self, vals):
        if "oral_record_state" in vals:
            vals = self._stamp_oral_record(dict(vals))
        result = super().write(vals)
        if {"role", "channel_id", "oral_record_state"} & vals.keys():
            self._check_oral_record()
        return result

    @api.model
    def _stamp_oral_record(self, vals):
        """Say who took the record and when; nobody sets these by hand."""
        for name in ("oral_record_at", "oral_record_by_id"):
            vals.pop(name, None)
        if vals.get("split_from_id"):
            return {**vals, **self.browse(vals["split_from_id"])._get_oral_record()}
        state = vals.get("oral_record_state")
        if state in ("read_back", "not_read_back"):
            vals["oral_record_at"] = fields.Datetime.now()
            vals["oral_record_by_id"] = self.env.uid
            if state == "read_back":
                vals["oral_record_reason"] = False
        elif state == "not_needed":
            vals["oral_record_at"] = False
            vals["oral_record_by_id"] = False
            vals["oral_record_reason"] = False
        return vals

    def _get_oral_record(self):
        """Return the values of the record, which holds for all that was said."""
        self.ensure_one()
        case = self.sudo()
        return {
            name: case._fields[name].convert_to_write(case[name], case)
            for name in ORAL_RECORD_FIELDS
        }

    @api.constrains("oral_record_reason", "oral_record_note")
    def _check_oral_record_note(self):
        for case in self:
            if case.oral_record_reason == "other" and not case.oral_record_note:
                raise ValidationError(
                    self.env._(
                        "Note on the Oral Record: say in a few words why the record "
                        "was not read back."
                    )
                )

    def _check_oral_record(self):
        """Refuse a spoken citizen case of staff without a word on its oral record.

        By whatever way staff register it: New Intake, the form, a file, RPC. Not what
        nobody of the staff heard: mails and letters of the portal, which the system
        registers, and cases that happened earlier (imports, demonstration). No
        constraint, since constraints do not know who writes.
        """
        is_earlier = self.env.context.get("case_history") is _OWN_HISTORY
        if is_earlier or self.env.su or self.env.user.share:
            return
        for case in self.sudo():
            if case._needs_oral_record() and case.oral_record_state == "not_needed":
                raise ValidationError(
                    self.env._(
                        "Oral Record: read the case back to the person and have it "
                        "confirmed, or record why this was not possible."
                    )
                )

    def _needs_oral_record(self):
        self.ensure_one()
        return self.role == "citizen" and self.channel_is_oral

    def copy_data(self, default=None):
        """Leave out a spoken channel: nobody has told the copy."""
        vals_list = super().copy_data(default)
        for case, vals in zip(self, vals_list, strict=True):
            if case.channel_is_oral and "channel_id" not in (default or {}):
                vals["channel_id"] = False
        return vals_list
