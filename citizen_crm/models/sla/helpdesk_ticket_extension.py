from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.sla_promises import Entry
from .citizen_sla_extension import PENDING
from .instants import to_instant, to_moment


class HelpdeskTicket(models.Model):
    """Extending the time for an answer: which promise, how far, how often."""

    _inherit = "helpdesk.ticket"

    extension_ids = fields.One2many(
        "citizen.sla.extension",
        "case_id",
        string="Extensions",
        readonly=True,
        copy=False,
    )
    extension_count = fields.Integer(
        string="Number of Extensions", compute="_compute_extension_count"
    )

    @api.depends("extension_ids")
    def _compute_extension_count(self):
        counts = dict(
            self.env["citizen.sla.extension"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.extension_count = counts.get(case._origin, 0)

    def action_ask_extension(self):
        """Ask for more time for the answer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_sla_extension_request_action"
        )
        action["context"] = {"default_case_id": self.id}
        return action

    def action_view_extensions(self):
        """Open the extensions of the case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_sla_extension_action_case"
        )
        action["domain"] = [("case_id", "=", self.id)]
        return action

    # ------------------------------------------------------------------ limits
    def _get_clock_to_extend(self):
        """Return the open promise of an answer: the statutory one, if there is one."""
        self.ensure_one()
        clocks = self.sudo().clock_ids.filtered(
            lambda clock: clock.kind == "resolve" and not clock.stop
        )
        if not clocks:
            raise UserError(
                self.env._(
                    "No answer is promised for this case, so none can take longer."
                )
            )
        return clocks.sorted(lambda clock: (clock.basis != "statutory", clock.id))[:1]

    def _check_extension(self, clock, days, but=None):
        """Raise unless the rule allows so much more time, and it is not too late.

        :param but: an extension that is being decided on and does not count itself
        """
        target, rule = clock.target_id, clock.rule_id.display_name
        used = self._count_extensions(clock, but)
        if used >= target.extension_count:
            raise UserError(
                self.env._(
                    "The rule %(rule)s allows %(count)s extensions of a case; there "
                    "were %(used)s.",
                    rule=rule,
                    count=target.extension_count,
                    used=used,
                )
            )
        if not 0 < days <= target.extension_days:
            raise UserError(
                self.env._(
                    "Working Days: from 1 to %(days)s, as the rule %(rule)s has it.",
                    days=target.extension_days,
                    rule=rule,
                )
            )
        self._check_in_time(clock)

    def _check_no_extension_pending(self):
        pending = self.sudo().extension_ids.filtered(lambda e: e.state in PENDING)
        if pending:
            raise UserError(
                self.env._(
                    "An extension of %s waits to be decided, or to be told to the "
                    "citizen. See the extensions of the case.",
                    self.display_name,
                )
            )

    def _count_extensions(self, clock, but=None):
        found = clock.env["citizen.sla.extension"].search(
            [("clock_id", "=", clock.id), ("state", "in", [*PENDING, "told"])]
        )
        return len(found - but if but else found)

    def _check_in_time(self, clock):
        """Raise for a deadline that is over, or is not known while the case waits."""
        if clock.state == "paused":
            raise UserError(
                self.env._(
                    "The time stands still while the case waits, so nobody can say "
                    "until when it would be extended. Resume the case first."
                )
            )
        if not clock.due:
            raise UserError(
                self.env._("This deadline cannot be computed: %s", clock.problem or "")
            )
        if clock.due < fields.Datetime.now():
            raise UserError(
                self.env._(
                    "The deadline is over: what is late stays late, and no extension "
                    "changes it. Write to the citizen and answer as soon as you can."
                )
            )

    def _foresee_extension(self, clock, days):
        """Return the deadline as it is, and as it would be with more days."""
        self.ensure_one()
        case = self.sudo()
        log = case._get_logs()[self.id]
        now = to_instant(fields.Datetime.now())
        at = max([now, *(entry.at for entry in log)])
        entry = Entry(at, "extended", days=days, target=clock.target_id.id)
        key = clock.kind, clock.basis, clock.number
        dues = (
            next(
                reading.due
                for reading in case._read_clocks(entries)
                if (reading.target.kind, reading.target.basis, reading.number) == key
            )
            for entries in (log, [*log, entry])
        )
        return tuple(to_moment(due) for due in dues)
