from odoo import models
from odoo.exceptions import AccessError, UserError


class HelpdeskTicket(models.Model):
    """A case changes its team by a transfer, not by a stroke of the pen."""

    _inherit = "helpdesk.ticket"

    def write(self, vals):
        same = self._filter_same_type(vals)
        if same:
            # Written once more, the type would bring back a case that another team
            # has taken.
            kept = {name: vals[name] for name in vals if name != "category_id"}
            super(HelpdeskTicket, same).write(kept)
        cases = self - same
        if not cases:
            return True
        if not self.env.su and not {"team_id", "category_id"}.isdisjoint(vals):
            cases._check_reroute(vals)
        return super(HelpdeskTicket, cases).write(vals)

    def _filter_same_type(self, vals):
        """Return the cases that have the service type already that is written."""
        if "category_id" not in vals or "team_id" in vals:
            return self.browse()
        return self.filtered(lambda case: case.category_id.id == vals["category_id"])

    def _check_reroute(self, vals):
        """Refuse to pass a case to a team that does not know of it.

        From triage everybody routes; else whoever leads both teams, or sets them up.
        """
        for case in self.filtered("team_id"):
            team = case._get_team_after(vals)
            if team == case.team_id or (case.team_id | team)._is_led():
                continue
            raise UserError(
                self.env._(
                    "Team: %(case)s is with %(team)s. Use “Transfer…” and say why it "
                    "goes to another team, which accepts or disputes it.",
                    case=case.display_name,
                    team=case.team_id.complete_name,
                )
            )


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    def _is_led(self):
        """Tell whether the user leads these teams, or answers for them."""
        try:
            self._check_leads()
        except AccessError:
            return False
        return True
