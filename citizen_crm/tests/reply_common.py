from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CLEARED, CitizenCommon

#: What is counted to see that nothing was sent or booked.
LEFT_BEHIND = (
    "mail.mail",
    "mail.notification",
    "citizen.sla.notice",
    "citizen.assignment.entry",
    "citizen.case.token",
)


@tagged("post_install", "-at_install")
class ReplyCommon(CitizenCommon):
    """Roads with a lead and a department head, who both see its cases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        desk = "citizen_crm.group"
        people = f"{CLEARED},{desk}_confidential"
        cls.handler.group_ids += cls.env.ref(f"{desk}_confidential")
        cls.lead = cls._create_user("reply_lead", f"{desk}_team_lead,{people}")
        cls.head = cls._create_user("reply_head", f"{desk}_department_head,{people}")
        cls.works = cls.env["hr.department"].create(
            {
                "name": "Works",
                "manager_id": cls._create_employee("Head", cls.head).id,
            }
        )
        cls.roads.write({"department_id": cls.works.id, "user_id": cls.lead.id})
        cls.roads.user_ids += cls.lead
        cls.ada.lang = "en_US"

    @classmethod
    def _file(cls, **values):
        """Register a case of Ada's for Roads, and give it to the handler."""
        case = cls._create_case(
            **{
                "partner_id": cls.ada.id,
                "category_id": cls.pothole.id,
                "user_id": cls.handler.id,
                "role": "citizen",
                **values,
            }
        )
        return case.with_user(cls.handler)

    @classmethod
    def _answer(cls, case, **values):
        """Answer as the duties want: approved by the head, if by anybody."""
        reply = cls._write_reply(case, **values)
        if reply.level:
            reply.action_ask_approval()
            reply.with_user(cls.head).action_approve()
        reply.action_send()
        return reply

    # ---------------------------------------------------------------- what is owed
    def _owed(self, case):
        """Return what is owed for a case, in order: kinds, each with its level."""
        return " ".join(
            duty.kind + (f":{duty.level}" if duty.level else "")
            for duty in case._get_owed()
        )

    def assertNoTrace(self, case, tried):
        """What is tried is refused, and nothing was written or sent; say the words."""
        before = self._traces(case)
        refused = ""
        try:  # not assertRaises, which would take back what was written
            tried()
        except (UserError, AccessError) as error:
            refused = str(error)
        self.assertTrue(refused, "it went through")
        self.assertEqual(self._traces(case), before)
        return refused

    def _traces(self, case):
        """Return whatever something that was done to a case would have left."""
        self.env.flush_all()
        self.env.invalidate_all()
        case = case.sudo()
        names = ("number", "role", "nature", "team_id", "user_id", "confidential")
        dates = ("received_date", "answered_date", "closed_date", "waiting_until")
        return {
            "case": case.read([*names, *dates, "stage_id", "category_id"]),
            "history": case.event_ids.ids,
            "messages": case.message_ids.ids,
            "activities": case.activity_ids.ids,
            "clocks": case.clock_ids.read(["state", "due", "number"]),
            "replies": case.reply_ids.read(["state"]),
            "counts": [
                self.env[model].sudo().search_count([]) for model in LEFT_BEHIND
            ],
        }
