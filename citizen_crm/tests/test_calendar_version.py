import json
import threading
from contextlib import closing
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

from ..tools.calendar_definition import CalendarSetupError
from ..tools.working_time import WorkingTimeError
from .calendar_common import CalendarCommon

SLA = "odoo.addons.citizen_crm.models.sla"


class TestCalendarVersion(CalendarCommon):
    """A version is made when the content changed, and never changes itself."""

    def test_the_same_content_is_the_same_version(self):
        first = self.office._get_version()
        self.assertEqual(first.number, 1)
        self.office.name = "Town Hall"
        self.assertEqual(self.office._get_version(), first)
        self.assertEqual(first.display_name, "Town Hall, version 1")

    def test_each_source_makes_a_version(self):
        """1. Change one thing after the other that moves deadlines.
        2. Expected: a new version each time, numbered without gaps.
        """
        day = self._create_day("2026-04-03")
        leave = self._create_leave("2026-05-04 00:00:00", "2026-05-04 04:00:00")
        line = self.office.attendance_ids[0]
        changes = (
            lambda: self.office.write({"tz": "Asia/Tokyo"}),
            lambda: line.write({"hour_from": 8}),
            lambda: line.copy({"dayofweek": "5"}),
            lambda: line.unlink(),
            lambda: day.write({"date": "2026-04-06"}),
            lambda: day.write({"kind": "special", "hours": "8:00-12:00"}),
            lambda: day.unlink(),
            lambda: self._create_day("2026-06-19"),
            lambda: leave.write({"date_to": "2026-05-04 05:00:00"}),
            lambda: leave.unlink(),
            lambda: self._create_leave(
                "2026-07-06 00:00:00",
                "2026-07-06 04:00:00",
                calendar_id=self.office.id,
            ),
            lambda: self.office.write({"holiday_calendar_id": False}),
            lambda: self.office.switch_calendar_type(),
        )
        self.office._get_version()
        for number, change in enumerate(changes, 2):
            change()
            self.assertEqual(self.office._get_version().number, number)
        self.assertEqual(len(self.office.version_ids), len(changes) + 1)

    def test_going_back_goes_back_to_the_version(self):
        """What was promised then and what is promised now count alike."""
        first = self.office._get_version()
        day = self._create_day("2026-04-03")
        second = self.office._get_version()
        day.unlink()
        self.assertEqual(self.office._get_version(), first)
        self.assertNotEqual(first, second)

    def test_the_order_of_entering_does_not_matter(self):
        days = self._create_day("2026-04-03") + self._create_day("2026-04-06")
        version = self.office._get_version()
        days.unlink()
        self._create_day("2026-04-06")
        self._create_day("2026-04-03")
        self.assertEqual(self.office._get_version(), version)

    def test_somebody_s_absence_makes_no_version(self):
        """Nor does it cost the caches of all processes."""
        version = self.office._get_version()
        employee = self._create_employee("Mei", resource_calendar_id=self.office.id)
        with patch.object(Registry, "clear_cache") as cleared:
            self._create_leave(
                "2026-03-09 00:00:00",
                "2026-03-13 00:00:00",
                resource_id=employee.resource_id.id,
            )
        cleared.assert_not_called()
        self.assertEqual(self.office._get_version(), version)

    def test_definition_is_canonical_json(self):
        self._create_day("2026-04-03")
        self._create_day("2026-04-11", hours="9:00-12:00")
        definition = json.loads(self.office._get_version().definition)
        self.assertEqual(definition["tz"], "Asia/Taipei")
        self.assertEqual(definition["weeks"][0][0], [[32400, 43200], [46800, 64800]])
        self.assertEqual(definition["weeks"][0][5], [])
        self.assertEqual(definition["closed"], ["2026-04-03"])
        self.assertEqual(definition["special"], {"2026-04-11": [[32400, 43200]]})

    def test_nobody_changes_or_deletes_one(self):
        version = self.office._get_version()
        for user in (self.env.user, self.manager, self.admin):
            with self.assertRaises(AccessError):
                version.with_user(user).write({"definition": "{}"})
            with self.assertRaises(AccessError):
                version.with_user(user).unlink()
        with self.assertRaises(AccessError):
            version.with_user(self.admin).create({"calendar_id": self.office.id})
        with self.assertRaises(AccessError):
            version.sudo().write({"definition": "{}"})
        with self.assertRaises(AccessError):
            version.sudo().unlink()

    def test_staff_read_and_make_them(self):
        """Whoever registers a case may need a version that nobody has needed yet."""
        for persona in (self.handler, self.portal):
            self._create_day(f"2026-04-0{persona.id % 9 + 1}", str(persona.id))
            version = self.office.with_user(persona)._get_version()
            self.assertTrue(version.sudo().exists())
            self.assertTrue(version._get_timetable(2026).work_between)
        self.assertTrue(version.with_user(self.handler).read(["number"]))
        with self.assertRaises(AccessError):
            version.with_user(self.outsider).read(["number"])

    # ------------------------------------------------------------- bad calendars
    def assertNotUsable(self, calendar, words):
        with self.assertRaisesRegex(CalendarSetupError, f"{calendar.name}.*{words}"):
            calendar._get_version()

    def test_calendars_on_which_nothing_can_be_counted(self):
        self.assertTrue(issubclass(CalendarSetupError, WorkingTimeError))
        flexible = self._create_calendar("Home office", schedule_type="flexible")
        self.assertNotUsable(flexible, "flexible")
        lunch = [(0, 12, 13, {"day_period": "lunch"})]
        self.assertNotUsable(self._create_calendar("Break", lines=lunch), "no working")
        self.office.attendance_ids.unlink()
        self.assertNotUsable(self.office, "no working")

    def test_unknown_time_zone(self):
        with patch(f"{SLA}.resource_calendar.ZoneInfo", side_effect=KeyError):
            self.office.tz = "Asia/Tokyo"
            self.assertNotUsable(self.office, "Asia/Tokyo")

    def test_a_calendar_without_time_zone_has_the_city_s(self):
        """Imports and old databases may leave it out."""
        self.company.citizen_tz = "Pacific/Auckland"
        self.env.flush_all()
        self.office.invalidate_recordset()
        self.env.cr.execute(
            "ALTER TABLE resource_calendar ALTER tz DROP NOT NULL;"
            "UPDATE resource_calendar SET tz = NULL WHERE id = %s",
            (self.office.id,),
        )
        definition = json.loads(self.office._get_version().definition)
        self.assertEqual(definition["tz"], "Pacific/Auckland")


class TestVersionCache(CalendarCommon):
    def _leave_transaction(self):
        """Pretend that what was done is committed and another transaction began."""
        self.env.flush_all()
        self.env.cr.postcommit.clear()
        self.env.cr.cache.clear()
        self.addCleanup(self.registry.clear_cache)

    def test_cached_without_a_query(self):
        self.office._get_version()._get_timetable(2026)
        for _transaction in ("the one that made it", "a later one"):
            self.office._get_version()
            self.env.invalidate_all()
            with self.assertQueryCount(0):
                version = self.office._get_version()
                version._get_timetable(2026).next_start(1772600000)
            self._leave_transaction()

    def test_a_version_that_is_rolled_back_is_forgotten(self):
        """Else the process would go on with an id that no row has.

        Fails with a plain ormcache: a savepoint that is rolled back leaves it alone.
        """
        first = self.office._get_version()
        self._leave_transaction()
        self.assertEqual(self.office._get_version(), first)
        with closing(self.env.cr.savepoint()):
            self._create_day("2026-04-03")
            second = self.office._get_version()
        self.assertNotEqual(second, first)
        self.assertEqual(self.office._get_version(), first)
        self._leave_transaction()
        self.assertEqual(self.office._get_version(), first)

    def test_first_version_rolled_back_without_any_change(self):
        self._leave_transaction()
        with closing(self.env.cr.savepoint()):
            first = self.office._get_version()
        second = self.office._get_version()
        self.assertTrue(second.exists())
        self.assertNotEqual(first, second)

    def test_other_processes_are_told(self):
        """Odoo signals what a transaction invalidated, when it commits."""
        self.office._get_version()
        self.registry.cache_invalidated.clear()
        self._create_day("2026-04-03")
        self.assertIn("default", self.registry.cache_invalidated)

    def test_another_thread_s_stale_answer_is_forgotten_on_commit(self):
        """1. A version is made, then the calendar is changed, in one transaction.
        2. Meanwhile another thread caches the old version.
        Expected: the commit clears it. Fails if only the first of both was noted.
        """
        self._leave_transaction()
        self.office._get_version()
        with patch.object(Registry, "clear_cache") as cleared:
            self._create_day("2026-04-03")
            cleared.reset_mock()
            self.env.cr.postcommit.run()
        cleared.assert_called()

    def test_timetables_are_bounded(self):
        version = self.office._get_version()
        kept = self.registry._citizen_timetables
        with patch(
            "odoo.addons.citizen_crm.models.sla.citizen_calendar_version.Timetable"
        ) as compiled:
            for year in range(1900, 1900 + 2 * kept.count):
                version._get_timetable(year)
        self.assertEqual(compiled.call_count, 2 * kept.count)
        self.assertLessEqual(len(kept), kept.count)
        for year in range(1900, 1900 + 2 * kept.count):
            kept.pop((version.id, year), None)

    def test_horizon(self):
        table = self.office._get_version()._get_timetable(2026)
        self.assertEqual(
            (str(table.first), str(table.last)), ("2026-01-01", "2037-12-31")
        )


@tagged("post_install", "-at_install")
class TestVersionsAtOnce(BaseCase):
    """The first cases of a calendar arrive at the same moment, on several servers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whoever runs the tests may hold the lock while they run.
        cls.startClassPatcher(patch.object(Registry, "_lock", DummyRLock()))
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls.calendar_id = env["resource.calendar"].create({"name": "At once"}).id

    @classmethod
    def tearDownClass(cls):
        with cls.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM citizen_calendar_version WHERE calendar_id = %s;"
                "DELETE FROM resource_calendar WHERE id = %s",
                (cls.calendar_id, cls.calendar_id),
            )
        cls.registry.clear_all_caches()
        super().tearDownClass()

    def _make(self, barrier, versions):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            calendar = env["resource.calendar"].browse(self.calendar_id)
            tries = iter((barrier.wait,))

            def work():
                cr.execute("SELECT 1")  # the transaction's snapshot is taken here
                for wait in tries:  # only the first time
                    wait(timeout=30)
                return calendar._get_version().id

            versions.append(retrying(work, env))

    @mute_logger("odoo.sql_db")
    def test_both_get_the_one_version(self):
        versions = []
        barrier = threading.Barrier(4)
        threads = [
            threading.Thread(target=self._make, args=(barrier, versions))
            for _i in range(4)
        ]
        with patch("odoo.service.model.random.uniform", return_value=0.01):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
        self.assertEqual(len(versions), 4)
        self.assertEqual(len(set(versions)), 1)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id, number FROM citizen_calendar_version"
                " WHERE calendar_id = %s",
                (self.calendar_id,),
            )
            self.assertEqual(cr.fetchall(), [(versions[0], 1)])
