from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.duty_figures import per_full_time
from ...tools.duty_ledger import FULL_TIME, MILLI
from ..sla.instants import to_instant, to_moment

#: For how many days the board counts.
PERIODS = (7, 30, 90)
#: Lines of a list on the board; the ledger and the list of cases have them all.
MOST_LINES = 50


class HelpdeskTicketTeam(models.Model):
    """The fair work board of a lead: who had how much, who can take more."""

    _inherit = "helpdesk.ticket.team"

    is_led_by_me = fields.Boolean(
        string="I Lead This Team",
        compute="_compute_is_led_by_me",
        help="The user leads the team, heads its department or keeps the catalogue.",
    )
    is_shared_by_ledger = fields.Boolean(
        string="Shares by the Ledger",
        compute="_compute_is_shared_by_ledger",
        help="A rule in force lets the desk give out the cases of the team.",
    )

    @api.depends_context("uid")
    @api.depends("user_id", "department_id")
    def _compute_is_led_by_me(self):
        # By the user's own rights also where somebody looks as superuser: it is cached.
        for team in self:
            try:
                team.with_user(self.env.uid)._check_leads()
                team.is_led_by_me = True
            except AccessError:
                team.is_led_by_me = False

    def _compute_is_shared_by_ledger(self):
        for team in self:
            team.is_shared_by_ledger = team._shares_by_ledger()

    @api.model
    @api.readonly
    def get_assignment_board(self, team_id=None, days=30):
        """Return how the work of a team is shared, for who leads it.

        :param team_id: one of the teams that the user leads; the first one without
        :param days: for how many days is counted, one of ``PERIODS``
        """
        if days not in PERIODS:
            raise UserError(
                self.env._("Period: choose 7, 30 or 90 days, not %s.", days)
            )
        teams = self.search([("active", "=", True)]).filtered("is_led_by_me")
        team = self.browse(team_id) if team_id else self._choose_board_team(teams)
        if team:
            team._check_leads()
        board = {
            "teams": [{"id": led.id, "name": led.complete_name} for led in teams],
            "periods": list(PERIODS),
            "days": days,
            "team_id": team.id or False,
            "team": team.complete_name or "",
            "keeps_ledger": bool(team) and team._keeps_ledger(),
        }
        if board["keeps_ledger"]:
            board |= team._tell_board(days)
        return board

    @api.model
    def _choose_board_team(self, teams):
        """Return the team that is shown first: one that keeps a ledger."""
        own = teams.filtered(lambda team: team.user_id == self.env.user) or teams
        ledgers = self.env["citizen.assignment.rule"]._get_team_rules()
        return (own.filtered(lambda team: team.id in ledgers) or own)[:1]

    def _tell_board(self, days):
        figures = self._measure_ledger(days, step=1 if days == 7 else 7)
        rule = self._get_rule()
        return {
            "is_shared": self._shares_by_ledger(),
            "rule": rule.display_name if rule else "",
            "members": self._tell_members(figures[-1][1], days, rule),
            "jain": [
                {"date": end.isoformat(), "value": found.jain}
                for end, found in figures
                if found.jain is not None
            ],
            "queue": self._tell_queue(),
            "exclusions": self._tell_board_exclusions(days),
            "by_hand": self._tell_by_hand(days),
        }

    # ---------------------------------------------------------------- members
    def _tell_members(self, figures, days, rule):
        """Return a row for each member with a login, the lowest balance first."""
        members = self._get_current_members()
        presence = self._get_presence(members)
        rows = {row.employee_id: row for row in self.sudo().assignment_balance_ids}
        by_hand = self._count_by_hand(days)
        told = []
        for member in members:
            employee = member.employee_id
            row = rows.get(employee)
            full_time = round(member.capacity * FULL_TIME)
            told.append(
                {
                    "id": employee.id,
                    "name": employee.name,
                    "capacity": member.capacity,
                    "received": figures.received[employee.id] / MILLI,
                    "share": figures.share[employee.id] / MILLI,
                    "open": row.open_points if row else 0,
                    "cap": rule.cap_points * member.capacity if rule else 0,
                    "balance": row.balance if row else 0,
                    "key": per_full_time(row.milli, full_time) / MILLI if row else 0,
                    "by_hand": by_hand.get(employee.id, 0),
                    **presence[employee.id],
                }
            )
        return sorted(told, key=lambda line: (line["key"], line["name"]))

    def _get_presence(self, members):
        """Return where each employee stands to today's work, and until when."""
        now = fields.Datetime.now()
        duty, instant = self._get_duty(now), to_instant(now)
        leaves = members._get_leaves(instant)
        found = {}
        for member in members:
            employee = member.employee_id
            state, until = duty[employee.id].exclusion or "on_duty", 0
            for begin, end in sorted(leaves.get(employee.resource_id.id, ())):
                if begin <= max(until, instant) < end:
                    until = end
            if state == "away":
                state = "on_leave" if until else "off"
            found[employee.id] = {
                "presence": state,
                "until": to_moment(until).isoformat() if until else False,
            }
        return found

    def _count_by_hand(self, days):
        """Return how many cases each employee was given by hand."""
        groups = (
            self.env["citizen.assignment.entry"]
            .sudo()
            ._read_group(self._get_by_hand_domain(days), ["employee_id"], ["__count"])
        )
        return {employee.id: count for employee, count in groups}

    def _get_by_hand_domain(self, days):
        since = fields.Datetime.now() - timedelta(days=days)
        return [
            ("team_id", "=", self.id),
            ("kind", "=", "charge"),
            ("method", "=", "manual"),
            ("at", ">=", since),
        ]

    # ------------------------------------------------------------------ lists
    def _tell_queue(self):
        """Return the waiting cases that the user may see, and how many there are."""
        domain = [("team_id", "=", self.id), ("queued_date", "!=", False)]
        cases = self.env["helpdesk.ticket"].search_fetch(
            domain,
            ["number", "name", "category_id", "queued_date", "priority"],
            order="priority desc, queued_date, id",
            limit=MOST_LINES,
        )
        return {
            "count": self.env["helpdesk.ticket"].sudo().search_count(domain),
            "cases": [
                {
                    "id": case.id,
                    "number": case.number,
                    "name": case.name,
                    "type": case.category_id.sudo().name or "",
                    "since": case.queued_date.isoformat(),
                    "is_urgent": case.priority in ("2", "3"),
                }
                for case in cases
            ],
        }

    def _tell_board_exclusions(self, days):
        counts = self._count_exclusions(days)
        words = self.env["citizen.assignment.entry"]._get_exclusion_labels()
        return [
            {"reason": words.get(code, code), "count": counts[code]}
            for code in sorted(counts, key=counts.get, reverse=True)
        ]

    def _tell_by_hand(self, days):
        """Return the newest cases that were given by hand, with their reasons."""
        entries = self.env["citizen.assignment.entry"].sudo()
        domain = self._get_by_hand_domain(days)
        return {
            "count": entries.search_count(domain),
            "entries": [
                {
                    "id": entry.id,
                    "at": entry.at.isoformat(),
                    "number": entry.case_number or "",
                    "employee": entry.employee_id.name,
                    "by": entry.user_id.name or "",
                    "points": entry.effort,
                    "reason": entry.reason or "",
                }
                for entry in entries.search(domain, order="id desc", limit=MOST_LINES)
            ],
        }
