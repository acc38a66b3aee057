"""Which cases are due, who may propose and approve, and what stays."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time
from odoo.tools import mute_logger

from odoo.addons.citizen_crm.models.privacy import citizen_erasure_work

from .privacy_common import LATER, OFFICER, PrivacyCommon

QUIET = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"


@freeze_time("2026-03-04 08:00:00")
class TestErasure(PrivacyCommon):
    # -------------------------------------------------------------- retention
    def test_updated_databases_get_a_usual_class(self):
        """Once: who takes the choice away is not overruled by the next update."""
        parameters = self.env["ir.config_parameter"].sudo()
        names = [f"citizen_crm.retention_class_{end}" for end in ("id", "chosen")]
        for name in names:
            parameters.set_param(name, False)
        Class = self.env["citizen.retention.class"]
        general = self.env.ref("citizen_crm.retention_class_general")
        Class._choose_default_once()
        self.assertEqual(Class._get_default(), general)
        parameters.set_param(names[0], False)
        Class._choose_default_once()
        self.assertFalse(Class._get_default())

    def test_clock_runs_from_closing_and_stops_at_reopening(self):
        case = self._create_ended(partner_id=self.ada.id)
        self.assertEqual(
            case.kept_until, fields.Datetime.to_datetime("2031-03-04 09:00:00")
        )
        case.stage_id = self._stage("in_work")
        self.assertFalse(case.kept_until)
        with freeze_time(LATER):
            self.assertFalse(self._list_due(), "it is open again")

    def test_class_of_the_type_and_kept(self):
        short = self.env["citizen.retention.class"].create(
            {"name": "Short", "months": 6, "law": "By-law 7"}
        )
        self.pothole.retention_class_id = short
        self.tree.retention_class_id = self.env.ref(
            "citizen_crm.retention_class_archive"
        )
        soon = self._create_ended()
        kept = self._create_ended(category_id=self.tree.id)
        self.assertFalse(kept.kept_until)
        with freeze_time("2026-09-04 08:59:59"):
            self.assertFalse(self._list_due(), "a second too early")
        with freeze_time("2026-09-04 09:00:00"):
            runs = self._list_due()
            self.assertEqual(runs.line_ids.mapped("case_number"), [soon.number])
            self.assertEqual(runs.line_ids.why, "6 months after closing (By-law 7)")
            self.assertFalse(self._list_due(), "it waits on a list already")
        with self.assertRaisesRegex(UserError, "service types or the settings use it"):
            short.unlink()

    def test_class_needs_months(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
        ):
            self.env["citizen.retention.class"].create(
                {"name": "None", "months": 0, "law": "-"}
            )

    # ------------------------------------------------------------------- holds
    def test_held_cases_are_listed_and_left_alone(self):
        case = self._create_ended(partner_id=self.ada.id)
        free = self._create_ended(partner_id=self.ben.id)
        hold = (
            self.env["citizen.legal.hold"]
            .with_user(self.officer)
            .create({"partner_id": self.ada.id, "reason": "Lawsuit 12"})
        )
        self.assertEqual((hold.user_id, hold.case_count), (self.officer, 1))
        run = self._erase_due()
        self.assertEqual(
            {line.case_number: line.state for line in run.line_ids},
            {case.number: "held", free.number: "erased"},
        )
        self.assertTrue(case.partner_id and free.erased_date)
        with freeze_time(LATER):
            hold.action_end()
        with freeze_time("2032-03-11 08:00:00"):
            again = self._list_due()
            self.assertEqual(again.line_ids.case_number, case.number)

    def test_hold_between_approval_and_erasing(self):
        case = self._create_ended(partner_id=self.ada.id)
        with freeze_time(LATER):
            run = self._list_due()
            run.with_user(self.officer).action_propose()
            run.with_user(self.second).action_approve()
            self.env["citizen.legal.hold"].create(
                {"case_ids": case.ids, "reason": "Audit"}
            )
            self._work()
        self.assertEqual((run.state, run.line_ids.state), ("done", "skipped"))
        self.assertFalse(case.erased_date)

    def test_hold_is_history(self):
        Hold = self.env["citizen.legal.hold"].with_user(self.officer)
        hold = Hold.create(
            {"partner_id": self.ada.id, "reason": "R", "user_id": self.second.id}
        )
        self.assertEqual(hold.user_id, self.officer, "nobody enters it for others")
        with self.assertRaisesRegex(UserError, "is not changed"):
            hold.reason = "Other"
        with self.assertRaises(UserError), mute_logger(*QUIET):
            hold.unlink()
        with self.assertRaisesRegex(UserError, "stays on record"):
            hold.sudo().unlink()
        with self.assertRaisesRegex(UserError, "does not end in the past"):
            hold.date_to = "2026-03-03"
        with self.assertRaisesRegex(ValidationError, "say what is to be held"):
            Hold.create({"reason": "Nothing"})
        hold.action_end()
        self.assertEqual(hold.ended_by_id, self.officer)

    # --------------------------------------------------------------- decisions
    def test_two_people(self):
        self._create_ended(partner_id=self.ada.id)
        with freeze_time(LATER):
            run = self._list_due()
            with self.assertRaisesRegex(AccessError, "for privacy officers"):
                run.with_user(self.head).action_propose()
            run.with_user(self.officer).action_propose()
            self.assertFalse(run.with_user(self.officer).may_approve)
            with self.assertRaisesRegex(AccessError, "second person"):
                run.with_user(self.officer).action_approve()
            with (
                self.assertRaises(AccessError),
                mute_logger(*QUIET),
            ):
                run.with_user(self.lead).action_approve()
            self.assertTrue(run.with_user(self.head).may_approve)
            run.with_user(self.head).action_approve()
            with self.assertRaisesRegex(UserError, "already further"):
                run.with_user(self.second).action_approve()
            with self.assertRaisesRegex(UserError, "cannot be cancelled|not approved"):
                run.with_user(self.officer).action_cancel()

    def test_nobody_forges_a_list(self):
        run = self.Erasure.create({"department_id": self.roads.department_id.id})
        for user in (self.officer, self.head, self.lead, self.clerk):
            for vals in ({"state": "approved"}, {"approved_by_id": self.second.id}):
                with self.assertRaises(AccessError), mute_logger(*QUIET):
                    run.with_user(user).write(vals)

    def test_head_sees_the_own_department_only(self):
        other = self.env["hr.department"].create({"name": "Parks"})
        self.parks.department_id = other
        self._create_ended()
        self._create_ended(category_id=self.tree.id)
        with freeze_time(LATER):
            runs = self._list_due()
        self.assertEqual(len(runs), 2)
        mine = runs.filtered(lambda run: run.department_id != other)
        for model in ("citizen.erasure", "citizen.erasure.line"):
            seen = self.env[model].with_user(self.head).search([])
            run = seen if model == "citizen.erasure" else seen.run_id
            self.assertEqual(run, mine)
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            (runs - mine).with_user(self.head).line_ids.read(["case_number"])
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            self.env["citizen.erasure.line"].with_user(self.lead).search([])
        with self.assertRaises(AccessError):
            mine.with_user(self.officer).line_ids.read(["case_id"])

    def test_cancelled_list_lets_go_of_its_cases(self):
        self._create_ended()
        with freeze_time(LATER):
            run = self._list_due()
            run.with_user(self.officer).action_cancel()
            self.assertEqual(len(self._list_due()), 1)

    # ----------------------------------------------------------------- erasing
    def test_batches_go_on_after_a_stop(self):
        cases = self.Case.browse()
        for _number in range(3):
            cases += self._create_ended(partner_id=self.ada.id)
        with freeze_time(LATER):
            run = self._list_due()
            run.with_user(self.officer).action_propose()
            run.with_user(self.second).action_approve()
            with patch.object(citizen_erasure_work, "BATCH", 2):
                self.assertEqual(run._erase_batch(), 2)
                self.assertEqual((run.state, run.due_count), ("approved", 1))
                self.assertEqual(self.ada.name, "Ada Fox", "one case is left")
                # Another process takes the list up.
                self._work()
        self.assertEqual((run.state, run.erased_count), ("done", 3))
        self.assertEqual(len(run.proof_ids), 4, "three cases and the contact")

    def test_erased_case_is_closed_for_good(self):
        case = self._create_ended(partner_id=self.ada.id)
        self._erase_due()
        for vals in ({"stage_id": self._stage("in_work").id}, {"name": "New"}):
            with self.assertRaisesRegex(UserError, "register a new case"):
                case.with_user(self.clerk).write(vals)
        with self.assertRaisesRegex(UserError, "register a new case"):
            case.with_user(self.clerk).message_post(body="About Ada Fox")

    def test_proof_cannot_be_changed_and_shows_it(self):
        self._create_ended(partner_id=self.ada.id)
        proof = self._erase_due().proof_ids[:1]
        with self.assertRaises(AccessError):
            proof.write({"counts": {}})
        with self.assertRaises(AccessError):
            proof.unlink()
        self.assertTrue(proof.is_intact)
        self.env.cr.execute(
            "UPDATE citizen_erasure_proof SET approved_by = 'Nobody' WHERE id = %s",
            [proof.id],
        )
        proof.invalidate_recordset()
        self.assertFalse(proof.is_intact)

    def test_staff_who_petition_stay_staff_elsewhere(self):
        """Their own case forgets them; the cases they handled do not."""
        bob = self.bob.user_id
        own = self._create_ended(partner_id=bob.partner_id.id)
        other = self._create_ended(partner_id=self.ada.id)
        for case in (own, other):
            case.with_user(bob).message_post(body="Mended")
        self._erase_due()
        self.assertNotIn(bob.partner_id, own.partner_id | own.message_ids.author_id)
        self.assertIn(bob.partner_id, other.message_ids.author_id)
        self.assertTrue(bob.active)
        self.assertEqual(bob.partner_id.name, "Bob")

    # ------------------------------------------------------------------ person
    def _ask(self, partner):
        form = Form(self.env["citizen.person.erasure"].with_user(self.officer))
        form.partner_id = partner
        form.request = "Letter of 3 March"
        return form.save()

    def test_person_is_refused_with_the_reasons(self):
        open_case = self._create_case(partner_id=self.ada.id)
        young = self._create_ended(partner_id=self.ada.id)
        self.district.representative_id = self.ada
        wizard = self._ask(self.ada)
        for part in (
            f"Case {open_case.number} is not closed.",
            f"Case {young.number}: its retention is not over yet.",
            "It is still used: District, ",
        ):
            self.assertIn(part, wizard.obstacles)
        with self.assertRaisesRegex(UserError, "cannot be erased now"):
            wizard.action_list()
        self.assertIn("member of staff", self._ask(self.handler.partner_id).obstacles)
        self.assertIn("a contact of Bakery", self._ask(self.baker).obstacles)

    def test_who_acts_for_somebody_is_kept_as_long(self):
        acting = self.env["citizen.representation"].create(
            {
                "partner_id": self.ada.id,
                "representative_id": self.ben.id,
                "kind": "proxy",
                "basis": "consent",
                "document": "Letter of 1 March",
                "date_to": "2026-03-31",
            }
        )
        self.assertIn("acts for somebody", self._ask(self.ben).obstacles)
        self._create_ended(partner_id=self.ben.id)
        with freeze_time(LATER):
            self._carry_out(
                self.Erasure.browse(self._ask(self.ben).action_list()["res_id"])
            )
        self.assertEqual(self.ben.name, "Erased person")
        self.assertFalse(acting.exists())
        self.assertEqual(self.ada.name, "Ada Fox")

    def test_person_on_request(self):
        case = self._create_ended(partner_id=self.ben.id)
        citizen = case.citizen_id
        with freeze_time(LATER):
            action = self._ask(self.ben).action_list()
            run = self.Erasure.browse(action["res_id"])
            self.assertEqual(run.request, "Letter of 3 March")
            self._carry_out(run)
        self.assertEqual(run.state, "done")
        self.assertFalse(run.request)
        self.assertRecordValues(
            self.ben,
            [{"name": "Erased person", "email": False, "active": False}],
        )
        self.assertFalse(citizen.active)
        self.assertTrue(case.erased_date)

    def test_contact_in_use_is_kept(self):
        """The last case goes; the contact stays what it is elsewhere."""
        self.district.representative_id = self.ada
        case = self._create_ended(partner_id=self.ada.id)
        run = self._erase_due()
        self.assertEqual(self.ada.name, "Ada Fox")
        self.assertFalse(case.partner_id)
        self.assertEqual(run.proof_ids.mapped("case_number"), [case.number])

    def test_only_officers_look_for_cases(self):
        self.assertNotIn(OFFICER, self.head.group_ids.mapped("full_name"))
        with self.assertRaises(AccessError):
            self.Erasure.with_user(self.head).action_list_due()
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            self.env["citizen.person.erasure"].with_user(self.clerk).create(
                {"partner_id": self.ada.id, "request": "x"}
            )
