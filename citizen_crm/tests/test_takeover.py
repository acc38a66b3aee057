"""The hooks, on tickets as the base would have left them.

The whole life - installed on a helpdesk in use, updated, uninstalled - is tested on a
database of its own (tests/platform).
"""

from odoo.tools import SQL

from .. import hooks
from .common import CitizenCommon


class TestTakeover(CitizenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = {
            name: cls.env.ref(f"helpdesk_mgmt.{name}") for name in hooks.BASE_STAGES
        }
        for stage in cls.base.values():
            stage.active = True
        cls.hold = cls.env["helpdesk.ticket.stage"].create(
            {"name": "On hold", "phase": "waiting"}
        )

    def _insert_ticket(self, stage, **columns):
        """Register a ticket, then take away what the base does not know of."""
        values = self._case_values(received_date="2025-03-03 08:00:00")
        ticket = self.Case._create_backdated([(values, [])])
        columns = {
            "role": "customer",
            "nature": "service_request",
            "citizen_id": None,
            "stage_id": stage.id,
            "phase": stage.phase,
            "is_open": not stage.closed,
            "unattended": stage.unattended,
            "last_stage_update": "2025-03-06 08:00:00",
            **columns,
        }
        self.env.flush_all()
        for name, value in columns.items():
            self.env.execute_query(
                SQL(
                    "UPDATE helpdesk_ticket SET %s = %s WHERE id = %s RETURNING id",
                    SQL.identifier(name),
                    value,
                    ticket.id,
                )
            )
        self.env.invalidate_all()
        return ticket

    def test_people_become_customers(self):
        """An organisation's contacts share its record; the unknown have none."""
        new = self.base["helpdesk_ticket_stage_new"]
        known = self._create_customer(self.ben)
        tickets = [
            self._insert_ticket(new, partner_id=partner and partner.id)
            for partner in (self.ada, self.baker, self.bakery, self.ben, None)
        ]
        own = self._create_case(partner_id=self.ada.id, role="citizen")
        hooks.post_init_hook(self.env)
        self.assertEqual(
            [ticket.customer_id.partner_id for ticket in tickets],
            [self.ada, self.bakery, self.bakery, self.ben, self.env["res.partner"]],
        )
        self.assertEqual(tickets[3].customer_id, known)
        self.assertRegex(tickets[0].customer_id.account_number, r"^K\d{6}$")
        self.assertNotEqual(
            tickets[0].customer_id.account_number, tickets[1].customer_id.account_number
        )
        later = self._create_customer(self._create_partner("Eva Lane"))
        self.assertGreater(
            later.account_number,
            max(t.customer_id.account_number or "" for t in tickets),
        )
        self.assertFalse(own.customer_id)
        self.assertKinds(own, ["received"])

    def test_stages_and_history(self):
        """Each stage of the base leads to its phase, with the dates there are."""
        moved = "2025-03-06 08:00:00"
        for name, phase in hooks.BASE_STAGES.items():
            with self.subTest(name):
                ticket = self._insert_ticket(
                    self.base[name],
                    team_id=self.roads.id,
                    user_id=self.handler.id,
                    assigned_date="2025-03-04 08:00:00",
                    closed_date="2025-03-05 08:00:00",
                )
                hooks.post_init_hook(self.env)
                kinds = ["received", "routed", "assigned"]
                if phase != "received":
                    kinds.append(phase)
                self.assertKinds(ticket, kinds)
                self.assertPhase(ticket, "assigned" if phase == "received" else phase)
                self.assertEqual(ticket.unattended, ticket.stage_id.unattended)
                last = ticket.event_ids.sorted("id")[-1]
                self.assertEqual(last.stage_id, ticket.stage_id)
                if phase != "received":
                    expected = moved if ticket.is_open else "2025-03-05 08:00:00"
                    self.assertEqual(str(last.at), expected)

    def test_new_tickets_without_agent_or_team(self):
        new = self.base["helpdesk_ticket_stage_new"]
        free = self._insert_ticket(new, team_id=self.roads.id)
        lost = self._insert_ticket(new)
        hooks.post_init_hook(self.env)
        self.assertPhase(free, "routed")
        self.assertKinds(free, ["received", "routed"])
        self.assertPhase(lost, "received")
        self.assertKinds(lost, ["received"])

    def test_missing_dates(self):
        """A ticket created as done, and an agent without date."""
        ticket = self._insert_ticket(
            self.base["helpdesk_ticket_stage_done"], user_id=self.handler.id
        )
        hooks.post_init_hook(self.env)
        self.assertKinds(ticket, ["received", "assigned", "closed"])

    def test_stages_of_the_administrator_stay(self):
        ticket = self._insert_ticket(self.hold)
        hooks.post_init_hook(self.env)
        self.assertEqual(ticket.stage_id, self.hold)
        self.assertKinds(ticket, ["received", "waiting"])

    def test_twice_is_once(self):
        ticket = self._insert_ticket(
            self.base["helpdesk_ticket_stage_new"], partner_id=self.ada.id
        )
        hooks.post_init_hook(self.env)
        customer = ticket.customer_id
        hooks.post_init_hook(self.env)
        self.assertEqual(ticket.customer_id, customer)
        self.assertKinds(ticket, ["received"])

    def test_staff_become_members_and_stay(self):
        """Employees get a membership; users who are none stay as they are."""
        self._create_employee("Hugo Handler", self.handler)
        hooks.post_init_hook(self.env)
        self.assertEqual(self.roads.member_ids.user_id, self.handler)
        self.assertEqual(self.roads.user_ids, self.handler + self.teamworker)

    def test_leaving(self):
        """Stages, flag, setting and menu are the base's again; the history goes."""
        closed = self._create_case(category_id=self.pothole.id)
        self._move(closed, "closed")
        assigned = self._create_case(
            category_id=self.pothole.id, user_id=self.handler.id
        )
        withdrawn = self._create_case()
        self._move(withdrawn, "withdrawn")
        self.company.helpdesk_mgmt_duplicate_ticket_stage_id = self._stage("withdrawn")
        hooks.uninstall_hook(self.env)
        for case, name in (
            (closed, "done"),
            (assigned, "new"),
            (withdrawn, "cancelled"),
        ):
            stage = self.base[f"helpdesk_ticket_stage_{name}"]
            self.assertEqual(case.stage_id, stage)
            self.assertEqual(case.unattended, stage.unattended)
        self.assertEqual(
            self.company.helpdesk_mgmt_duplicate_ticket_stage_id,
            self.base["helpdesk_ticket_stage_cancelled"],
        )
        self.assertTrue(self.env.ref("helpdesk_mgmt.helpdesk_ticket_main_menu").active)
        self.assertFalse(self.env["citizen.case.event"].search_count([]))
