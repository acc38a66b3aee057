"""What the screens show of a case, computed for display only."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from . import common


@tagged("post_install", "-at_install")
class TestDisplay(common.CitizenCommon):
    def test_person_is_the_contact_the_name_given_or_anonymous(self):
        known = self._create_case(partner_id=self.ada.id)
        named = self._create_case(partner_name="A neighbour")
        nobody = self._create_case()
        self.assertEqual(known.person_display, "Ada Fox")
        self.assertEqual(named.person_display, "A neighbour")
        self.assertEqual(nobody.person_display, "Anonymous")

    def test_due_state_computed_searched_and_grouped_alike(self):
        """1. One case of each state.
        2. Expected: compute, search and grouping tell the same of every case."""
        due_dates = {
            "late": common.NOW - timedelta(minutes=1),
            "today": common.NOW + timedelta(hours=2),
            "later": common.NOW + timedelta(days=1),
            "none": False,
        }
        cases = {
            state: self._create_case(due_date=due, category_id=self.pothole.id)
            for state, due in due_dates.items()
        }
        ended = self._create_case(due_date=due_dates["late"])
        ended.sudo().action_close()
        cases[False] = ended
        answered = self._create_case(due_date=due_dates["late"])
        answered.sudo().action_answered()
        self.assertFalse(answered.due_state)
        self.assertFalse(answered.is_late)
        self.assertNotIn(answered, self.Case.search([("is_late", "=", True)]))
        all_cases = self.Case.union(*cases.values())
        domain = [("id", "in", all_cases.ids)]
        counts = dict(
            all_cases.with_context(tz="UTC")._read_group(
                domain, ["due_state"], ["__count"]
            )
        )
        self.assertEqual(counts, dict.fromkeys(cases, 1))
        for state, case in cases.items():
            self.assertEqual(case.due_state, state)
            found = self.Case.search([*domain, ("due_state", "=", state)])
            self.assertEqual(found, case)

    def test_today_ends_at_midnight_of_the_user(self):
        """22:00 UTC is tomorrow in Taipei, and still today in UTC."""
        case = self._create_case(due_date=common.NOW.replace(hour=22))
        self.assertEqual(case.with_context(tz="UTC").due_state, "today")
        self.assertEqual(case.with_context(tz="Asia/Taipei").due_state, "later")

    def test_matter_shows_the_other_cases_from_each_of_them(self):
        lead = self._create_case(category_id=self.pothole.id)
        first, second = (
            self._create_case(category_id=self.pothole.id) for _ in range(2)
        )
        (first + second).sudo().duplicate_id = lead
        self.assertEqual(lead.matter_ids, first + second)
        self.assertEqual(first.matter_ids, lead + second)
        self.assertEqual(first.matter_count, 2)

    def test_other_cases_of_the_person_in_the_same_role_are_counted(self):
        case = self._create_case(partner_id=self.ada.id, role="citizen")
        self.assertEqual(case.person_case_count, 0)
        self._create_case(partner_id=self.ada.id, role="citizen")
        self._create_case(partner_id=self.ada.id, role="customer")
        case.invalidate_recordset(["person_case_count"])
        self.assertEqual(case.person_case_count, 1)

    def test_needs_say_what_staff_do_and_escape_what_they_quote(self):
        need = self.env["citizen.need"].create(
            {"name": "Big <b>letters</b>", "code": "big", "description": "16 points."}
        )
        citizen = self._create_citizen(self.ada, need_ids=need.ids)
        case = self._create_case(citizen_id=citizen.id)
        self.assertIn("16 points.", case.need_instructions)
        self.assertIn("Big &lt;b&gt;letters", case.need_instructions)

    def test_history_says_to_whom_and_from_what_to_what(self):
        case = self._create_case(category_id=self.pothole.id)
        case.sudo().user_id = self.teamworker
        case.sudo().outcome = "partly"
        details = {event.kind: event.detail for event in case.event_ids}
        self.assertEqual(details["routed"], "Roads")
        self.assertEqual(details["assigned"], "Teamworker")
        self.assertEqual(details["outcome_recorded"], "Not known → Partly solved")

    def test_history_says_from_whom(self):
        """1. Pass a case from one handler to another, back to the team, to Parks.
        2. Begin in a stage that the desk has named itself.
        """
        own = self._stage("in_work").copy({"name": "On Site", "sequence": 1})
        case = self._create_case(category_id=self.pothole.id)
        for values in (
            {"user_id": self.handler.id},
            {"user_id": self.teamworker.id},
            {"user_id": False},
            {"team_id": self.parks.id},
            {"user_id": self.clerk.id},
            {"stage_id": own.id},
            {"stage_id": self._stage("withdrawn").id},
            {"stage_id": own.id},
        ):
            case.sudo().write(values)
        told = case.event_ids.sorted("id").filtered(
            lambda event: event.kind not in ("promised", "calendar_changed")
        )
        self.assertEqual(
            [(event.kind, event.detail) for event in told][2:],
            [
                ("assigned", "Handler"),
                ("assigned", "Handler → Teamworker"),
                ("unassigned", "Teamworker"),
                ("transferred", "Roads → Parks"),
                ("assigned", "Clerk"),
                ("in_work", "On Site"),
                ("withdrawn", False),
                ("reopened", "On Site"),
            ],
        )

    def test_story_is_the_history_without_what_only_clocks_need(self):
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        rule = self.env["citizen.sla.rule"].create(
            {"name": "Answers", "target_ids": [(0, 0, {"amount": 6})]}
        )
        supplement = self.env.ref("citizen_crm.waiting_reason_supplement")
        version = self.env.company.resource_calendar_id._get_version()
        for kind, values, detail in (
            ("promised", {"target_id": rule.target_ids.id}, rule.target_ids.sentence),
            ("extended", {"days": 3}, "By 3 working days"),
            (
                "calendar_changed",
                {"calendar_version_id": version.id, "after": "Office, version 2"},
                "Office, version 2",
            ),
            ("waiting", {"waiting_reason_id": supplement.id}, supplement.name),
            ("replied", {}, False),
        ):
            with self.subTest(kind=kind):
                event = case._log(kind, **values).with_user(self.handler)
                self.assertEqual(event.detail, detail)
        self.assertIn("promised", case.event_ids.mapped("kind"))
        self.assertEqual(
            case.event_ids - case.story_ids,
            case.event_ids.filtered(
                lambda event: event.kind in ("promised", "calendar_changed")
            ),
        )
        case.sudo().category_id = self.tree
        change = case.event_ids.filtered(lambda event: event.kind == "type_changed")
        self.assertEqual(change.detail, "Pothole → Tree pruning")

    def test_buttons_move_a_case_through_its_life(self):
        case = self._create_case(category_id=self.pothole.id)
        case.sudo().user_id = self.teamworker
        case = case.with_user(self.teamworker)
        for action, phase in (
            ("action_start_work", "in_work"),
            ("action_answered", "answered"),
            ("action_close", "closed"),
            ("action_reopen", "in_work"),
        ):
            getattr(case, action)()
            self.assertEqual(case.phase, phase)

    def test_board_leaves_out_columns_that_stay_empty(self):
        stages = self.Case._read_group_stage_ids(self.env["helpdesk.ticket.stage"], [])
        self.assertIn("received", stages.mapped("phase"))
        board = self.Case.with_context(board_of="handler")._read_group_stage_ids(
            self.env["helpdesk.ticket.stage"], []
        )
        self.assertFalse({"received", "routed"} & set(board.mapped("phase")))
        self.assertIn("closed", board.mapped("phase"))

    def test_sharing_and_copying_without_a_menu(self):
        """Called from outside, with records or with nothing at all."""
        cases = self._create_case() + self._create_case()
        nothing = self.Case.with_user(self.clerk)
        for call in ("action_share", "action_duplicate_tickets"):
            with self.subTest(call), self.assertRaisesRegex(UserError, "^Choose a"):
                getattr(nothing, call)()
        with self.assertRaisesRegex(UserError, "^Choose one"):
            cases.action_share()
        context = cases[0].action_share()["context"]
        self.assertEqual(context["active_id"], cases[0].id)
        last = self.Case.search([], order="id desc", limit=1)
        cases.action_duplicate_tickets()
        nothing.with_context(active_ids=cases.ids).action_duplicate_tickets()
        copies = self.Case.search([("id", ">", last.id)])
        self.assertEqual(copies.mapped("name"), cases.mapped("name") * 2)

    def test_every_selection_has_labels(self):
        """A selection that is not a list has no labels on any screen."""
        for model in ("helpdesk.ticket", "citizen.case.event", "helpdesk.ticket.stage"):
            for name, field in self.env[model].fields_get().items():
                if field["type"] == "selection":
                    self.assertTrue(field["selection"], f"{model}.{name}")

    def test_list_of_cases_costs_the_same_for_one_and_for_many(self):
        """What the list shows is fetched for all rows at once."""
        names = ["person_display", "service_type_name", "district_name", "due_state"]

        def cost(count):
            cases = self.Case.union(
                *(
                    self._create_case(
                        partner_id=self._create_partner(f"P{number}").id,
                        category_id=self.pothole.id,
                    )
                    for number in range(count)
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases.read(names)
            return self.env.cr.sql_log_count - before

        self.assertEqual(cost(1), cost(8))
