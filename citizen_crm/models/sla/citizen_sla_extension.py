from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

EXTENSION_STATES = [
    ("asked", "To be decided"),
    ("approved", "Approved, citizen not told yet"),
    ("told", "Citizen told, deadline moved"),
    ("refused", "Refused"),
    ("lapsed", "No longer needed"),
]
#: An extension that is neither refused nor at its end.
PENDING = ("asked", "approved")


class CitizenSlaExtension(models.Model):
    """More time for the answer to a case: asked for, decided, told, and then given.

    The deadline moves by an event of the case, which is appended when the citizen has
    been told. Nobody writes these rows but the methods below.
    """

    _name = "citizen.sla.extension"
    _inherit = ["citizen.case.proposal"]
    _task = "citizen_crm.mail_activity_type_extension"
    _description = "Extension of a Deadline"
    _order = "asked_at desc, id desc"

    clock_id = fields.Many2one(
        "citizen.sla.clock", string="Promise", required=True, ondelete="restrict"
    )
    state = fields.Selection(EXTENSION_STATES, required=True, default="asked")
    days = fields.Integer(
        string="Working Days", required=True, help="How many working days are added."
    )
    reason = fields.Text(required=True, help="As the citizen reads it, in plain words.")
    level = fields.Selection(
        help="Who may decide on an extension of this length, at least."
    )
    refusal = fields.Text(string="Why Refused")
    old_due = fields.Datetime(help="The deadline before, as the citizen was told.")
    new_due = fields.Datetime(help="The deadline after, as the citizen was told.")
    old_day = fields.Date(compute="_compute_days")
    new_day = fields.Date(compute="_compute_days")
    told_at = fields.Datetime(string="Citizen Told On")
    told_how = fields.Text(
        string="How the Citizen Was Told",
        help="Only if no notice was sent by the desk: by letter, by phone, in person.",
    )
    _days_positive = models.Constraint(
        "CHECK (days > 0)", "Working Days: at least one day is added."
    )
    _one_pending = models.UniqueIndex(
        "(case_id) WHERE state IN ('asked', 'approved')",
        "An extension of this case waits to be decided, or to be told.",
    )

    @api.depends("days", "number")
    def _compute_display_name(self):
        for extension in self:
            extension.display_name = self.env._(
                "%(case)s: %(days)s more working days",
                case=extension.number,
                days=extension.days,
            )

    @api.depends("old_due", "new_due", "clock_id")
    def _compute_days(self):
        for extension in self:
            day_of = extension.sudo().clock_id._get_day
            extension.old_day = extension.old_due and day_of(extension.old_due)
            extension.new_day = extension.new_due and day_of(extension.new_due)

    # ------------------------------------------------------------------ asking
    @api.model
    def _ask(self, case, days, reason):
        """Ask for more time for a case that one may change; return the extension."""
        case.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say why, as the citizen will read it."))
        clock = case._get_clock_to_extend()
        case._check_no_extension_pending()
        case._check_extension(clock, days)
        extension = self.sudo().create(
            {
                "case_id": case.id,
                "clock_id": clock.id,
                "days": days,
                "reason": reason,
                "level": self._get_level(clock, days),
            }
        )
        extension._call_decider(
            lambda env: env._("Decide on %s more working days", days)
        )
        return extension.sudo(False)

    @api.model
    def _get_level(self, clock, days):
        """Return who has to decide on an extension of this length, at least."""
        return "lead" if days <= clock.target_id.extension_lead_days else "head"

    # ---------------------------------------------------------------- deciding
    def action_approve(self):
        """Approve the extension and tell the citizen; the deadline moves then."""
        for extension in self:
            told = extension._take()
            clock = told.case_id._get_clock_to_extend()
            told.case_id._check_extension(clock, told.days, but=told)
            old_due, new_due = told.case_id._foresee_extension(clock, told.days)
            told.write({"old_due": old_due, "new_due": new_due})
            extension._note_decision("approved")
            if told._tell():
                told._extend()
            else:
                told._ask_to_tell()

    def action_refuse(self):
        """Open the question why the extension is refused."""
        self.ensure_one()
        return self._open_decision("refuse", self.env._("Refuse the Extension"))

    def action_told(self):
        """Open the question how and when the citizen was told."""
        self.ensure_one()
        return self._open_decision("told", self.env._("Notice Given Otherwise"))

    def _open_decision(self, kind, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "citizen.sla.extension.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_extension_id": self.id, "default_kind": kind},
        }

    def _refuse(self, reason):
        """Refuse what was asked for, or take an approval back that nobody was told."""
        extension = self._take(PENDING)
        if not (reason or "").strip():
            raise UserError(self.env._("Why: say why it is refused."))
        self._note_decision("refused")
        extension.refusal = reason.strip()
        extension._give_task(
            extension.asked_by_id,
            lambda env: env._("No more time: answer by the deadline"),
            extension.refusal,
        )

    def _record_notice(self, at, how):
        """Record that the citizen was told otherwise; the deadline moves now."""
        self.ensure_one()
        self.case_id.check_access("write")
        extension = self.sudo()
        extension.lock_for_update()
        if extension.state != "approved":
            raise UserError(
                self.env._("Only an approved extension is told to the citizen.")
            )
        if not (how or "").strip():
            raise UserError(self.env._("How: say how the citizen was told."))
        if not extension.decided_at.replace(second=0) <= at <= fields.Datetime.now():
            raise UserError(
                self.env._("When: between the approval and now, not before or later.")
            )
        clock = extension.case_id._get_clock_to_extend()
        extension.case_id._check_extension(clock, extension.days, but=extension)
        extension.told_how = how.strip()
        extension._extend(at)

    def _say_who_decides(self):
        return self.env._(
            "You cannot decide on this extension. That is for the team lead, or for "
            "the department head if it is long, and never for those who have asked "
            "for it."
        )

    # ----------------------------------------------------------------- telling
    def _tell(self):
        """Send the notice; return whether the citizen is told thereby."""
        return False

    def _ask_to_tell(self):
        """Ask somebody to tell a citizen to whom the desk cannot write."""
        self._give_task(
            self.case_id._get_teller() or self.asked_by_id,
            lambda env: env._("Tell the citizen of the extension, then record it"),
            self.reason,
        )

    def _extend(self, at=None):
        """Move the deadline: the citizen has been told."""
        now = fields.Datetime.now()
        self.write({"state": "told", "told_at": at or now})
        self.case_id._end_tasks(self._task)
        self.case_id._log(
            "extended",
            days=self.days,
            note=self.reason,
            target_id=self.clock_id.target_id.id,
        )


class CitizenSlaClock(models.Model):
    _inherit = "citizen.sla.clock"

    def _get_zone(self):
        """Return the name of the time zone in which the deadline is counted."""
        calendar = self.calendar_version_id.calendar_id
        return calendar.tz or self.case_id._get_city_zone().key

    def _get_day(self, moment):
        """Return the date of a moment where the deadline is counted."""
        zone = ZoneInfo(self._get_zone())
        return moment.replace(tzinfo=UTC).astimezone(zone).date()

    def write(self, vals):
        """With the promise the wish for more time ends."""
        if vals.get("stop"):
            ending = self.filtered(lambda clock: clock.kind == "resolve")
            pending = [("clock_id", "in", ending.ids), ("state", "in", PENDING)]
            if ending:
                self.env["citizen.sla.extension"].sudo().search(pending)._lapse()
        return super().write(vals)
