"""What anybody who can sign in may call by name, and what a resident gains by it."""

import inspect

from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CitizenCommon

#: The addons whose methods are looked at; those of the ORM are Odoo's own matter.
ADDONS = {"citizen_crm", "helpdesk_mgmt", "mail", "portal"}
#: What ``mail`` gives to every model.
EVERY = "mail_allowed_qweb_expressions mail_get_partner_fields unlink"
#: What it gives to models with messages and activities.
THREAD = """
    action_reschedule_my_next_nextweek action_reschedule_my_next_today
    action_reschedule_my_next_tomorrow activity_feedback activity_reschedule
    activity_schedule activity_search activity_send_mail activity_unlink copy_data
    create export_data get_empty_list_help get_views message_change_thread
    message_get_followers message_mail_with_source message_new message_notify
    message_parse message_post message_post_with_source message_process message_route
    message_subscribe message_unsubscribe message_update notify_cancel_by_type write
"""
#: What it gives to models with activities alone.
ACTIVITY = """
    action_reschedule_my_next_nextweek action_reschedule_my_next_today
    action_reschedule_my_next_tomorrow activity_feedback activity_reschedule
    activity_schedule activity_search activity_send_mail activity_unlink
"""
#: Model -> its public methods besides those of every model.
PUBLIC = {
    "citizen.assignment.balance": "get_my_share",
    "citizen.assignment.entry": "action_object action_open_case unlink write",
    "citizen.assignment.rule": "action_activate action_new_version action_retire"
    " create write",
    "citizen.assignment.simulation": "action_simulate",
    "citizen.assignment.outcome": "",
    "citizen.authority": "action_activate action_new_version action_retire"
    " action_view_uses create write",
    "citizen.authority.decline": "action_confirm",
    "citizen.authority.proposal": "action_approve action_decline action_view_case",
    "citizen.authority.report": "",
    "citizen.authority.settle": "action_propose action_settle",
    "citizen.authority.use": "action_view_case write",
    "citizen.calendar.apply": "action_apply",
    "citizen.calendar.version": "write",
    "citizen.case.event": "create write",
    "citizen.case.fact": "action_contest action_open_case unlink write",
    "citizen.case.fact.equity": "",
    "citizen.case.fact.question": "",
    "citizen.case.fact.report": "",
    "citizen.case.feedback": "",
    "citizen.case.feedback.report": "",
    "citizen.case.feedback.team": "",
    "citizen.case.handing": "action_confirm",
    "citizen.case.intermediary": "",
    "citizen.case.reply": "action_approve action_ask_approval"
    " action_insert_contributions action_insert_settled action_preview action_return"
    " action_send action_take_back create write",
    "citizen.case.reply.return": "action_confirm",
    "citizen.case.read": "write",
    "citizen.case.read.reason": "action_confirm",
    "citizen.case.report": "",
    "citizen.case.rollup": "",
    "citizen.case.rollup.place": "",
    "citizen.case.rollup.type": "",
    "citizen.case.split": "action_confirm",
    "citizen.case.split.part": "",
    "citizen.case.token": "",
    "citizen.case.contribution": "action_answer action_assign action_return"
    " action_view_case action_withdraw",
    "citizen.case.contribution.answer": "action_confirm",
    "citizen.case.contribution.question": "action_confirm",
    "citizen.case.transfer": "action_accept action_decide action_dispute"
    " action_view_case action_withdraw",
    "citizen.case.transfer.answer": "action_confirm",
    "citizen.case.transfer.proposal": "action_confirm",
    "citizen.case.transfer.report": "",
    "citizen.transfer.ground": "",
    "citizen.case.review": "action_reject action_uphold action_uphold_partly unlink"
    " write",
    "citizen.case.wait": "action_confirm",
    "citizen.citizen": f"{THREAD} action_verify_contact action_view_cases"
    " action_view_customer",
    "citizen.customer": f"{THREAD} action_verify_contact action_view_cases"
    " action_view_citizen",
    "citizen.data.export": "action_hand_out",
    "citizen.data.handout": "write",
    "citizen.district": "",
    "citizen.duty": "create write",
    "citizen.effort.review": "action_apply action_measure action_start",
    "citizen.effort.review.line": "",
    "citizen.effort.version": "write",
    "citizen.erasure": "action_approve action_cancel action_list_due action_propose",
    "citizen.erasure.line": "write",
    "citizen.erasure.proof": "write",
    "citizen.evaluation": f"{ACTIVITY} action_appeal action_cancel"
    " action_confirm_data action_confirm_receipt action_finish action_publish"
    " action_submit_self action_verify action_view_cases action_write write",
    "citizen.evaluation.appeal": "action_annul action_change action_uphold create"
    " write",
    "citizen.evaluation.claim": "action_accept action_reject action_withdraw create"
    " write",
    "citizen.evaluation.cycle": "action_announce action_cancel action_draw_reviews"
    " action_view_evaluations action_view_reviews create write",
    "citizen.evaluation.line": "action_open write",
    "citizen.evaluation.read": "write",
    "citizen.evaluation.statement": "action_submit write",
    "citizen.evaluation.version": "action_verify write",
    "citizen.failure.demand.report": "",
    "citizen.field.check": f"{THREAD.replace('export_data', '')} action_pass_on"
    " action_record action_view_case",
    "citizen.field.check.report": "",
    "citizen.field.sample": "unlink write",
    "citizen.holiday": "create write",
    "citizen.holiday.calendar": "action_apply_to_open_cases action_import"
    " action_view_days",
    "citizen.holiday.import": "action_back action_import action_preview",
    "citizen.holiday.import.line": "",
    "citizen.import.row": "",
    "citizen.import.run": "action_check action_continue action_import"
    " action_view_rows create",
    "citizen.import.source": "action_view_cases",
    "citizen.import.value": "",
    "citizen.import.wizard": "action_check",
    "citizen.intake": "action_register find_duplicates get_service_type get_start"
    " register search_organisations search_people search_service_types",
    "citizen.legal.hold": "action_end create write",
    "citizen.mail.decision": "action_confirm",
    "citizen.mail.receipt": "action_attach action_download action_ignore"
    " action_make_case action_publish action_view_case",
    "citizen.measure": "action_new_version create write",
    "citizen.matter.distinction": "",
    "citizen.matter.search": "",
    "citizen.matter.search.line": "action_join action_tell_apart",
    "citizen.need": "",
    "citizen.person.erasure": "action_list",
    "citizen.portal.form": "",
    "citizen.quality.criterion": "create write",
    "citizen.quality.review": "action_pass_on action_submit write",
    "citizen.quality.rubric": "action_new_version create write",
    "citizen.quality.sample": "action_give_out write",
    "citizen.quality.score": "",
    "citizen.portal.hit": "",
    "citizen.recusal": "action_end action_give_back create write",
    "citizen.representation": "action_verify action_withdraw create write",
    "citizen.representation.withdrawal": "action_confirm",
    "citizen.retention.class": "action_view_archive",
    "citizen.reply.template": "",
    "citizen.skill": "",
    "citizen.sla.clock": "action_explain_miss write",
    "citizen.sla.explanation": "action_explain",
    "citizen.contact.arrangement": "action_approve action_end action_refuse"
    " action_view_case create",
    "citizen.case.refusal": "action_decide action_decline action_view_case",
    "citizen.case.refusal.decline": "action_confirm",
    "citizen.case.refusal.request": "action_confirm",
    "citizen.sla.extension": "action_approve action_refuse action_told"
    " action_view_case",
    "citizen.sla.extension.decision": "action_confirm",
    "citizen.sla.extension.request": "action_confirm",
    "citizen.sla.miss.reason": "",
    "citizen.sla.notice": "",
    "citizen.sla.apply": "action_apply",
    "citizen.sla.finding": "action_check action_open",
    "citizen.sla.preview": "action_start action_stop action_view_lines",
    "citizen.sla.preview.line": "",
    "citizen.sla.preview.row": "action_view_lines",
    "citizen.rollup": "action_check action_rebuild",
    "citizen.rollup.mark": "",
    "citizen.sla.report": "",
    "citizen.sla.rollup": "",
    "citizen.sla.rule": "action_activate action_add_usual_rules action_apply"
    " action_new_version action_open action_preview"
    " action_retire action_test action_view_cases create write",
    "citizen.sla.step": "create unlink write",
    "citizen.sla.test": "",
    "citizen.sla.target": "create unlink write",
    "citizen.staff.pulse": "action_answer action_cancel action_open"
    " action_view_results create get_my_pulses write",
    "citizen.staff.pulse.question": "action_new_version create write",
    "citizen.staff.pulse.result": "",
    "citizen.staff.pulse.seat": "",
    "citizen.staff.pulse.tally": "",
    "citizen.team.member": "create write",
    "citizen.waiting.reason": "",
    "citizen.workload.month": "",
    "citizen.workload.objection": f"{THREAD.replace('export_data', '')} action_refuse"
    " action_uphold action_view_case action_withdraw",
    "citizen.workload.objection.decision": "action_confirm",
    "citizen.workload.objection.filing": "action_confirm",
    "citizen.workload.objection.report": "",
    "helpdesk.ticket": f"""{THREAD}
        action_arrange_contact
        action_approve_settlement action_decline_settlement action_settle
        action_view_settlements
        action_decide_refusal action_decline_refusal action_find_same_matter
        action_refuse
        action_view_refusals
        action_confirm_for_sender
        action_accept_transfer action_answered action_ask_contribution
        action_ask_extension action_close action_contribute
        action_cover action_decide_transfer action_dispute_transfer
        action_duplicate_tickets action_declare_conflict action_transfer
        action_withdraw_transfer
        action_confirm_for_sender action_new_secret
        action_hand action_object
        action_open_duplicate_wizard action_reopen action_send_confirmation
        action_reply action_share action_split action_start_work
        action_view_duplicates action_view_extensions action_view_matter
        action_view_as_person action_view_field_checks action_view_letter
        action_view_pending_mails action_view_person action_view_person_cases
        action_view_replies
        action_view_reviews
        action_wait assign_to_me copy default_get fields_get get_assignment_explanation
        get_deadline_board get_deadline_explanation name_search web_search_read
    """,
}
KEY_FIELDS = (
    "name",
    "description",
    "stage_id",
    "user_id",
    "team_id",
    "category_id",
    "partner_id",
    "role",
    "nature",
    "outcome",
    "active",
    "access_token",
    "message_ids",
    "message_follower_ids",
    "activity_ids",
    "event_ids",
    "attachment_ids",
    "write_date",
)


@tagged("post_install", "-at_install")
class TestPublicMethods(CitizenCommon):
    def _get_public(self, model):
        """Return the names that a remote call would get of the addons' methods."""
        cls = self.env.registry[model]
        return sorted(
            name
            for name in dir(cls)
            if not name.startswith("_")
            and ADDONS & {self._get_addon(c) for c in cls.mro() if name in vars(c)}
            and self._is_public(model, name)
        )

    def _get_addon(self, cls):
        module = cls.__module__
        return module.split(".")[2] if module.startswith("odoo.addons.") else ""

    def _is_public(self, model, name):
        try:
            return bool(get_public_method(self.env[model], name))
        except (AccessError, AttributeError):
            return False

    def test_public_methods_are_the_listed_ones(self):
        """A new one must be thought of here, and may turn out to be private."""
        ours = {
            model._name
            for model in self.env.registry.values()
            if model._name.startswith("citizen.") and not model._abstract
        }
        self.assertEqual(set(PUBLIC), ours | {"helpdesk.ticket"})
        for model, names in PUBLIC.items():
            with self.subTest(model=model):
                listed = sorted({*names.split(), *EVERY.split()})
                self.assertEqual(self._get_public(model), listed)

    def _get_buttons(self):
        """Return the methods of the case that can be called without an argument."""
        cls = self.env.registry["helpdesk.ticket"]
        for name in self._get_public("helpdesk.ticket"):
            if name.startswith("action_") or name == "assign_to_me":
                _self, *parameters = inspect.signature(
                    getattr(cls, name)
                ).parameters.values()
                if all(
                    p.default is not p.empty
                    or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
                    for p in parameters
                ):
                    yield name

    def _get_state(self, cases):
        self.env.flush_all()
        self.env.invalidate_all()
        count = self.Case.with_context(active_test=False).search_count([])
        return cases.sudo().read([f for f in KEY_FIELDS if f in cases._fields]), count

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_buttons_change_nothing_for_residents(self):
        """Calls are not undone before the comparison, whatever they raise."""
        own = self._create_case(partner_id=self.portal.partner_id.id, role="citizen")
        other = self._create_case(partner_id=self.ada.id, category_id=self.pothole.id)
        ended = self._create_case(
            partner_id=self.portal.partner_id.id, category_id=self.pothole.id
        )
        self._reply(ended)
        self._move(ended, "closed")
        cases = own + other + ended
        buttons = list(self._get_buttons())
        self.assertIn("assign_to_me", buttons)
        self.assertGreater(len(buttons), 10)
        before = self._get_state(cases)
        for case in cases:
            for name in buttons:
                for user in (self.portal, self.public):
                    with self.subTest(case=case.number, button=name, user=user.login):
                        result = None
                        # As the web client calls a button.
                        mine = case.with_user(user).with_context(
                            active_model=case._name,
                            active_id=case.id,
                            active_ids=case.ids,
                        )
                        try:
                            result = getattr(mine, name)()
                            self.env.flush_all()
                        except (AccessError, UserError):
                            self.env.invalidate_all()
                        self.assertIsInstance(result, (dict, bool, type(None)))
                        self.assertEqual(self._get_state(cases), before)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_mail_methods_change_nothing_for_residents(self):
        """Staff and the mail server call these; a resident has no use for them."""
        own = self._create_case(partner_id=self.portal.partner_id.id, role="citizen")
        other = self._create_case(partner_id=self.ada.id)
        cases = own + other
        staff = self.clerk.partner_id.ids
        before = self._get_state(cases)
        for case in cases:
            mine = case.with_user(self.portal)
            for name, call in {
                "subscribe": lambda c: c.message_subscribe(staff),
                "unsubscribe": lambda c: c.message_unsubscribe(staff),
                "update": lambda c: c.message_update({"subject": "x", "body": "x"}),
                "new": lambda c: c.message_new({"subject": "x", "from": "a@b.example"}),
                "notify": lambda c: c.message_notify(body="x", partner_ids=staff),
                "schedule": lambda c: c.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=self.clerk.id
                ),
                "copy": lambda c: c.copy(),
                "write": lambda c: c.write({"name": "Taken"}),
            }.items():
                with self.subTest(case=case.number, call=name):
                    try:
                        call(mine)
                        self.env.flush_all()
                    except (AccessError, UserError):
                        self.env.invalidate_all()
                    self.assertEqual(self._get_state(cases), before)
