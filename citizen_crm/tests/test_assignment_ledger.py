"""The duty ledger follows who has a case, however somebody came by it."""

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .assignment_common import AssignmentCommon


class TestLedger(AssignmentCommon):
    def _entries(self, case):
        entries = self.env["citizen.assignment.entry"].sudo()
        return entries.search([("case_id", "=", case.id)], order="step")

    def _kinds(self, case):
        return [(entry.kind, entry.employee_id.name) for entry in self._entries(case)]

    def assert_adds_up(self):
        """The balances follow from the entries, and nothing is lost."""
        self.env["citizen.assignment.balance"].sudo()._book(self.roads)
        self.assertEqual(self.roads._find_first_difference()[0], None)
        limbo = sum(
            account.points
            for account in self.env["citizen.assignment.entry"]
            .sudo()
            ._get_accounts(self.Case.search([]).ids)
            .values()
            if account.team_id == self.roads.id and not account.employee_id
        )
        self.assertEqual(sum(self._balances()), -limbo)

    def test_dispatch_equals_out(self):
        cases = self._file(7)
        self.assertTrue(all(cases.mapped("queued_date")))
        self._dispatch()
        held = sorted(len(group) for group in cases.grouped("user_id").values())
        self.assertEqual(held, [2, 2, 3])
        self.assertEqual(set(cases.mapped("phase")), {"assigned"})
        self.assertFalse(any(cases.mapped("queued_date")))
        self.assertEqual(sum(self._balances()), 0)
        self.assert_adds_up()

    def test_credit_by_duty_hours(self):
        self.cid.capacity = 0.5
        case = self._file()
        self._dispatch()
        (entry,) = self._entries(case)
        hours = {int(key): span for key, span in entry.hours.items()}
        self.assertEqual(
            [hours[m.employee_id.id] for m in (self.ann, self.bob, self.cid)],
            [480, 480, 240],
        )
        credit = {0: [-400, -400, -200]}[0]
        receiver = (self.ann, self.bob, self.cid).index(
            next(m for m in (self.ann, self.bob, self.cid) if m.user_id == case.user_id)
        )
        credit[receiver] += 1000
        self.assertEqual(self._balances(), credit)

    def test_by_hand_is_charged_alike(self):
        case = self._file()
        case.with_user(self.lead)._hand_to(self.bob.user_id, "Knows the street")
        (entry,) = self._entries(case)
        self.assertEqual(
            (entry.kind, entry.method, entry.reason, entry.user_id, entry.points),
            ("charge", "manual", "Knows the street", self.lead, 1000),
        )
        self.assertAlmostEqual(self._balance(self.bob), 667, delta=1)
        self.assert_adds_up()

    def test_by_hand_needs_a_reason(self):
        case = self._file()
        with self.assertRaisesRegex(UserError, "Reason"):
            case.with_user(self.lead)._hand_to(self.bob.user_id, "  ")
        with self.assertRaisesRegex(UserError, "Assign…"):
            case.with_user(self.lead).user_id = self.bob.user_id
        with self.assertRaisesRegex(UserError, "Assign…"):
            # A context that a remote call can send is no reason.
            case.with_user(self.lead).with_context(handing="because").write(
                {"user_id": self.bob.user_id.id}
            )
        self.assertFalse(case.user_id)
        self.assertFalse(self._entries(case))

    def test_losers_are_told(self):
        case = self._file()
        wizard = (
            self.env["citizen.case.handing"]
            .with_user(self.lead)
            .with_context(active_ids=case.ids)
            .create({"user_id": self.ann.user_id.id, "reason": "Near"})
        )
        case.with_user(self.lead)._hand_to(self.bob.user_id, "Nearer")
        with self.assertRaisesRegex(UserError, "Bob has it now"):
            wizard.action_confirm()
        self.assertEqual(case.user_id, self.bob.user_id)

    def test_take_a_case_oneself(self):
        case = self._file()
        action = case.with_user(self.ann.user_id).assign_to_me()
        self.assertEqual(action["res_model"], "citizen.case.handing")
        wizard = (
            self.env["citizen.case.handing"]
            .with_user(self.ann.user_id)
            .with_context(**action["context"])
            .create({"reason": "I was there"})
        )
        wizard.action_confirm()
        self.assertEqual(case.user_id, self.ann.user_id)
        self.assertEqual(self._entries(case).user_id, self.ann.user_id)

    def test_back_to_the_queue_and_on(self):
        case = self._file()
        case.with_user(self.lead)._hand_to(self.ann.user_id, "First")
        case.with_user(self.lead)._hand_to(self.env["res.users"], "Mistake")
        self.assertTrue(case.queued_date)
        self.assertAlmostEqual(self._balance(self.ann), -333, delta=1)
        self.assert_adds_up()
        case.with_user(self.lead)._hand_to(self.cid.user_id, "Knows it")
        self.assertEqual(
            self._kinds(case),
            [("charge", "Ann"), ("reversal", "Ann"), ("charge", "Cid")],
        )
        for balance, share in zip(self._balances(), (-333, -333, 667), strict=True):
            self.assertAlmostEqual(balance, share, delta=1)
        self.assert_adds_up()

    def test_handed_over(self):
        case = self._file()
        case.with_user(self.lead)._hand_to(self.ann.user_id, "First")
        case.with_user(self.lead)._hand_to(self.bob.user_id, "Better")
        self.assertEqual(
            self._kinds(case),
            [("charge", "Ann"), ("reversal", "Ann"), ("charge", "Bob")],
        )
        self.assert_adds_up()

    def test_transfer_leaves_no_trace(self):
        case = self._file()
        self._dispatch()
        case.team_id = self.parks
        self.assertFalse(case.user_id)
        self.assertEqual(
            [kind for kind, _who in self._kinds(case)],
            ["charge", "reversal", "cancellation"],
        )
        self.assertEqual(self._balances(), [0, 0, 0])
        self.assert_adds_up()

    def test_finished_points_stay(self):
        case = self._file()
        self._dispatch()
        before = self._balances()
        self.env["citizen.assignment.balance"].sudo()._book(self.roads)
        rows = self.roads.assignment_balance_ids
        self.assertEqual(sum(rows.mapped("open_milli")), 1000)
        case.stage_id = self._get_stage("closed")
        self.assertEqual(self._balances(), before)
        self.assertEqual(sum(rows.mapped("open_milli")), 0)
        self.assert_adds_up()

    def _get_stage(self, phase):
        return self.env["helpdesk.ticket.stage"].search([("phase", "=", phase)])[:1]

    def test_reopened_goes_to_whoever_had_it(self):
        case = self._file()
        self._dispatch()
        handler = case.user_id
        case.stage_id = self._get_stage("closed")
        case.with_user(self.clerk).stage_id = self._get_stage("in_work")
        self.assertFalse(case.user_id)
        self._dispatch()
        self.assertEqual(case.user_id, handler)
        last = self._entries(case)[-1]
        self.assertEqual((last.kind, last.method), ("charge", "continuity"))
        self.assert_adds_up()

    def test_another_type_weighs_differently(self):
        heavy = self._create_service_type("Sinkhole", self.roads, effort_points=2.5)
        case = self._file()
        self._dispatch()
        case.category_id = heavy
        self.assertEqual(
            [kind for kind, _who in self._kinds(case)], ["charge", "weight"]
        )
        self.assertEqual(self._entries(case)[-1].points, 1500)
        self.assert_adds_up()
        rows = self.roads.assignment_balance_ids
        self.assertEqual(sum(rows.mapped("open_milli")), 2500)

    def test_opening_counts_as_open_work_alone(self):
        self.parks.user_ids = [(5, 0, 0)]
        dan = self._create_colleague("Dan", self.parks)
        case = self._file(category_id=self.tree.id)
        case.with_user(self.clerk).user_id = dan.user_id
        self.assertFalse(self._entries(case))
        self._create_assignment_rule(self.parks)
        self.assertEqual(self._kinds(case), [("opening", "Dan")])
        self.assertEqual(self._balance(dan, self.parks), 0)
        self.assertEqual(self.parks.assignment_balance_ids.open_milli, 1000)

    def test_confidential_cases_are_not_named(self):
        """Whoever reads the ledger sees that there was work, and how much."""
        self.ann.user_id.group_ids += self.env.ref("citizen_crm.group_confidential")
        case = self._file(nature="misconduct_report")
        self._dispatch()
        self.assertEqual(case.user_id, self.ann.user_id)
        entries = self.env["citizen.assignment.entry"].with_user(self.lead).search([])
        self.assertEqual(entries.mapped("points"), [1000])
        self.assertFalse(entries.case_number)
        self.assertFalse(entries.category_id)
        self.assertNotIn(case.number, entries.explanation)
        case.place = "Mill Lane"
        case.stage_id = self._get_stage("in_work")
        self.assertEqual(len(self._entries(case)), 1, "nothing is weighed anew")

    def test_first_type_of_a_case(self):
        heavy = self._create_service_type("Sinkhole", self.roads, effort_points=2.5)
        case = self._file(category_id=False, team_id=self.roads.id)
        self._dispatch()
        case.category_id = heavy
        self.assertEqual(self._entries(case).mapped("points"), [1000, 1500])
        self.assert_adds_up()

    def test_only_members_are_given_cases(self):
        case = self._file()
        with self.assertRaisesRegex(UserError, "is not in"):
            case.with_user(self.lead)._hand_to(self.clerk, "Near")
        self.assertFalse(case.user_id)

    def test_ledger_cannot_be_changed(self):
        case = self._file()
        self._dispatch()
        entry = self._entries(case)
        for change in (lambda: entry.write({"points": 1}), entry.unlink):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaises(AccessError):
            entry.with_user(self.lead).sudo(False).write({"number": 9})

    def test_who_reads_the_ledger(self):
        case = self._file()
        case.with_user(self.lead)._hand_to(self.ann.user_id, "Near")
        Entry = self.env["citizen.assignment.entry"]
        self.assertEqual(len(Entry.with_user(self.ann.user_id).search([])), 1)
        self.assertFalse(Entry.with_user(self.bob.user_id).search([]))
        self.assertEqual(len(Entry.with_user(self.lead).search([])), 1)
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            Entry.with_user(self.lead).search([]).read(["case_id"])
        Balance = self.env["citizen.assignment.balance"]
        self._balance(self.ann)
        self.assertEqual(len(Balance.with_user(self.bob.user_id).search([])), 3)
        self.assertFalse(Balance.with_user(self.handler).search([]))
