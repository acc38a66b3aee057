from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..models.case import helpdesk_ticket_history
from .common import NOW, CitizenCommon


class TestHistory(CitizenCommon):
    """Every change of a case is told once: what, when, who, from what to what."""

    def setUp(self):
        super().setUp()
        self.case = self._create_case(
            category_id=self.pothole.id, partner_id=self.ada.id
        )

    def _last(self, case=None):
        return (case or self.case).sudo().event_ids.sorted(lambda e: (e.at, e.id))[-1]

    def assertTold(self, kind, **expected):
        """The last event is of this kind, by the clerk, now, with these values."""
        event = self._last()
        told = {name: event[name] for name in expected}
        self.assertEqual(event.kind, kind)
        self.assertEqual(told, expected)
        self.assertEqual((event.user_id, event.at), (self.clerk, NOW))

    # ------------------------------------------------------- telling a life
    def test_a_whole_life(self):
        """1. Registered, routed, taken, in work, waiting, resumed, answered, closed.
        2. Reopened, withdrawn.
        3. Expected: each step once, in this order, each with the right person.
        """
        case = self.case
        case.with_user(self.handler).assign_to_me()
        case = case.with_user(self.handler)
        self._move(case, "in_work")
        self._ask(case)
        self._move(case, "waiting", "in_work")
        self._reply(case)
        self._move(case, "closed", "in_work", "withdrawn")
        self.assertKinds(
            case,
            ["received", "routed", "assigned", "in_work", "replied", "waiting"]
            + ["resumed", "replied", "answered", "closed", "reopened", "withdrawn"],
        )
        events = case.sudo().event_ids.sorted("id")
        self.assertEqual(events[:2].user_id, self.clerk)
        self.assertEqual(events[2:].user_id, self.handler)
        self.assertEqual(set(events.mapped("at")), {NOW})
        self.assertEqual(events.team_id, self.roads)
        self.assertFalse(events[0].assignee_id)
        self.assertEqual(events[2:].assignee_id, self.handler)

    def test_not_handled(self):
        self._move(self.case.sudo(), "not_handled")
        self.assertTold("not_handled", before="routed", after="not_handled")

    def test_waiting_ended_without_an_answer(self):
        self._ask(self.case)
        self._move(self.case, "waiting", "withdrawn")
        self.assertKinds(
            self.case, ["received", "routed", "replied", "waiting", "withdrawn"]
        )

    def test_reopened_to_wait(self):
        self._reply(self.case)
        self._move(self.case, "closed")
        self._ask(self.case)
        self._move(self.case, "waiting")
        self.assertKinds(
            self.case,
            ["received", "routed", "replied", "answered", "closed", "replied"]
            + ["reopened", "waiting"],
        )

    def test_assigned_and_passed_on(self):
        self.case.user_id = self.handler
        self.assertTold(
            "assigned", assignee_id=self.handler, before=False, after="Handler"
        )
        self.case.user_id = self.teamworker
        self.assertTold(
            "assigned",
            assignee_id=self.teamworker,
            before=self.handler.name,
            after=self.teamworker.name,
        )
        self.case.user_id = False
        self.assertTold("unassigned", before=self.teamworker.name, after=False)

    def test_transferred_and_returned(self):
        self.case.sudo().team_id = self.parks
        self.assertTold(
            "transferred", team_id=self.parks, before="Roads", after="Parks"
        )
        self.case.sudo().team_id = False
        self.assertTold("unrouted", before="Parks", after=False)
        self.case.sudo().team_id = self.roads
        self.assertTold("routed", before=False, after="Roads")

    def test_type_changed(self):
        noise = self._create_service_type("Noise", self.roads)
        self.case.category_id = noise
        self.assertTold("type_changed", before="Pothole", after="Noise")
        self.case.category_id = False
        self.assertTold("type_changed", before="Noise", after=False)

    def test_moved_within_a_phase(self):
        """A desk may have several stages for one phase."""
        ordered = self._stage("in_work").copy({"name": "Ordered", "sequence": 35})
        self.case.user_id = self.handler
        self._move(self.case, "in_work")
        self.case.stage_id = ordered
        self.assertTold(
            "stage_changed", stage_id=ordered, before="In Work", after="Ordered"
        )
        self.assertEqual(self._last().detail, "In Work → Ordered")
        self.assertEqual(len(self.case._get_portal_timeline()), 4)

    def test_stages_of_another_team(self):
        """Where the team has its own stages, the transfer tells of the stage too."""
        own = self._stage("routed").copy({"name": "With Parks", "sequence": 5})
        own.team_ids, self._stage("routed").team_ids = self.parks, self.roads
        self.case.sudo().team_id = self.parks
        self.assertTold("transferred", stage_id=own, before="Roads", after="Parks")

    def test_role_changed(self):
        case = self._create_case(partner_id=self.ada.id, category_id=self.bin.id)
        case.role = "citizen"
        event = self._last(case)
        self.assertEqual(
            (event.kind, event.before, event.after),
            ("role_changed", "customer", "citizen"),
        )

    def test_outcome_recorded(self):
        self.case.outcome = "partly"
        self.assertTold("outcome_recorded", before="unknown", after="partly")
        self.case.outcome = "confirmed"
        self.assertTold("outcome_recorded", before="partly", after="confirmed")

    def test_joined_and_separated(self):
        lead, other = self._create_case(), self._create_case()
        self.case.duplicate_id = lead
        self.assertTold("joined", before=False, after=lead.number)
        self.case.duplicate_id = other
        self.assertTold("joined", before=lead.number, after=other.number)
        self.case.duplicate_id = False
        self.assertTold("separated", before=other.number, after=False)
        self.assertKinds(lead, ["received"])

    def test_many_cases_many_changes(self):
        """A write on many cases tells each of them what changed for it."""
        cases = self.case + self._create_case(category_id=self.tree.id)
        cases.sudo().write({"category_id": self.tree.id, "outcome": "not_solved"})
        self.assertKinds(
            cases[0],
            ["received", "routed", "type_changed", "transferred", "outcome_recorded"],
        )
        self.assertKinds(cases[1], ["received", "routed", "outcome_recorded"])

    def test_nothing_changed(self):
        self.case.sudo().write(
            {
                "category_id": self.pothole.id,
                "stage_id": self._stage("routed").id,
                "team_id": self.roads.id,
                "user_id": False,
                "outcome": "unknown",
                "partner_id": self.ada.id,
                "role": "citizen",
            }
        )
        self.assertKinds(self.case, ["received", "routed"])

    # ------------------------------------------------------------- who, when
    def test_registered_later_than_received(self):
        """A letter of Monday is registered on Wednesday.

        Expected: received on Monday, but routed and assigned on Wednesday.
        """
        case = self._create_case(
            received_date="2026-03-02 09:30:00",
            category_id=self.pothole.id,
            user_id=self.handler.id,
        )
        times = {event.kind: str(event.at) for event in case.event_ids}
        self.assertEqual(times["received"], "2026-03-02 09:30:00")
        self.assertEqual(times["routed"], str(NOW))
        self.assertEqual(times["assigned"], str(NOW))

    def test_received_on_a_clock_that_is_ahead(self):
        """The order of the history does not depend on the clock of a mail server."""
        case = self._create_case(
            received_date="2026-03-04 08:04:00", category_id=self.pothole.id
        )
        self.assertKinds(case, ["received", "routed"])

    def test_time_of_a_change(self):
        with freeze_time("2026-03-05 10:00:00"):
            self.case.with_user(self.handler).assign_to_me()
        self.assertEqual(str(self._last().at), "2026-03-05 10:00:00")

    def test_done_with_more_rights_on_behalf_of_a_user(self):
        """A controller writes as superuser for the person who is signed in."""
        self.case.with_user(self.portal).sudo().outcome = "confirmed"
        self.assertEqual(self._last().user_id, self.portal)

    def test_done_by_the_system(self):
        self.case.with_user(self.env.ref("base.user_root")).outcome = "confirmed"
        self.assertFalse(self._last().user_id)

    # ------------------------------------------------------- never rewritten
    def test_nobody_changes_or_deletes_history(self):
        events = self.case.sudo().event_ids
        for user in (self.clerk, self.manager, self.env.ref("base.user_root")):
            for sudo in (False, True):
                with self.subTest(login=user.login, sudo=sudo):
                    mine = events.with_user(user).sudo(sudo)
                    with self.assertRaises(AccessError):
                        mine.write({"note": "It was different."})
                    with self.assertRaises(AccessError):
                        mine.unlink()
                    with self.assertRaises(AccessError):
                        mine.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()

    def test_nobody_writes_history_by_hand(self):
        values = {"case_id": self.case.id, "kind": "closed", "at": NOW}
        for user in (self.handler, self.clerk, self.manager, self.portal, self.public):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["citizen.case.event"].with_user(user).create(values)

    def test_nobody_writes_history_through_the_case(self):
        """By the commands of the one2many field, in every direction."""
        event = self.case.sudo().event_ids[:1]
        other = self._create_case()
        for command in (
            (0, 0, {"kind": "closed", "at": NOW}),
            (1, event.id, {"note": "It was different."}),
            (2, event.id),
            (3, event.id),
            (5,),
            (6, 0, []),
        ):
            with self.subTest(command=command), self.assertRaises(AccessError):
                self.case.with_user(self.manager).write({"event_ids": [command]})
                self.env.flush_all()
        with self.assertRaises(AccessError):
            other.with_user(self.manager).write({"event_ids": [(4, event.id)]})
        with self.assertRaises(AccessError):
            self._create_case(
                self.manager, event_ids=[(0, 0, {"kind": "closed", "at": NOW})]
            )

    def test_teams_stages_and_people_in_the_history_stay(self):
        """Deleting them would rewrite what happened."""
        self.case.user_id = self.handler
        stage = self.env["helpdesk.ticket.stage"].create(
            {"name": "Crew", "phase": "in_work"}
        )
        self.case.stage_id = stage
        self._ask(self.case)
        self._move(self.case, "waiting")
        self.case.sudo().team_id = self.parks
        self.pothole.team_id = self.parks
        self.env.flush_all()
        for record in (self.roads, stage):
            with (
                self.subTest(record=record),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(IntegrityError, "citizen_case_event"),
                self.cr.savepoint(),
            ):
                record.with_user(self.manager).unlink()

    def test_context_of_a_remote_call_cannot_suppress_or_forge(self):
        """1. Any value that JSON can carry is put into the context.
        2. Expected: the case is registered with its history, and with nothing else.
        """
        for value in (True, 1, "case_history", {"own": 1}, ["own"], None):
            with self.subTest(value=value):
                case = (
                    self.Case.with_user(self.clerk)
                    .with_context(
                        case_history=value,
                        tracking_disable=True,
                        mail_notrack=True,
                        default_note="Forged",
                        default_kind="closed",
                        default_at="2020-01-01 00:00:00",
                    )
                    .create(self._case_values(category_id=self.pothole.id))
                )
                self.assertKinds(case, ["received", "routed"])
                self.assertFalse(any(case.event_ids.mapped("note")))
                case.with_context(default_note="Forged").outcome = "confirmed"
                self.assertFalse(any(case.event_ids.mapped("note")))

    def test_backdating_is_private(self):
        """Remote calls reach no method that writes its own history."""
        with mute_logger("odoo.service.model"):
            for name in ("_create_backdated", "_log_events", "_log_births"):
                with self.subTest(name), self.assertRaises(AccessError):
                    get_public_method(self.Case, name)
        self.assertIs(type(helpdesk_ticket_history._OWN_HISTORY), object)


class TestBackdated(CitizenCommon):
    """Imports register cases that happened elsewhere, with the history they had."""

    def test_dates_and_history_as_given(self):
        values = self._case_values(
            category_id=self.pothole.id,
            partner_id=self.ada.id,
            user_id=self.handler.id,
            stage_id=self._stage("closed").id,
            received_date="2025-12-30 10:00:00",
            assigned_date="2025-12-31 10:00:00",
            answered_date="2026-01-05 10:00:00",
            closed_date="2026-01-06 10:00:00",
        )
        events = [
            {"kind": "received", "at": "2025-12-30 10:00:00"},
            {"kind": "routed", "at": "2025-12-30 11:00:00", "team_id": self.roads.id},
            {
                "kind": "assigned",
                "at": "2025-12-31 10:00:00",
                "user_id": self.teamworker.id,
                "assignee_id": self.handler.id,
                "team_id": self.roads.id,
            },
            {"kind": "closed", "at": "2026-01-06 10:00:00", "note": "By letter"},
        ]
        bare = self._case_values(received_date="2026-02-01 10:00:00")
        first, second = self.Case._create_backdated([(values, events), (bare, [])])
        self.assertPhase(first, "closed")
        self.assertKinds(first, ["received", "routed", "assigned", "closed"])
        self.assertKinds(second, [])
        self.assertEqual(first.citizen_id.partner_id, self.ada)
        self.assertEqual(first.user_id, self.handler)
        for name in ("received_date", "assigned_date", "answered_date", "closed_date"):
            self.assertEqual(str(first[name]), values[name], name)
        self.assertEqual(str(first.last_stage_update), "2026-01-06 10:00:00")
        self.assertTrue(first.number.startswith("2025-"))
        self.assertFalse(first.message_ids)
        self.assertFalse(first.message_partner_ids)
        told = first.event_ids.filtered(lambda event: event.kind == "assigned")
        self.assertEqual(
            (told.user_id, told.assignee_id), (self.teamworker, self.handler)
        )

    def test_history_goes_on_from_there(self):
        """The records handed back tell what happens to them from now on."""
        case = self.Case._create_backdated(
            [(self._case_values(), [{"kind": "received", "at": NOW}])]
        )
        case.outcome = "confirmed"
        copy = case.copy()
        self.assertKinds(case, ["received", "outcome_recorded"])
        self.assertKinds(copy, ["received"])

    def test_all_or_nothing(self):
        with self.assertRaises(UserError):
            self.Case._create_backdated(
                [(self._case_values(received_date="2030-01-01 00:00:00"), [])]
            )
