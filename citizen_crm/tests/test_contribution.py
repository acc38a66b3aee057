"""Contributions: several departments, one case, one reply."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .transfer_common import TransferCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


class TestContribution(TransferCommon):
    def _ask(self, user=None, team=None, **values):
        """Ask as a handler does: by the button of the case and its dialog."""
        user = user or self.worker
        action = self.case.with_user(user).action_ask_contribution()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(
                {
                    "team_id": (team or self.parks).id,
                    "question": "How old is the tree?",
                    **values,
                }
            )
        )
        wizard.action_confirm()
        return self.case.contribution_ids.sorted("id")[-1:]

    def _do(self, part, kind, user, **values):
        part = part.with_user(user)
        action = getattr(part, f"action_{kind}")()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(values)
        )
        return wizard.action_confirm()

    def _tasks(self):
        kind = self.env.ref("citizen_crm.mail_activity_type_contribution")
        tasks = self.case.sudo().activity_ids
        return tasks.filtered(lambda task: task.activity_type_id == kind)

    def test_ask(self):
        part = self._ask()
        self.assertRecordValues(
            part,
            [
                {
                    "asking_team_id": self.roads.id,
                    "team_id": self.parks.id,
                    "state": "asked",
                    # Three working days after a Wednesday.
                    "deadline": datetime(2026, 3, 9, 23, 59, 59),
                    "asked_by_id": self.worker.id,
                }
            ],
        )
        self.assertEqual(self._tasks().user_id, self.ranger)
        self.assertEqual(self.case.team_id, self.roads)
        self.assertFalse(self.parks.assignment_entry_ids, "it charges nobody")
        event = self.case.event_ids.filtered(lambda e: e.kind == "contribution_asked")
        self.assertEqual(event.detail, "Parks")

    @mute_logger(*QUIET)
    def test_whole_way(self):
        part = self._ask()
        gardener = self.case.with_user(self.gardener)
        self.assertFalse(gardener.has_access("read"))
        with self.assertRaises(AccessError):
            part.with_user(self.plumber)._assign(self.gardener)
        with self.assertRaisesRegex(UserError, "choose somebody of Parks"):
            self._do(part, "assign", self.ranger, user_id=self.worker.id)
        self._do(part, "assign", self.ranger, user_id=self.gardener.id)
        self.assertTrue(gardener.has_access("read"))
        self.assertFalse(gardener.has_access("write"))
        self.assertEqual(self._tasks().user_id, self.gardener)
        self.assertTrue(gardener.contribution_id)
        with self.assertRaisesRegex(UserError, "write the part"):
            self._do(part, "answer", self.gardener, text=" ")
        file = (
            self.env["ir.attachment"]
            .with_user(self.gardener)
            .create({"name": "tree.txt", "raw": b"Old"})
        )
        self._do(
            part,
            "answer",
            self.gardener,
            text="Eighty years",
            attachment_ids=[(6, 0, file.ids)],
        )
        self.assertEqual((part.state, part.text), ("answered", "Eighty years"))
        self.assertEqual(part.with_user(self.worker).attachment_ids.name, "tree.txt")
        self.assertEqual(
            self.case._get_contribution_texts(), [("Parks", "Eighty years")]
        )
        self.assertFalse(gardener.has_access("read"), "it was for the answer alone")
        self.assertEqual(self._tasks().user_id, self.worker)

    def test_who_has_contributed_sees_a_list(self):
        """The case is closed to them now; its form would be an error."""
        answer = self._do(self._ask(), "answer", self.ranger, text="Eighty years")
        self.assertFalse(self.case.with_user(self.ranger).has_access("read"))
        self.assertEqual(answer["res_model"], "citizen.case.contribution")
        self.assertEqual(answer["target"], "main")
        part = self._ask(team=self.water)
        back = self._do(part, "withdraw", self.worker, reason="Found it")
        self.assertEqual(back, {"type": "ir.actions.act_window_close"})

    @mute_logger(*QUIET)
    def test_who_asks_and_answers(self):
        for user in (self.clerk, self.ranger):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._ask(user)
        part = self._ask()
        for user in (self.worker, self.lead, self.clerk, self.gardener):
            with self.subTest(user.login), self.assertRaises(AccessError):
                part.with_user(user)._answer("I know")
            with self.subTest(user.login), self.assertRaises(AccessError):
                part.with_user(user)._return("No")
        for values in ({"state": "answered"}, {"text": "Mine"}):
            with self.assertRaises(AccessError):
                part.with_user(self.ranger).write(values)
        with self.assertRaises(AccessError):
            part.with_user(self.ranger)._withdraw("Why not")

    @mute_logger(*QUIET)
    def test_files_of_others_are_not_taken(self):
        part = self._ask()
        file = self.env["ir.attachment"].create({"name": "secret", "raw": b"x"})
        with self.assertRaisesRegex(AccessError, "that you upload"):
            part.with_user(self.ranger)._answer("See", file.with_user(self.ranger))

    def test_bad_questions(self):
        for values, message in (
            ({"team": self.roads}, "the team that handles the case"),
            ({"question": " "}, "Question: say"),
            ({"days": 0}, "from 1 to 60"),
            ({"days": 61}, "from 1 to 60"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, message),
                self.cr.savepoint(),
            ):
                self._ask(**values)
        self._ask()
        with self.assertRaisesRegex(UserError, "asked for its part already"):
            self._ask()

    def test_clearance(self):
        self.parks.department_id = False
        self.ranger.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        with (
            self.assertRaisesRegex(UserError, "nobody who leads Parks"),
            self.cr.savepoint(),
        ):
            self._ask()
        part = self._ask(team=self.water)
        self.water.user_ids += self.gardener
        self.gardener.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        with self.assertRaisesRegex(UserError, "has no clearance"):
            self._do(part, "assign", self.plumber, user_id=self.gardener.id)
        self.assertFalse(part.user_id)

    def test_return_and_withdraw(self):
        part = self._ask()
        self._do(part, "return", self.ranger, reason="It is no tree of ours")
        self.assertEqual(part.state, "returned")
        again = self._ask()
        with self.assertRaisesRegex(UserError, "Reason: say why"):
            self._do(again, "withdraw", self.worker, reason=" ")
        self._do(again, "withdraw", self.lead, reason="Seen on site")
        self.assertEqual(again.state, "withdrawn")
        self.assertFalse(self.case.is_lent)
        with self.assertRaisesRegex(UserError, "was faster"):
            again.with_user(self.ranger)._answer("Too late")
        with self.assertRaisesRegex(UserError, "was faster"):
            again.with_user(self.worker)._withdraw("Once more")
        self.assertFalse(self.case._get_contribution_texts())

    def test_no_reply_while_others_owe_their_part(self):
        part = self._ask()
        case = self.case.with_user(self.worker)
        for phase in ("answered", "closed"):
            with self.assertRaisesRegex(UserError, "Parks still owe their part"):
                case.stage_id = self._stage(phase)
        self.assertTrue(case.is_open)
        self._move(case, "in_work")
        part.with_user(self.worker)._withdraw("Seen on site")
        self._move(case.sudo(), "answered")
        self.assertPhase(case, "answered")

    def test_joint_reply(self):
        part = self._ask()
        case = self.case.with_user(self.worker)
        reply = self.env["citizen.case.reply"].with_user(self.worker)
        reply = reply.create({"case_id": case.id, "facts": "We looked."})
        self.assertFalse(reply.has_contributions)
        with self.assertRaisesRegex(UserError, "No other team has contributed"):
            reply.action_insert_contributions()
        part.with_user(self.ranger)._answer("Eighty years")
        reply.invalidate_recordset(["has_contributions"])
        self.assertTrue(reply.has_contributions)
        for _twice in range(2):
            reply.action_insert_contributions()
            self.assertEqual(reply.facts, "We looked.\n\nParks: Eighty years")

    def test_ends_with_the_case(self):
        part = self._ask()
        self._move(self.case.sudo(), "withdrawn")
        self.assertEqual(
            (part.state, part.reason), ("withdrawn", "The case has ended.")
        )
        self.assertFalse(self.case.is_lent or self._tasks())

    def test_overdue_is_told_once(self):
        part = self._ask()
        method = self.env.ref("citizen_crm.ir_cron_contribution").method_direct_trigger
        with self.enter_registry_test_mode():
            method()
            self.assertFalse(part.late_told_at)
            for hours in (1, 30):
                with freeze_time(part.deadline + timedelta(hours=hours)):
                    self.env.invalidate_all()
                    self.assertTrue(part.is_overdue)
                    method()
        late = self._tasks().filtered(lambda task: "Overdue" in task.summary)
        self.assertEqual(len(late), 1)
        self.assertEqual(late.user_id, self.ranger)

    def test_search_overdue(self):
        part = self._ask()
        with freeze_time(part.deadline + timedelta(days=1)):
            self._ask(team=self.water)
            self.assertSearchAgrees(
                self.env["citizen.case.contribution"], "is_overdue", (True, False)
            )

    def test_goes_with_a_transferred_case(self):
        """The new team has the question, and may withdraw it."""
        part = self._ask(team=self.water)
        self._answer(self._propose(), "accept")
        self.assertEqual(part.state, "asked")
        self.assertTrue(self.case.is_lent)
        self.assertTrue(part.with_user(self.ranger).may_withdraw)

    def test_residents_read_nothing_of_it(self):
        self._ask()
        lines = self.case._get_portal_timeline()
        self.assertFalse([line for line in lines if "Parks" in line["text"]])
