from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .at_once_common import AtOnceCase
from .common import CLEARED


@tagged("post_install", "-at_install")
class TestTwoAnswers(AtOnceCase):
    """One accepts and another disputes at the same moment, each in a transaction."""

    @classmethod
    def _build(cls, env):
        lead = new_test_user(
            env,
            login="at_once_lead",
            name="Lead",
            groups=f"citizen_crm.group_team_lead,{CLEARED}",
            context={"no_reset_password": True},
        )
        teams = env["helpdesk.ticket.team"].create(
            [{"name": "At once A", "user_id": lead.id}, {"name": "At once B"}]
        )
        teams[1].user_id = lead
        case = env["helpdesk.ticket"].create(
            {"name": "Hole", "description": "Deep", "team_id": teams[0].id}
        )
        transfer = env["citizen.case.transfer"]._propose(
            case,
            teams[1],
            {"ground_id": env.ref("citizen_crm.transfer_ground_not_competent").id},
        )
        cls.ids = {
            "lead": lead.id,
            "partner": lead.partner_id.id,
            "case": case.id,
            "transfer": transfer.id,
            "teams": tuple(teams.ids),
        }

    @classmethod
    def tearDownClass(cls):
        with cls.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM citizen_case_event WHERE case_id = %(case)s;"
                "DELETE FROM citizen_sla_clock WHERE case_id = %(case)s;"
                "DELETE FROM citizen_case_transfer WHERE case_id = %(case)s;"
                "DELETE FROM mail_activity WHERE user_id = %(lead)s;"
                "DELETE FROM helpdesk_ticket WHERE id = %(case)s",
                cls.ids,
            )
            env = api.Environment(cr, SUPERUSER_ID, {})
            # With all that the ORM has made for a team, as its address for mail.
            env["helpdesk.ticket.team"].browse(cls.ids["teams"]).unlink()
            env.flush_all()
            cr.execute(
                "DELETE FROM res_users WHERE id = %(lead)s;"
                "DELETE FROM res_partner WHERE id = %(partner)s",
                cls.ids,
            )
        super().tearDownClass()

    def _get_transfer(self, cr):
        env = api.Environment(cr, self.ids["lead"], {})
        return env["citizen.case.transfer"].browse(self.ids["transfer"])

    @mute_logger("odoo.sql_db")
    def test_the_later_is_told(self):
        """1. Somebody disputes the transfer, while somebody else accepts it.
        2. Neither sees what the other does.
        3. Expected: the first answer holds, and the second is told.
        """
        with self.registry.cursor() as slow, self.registry.cursor() as fast:
            transfer = self._get_transfer(slow)

            def dispute():
                slow.execute("SELECT 1")  # the transaction's snapshot is taken here
                if not fast.closed:
                    self.assertEqual(transfer.state, "proposed")
                    self._get_transfer(fast)._accept()
                    fast.commit()
                    fast.close()
                transfer._dispute("Not ours")

            with self.assertRaisesRegex(UserError, "Somebody else was faster"):
                retrying(dispute, transfer.env)
        with self.registry.cursor() as cr:
            transfer = self._get_transfer(cr).sudo()
            self.assertEqual((transfer.state, transfer.reason), ("accepted", False))
            self.assertEqual(transfer.case_id.team_id, transfer.to_team_id)
            kinds = transfer.case_id.event_ids.mapped("kind")
            self.assertEqual(kinds.count("transferred"), 1)
            self.assertNotIn("transfer_disputed", kinds)
