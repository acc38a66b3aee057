import threading
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.tests import freeze_time, tagged
from odoo.tests.common import BaseCase, get_db_name

from .common import CitizenCommon


class TestCaseNumber(CitizenCommon):
    """Numbers count the cases of a year of receipt."""

    def _register(self, count=1, **values):
        return self.Case.with_user(self.clerk).create(
            [self._case_values(**values) for _i in range(count)]
        )

    def test_format_and_year(self):
        case = self._register()
        self.assertRegex(case.number, r"^2026-\d{6}$")
        self.assertEqual(case.display_name, f"{case.number} - {case.name}")

    def test_year_of_receipt_not_of_registration(self):
        old = self._register(received_date="2024-07-01 12:00:00")
        self.assertTrue(old.number.startswith("2024-"))

    def test_year_in_the_city_s_time_zone(self):
        """New Year's Eve, half past eleven in the evening in UTC.

        Expected: it is next year in Taipei and still the old one in New York.
        """
        eve = "2025-12-31 23:30:00"
        for tz, year in (("Asia/Taipei", "2026"), ("America/New_York", "2025")):
            with self.subTest(tz):
                self.company.partner_id.tz = tz
                self.assertTrue(
                    self._register(received_date=eve).number.startswith(year)
                )
        self.company.partner_id.tz = "Asia/Taipei"
        with freeze_time(eve):
            # The clerk's own time zone does not matter.
            clerk = self.Case.with_user(self.clerk).with_context(tz="America/New_York")
            case = clerk.create(self._case_values())
        self.assertTrue(case.number.startswith("2026-"))

    def test_the_city_sets_its_time_zone(self):
        """The setting goes before the contact; without either it is UTC."""
        self.company.partner_id.tz = "America/New_York"
        settings = self.env["res.config.settings"].create({"citizen_tz": "Asia/Taipei"})
        settings.execute()
        eve = {"received_date": "2025-12-31 23:30:00"}
        self.assertEqual(
            self.company.with_user(self.clerk)._get_city_tz(), "Asia/Taipei"
        )
        self.assertTrue(self._register(**eve).number.startswith("2026-"))
        self.company.citizen_tz = False
        self.assertTrue(self._register(**eve).number.startswith("2025-"))
        self.company.partner_id.tz = False
        self.assertEqual(self.company._get_city_tz(), "UTC")
        self.company.partner_id = self._create_partner("City Hall", tz="Asia/Taipei")
        self.assertEqual(self.company._get_city_tz(), "Asia/Taipei")

    def test_a_batch_is_numbered_without_gaps(self):
        """Two years mixed: each counts on its own, in the order registered."""
        last = int(self._register().number[5:])
        dates = ["2026-01-05 12:00:00", "2025-01-05 12:00:00"] * 5
        cases = self.Case.with_user(self.clerk).create(
            [self._case_values(received_date=date) for date in dates]
        )
        numbers = [int(case.number[5:]) for case in cases[::2]]
        self.assertEqual(numbers, list(range(last + 1, last + 6)))
        earlier = [int(case.number[5:]) for case in cases[1::2]]
        self.assertEqual(earlier, list(range(earlier[0], earlier[0] + 5)))
        self.assertEqual(len(set(cases.mapped("number"))), 10)

    def test_single_and_batch_share_the_counter(self):
        first = int(self._register().number[5:])
        batch = self._register(3)
        last = int(self._register().number[5:])
        self.assertEqual(
            [first, *(int(n[5:]) for n in batch.mapped("number")), last],
            list(range(first, first + 5)),
        )

    def test_numbering_a_batch_costs_what_one_costs(self):
        values = [self._case_values() for _i in range(50)]
        self._register()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Case._complete_numbers(values)

    def test_years_that_nobody_counted_yet(self):
        """1. A batch of two new years and a known one, mixed.
        2. Expected: the new ones start at one; each counts in the order registered.
        """
        self._register()
        dates = ["2019-05-05 12:00:00", "2026-01-05 12:00:00", "2018-05-05 12:00:00"]
        cases = self.Case.with_user(self.clerk).create(
            [self._case_values(received_date=date) for date in dates * 2]
        )
        numbers = cases.mapped("number")
        self.assertEqual(numbers[::3], ["2019-000001", "2019-000002"])
        self.assertEqual(numbers[2::3], ["2018-000001", "2018-000002"])
        known = [int(number[5:]) for number in numbers[1::3]]
        self.assertEqual(known[1], known[0] + 1)

    def test_the_sequence_may_change_at_any_time(self):
        """Nothing of it is remembered between two cases."""
        sequence = self.env.ref("citizen_crm.sequence_case")
        self._register()
        sequence.write({"prefix": "A-", "number_increment": 10})
        first, second = (int(self._register().number[2:]) for _i in range(2))
        self.assertEqual(second, first + 10)
        sequence.active = False
        self.assertTrue(self._register().number.startswith("HT"))

    def test_format_follows_the_sequence_record(self):
        sequence = self.env.ref("citizen_crm.sequence_case")
        sequence.write({"prefix": "TPE/%(range_year)s/%(month)s/", "padding": 4})
        march = self._register(received_date="2026-03-02 12:00:00")
        self.assertRegex(march.number, r"^TPE/2026/03/\d{4,}$")
        cases = self.Case.create(
            [
                self._case_values(received_date="2026-01-02 12:00:00"),
                self._case_values(received_date="2026-02-02 12:00:00"),
            ]
        )
        self.assertRegex(cases[0].number, r"^TPE/2026/01/\d{4,}$")
        self.assertRegex(cases[1].number, r"^TPE/2026/02/\d{4,}$")

    def test_counters_of_half_a_year(self):
        """A date range that is not a year is respected inside a batch too."""
        sequence = self.env.ref("citizen_crm.sequence_case")
        sequence.prefix = "%(range_month)s-"
        sequence.date_range_ids.unlink()
        for start, end in (("01-01", "06-30"), ("07-01", "12-31")):
            self.env["ir.sequence.date_range"].create(
                {
                    "sequence_id": sequence.id,
                    "date_from": f"2025-{start}",
                    "date_to": f"2025-{end}",
                }
            )
        dates = ["2025-02-01 12:00:00", "2025-09-01 12:00:00"] * 2
        cases = self.Case.create(
            [self._case_values(received_date=date) for date in dates]
        )
        self.assertEqual(
            cases.mapped("number"), ["01-000001", "07-000001", "01-000002", "07-000002"]
        )

    def test_gapless_and_plain_sequences_work_too(self):
        sequence = self.env.ref("citizen_crm.sequence_case")
        for values in (
            {"prefix": "G", "implementation": "no_gap"},
            {"prefix": "P", "use_date_range": False},
        ):
            sequence.write(values)
            cases = self._register(3)
            self.assertEqual(len(set(cases.mapped("number"))), 3)

    def test_a_company_may_count_on_its_own(self):
        company = self.env["res.company"].create({"name": "Second City"})
        self.env.ref("citizen_crm.sequence_case").copy(
            {"company_id": company.id, "prefix": "S%(range_year)s-"}
        )
        case = self.Case.create(self._case_values(company_id=company.id))
        self.assertEqual(case.number, "S2026-000001")
        self.assertTrue(self._register().number.startswith("2026-"))

    def test_without_the_sequence(self):
        """Somebody deleted it: a case is registered all the same."""
        self.env.ref("citizen_crm.sequence_case").unlink()
        self.assertTrue(self._register(2)[1].number.startswith("HT"))

    def test_an_empty_number_is_no_number(self):
        for number in ("/", False, ""):
            with self.subTest(number=number):
                case = self.Case.create(self._case_values(number=number))
                self.assertRegex(case.number, r"^2026-\d{6}$")

    def test_a_number_given_is_kept(self):
        """By an import that brings the numbers of another system."""
        case = self.Case.create(self._case_values(number="OLD-17"))
        self.assertEqual(case.number, "OLD-17")

    def test_copy_takes_a_new_number(self):
        case = self._register(received_date="2024-07-01 12:00:00")
        copy = case.copy()
        self.assertTrue(copy.number.startswith("2026-"))


@tagged("post_install", "-at_install")
class TestNumbersAtOnce(BaseCase):
    """Clerks register cases at the same moment, each in a transaction of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whoever runs the tests may hold the lock while they run.
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls.registry = Registry(get_db_name())

    def _take(self, rounds, barrier, numbers):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            barrier.wait(timeout=30)
            for _i in range(rounds):
                values = [{"received_date": "2026-03-04 08:00:00"} for _i in range(5)]
                env["helpdesk.ticket"]._complete_numbers(values)
                numbers.extend(vals["number"] for vals in values)
            cr.rollback()

    def test_two_transactions_never_share_a_number(self):
        """1. Two cursors take blocks of five numbers in turn, ten times.
        2. Expected: a hundred different numbers; neither waits for the other.
        """
        # The year's counter exists before the race; it is made once a year.
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["helpdesk.ticket"]._complete_numbers(
                [{"received_date": "2026-03-04 08:00:00"}]
            )
        barrier, numbers = threading.Barrier(2), []
        threads = [
            threading.Thread(target=self._take, args=(10, barrier, numbers))
            for _i in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertEqual(len(numbers), 100)
        self.assertEqual(len(set(numbers)), 100)
