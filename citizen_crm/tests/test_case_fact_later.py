"""What is known later is added once, and only what may be known."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .evaluation_common import HOUR, MONDAY, EvaluationCommon

#: After all that can be known of cases that ended in the first days of February.
LATER = "2026-04-20 08:00:00"


@tagged("post_install", "-at_install")
class TestCaseFactLater(EvaluationCommon):
    def _append(self, case, kind, days, user=None, **values):
        """Let something happen so many days after the case was received."""
        self.env["citizen.case.event"].create(
            {
                "case_id": case.id,
                "kind": kind,
                "at": MONDAY + timedelta(days=days),
                "user_id": user and user.id,
                "team_id": self.roads.id,
                "is_backdated": True,
                **values,
            }
        )

    def _ask(self, case, **answers):
        """Ask the person after the close, and let them answer."""
        ended = MONDAY + 4 * HOUR
        return self.env["citizen.case.feedback"].create(
            {
                "case_id": case.id,
                "asked_at": ended,
                "expires_at": ended + timedelta(days=30),
                "answered_at": answers and ended + HOUR,
                **answers,
            }
        )

    def test_reopened(self):
        quiet, again, late, own = (self._finish(self.ann) for _number in range(4))
        self._append(again, "reopened", 29, self.clerk)
        self._append(late, "reopened", 31, self.clerk)
        # Whoever opens the own case again to go on does not count against themselves.
        self._append(own, "reopened", 5, self.ann.user_id)
        facts = [self._facts(case)[0] for case in (quiet, again, late, own)]
        said = [fact.reopened_30d for fact in facts]
        self.assertEqual(said, [False, "yes", False, False], "thirty days are not over")
        with freeze_time(LATER):
            self.Fact._catch_up()
        said = [fact.reopened_30d for fact in facts]
        self.assertEqual(said, ["no", "yes", "no", "no"])

    def test_came_again(self):
        wrote, another, other_type, late, alone = (
            self._finish(self.ann, partner_id=partner.id)
            for partner in (
                self.ada,
                self.ben,
                self.bakery,
                self._create_partner("Late"),
                self._create_partner("Alone"),
            )
        )
        self._append(wrote, "wrote", 13)
        for case, days, category in (
            (another, 13, self.pothole),
            (other_type, 13, self.tree),
            (late, 15, self.pothole),
        ):
            received = MONDAY + timedelta(days=days)
            self._create_case(
                partner_id=case.partner_id.id,
                category_id=category.id,
                received_date=received,
            )
        said = [
            self._facts(case).repeat_contact_14d
            for case in (wrote, another, other_type, late, alone)
        ]
        self.assertEqual(said, ["yes", "yes", "no", "no", "no"])

    def test_fair_and_clear(self):
        """Two questions and no other: what the person got has no part in it."""
        stories = {
            "fair, clear, got nothing": {
                "fair": "yes",
                "understood": "yes",
                "got_it": "no",
                "on_time": "no",
            },
            "unfair, got all": {"fair": "no", "understood": "yes", "got_it": "yes"},
            "not clear": {"understood": "no"},
            "says nothing of it": {"fair": "unsure", "got_it": "no"},
            "half an answer": {"fair": "yes", "understood": "unsure"},
        }
        cases = {name: self._finish(self.ann) for name in stories}
        for name, answers in stories.items():
            self._ask(cases[name], **answers)
        silent, unasked = self._finish(self.ann), self._finish(self.ann)
        self._ask(silent)
        said = {name: self._facts(case).positive for name, case in cases.items()}
        self.assertEqual(
            said,
            {
                "fair, clear, got nothing": "yes",
                "unfair, got all": "no",
                "not clear": "no",
                "says nothing of it": False,
                "half an answer": "yes",
            },
        )
        silent, unasked = self._facts(silent), self._facts(unasked)
        self.assertEqual((silent.invited, unasked.invited), ("yes", "no"))
        self.assertFalse(silent.answered, "the link still opens")
        with freeze_time(LATER):
            self.Fact._catch_up()
        self.assertEqual((silent.answered, silent.positive), ("no", False))
        self.assertTrue(silent.is_settled)

    def test_an_answer_is_counted_to_who_ended_it(self):
        """Not to who had it before, nor to who has it after it was opened again."""
        case = self._live(
            (0, "received"),
            (0, "routed"),
            (0, "assigned", self.ann),
            (1, "assigned", self.bob),
            (3, "answered"),
            (4, "closed"),
            (30, "reopened"),
            (30, "assigned", self.cleo),
            (31, "answered"),
            (32, "closed"),
        )
        self._ask(case, fair="no")
        said = [fact.positive for fact in self._facts(case)]
        self.assertEqual(said[:2], [False, "no"])
        self.assertFalse(any(said[2:]))

    def test_documented(self):
        backdated = self._finish(self.ann)
        bare = self._live(
            (0, "received"), (0, "routed"), (0, "assigned", self.ann), (1, "closed")
        )
        nobody = self._live(
            (0, "received"),
            (0, "routed"),
            (0, "assigned", self.ann),
            (1, "closed"),
            partner_id=False,
        )
        said = [self._facts(c).documented_close for c in (backdated, bare, nobody)]
        self.assertEqual(said, ["yes", "no", False])

    def test_a_reply_says_what_was_decided(self):
        case = self._create_case(
            category_id=self.pothole.id, partner_id=self.ada.id, role="citizen"
        )
        case.sudo().user_id = self.ann.user_id
        with freeze_time("2026-03-05 08:00:00"):
            self._reply(case.with_user(self.ann.user_id), finding="unfounded")
            self._move(case.sudo(), "closed")
        fact = self._facts(case)
        self.assertEqual((fact.decision, fact.documented_close), ("unfounded", "yes"))
        self.assertEqual(fact.invited, "yes", "whoever closes, the person is asked")

    def test_what_is_known_stays(self):
        """Also when what it was read from is gone, and when all is known."""
        case = self._finish(self.ann)
        feedback = self._ask(case, fair="yes")
        fact = self._facts(case)
        self.assertEqual(fact.positive, "yes")
        feedback.write({"fair": "no", "understood": "no"})
        self.Fact._catch_up()
        self.assertEqual(fact.positive, "yes")
        with freeze_time(LATER):
            self.Fact._catch_up()
            self.assertTrue(fact.is_settled)
            self._append(case, "reopened", 1, self.clerk)
            self.Fact._catch_up()
        self.assertEqual(fact.reopened_30d, "no")

    # ---------------------------------------------------------------- nightly job
    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("citizen_crm.ir_cron_catch_up_facts").method_direct_trigger()
        return self.env["ir.config_parameter"].get_param("citizen_crm.facts_caught_up")

    def test_the_job_writes_what_is_missing(self):
        """And looks no further back than its last run, but for a margin."""
        case = self._finish(self.ann)
        self.assertFalse(self._facts(case, catch_up=False))
        self.assertEqual(self._run_job(), "2026-03-04 08:00:00")
        fact = self._facts(case, catch_up=False)
        self.assertEqual((len(fact), fact.repeat_contact_14d), (1, "no"))
        self.assertEqual(self._run_job(), "2026-03-04 08:00:00")
        self.assertEqual(self._facts(case, catch_up=False), fact)

    def test_a_job_without_time_goes_on_later(self):
        for _number in range(2):
            self._finish(self.ann)
        self.assertFalse(self.Fact._catch_up(goes_on=lambda remaining: remaining > 9))
        self.assertEqual(len(self.Fact.search([])), 2)
        self.assertTrue(self.Fact._catch_up())
        self.assertEqual(self.Fact.search([]).mapped("repeat_contact_14d"), ["no"] * 2)
