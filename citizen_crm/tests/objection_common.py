from .assignment_common import AssignmentCommon
from .common import CLEARED


class ObjectionCommon(AssignmentCommon):
    """Ann has a case of one point; the head stands above the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._create_user(
            "head", f"citizen_crm.group_department_head,{CLEARED}"
        )
        cls.roads.department_id = cls.env["hr.department"].create(
            {
                "name": "Public Works",
                "manager_id": cls._create_employee("Head", cls.head).id,
            }
        )
        cls.Objection = cls.env["citizen.workload.objection"]
        cls.case = cls._give(cls.ann)

    @classmethod
    def _give(cls, member, **values):
        """Register a case and give it to a member by hand."""
        case = cls._file(cls, **values)
        case.with_user(cls.lead)._hand_to(member.user_id, "Near")
        return case

    def _object(self, case=None, member=None, kind="case", points=3.0, text="Long"):
        """Object as a member does: by the button of the case and its dialog."""
        user = (member or self.ann).user_id
        action = (case or self.case).with_user(user).action_object()
        filing = (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create({"kind": kind, "wanted_points": points, "text": text})
        )
        found = filing.action_confirm()
        return self.Objection.with_user(user).browse(found["res_id"])

    def _decide(self, objection, outcome="upheld", user=None, **values):
        """Decide as the lead does: by the button of the objection and its dialog."""
        objection = objection.with_user(user or self.lead)
        action = (
            objection.action_uphold()
            if outcome == "upheld"
            else objection.action_refuse()
        )
        wizard = (
            self.env[action["res_model"]]
            .with_user(user or self.lead)
            .with_context(**action["context"])
            .create({"reason": "So it is", **values})
        )
        wizard.action_confirm()

    def _entries(self, case=None):
        entries = self.env["citizen.assignment.entry"].sudo()
        return entries.search([("case_id", "=", (case or self.case).id)], order="step")

    def _book(self):
        self.env["citizen.assignment.balance"].sudo()._book(self.roads)
        self.assertIsNone(self.roads._find_first_difference()[0])
