from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .at_once_common import AtOnceCase


@tagged("post_install", "-at_install")
class TestTwoSettle(AtOnceCase):
    """Two people settle one case at the same moment, each in a transaction."""

    @classmethod
    def _build(cls, env):
        team = env["helpdesk.ticket.team"].create({"name": "Settle at once"})
        case = env["helpdesk.ticket"].create(
            {"name": "Hole", "description": "Deep", "team_id": team.id}
        )
        authority = env["citizen.authority"].create(
            {
                "name": "Fee back",
                "amount_limit": 50,
                "lead_limit": 50,
                "case_limit": 0,
                "team_ids": [(6, 0, team.ids)],
            }
        )
        authority.action_activate()
        cls.ids = {"team": team.id, "case": case.id, "authority": authority.id}

    @classmethod
    def tearDownClass(cls):
        with cls.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM citizen_authority_use WHERE case_id = %(case)s;"
                "DELETE FROM citizen_authority WHERE id = %(authority)s;"
                "DELETE FROM citizen_case_event WHERE case_id = %(case)s;"
                "DELETE FROM citizen_sla_clock WHERE case_id = %(case)s;"
                "DELETE FROM helpdesk_ticket WHERE id = %(case)s",
                cls.ids,
            )
            env = api.Environment(cr, SUPERUSER_ID, {})
            # With all that the ORM has made for a team, as its address for mail.
            env["helpdesk.ticket.team"].browse(cls.ids["team"]).unlink()
        super().tearDownClass()

    def _settle(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        case = env["helpdesk.ticket"].browse(self.ids["case"])
        case._settle(env["citizen.authority"].browse(self.ids["authority"]), 30, "Why")

    @mute_logger("odoo.sql_db")
    def test_the_limit_holds(self):
        """1. Two give 30 each, and 50 is the limit.
        2. Neither sees what the other does.
        3. Expected: the first is given, and the second is told.
        """
        with self.registry.cursor() as slow, self.registry.cursor() as fast:

            def settle():
                slow.execute("SELECT 1 FROM citizen_authority_use")  # the snapshot
                if not fast.closed:
                    self._settle(fast)
                    fast.commit()
                    fast.close()
                self._settle(slow)

            with self.assertRaisesRegex(UserError, "beyond what you may give"):
                retrying(settle, api.Environment(slow, SUPERUSER_ID, {}))
        with self.registry.cursor() as cr:
            case = api.Environment(cr, SUPERUSER_ID, {})["helpdesk.ticket"].browse(
                self.ids["case"]
            )
            self.assertEqual(case.settlement_ids.mapped("amount"), [30])
