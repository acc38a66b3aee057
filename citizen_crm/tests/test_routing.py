from odoo.exceptions import ValidationError
from odoo.tests import Form

from .common import NOW, CitizenCommon


class TestRouting(CitizenCommon):
    """Type decides the team, team and handler decide the stage."""

    def test_without_type_the_case_waits_in_triage(self):
        case = self._create_case(self.teamworker)
        self.assertFalse(case.team_id)
        self.assertPhase(case, "received")
        self.assertKinds(case, ["received"])

    def test_type_routes_to_its_team(self):
        case = self._create_case(category_id=self.pothole.id)
        self.assertEqual(case.team_id, self.roads)
        self.assertFalse(case.user_id)
        self.assertPhase(case, "routed")

    def test_team_said_goes_before_the_type(self):
        """Mail aliases and portal forms name the team themselves."""
        case = self._create_case(team_id=self.parks.id, category_id=self.pothole.id)
        self.assertEqual(case.team_id, self.parks)
        self.assertPhase(case, "routed")
        self.assertKinds(case, ["received", "routed"])

    def test_team_and_handler_said(self):
        case = self._create_case(team_id=self.roads.id, user_id=self.handler.id)
        self.assertPhase(case, "assigned")
        self.assertEqual(case.assigned_date, NOW)
        self.assertKinds(case, ["received", "routed", "assigned"])

    def test_stage_said_goes_before_the_team(self):
        case = self._create_case(
            team_id=self.roads.id, stage_id=self._stage("in_work").id
        )
        self.assertPhase(case, "in_work")

    def test_archived_team_means_triage(self):
        self.roads.active = False
        case = self._create_case(category_id=self.pothole.id)
        self.assertFalse(case.team_id)
        self.assertPhase(case, "received")

    def test_type_chosen_in_triage(self):
        case = self._create_case()
        case.category_id = self.pothole
        self.assertEqual(case.team_id, self.roads)
        self.assertPhase(case, "routed")
        self.assertKinds(case, ["received", "type_changed", "routed"])

    def test_type_changed_re_routes_an_open_case(self):
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self.assertPhase(case, "assigned")
        case.sudo().category_id = self.tree
        self.assertEqual(case.team_id, self.parks)
        self.assertFalse(case.user_id, "not in the new team")
        self.assertPhase(case, "routed")

    def test_type_changed_never_moves_an_ended_case(self):
        for phase in ("closed", "not_handled", "withdrawn"):
            with self.subTest(phase):
                case = self._create_case(category_id=self.pothole.id)
                self._move(case.sudo(), phase)
                case.sudo().category_id = self.tree
                self.assertEqual(case.team_id, self.roads)
                self.assertPhase(case, phase)

    def test_many_cases_re_routed_at_once(self):
        cases = self._create_case(category_id=self.pothole.id) + self._create_case()
        ended = self._create_case(category_id=self.pothole.id)
        self._move(ended, "closed")
        (cases + ended).sudo().write({"category_id": self.tree.id})
        self.assertEqual(cases.team_id, self.parks)
        self.assertEqual(ended.team_id, self.roads)

    def test_stage_follows_the_handler(self):
        case = self._create_case(category_id=self.pothole.id)
        case.user_id = self.handler
        self.assertPhase(case, "assigned")
        self.assertEqual(case.assigned_date, NOW)
        case.user_id = False
        self.assertPhase(case, "routed")
        self.assertKinds(case, ["received", "routed", "assigned", "unassigned"])

    def test_taking_a_case(self):
        case = self._create_case(category_id=self.pothole.id).with_user(self.handler)
        case.assign_to_me()
        self.assertEqual(case.user_id, self.handler)
        self.assertPhase(case, "assigned")

    def test_handler_removed_during_work(self):
        """Nobody works on it any more, so it waits for a handler again."""
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self._move(case, "in_work")
        case.user_id = self.teamworker
        self.assertPhase(case, "in_work")
        case.user_id = False
        self.assertPhase(case, "routed")

    def test_a_case_passed_on_stays_when_it_is_given_to_somebody(self):
        """1. Transfer a pothole to Parks, give it to somebody there, take it back.
        2. The same in a form.
        3. Expected: with Parks throughout; the service type routes when it changes.
        """
        case = self._create_case(category_id=self.pothole.id).sudo()
        case.team_id = self.parks
        for user in (self.clerk, self.env["res.users"], self.clerk):
            case.user_id = user
            self.assertEqual((case.team_id, case.user_id), (self.parks, user))
        with Form(self._create_case(category_id=self.pothole.id).sudo()) as form:
            form.team_id = self.parks
            form.user_id = self.clerk
            self.assertEqual(form.team_id, self.parks)
        self.assertKinds(
            case,
            ["received", "routed", "transferred", "assigned", "unassigned", "assigned"],
        )
        case.category_id = self._create_service_type("Crack", self.roads)
        self.assertEqual(case.team_id, self.roads)

    def test_lead_keeps_the_case_when_its_type_is_corrected(self):
        """A lead who is no member may be given a case of the team, and keeps it."""
        self.roads.user_id = self.manager
        case = self._create_case(self.manager, category_id=self.pothole.id)
        case._hand_to(self.manager, "Mine")
        self._move(case, "in_work")
        case.category_id = self._create_service_type("Crack", self.roads)
        self.assertEqual(case.user_id, self.manager)
        self.assertPhase(case, "in_work")

    def test_another_type_taken_back_before_saving(self):
        """A slip in the form is no change, whoever has the case by now."""
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self._move(case, "in_work")
        moved = self._create_case(category_id=self.pothole.id)
        moved.sudo().write({"team_id": self.parks.id, "user_id": self.clerk.id})
        for one in case, moved:
            before = one.team_id, one.user_id, one.stage_id
            with Form(one.with_user(self.manager)) as form:
                form.category_id = self.tree if one == case else self.bin
                form.category_id = self.pothole
                form.place = "Mill Lane"
            self.assertEqual((one.team_id, one.user_id, one.stage_id), before)

    def test_transferred_during_work(self):
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self._move(case, "in_work")
        case.sudo().team_id = self.parks
        self.assertFalse(case.user_id)
        self.assertPhase(case, "routed")

    def test_waiting_and_answered_stay_when_the_handler_changes(self):
        for phase in ("waiting", "answered", "closed"):
            with self.subTest(phase):
                case = self._create_case(
                    category_id=self.pothole.id, user_id=self.handler.id
                )
                self._move(case, phase)
                case.user_id = False
                self.assertPhase(case, phase)

    def test_returned_to_triage(self):
        case = self._create_case(category_id=self.pothole.id)
        case.sudo().team_id = False
        self.assertPhase(case, "received")
        self.assertKinds(case, ["received", "routed", "unrouted"])

    def test_department_follows_the_team(self):
        works = self.env["hr.department"].create({"name": "Public Works"})
        self.roads.department_id = works
        case = self._create_case(category_id=self.pothole.id)
        self.assertEqual(case.department_id, works)

    def test_company_auto_assignment_makes_nobody_handler(self):
        self.company.helpdesk_mgmt_ticket_auto_assign = True
        case = self._create_case(self.handler, category_id=self.pothole.id)
        self.assertFalse(case.user_id)
        defaults = self.Case.with_user(self.handler).default_get(["user_id"])
        self.assertFalse(defaults.get("user_id"))


class TestStages(CitizenCommon):
    def setUp(self):
        super().setUp()
        self.case = self._create_case(
            category_id=self.pothole.id, user_id=self.handler.id
        )

    def test_answered_and_closed_dates(self):
        self._move(self.case, "in_work", "answered")
        self.assertEqual(self.case.answered_date, NOW)
        self.assertFalse(self.case.closed_date)
        self._move(self.case, "closed")
        self.assertEqual(self.case.closed_date, NOW)
        self.assertFalse(self.case.is_open)

    def test_reopening_clears_the_closed_date(self):
        self._move(self.case, "answered", "closed", "in_work")
        self.assertFalse(self.case.closed_date)
        self.assertTrue(self.case.answered_date, "the first answer was given")
        self.assertPhase(self.case, "in_work")

    def test_dates_are_not_moved_by_a_write_that_changes_nothing(self):
        """A drag within the column writes the same stage once more."""
        self._move(self.case, "answered")
        self.case.sudo().answered_date = "2026-03-01 08:00:00"
        self._move(self.case, "answered")
        self.assertEqual(str(self.case.answered_date), "2026-03-01 08:00:00")
        self._move(self.case, "closed")
        self.case.sudo().closed_date = "2026-03-02 08:00:00"
        self._move(self.case, "closed")
        self.assertEqual(str(self.case.closed_date), "2026-03-02 08:00:00")

    def test_a_case_registered_when_all_is_done(self):
        """The counter answers on the spot and registers the case as closed."""
        case = self._create_case(stage_id=self._stage("closed").id)
        self.assertEqual(case.closed_date, NOW)
        case = self._create_case(stage_id=self._stage("answered").id)
        self.assertEqual(case.answered_date, NOW)
        self.assertFalse(case.closed_date)

    def test_a_team_has_stages_of_its_own(self):
        """A stage of the team goes before the common one; others never use it."""
        own = self.env["helpdesk.ticket.stage"].create(
            {
                "name": "Waiting for the crew",
                "phase": "routed",
                "sequence": 99,
                "team_ids": self.roads.ids,
                "company_id": False,
            }
        )
        roads = self._create_case(category_id=self.pothole.id)
        parks = self._create_case(category_id=self.tree.id)
        self.assertEqual(roads.stage_id, own)
        self.assertEqual(parks.stage_id, self._stage("routed"))
        roads.sudo().category_id = self.tree
        self.assertEqual(roads.stage_id, self._stage("routed"))
        own.active = False
        roads = self._create_case(category_id=self.pothole.id)
        self.assertEqual(roads.stage_id, self._stage("routed"))

    def test_a_stage_of_another_team_is_left_on_transfer(self):
        own = self.env["helpdesk.ticket.stage"].create(
            {"name": "Crew", "phase": "waiting", "team_ids": self.roads.ids}
        )
        self.case.stage_id = own
        self.case.sudo().team_id = self.parks
        self.assertEqual(self.case.stage_id, self._stage("waiting"))

    def test_without_a_stage_of_the_phase(self):
        """A city may put a stage away; the case goes to the first one there is."""
        self._stage("routed").active = False
        case = self._create_case(category_id=self.pothole.id)
        self.assertTrue(case.stage_id.active)
        self.assertTrue(case.is_open)

    def test_phase_and_closed_flag_agree(self):
        """A stage that ends the work is a closed stage, however it is set up."""
        Stage = self.env["helpdesk.ticket.stage"].with_user(self.manager)
        for values, phase, closed in (
            ({"closed": True}, "closed", True),
            ({"unattended": True}, "received", False),
            ({}, "in_work", False),
            ({"phase": "withdrawn"}, "withdrawn", True),
            ({"phase": "not_handled", "closed": True}, "not_handled", True),
            ({"phase": "waiting"}, "waiting", False),
        ):
            with self.subTest(values=values):
                stage = Stage.create({"name": "Stage", **values})
                self.assertEqual((stage.phase, stage.closed), (phase, closed))
        stage = Stage.create({"name": "Stage", "phase": "waiting"})
        stage.phase = "closed"
        self.assertTrue(stage.closed)
        stage.closed = False
        self.assertEqual(stage.phase, "in_work")
        with self.assertRaises(ValidationError):
            stage.write({"phase": "waiting", "closed": True})

    def test_every_phase_has_a_stage_with_help_and_a_sentence(self):
        for phase in dict(self.env["helpdesk.ticket.stage"]._fields["phase"].selection):
            with self.subTest(phase):
                stage = self._stage(phase)
                self.assertEqual(stage.phase, phase)
                self.assertTrue(stage.description)
                self.assertTrue(stage.status_text)
