"""What reviews say of people: if reviewers agree, and never as an order of people."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .quality_common import QualityCommon


@tagged("post_install", "-at_install")
class TestQualityFigures(QualityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._find_all()

    def _line(self, letter="e"):
        self.env.flush_all()
        self.env.invalidate_all()
        return self._get_line("Q1", letter)

    def _disagree(self):
        """The second reviewers find the opposite."""
        for review in self.reviews.filtered(lambda one: one.place == 2):
            for score in review.score_ids:
                score.verdict = "met" if score.verdict == "not_met" else "not_met"

    def _object(self, fact, kind="review"):
        return (
            self.env["citizen.evaluation.claim"]
            .with_user(self.users["e"])
            .create({"fact_id": fact.id, "kind": kind, "text": "It is in the letter"})
        )

    # ------------------------------------------------------------------ words
    def test_the_line_says_what_was_found(self):
        self._bring_to("data_check")
        line = self._line()
        self.assertEqual(line.word, "outside")
        self.assertIn(
            "40 of 80 criteria met in 10 reviewed cases: 50 % (", line.sentence
        )
        self.assertIn("Find out why", line.sentence)
        quality = line.figures["quality"]
        self.assertEqual((quality["n"], quality["x"]), (80, 40))
        self.assertTrue(quality["agreement"]["reliable"])
        self.assertLess(quality["low"], 0.5)
        self.assertIn("Criteria met", str(line.funnel["table"]))
        self.assertEqual(len(line.funnel["points"]), 1)
        self.assertEqual(str(line.cases_html).count("4 of 8"), 10)
        self.assertIn("Says how to go on", str(line.cases_html))
        self.assertNotIn("Not said", str(line.cases_html), "no comments")

    def test_before_the_check_nothing_is_judged(self):
        self._bring_to("collecting")
        line = self._line()
        self.assertEqual(line.word, "so_far")
        self.assertIn("So far 10 cases were reviewed", line.sentence)

    def test_few_criteria_are_not_judged(self):
        """What does not apply is left out; nine cases come too late."""
        (self._of("Ann") | self._of("Ann", 2)).write({"state": "todo"})
        self._find(self._of("Ann")[0], missed=(0,), away=(3, 7))
        self._bring_to("data_check")
        line = self._line()
        self.assertEqual(line.word, "too_few")
        self.assertIn("5 of 6 criteria met in 1 reviewed", line.sentence)
        self.assertFalse(line.funnel["points"])

    def test_without_reviews_there_is_nothing(self):
        (self._of("Ann") | self._of("Ann", 2)).write({"state": "todo"})
        self._bring_to("data_check")
        line = self._line()
        self.assertEqual(line.word, "too_few")
        self.assertIn("No case of this person has been reviewed", line.sentence)

    def test_without_agreement_nothing_is_told_of_people(self):
        self._disagree()
        self._bring_to("data_check")
        line = self._line()
        self.assertEqual(line.word, "suspended")
        self.assertIn("did not agree enough", line.sentence)
        self.assertNotIn("All together", line.sentence, "four people are too few")
        quality = line.figures["quality"]
        self.assertEqual(quality.keys() & {"share", "x", "low"}, set())
        self.assertEqual(line.figures["standing"]["observed"], 0)
        self.assertFalse(line.funnel["points"])
        self.assertIn("not shown", str(line.cases_html))
        self.assertNotIn("4 of 8", str(line.cases_html))
        sample = self.sample.with_user(self.users["c"])
        self.assertIn("Not enough to tell figures of people", sample.agreement_text)

    def test_with_agreement_the_draw_says_so(self):
        sample = self.sample.with_user(self.users["c"])
        self.assertIn("Enough: alpha 1.00", sample.agreement_text)
        self.assertIn("fewer than five people", sample.team_text)
        self.assertEqual((sample.done_count, sample.open_count), (50, 0))

    def test_all_together_from_five_people_on(self):
        from ..tools.quality import Scored, review

        cases = [Scored(person, (), 8, 6) for person in range(5) for _case in range(9)]
        team = review(cases).team
        self.assertIn("75 % of 360 criteria met", self.sample._tell_team(team))

    # ------------------------------------------------------------------- claims
    def test_an_objection_leaves_the_review_out(self):
        """1. Ann objects to a review; the steward reads it, and accepts.
        2. One reviewed case less; the case itself counts as before."""
        self._bring_to("data_check")
        fact = self._of("Ann")[0].fact_id
        before = self._get_line("T2", "e").figures["counts"]
        claim = self._object(fact)
        self._as("e").action_confirm_data()
        seen = claim.with_user(self.users["s"])
        self.assertIn("Answers what was asked: Not met: Not said", seen.fact_text)
        self._decide("accepted")
        line = self._line()
        self.assertIn("36 of 72 criteria met in 9 reviewed cases", line.sentence)
        self.assertEqual(self._get_line("T2", "e").figures["counts"], before)
        self.assertFalse(fact.excluded)
        self.assertNotIn(fact.case_number, str(line.cases_html))
        self.assertIn("Left out", str(fact.with_user(self.users["e"]).review_html))

    def test_an_objection_to_the_case_leaves_its_review_out(self):
        self._bring_to("data_check")
        self._object(self._of("Ann")[0].fact_id, "not_mine")
        self._as("e").action_confirm_data()
        self._decide("accepted")
        self.assertIn("36 of 72 criteria", self._line().sentence)

    def test_a_refused_objection_changes_nothing(self):
        self._bring_to("data_check")
        self._object(self._of("Ann")[0].fact_id)
        self._as("e").action_confirm_data()
        self._decide("rejected")
        self.assertIn("40 of 80 criteria", self._line().sentence)

    def test_only_a_review_can_be_objected_to(self):
        self._bring_to("collecting")
        drawn = self._of("Ann").fact_id
        other = (self._facts() - drawn)[0]
        with self.assertRaisesRegex(UserError, "has not been reviewed"):
            self._object(other)

    # ------------------------------------------------------------ the employee
    def test_the_employee_reads_the_own_reviews(self):
        fact = self._of("Ann")[0].fact_id.with_user(self.users["e"])
        html = str(fact.review_html)
        self.assertIn("Not said", html)
        self.assertIn("Answers what was asked", html)
        for user in (self.uma, self.vic, self.wes):
            self.assertNotIn(user.name, html)
        own = fact.search([("is_reviewed", "=", True)])
        self.assertEqual(own, self._of("Ann").fact_id)
        self.assertTrue(fact.is_reviewed)
        self.assertFalse((fact.search([]) - own).filtered("is_reviewed"))
        self.assertFalse(fact.with_user(self.users["m"]).sudo().review_html)

    # ------------------------------------------------------------------- seal
    def test_the_seal_holds_findings_and_no_comment(self):
        self._bring_to("published")
        content = self.evaluation.sudo().version_ids._get_content()
        line = next(one for one in content["lines"] if one["code"] == "Q1")
        self.assertIn("40 of 80 criteria", line["sentence"])
        self.assertEqual(line["quality"]["x"], 40)
        self.assertEqual(len(line["cases"]), 10)
        self.assertEqual(line["cases"][0]["review"]["met"], 4)
        self.assertNotIn("Not said", self.evaluation.sudo().version_ids.content)
        shown = self._line().read(["sentence", "cases_html", "funnel"])
        self._find(self._of("Ann"))
        self.cycle.rubric_id.criterion_ids.write({"name": "Other"})
        self.assertEqual(self._line().read(["sentence", "cases_html", "funnel"]), shown)

    # -------------------------------------------------------------- no ranking
    def test_no_field_of_a_review_puts_people_in_an_order(self):
        """Whose review it is can be read, sorted, grouped or searched by nobody."""
        people = {"hr.employee", "citizen.evaluation", "citizen.case.fact"}
        for name in ("review", "score", "sample", "criterion", "rubric"):
            records = self.env[f"citizen.quality.{name}"]
            for user in (self.uma, *self.users.values()):
                fields = records.with_user(user).fields_get()
                reach = {
                    key
                    for key, field in fields.items()
                    if field.get("relation") in people
                }
                self.assertFalse(reach, name)
        views = self.env["ir.ui.view"].search([("model", "like", "citizen.quality.")])
        self.assertGreater(len(views), 6)
        for view in views:
            self.assertNotIn(view.type, ("pivot", "graph"))
            arch = view._get_combined_arch()
            self.assertFalse(arch.xpath("//@sum | //@avg | //*[@widget='progressbar']"))
