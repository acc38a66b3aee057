from datetime import date, datetime, timedelta

from .common import CLEARED
from .sla_common import SlaCommon

#: A Monday at nine; the office works from 8 to 12 and from 13 to 17.
MONDAY = datetime(2026, 2, 2, 9)
HOUR = timedelta(hours=1)
#: The period in which the cases of the tests end.
PERIOD = date(2026, 1, 1), date(2026, 6, 30)


class EvaluationCommon(SlaCommon):
    """Roads belongs to the department of works; Ann, Bob and Cleo work there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Fact = cls.env["citizen.case.fact"]
        cls.works = cls.env["hr.department"].create({"name": "Works"})
        cls.roads.department_id = cls.works
        cls.ann, cls.bob, cls.cleo = (
            cls._hire(name) for name in ("Ann", "Bob", "Cleo")
        )
        cls.phone = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")

    @classmethod
    def _hire(cls, name):
        """Return an employee with a login, who handles the cases of Roads."""
        user = cls._create_user(
            name.lower(), f"citizen_crm.group_case_handler,{CLEARED}"
        )
        cls.roads.user_ids += user
        return cls._create_employee(name, user)

    @classmethod
    def _promise(cls):
        """Promise a first reply in four working hours and an answer in sixteen."""
        cls._create_rule(
            {
                "unit": "hours",
                "amount": 16,
                "pausing_reason_ids": [(6, 0, cls.supplement.ids)],
            },
            {"unit": "hours", "amount": 4, "kind": "first_reply"},
        )

    def _live(self, *story, phase="closed", start=MONDAY, **values):
        """Create a case of Roads that has lived through ``(hours, kind, who)``."""
        team = {"team_id": self.roads.id}
        holder, events = None, []
        for after, kind, *who in story:
            if kind in ("assigned", "unassigned", "transferred"):
                holder = who[0] if who else None
            event = {
                "kind": kind,
                "at": start + after * HOUR,
                "assignee_id": holder and holder.user_id.id,
                **(team if kind != "received" else {}),
            }
            if kind == "waiting":
                event["waiting_reason_id"] = self.supplement.id
                event["waiting_until"] = start + 999 * HOUR
            events.append(event)
        vals = self._case_values(
            **{
                "category_id": self.pothole.id,
                "partner_id": self.ada.id,
                "channel_id": self.phone.id,
                "received_date": events[0]["at"],
                "closed_date": events[-1]["at"],
                "stage_id": self._stage(phase).id,
                "user_id": holder and holder.user_id.id,
                **values,
            }
        )
        return self.Case._create_backdated([(vals, events)])

    def _finish(self, who, hours=3, **values):
        """Create a case that one person had, and answered after so many hours."""
        return self._live(
            (0, "received"),
            (0, "routed"),
            (0, "assigned", who),
            (hours, "answered"),
            (hours + 1, "closed"),
            **values,
        )

    def _facts(self, case, catch_up=True):
        """Return the facts of a case as superuser, in their order."""
        if catch_up:
            self.Fact._catch_up()
        return self.Fact.search([("case_id", "=", case.id)], order="number")

    def _insert(self, handler, count=1, **values):
        """Insert facts as they would be written, without any history."""
        lead = self._create_case(category_id=self.pothole.id)
        number = len(self.Fact.search([("case_id", "=", lead.id)]))
        return self.Fact.sudo().create(
            [
                {
                    "case_id": lead.id,
                    "number": number + place + 1,
                    "case_number": lead.number,
                    "handler_id": handler.id,
                    "team_id": self.roads.id,
                    "department_id": self.works.id,
                    "category_id": self.pothole.id,
                    "priority": "1",
                    "channel_id": self.phone.id,
                    "began_at": MONDAY,
                    "ended_at": MONDAY + HOUR,
                    "closed_on": MONDAY + HOUR,
                    "ended_by": "closed",
                    "counts_personally": True,
                    "is_settled": True,
                    **values,
                }
                for place in range(count)
            ]
        )
