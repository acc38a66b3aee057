from .common import CitizenCommon

QUESTIONS = [
    {
        "name": "position",
        "type": "selection",
        "string": "Where on the road?",
        "selection": [["lane", "Cycle lane"], ["crossing", "Crossing"]],
    },
    {"name": "danger", "type": "boolean", "string": "Has anyone fallen?"},
]


class IntakeCommon(CitizenCommon):
    """A clerk with both clearances at the phone, and one with none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clerk = "citizen_crm.group_intake_clerk"
        cls.desk = cls._create_user(
            "desk",
            f"{clerk},citizen_crm.group_clearance_citizen,"
            "citizen_crm.group_clearance_customer",
        )
        cls.uncleared = cls._create_user("uncleared", clerk)
        cls.Intake = cls.env["citizen.intake"].with_user(cls.desk)
        cls.phone = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        cls.counter = cls.env.ref("citizen_crm.channel_counter")
        cls.letter = cls.env.ref("citizen_crm.channel_letter")
        cls.pothole.question_definition = QUESTIONS

    @classmethod
    def _intake_values(cls, **values):
        return {
            "channel_id": cls.phone.id,
            "person_kind": "anonymous",
            "category_id": cls.pothole.id,
            "place": "Mill Street 12",
            "oral_record_state": "read_back",
            **values,
        }

    @classmethod
    def _register(cls, user=None, **values):
        """Register an intake as ``user``, the cleared clerk by default."""
        intake = cls.Intake.with_user(user or cls.desk)
        return intake.register(cls._intake_values(**values))

    def _registered(self, result):
        return self.Case.search([("number", "=", result["number"])])
