"""Who decides on an objection, and what follows from it."""

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .objection_common import ObjectionCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


class TestObjectionDecision(ObjectionCommon):
    @mute_logger(*QUIET)
    def test_never_the_own(self):
        lead = self._create_colleague_of(self.lead)
        case = self._give(lead)
        objection = self._object(case, lead)
        self.assertEqual(objection.sudo().activity_ids.user_id, self.head)
        self.assertFalse(objection.may_decide)
        with self.assertRaisesRegex(AccessError, "own objection"):
            self._decide(objection)
        self._decide(objection, user=self.head)
        self.assertEqual(objection.decided_by_id, self.head)

    @classmethod
    def _create_colleague_of(cls, user):
        """Make a user a member of the team who works on cases too."""
        return cls.env["citizen.team.member"].create(
            {
                "team_id": cls.roads.id,
                "employee_id": cls._create_employee(user.name, user).id,
                "date_from": "2020-01-01",
            }
        )

    def test_nobody_to_decide(self):
        self.roads.user_id = False
        self.roads.department_id = False
        with self.assertRaisesRegex(UserError, "Nobody can decide"):
            self._object()

    @mute_logger(*QUIET)
    def test_who_decides(self):
        objection = self._object()
        Mine = [("may_decide", "=", True)]
        for user, found in (
            (self.ann.user_id, False),
            (self.bob.user_id, False),
            (self.lead, True),
            (self.head, True),
        ):
            with self.subTest(user=user.login):
                mine = self.Objection.with_user(user).search(Mine)
                self.assertEqual(bool(mine), found)
        with self.assertRaises(AccessError):
            objection._decide("upheld", "I say so", 3)
        with self.assertRaises(AccessError):
            objection.with_user(self.bob.user_id)._decide("upheld", "I say so", 3)
        self._decide(objection, user=self.head)
        with self.assertRaisesRegex(UserError, "decided on or withdrawn"):
            self._decide(objection, "refused")

    def test_upheld_the_next_cases_compensate(self):
        self._give(self.bob)
        self._give(self.cid)
        for balance in self._balances():
            self.assertAlmostEqual(balance, 0, delta=3)
        objection = self._object()
        self._decide(objection, granted_points=3)
        entry = self._entries()[-1]
        self.assertEqual(
            (entry.kind, entry.points, entry.step, entry.user_id, entry.objection_id),
            ("objection", 2000, 2, self.lead, objection.sudo()),
        )
        balances = self._balances()
        self.assertEqual(sum(balances), 0)
        for balance, expected in zip(balances, (1333, -667, -667), strict=True):
            self.assertAlmostEqual(balance, expected, delta=3)
        rows = self.roads.assignment_balance_ids
        ann = rows.filtered(lambda row: row.employee_id == self.ann.employee_id)
        self.assertEqual(ann.open_milli, 3000)
        cases = self._file(4)
        self._dispatch()
        self.assertEqual(cases.user_id, self.bob.user_id | self.cid.user_id)
        more = self._file(3)
        self._dispatch()
        self.assertIn(self.ann.user_id, more.user_id)
        self._book()
        self.assertEqual(entry._explain_other(), "Objection upheld: +2.0 points.")

    def test_the_ledger_of_the_case_goes_on(self):
        objection = self._object()
        self._decide(objection)
        self.case.with_user(self.lead)._hand_to(self.bob.user_id, "Ann is full")
        self.assertEqual(self._entries().mapped("step"), [1, 2, 3, 4])
        self._book()
        # Bob has it with all that was found right.
        self.assertAlmostEqual(self._balance(self.bob), 2000, delta=3)

    def test_refused_changes_nothing(self):
        self._give(self.bob)
        self._give(self.cid)
        before = self._balances()
        for kind in ("case", "type", "fit"):
            objection = self._object(kind=kind)
            with self.assertRaisesRegex(UserError, "say why"):
                self._decide(objection, "refused", reason=" ")
            self._decide(objection, "refused")
            self.assertEqual(objection.state, "refused")
            self.assertEqual(objection.granted_points, 0)
        self.assertEqual(len(self._entries()), 1)
        self.assertEqual(self._balances(), before)
        self.assertEqual(self.pothole.effort_points, 1)
        self.assertEqual(self.case.user_id, self.ann.user_id)
        more = self._file(3)
        self._dispatch()
        self.assertEqual(len(more.user_id), 3)

    def test_bad_grants(self):
        objection = self._object()
        for points, message in (
            (0, "Granted: more than 0"),
            (-1, "Granted: more than 0"),
            (1000, "Granted: more than 0 and less than 1000"),
            (1, "Granted: more than the 1 points"),
        ):
            with (
                self.subTest(points=points),
                self.assertRaisesRegex(UserError, message),
            ):
                self._decide(objection, granted_points=points)
        self.assertEqual(objection.state, "filed")
        self.assertEqual(len(self._entries()), 1)

    def test_after_having_given_it_away(self):
        """Nothing is charged any more, so all that is granted is added."""
        self.case.with_user(self.lead)._hand_to(self.bob.user_id, "Ann is full")
        objection = self._object(points=0.5)
        self.assertEqual(objection.charged_points, 0)
        self._book()
        before = self._balance(self.ann)
        self._decide(objection)
        self.assertEqual(self._entries()[-1].points, 500)
        self.assertAlmostEqual(self._balance(self.ann), before + 333, delta=3)
        self._book()
        self.assertEqual(self.case.user_id, self.bob.user_id)

    def test_after_it_was_finished(self):
        self.case.stage_id = self._stage("closed")
        objection = self._object()
        self.assertEqual(objection.charged_points, 1)
        self._decide(objection)
        self._book()
        self.assertAlmostEqual(self._balance(self.ann), 2000, delta=3)

    def test_points_of_the_type(self):
        objection = self._object(kind="type", points=2)
        self._decide(objection, granted_points=1.5, reason="Two visits")
        self.assertEqual(self.pothole.effort_points, 1.5)
        version = self.pothole.sudo().effort_version_ids.sorted("id")[-1:]
        self.assertEqual(version.user_id, self.lead)
        self.assertEqual(version.reason, "Objection upheld: Two visits")
        self.assertEqual(self._entries()[-1].points, 500)
        case = self._give(self.bob)
        self.assertEqual(self._entries(case).points, 1500)
        self._book()

    def test_points_of_the_type_may_be_too_many(self):
        self._decide(self._object(kind="type", points=0.5))
        self.assertEqual(self.pothole.effort_points, 0.5)
        self.assertEqual(self._entries()[-1].points, -500)
        self._book()

    def test_what_was_granted_for_the_case_holds(self):
        self._decide(self._object(points=3))
        self._decide(self._object(kind="type", points=2))
        self.assertEqual(self.pothole.effort_points, 2)
        self.assertEqual(
            self._entries().filtered(lambda e: e.kind == "objection").mapped("points"),
            [2000],
        )

    def test_fit_goes_back_and_excludes(self):
        objection = self._object(kind="fit", text="My neighbour")
        self._decide(objection)
        self.assertTrue(objection.given_back)
        reversal = self._entries()[-1]
        self.assertEqual(
            (reversal.kind, reversal.reason), ("reversal", "Objection upheld")
        )
        # The lowest balance by far, and still not the one.
        self._give(self.bob)
        self._give(self.cid)
        self._dispatch()
        self.assertTrue(self.case.user_id)
        self.assertNotEqual(self.case.user_id, self.ann.user_id)
        candidates = self._entries()[-1].decision["candidates"]
        found = {row[0]: row[4] for row in candidates if row[4]}
        self.assertEqual(found, {self.ann.employee_id.id: "objection"})
        self._book()

    def _get_excluded(self, members):
        uncleared = self.case._get_uncleared(members)
        found = self.case._get_exclusions(members, self.rule, uncleared)
        return found[self.case.id]

    def test_pending_fit_excludes_in_the_queue(self):
        objection = self._object(kind="fit")
        self.case.with_user(self.lead)._hand_to(self.env["res.users"], "See later")
        members = self.roads._get_current_members()
        excluded = self._get_excluded(members)
        self.assertEqual(excluded, {self.ann.employee_id.id: "objection"})
        self._decide(objection, "refused")
        excluded = self._get_excluded(members)
        self.assertEqual(excluded, {})

    def test_fit_of_a_case_that_has_gone(self):
        self.case.with_user(self.lead)._hand_to(self.bob.user_id, "Ann is full")
        objection = self._object(kind="fit")
        self._decide(objection)
        self.assertFalse(objection.given_back)
        self.assertEqual(self.case.user_id, self.bob.user_id)

    def test_lead_need_not_see_the_case(self):
        objection = self._object(kind="fit")
        self.lead.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        self._decide(objection)
        self.assertFalse(self.case.user_id)

    def test_nobody_to_share_with(self):
        objection = self._object()
        (self.ann | self.bob | self.cid).date_to = "2026-03-01"
        with self.assertRaisesRegex(UserError, "no members to share"):
            self._decide(objection)

    def test_confidential_cases_are_not_named(self):
        """Neither the objection nor its entry tells the lead which case it is."""
        self.ann.user_id.group_ids += self.env.ref("citizen_crm.group_confidential")
        case = self._file(nature="misconduct_report")
        self._give(self.bob)
        self._give(self.cid)
        self._dispatch()
        self.assertEqual(case.user_id, self.ann.user_id)
        objection = self._object(case)
        seen = objection.with_user(self.lead)
        self.assertFalse(seen.case_number or seen.category_id)
        self.assertIn("(confidential)", seen.display_name)
        self._decide(objection)
        entry = self._entries(case)[-1]
        self.assertEqual((entry.kind, entry.points), ("objection", 2000))
        self.assertFalse(entry.case_number or entry.category_id)
        of_type = self._object(case, kind="type", points=2.5)
        self._decide(of_type, granted_points=2.5)
        self.assertEqual(self.pothole.effort_points, 2.5)
        self._book()
