"""A published evaluation changes by nothing."""

import json
from hashlib import sha256

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .cycle_common import CycleCommon

SHOWN = ("measure_name", "explanation_of_measure", "word", "sentence", "figures")
TABLES = ("funnel", "strata_html", "cases_html", "cause", "explanation")


@tagged("post_install", "-at_install")
class TestEvaluationSeal(CycleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.evaluation = cls.evaluation.sudo()

    def _look(self, letter="e"):
        """Return all that somebody sees of the evaluation, and its hash."""
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self._as(letter)
        (seen,) = mine.read(
            [
                "display_name",
                "employee_name",
                "manager_name",
                "department_name",
                "context_text",
                "date_from",
                "date_to",
                "state",
            ]
        )
        lines = mine.line_ids.read([*SHOWN, *TABLES])
        texts = mine.statement_ids.read(["kind", "author_name", "text"])
        claims = mine.claim_ids.read(["case_number", "text", "state", "decision"])
        version = mine.version_ids.read(["digest", "content_text", "is_intact"])
        return json.loads(
            json.dumps([seen, lines, texts, claims, version], default=str)
        )

    def _publish(self):
        """Publish it with an account that can be deleted afterwards."""
        self._bring_to("published")

    def test_the_seal_is_the_hash_of_the_text(self):
        self._publish()
        version = self.evaluation.version_ids
        mine = version.with_user(self.users["e"])
        self.assertEqual(sha256(mine.content_text.encode()).hexdigest(), version.digest)
        self.assertTrue(version.is_intact)
        content = json.loads(mine.content_text)
        line = next(line for line in content["lines"] if line["code"] == "T2")
        self.assertEqual(line["standing"]["observed"], 20)
        self.assertEqual(sum(case["event"] for case in line["cases"]), 20)
        self.assertEqual(len(line["cases"]), 40)
        self.assertEqual(content["cycle"]["settings"]["min_cases"], 20)
        self.assertEqual(content["claims"][0]["state"], "rejected")
        told = mine.action_verify()["params"]
        self.assertEqual(told["type"], "success")

    def test_nothing_of_the_resident_is_in_it(self):
        self.case.write({"partner_id": self.ada.id, "name": "Hole at Ada's house"})
        self._publish()
        text = self.evaluation.version_ids.content
        for secret in (self.ada.name, self.ada.email, "Ada's house", "Deep."):
            self.assertNotIn(secret, text)

    def test_what_a_resident_said_is_told_to_nobody(self):
        """1. Three residents of Ann's cases said that they were not treated fairly.
        2. Neither her own line nor the seal tells what so few have said."""
        said = {"invited": "yes", "answered": "yes", "positive": "no"}
        facts = self._add_facts(self.staff["Ann"], 3, 0, **said)
        self.assertNotIn("Fair and Clear", facts[0]._tell())
        self._bring_to("data_check")
        line = self._get_line("C2", "e")
        self.assertIn("fewer than 5 residents have answered", line.sentence)
        self.assertEqual(line.figures["counts"], [3, None])
        self._publish()
        content = self.evaluation.version_ids._get_content()
        sealed = next(one for one in content["lines"] if one["code"] == "C2")
        self.assertEqual(sealed["standing"]["observed"], 0)
        self.assertIsNone(sealed["verdict"]["numbers"]["observed"])
        self.assertIsNone(sealed["department"]["observed"])
        self.assertEqual({case["event"] for case in sealed["cases"]}, {None})
        self.assertFalse(sealed["strata"])

    def test_display_and_hash_stay(self):
        """Cases, rules, names, teams, an erased case, deleted users: all the same."""
        self._publish()
        before = self._look()
        changes = {
            "facts": lambda: self._facts()._exclude("Later"),
            "more facts": lambda: self._add_facts(self.staff["Ann"], 30, 30),
            "case": lambda: self.case.write({"name": "Other", "priority": "3"}),
            "type": lambda: self.pothole.write({"name": "Crater"}),
            "measure": lambda: self.cycle.measure_ids.write(
                {"name": "Other", "explanation": "Other"}
            ),
            "employee": lambda: self.staff["Ann"].write({"name": "Anna Newname"}),
            "manager": lambda: self.users["m"].write({"name": "Boss Newname"}),
            "department": lambda: self.department.write({"name": "Other Works"}),
            "team": lambda: self.roads.write({"name": "Streets", "user_ids": False}),
            "head": lambda: self.department.write({"manager_id": False}),
            "settings": lambda: self.env["ir.config_parameter"].set_param(
                "citizen_crm.evaluation_held_percent", "90"
            ),
            "erased": self._erase,
            "users": self._delete_users,
        }
        for name, change in changes.items():
            with self.subTest(change=name):
                change()
                self.assertEqual(self._look(), before)
                told = self.evaluation.version_ids.action_verify()
                self.assertEqual(told["params"]["type"], "success")

    def _erase(self):
        """Erase the case as after retention."""
        from ..models.privacy.eraser import Eraser

        eraser = Eraser(self.env)
        eraser.add("helpdesk.ticket", {self.case.id: self.case.id})
        eraser.erase()

    def test_the_record_outlives_the_employee(self):
        """1. An auditor reads the record, then the employee and the citizen leave.
        2. Account, employee's post and the citizen's data are gone; it reads the same.
        """
        self.case.write({"partner_id": self.ada.id})
        self._publish()
        before = self._look("a")
        self._erase()
        self._delete_users("emscr")
        self.staff["Ann"].active = False
        self.assertEqual(self._look("a"), before)
        self.assertTrue(self.evaluation.version_ids.is_intact)

    def _delete_users(self, letters="mscr"):
        """Delete accounts of people who had a part."""
        for letter in letters:
            user = self.users[letter]
            user.employee_ids.user_id = False
            self.env["mail.activity"].search([("user_id", "=", user.id)]).unlink()
            user.sudo().unlink()
            self.assertFalse(user.exists())

    def test_nobody_writes_what_is_published(self):
        self._publish()
        version, line = self.evaluation.version_ids, self._get_line()
        claim, said = self.evaluation.claim_ids, self.evaluation.statement_ids[:1]
        for name, change in {
            "version": lambda: version.write({"digest": "x"}),
            "version gone": version.unlink,
            "evaluation": lambda: self.evaluation.write({"employee_name": "x"}),
            "evaluation gone": self.evaluation.unlink,
            "manager": lambda: self.evaluation.write({"manager_id": False}),
            "line": lambda: line.write({"explanation": "x"}),
            "line gone": line.unlink,
            "claim": lambda: claim.write({"text": "x"}),
            "claim gone": claim.unlink,
            "statement": lambda: said.write({"text": "x"}),
            "statement gone": said.unlink,
            "cycle": lambda: self.cycle.write({"name": "x"}),
            "cycle gone": self.cycle.unlink,
        }.items():
            with self.subTest(change=name), self.assertRaises(AccessError):
                change()

    def test_a_change_behind_the_models_is_found(self):
        self._publish()
        version = self.evaluation.version_ids
        self.env.cr.execute(
            "UPDATE citizen_evaluation_version SET content = replace(content, %s, %s)",
            ('"observed":20', '"observed":19'),
        )
        told = version.action_verify()["params"]
        self.assertEqual(told["type"], "danger")
        self.assertIn("not as it was sealed", told["message"])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_employee_alone_confirms_receipt(self):
        self._publish()
        self._as("e").action_confirm_receipt()
        self.assertTrue(self.evaluation.received_at)
