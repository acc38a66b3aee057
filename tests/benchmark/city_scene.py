"""A filled city to measure in: who looks at it, and at what, as the screens ask."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from city_draw import RARE
from lxml import etree
from undone import undone

from odoo import api
from odoo.fields import Command

#: Two characters of a word that is in one title of a thousand.
SEARCHED = RARE[:2]
#: The resident has about so many cases, the team of the handler is no large one.
RESIDENT_CASES, TEAM = 25, 3
Specification = dict[str, dict]


class Scene:
    """One database with its people; what is done in it is undone."""

    def __init__(self, env: api.Environment) -> None:
        self.env, self.cr = env, env.cr
        self.is_desk = "citizen.case.event" in env.registry
        self.cases = env["helpdesk.ticket"]
        # With the teams of the city, not those that an installation brings.
        self.team = env["helpdesk.ticket.team"].search([("name", "=", f"Team {TEAM}")])
        self.handler = env["res.users"].search([("login", "=", f"staff{TEAM}")])
        self.manager = self._make_manager()
        self.resident = self._make_resident()
        env.flush_all()

    def _make_manager(self):
        """Return somebody who may see all cases that are not confidential."""
        names = ["helpdesk_mgmt.group_helpdesk_manager"]
        if self.is_desk:
            names += [
                f"citizen_crm.group_clearance_{role}"
                for role in ("citizen", "customer")
            ]
        return self._make_user("manager", names)

    def _make_resident(self):
        """Return a resident with a login and some two dozen cases."""
        self.cr.execute(
            """
            SELECT partner_id FROM helpdesk_ticket
             WHERE partner_id IS NOT NULL
          GROUP BY partner_id
          ORDER BY abs(count(*) - %s), partner_id LIMIT 1
            """,
            (RESIDENT_CASES,),
        )
        partner = self.env["res.partner"].browse(self.cr.fetchone()[0])
        return self._make_user("resident", ["base.group_portal"], partner_id=partner.id)

    def _make_user(self, name: str, groups: list[str], **values):
        users = self.env["res.users"].with_context(no_reset_password=True)
        links = [Command.set([self.env.ref(group).id for group in groups])]
        return users.create(
            {"login": f"bench_{name}", "group_ids": links}
            | ({"name": name} if "partner_id" not in values else {})
            | values
        )

    # ------------------------------------------------------------ who and what
    def of(self, user, model: str = "helpdesk.ticket"):
        """Return a model as a user has it on the screen."""
        context = {"lang": "en_US", "tz": "UTC"}
        return self.env[model].with_user(user).with_context(context)

    @property
    def open(self) -> list:
        """Return the filter for open cases as the screens of each side have it."""
        return [("is_open", "=", True)] if self.is_desk else [("closed", "=", False)]

    @property
    def mine(self) -> list:
        """Return the handler's usual list: the open cases of the own team."""
        return [("team_id.user_ids", "in", self.handler.ids), *self.open]

    def find(self, condition: str) -> int:
        """Return the id of the newest case of the handler for which this is true."""
        self.cr.execute(
            f"""
            SELECT ticket.id FROM helpdesk_ticket AS ticket
              JOIN helpdesk_ticket_stage AS stage ON stage.id = ticket.stage_id
             WHERE user_id = %s AND partner_id IS NOT NULL AND {condition}
          ORDER BY ticket.id DESC LIMIT 1
            """,  # noqa: S608
            (self.handler.id,),
        )
        return self.cr.fetchone()[0]

    @cached_property
    def open_case(self) -> int:
        """Return a case with a handler that was not begun."""
        if self.is_desk:
            return self.find("ticket.phase = 'assigned'")
        return self.find("stage.name->>'en_US' = 'New'")

    def specify(self, user, kind: str) -> Specification:
        """Return what the web client reads for the view of a kind."""
        model = self.of(user)
        arch = model.get_views([(False, kind)])["views"][kind]["arch"]
        return _specify(model, etree.fromstring(arch))

    # ------------------------------------------------------------------ timing
    def measure(self, work: Callable[[], object]) -> tuple[float, int]:
        """Return the seconds and queries of a piece of work, and undo it.

        What is done when a transaction ends, such as telling of tracked changes, is in.
        """
        self.cr.flush()
        self.env.invalidate_all()
        self.cr.execute("SAVEPOINT bench")
        gc.collect()
        queries, start = self.cr.sql_log_count, time.perf_counter()
        work()
        self.cr.flush()
        spent = time.perf_counter() - start, self.cr.sql_log_count - queries
        self.env.invalidate_all(flush=False)
        self.cr.execute("ROLLBACK TO SAVEPOINT bench")
        return spent


def _specify(model, node) -> Specification:
    """Return the fields of a view, with those of the views inside it."""
    specification: Specification = {}
    depth = node.xpath("count(ancestor::field)") + (node.tag == "field")
    for element in node.iter("field"):
        name = element.get("name")
        if element is node or element.xpath("count(ancestor::field)") != depth:
            continue
        field = model._fields.get(name)
        if field is None:
            continue
        if not field.relational:
            specification.setdefault(name, {})
            continue
        if field.type != "many2one" and element.get("invisible") in ("1", "True"):
            specification.setdefault(name, {})
            continue
        views = [child for child in element if child.tag in ("list", "kanban", "form")]
        inner = {"display_name": {}} if field.type == "many2one" or not views else {}
        for view in views[:1]:
            inner |= _specify(model.env[field.comodel_name], view)
        specification[name] = {"fields": inner} | (
            {"limit": 40} if field.type != "many2one" else {}
        )
    return specification


@contextmanager
def opened(database: str) -> Iterator[Scene]:
    """Yield the scene of a database; nothing of it stays."""
    with undone(database, no_reset_password=True) as env:
        yield Scene(env)
