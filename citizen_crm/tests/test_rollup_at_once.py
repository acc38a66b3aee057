from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from .at_once_common import AtOnceCase


@tagged("post_install", "-at_install")
class TestRollupAtOnce(AtOnceCase):
    """A change that is committed after later ones have been counted."""

    @classmethod
    def _build(cls, env):
        env = env(context={"tracking_disable": True})
        cls.type_id = env["helpdesk.ticket.category"].create({"name": "Late"}).id
        values = {"name": "Hole", "description": "Deep", "category_id": cls.type_id}
        cls.case_ids = env["helpdesk.ticket"].create([values] * 2).ids
        env["citizen.rollup"]._refresh(batch=None)

    @classmethod
    def tearDownClass(cls):
        with cls.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM citizen_case_event WHERE case_id = ANY(%(cases)s);"
                "DELETE FROM citizen_sla_clock WHERE case_id = ANY(%(cases)s);"
                "DELETE FROM helpdesk_ticket WHERE id = ANY(%(cases)s);"
                "DELETE FROM citizen_case_rollup_type WHERE category_id = %(type)s;"
                "DELETE FROM citizen_sla_rollup WHERE category_id = %(type)s;"
                "DELETE FROM helpdesk_ticket_category WHERE id = %(type)s;",
                {"cases": cls.case_ids, "type": cls.type_id},
            )
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["citizen.rollup"].browse().action_rebuild()
            env["citizen.rollup"]._refresh(batch=None)
        super().tearDownClass()

    def test_late_commit(self):
        """1. Somebody closes a case and takes long to finish.
        2. Somebody else, who began later, is done at once; the job counts the day.
        3. The first one is committed; the job counts again.
        4. Expected: first one ended, then two, and never more than is committed.
        """
        first, second = self.case_ids
        with self.registry.cursor() as slow:
            self._close(slow, first)
            with self.registry.cursor() as quick:
                self._close(quick, second)
                quick.commit()
            self.assertEqual(self._count(), 1)
            slow.commit()
        self.assertEqual(self._count(), 2)

    def test_two_who_count_at_once(self):
        """The second one leaves it to the first."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            env = api.Environment(first, SUPERUSER_ID, {})
            env["citizen.rollup"]._get().lock_for_update()
            other = api.Environment(second, SUPERUSER_ID, {})
            self.assertEqual(other["citizen.rollup"]._refresh(), (0, 0))

    def _close(self, cr, case_id):
        # Without the models: what else a move writes is not looked at here.
        cr.execute(
            "UPDATE helpdesk_ticket SET is_open = FALSE, phase = 'closed',"
            " closed_date = received_date WHERE id = %s",
            (case_id,),
        )

    def _count(self):
        """Let the job count; return how many cases the figures tell of."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["citizen.rollup"]._refresh(batch=None)
            rows = env["citizen.case.rollup.type"].search(
                [("category_id", "=", self.type_id)]
            )
            return sum(rows.mapped("ended_count"))
