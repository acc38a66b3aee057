from .common import CLEARED
from .sla_common import SlaCommon


class TransferCommon(SlaCommon):
    """Three teams with a lead each; roads and parks stand below one head.

    Everybody works in the office calendar; it is a Wednesday, eight o'clock.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {
            "worker": "case_handler",
            "ranger": "team_lead",
            "gardener": "case_handler",
            "plumber": "team_lead",
            "head": "department_head",
            "arbiter": "arbiter",
        }
        users = cls._create_users(
            {
                name: f"citizen_crm.group_{group},{CLEARED}"
                for name, group in groups.items()
            }
        )
        for name, user in users.items():
            setattr(cls, name, user)
        cls.roads.user_ids = [(6, 0, (cls.worker + cls.lead).ids)]
        cls.parks.user_id = cls.ranger
        cls.parks.user_ids = [(6, 0, (cls.ranger + cls.gardener).ids)]
        cls.water = cls._create_team(
            "Water",
            cls.plumber,
            user_id=cls.plumber.id,
            resource_calendar_id=cls.office.id,
        )
        cls.leak = cls._create_service_type("Leak", cls.water, code="T-LEAK")
        cls.works = cls.env["hr.department"].create(
            {"name": "Works", "manager_id": cls._create_employee("Head", cls.head).id}
        )
        for team, name in ((cls.roads, "Road Works"), (cls.parks, "Gardens")):
            team.department_id = cls.env["hr.department"].create(
                {"name": name, "parent_id": cls.works.id}
            )
        cls.env.ref("base.user_admin").group_ids -= cls.env.ref(
            "citizen_crm.group_arbiter"
        )
        cls.ground = cls.env.ref("citizen_crm.transfer_ground_not_competent")
        cls.Transfer = cls.env["citizen.case.transfer"]
        cls.case = cls._create_case(
            partner_id=cls.ada.id, category_id=cls.pothole.id, user_id=cls.worker.id
        )

    @classmethod
    def _propose(cls, user=None, team=None, case=None, **values):
        """Propose as a member of a team does: by the button and its dialog."""
        user = user or cls.worker
        case = (case or cls.case).with_user(user)
        action = case.action_transfer()
        wizard = (
            cls.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(
                {
                    "to_team_id": (team or cls.parks).id,
                    "ground_id": cls.ground.id,
                    "note": "It stands in the park",
                    **values,
                }
            )
        )
        wizard.action_confirm()
        return cls.Transfer.search(
            [("case_id", "in", case.ids)], order="id desc", limit=len(case)
        )

    @classmethod
    def _answer(cls, transfer, kind, user=None, **values):
        """Answer as a lead does: by the button of the case and its dialog."""
        user = user or transfer.to_team_id.user_id
        case = transfer.case_id.with_user(user)
        action = getattr(case, f"action_{kind}_transfer")()
        wizard = (
            cls.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create({"reason": "So it is" if kind != "accept" else False, **values})
        )
        return wizard.action_confirm()

    def _bounce(self, times):
        """Let other teams dispute the case so many times."""
        for number in range(times):
            team = (self.parks, self.water)[number % 2]
            self._answer(self._propose(team=team), "dispute")

    def _activities(self, case=None):
        kind = self.env.ref("citizen_crm.mail_activity_type_transfer")
        activities = (case or self.case).sudo().activity_ids
        return activities.filtered(lambda task: task.activity_type_id == kind)
