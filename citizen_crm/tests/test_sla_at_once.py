from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .at_once_common import AtOnceCase


@tagged("post_install", "-at_install")
class TestTwoAtOneCase(AtOnceCase):
    """Two people work on one case at the same moment, each in a transaction."""

    @classmethod
    def _build(cls, env):
        cls.rule_id = cls._create_rule(env).id
        values = {
            "name": "Hole",
            "description": "Deep",
            "partner_email": "ada@example.com",
        }
        cls.case_id = env["helpdesk.ticket"].create(values).id

    @classmethod
    def _create_rule(cls, env):
        rule = env["citizen.sla.rule"].create(
            {
                "name": "At once",
                "sequence": -1,
                "valid_from": "2020-01-01 00:00:00",
                "target_ids": [(0, 0, {"unit": "hours", "amount": 8})],
            }
        )
        rule.action_activate()
        return rule

    @classmethod
    def tearDownClass(cls):
        with cls.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM citizen_case_event WHERE case_id = %(case)s;"
                "DELETE FROM citizen_sla_clock WHERE case_id = %(case)s;"
                "DELETE FROM helpdesk_ticket WHERE id = %(case)s;"
                "DELETE FROM citizen_sla_target WHERE rule_id = %(rule)s;"
                "DELETE FROM citizen_sla_rule WHERE id = %(rule)s",
                {"case": cls.case_id, "rule": cls.rule_id},
            )
        super().tearDownClass()

    @mute_logger("odoo.sql_db")
    def test_clock_knows_what_both_did(self):
        """1. Somebody calls the case answered, while somebody else writes the letter.
        2. Neither sees the other's event; both are done.
        3. Expected: the promise is kept, as the history says.
        """
        with self.registry.cursor() as letter, self.registry.cursor() as stage:
            env = api.Environment(letter, SUPERUSER_ID, {})

            def write_letter():
                letter.execute("SELECT 1")  # the transaction's snapshot is taken here
                if not stage.closed:
                    self._move_to_answered(stage)
                    stage.commit()
                    stage.close()
                env["helpdesk.ticket"].browse(self.case_id)._log("replied")

            retrying(write_letter, env)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            case = env["helpdesk.ticket"].browse(self.case_id)
            self.assertEqual(case.clock_ids.mapped("state"), ["met"])

    def _move_to_answered(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        case = env["helpdesk.ticket"].browse(self.case_id)
        case.stage_id = env.ref("citizen_crm.stage_answered")
        env.flush_all()
