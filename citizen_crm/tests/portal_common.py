"""Residents at the portal: one service type each way, three people, one handler."""

import re
from html import unescape

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import create_users, hash_fast

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
STAFF = (
    "helpdesk_mgmt.group_helpdesk_user,"
    "citizen_crm.group_clearance_citizen,citizen_crm.group_clearance_customer"
)
QUESTIONS = [
    {
        "name": "aaaa000000000001",
        "string": "How large is it?",
        "type": "selection",
        "selection": [["s", "Small"], ["l", "Large"]],
    },
    {"name": "aaaa000000000002", "string": "Depth in cm", "type": "integer"},
    {"name": "aaaa000000000003", "string": "Dangerous", "type": "boolean"},
    {"name": "aaaa000000000004", "string": "Since when?", "type": "date"},
    {"name": "aaaa000000000005", "string": "Last seen", "type": "datetime"},
    {
        "name": "aaaa000000000006",
        "string": "Who uses it?",
        "type": "tags",
        "tags": [["foot", "On foot", 1], ["bike", "Cyclists", 2]],
    },
    {"name": "aaaa000000000007", "string": "Number of the post", "type": "char"},
    {"name": "aaaa000000000008", "string": "The way there", "type": "text"},
    {"name": "aaaa000000000009", "string": "Length in m", "type": "float"},
    {"name": "aaaa000000000010", "string": "Details", "type": "separator"},
]


@tagged("post_install", "-at_install")
class PortalCase(HttpCase):
    """``ada`` and ``ben`` work for the bakery, ``eve`` is a stranger to both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hash_fast(cls)
        cls.Case = cls.env["helpdesk.ticket"]
        cls.handler, cls.ada, cls.ben, cls.eve = cls._create_users(
            {
                "p_handler": STAFF,
                "p_ada": "base.group_portal",
                "p_ben": "base.group_portal",
                "p_eve": "base.group_portal",
            }
        )
        cls.bakery = cls.env["res.partner"].create(
            {"name": "Bakery Ltd", "is_company": True}
        )
        (cls.ada.partner_id + cls.ben.partner_id).parent_id = cls.bakery
        department = cls.env["hr.department"].create({"name": "Roads Department"})
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Road gang",
                "department_id": department.id,
                "user_ids": cls.handler.ids,
            }
        )
        cls.group = cls.env["helpdesk.ticket.category"].create(
            {"name": "Portal roads", "company_id": False}
        )
        cls.pothole = cls._create_service(
            "Portal pothole",
            keywords="crater, asphalt",
            resident_help="<p>We come within two days.</p>",
            question_definition=QUESTIONS,
        )
        cls.bin = cls._create_service(
            "Portal bin", default_role="customer", default_nature="service_request"
        )

    @classmethod
    def _create_user(cls, login, groups):
        return cls._create_users({login: groups})[0]

    @classmethod
    def _create_users(cls, groups):
        """Create ``{login: groups}``; return the users in this order."""
        people = {
            login: {
                "login": login,
                "name": f"{login} ({names})",
                "email": f"{login}@example.com",
                "groups": names,
            }
            for login, names in groups.items()
        }
        env = cls.env(context={**cls.env.context, "tracking_disable": True})
        return list(create_users(env, people).values())

    @classmethod
    def _create_service(cls, name, **values):
        return cls.env["helpdesk.ticket.category"].create(
            {
                "name": name,
                "parent_id": cls.group.id,
                "is_service": True,
                "team_id": cls.team.id,
                "company_id": False,
                **values,
            }
        )

    @classmethod
    def _create_case(cls, user, **values):
        return cls.Case.with_context(tracking_disable=True).create(
            {
                "name": "Portal case",
                "description": "<p>Deep.</p>",
                "category_id": cls.pothole.id,
                "partner_id": user.partner_id.id,
                "role": "citizen",
                **values,
            }
        )

    # -------------------------------------------------------------- requests
    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _post(self, path, files=None, token=True, **data):
        if token:
            data["csrf_token"] = http.Request.csrf_token(self)
            return self.url_open(path, data=data, files=files)
        with mute_logger("odoo.http"):  # it complains about the missing token
            return self.url_open(path, data=data or {"x": ""}, files=files)

    def _file_case(self, service=None, files=None, **data):
        service = service or self.pothole
        return self._post(
            f"/services/{service.id}",
            files=files,
            **{"description": "A hole.\nDeep.", **data},
        )

    def _last_case(self, user):
        return self.Case.search(
            [("partner_id", "=", user.partner_id.id)], order="id desc", limit=1
        )

    def _text(self, response):
        """Return the words of a page's main part."""
        html = response.text
        main = html[html.find("<main") : html.find("</main>")]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())

    def _last_message(self, case):
        """Return the last public message of a case."""
        comment = self.env.ref("mail.mt_comment")
        return case.message_ids.filtered(lambda m: m.subtype_id == comment)[:1]

    # --------------------------------------------------------------- asserts
    def assertStatus(self, response, status):
        self.assertEqual(response.status_code, status, self._text(response)[:500])
        self.assertNotIn("Traceback", response.text)
