from collections import Counter

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .helpdesk_ticket_due_column import DUE_COLUMNS


class HelpdeskTicket(models.Model):
    """The deadline board of a lead: who has how many cases due when."""

    _inherit = "helpdesk.ticket"

    @api.model
    @api.readonly
    def get_deadline_board(self, team_id=None):
        """Return the open cases of the user's teams, counted by handler and due day.

        Only cases that the user may see are counted.

        :param team_id: one of the user's teams; all of them without
        """
        if not self.env.user.has_group("citizen_crm.group_team_lead"):
            raise AccessError(
                self.env._("The deadline board is for team leads and department heads.")
            )
        teams = self._get_led_teams()
        chosen = teams.filtered(lambda team: team.id == team_id) if team_id else teams
        if team_id and not chosen:
            raise UserError(
                self.env._("Team: choose one of the teams that you lead or head.")
            )
        domain = Domain("team_id", "in", chosen.ids) & Domain("is_open", "=", True)
        labels = dict(self._fields["due_column"]._description_selection(self.env))
        return {
            "teams": [{"id": team.id, "name": team.display_name} for team in teams],
            "team_id": team_id or False,
            "columns": [{"key": key, "label": labels[key]} for key, _l in DUE_COLUMNS],
            "rows": self._count_board(domain, chosen.user_ids),
            "domain": list(domain & self._get_owed_domain()),
        }

    @api.model
    def _get_led_teams(self):
        """Return the teams that the user leads, or whose department they head.

        As superuser: who leads what is no secret, but employees are.
        """
        return (
            self.env["helpdesk.ticket.team"]
            .sudo()
            .search(
                [
                    "|",
                    "|",
                    ("user_id", "=", self.env.uid),
                    ("department_id.manager_id.user_id", "=", self.env.uid),
                    ("department_id.parent_id.manager_id.user_id", "=", self.env.uid),
                ]
            )
        )

    @api.model
    def _count_board(self, domain, members):
        """Return a row for nobody, for each member and for whoever else has a case.

        :param domain: of the cases
        :return: list of ``{"user_id", "name", "cells"}``; a cell is a column's key with
            the number of cases and their effort points
        """
        groups = self._read_group(
            domain & self._get_owed_domain(),
            ["user_id", "due_column", "category_id"],
            ["__count"],
        )
        counts, points = Counter(), Counter()
        for user, column, category, count in groups:
            counts[user.id, column] += count
            points[user.id, column] += count * (category.sudo().effort_points or 1)
        users = members.sudo() | self.env["res.users"].sudo().browse(
            user.id for user, *_rest in groups if user
        )
        named = sorted(users.mapped(lambda user: (user.name, user.id)))
        return [
            {
                "user_id": user_id,
                "name": name,
                "cells": {
                    key: {"count": counts[user_id, key], "points": points[user_id, key]}
                    for key, _label in DUE_COLUMNS
                },
            }
            for name, user_id in [(self.env._("Nobody yet"), False), *named]
        ]
