from datetime import datetime

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time

from ..models.sla.instants import to_instant
from . import sla_common

SIX_DAYS = {"basis": "statutory", "amount": 6, "unit": "statutory_working_days"}
HOURS = {"unit": "hours", "amount": 8}


@freeze_time("2026-03-04 08:00:00")
class TestSlaPanel(sla_common.SlaCommon):
    """The test panel says the same as the clocks of a real case, and why."""

    def _test(self, **values):
        return (
            self.env["citizen.sla.test"]
            .with_user(self.admin)
            .create({"category_id": self.pothole.id, **values})
        )

    def _promise(self, test, kind="Answer", basis="Statutory deadline"):
        name = f"{kind} · {basis}"
        return next(p for p in test._get_promises() if p["name"] == name)

    def test_as_the_case_would_be(self):
        """Every promise falls due when the clock of such a case does."""
        self._create_rule(
            {**SIX_DAYS, "start": "next_working_day"},
            {"kind": "first_reply", **HOURS},
            {"kind": "department", "unit": "end_of_nth_working_day", "amount": 3},
            {"kind": "resolve", "unit": "calendar_days_roll_forward", "amount": 4},
        )
        received = datetime(2026, 2, 27, 16, 30)
        test = self._test(received_at=received)
        count = self.Case.search_count([])
        promises = test._get_promises()
        self.assertEqual(self.Case.search_count([]), count, "no case is created")
        with freeze_time(received):
            case = self._create_case(
                category_id=self.pothole.id, partner_id=self.ada.id
            )
        due = {
            test._tell(to_instant(clock.due), "UTC") for clock in case.sudo().clock_ids
        }
        self.assertEqual({promise["due"] for promise in promises}, due)

    def test_form_answers_without_saving(self):
        self._create_rule(SIX_DAYS, role="citizen")
        form = Form(self.env["citizen.sla.test"].with_user(self.admin))
        form.received_at = "2026-03-04 08:00:00"
        form.category_id = self.pothole
        self.assertEqual(form.team_id, self.roads)
        self.assertIn("12 Mar 2026", form.result)
        form.role = "customer"
        self.assertNotIn("12 Mar 2026", form.result)
        self.assertIn("Nothing is promised", form.result)

    def test_why_the_rules_before_did_not_decide(self):
        for name, values in (
            ("Customers", {"role": "customer"}),
            ("Trees", {"category_ids": self.tree.ids}),
            ("Parks", {"team_ids": self.parks.ids}),
            ("Later", {"valid_from": "2026-05-01 00:00:00"}),
            ("Filtered", {"domain": "[('priority', '=', '3')]"}),
        ):
            self._create_rule(SIX_DAYS, name=name, sequence=1, **values)
        self._create_rule(SIX_DAYS, name="All", sequence=2)
        promise = self._promise(self._test())
        self.assertEqual(promise["rule"].name, "All")
        self.assertEqual(
            promise["passed_over"],
            [
                ("Customers (version 1)", "Role: only Customer case."),
                ("Trees (version 1)", "Service Types: only Tree pruning."),
                ("Parks (version 1)", "Teams: only Parks."),
                (
                    "Later (version 1)",
                    "It was not in force when the case was received.",
                ),
                ("Filtered (version 1)", "Further filter: the case does not pass it."),
            ],
        )

    def test_draft_is_asked_as_if_in_force(self):
        rule = self._create_rule(SIX_DAYS)
        draft = rule.browse(rule.with_user(self.admin).action_new_version()["res_id"])
        draft.with_user(self.admin).target_ids.amount = 2
        self.assertIn("12 Mar", self._promise(self._test())["due"])
        promise = self._promise(self._test(draft_id=draft.id))
        self.assertIn("6 Mar", promise["due"])
        self.assertEqual(promise["rule"], draft)
        self.assertFalse(promise["passed_over"])

    def test_trace_adds_up(self):
        """Wednesday 8:00, 8 working hours, paused from 10:00 to Thursday 10:00."""
        self._create_rule(
            {**HOURS, "pausing_reason_ids": self.supplement.ids}, name="Hours"
        )
        promise = self._promise(
            self._test(
                waiting_reason_id=self.supplement.id,
                waiting_from="2026-03-04 10:00:00",
                waiting_to="2026-03-05 10:00:00",
            ),
            basis="Service standard",
        )
        self.assertEqual(
            promise["total"],
            {
                "counts": "8:00 h",
                "paused": "24:00 h",
                "off": "1:00 h",
                "wall": "33:00 h",
            },
        )
        self.assertEqual(
            [(day["spans"], day["counts_words"]) for day in promise["days"]],
            [
                ("08:00–10:00", "2:00 h"),
                ("10:00–12:00, 13:00–17:00", "6:00 h"),
            ],
        )

    def test_days_are_numbered(self):
        self._create_rule(SIX_DAYS)
        days = self._promise(self._test())["days"]
        self.assertEqual([day["number"] for day in days], [0, 1, 2, 0, 0, 3, 4, 5, 6])

    def test_warnings_with_their_time(self):
        steps = [
            (0, 0, {"amount": 50}),
            (0, 0, {"amount": 1, "trigger": "after", "recipient": "lead"}),
        ]
        self._create_rule({**HOURS, "step_ids": steps})
        promise = self._promise(self._test(), basis="Service standard")
        self.assertEqual(
            [words for _at, words in promise["steps"]],
            ["Handler at 50 %", "Team lead 1 working hours after"],
        )
        self.assertIn("12:00", promise["steps"][0][0])
        self.assertIn("09:00", promise["steps"][1][0])

    def test_trouble_is_told_in_the_panel(self):
        rule = self._create_rule(SIX_DAYS)
        self.roads.resource_calendar_id = self._create_calendar("Never", days=())
        self.assertIn("Never", self._promise(self._test())["problem"])
        self.roads.resource_calendar_id = self.office
        self.env.cr.execute(
            "UPDATE citizen_sla_rule SET domain = %s WHERE id = %s",
            ("[('no_such_field', '=', 1)]", rule.id),
        )
        rule.invalidate_recordset()
        self.env.registry.clear_cache()
        test = self._test()
        promise = self._promise(test)
        self.assertIsNone(promise["rule"])
        self.assertIn("does not work", promise["passed_over"][0][1])
        self.assertIn("does not work", html.fromstring(test.result).text_content())

    def test_without_team_and_without_rules(self):
        test = self._test(category_id=False)
        self.assertIn("No rule promises anything", test.result)
        self._create_rule({"kind": "department", **HOURS})
        promise = self._promise(
            self._test(category_id=False),
            "Answer of the department",
            "Service standard",
        )
        self.assertIn("team", promise["problem"])

    def test_opened_from_a_rule(self):
        rule = self._create_rule(
            SIX_DAYS, category_ids=self.tree.ids, activate=False, nature="inquiry"
        ).with_user(self.admin)
        context = rule.action_test()["context"]
        self.assertEqual(context["default_draft_id"], rule.id)
        self.assertEqual(context["default_category_id"], self.tree.id)
        test = self.env["citizen.sla.test"].with_user(self.admin)
        self.assertEqual(test.with_context(**context).create({}).nature, "inquiry")

    def test_admins_only(self):
        with self.assertRaises(AccessError):
            self.env["citizen.sla.test"].with_user(self.manager).create({})
