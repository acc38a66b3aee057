from odoo.tests import tagged

from .common import CLEARED, CitizenCommon


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
