from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time
from odoo.tools import mute_logger

from .common import CLEARED
from .reply_common import ReplyCommon
from .sla_common import SlaCommon


class TestReply(ReplyCommon):
    """Written, approved by somebody else, sent as one message, and then fixed."""

    def setUp(self):
        super().setUp()
        self.case = self._file(nature="complaint")

    def _tasks(self, user):
        return self.case.sudo().activity_ids.filtered(lambda a: a.user_id == user)

    def _messages(self):
        return self.case.sudo().message_ids.filtered(
            lambda m: m.subtype_id == self.env.ref("mail.mt_comment")
        )

    def _return(self, reply, user, reason):
        action = reply.with_user(user).action_return()
        Wizard = self.env[action["res_model"]].with_user(user)
        form = Form(Wizard.with_context(**action["context"]))
        form.reason = reason
        form.save().action_confirm()

    # ------------------------------------------------------------------ writing
    def test_from_the_case(self):
        action = self.case.action_reply()
        Reply = self.env["citizen.case.reply"].with_user(self.handler)
        form = Form(Reply.with_context(**action["context"]))
        self.assertEqual(form.level, "lead")
        self.assertTrue(form.is_decision)
        form.summary = "We have measured."
        reply = form.save()
        self.assertEqual((reply.case_id, reply.state), (self.case, "draft"))
        self.assertEqual(reply.author_ids, self.handler)
        self.assertEqual(self.case.action_reply()["res_id"], reply.id)

    def test_incomplete(self):
        """Everything that is missing is named, and nothing happens."""
        reply = self._write_reply(self.case, facts=" ", remedies=False)
        with self.assertRaisesRegex(UserError, "What We Found, What You Can Do"):
            reply.action_ask_approval()
        self.assertEqual(reply.state, "draft")
        reply.write({"facts": "Seen.", "remedies": "Write to the court."})
        reply.finding = "not_applicable"
        with self.assertRaisesRegex(UserError, "^Finding: "):
            reply.action_ask_approval()

    def test_lighter_where_nothing_is_decided(self):
        case = self._file(nature="inquiry")
        reply = case.env["citizen.case.reply"].create(
            {"case_id": case.id, "finding": "not_applicable", "summary": "At nine."}
        )
        reply.action_send()
        self.assertPhase(case, "answered")
        self.assertEqual(reply.message_id.body, "<p>At nine.</p>")

    def test_result_of_a_service(self):
        case = self._file(role="customer", nature="service_request")
        reply = case.env["citizen.case.reply"].create(
            {"case_id": case.id, "result": "not_delivered"}
        )
        with self.assertRaisesRegex(UserError, "In Short"):
            reply.action_send()
        reply.summary = "Our van was stolen."
        reply.action_send()
        self.assertIn("could not do what you asked for", reply.message_id.body)
        self._move(case, "closed")

    # ---------------------------------------------------------------- approving
    def test_approved_and_sent(self):
        reply = self._write_reply(self.case)
        with self.assertRaisesRegex(UserError, "needs approval"):
            reply.action_send()
        reply.action_ask_approval()
        self.assertEqual(self._tasks(self.lead).summary, "Approve the reply")
        before = self._messages()
        with self.assertRaisesRegex(UserError, "state “Waiting for approval”"):
            reply.action_send()
        reply.with_user(self.lead).action_approve()
        self.assertFalse(self._tasks(self.lead))
        self.assertEqual(len(self._tasks(self.handler)), 1)
        self.assertEqual(self._messages(), before, "nothing has gone out yet")
        reply.action_send()
        self.assertEqual(reply.message_id, self._messages() - before)
        self.assertFalse(self.case.sudo().activity_ids)
        self.assertEqual(
            (reply.approved_level, reply.decided_by_id), ("lead", self.lead)
        )
        kinds = self.case.sudo().event_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds[-2:], ["replied", "answered"])
        self.assertPhase(self.case, "answered")

    def test_author_never_approves(self):
        """Not even if somebody else has written over it since."""
        reply = self._write_reply(self.case.with_user(self.lead))
        reply.with_user(self.handler).facts = "Looked at again."
        reply.with_user(self.handler).action_ask_approval()
        self.assertEqual(reply.author_ids, self.handler + self.lead)
        self.assertFalse(reply.with_user(self.lead).may_decide)
        self.assertTrue(reply.with_user(self.head).may_decide)
        for user in (self.lead, self.handler):
            with self.assertRaises(AccessError):
                reply.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                reply.with_user(user)._return("No")
        self.assertEqual(len(self._tasks(self.head)), 1)
        reply.with_user(self.head).action_approve()
        self.assertEqual(reply.approved_level, "head")

    def test_transfer_asks_the_lead_who_approves_now(self):
        """1. Ask Roads' lead for approval, pass the case on to Parks, take it back.
        2. Expected: the question follows; the task to send it stays with its keeper.
        """
        gardener = self._create_user(
            "gardener", f"citizen_crm.group_team_lead,{CLEARED}"
        )
        self.parks.write({"department_id": self.works.id, "user_id": gardener.id})
        self.parks.user_ids += gardener
        reply = self._write_reply(self.case)
        reply.action_ask_approval()
        self.case.sudo().team_id = self.parks
        self.assertFalse(self._tasks(self.lead))
        self.assertEqual(self._tasks(gardener).summary, "Approve the reply")
        reply.with_user(gardener).action_approve()
        sending = self.case.sudo().activity_ids
        keeper = sending.user_id
        self.case.sudo().team_id = self.roads
        self.assertEqual(self.case.sudo().activity_ids, sending)
        self.assertEqual(sending.user_id, keeper)

    def test_level_of_the_head(self):
        case = self._file(nature="rights_protection")
        reply = self._write_reply(case)
        reply.action_ask_approval()
        with self.assertRaises(AccessError):
            reply.with_user(self.lead).action_approve()
        mine = [("may_decide", "=", True)]
        Reply = self.env["citizen.case.reply"]
        self.assertFalse(Reply.with_user(self.lead).search(mine))
        self.assertEqual(Reply.with_user(self.head).search(mine), reply)

    def test_approval_of_the_lead_is_not_enough_any_more(self):
        """The nature was corrected after the lead had approved."""
        reply = self._write_reply(self.case)
        reply.action_ask_approval()
        reply.with_user(self.lead).action_approve()
        self.case.nature = "rights_protection"
        with self.assertRaisesRegex(UserError, "needs approval"):
            reply.action_send()
        reply.action_take_back()
        self.assertFalse(reply.approved_level)
        reply.action_ask_approval()
        reply.with_user(self.head).action_approve()
        reply.action_send()
        self.assertPhase(self.case, "answered")

    def test_returned(self):
        reply = self._write_reply(self.case)
        reply.action_ask_approval()
        with self.assertRaisesRegex(UserError, "^Why: "):
            reply.with_user(self.lead)._return(" ")
        self._return(reply, self.lead, "Which law?")
        self.assertEqual(reply.state, "returned")
        task = self._tasks(self.handler)
        self.assertIn("Which law?", task.note)
        reply.legal_basis = "Noise Act § 4"
        reply.action_ask_approval()
        self.assertFalse(reply.return_reason)
        self.assertFalse(self._tasks(self.handler))

    def test_changed_only_where_nobody_decides(self):
        reply = self._write_reply(self.case)
        reply.action_ask_approval()
        for _n in range(2):
            with self.assertRaisesRegex(UserError, "Take it back"):
                reply.summary = "Something else."
            if reply.state == "waiting":
                reply.with_user(self.lead).action_approve()
        reply.action_take_back()
        reply.summary = "Something else."

    def test_nobody_to_approve(self):
        self.roads.user_id = False
        self.works.manager_id = False
        reply = self._write_reply(self.case)
        with self.assertRaisesRegex(UserError, "^Nobody can approve"):
            reply.action_ask_approval()
        self.assertEqual(reply.state, "draft")

    # ------------------------------------------------------------------ sending
    def test_what_the_person_reads(self):
        reply = self._answer(
            self.case, summary="You are <b>right</b>.", finding="partly"
        )
        body = reply.message_id.body
        self.assertIn("&lt;b&gt;right&lt;/b&gt;", body)
        for heading in ("What we decided", "What we found out", "What you can do now"):
            self.assertIn(f"<h4>{heading}</h4>", body)
        self.assertLess(body.index("right in part"), body.index("What we found out"))
        self.assertEqual(reply.message_id.author_id, self.handler.partner_id)
        self.assertIn(self.ada, reply.message_id.notified_partner_ids)

    def test_sent_never_changes(self):
        reply = self._answer(self.case)
        for user in (self.handler, self.head):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                reply.with_user(user).summary = "Something else."
        with self.assertRaisesRegex(UserError, "stays as it is"):
            reply.sudo().state = "draft"
        with self.assertRaises(UserError):
            reply.sudo().unlink()
        with self.assertRaisesRegex(UserError, "state “Sent”"):
            reply.action_send()
        self.assertEqual(self.case.action_reply()["res_id"], False)

    def test_something_else_is_missing(self):
        """A reply does not go out while the case could not be answered by it."""
        self.env["citizen.duty"].create(
            {"name": "Read-back", "kind": "read_back", "role": "citizen"}
        )
        self.case.sudo().channel_id = self.env["helpdesk.ticket.channel"].create(
            {"name": "Shouting", "is_oral": True}
        )
        reply = self._write_reply(self.case)
        reply.action_ask_approval()
        reply.with_user(self.lead).action_approve()
        before = self._messages()
        with self.assertRaisesRegex(UserError, "Read-back"):
            reply.action_send()
        self.assertEqual(self._messages(), before)
        self.assertEqual(reply.state, "approved")

    def test_nobody_to_write_to_and_ended(self):
        anonymous = self._file(partner_id=False, nature="inquiry")
        with self.assertRaisesRegex(UserError, "anonymous"):
            self._reply(anonymous)
        reply = self._write_reply(self._file(nature="inquiry"))
        self._move(reply.case_id, "withdrawn")
        with self.assertRaisesRegex(UserError, "has ended"):
            reply.action_send()

    def test_a_message_is_no_reply(self):
        self._ask(self.case, "We have repaired it.")
        with self.assertRaisesRegex(UserError, "Reasoned reply"):
            self._move(self.case, "answered")

    # ------------------------------------------------------------------- rights
    def test_forged(self):
        """What the desk notes is not written from outside, in whatever way."""
        Reply = self.env["citizen.case.reply"].with_user(self.handler)
        values = {"case_id": self.case.id}
        for name, value in (
            ("state", "approved"),
            ("approved_level", "head"),
            ("decided_by_id", self.head.id),
        ):
            with self.assertRaises(AccessError):
                Reply.create({**values, name: value})
            with self.assertRaises(AccessError):
                reply = Reply.search([("case_id", "=", self.case.id)])
                (reply or Reply.create(values)).write({name: value})
        forged = Reply.with_context(default_state="approved").create(values)
        self.assertEqual(forged.state, "draft")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_others_keep_out(self):
        reply = self._write_reply(self.case)
        stranger = self._create_user(
            "stranger", "helpdesk_mgmt.group_helpdesk_user_own"
        )
        with self.assertRaises(AccessError):
            reply.with_user(stranger).summary = "Mine."
        with self.assertRaises(AccessError):
            reply.with_user(stranger).read(["summary"])
        with self.assertRaises(AccessError):
            self._write_reply(self.case.with_user(stranger))


class TestReplyClocks(ReplyCommon, SlaCommon):
    """The promise of an answer is kept by the reply, not by any message."""

    def test_resolution(self):
        self._create_rule({"amount": 6, "unit": "statutory_working_days"})
        case = self._file(nature="complaint")
        with freeze_time("2026-03-05 08:00:00"):
            self._ask(case, "We are at it.")
            with self.assertRaises(UserError):
                self._move(case, "answered")
            self.assertEqual(self._clock(case).state, "running")
        with freeze_time("2026-03-06 08:00:00"):
            self._answer(case)
            self.assertEqual(self._clock(case).state, "met")
        self.assertEqual(str(self._clock(case).stop), "2026-03-06 08:00:00")
