"""People with a browser, in front of a helpdesk: the stock base or ours."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import requests
from servers import Servers

PORTAL = "base.group_portal"
#: What a city sets up besides what the base has: roles, a catalogue.
OUR_VALUES: dict[str, Any] = {
    "staff": [
        "citizen_crm.group_clearance_citizen",
        "citizen_crm.group_clearance_customer",
    ],
    "case_values": {"role": "citizen"},
    "service_values": {"is_service": True},
}
#: Errors by which a server says no, in so many words.
REFUSALS = ("odoo.exceptions.", "werkzeug.exceptions.", "odoo.http.SessionExpired")
_TOKEN = re.compile(r'csrf_token: "([^"]+)"')


class Refused(Exception):
    """The server said no."""


class Visitor:
    """Somebody with a browser, from an address of their own; signed in or not."""

    def __init__(self, url: str, address: str) -> None:
        self.url = url
        self.session = requests.Session()
        self._tokens: dict[str, str] = {}
        # The servers run behind a proxy, which says where a request comes from.
        self.session.headers.update(
            {"X-Forwarded-For": address, "X-Forwarded-Host": url.partition("//")[2]}
        )

    def sign_in(self, database: str, login: str) -> None:
        params = {"db": database, "login": login, "password": login}
        answer = self._json("/web/session/authenticate", params)
        assert answer["result"]["uid"], answer

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(self.url + path, params=query, timeout=60)

    def post(
        self,
        path: str,
        files: Any = None,
        page: str = "/my",
        follow: bool = True,
        **data: Any,
    ) -> requests.Response:
        """Send a form with the token of the page that it stands on."""
        data["csrf_token"] = self.get_token(page)
        return self.send(path, data, files=files, allow_redirects=follow)

    def send(self, path: str, data: dict, **options: Any) -> requests.Response:
        return self.session.post(self.url + path, data=data, timeout=60, **options)

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method as the pages' scripts do; raise ``Refused`` if not allowed."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.route(f"/web/dataset/call_kw/{model}/{method}", **params)

    def route(self, path: str, **params: Any) -> Any:
        """Call an address that takes and gives JSON."""
        answer = self._json(path, params)
        if "error" not in answer:
            return answer.get("result")
        error = answer["error"]["data"]["name"]
        assert error.startswith(REFUSALS), answer["error"]["data"]["debug"]
        raise Refused(answer["error"]["data"]["message"])

    def try_call(self, *args: Any, **kwargs: Any) -> Any:
        """Return what a call returns, None if it is refused."""
        try:
            return self.call(*args, **kwargs)
        except Refused:
            return None

    def try_route(self, path: str, **params: Any) -> Any:
        try:
            return self.route(path, **params)
        except Refused:
            return None

    def _json(self, path: str, params: dict) -> dict:
        return self.session.post(
            self.url + path, json={"params": params}, timeout=60
        ).json()

    def get_token(self, page: str) -> str:
        """Return the token that a page's forms are sent with."""
        if page not in self._tokens:
            self._tokens[page] = _TOKEN.search(self.get(page).text)[1]
        return self._tokens[page]

    def forget_tokens(self) -> None:
        """Read them anew from the next page: the session has become another one."""
        self._tokens.clear()


class Person(Visitor):
    """Somebody with an account."""

    def __init__(self, url: str, address: str, user: dict) -> None:
        super().__init__(url, address)
        self.user_id = user["id"]
        self.partner_id = user["partner_id"][0]
        self.email = user["email"]


class Desk:
    """A helpdesk with an officer, a firm of two and a household of two.

    The set-up goes through the administrator's remote calls, with fields of the base
    only; what ours needs besides is given by ``staff`` and the two ``..._values``.
    """

    def __init__(
        self,
        servers: Servers,
        staff: Sequence[str] = (),
        case_values: Mapping[str, Any] | None = None,
        service_values: Mapping[str, Any] | None = None,
    ) -> None:
        self.servers = servers
        self.staff = staff
        self.case_values = case_values or {}
        self.service_values = service_values or {}
        self._serial = itertools.count(1)
        self.stage_id = self.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.write("helpdesk.ticket.stage", self.stage_id, active=True)

    # -------------------------------------------------------------- set-up
    def admin(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        return self.servers.call(0, model, method, *args, **kwargs)

    def create(self, model: str, **values: Any) -> int:
        return self.admin(model, "create", values)

    def write(self, model: str, number: int, **values: Any) -> None:
        self.admin(model, "write", [number], values)

    def ask(self, query: str, *values: Any) -> Any:
        """Return the one value of a query, past all rights."""
        rows = self.servers.ask(query, *values)
        return rows[0][0] if rows else None

    def ref(self, xmlid: str) -> int:
        module, name = xmlid.split(".")
        return self.ask(
            "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s",
            module,
            name,
        )

    def unique(self, word: str) -> str:
        """Return a word that occurs nowhere else."""
        return f"{word}{next(self._serial)}"

    def visitor(self) -> Visitor:
        return Visitor(self.servers.url(), self._address())

    def person(self, word: str, *groups: str, parent: int | None = None) -> Person:
        """Return somebody with an account of their own, signed in."""
        login = self.unique(word)
        user_id = self.create(
            "res.users",
            name=login.capitalize(),
            login=login,
            password=login,
            email=f"{login}@example.com",
            group_ids=[(6, 0, [self.ref(group) for group in groups or (PORTAL,)])],
        )
        fields = ["partner_id", "email"]
        [user] = self.admin("res.users", "read", [user_id], fields)
        person = Person(self.servers.url(), self._address(), user)
        if parent:
            self.write("res.partner", person.partner_id, parent_id=parent)
        person.sign_in(self.servers.name, login)
        return person

    def _address(self) -> str:
        return f"198.51.100.{next(self._serial) % 250 + 1}"

    @cached_property
    def firm_id(self) -> int:
        return self.create("res.partner", name="Bakery Ltd", is_company=True)

    @cached_property
    def ada(self) -> Person:
        """The victim, who works for the firm."""
        return self.person("ada", parent=self.firm_id)

    @cached_property
    def ben(self) -> Person:
        """Ada's colleague."""
        return self.person("ben", parent=self.firm_id)

    @cached_property
    def eve(self) -> Person:
        """A stranger."""
        return self.person("eve")

    @cached_property
    def mother(self) -> Person:
        """A contact of Eve's, as the members of a household are."""
        return self.person("mother", parent=self.eve.partner_id)

    @cached_property
    def officer(self) -> Person:
        """Somebody of the desk, who may see and export all cases."""
        return self.person(
            "officer",
            "helpdesk_mgmt.group_helpdesk_user",
            "base.group_allow_export",
            *self.staff,
        )

    @cached_property
    def mailbox(self) -> str:
        """The address of a team of the desk."""
        domain_id = self.create("mail.alias.domain", name="city.example")
        self.admin("res.company", "write", [1], {"alias_domain_id": domain_id})
        self.create(
            "helpdesk.ticket.team",
            name="Mail room",
            alias_name="desk",
            alias_domain_id=domain_id,
        )
        return "desk@city.example"

    @cached_property
    def service_id(self) -> int:
        """A service that residents may ask for."""
        if not self.service_values:
            return self.create("helpdesk.ticket.category", name="Noise")
        team_id = self.create(
            "helpdesk.ticket.team",
            name="Gang",
            department_id=self.create("hr.department", name="Order"),
            user_ids=[(6, 0, [self.officer.user_id])],
        )
        service_id = self.create(
            "helpdesk.ticket.category",
            name="Noise",
            team_id=team_id,
            company_id=False,
            **self.service_values,
        )
        # Or everything that is sent there would be refused for a wrong reason.
        assert self.ada.get(f"/services/{service_id}").status_code == 200
        return service_id

    def case(self, person: Person, name: str = "", **values: Any) -> int:
        """Register a case of somebody."""
        name = name or self.unique("Noise of the neighbour ")
        return self.create(
            "helpdesk.ticket",
            name=name,
            description="<p>Every night.</p>",
            partner_id=person.partner_id,
            **{**self.case_values, **values},
        )

    def note(self, case_id: int, body: str, **values: Any) -> int:
        """Let the officer write an internal note."""
        values.setdefault("subtype_xmlid", "mail.mt_note")
        return self.officer.call(
            "helpdesk.ticket",
            "message_post",
            [case_id],
            body=body,
            message_type="comment",
            **values,
        )

    # ------------------------------------------------------------- evidence
    def is_closed(self, case_id: int) -> bool:
        return self.ask(
            "SELECT stage.closed FROM helpdesk_ticket AS ticket"
            " JOIN helpdesk_ticket_stage AS stage ON stage.id = ticket.stage_id"
            " WHERE ticket.id = %s",
            case_id,
        )

    def count(self, name: str) -> int:
        """Return how many cases have this in their title or text."""
        return self.ask(
            "SELECT count(*) FROM helpdesk_ticket"
            " WHERE name LIKE %s OR description LIKE %s",
            f"%{name}%",
            f"%{name}%",
        )

    def newest(self, name: str) -> int | None:
        """Return the newest case with this title."""
        return self.ask(
            "SELECT id FROM helpdesk_ticket WHERE name = %s ORDER BY id DESC LIMIT 1",
            name,
        )
