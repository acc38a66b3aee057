from datetime import datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from . import sla_common

SIX_DAYS = {"amount": 6, "unit": "statutory_working_days"}
EIGHT_HOURS = {"amount": 8, "unit": "hours"}


@freeze_time("2026-03-04 08:00:00")
class TestKnownDefects(sla_common.SlaCommon):
    """What goes wrong with the SLA addon of the base's makers does not here."""

    def _answer(self, case):
        case.with_user(self.handler).message_post(
            body="Done.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._move(case.with_user(self.handler), "answered")

    def _wait(self, case, reason):
        case.sudo().write(
            {
                "waiting_reason_id": reason.id,
                "waiting_until": datetime.now() + timedelta(days=14),
                "stage_id": self._stage("waiting").id,
            }
        )

    def test_refusing_is_not_meeting(self):
        """There, stages are compared by sequence: a refusal is far enough to count."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        self._move(case.sudo(), "not_handled")
        self.assertEqual(self._clock(case).state, "not_applicable")

    def test_held_and_closed_in_time_stays_in_time(self):
        """There, a ticket that was on hold and closed in time expires later."""
        self._create_rule(
            EIGHT_HOURS | {"pausing_reason_ids": [(6, 0, self.supplement.ids)]}
        )
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        with freeze_time("2026-03-04 10:00:00"):
            self._wait(case, self.supplement)
        self.assertTrue(case.is_paused)
        self.assertEqual((self._clock(case).state, case.due_date), ("paused", False))
        with freeze_time("2026-03-06 10:00:00"):
            self._move(case, "in_work")
        self.assertEqual(case.due_date, datetime(2026, 3, 6, 17))
        with freeze_time("2026-03-06 16:00:00"):
            self._answer(case)
        with freeze_time("2026-04-06 16:00:00"):
            case._sync_clocks()
        self.assertEqual(self._clock(case).state, "met")

    def test_the_past_is_not_counted_anew(self):
        """There, another team's calendar is applied to the time before it, too."""
        self._create_rule(EIGHT_HOURS)
        self.parks.resource_calendar_id = self._create_calendar(
            "Afternoons", hours=((13, 17),)
        )
        case = self._create_case(category_id=self.pothole.id)
        with freeze_time("2026-03-04 12:00:00"):
            case.sudo().team_id = self.parks
        # Four hours of the morning have passed, and four are left for the afternoon.
        self.assertEqual(case.due_date, datetime(2026, 3, 4, 17))
        with freeze_time("2026-03-04 14:00:00"):
            case.sudo().team_id = self.roads
        self.assertEqual(case.due_date, datetime(2026, 3, 4, 17))

    def test_late_type_and_team_are_asked_for(self):
        """There, a category or team that is set after creation brings no SLA."""
        self._create_rule(EIGHT_HOURS, category_ids=self.tree.ids)
        self._create_rule(EIGHT_HOURS | {"kind": "department"}, team_ids=self.parks.ids)
        case = self._create_case()
        self.assertFalse(case.sudo().clock_ids)
        case.sudo().category_id = self.tree
        self.assertEqual(
            set(case.sudo().clock_ids.mapped("kind")), {"resolve", "department"}
        )

    def test_case_from_the_portal_without_team(self):
        """There, a ticket from the portal has no team and therefore no SLA."""
        self._create_rule(EIGHT_HOURS)
        case = self.Case.with_user(self.portal)._portal_register(
            {"name": "A hole", "description": "<p>Deep.</p>"}, []
        )
        self.assertFalse(case.sudo().team_id)
        self.assertEqual(self._clock(case).state, "running")

    def test_counting_anew_deletes_no_breach(self):
        """There, Refresh on a breached ticket deletes the breach."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id)
        with freeze_time("2026-03-20 08:00:00"):
            case._sync_clocks()
            clock = self._clock(case)
            self.assertEqual(clock.state, "missed")
            case._sync_clocks()
            self._answer(case)
        self.assertEqual((self._clock(case), clock.state), (clock, "missed"))

    def test_nobody_states_a_result(self):
        """There, an ordinary helpdesk user may write ``state = accomplished``."""
        self._create_rule(SIX_DAYS)
        case = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        for user in (self.handler, self.manager):
            with self.assertRaises(AccessError):
                self._clock(case).with_user(user).write({"state": "met"})
            with self.assertRaises(AccessError):
                self.env["citizen.case.event"].with_user(user).create(
                    {"case_id": case.id, "kind": "replied", "at": datetime.now()}
                )

    def test_queries_do_not_grow_with_rules(self):
        """There, 500 tickets under 5 rules take 8,549 queries; rules cost nothing."""

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Case.create(
                [self._case_values(category_id=self.pothole.id) for _n in range(50)]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self._create_rule(SIX_DAYS, role="customer")
        count()
        few = count()
        for number in range(10):
            self._create_rule(
                SIX_DAYS,
                {**EIGHT_HOURS, "kind": "first_reply"},
                sequence=number,
                nature="complaint" if number % 2 else "inquiry",
            )
        count()
        # The promises, the log, the clocks, the notices and the due dates: for all.
        self.assertLessEqual(count(), few + 12)


@freeze_time("2026-03-04 08:00:00")
class TestLimits(sla_common.SlaCommon):
    """What cannot be computed is said, and never stops a case."""

    def test_beyond_the_horizon(self):
        self._create_rule({"amount": 60_000, "unit": "hours"})
        case = self._create_case(category_id=self.pothole.id)
        self.assertEqual(self._clock(case).state, "undetermined")
        self.assertIn("calendar", case.sla_problem)

    def test_pause_without_lawful_ground(self):
        """A statutory deadline runs on while the city waits for somebody else."""
        self._create_rule(
            SIX_DAYS
            | {
                "basis": "statutory",
                "pausing_reason_ids": [(6, 0, self.supplement.ids)],
            },
            EIGHT_HOURS | {"pausing_reason_ids": [(6, 0, self.third_party.ids)]},
        )
        case = self._create_case(category_id=self.pothole.id)
        case.sudo().write(
            {
                "waiting_reason_id": self.third_party.id,
                "stage_id": self._stage("waiting").id,
            }
        )
        self.assertEqual(self._clock(case, basis="statutory").state, "running")
        self.assertEqual(self._clock(case, basis="service").state, "paused")

    def test_pause_ends_at_its_limit(self):
        """The limit counts, also if nobody resumes the case in time."""
        self._create_rule(
            EIGHT_HOURS | {"pausing_reason_ids": [(6, 0, self.supplement.ids)]}
        )
        case = self._create_case(category_id=self.pothole.id)
        case.sudo().write(
            {
                "waiting_reason_id": self.supplement.id,
                "waiting_until": datetime(2026, 3, 9, 8),
                "stage_id": self._stage("waiting").id,
            }
        )
        with freeze_time("2026-03-20 08:00:00"):
            case._sync_clocks()
        clock = self._clock(case)
        self.assertEqual((clock.state, clock.due), ("missed", datetime(2026, 3, 9, 17)))
