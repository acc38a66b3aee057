from datetime import timedelta

from odoo import fields

from ..models.assignment.helpdesk_ticket_team_dispatch import Run
from .common import CLEARED
from .sla_common import SlaCommon


class AssignmentCommon(SlaCommon):
    """A team of three who share its work by the ledger; a lead, and nobody else.

    Everybody works in the office calendar; it is a Wednesday, eight o'clock.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.office
        # Users of the base's team without a membership are no part of a ledger.
        cls.roads.user_ids = [(6, 0, cls.lead.ids)]
        cls.ann, cls.bob, cls.cid = (
            cls._create_colleague(name) for name in ("Ann", "Bob", "Cid")
        )
        cls.rule = cls._create_assignment_rule()

    # ------------------------------------------------------------- factories
    @classmethod
    def _create_colleague(cls, name, team=None, capacity=1.0, **values):
        """Create an employee with a login and a membership; return the membership."""
        user = cls._create_user(
            name.lower(), f"citizen_crm.group_case_handler,{CLEARED}"
        )
        employee = cls.env["hr.employee"].create(
            {
                "name": name,
                "user_id": user.id,
                "resource_calendar_id": cls.office.id,
                "tz": "UTC",
            }
        )
        return cls.env["citizen.team.member"].create(
            {
                "team_id": (team or cls.roads).id,
                "employee_id": employee.id,
                "capacity": capacity,
                "date_from": "2020-01-01",
                **values,
            }
        )

    @classmethod
    def _create_assignment_rule(cls, team=None, activate=True, **values):
        rule = cls.env["citizen.assignment.rule"].create(
            {"team_id": (team or cls.roads).id, "match_language": False, **values}
        )
        if activate:
            rule.action_activate()
        return rule

    def _file(self, count=1, **values):
        """Register cases that wait in the queue of the roads team."""
        return self.Case.create(
            [
                {
                    "name": f"Hole {number}",
                    "description": "<p>Deep.</p>",
                    "category_id": self.pothole.id,
                    **values,
                }
                for number in range(count)
            ]
        )

    def _dispatch(self, team=None):
        """Let the dispatcher work until nothing more can be given out."""
        team, run = team or self.roads, Run()
        while team._dispatch(run)[1]:
            pass

    def _balance(self, member, team=None):
        """Return the balance of a member in thousandths, as booked."""
        self.env["citizen.assignment.balance"].sudo()._book(team or self.roads)
        row = self.env["citizen.assignment.balance"].search(
            [
                ("team_id", "=", (team or self.roads).id),
                ("employee_id", "=", member.employee_id.id),
            ]
        )
        return row.milli

    def _balances(self):
        return [self._balance(member) for member in (self.ann, self.bob, self.cid)]

    def _give_leave(self, member, days, start=0):
        """Let a member be on leave for calendar days, from ``start`` days on."""
        begin = fields.Datetime.now().replace(hour=0) + timedelta(days=start)
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": member.employee_id.resource_id.id,
                "calendar_id": self.office.id,
                "date_from": begin,
                "date_to": begin + timedelta(days=days, seconds=-1),
            }
        )
