"""One small city for all tests: two teams, some service types, one user per persona."""

from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.tests import TransactionCase, freeze_time, tagged

from ..tools import case_secret

#: A Wednesday morning; every test lives at this time.
NOW = datetime(2026, 3, 4, 8, 0)
#: Staff see cases only with the clearance for their role.
CLEARED = "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer"


def create_users(env, people):
    """Create users at once, ``{key: values}``; return ``{key: user}``.

    Their ``groups`` are written as `new_test_user` takes them. Together they cost a
    fourth of the queries that they cost one by one.
    """
    Users = env["res.users"].with_context(no_reset_password=True)
    created = Users.create(
        [
            {
                **{name: value for name, value in values.items() if name != "groups"},
                "password": values["login"].ljust(8, "x"),
                "group_ids": [
                    Command.set([env.ref(x).id for x in values["groups"].split(",")])
                ],
                "tz": "UTC",
            }
            for values in people.values()
        ]
    )
    # Each on its own, not one of those that are read together.
    return dict(zip(people, map(Users.browse, created.ids), strict=True))


def hash_fast(cls):
    """Hash the secrets of cases fast as long as the class runs.

    Odoo does so with passwords; that the hash is slow is no matter of its tests.
    """
    cls.startClassPatcher(patch.dict(case_secret._COST, n=2))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 08:00:00")
class CitizenCommon(TransactionCase):
    """Factories and personas; tests use the least privileged user who can do it.

    =============== ======================================================
    ``outsider``    employee of the city who does not work at the desk
    ``handler``     sees the own cases, and unassigned ones of the own team
    ``teamworker``  sees the cases of the own team
    ``clerk``       sees all cases: registers them and does the triage
    ``manager``     configures the desk
    ``portal``      resident with an account
    ``public``      visitor without one
    =============== ======================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hash_fast(cls)
        cls.env = cls.env(
            context={**cls.env.context, "tracking_disable": True, "tz": "UTC"}
        )
        cls.company = cls.env.company
        cls.Case = cls.env["helpdesk.ticket"]
        desk, cleared = "helpdesk_mgmt.group_helpdesk", CLEARED
        personas = cls._create_users(
            {
                "outsider": "base.group_user",
                "handler": f"{desk}_user_own,{cleared}",
                "teamworker": f"{desk}_user_team,{cleared}",
                "clerk": f"{desk}_user,base.group_partner_manager,{cleared}",
                "manager": f"{desk}_manager,{cleared}",
                "portal": "base.group_portal",
            }
        )
        for name, user in personas.items():
            setattr(cls, name, user)
        cls.public = cls.env.ref("base.public_user")
        cls.roads = cls._create_team("Roads", cls.handler + cls.teamworker)
        cls.parks = cls._create_team("Parks", cls.clerk)
        cls.pothole = cls._create_service_type(
            "Pothole", cls.roads, code="T-POT", keywords="hole, crater, asphalt"
        )
        cls.tree = cls._create_service_type("Tree pruning", cls.parks, code="T-TREE")
        cls.bin = cls._create_service_type(
            "New bin",
            cls.parks,
            code="T-BIN",
            default_role="customer",
            default_nature="service_request",
        )
        cls.district = cls.env["citizen.district"].create(
            {"name": "Harbour", "code": "T-HB"}
        )
        cls.ada = cls._create_partner("Ada Fox", email="ada@example.com")
        cls.ben = cls._create_partner("Ben Hill", email="ben@example.com")
        cls.bakery = cls._create_partner("Bakery Ltd", is_company=True)
        cls.baker = cls._create_partner("Carla Oven", parent_id=cls.bakery.id)

    # ------------------------------------------------------------- factories
    @classmethod
    def _create_user(cls, login, groups, **values):
        return cls._create_users({login: groups}, **values)[login]

    @classmethod
    def _create_users(cls, groups, email="t.t@example.com", **values):
        """Create ``{login: groups}``; return ``{login: user}``.

        ``{}`` in the email is the login.
        """
        return create_users(
            cls.env,
            {
                login: {
                    "login": f"test_{login}",
                    "name": login.capitalize(),
                    "email": email.format(login),
                    "groups": names,
                    **values,
                }
                for login, names in groups.items()
            },
        )

    @classmethod
    def _create_partner(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, **values})

    @classmethod
    def _create_citizen(cls, partner, **values):
        return cls.env["citizen.citizen"].create({"partner_id": partner.id, **values})

    @classmethod
    def _create_customer(cls, partner, **values):
        return cls.env["citizen.customer"].create({"partner_id": partner.id, **values})

    @classmethod
    def _create_team(cls, name, users=None, **values):
        return cls.env["helpdesk.ticket.team"].create(
            {"name": name, "user_ids": users and users.ids, **values}
        )

    @classmethod
    def _create_service_type(cls, name, team, **values):
        return cls.env["helpdesk.ticket.category"].create(
            {"name": name, "is_service": True, "team_id": team.id, **values}
        )

    @classmethod
    def _create_employee(cls, name, user=None, **values):
        return cls.env["hr.employee"].create(
            {"name": name, "user_id": user and user.id, **values}
        )

    @classmethod
    def _create_case(cls, user=None, **values):
        """Register a case as ``user``, the clerk by default."""
        return cls.Case.with_user(user or cls.clerk).create(cls._case_values(**values))

    @classmethod
    def _case_values(cls, **values):
        return {"name": "Hole in Mill Lane", "description": "<p>Deep.</p>", **values}

    @classmethod
    def _stage(cls, phase):
        return cls.env.ref(f"citizen_crm.stage_{phase}")

    @classmethod
    def _move(cls, case, *phases):
        """Move a case through stages the way a drag on the kanban does."""
        for phase in phases:
            case.stage_id = cls._stage(phase)

    @classmethod
    def _ask(cls, case, text="Which side of the street?"):
        """Write to the citizen, without which no case waits for them."""
        case.message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    @classmethod
    def _reply(cls, case, **values):
        """Send the person the answer that is owed; the case is answered by it.

        Whatever approval it needs is taken as given.
        """
        reply = cls._write_reply(case, **values)
        reply._note(approved_level="head")
        reply.action_send()
        return reply

    @classmethod
    def _write_reply(cls, case, **values):
        """Write a complete answer, which is sent by ``action_send``."""
        texts = ("summary", "facts", "measures", "legal_basis", "remedies")
        said = {"citizen": {"finding": "founded"}, "customer": {"result": "delivered"}}
        return case.env["citizen.case.reply"].create(
            {
                "case_id": case.id,
                **said[case.role],
                **dict.fromkeys(texts, "So it is."),
                **values,
            }
        )

    # --------------------------------------------------------------- asserts
    def assertKinds(self, case, kinds, message=None):
        """The history of the case is exactly these events, in this order."""
        told = case.sudo().event_ids.sorted(lambda event: (event.at, event.id))
        self.assertEqual(told.mapped("kind"), kinds, message)

    def assertPhase(self, case, phase):
        self.assertEqual(case.stage_id.phase, phase)
        self.assertEqual(case.phase, phase)
        self.assertEqual(
            case.is_open, phase not in ("closed", "not_handled", "withdrawn")
        )

    def assertSearchAgrees(self, model, field, values, domain=None):
        """Searching by the field finds what its compute says, for every value."""
        records = model.search(domain or [])
        for value in values:
            with self.subTest(field=field, value=value):
                self.assertEqual(
                    model.search([*(domain or []), (field, "=", value)]),
                    records.filtered(lambda r, v=value: r[field] == v),
                )
