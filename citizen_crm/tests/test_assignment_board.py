"""What people see of fair assignment: why me, the own share, and the lead's board."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time

from ..tools.inequality import jain
from . import assignment_common
from .common import CLEARED


class TestAssignmentWhy(assignment_common.AssignmentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.Case.create(
            {
                "name": "Hole",
                "description": "<p>Deep.</p>",
                "category_id": cls.pothole.id,
            }
        )

    def _why(self, case, user=None):
        case = case.with_user(user or case.user_id)
        case.invalidate_recordset(["can_ask_why"])
        return case.get_assignment_explanation()

    def test_dispatched_case_is_explained_and_confirmed(self):
        self._dispatch()
        told = self._why(self.case)["charge"]
        self.assertIn("Given to you: lowest of 3 eligible", told["explanation"])
        self.assertEqual(
            (told["points"], told["before"], told["after"]), ("1.0", "0.0", "+0.7")
        )
        self.assertEqual(told["replay"], "equal")
        self.assertTrue(told["is_mine"])
        self.assertEqual(len(told["neighbours"]), 3)
        self.assertEqual([n["is_own"] for n in told["neighbours"]].count(True), 1)

    def test_colleagues_stay_anonymous(self):
        self._dispatch()
        self._give_leave(self.ann, 5)
        second = self._file()
        self._dispatch()
        told = self._why(second)
        names = {"Ann", "Bob", "Cid"} - {second.user_id.employee_ids.name}
        for name in names:
            self.assertNotIn(name, str(told))
        self.assertEqual(told["charge"]["excluded"], ["1 not on duty"])
        balances = [n["balance"] for n in told["charge"]["neighbours"]]
        self.assertEqual(balances, sorted(balances, key=lambda b: (b[0] == "+", b)))

    def test_by_hand_says_so_and_claims_no_check(self):
        self._dispatch()
        other = next(
            m.user_id for m in (self.ann, self.bob) if m.user_id != self.case.user_id
        )
        self.case.with_user(self.lead)._hand_to(other, "Knows the street")
        told = self._why(self.case)["charge"]
        self.assertEqual((told["replay"], told["before"]), ("pending", ""))
        self.env["citizen.assignment.balance"].sudo()._book(self.roads)
        told = self._why(self.case)["charge"]
        self.assertIn("Lead, by hand: Knows the street", told["explanation"])
        self.assertEqual((told["replay"], told["neighbours"]), ("manual", []))

    def test_a_choice_that_does_not_follow_is_said(self):
        self._dispatch()
        entry = self.env["citizen.assignment.entry"].sudo()
        entry = entry.search([("case_id", "=", self.case.id)])
        stored = entry.decision
        for candidate in stored["candidates"]:
            if candidate[0] == entry.employee_id.id:
                candidate[1] += 5000
        entry.flush_recordset()
        self.env.cr.execute(
            "UPDATE citizen_assignment_entry SET decision = %s WHERE id = %s",
            (fields.Json().convert_to_column(stored, entry), entry.id),
        )
        entry.invalidate_recordset()
        self.assertEqual(self._why(self.case)["charge"]["replay"], "differs")

    def test_who_may_ask(self):
        self._dispatch()
        others = [
            m.user_id
            for m in (self.ann, self.bob, self.cid)
            if m.user_id != self.case.user_id
        ]
        for user in (*others, self.clerk):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._why(self.case, user)
        told = self._why(self.case, self.lead)["charge"]
        self.assertFalse(told["is_mine"])
        self.assertIn(self.case.user_id.name, told["explanation"])
        with self.assertRaises(AccessError):
            self._why(self.case, self.portal)

    def test_looking_as_superuser_opens_nothing(self):
        """Neither does what was read so stay in the cache."""
        self._dispatch()
        self.assertFalse(self.roads.with_user(self.clerk).sudo().is_led_by_me)
        self.assertFalse(self.case.with_user(self.clerk).sudo().can_ask_why)
        with self.assertRaises(AccessError):
            self._why(self.case, self.clerk)

    def test_held_without_a_charge(self):
        """The lead is no member here: nothing is charged, and the answer says so."""
        self.case.sudo().user_id = self.lead
        self.assertIsNone(self._why(self.case, self.lead)["charge"])

    def test_handler_is_given_by_the_dialog_alone(self):
        self.assertTrue(self.case.is_shared_by_ledger)
        view = "citizen_crm.helpdesk_ticket_view_form"
        form = Form(self.case.with_user(self.lead), view)
        with self.assertRaisesRegex(AssertionError, "readonly"):
            form.user_id = self.ann.user_id
        self.rule.action_retire()
        self.case.invalidate_recordset(["is_shared_by_ledger"])
        form = Form(self.case.with_user(self.lead), view)
        form.user_id = self.ann.user_id
        self.assertEqual(form.save().user_id, self.ann.user_id)

    def test_entry_opens_its_case_for_who_may_see_it(self):
        self._dispatch()
        entry = self.env["citizen.assignment.entry"].sudo()
        entry = entry.search([("case_id", "=", self.case.id)])
        action = entry.with_user(self.case.user_id).action_open_case()
        self.assertEqual(action["res_id"], self.case.id)
        holder = self.case.user_id
        self.case.with_user(self.lead)._hand_to(self.lead.browse(), "Too much")
        holder.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        with self.assertRaisesRegex(UserError, f"Case {self.case.number}: you may not"):
            entry.with_user(holder).action_open_case()


class TestMyShare(assignment_common.AssignmentCommon):
    def _share(self, member):
        Balance = self.env["citizen.assignment.balance"].with_user(member.user_id)
        return Balance.get_my_share()

    def test_share_follows_from_the_ledger(self):
        self._file(4)
        self._dispatch()
        for member in (self.ann, self.bob, self.cid):
            (team,) = self._share(member)["teams"]
            milli = self._balance(member)
            self.assertAlmostEqual(team["received"] - team["share"], milli / 1000)
            word = "more" if milli > 0 else "less"
            self.assertIn(word, team["sentence"])
            self.assertEqual(team["cap"], 12)
            self.assertEqual(team["open"], len(team["entries"]))
            own = {entry["explanation"][:12] for entry in team["entries"]}
            self.assertEqual(own, {"Given to you"})
            self.assertEqual(
                [line["name"] for line in team["colleagues"] if line["is_own"]],
                [member.employee_id.name],
            )
            self.assertEqual(len(team["colleagues"]), 3)

    def test_bound_holds_and_counts_capacity(self):
        self.cid.capacity = 0.5
        self.pothole.effort_points = 2
        self._file(9)
        self._dispatch()
        team = self._share(self.ann)["teams"][0]
        told = team["bound"]
        self.assertEqual(
            (told["heaviest"], told["shortest"], told["slack"], told["points"]),
            (2, 0.5, 3, 7),
        )
        keys = [line["key"] for line in team["colleagues"]]
        self.assertLessEqual(max(keys) - min(keys), told["points"])

    def test_aggregate(self):
        self._file(4)
        self._dispatch()
        aggregate = self._share(self.ann)["teams"][0]["aggregate"]
        self.assertEqual(aggregate["spread"], [1, 1, 2])
        self.assertAlmostEqual(aggregate["jain"], jain([1, 1, 2]), 2)

    def test_own_entries_alone_and_of_the_period(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=40)):
            old = self._file(3)
            self._dispatch()
        new = self._file(3)
        self._dispatch()
        numbers = {
            entry["number"]
            for entry in self._share(self.ann)["teams"][0]["entries"]
            if entry["number"]
        }
        own = new.filtered(lambda case: case.user_id == self.ann.user_id)
        self.assertEqual(numbers, set(own.mapped("number")))
        self.assertFalse(numbers & set(old.mapped("number")))

    def test_no_share_for_residents(self):
        with self.assertRaises(AccessError):
            self.env["citizen.assignment.balance"].with_user(self.portal).get_my_share()

    def test_without_a_team_or_a_ledger(self):
        Balance = self.env["citizen.assignment.balance"]
        share = Balance.with_user(self.clerk).get_my_share()
        self.assertEqual((share["teams"], share["has_membership"]), ([], False))
        dan = self._create_colleague("Dan", self.parks)
        share = self._share(dan)
        self.assertEqual((share["teams"], share["by_hand"]), ([], ["Parks"]))
        self.ann.date_to = fields.Date.today() - timedelta(days=1)
        self.assertFalse(self._share(self.ann)["teams"])


class TestAssignmentBoard(assignment_common.AssignmentCommon):
    def _board(self, user=None, team=None, days=30):
        Team = self.env["helpdesk.ticket.team"].with_user(user or self.lead)
        return Team.get_assignment_board((team or self.roads).id, days)

    def _member(self, board, member):
        return next(m for m in board["members"] if m["id"] == member.employee_id.id)

    def test_members_add_up(self):
        cases = self._file(4)
        self._dispatch()
        other = cases.filtered(lambda case: case.user_id != self.cid.user_id)[0]
        other.with_user(self.lead)._hand_to(self.cid.user_id, "Knows the street")
        self._dispatch()
        board = self._board()
        for member in (self.ann, self.bob, self.cid):
            line = self._member(board, member)
            self.assertAlmostEqual(
                line["received"] - line["share"], line["balance"], msg=line["name"]
            )
            held = cases.filtered(lambda c, m=member: c.user_id == m.user_id)
            self.assertEqual((line["open"], line["cap"]), (len(held), 12))
        self.assertEqual(sum(m["received"] for m in board["members"]), 4)
        self.assertEqual(self._member(board, self.cid)["by_hand"], 1)
        (entry,) = board["by_hand"]["entries"]
        self.assertEqual(
            (entry["reason"], entry["by"], entry["employee"]),
            ("Knows the street", "Lead", "Cid"),
        )

    def test_jain_by_week(self):
        with freeze_time(fields.Datetime.now() - timedelta(days=20)):
            self._file()
            self._dispatch()
        self._file(2)
        self._dispatch()
        board = self._board()
        values = [line["value"] for line in board["jain"]]
        self.assertAlmostEqual(values[0], 1 / 3, 2)
        self.assertAlmostEqual(values[-1], 1, 2)
        self.assertEqual(len(values), 4)
        self.assertEqual(len(self._board(days=7)["jain"]), 1)

    def test_presence(self):
        self._give_leave(self.ann, 3)
        board = self._board()
        ann = self._member(board, self.ann)
        self.assertEqual(ann["presence"], "on_leave")
        self.assertEqual(ann["until"], "2026-03-07T00:00:00")
        self.assertEqual(self._member(board, self.bob)["presence"], "on_duty")
        with freeze_time(fields.Datetime.now() + timedelta(hours=14)):
            bob = self._member(self._board(), self.bob)
        self.assertEqual((bob["presence"], bob["until"]), ("off", False))

    def test_queue_and_exclusions(self):
        self._create_assignment_rule(cap_points=1)
        cases = self._file(5)
        self._dispatch()
        board = self._board()
        self.assertEqual(board["queue"]["count"], 2)
        waiting = {line["number"] for line in board["queue"]["cases"]}
        left = cases.filtered(lambda case: not case.user_id)
        self.assertEqual(waiting, set(left.mapped("number")))
        counts = {line["reason"]: line["count"] for line in board["exclusions"]}
        # Of the second case one was at the cap, of the third two.
        self.assertEqual(counts, {"At the cap of open effort": 3})

    def test_queue_shows_no_case_that_the_lead_may_not_see(self):
        self._file(nature="misconduct_report")
        queue = self._board()["queue"]
        self.assertEqual((queue["count"], queue["cases"]), (1, []))

    def test_who_may_open_it(self):
        for user in (self.ann.user_id, self.clerk, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._board(user)
        head = self._create_user("head", f"citizen_crm.group_department_head,{CLEARED}")
        self.roads.department_id = self.env["hr.department"].create(
            {"name": "Works", "manager_id": self._create_employee("Head", head).id}
        )
        for user in (head, self.admin):
            board = self._board(user)
            self.assertEqual(board["team"], "Roads")
            self.assertIn("Roads", [team["name"] for team in board["teams"]])
        with self.assertRaises(AccessError):
            self._board(self.lead, self.parks)
        with self.assertRaisesRegex(UserError, "Period"):
            self._board(days=8)

    def test_assign_now(self):
        cases = self._file(3)
        self.roads.with_user(self.lead).action_assign_now()
        self.assertTrue(all(cases.mapped("user_id")))
        with self.assertRaises(AccessError):
            self.roads.with_user(self.ann.user_id).action_assign_now()

    def test_team_without_a_ledger(self):
        board = self._board(self.admin, self.parks)
        self.assertFalse(board["keeps_ledger"])
        self.assertNotIn("members", board)

    def test_cost(self):
        """Board and share cost the same for few cases and for many."""
        self._file(6)
        self._dispatch()
        self._board()
        self._share_of_ann()
        costs = []
        for count in (0, 30):
            self._file(count)
            self._dispatch()
            self.env.flush_all()
            for call in (self._board, self._share_of_ann):
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                call()
                costs.append(self.cr.sql_log_count - before)
        self.assertEqual(costs[:2], costs[2:])
        self.assertLess(max(costs), 60)

    def _share_of_ann(self):
        Balance = self.env["citizen.assignment.balance"]
        return Balance.with_user(self.ann.user_id).get_my_share()
