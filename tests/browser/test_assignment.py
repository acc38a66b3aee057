"""An employee reads why, and the own share; the lead opens the board and assigns."""

from __future__ import annotations

from fair_team import FairTeam
from keyboard import Keyboard, drive

from odoo.tests import tagged

FORM = "!!document.querySelector('.o_form_view')"
SHARE = "!!document.querySelector('.o_assignment_share .o_assignment_sentence')"
BOARD = "!!document.querySelector('.o_assignment_members')"


@tagged("post_install", "-at_install")
class TestAssignmentScreens(FairTeam):
    """Two of three cases are given out."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.given = cls._file(2)
        cls._dispatch()
        cls.waiting = cls._file(1)

    def test_employee_reads_why_and_the_own_share(self) -> None:
        case = self.given[0]
        # Read before: the server works on the same cursor as soon as a page is open.
        number, login = case.number, case.user_id.login

        def ask_why(keys: Keyboard) -> None:
            keys.wait_for_text(".o_assignment_why", "Why me?")
            # Who has the case is changed by the dialog alone.
            keys.wait_for("document.querySelector('button[name=action_hand]')")
            keys.wait_for("!document.querySelector('[name=user_id] input')")
            keys.click(".o_assignment_why")
            dialog = ".o_assignment_why_dialog"
            keys.wait_for_text(dialog, "Given to you: lowest of 3 eligible")
            keys.wait_for_text(f"{dialog} .o_assignment_own", "you")
            keys.wait_for_text(f"{dialog} .o_assignment_replay", "the same")

        def read_share(keys: Keyboard) -> None:
            keys.wait_for_text(".o_assignment_sentence", "than your share")
            keys.wait_for_text(".o_assignment_bound", "differ by at most 4.0")
            keys.wait_for_text(".o_assignment_colleagues", "(you)")
            keys.wait_for_text(".o_assignment_entries", number)
            keys.click(".o_assignment_entries button")
            keys.wait_for(FORM)
            keys.wait_for_text(".o_form_view", number)

        drive(self, f"/odoo/cases/{case.id}", FORM, login, ask_why)
        drive(self, "/odoo/my-share", SHARE, login, read_share)

    def test_lead_opens_the_board_and_assigns_now(self) -> None:
        number = self.waiting.number

        def steps(keys: Keyboard) -> None:
            keys.wait_for_text(".o_assignment_members", "Ann")
            keys.wait_for_text(".o_assignment_queue", number)
            keys.wait_for("document.querySelector('.o_assignment_chart canvas')")
            keys.click(".o_assign_now")
            keys.wait_for_text(".o_notification", "1 given out, 0 still waiting")
            keys.wait_for_text(".o_assignment_board", "Nothing waits.")

        drive(self, "/odoo/fair-work-board", BOARD, self.lead.login, steps)
        self.env.invalidate_all()
        self.assertIn(self.waiting.user_id, self.ann + self.bob + self.cid)
        self.assertEqual(len((self.given + self.waiting).user_id), 3)
