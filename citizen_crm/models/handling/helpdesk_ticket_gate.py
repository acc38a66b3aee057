from odoo import api, models
from odoo.exceptions import UserError

from ..case.helpdesk_ticket_history import _OWN_HISTORY

#: Phases that a case comes into when the city has done what it owes.
GATED = frozenset({"answered", "closed"})
#: Cases that a message names at most.
MAX_NAMED = 5


class HelpdeskTicket(models.Model):
    """Nobody calls a case answered or closed while the city owes something for it.

    It binds people. What the system does follows from what it was told, and what
    happened earlier is told as it was. A person who takes their case back is owed
    nothing.
    """

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        if cases._is_gated():
            cases.filtered(lambda case: case.phase in GATED)._check_duties()
        return cases

    def write(self, vals):
        moved = self.browse()
        if vals.get("stage_id") and self._is_gated():
            stage = self.env["helpdesk.ticket.stage"].browse(vals["stage_id"])
            if stage.phase in GATED:
                moved = self.filtered(lambda case: case.stage_id != stage)
        if vals.keys() == {"stage_id"}:
            moved._check_duties()
        result = super().write(vals)
        # Again: what is owed may change with the same values, and by a reopening. The
        # error takes everything back.
        moved._check_duties()
        return result

    @api.model
    def _is_gated(self):
        return not self.env.su and self.env.context.get("case_history") is not (
            _OWN_HISTORY
        )

    def _check_duties(self):
        """Raise if something is owed for one of the cases, and say all of it."""
        lacking = self._get_missing()
        if not lacking:
            return
        lines = [case._tell_missing(duties) for case, duties in lacking[:MAX_NAMED]]
        if len(lacking) > MAX_NAMED:
            lines.append(self.env._("… and %s more cases", len(lacking) - MAX_NAMED))
        raise UserError(
            self.env._(
                "This is owed before a case is answered or closed:\n\n%s",
                "\n\n".join(lines),
            )
        )

    def _tell_missing(self, duties):
        """Return the name of the case and what is missing, a line each."""
        names = {
            duty.id: duty.name
            for duty in self.env["citizen.duty"].browse(duty.id for duty in duties)
        }
        lines = [f"• {names[duty.id]}: {self._get_way(duty.kind)}" for duty in duties]
        return "\n".join([self.display_name, *lines])
