from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import transfers
from ...tools.transfers import OPEN, TRANSFER_STATES, Past

#: Phases in which the city still works on the case.
MOVABLE = frozenset({"routed", "assigned", "in_work", "waiting"})
#: Working days in which a team finds out that a case is not its own.
PROPOSE_DAYS = {False: 1, True: 2}


class HelpdeskTicket(models.Model):
    """A case on its way to another team."""

    _inherit = "helpdesk.ticket"

    transfer_ids = fields.One2many(
        "citizen.case.transfer",
        "case_id",
        string="Transfers",
        readonly=True,
        copy=False,
    )
    transfer_id = fields.Many2one(
        "citizen.case.transfer",
        string="Open Transfer",
        compute="_compute_transfer_id",
        help="The transfer that waits for an answer or a decision.",
    )
    transfer_count = fields.Integer(
        string="Number of Transfers", compute="_compute_transfer_id"
    )
    transfer_state = fields.Selection(
        TRANSFER_STATES, string="State of the Transfer", compute="_compute_transfer_id"
    )
    may_transfer = fields.Boolean(
        string="Mine to Transfer",
        compute="_compute_may_transfer",
        help="Your team has the case, and nothing waits to be answered.",
    )
    may_reroute = fields.Boolean(
        string="Team Mine to Change",
        compute="_compute_may_transfer",
        help="The case is in triage, or you answer for its team.",
    )
    may_answer_transfer = fields.Boolean(
        string="Transfer Mine to Answer", compute="_compute_transfer_id"
    )
    may_decide_transfer = fields.Boolean(
        string="Transfer Mine to Decide", compute="_compute_transfer_id"
    )
    may_withdraw_transfer = fields.Boolean(
        string="Transfer Mine to Withdraw", compute="_compute_transfer_id"
    )
    # Written by the desk alone, and without a default: no case is rewritten for it.
    is_lent = fields.Boolean(
        string="Shown to Other Teams",
        readonly=True,
        copy=False,
        help="Somebody of another team is asked about this case and may read it.",
    )
    _lent_index = models.Index("(id) WHERE is_lent IS TRUE")

    @api.depends("transfer_ids.state")
    @api.depends_context("uid")
    def _compute_transfer_id(self):
        for case in self:
            found = case.transfer_ids
            case.transfer_count = len(found)
            case.transfer_id = found.filtered(lambda one: one.state in OPEN)[:1]
            case.transfer_state = case.transfer_id.state
            case.may_answer_transfer = case.transfer_id.may_answer
            case.may_decide_transfer = case.transfer_id.may_decide
            case.may_withdraw_transfer = case.transfer_id.may_withdraw

    @api.depends("team_id", "phase", "transfer_ids.state")
    @api.depends_context("uid")
    def _compute_may_transfer(self):
        for case in self:
            case.may_reroute = not case.team_id or case.team_id._is_led()
            case.may_transfer = (
                bool(case._origin)
                and case.phase in MOVABLE
                and not case.transfer_id
                and case._is_of_my_team()
            )

    # ----------------------------------------------------------------- buttons
    def action_transfer(self):
        """Open the dialog that proposes to transfer these cases."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_case_transfer_proposal_action"
        )
        return {
            **action,
            "context": {"active_ids": self.ids, "active_model": self._name},
        }

    def action_accept_transfer(self):
        """Accept the transfer that waits for an answer."""
        return self._get_open_transfer().action_accept()

    def action_dispute_transfer(self):
        """Dispute the transfer that waits for an answer."""
        return self._get_open_transfer().action_dispute()

    def action_decide_transfer(self):
        """Decide on the transfer that is before the arbiter."""
        return self._get_open_transfer().action_decide()

    def action_withdraw_transfer(self):
        """Take back the transfer that waits for an answer."""
        return self._get_open_transfer().action_withdraw()

    def _get_open_transfer(self):
        self.ensure_one()
        self.check_access("read")
        transfer = self.transfer_id
        if not transfer:
            raise UserError(self.env._("No transfer of this case waits any more."))
        return transfer

    def _get_next_screen(self, xmlid):
        """Return what follows a dialog: the screen below it, or else a list.

        Whoever was let in for an answer alone reads the case no longer, and the screen
        below would be an error.

        :param xmlid: the action of that list
        """
        self.ensure_one()
        self.env.flush_all()
        if self.has_access("read"):
            return {"type": "ir.actions.act_window_close"}
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "target": "main"}

    # --------------------------------------------------------------- proposing
    def _is_of_my_team(self):
        """Tell whether the user works in the team that has the case, or leads it."""
        self.ensure_one()
        team = self.sudo().team_id
        people = team.user_ids | team.user_id | self.sudo().user_id
        return bool(team) and (self.env.user in people or self.team_id._is_led())

    def _check_may_propose(self):
        """Raise unless the user speaks for the team, and it still has the work."""
        self.ensure_one()
        if not self.team_id:
            raise UserError(
                self.env._(
                    "%s is in triage: choose its service type, the team follows.",
                    self.display_name,
                )
            )
        if not self._is_of_my_team():
            raise AccessError(
                self.env._(
                    "Only somebody of %(team)s proposes to transfer %(case)s.",
                    team=self.team_id.complete_name,
                    case=self.display_name,
                )
            )
        if self.phase not in MOVABLE:
            raise UserError(
                self.env._(
                    "%s has been answered or has ended; there is nothing to transfer.",
                    self.display_name,
                )
            )

    def _get_standing(self):
        """Return how the transfers of the case stand."""
        self.ensure_one()
        case = self.sudo()
        return transfers.stand(
            case.team_id.id or 0,
            [
                Past(
                    row.state, row.to_team_id.id, row.is_disputed, row.final_team_id.id
                )
                for row in case.transfer_ids.sorted("id")
            ],
        )

    def _get_proposal_deadline(self, site_visit):
        """Return until when the team finds out that the case is not its own."""
        moves = self.sudo().event_ids.filtered(
            lambda event: event.kind in ("routed", "transferred")
        )
        came = moves.sorted(lambda event: (event.at, event.id))[-1:].at
        days = PROPOSE_DAYS[bool(site_visit)]
        return self.team_id._get_end_of_day(days, came or self.received_date)

    def _get_first_routing(self):
        """Return which team and type the case was routed to at first, and how."""
        case = self.sudo()
        first = case.transfer_ids.sorted("id")[:1]
        names = ("first_team_id", "first_category_id", "is_routed_by_staff")
        if first:
            return {
                name: first._fields[name].convert_to_write(first[name], first)
                for name in names
            }
        events = case.event_ids.sorted(lambda event: (event.at, event.id))
        routed = events.filtered(lambda event: event.kind == "routed")[:1]
        return {
            "first_team_id": (routed.team_id or case.team_id).id,
            "first_category_id": (routed.category_id or case.category_id).id,
            "is_routed_by_staff": bool(routed.user_id) and not routed.user_id.share,
        }

    # ----------------------------------------------------------------- effects
    def _hand_over(self, team, category=None):
        """Give the case to a team, where nobody handles it yet; as superuser."""
        self.ensure_one()
        values = {"team_id": team.id, "user_id": False}
        if category and category != self.category_id:
            values["category_id"] = category.id
        self.sudo().write(values)

    def _note_guests(self):
        """Note which of the cases somebody of another team may read for now."""
        for case in self.sudo():
            lent = case._has_guests()
            if bool(case.is_lent) != lent:
                case.is_lent = lent

    def _has_guests(self):
        """Tell whether somebody of another team is asked about the case."""
        return any(transfer.state in OPEN for transfer in self.transfer_ids)

    def _end_open_transfers(self):
        """The case has gone or ended, so nobody has to answer any more."""
        found = self.sudo().transfer_ids.filtered(lambda one: one.state in OPEN)
        for transfer in found:
            transfer._end("withdrawn")
            transfer._tell_history("transfer_withdrawn")
