"""Transfers: who proposes and answers them, what moves and when, who is told."""

from datetime import datetime, timedelta

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .transfer_common import TransferCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"
KINDS = ["received", "routed", "assigned"]


class TestTransfer(TransferCommon):
    def test_propose(self):
        transfer = self._propose()
        self.assertRecordValues(
            transfer,
            [
                {
                    "from_team_id": self.roads.id,
                    "to_team_id": self.parks.id,
                    "state": "proposed",
                    "proposed_by_id": self.worker.id,
                    # The end of the next working day after a Wednesday.
                    "propose_by": datetime(2026, 3, 5, 23, 59, 59),
                    "answer_by": datetime(2026, 3, 5, 23, 59, 59),
                    "is_late": False,
                    "first_team_id": self.roads.id,
                    "first_category_id": self.pothole.id,
                    "is_routed_by_staff": True,
                }
            ],
        )
        self.assertKinds(self.case, [*KINDS, "transfer_proposed"])
        event = self.case.event_ids.filtered(lambda e: e.kind == "transfer_proposed")
        self.assertEqual(event.detail, "Roads → Parks")
        self.assertEqual(event.user_id, self.worker)
        self.assertIn("It stands in the park", event.note)
        self.assertEqual(self.case.team_id, self.roads, "it stays until then")
        self.assertEqual(self.case.user_id, self.worker)
        self.assertEqual(self._activities().user_id, self.ranger)

    def test_accept(self):
        transfer = self._propose()
        self._answer(transfer, "accept", category_id=self.tree.id)
        self.assertEqual(transfer.state, "accepted")
        self.assertEqual(transfer.answered_by_id, self.ranger)
        self.assertEqual(self.case.team_id, self.parks)
        self.assertEqual(self.case.category_id, self.tree)
        self.assertFalse(self.case.user_id)
        self.assertPhase(self.case, "routed")
        self.assertFalse(self.case.is_lent)
        self.assertFalse(self._activities())
        kinds = self.case.event_ids.mapped("kind")
        self.assertEqual(kinds.count("transferred"), 1)
        with self.assertRaisesRegex(UserError, "waits any more"):
            self._answer(transfer, "accept")

    def test_accept_under_a_type_of_another_team(self):
        transfer = self._propose()
        with self.assertRaisesRegex(UserError, "no service type of Parks"):
            self._answer(transfer, "accept", category_id=self.leak.id)
        self.assertEqual(self.case.team_id, self.roads)

    def test_dispute(self):
        transfer = self._propose()
        with self.assertRaisesRegex(UserError, "Reason: say why"):
            self._answer(transfer, "dispute", reason=" ")
        self._answer(transfer, "dispute", reason="The tree is on the road")
        self.assertEqual(transfer.state, "disputed")
        self.assertEqual(self.case.team_id, self.roads)
        self.assertEqual(self.case.user_id, self.worker)
        self.assertKinds(self.case, [*KINDS, "transfer_proposed", "transfer_disputed"])
        again = self._propose(team=self.water)
        self.assertEqual(again.state, "proposed", "a third team may be asked")

    @mute_logger(*QUIET)
    def test_who_proposes(self):
        for user, message in (
            (self.clerk, "Only somebody of Roads"),
            (self.ranger, "access"),
            (self.outsider, "access"),
        ):
            with (
                self.subTest(user.login),
                self.assertRaisesRegex(AccessError, message),
                self.cr.savepoint(),
            ):
                self._propose(user)
        for user in (self.worker, self.lead):
            self.assertTrue(self.case.with_user(user).may_transfer)
            self._propose(user).with_user(user).action_withdraw()
        self.assertFalse(self.case.with_user(self.clerk).may_transfer)

    @mute_logger(*QUIET)
    def test_who_answers(self):
        transfer = self._propose()
        for user in (self.worker, self.lead, self.clerk, self.gardener):
            with self.subTest(user.login), self.assertRaises(AccessError):
                transfer.with_user(user)._accept()
            with self.subTest(user.login), self.assertRaises(AccessError):
                transfer.with_user(user)._dispute("No")
        found = self.Transfer.with_user(self.ranger).search([("may_answer", "=", True)])
        self.assertEqual(found, transfer)
        self.assertTrue(self.case.with_user(self.ranger).may_answer_transfer)
        self._answer(transfer, "accept", self.head)
        self.assertEqual(transfer.answered_by_id, self.head)

    @mute_logger(*QUIET)
    def test_who_is_asked_reads_the_case_and_no_longer(self):
        case = self.case.with_user(self.ranger)
        self.assertFalse(case.has_access("read"))
        transfer = self._propose()
        self.assertTrue(case.has_access("read"))
        self.assertFalse(case.has_access("write"))
        self.assertFalse(self.case.with_user(self.gardener).has_access("read"))
        self.assertFalse(self.case.with_user(self.plumber).has_access("read"))
        self._answer(transfer, "dispute")
        self.assertFalse(case.has_access("read"))
        with self.assertRaises(AccessError):
            transfer.with_user(self.ranger).read(["note"])

    def test_what_a_guest_sees(self):
        """The form opens, with no word of cases out of sight and no button in vain."""
        lead_case = self._create_case(category_id=self.pothole.id, name="OUT OF SIGHT")
        self.case.duplicate_id = lead_case
        self._propose()
        guest = self.case.with_user(self.ranger)
        self.assertFalse(lead_case.with_user(self.ranger).has_access("read"))
        view = guest.get_view(
            self.env.ref("citizen_crm.helpdesk_ticket_view_form").id, "form"
        )
        arch = etree.fromstring(view["arch"])
        form = Form(guest, "citizen_crm.helpdesk_ticket_view_form")
        self.assertFalse(form.may_handle)
        self.assertFalse(guest.matter_ids)
        values = guest.read(load="")[0] | {"context": {}}
        shown = {
            button.get("name")
            for button in arch.xpath("//header/button[@type='object']")
            if not safe_eval(button.get("invisible", "False"), dict(values))
        }
        self.assertEqual(shown, {"action_accept_transfer", "action_dispute_transfer"})
        mine = self.case.with_user(self.worker)
        self.assertTrue(mine.may_handle)

    def test_nobody_who_may_see_the_case(self):
        self.parks.department_id = False
        self.ranger.group_ids -= self.env.ref("citizen_crm.group_clearance_citizen")
        with self.assertRaisesRegex(UserError, "nobody who leads Parks may see"):
            self._propose()

    def test_confidential(self):
        """Only a lead with the clearance is asked, and the citizen reads no name."""
        self.worker.group_ids += self.env.ref("citizen_crm.group_confidential")
        self.case.confidential = True
        with (
            self.assertRaisesRegex(UserError, "nobody who leads Parks may see"),
            self.cr.savepoint(),
        ):
            self._propose()
        self.ranger.group_ids += self.env.ref("citizen_crm.group_confidential")
        self._answer(self._propose(), "accept")
        notice = self._get_notice()
        self.assertNotIn("Gardens", notice.body)
        self.assertIn("another office of the city", notice.body)

    def test_bad_proposals(self):
        for values, message in (
            ({"team": self.roads}, "Choose another one"),
            ({"to_team_id": False}, "To: choose the team"),
            ({"ground_id": False}, "Ground: say why"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, message),
                self.cr.savepoint(),
            ):
                self._propose(**values)
        triage = self._create_case()
        with self.assertRaisesRegex(UserError, "is in triage"):
            self._propose(case=triage)
        self._propose()
        with self.assertRaisesRegex(UserError, "waits for an answer already"):
            self._propose(team=self.water)
        answered = self._create_case(
            category_id=self.pothole.id, stage_id=self._stage("answered").id
        )
        with self.assertRaisesRegex(UserError, "has been answered"):
            self._propose(case=answered)
        self.assertEqual(self.Transfer.search_count([("case_id", "=", answered.id)]), 0)

    def test_late(self):
        with freeze_time("2026-03-06 09:00:00"):
            late = self._propose()
            self.assertTrue(late.is_late)
            self._answer(late, "dispute")
            in_time = self._propose(site_visit=True)
            self.assertFalse(in_time.is_late)
            self.assertEqual(in_time.propose_by, datetime(2026, 3, 6, 23, 59, 59))

    def test_time_begins_anew_with_the_new_team(self):
        with freeze_time("2026-03-05 09:00:00"):
            self._answer(self._propose(), "accept")
        with freeze_time("2026-03-06 09:00:00"):
            transfer = self._propose(self.gardener, self.water)
        self.assertFalse(transfer.is_late)

    def test_several_at_once_or_none(self):
        cases = self.case + self._create_case(category_id=self.pothole.id)
        self.assertEqual(len(self._propose(case=cases)), 2)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._propose(case=cases + self._create_case(category_id=self.pothole.id))
        self.assertEqual(self.Transfer.search_count([("state", "=", "proposed")]), 2)

    @mute_logger(*QUIET)
    def test_forged(self):
        transfer = self._propose()
        for user in (self.worker, self.ranger, self.head, self.manager):
            mine = transfer.with_user(user)
            for call in (
                lambda m: m.write({"state": "accepted"}),
                lambda m: m.unlink(),
                lambda m: m.copy(),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    call(mine)
        with self.assertRaisesRegex(UserError, "the system notes it itself"):
            self.case.with_user(self.worker).is_lent = False

    # ----------------------------------------------------------------- silence
    def test_silence_counts_as_accepted(self):
        transfer = self._propose()
        method = self.env.ref("citizen_crm.ir_cron_transfer").method_direct_trigger
        with self.enter_registry_test_mode():
            method()
            self.assertEqual(transfer.state, "proposed")
            with freeze_time(transfer.answer_by + timedelta(minutes=1)):
                self.assertTrue(transfer.is_overdue)
                method()
        self.assertEqual((transfer.state, transfer.is_silent), ("accepted", True))
        self.assertFalse(transfer.answered_by_id)
        self.assertEqual(self.case.team_id, self.parks)
        told = self.env["mail.message"].search(
            [("subject", "=", f"Transfer of case {self.case.number}")]
        )
        self.assertEqual(
            told.partner_ids, self.worker.partner_id | self.ranger.partner_id
        )
        self.assertIn("Nobody answered in time", told[0].body)

    def test_silence_of_a_team_that_is_no_more(self):
        transfer = self._propose()
        self.parks.active = False
        self.case.sudo()._accept_in_silence()
        self.assertEqual(transfer.state, "withdrawn")
        self.assertEqual(self.case.team_id, self.roads)
        self.assertEqual(self.case.user_id, self.worker)
        self.assertKinds(self.case, [*KINDS, "transfer_proposed", "transfer_withdrawn"])

    # ------------------------------------------------------------------ lapses
    def test_ends_with_the_case(self):
        for phase in ("answered", "closed", "withdrawn"):
            case = self._create_case(category_id=self.pothole.id)
            transfer = self._propose(case=case)
            self._move(case.sudo(), phase)
            self.assertEqual(transfer.state, "withdrawn", phase)
            self.assertFalse(case.is_lent or self._activities(case))

    def test_ends_when_the_team_is_changed_otherwise(self):
        transfer = self._propose()
        self.case.sudo().team_id = self.water
        self.assertEqual(transfer.state, "withdrawn")

    def test_stays_when_a_list_gets_the_type_that_it_has(self):
        """Edited together: one case has the type already, the other gets it."""
        self._answer(self._propose(), "accept")
        other = self._create_case(partner_id=self.ben.id, category_id=self.tree.id)
        both = (self.case + other).with_user(self.head)
        both.write({"category_id": self.pothole.id})
        self.assertEqual(self.case.team_id, self.parks)
        self.assertEqual(other.team_id, self.roads)

    def test_withdraw(self):
        transfer = self._propose()
        with self.assertRaisesRegex(AccessError, "withdrawn by who has made it"):
            transfer.with_user(self.ranger).action_withdraw()
        self.case.with_user(self.worker).action_withdraw_transfer()
        self.assertEqual(transfer.state, "withdrawn")
        self.assertFalse(self._activities())
        self.assertKinds(self.case, [*KINDS, "transfer_proposed", "transfer_withdrawn"])

    # ----------------------------------------------------------------- citizen
    def _get_notice(self):
        return self.case.sudo().message_ids.filtered(
            lambda message: "who handles it now" in (message.subject or "")
        )

    def test_citizen_is_told_once_it_has_moved(self):
        self._create_rule(
            {"kind": "resolve", "amount": 6, "unit": "statutory_working_days"}
        )
        case = self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        self.case = case
        due = case.due_date
        self.assertTrue(due)
        transfer = self._propose(case=case)
        self.assertFalse(self._get_notice())
        lines = case._get_portal_timeline()
        self.assertFalse([line for line in lines if "Gardens" in line["text"]])
        self._answer(transfer, "accept")
        notice = self._get_notice()
        self.assertEqual(len(notice), 1)
        self.assertIn("Gardens", notice.body)
        self.assertIn("We answer by", notice.body)
        self.assertEqual(notice.notified_partner_ids, self.ada)
        self.assertEqual(case.due_date, due, "the citizen's clock never moves")
        lines = [line["text"] for line in case._get_portal_timeline()]
        self.assertEqual(sum("passed on to Gardens" in line for line in lines), 1)

    def test_citizen_of_another_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.ada.lang = "es_ES"
        template = self.env.ref("citizen_crm.mail_template_transferred")
        template.with_context(lang="es_ES").subject = "Su caso: who handles it now"
        self._answer(self._propose(), "accept")
        self.assertEqual(self._get_notice().subject, "Su caso: who handles it now")

    def test_anonymous_cases_move_without_a_notice(self):
        case = self._create_case(category_id=self.pothole.id)
        self.case = case
        self._answer(self._propose(case=case), "accept")
        self.assertEqual(case.team_id, self.parks)
        self.assertFalse(self._get_notice())
