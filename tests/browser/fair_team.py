"""A team that shares its work by the ledger, whatever the hour of the test."""

from __future__ import annotations

from odoo.tests import HttpCase, new_test_user

from odoo.addons.citizen_crm.models.assignment.helpdesk_ticket_team_dispatch import (
    Run,
)

CLEARED = "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer"


class FairTeam(HttpCase):
    """Everybody is on duty day and night, so the tests do not hang on the clock."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Day and night",
                "tz": "UTC",
                "attendance_ids": [
                    (0, 0, {"name": "Day", "dayofweek": str(day), **hours})
                    for day in range(7)
                    for hours in [{"hour_from": 0, "hour_to": 24}]
                ],
            }
        )
        cls.lead = new_test_user(
            cls.env,
            "fair_lead",
            name="Lead",
            groups=f"citizen_crm.group_team_lead,{CLEARED}",
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Fair Roads",
                "user_id": cls.lead.id,
                "resource_calendar_id": cls.calendar.id,
            }
        )
        cls.ann, cls.bob, cls.cid = (
            cls._create_colleague(name) for name in ("Ann", "Bob", "Cid")
        )
        cls.team.user_ids += cls.lead
        cls.env["citizen.assignment.rule"].create(
            {"team_id": cls.team.id, "match_language": False}
        ).action_activate()
        cls.service = cls.env["helpdesk.ticket.category"].create(
            {"name": "Fair Pothole", "is_service": True, "team_id": cls.team.id}
        )

    @classmethod
    def _create_colleague(cls, name: str):
        """Create a member of the team with a login; return the user."""
        user = new_test_user(
            cls.env,
            f"fair_{name.lower()}",
            name=name,
            groups=f"citizen_crm.group_case_handler,{CLEARED}",
        )
        employee = cls.env["hr.employee"].create(
            {
                "name": name,
                "user_id": user.id,
                "resource_calendar_id": cls.calendar.id,
                "tz": "UTC",
            }
        )
        cls.env["citizen.team.member"].create(
            {
                "team_id": cls.team.id,
                "employee_id": employee.id,
                "date_from": "2020-01-01",
            }
        )
        return user

    @classmethod
    def _file(cls, count: int):
        return cls.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Hole {number}",
                    "description": "Deep",
                    "category_id": cls.service.id,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def _dispatch(cls) -> None:
        run = Run()
        while cls.team._dispatch(run)[1]:
            pass
        cls.env.flush_all()
