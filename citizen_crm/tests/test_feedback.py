import ast
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import file_path

from ..tools.case_secret import token_hash
from .mail_common import CitizenMailCommon

PERSONAL = ("res.users", "hr.employee", "res.partner")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 08:00:00")
class TestFeedback(CitizenMailCommon):
    """Who is asked, what the answers do, and who sees them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Feedback = cls.env["citizen.case.feedback"]
        cls.officer = cls._create_user("watch", "citizen_crm.group_oversight")
        cls.handler.group_ids += cls.env.ref("citizen_crm.group_case_handler")

    def _close(self, phase="closed", **values):
        case = self._create_case(
            **{"partner_id": self.ada.id, "category_id": self.pothole.id, **values}
        )
        self._move(case.sudo(), phase)
        return case

    def _asked(self, case):
        return self.Feedback.search([("case_id", "=", case.id)])

    def _say(self, got="yes", remark="", **values):
        """Close a case and answer about it; return the case."""
        case = self._close(**values)
        self._asked(case)[0]._answer({"got_it": got, "fair": "yes"}, remark)
        return case

    # ----------------------------------------------------------------- asking
    def test_every_close_asks_by_one_mail(self):
        with self._outbox() as sent:
            case = self._close()
            self.env["mail.mail"].sudo().process_email_queue()
        (mail,) = [mail for mail in sent if "ada@" in str(mail["To"])]
        self.assertEqual(mail["Subject"], f"How was it? Your case {case.number}")
        text = self._read(mail)
        self.assertNotIn(case.name, text)
        secret = text.split("/feedback/")[1].split('"')[0].split()[0]
        feedback = self.Feedback._find_by_secret(secret)
        self.assertEqual(feedback.case_id, case)
        self.assertEqual(feedback.team_id, self.roads)
        self.assertNotIn(secret, str(feedback.read()), "only its hash is stored")

    def test_nobody_at_the_desk_reads_the_link(self):
        case = self._close()
        self.assertEqual(len(self._asked(case)), 1)
        self.assertNotIn("/feedback/", "".join(case.message_ids.mapped("body")))
        Message = self.env["mail.message"].with_user(self.clerk)
        self.assertFalse(Message.search([("body", "ilike", "/feedback/")]))

    def test_who_is_not_asked(self):
        for reason, case in {
            "withdrawn": self._close("withdrawn"),
            "answered": self._close("answered"),
            "nobody to tell": self._close(partner_id=False),
        }.items():
            with self.subTest(reason):
                self.assertFalse(self._asked(case))
        self.ben_citizen.contact_preference = "letter"
        self.assertFalse(self._asked(self._close(partner_id=self.ben.id)))

    def test_the_past_asks_nobody(self):
        now = fields.Datetime.now()
        values = self._case_values(partner_id=self.ada.id, role="citizen")
        events = [{"kind": kind, "at": now} for kind in ("received", "closed")]
        stage = {"stage_id": self._stage("closed").id}
        case = self.Case._create_backdated([({**values, **stage}, events)])
        self.assertFalse(self._asked(case))

    # -------------------------------------------------------------- answering
    def test_answer_becomes_the_outcome_by_an_event(self):
        for said, outcome in (
            ("yes", "confirmed"),
            ("partly", "partly"),
            ("no", "not_solved"),
        ):
            with self.subTest(said):
                case = self._say(said)
                self.assertEqual(case.outcome, outcome)
                event = case.sudo().event_ids.filtered(
                    lambda event: event.kind == "outcome_recorded"
                )
                self.assertEqual((event.before, event.after), ("unknown", outcome))
                self.assertFalse(event.user_id)

    def test_the_first_answer_counts(self):
        case = self._close()
        feedback = self._asked(case)
        self.assertTrue(feedback._answer({"got_it": "yes"}, ""))
        self.assertFalse(feedback._answer({"got_it": "no"}, "Changed my mind"))
        self.assertEqual((feedback.got_it, feedback.remark), ("yes", False))
        self.assertEqual(case.outcome, "confirmed")

    def test_each_close_asks_anew_and_the_last_one_counts(self):
        case = self._close()
        first = self._asked(case)
        self._move(case.sudo(), "in_work", "closed")
        second = self._asked(case) - first
        self.assertEqual(len(second), 1)
        second._answer({"got_it": "yes"}, "")
        first._answer({"got_it": "no"}, "")
        self.assertEqual(case.outcome, "confirmed", "the first close is no matter now")

    def test_links_end(self):
        case = self._close()
        feedback = self._asked(case)
        feedback.token_hash = token_hash("secret")
        self.assertTrue(self.Feedback._find_by_secret("secret"))
        with freeze_time(feedback.expires_at + timedelta(seconds=1)):
            self.assertFalse(self.Feedback._find_by_secret("secret"))

    def test_staff_cannot_read_or_write(self):
        feedback = self._asked(self._say("no"))
        for user in (self.manager, self.clerk, self.lead, self.officer, self.handler):
            with self.subTest(user.login):
                mine = feedback.with_user(user)
                for call in (
                    lambda mine=mine: mine.read(["got_it"]),
                    lambda mine=mine: mine.write({"got_it": "yes"}),
                    lambda mine=mine: mine.search([]),
                ):
                    self.assertRaises(AccessError, call)

    # ---------------------------------------------------------------- figures
    def _get_team_rows(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        Team = self.env["citizen.case.feedback.team"]
        return Team.with_user(user or self.handler).search([])

    def test_team_sees_five_at_a_time(self):
        for number in range(1, 12):
            self._say("yes" if number % 2 else "no", f"Remark {number}.")
            rows = self._get_team_rows()
            shown = sum(rows.mapped("answer_count"))
            self.assertEqual(shown, number // 5 * 5)
            self.assertEqual(bool(rows), number >= 5)
        (row,) = rows
        self.assertEqual((row.got_count, row.not_count), (5, 5))
        self.assertEqual(row.fair_share, 100)
        self.assertEqual(len(row.remarks.split("\n\n")), 10)
        self.assertNotIn("Remark 11", row.remarks)
        self.assertEqual(row.category_id, self.pothole)

    def test_a_team_does_not_see_what_others_are_told(self):
        for _number in range(5):
            self._say(category_id=self.tree.id)
        self.assertFalse(self._get_team_rows())
        self.assertRaises(AccessError, self._get_team_rows, self.officer)

    def _get_report(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["citizen.case.feedback.report"].with_user(self.officer)

    def test_oversight_sees_no_small_cell(self):
        """Each answer is in one row at most, and each row has five or more."""
        districts = self.env["citizen.district"].create(
            [{"name": f"D{i}", "code": f"T-D{i}"} for i in range(4)]
        )
        plan = [(self.pothole, 0)] * 6 + [(self.pothole, 1)] * 3
        plan += [(self.pothole, 2)] * 2 + [(self.tree, 3)] * 4
        for category, place in plan:
            self._say(category_id=category.id, district_id=districts[place].id)
        self._close()  # asked, and has not answered
        rows = self._get_report().search([])
        told = {
            (row.category_id.id, row.district_id.id, row.answer_count) for row in rows
        }
        self.assertEqual(
            told, {(self.pothole.id, districts[0].id, 6), (self.pothole.id, False, 5)}
        )
        # The four of the park are too few, also together with all that is left.
        self.assertEqual(sum(rows.mapped("answer_count")), 11)
        self.assertGreaterEqual(min(rows.mapped("answer_count")), 5)

    def test_shares_are_weighed(self):
        for number in range(20):
            self._say("yes" if number < 5 else "no", category_id=self.pothole.id)
        for _number in range(5):
            self._say("yes", category_id=self.tree.id)
        [(share,)] = self._get_report()._read_group([], [], ["got_share:avg"])
        self.assertEqual(share, 40, "10 of 25, not the mean of 25 % and 100 %")

    def test_confidential_cases_are_in_no_figure(self):
        for _number in range(5):
            self._say("no", "They took money", nature="misconduct_report")
        self.assertFalse(self._get_team_rows())
        self.assertFalse(self._get_report().search([]))

    def test_no_figure_is_about_a_person(self):
        """Neither by a field nor in the code that computes the figures."""
        models = [
            name for name in self.env.registry if name.startswith("citizen.case.feed")
        ]
        self.assertGreaterEqual(len(models), 4)
        for name in models:
            for field in self.env[name]._fields.values():
                if field.name in ("create_uid", "write_uid"):
                    continue
                with self.subTest(field=str(field)):
                    self.assertNotIn(field.comodel_name, PERSONAL)
        room = Path(file_path("citizen_crm/models/aftercare"))
        for path in room.glob("*feedback*.py"):
            words = {
                node.value
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
            if "_figures" in path.stem or path.stem.endswith(("_report", "_team")):
                for word in ("user_id", "assignee", "employee", "handler_id"):
                    with self.subTest(path=path.name, word=word):
                        self.assertNotIn(word, " ".join(words))
