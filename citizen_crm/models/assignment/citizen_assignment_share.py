from datetime import timedelta

from odoo import api, fields, models

from ...tools.duty_figures import bound, per_full_time, spread
from ...tools.duty_ledger import FULL_TIME, MILLI

#: The period of "My Share", in days.
DAYS = 30
#: Entries that are shown of a team.
MOST_ENTRIES = 100


class CitizenAssignmentBalance(models.Model):
    """The own share: what an employee may know of the team's ledger.

    Names and balances are open to the team; colleagues' cases and entries are not.
    """

    _inherit = "citizen.assignment.balance"

    @api.model
    @api.readonly
    def get_my_share(self):
        """Return how the user stands in each of the own teams that keep a ledger."""
        self.check_access("read")
        employees = self.env.user.sudo().employee_ids
        members = (
            self.env["citizen.team.member"]
            .sudo()
            .search([("employee_id", "in", employees.ids)])
            .filtered(lambda member: member.is_current and member.team_id.active)
        )
        ledgers = [member for member in members if member.team_id._keeps_ledger()]
        return {
            "days": DAYS,
            "has_membership": bool(members),
            "by_hand": [
                member.team_id.complete_name
                for member in members
                if member not in ledgers
            ],
            "teams": [self._tell_share(member) for member in ledgers],
        }

    @api.model
    def _tell_share(self, member):
        """Return the share of a member, all of it as superuser.

        :param member: a membership of the user's own employee
        """
        team, employee = member.team_id, member.employee_id
        rule = team._get_rule()
        figures = team._measure_ledger(DAYS)[-1][1]
        row = team.assignment_balance_ids.filtered(
            lambda row: row.employee_id == employee
        )
        return {
            "id": team.id,
            "name": team.complete_name,
            "is_shared": team._shares_by_ledger(),
            "sentence": self._tell_balance(row.milli),
            "open": row.open_points,
            "cap": rule.cap_points * member.capacity if rule else 0,
            "received": figures.received[employee.id] / MILLI,
            "share": figures.share[employee.id] / MILLI,
            "entries": self._tell_entries(team, employee),
            "aggregate": self._tell_aggregate(team, figures),
            "colleagues": self._tell_colleagues(team, employee),
            "bound": self._tell_bound(team, rule),
        }

    @api.model
    def _tell_balance(self, milli):
        points = self.env["citizen.assignment.entry"]._tell_points(abs(milli))
        points = points.lstrip("+")
        if not round(milli / MILLI, 1):
            return self.env._("You have had just your share.")
        if milli > 0:
            return self.env._("You have had %s points more than your share.", points)
        return self.env._("You have had %s points less than your share.", points)

    @api.model
    def _tell_entries(self, team, employee):
        """Return the own entries of the period, the newest first."""
        since = fields.Datetime.now() - timedelta(days=DAYS)
        entries = team.env["citizen.assignment.entry"].search(
            [
                ("team_id", "=", team.id),
                ("employee_id", "=", employee.id),
                ("at", ">=", since),
            ],
            order="id desc",
            limit=MOST_ENTRIES,
        )
        kinds = dict(entries._fields["kind"]._description_selection(self.env))
        return [
            {
                "id": entry.id,
                "at": entry.at.isoformat(),
                "kind": kinds[entry.kind],
                "number": entry.case_number or "",
                "points": entry.effort,
                "explanation": entry.explanation,
            }
            for entry in entries
        ]

    @api.model
    def _tell_aggregate(self, team, figures):
        """Return how the team's work of the period was shared, without names."""
        members = team._get_current_members()
        points = spread(
            per_full_time(
                figures.received[member.employee_id.id],
                round(member.capacity * FULL_TIME),
            )
            for member in members
        )
        return {
            "members": len(members),
            "spread": points and [value / MILLI for value in points],
            "jain": figures.jain,
        }

    @api.model
    def _tell_colleagues(self, team, employee):
        """Return the balances of the team, the lowest first."""
        members = {
            member.employee_id.id: round(member.capacity * FULL_TIME)
            for member in team._get_current_members()
        }
        rows = team.assignment_balance_ids.filtered(
            lambda row: row.employee_id.id in members
        )
        told = [
            {
                "id": row.employee_id.id,
                "name": row.employee_id.name,
                "balance": row.balance,
                "key": per_full_time(row.milli, members[row.employee_id.id]) / MILLI,
                "is_own": row.employee_id == employee,
            }
            for row in rows
        ]
        return sorted(told, key=lambda line: (line["key"], line["name"]))

    @api.model
    def _tell_bound(self, team, rule):
        """Return the bound on differences with its numbers, None without a rule."""
        heaviest = team._get_heaviest()
        members = team._get_current_members()
        if not rule or rule.method != "ledger" or not heaviest or not members:
            return None
        shortest = min(round(member.capacity * FULL_TIME) for member in members)
        slack = rule._get_milli("slack_points")
        return {
            "points": bound(heaviest, shortest, slack) / MILLI,
            "heaviest": heaviest / MILLI,
            "shortest": shortest / FULL_TIME,
            "slack": slack / MILLI,
        }
