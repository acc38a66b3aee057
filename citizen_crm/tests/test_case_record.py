from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .. import hooks
from ..models.access.helpdesk_ticket_record import DERIVED_FIELDS
from .common import CLEARED, NOW, CitizenCommon


class TestCaseRecord(CitizenCommon):
    """What nobody changes in a case, and what nobody changes without trace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._create_user(
            "lead",
            f"citizen_crm.group_team_lead,helpdesk_mgmt.group_helpdesk_user,{CLEARED}",
        )
        cls.case = cls._create_case(category_id=cls.pothole.id)

    # ---------------------------------------------------------------- number
    def test_number_is_never_changed(self):
        for user in (self.clerk, self.lead, self.manager, self.env.user):
            case = self.case.with_user(user)
            with self.subTest(user.login):
                with self.assertRaisesRegex(UserError, "^Number:"):
                    case.write({"number": "2026-999999"})
                # Like any client that sends back what it has read.
                case.write({"number": case.number, "place": "Here"})

    def test_nobody_claims_to_be_the_system(self):
        """A remote call may send any context, but no object of this module."""
        for claim in (True, "_OWN_HISTORY", {}):
            case = self.case.with_context(case_history=claim)
            with self.subTest(claim=claim), self.assertRaises(UserError):
                case.number = "2026-999999"

    def test_only_who_imports_chooses_numbers(self):
        for values in ({"number": "OLD-1"}, {"number": "2026-000001"}):
            with self.assertRaisesRegex(AccessError, "^Number:"):
                self._create_case(**values)
        self.assertEqual(
            self._create_case(self.manager, number="OLD-1").number, "OLD-1"
        )
        self.assertNotEqual(self.case.copy().number, self.case.number)

    @mute_logger("odoo.sql_db")
    def test_number_is_unique_in_a_company(self):
        twin = self._case_values(number=self.case.number)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.Case.create(twin)
        company = self.env["res.company"].create({"name": "Second City"})
        self.assertTrue(self.Case.create({**twin, "company_id": company.id}))
        for _i in range(2):
            self.Case._create_backdated([(self._case_values(), [])])

    def test_shared_numbers_of_a_helpdesk_are_taken_over(self):
        """1. A helpdesk has three tickets with one number, and two with none.
        2. Expected: all keep theirs, and no case registered later gets it.
        """
        index = self.Case._table_objects["helpdesk_ticket_number_index"]
        self.env.flush_all()
        self.cr.execute("DROP INDEX helpdesk_ticket_number_index")
        cases = self.Case.create([self._case_values() for _i in range(5)])
        self.env.flush_all()
        for chosen, number in ((cases[:3], "HT7"), (cases[3:], "/")):
            self.cr.execute(
                "UPDATE helpdesk_ticket SET number = %s WHERE id = ANY(%s)",
                (number, chosen.ids),
            )
        hooks.pre_init_hook(self.env)
        index.apply_to_database(self.Case)
        self.env.invalidate_all()
        self.assertEqual(cases.mapped("number"), ["HT7"] * 3 + ["/"] * 2)
        self.assertEqual(cases[:3].mapped("number_copy"), [0, 1, 2])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.Case.create(self._case_values(number="HT7"))

    # --------------------------------------------------------------- derived
    def test_what_follows_from_others_is_not_written(self):
        self.assertLessEqual({"phase", "is_open"}, DERIVED_FIELDS)
        values = {"phase": "closed", "is_open": False, "department_id": False}
        for name, value in values.items():
            for user in (self.clerk, self.manager, self.env.user):
                with self.subTest(name=name, user=user.login):
                    with self.assertRaises(UserError):
                        self.case.with_user(user).write({name: value})
                    with self.assertRaises(UserError):
                        self._create_case(user, **{name: value})
        self.assertPhase(self.case, "routed")

    # ------------------------------------------------------------- corrected
    def test_date_of_receipt_is_corrected_by_a_lead(self):
        before = NOW - timedelta(days=2)
        for user in (self.clerk, self.handler, self.manager):
            with (
                self.subTest(user.login),
                self.assertRaisesRegex(AccessError, "^Received:"),
            ):
                self.case.with_user(user).received_date = before
        self.case.received_date = NOW
        self.assertKinds(self.case, ["received", "routed"])
        self.case.with_user(self.lead).received_date = before
        event = self.case.event_ids.sorted("id")[-1]
        self.assertEqual(
            (event.kind, event.before, event.after, event.user_id),
            (
                "received_corrected",
                "2026-03-04 08:00:00",
                "2026-03-02 08:00:00",
                self.lead,
            ),
        )
        self.assertIn(" → ", event.with_context(tz="Asia/Taipei").detail)
        self.assertIn("4:00", event.with_context(tz="Asia/Taipei").detail)

    def test_archive_is_told(self):
        self.case.action_archive()
        self.case.action_archive()
        self.case.action_unarchive()
        self.assertKinds(self.case, ["received", "routed", "archived", "restored"])
        self.assertEqual(self.case.event_ids.user_id, self.clerk)
