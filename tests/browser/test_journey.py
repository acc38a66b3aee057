"""The whole way of a case, each step by who takes it.

Filed without an account, confirmed by the mailed link, passed to and fro until the head
decides, answered by two teams together, closed, said to be wrong, reviewed by another
handler, looked at on site.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import desk_steps
import resident
from desk_steps import READY
from devtools import Browser
from fair_team import CLEARED, FairTeam
from keyboard import Keyboard, drive
from resident import DESK, PHONE

from odoo import fields
from odoo.tests import new_test_user, tagged

ERRORS = "document.querySelector('.o_citizen_errors')"


@tagged("post_install", "-at_install")
class TestJourney(FairTeam, resident.ResidentBrowser):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.axe = resident.read_axe()
        cls.env.company.file_without_account = True
        cls.head = cls._create_staff("Head", "department_head")
        cls.ranger = cls._create_staff("Ranger", "team_lead")
        departments = cls.env["hr.department"]
        boss = cls.env["hr.employee"].create({"name": "Head", "user_id": cls.head.id})
        works = departments.create({"name": "Works", "manager_id": boss.id})
        cls.parks = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Fair Parks",
                "user_id": cls.ranger.id,
                "user_ids": [(6, 0, cls.ranger.ids)],
            }
        )
        for team in (cls.team, cls.parks):
            team.department_id = departments.create(
                {"name": f"{team.name} Office", "parent_id": works.id}
            )
        cls.hole = cls._create_service(
            "Hole in the road",
            team_id=cls.team.id,
            default_nature="complaint",
            is_on_site=True,
            field_check_rate=100,
        )

    @classmethod
    def _create_staff(cls, name: str, group: str):
        groups = f"citizen_crm.group_{group},{CLEARED}"
        return new_test_user(
            cls.env, f"journey_{name.lower()}", name=name, groups=groups
        )

    # ------------------------------------------------------------------ helpers
    def _find_in_mail(self, pattern: str) -> str:
        """Return what the newest mail that has it says."""
        for mail in self.env["mail.mail"].search([], order="id desc", limit=20):
            if found := re.search(pattern, mail.body_html or ""):
                return found[0]
        raise AssertionError(f"No mail says {pattern}")

    def _at_desk(self, case, user, steps: Callable[[Keyboard], None]) -> None:
        """Let a member of staff do the steps on the form of the case."""
        self._drive(f"/odoo/helpdesk.ticket/{case.id}", user, steps)

    def _drive(self, url: str, user, steps: Callable[[Keyboard], None]) -> None:
        self.env.flush_all()
        drive(self, url, READY, user.login, steps)
        self.env.invalidate_all()

    def _send(self, browser: Browser, button: str, then: str) -> None:
        """Press a button, wait for a page that says something, and look at it."""
        self._click(browser, button)
        condition = (
            then if then == ERRORS else f"document.body.innerText.includes({then!r})"
        )
        self._settle(browser, condition)
        self._check_page(browser, self.axe)

    def _choose(self, browser: Browser, selector: str) -> None:
        browser.evaluate(f"document.querySelector({selector!r}).click()")

    # ------------------------------------------------------------------- story
    def test_from_the_form_to_the_field_check(self) -> None:
        case, secret = self._file_and_confirm()
        self._dispatch()
        first = case.user_id
        self.assertIn(first, self.ann | self.bob | self.cid)
        self._pass_to_and_fro(case, first)
        self._answer_together(case, first)
        self._follow(case, secret)
        self._say_that_it_is_wrong(case)
        reviewer = self._review(case, first)
        self._look(case, first | reviewer)

    def _file_and_confirm(self):
        with self._browse(None, PHONE) as browser:
            self._go(browser, f"/services/{self.hole.id}")
            self._fill(browser, "#f_description", "A hole, a hand deep.")
            while self._heading(browser) != "Who are you?":
                self._click(browser, "Continue")
            self._fill(browser, "#f_name", "Dora Elm")
            self._fill(browser, "#f_email", "dora@example.com")
            self._send(browser, "Send to the city", "dora@example.com")
        case = self.Case.search([], order="id desc", limit=1)
        self.assertFalse(case.team_id)
        with self._browse(None, DESK) as browser:
            self._go(browser, self._find_in_mail(r"/confirm/[\w-]{32}"))
            self._check_page(browser, self.axe)
            self._send(browser, "Yes, it is from me", "We begin")
            secret = browser.evaluate(
                "document.querySelector('#secret_heading + p').textContent"
            )
        self.assertEqual(case.team_id, self.team)
        return case, secret

    def _pass_to_and_fro(self, case, handler) -> None:
        """Two disputes by call, the third at the desk; then the head decides."""
        Transfer = self.env["citizen.case.transfer"].with_user(handler)
        ground = self.env.ref("citizen_crm.transfer_ground_not_competent")
        for _bounce in range(2):
            values = {"ground_id": ground.id, "note": "It stands at the fountain"}
            transfer = Transfer._propose(case.with_user(handler), self.parks, values)
            transfer.with_user(self.ranger)._dispute("Not ours")
        teams = self.team.name, self.parks.name
        self._at_desk(
            case, handler, lambda keys: desk_steps.propose_transfer(keys, *teams)
        )
        self._drive("/odoo/transfers", self.ranger, desk_steps.dispute_transfer)
        self.assertEqual(case.transfer_id.arbiter_id, self.head)
        self._at_desk(
            case, self.head, lambda keys: desk_steps.decide_transfer(keys, teams[0])
        )
        self.assertEqual(case.team_id, self.team)
        self.assertEqual(case.user_id, handler)

    def _answer_together(self, case, handler) -> None:
        case.with_user(handler).action_start_work()
        team = self.parks.name
        self._at_desk(
            case,
            handler,
            lambda keys: desk_steps.ask_contribution(
                keys, team, "How old is the tree?"
            ),
        )
        self._at_desk(
            case,
            self.ranger,
            lambda keys: desk_steps.contribute(keys, "Eighty years old"),
        )

        def write(keys: Keyboard) -> None:
            desk_steps.write_reply(keys)
            desk_steps.insert_contributions(keys, f"{team}: Eighty years old")
            desk_steps.ask_approval(keys)

        self._at_desk(case, handler, write)
        self._drive("/odoo/replies", self.lead, desk_steps.approve)
        self._at_desk(case, handler, desk_steps.send_and_close)
        self.assertEqual(case.phase, "closed")

    def _follow(self, case, secret: str) -> None:
        with self._browse(None, PHONE) as browser:
            self._go(browser, "/track")
            self._fill(browser, "#f_number", case.number)
            self._fill(browser, "#f_secret", secret)
            self._send(browser, "Show my case", "The sender confirmed the case.")
            text = self._text(browser)
        for words in ("Streets Act § 9", "Fair Parks: Eighty years old"):
            self.assertIn(words, text)
        for words in ("fountain", "not ours", "Ranger", "stands in the road"):
            self.assertNotIn(words, text)

    def _say_that_it_is_wrong(self, case) -> None:
        link = self._find_in_mail(r"/feedback/[\w-]{32}")
        with self._browse(None, PHONE) as browser:
            self._go(browser, link)
            self._check_page(browser, self.axe)
            self._send(browser, "Send", ERRORS)
            self._choose(browser, "#f_got_it_no")
            self._fill(browser, "#f_message", "The hole is still there")
            self._send(browser, "Send", "Something is missing or wrong?")
            self._send(browser, "Ask for a review", "What is it about?")
            self._send(browser, "Ask for a review", ERRORS)
            self._choose(browser, "#f_ground_promise")
            self._fill(browser, "#f_message", "You said it was filled. It is not.")
            self._send(browser, "Ask for a review", "has not handled it before")
            self._go(browser, link)
            self.assertIn("We have noted what you said.", self._text(browser))
        self.assertEqual(case.outcome, "not_solved")

    def _review(self, case, first):
        self._dispatch()
        reviewer = case.user_id
        self.assertIn(reviewer, (self.ann | self.bob | self.cid) - first)
        said = "You said it was filled."
        self._at_desk(case, reviewer, lambda keys: desk_steps.uphold_review(keys, said))
        self.assertTrue(case.review_ids.is_answer_missing)
        case.with_user(reviewer).message_post(
            body="You are right. It is filled now.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        for phase in ("answered", "closed"):
            case.stage_id = self.env.ref(f"citizen_crm.stage_{phase}")
        return reviewer

    def _look(self, case, handlers) -> None:
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        sample = self.env["citizen.field.sample"]._draw_next("journey", tomorrow)
        check = self.env["citizen.field.check"].search([("sample_id", "=", sample.id)])
        self.assertNotIn(check.checker_id, handlers)
        url = f"/odoo/field-checks/{check.id}"
        self._drive(url, check.checker_id, desk_steps.record_check)
        self.assertEqual(case.outcome, "confirmed")

    # ----------------------------------------------------------------- company
    def test_contact_of_a_company(self) -> None:
        """Reads the company's cases; a colleague's own stay the colleague's."""
        own = self._create_case(self.ada)
        shared = self._create_case(
            self.ada, name="A larger bin", role="customer", category_id=self.bin.id
        )
        shared.stage_id = self.env.ref("citizen_crm.stage_closed")
        with self._browse(self.ben, PHONE) as browser:
            self._go(browser, "/my/organisation/cases")
            self.assertIn("A larger bin", self._text(browser))
            self.assertNotIn(own.number, self._text(browser))
            self._check_page(browser, self.axe)
            self._click(browser, "A larger bin")
            self._settle(browser, "document.querySelector('.o_citizen_timeline')")
            for words in (
                "Tell us how it was",
                "Ask for a review",
                "open the case again",
            ):
                self.assertNotIn(words, self._text(browser))
            self._check_page(browser, self.axe)
            self._go(browser, f"/my/case/{own.number}")
            self.assertNotIn("Portal case", self._text(browser))
            self._check_page(browser, self.axe)
