"""Facts are written when cases end, say whose part it was, and stay as they are."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .evaluation_common import HOUR, MONDAY, EvaluationCommon

QUIET = "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule"


@tagged("post_install", "-at_install")
class TestCaseFact(EvaluationCommon):
    def test_one_handler(self):
        self._promise()
        case = self._finish(self.ann, hours=2)
        (fact,) = self._facts(case)
        self.assertEqual(fact.handler_id, self.ann)
        self.assertEqual(fact.case_number, case.number)
        self.assertEqual(fact.department_id, self.works)
        self.assertEqual(fact.category_id, self.pothole)
        self.assertEqual(fact.channel_id, self.phone)
        self.assertEqual((fact.began_at, fact.ended_at), (MONDAY, MONDAY + 3 * HOUR))
        self.assertEqual((fact.ended_by, fact.closed_on), ("closed", fact.ended_at))
        self.assertEqual((fact.worked_hours, fact.waited_hours), (2.0, 0.0))
        self.assertEqual((fact.late_first_reply, fact.late_resolution), ("no", "no"))
        self.assertEqual((fact.held_share, fact.left_at_start), (1.0, 1.0))
        self.assertEqual(fact.left_at_end, 14 / 16)
        self.assertTrue(fact.counts_personally)
        self.assertFalse(fact.is_settled)

    def test_written_at_closing_by_whoever_closes(self):
        """With what the case was when it was assigned, whatever it became since."""
        case = self._create_case(
            category_id=self.pothole.id, priority="2", partner_id=self.ada.id
        )
        case.sudo().user_id = self.ann.user_id
        with freeze_time("2026-03-05 08:00:00"):
            mine = case.with_user(self.ann.user_id)
            mine.write({"priority": "1"})
            mine.with_user(self.manager).sudo().category_id = self.tree
            case.sudo().team_id = self.roads
            case.sudo().user_id = self.ann.user_id
            self._move(case.sudo(), "closed")
        facts = self._facts(case, catch_up=False)
        self.assertEqual(facts[0].category_id, self.pothole)
        self.assertEqual(facts[0].priority, "2")
        self.assertTrue(facts[0].is_reclassified)
        self.assertEqual(facts[-1].ended_by, "closed")

    def test_passed_on(self):
        """Late is whose hands it was in; who got it late is not counted."""
        self._promise()
        case = self._live(
            (0, "received"),
            (0, "routed"),
            (0, "assigned", self.ann),
            # Monday and Tuesday are over: sixteen hours.
            (49, "assigned", self.bob),
            (51, "answered"),
            (52, "closed"),
        )
        first, second = self._facts(case)
        self.assertEqual((first.handler_id, second.handler_id), (self.ann, self.bob))
        self.assertEqual((first.ended_by, second.ended_by), ("passed_on", "closed"))
        self.assertEqual(
            (first.late_resolution, second.late_resolution), ("yes", False)
        )
        self.assertTrue(first.counts_personally)
        self.assertFalse(second.counts_personally)
        self.assertEqual(second.left_at_start, 0.0)
        self.assertEqual(first.closed_on, second.closed_on)
        # What comes after the end is told of whoever ended it.
        self.assertTrue(first.is_settled)
        self.assertFalse(first.documented_close)

    def test_waiting_and_leave_are_no_work(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": self.ann.resource_id.id,
                "calendar_id": self.office.id,
                "date_from": "2026-02-04 00:00:00",
                "date_to": "2026-02-04 23:59:59",
            }
        )
        case = self._live(
            (0, "received"),
            (0, "routed"),
            (0, "assigned", self.ann),
            (1, "waiting"),
            (24, "resumed"),
            # From Tuesday at nine to Thursday at nine, without the Wednesday.
            (72, "answered"),
            (73, "closed"),
        )
        (fact,) = self._facts(case)
        self.assertEqual((fact.worked_hours, fact.waited_hours), (9.0, 7.0))

    def test_what_makes_no_fact(self):
        """Confidential and joined cases, open ones, and those nobody had."""
        self.ann.user_id.group_ids += self.env.ref("citizen_crm.group_confidential")
        lead = self._finish(self.ann)
        joined = self._finish(self.ann, duplicate_id=lead.id)
        secret = self._finish(self.ann, confidential=True)
        nobody = self._live((0, "received"), (0, "routed"), (1, "closed"))
        still_open = self._live(
            (0, "received"), (0, "assigned", self.ann), phase="assigned"
        )
        self.assertTrue(self._facts(lead))
        for case in (joined, secret, nobody, still_open):
            self.assertFalse(self._facts(case))

    def test_reopened_is_a_further_round(self):
        story = (
            (0, "received"),
            (0, "routed"),
            (0, "assigned", self.ann),
            (1, "answered"),
            (2, "closed"),
            (24, "reopened"),
            (25, "answered"),
            (26, "closed"),
        )
        first, second = self._facts(self._live(*story))
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual((first.worked_hours, second.worked_hours), (1.0, 1.0))
        self.assertTrue(first.counts_personally and second.counts_personally)

    # -------------------------------------------------------------------- frozen
    def test_writing_again_changes_nothing(self):
        self._promise()
        cases = self._finish(self.ann) + self._finish(self.bob, hours=99)
        self.Fact._catch_up()
        rows = self._read_all()
        for case in cases:
            case.category_id.team_id.department_id = self.works.copy()
            case.priority = "3"
        self.assertEqual(self.Fact._write_facts(cases.ids), 0)
        self.Fact._catch_up()
        self.assertEqual(self._read_all(), rows)

    def _read_all(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM citizen_case_fact ORDER BY id")
        return self.env.cr.fetchall()

    def test_settings_hold_for_cases_that_end_from_then_on(self):
        story = (
            (0, "received"),
            (0, "routed"),
            (0, "assigned", self.ann),
            (1, "assigned", self.bob),
            (3, "answered"),
            (3, "closed"),
        )
        early = self._facts(self._live(*story))
        self.assertEqual(early.mapped("counts_personally"), [False, True])
        settings = self.env["res.config.settings"].create(
            {"citizen_evaluation_held_percent": 30}
        )
        settings.execute()
        late = self._facts(self._live(*story))
        self.assertEqual(late.mapped("counts_personally"), [True, True])
        self.assertEqual(early.mapped("counts_personally"), [False, True])
        with self.assertRaisesRegex(UserError, "from 1 to 100"):
            settings.citizen_evaluation_left_percent = 101

    def test_statements_do_not_grow_with_the_cases(self):
        """A batch costs what one case costs: one statement for each source."""
        cases = [self._finish(self.ann) for _number in range(12)]
        self.Fact._write_facts(cases[0].ids)
        counts = []
        for batch in (cases[1:2], cases[2:]):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.Fact._write_facts([case.id for case in batch])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 12)

    # -------------------------------------------------------------------- rights
    @mute_logger(*QUIET)
    def test_people_see_their_own(self):
        mine, theirs = self._finish(self.ann), self._finish(self.bob)
        mine, theirs = self._facts(mine), self._facts(theirs)
        facts = self.Fact.with_user(self.ann.user_id)
        self.assertEqual(facts.search([]), mine)
        self.assertEqual(mine.with_user(self.ann.user_id).late_resolution, False)
        with self.assertRaises(AccessError):
            theirs.with_user(self.ann.user_id).read(["case_number"])
        for user in (self.lead, self.manager, self.outsider):
            self.assertFalse(self.Fact.with_user(user).search([]))

    @mute_logger(*QUIET)
    def test_nobody_changes_them(self):
        fact = self._facts(self._finish(self.ann))
        for user in (self.ann.user_id, self.manager, self.admin):
            with self.assertRaises(AccessError):
                fact.with_user(user).write({"late_resolution": "no"})
            with self.assertRaises(AccessError):
                fact.with_user(user).write({"excluded": True})
            with self.assertRaises(AccessError):
                self.Fact.with_user(user).create({"case_number": "x"})
        with self.assertRaises(AccessError):
            fact.sudo().write({"late_resolution": "no"})
        with self.assertRaises(AccessError):
            fact.sudo().unlink()

    @mute_logger(*QUIET)
    def test_nobody_compares_people(self):
        """Also not by grouping; and nobody learns who said what."""
        self._facts(self._finish(self.ann))
        facts = self.Fact.with_user(self.ann.user_id)
        for groupby in ("handler_id", "handler_id.department_id"):
            with self.assertRaises(UserError):
                facts._read_group([], [groupby], ["__count"])
            with self.assertRaises(UserError):
                facts.formatted_read_grouping_sets([], [[groupby]], ["__count"])
        self.assertTrue(facts._read_group([], ["category_id"], ["__count"]))
        for name in ("positive", "answered", "case_id"):
            with self.assertRaises(AccessError):
                facts.search_read([], [name])
            with self.assertRaises(AccessError):
                facts.search([(name, "=", "1")])

    def test_open_the_case(self):
        fact = self._facts(self._finish(self.ann))
        action = fact.with_user(self.ann.user_id).action_open_case()
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        fact.sudo().case_id.team_id = self.parks
        fact.sudo().case_id.user_id = self.clerk
        self.ann.user_id.group_ids -= self.env.ref(
            "citizen_crm.group_clearance_citizen"
        )
        with self.assertRaisesRegex(UserError, "may not see"):
            fact.with_user(self.ann.user_id).action_open_case()
