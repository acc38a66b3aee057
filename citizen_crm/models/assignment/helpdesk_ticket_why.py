from odoo import api, fields, models
from odoo.exceptions import AccessError


class HelpdeskTicket(models.Model):
    """Why somebody has a case, for that employee and for who leads the team."""

    _inherit = "helpdesk.ticket"

    is_shared_by_ledger = fields.Boolean(
        string="Given Out by the Desk",
        compute="_compute_is_shared_by_ledger",
        help="The desk gives out the cases of the team; by hand only with a reason.",
    )
    can_ask_why = fields.Boolean(
        compute="_compute_can_ask_why",
        help="Whether the user may read why the handler has the case: the handler, and "
        "who leads the team.",
    )

    @api.depends("team_id")
    def _compute_is_shared_by_ledger(self):
        teams = self._get_shared_teams()
        for case in self:
            case.is_shared_by_ledger = case.team_id in teams

    @api.depends_context("uid")
    @api.depends("team_id", "user_id")
    def _compute_can_ask_why(self):
        ledgers = self.env["citizen.assignment.rule"]._get_team_rules()
        for case in self:
            case.can_ask_why = (
                case.team_id.id in ledgers
                and bool(case.user_id)
                and (case.user_id == self.env.user or case.team_id.is_led_by_me)
            )

    @api.readonly
    def get_assignment_explanation(self):
        """Return why the handler has the case, told from the ledger's entry.

        Colleagues stay anonymous: balances in their order, exclusions as counts.
        """
        self.ensure_one()
        self.check_access("read")
        if not self.can_ask_why:
            raise AccessError(
                self.env._(
                    "Why this handler: the handler and the lead of the team may read "
                    "it."
                )
            )
        entry = self._get_last_charge()
        told = {"case": self.display_name, "handler": self.user_id.sudo().name}
        return {**told, "charge": entry and entry._tell_charge() or None}

    def _get_last_charge(self):
        """Return the entry by which the handler has the case, as superuser."""
        entries = self.env["citizen.assignment.entry"].sudo()
        given = entries.search(
            [("case_id", "=", self.id), ("kind", "in", ("charge", "opening"))],
            order="step desc",
            limit=1,
        )
        # The one of another handler says nothing about this one.
        holder = given.employee_id.user_id
        return given if holder == self.user_id.sudo() else entries
