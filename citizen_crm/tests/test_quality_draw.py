"""Which cases are reviewed, and by whom: drawn, and nobody with a part in it."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CLEARED
from .quality_common import REVIEWER, QualityCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


@tagged("post_install", "-at_install")
class TestQualityDraw(QualityCommon):
    def test_everybody_is_drawn_alike(self):
        for name in self.staff:
            self.assertEqual(len(self._of(name)), 10)
        self.assertEqual(len(self.reviews.filtered(lambda one: one.place == 2)), 10)
        self.assertEqual(self.sample.drawn_count, 40)
        self.assertEqual(self.sample.population_count, 160)
        self.assertTrue(all(self.reviews.mapped("reviewer_id")))
        # Who is second hangs on who was first, which is a matter of chance.
        first = self.reviews.filtered(lambda one: one.place == 1)
        loads = first.grouped("reviewer_id").values()
        self.assertLessEqual(max(map(len, loads)) - min(map(len, loads)), 1)

    def test_a_draw_can_be_drawn_again(self):
        """What becomes of the cases later does not change what was drawn."""
        self.assertTrue(self.sample.is_reproduced)
        self._of("Ann").fact_id[:3]._exclude("Later")
        self.sample.invalidate_recordset()
        self.assertTrue(self.sample.is_reproduced)
        other = self.sample.new(self.sample.copy_data({"seed": "another"})[0])
        self.assertNotEqual(sorted(other._draw()[0]), sorted(self.sample._draw()[0]))
        with self.assertRaises(AccessError):
            self.sample.seed = "another"
        with self.assertRaises(AccessError):
            self.sample.unlink()

    def test_a_tampered_draw_is_found(self):
        self.env.cr.execute(
            "UPDATE citizen_quality_sample SET seed = 'x' WHERE id = %s",
            [self.sample.id],
        )
        self.sample.invalidate_recordset()
        self.assertFalse(self.sample.is_reproduced)

    def test_numbers_tell_nothing(self):
        """They neither go on with second reviews nor follow the people."""
        numbers = self.reviews.sorted("number")
        places = numbers.mapped("place")
        self.assertIn(2, places[:40])
        handlers = numbers.fact_id.mapped("handler_id.name")
        self.assertGreater(len(set(handlers[:8])), 1)

    def test_what_is_not_drawn(self):
        """Confidential cases, those left out, passed on or of the team alone."""
        secret = self._create_case(category_id=self.pothole.id).sudo()
        secret.confidential = True
        cases = {
            "confidential": {"case_id": secret.id},
            "left out": {"excluded": True},
            "team": {"counts_personally": False},
            "passed on": {"ended_by": "passed_on"},
            "withdrawn": {"ended_by": "withdrawn"},
            "earlier": {"closed_on": "2025-06-30 12:00:00"},
            "elsewhere": {"department_id": False},
        }
        added = {
            name: self._add_facts(self.staff["Bob"], 1, 0, **values)
            for name, values in cases.items()
        }
        counted = self._add_facts(self.staff["Bob"], 1, 0, ended_by="not_handled")
        drawable = {
            int(fact) for row in self.cycle._get_population() for fact in row["cases"]
        }
        for name, fact in added.items():
            with self.subTest(name):
                self.assertNotIn(fact.id, drawable)
        self.assertIn(counted.id, drawable)

    # ------------------------------------------------------------ when and who
    def test_cases_are_drawn_once_when_the_period_is_over(self):
        with self.assertRaisesRegex(UserError, "have been drawn already"):
            self.cycle.with_user(self.users["c"]).action_draw_reviews()
        cycle = self._create_cycle(
            name="2026", date_from="2026-01-01", date_to="2026-06-30"
        )
        self.assertFalse(cycle.may_draw)
        with self.assertRaisesRegex(UserError, "when the period is over"):
            cycle.with_user(self.users["c"]).action_draw_reviews()
        cycle = self._create_cycle(
            name="2024", date_from="2024-01-01", date_to="2024-06-30"
        )
        with self.assertRaisesRegex(UserError, "nothing to draw"):
            cycle.with_user(self.users["c"]).action_draw_reviews()

    @mute_logger(*QUIET)
    def test_the_coordinator_alone_draws(self):
        cycle = self._create_cycle(
            name="2024", date_from="2024-01-01", date_to="2024-06-30"
        )
        self._add_facts(self.staff["Bob"], 3, 0, closed_on="2024-03-01 09:00:00")
        for letter in "ebmsrao":
            with self.subTest(persona=letter), self.assertRaises(AccessError):
                cycle.with_user(self.users[letter]).action_draw_reviews()
        self.assertTrue(cycle.may_draw)
        action = cycle.with_user(self.users["c"]).action_draw_reviews()
        sample = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((sample.drawn_count, sample.is_reproduced), (3, True))
        self.assertTrue(sample.seed)

    def test_settings_are_checked_and_announced(self):
        for values, words in (
            ({"review_size": 0}, "review_size_positive"),
            ({"double_percent": 101}, "double_percent_range"),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(IntegrityError, words),
                self.env.cr.savepoint(),
            ):
                self._create_cycle(
                    name="x", date_from="2026-07-01", date_to="2026-12-31", **values
                )
        with self.assertRaises(ValidationError):
            self._create_cycle(
                name="x",
                date_from="2026-07-01",
                date_to="2026-12-31",
                rubric_id=False,
            )
        with self.assertRaisesRegex(AccessError, "have been announced"):
            self.cycle.review_size = 5

    # ------------------------------------------------------------ who reviews
    def _add_role(self, user):
        user.group_ids += self.env.ref("citizen_crm.group_quality_reviewer")
        user.group_ids += self.env.ref(CLEARED.split(",")[0])
        user.group_ids += self.env.ref(CLEARED.split(",")[1])
        return user

    def test_who_must_not_review(self):
        """Each has the role, and is refused by the draw and by the model itself."""
        review = self._of("Ann")[0]
        top = self._create_user("quality_top", REVIEWER)
        self.department.parent_id = self.env["hr.department"].create(
            {"name": "City", "manager_id": self._create_employee("Top", top).id}
        )
        self.case._log("assigned", assignee_id=self.handler.id)
        resident = self._create_user("quality_ada", REVIEWER)
        self.case.partner_id = resident.partner_id
        torn = self._create_user("quality_torn", REVIEWER)
        self.env["citizen.recusal"].create(
            {
                "employee_id": self._create_employee("Torn", torn).id,
                "kind": "type",
                "category_id": self.pothole.id,
                "reason": "My brother is the builder",
            }
        )
        blind = self._create_user("quality_blind", "citizen_crm.group_quality_reviewer")
        bars = {
            "compared": [self.users["e"], self.users["b"]],
            "above": [self.users["m"], top],
            "has_role": [self.users["s"], self.users["c"]],
            "had_case": [self.handler],
            "recused": [resident, torn],
            "not_cleared": [blind],
        }
        bars["had_case"] += bars["compared"][:1]
        bars["compared"] = bars["compared"][1:]
        for bar, users in bars.items():
            for user in users:
                if bar != "not_cleared":
                    self._add_role(user)
                with self.subTest(bar=bar, user=user.login):
                    self.assertEqual(review._get_bar(user), bar)
                    with (
                        self.assertRaisesRegex(ValidationError, "may not review"),
                        self.env.cr.savepoint(),
                    ):
                        review.reviewer_id = user
        self.assertEqual(review._get_bar(self.outsider), "no_reviewer")

    def test_who_wrote_the_reply_does_not_review(self):
        case = self._create_case(category_id=self.pothole.id, partner_id=self.ada.id)
        fact = self._add_facts(self.staff["Bob"], 1, 0, case_id=case.id)
        self._add_role(self.clerk)
        review = self._of("Bob")[0]
        self.assertEqual(review._get_bar(self.clerk), "")
        self._write_reply(case)
        self.env.cr.execute(
            "UPDATE citizen_quality_review SET case_id = %s, fact_id = %s"
            " WHERE id = %s",
            [case.id, fact.id, review.id],
        )
        self.env.invalidate_all()
        self.assertEqual(review._get_bar(self.clerk), "had_case")

    def test_two_people_review_what_is_scored_twice(self):
        for second in self.reviews.filtered(lambda one: one.place == 2):
            first = self.reviews.filtered(
                lambda one, second=second: (
                    one.place == 1 and one.fact_id == second.fact_id
                )
            )
            self.assertNotEqual(first.reviewer_id, second.reviewer_id)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                second.reviewer_id = first.reviewer_id

    def test_what_nobody_may_review_waits(self):
        """1. Two of three reviewers lose the role: second reviews find nobody.
        2. Somebody else is named; the coordinator gives out again."""
        role = self.env.ref("citizen_crm.group_quality_reviewer")
        (self.vic | self.wes).write({"group_ids": [(3, role.id)]})
        seconds = self.reviews.filtered(lambda one: one.place == 2)
        self.reviews.write({"reviewer_id": False})
        self.reviews._give_out()
        self.assertFalse(seconds.reviewer_id)
        self.assertEqual((self.reviews - seconds).reviewer_id, self.uma)
        self.assertEqual(self.sample.unassigned_count, 10)
        seen = self.sample.with_user(self.users["c"])
        with self.assertRaisesRegex(UserError, "Give the role to somebody"):
            seen.action_give_out()
        self.vic.group_ids += role
        seen.action_give_out()
        self.assertEqual(seconds.reviewer_id, self.vic)
        self.sample.invalidate_recordset()
        self.assertEqual(self.sample.unassigned_count, 0)
        for letter in "sa":
            with self.assertRaises(AccessError), mute_logger(*QUIET):
                self.sample.with_user(self.users[letter]).action_give_out()

    # ----------------------------------------------------------------- rubrics
    def test_reviewers_are_told_how_many_and_nothing_of_them(self):
        for reviewer, reviews in self.reviews.grouped("reviewer_id").items():
            domain = [("partner_ids", "in", reviewer.partner_id.ids)]
            told = self.env["mail.message"].search(domain)
            self.assertEqual(len(told), 1, reviewer.name)
            self.assertIn(str(len(reviews)), told.subject)
            self.assertIn("/odoo/my-reviews", told.body)
            for case in reviews.case_id:
                self.assertNotIn(case.number, f"{told.subject} {told.body}")

    def test_a_rubric_does_not_change_once_it_was_announced(self):
        rubric = self.cycle.rubric_id.with_user(self.users["c"])
        for change in (
            lambda: rubric.write({"name": "Other"}),
            lambda: rubric.criterion_ids[0].write({"name": "Other"}),
            lambda: rubric.criterion_ids[0].unlink(),
            lambda: rubric.criterion_ids.create(
                {"rubric_id": rubric.id, "name": "x", "explanation": "x"}
            ),
        ):
            with self.assertRaisesRegex(UserError, "new version"):
                change()
        with self.assertRaises(UserError):
            rubric.sudo().unlink()

    def test_a_new_version_can_be_changed(self):
        rubric = self.cycle.rubric_id.with_user(self.users["c"])
        action = rubric.action_new_version()
        new = rubric.browse(action["res_id"])
        self.assertEqual((new.version, new.is_current), (2, True))
        self.assertEqual(
            new.criterion_ids.mapped("name"), rubric.criterion_ids.mapped("name")
        )
        self.assertFalse(rubric.is_current)
        new.criterion_ids[-1].unlink()
        new.criterion_ids[0].name = "Takes up each question"
        self.assertEqual(len(rubric.criterion_ids), 8)
        self.assertEqual(
            self.env["citizen.evaluation.cycle"]._default_rubric_id(), new.sudo()
        )
        with self.assertRaisesRegex(UserError, "Choose a later day"):
            rubric.create({"name": "Third"})
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            new.with_user(self.users["m"]).name = "x"
        self.assertTrue(new.with_user(self.users["o"]).criterion_ids[:1].explanation)
