from datetime import datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location

from odoo.tools import file_path
from odoo.tools.sql import column_exists

from .common import NOW, CitizenCommon


class TestMigration(CitizenCommon):
    """An update from the first release keeps what it knew."""

    def _migrate(self, version, name="pre-migration"):
        path = file_path(f"citizen_crm/migrations/{version}/{name}.py")
        spec = spec_from_file_location("citizen_crm_migration", path)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        self.env.flush_all()
        module.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def test_19_0_2_0_0(self):
        citizen = self._create_citizen(self.ada)
        dated = self._create_case(due_date=NOW)
        plain = self._create_case()
        self.env.flush_all()
        # The database as the first release left it.
        self.env.cr.execute(
            """
            ALTER TABLE helpdesk_ticket DROP COLUMN number_copy,
                DROP COLUMN due_is_given;
            ALTER TABLE citizen_case_event DROP COLUMN is_backdated;
            ALTER TABLE res_partner DROP COLUMN contact_verified_date,
                DROP COLUMN contact_verified_by_id;
            ALTER TABLE citizen_citizen
                ADD COLUMN IF NOT EXISTS contact_verified_date timestamp,
                ADD COLUMN IF NOT EXISTS contact_verified_by_id integer;
            UPDATE citizen_citizen SET contact_verified_date = '2026-01-02 03:04:05',
                contact_verified_by_id = %(user)s WHERE id = %(citizen)s;
            UPDATE helpdesk_ticket SET number = 'HT00001' WHERE id IN %(cases)s
            """,
            {
                "user": self.clerk.id,
                "citizen": citizen.id,
                "cases": (dated.id, plain.id),
            },
        )
        self._migrate("19.0.2.0.0")
        self.assertEqual((dated.number_copy, plain.number_copy), (0, 1))
        self.assertEqual((dated.due_is_given, plain.due_is_given), (True, False))
        self.assertTrue(all((dated + plain).sudo().event_ids.mapped("is_backdated")))
        contact = self.ada.sudo()
        self.assertEqual(contact.contact_verified_date, datetime(2026, 1, 2, 3, 4, 5))
        self.assertEqual(contact.contact_verified_by_id, self.clerk)

    def test_19_0_6_0_0_rubric(self):
        """Cycles that are there get no rubric: there is no table of rubrics yet."""
        self.env.cr.execute(
            "ALTER TABLE citizen_evaluation_cycle DROP COLUMN rubric_id"
        )
        self._migrate("19.0.6.0.0", "pre-evaluation-cycle")
        self.assertTrue(
            column_exists(self.env.cr, "citizen_evaluation_cycle", "rubric_id")
        )

    def test_19_0_3_0_0_queue(self):
        waiting = self._create_case(category_id=self.pothole.id)
        given = self._create_case(category_id=self.pothole.id, user_id=self.handler.id)
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE helpdesk_ticket DROP COLUMN queued_date")
        self._migrate("19.0.3.0.0")
        self.assertEqual(waiting.queued_date, waiting.received_date)
        self.assertFalse(given.queued_date)

    def test_19_0_6_0_0(self):
        """Facts get the largest district and the language that their cases know of."""
        quay = self.env["citizen.district"].create(
            {"name": "Quay", "code": "T-QY", "parent_id": self.district.id}
        )
        case = self._create_case(
            category_id=self.pothole.id, partner_id=self.ada.id, district_id=quay.id
        )
        lang = self.env["res.lang"]._lang_get(self.ada.lang)
        employee = self._create_employee("Ann", None)
        day = {name: NOW for name in ("began_at", "ended_at", "closed_on")}
        facts = self.env["citizen.case.fact"].create(
            [
                {
                    "case_id": one.id,
                    "number": 1,
                    "handler_id": employee.id,
                    "ended_by": "closed",
                    **day,
                }
                for one in (case, self._create_case())
            ]
        )
        for _round in range(2):
            self._migrate("19.0.6.0.0", "post-case-fact-equity")
            known = [(fact.district_id, fact.language_id) for fact in facts]
            self.assertEqual(known[0], (self.district, lang))
            self.assertFalse(any(known[1]))

    def test_19_0_3_0_0(self):
        """Service types without a version get their first, the others nothing."""
        self.pothole.effort_points = 2.5
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM citizen_effort_version WHERE category_id = %s",
            (self.pothole.id,),
        )
        self.env.invalidate_all()
        self._migrate("19.0.3.0.0", "post-migration")
        version = self.pothole.effort_version_ids
        self.assertEqual((version.points, version.since), (2.5, NOW))
        self.assertIn("began to be kept", version.reason)
        self.assertEqual(len(self.tree.effort_version_ids), 1)
        self._migrate("19.0.3.0.0", "post-migration")
        self.assertEqual(self.pothole.effort_version_ids, version)

    def test_19_0_8_0_0(self):
        """Days of ended cases that were archived are counted again; no other ones."""
        ended, taken_out, there = (self._create_case() for _number in range(3))
        for days, case in enumerate((ended, taken_out, there), 1):
            case.sudo().received_date -= timedelta(days=days)
        self._move(ended, "in_work", "answered", "closed")
        self._move(there, "in_work", "answered", "closed")
        (ended + taken_out).sudo().active = False
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM citizen_rollup_mark")
        self._migrate("19.0.8.0.0", "post-migration")
        marks = self.env["citizen.rollup.mark"].sudo().search([])
        self.assertEqual(set(marks.mapped("subject")), {"case"})
        self.assertEqual(
            set(marks.mapped("at")),
            {_quarter(ended.received_date), _quarter(ended.closed_date)},
        )


def _quarter(at):
    return at.replace(minute=at.minute // 15 * 15, second=0)
