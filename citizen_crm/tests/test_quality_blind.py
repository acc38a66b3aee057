"""The reviewer sees the work, and neither whose it is nor what others found."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .quality_common import QualityCommon

QUIET = (
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.models",
    "odoo.domains",
    "odoo.orm.domains",
)
#: What would tell whose case it is, or what the other one found.
HIDDEN = (
    "case_id",
    "evaluation_id",
    "excluded",
    "fact_id",
    "passed_ids",
    "place",
    "sample_id",
    "score_ids",
)


@tagged("post_install", "-at_install")
class TestQualityBlind(QualityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.reviews.filtered(lambda one: one.place == 2)[0]
        cls.first = cls.reviews.filtered(
            lambda one: one.place == 1 and one.fact_id == cls.second.fact_id
        )

    def _is_refused(self, call):
        try:
            with self.env.cr.savepoint():
                call()
        except (AccessError, UserError, ValueError):
            return True
        return False

    @mute_logger(*QUIET)
    def test_whose_case_it_is_comes_out_by_no_way(self):
        mine = self._mine(self.first)
        names = set(mine.fields_get())
        self.assertFalse(names & set(HIDDEN))
        for name in HIDDEN:
            for way, call in {
                "read": lambda n: mine.read([n]),
                "web read": lambda n: mine.web_read({n: {}}),
                "search": lambda n: mine.search([(n, "=", 1)]),
                "path": lambda n: mine.search([(f"{n}.id", "=", 1)]),
                "order": lambda n: mine.search([], order=n),
                "group": lambda n: mine._read_group([], [n], ["__count"]),
                "web group": lambda n: mine.web_read_group([], [n], ["__count"]),
                "export": lambda n: mine.export_data([f"{n}/id"]),
                "handler": lambda n: mine.search(
                    [("fact_id.handler_id", "=", self.staff["Ann"].id)]
                ),
            }.items():
                with self.subTest(field=name, way=way):
                    self.assertTrue(self._is_refused(lambda c=call, n=name: c(n)))

    @mute_logger(*QUIET)
    def test_a_reviewer_reads_the_own_reviews_alone(self):
        self._find(self.second, missed=(0,))
        mine = self._mine(self.first)
        found = mine.search([])
        self.assertEqual(found.reviewer_id, self.first.reviewer_id)
        self.assertIn(self.first, found)
        self.assertNotIn(self.second, found)
        for names in (["scoring"], ["papers_html"], ["state"]):
            with self.assertRaises(AccessError):
                mine.browse(self.second.id).read(names)
        with self.assertRaises(AccessError):
            self.env["citizen.quality.score"].with_user(self.uma).search([])

    @mute_logger(*QUIET)
    def test_nobody_else_reads_reviews(self):
        """Not even those who coordinate, decide, audit, or are evaluated."""
        self._find_all()
        for letter in "ebmscraho":
            for model in ("citizen.quality.review", "citizen.quality.score"):
                records = self.env[model].with_user(self.users[letter])
                with self.subTest(persona=letter, model=model):
                    self.assertTrue(self._is_refused(lambda r=records: r.search([])))
        sees = {
            letter
            for letter in "ebmscraho"
            if not self._is_refused(
                lambda one=letter: self.sample.with_user(self.users[one]).read(["seed"])
            )
        }
        self.assertEqual(sees, set("sca"))
        for letter in "sca":
            sample = self.sample.with_user(self.users[letter])
            for name in ("drawn", "population", "review_ids"):
                self.assertTrue(self._is_refused(lambda s=sample, n=name: s.read([n])))

    def test_papers_are_without_names(self):
        papers = str(self._mine(self.first).papers_html)
        self.assertIn("The hole is closed", papers)
        self.assertIn("Hole at", papers)
        self.assertIn("The city", papers)
        for secret in ("Ann", "Ada", "Fox", self.case.number):
            self.assertNotIn(secret, papers)

    def test_what_came_after_the_end_is_not_among_them(self):
        self.case.message_post(
            body="Well done, thank you", message_type="comment",
            subtype_xmlid="mail.mt_comment", author_id=self.ada.id,
        )  # fmt: skip
        self.assertNotIn("Well done", str(self._mine(self.first).papers_html))

    def test_papers_escape_what_people_wrote(self):
        self.case.name = "<script>alert(1)</script>"
        self.assertNotIn("<script", str(self._mine(self.first).papers_html))

    def test_a_case_that_became_confidential_is_shown_no_more(self):
        mine = self._say(self.first)
        self.case.confidential = True
        mine.invalidate_recordset()
        self.assertNotIn("The hole is closed", str(mine.papers_html))
        with self.assertRaisesRegex(AccessError, "confidential cases are not reviewed"):
            mine.action_submit()

    # ----------------------------------------------------------------- scoring
    def test_a_review_is_complete_and_final(self):
        mine = self._mine(self.first)
        self.assertEqual(mine.missing_count, 8)
        with self.assertRaisesRegex(UserError, "Answers what was asked: choose met"):
            mine.action_submit()
        self._say(self.first, "not_met")
        with self.assertRaisesRegex(UserError, "say what is missing"):
            mine.action_submit()
        self._say(self.first, "not_met", "No date is given")
        self.assertEqual(mine.missing_count, 0)
        action = mine.action_submit()
        self.assertEqual(action["res_model"], "citizen.quality.review")
        self.assertNotEqual(action.get("res_id"), mine.id)
        self.assertEqual(mine.state, "done")
        for call in (
            mine.action_submit,
            mine.action_pass_on,
            lambda: mine.write({"scoring": []}),
        ):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                call()
        with self.assertRaises(AccessError):
            self.first.sudo().unlink()

    def test_bad_findings_are_refused_with_what_to_do(self):
        mine = self._mine(self.first)
        row = mine.scoring[0]
        other = self.second.score_ids[0].id
        for said, words in (
            ("met", "Load the page again"),
            ([1], "Load the page again"),
            ([{**row, "id": other, "verdict": "met"}], "Load the page again"),
            ([{**row, "id": "x"}], "Load the page again"),
            ([{**row, "verdict": "great"}], "choose met, not met"),
            ([{**row, "verdict": ["met"]}], "choose met, not met"),
            ([{**row, "comment": "x" * 1001}], "at most 1000"),
            ([{**row, "comment": 7}], "at most 1000"),
        ):
            with (
                self.subTest(said=said),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                mine.scoring = said
                self.env.flush_all()
            mine.invalidate_recordset()
        self.assertFalse(any(self.second.score_ids.mapped("verdict")))

    @mute_logger(*QUIET)
    def test_nobody_writes_what_is_drawn(self):
        mine = self._mine(self.first)
        other = (self.uma | self.vic | self.wes) - self.first.reviewer_id
        for values in ({"state": "done"}, {"reviewer_id": other[0].id}, {"number": 1}):
            with self.assertRaises(AccessError):
                mine.write(values)
        for user in (other[0], self.users["e"], self.users["c"]):
            with self.assertRaises(AccessError):
                self.first.with_user(user).write({"scoring": []})
        with self.assertRaises(AccessError):
            mine.create({"number": 1})

    def test_who_knows_the_case_passes_it_on(self):
        self._say(self.first, "not_met", "No date")
        before = self.first.reviewer_id
        other = self.second.reviewer_id
        self._mine(self.first).action_pass_on()
        self.assertFalse(any(self.first.score_ids.mapped("comment")))
        third = (self.uma | self.vic | self.wes) - before - other
        self.assertEqual(self.first.reviewer_id, third)
        self._mine(self.first).action_pass_on()
        self.assertFalse(self.first.reviewer_id, "nobody is left")
        self.assertEqual(self.sample.unassigned_count, 1)

    def test_what_is_late_counts_no_more(self):
        """From the data check on, figures change by objections alone."""
        self._find(self._of("Ann")[:1])
        self._bring_to("data_check")
        ended = self._of("Ann")[1:]
        self.assertEqual(set(ended.mapped("state")), {"ended"})
        self.assertEqual(self._of("Ann")[0].state, "done")
        self.assertEqual(set(self._of("Bob").mapped("state")), {"todo"})
        with self.assertRaisesRegex(UserError, "counts no more"):
            self._mine(ended[0]).action_submit()
        self.assertEqual(self.sample.ended_count, 9 + len(self._of("Ann", 2)))
