import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.open_data import CaseRecord, Label

#: kind of value -> the field that holds what it stands for
TARGETS = {
    "department": "team_id",
    "service_type": "category_id",
    "district": "district_id",
    "channel": "channel_id",
}


class Named(NamedTuple):
    """A value of a record with what is needed to create its target."""

    kind: str
    label: Label
    parent: str = ""
    """Key of the larger district, or of the department of a service type."""
    role: str = ""
    nature: str = ""

    @property
    def shown(self) -> str:
        """How the value is named to people: a code says nothing, a path does."""
        return self.label.name if self.kind == "department" else self.label.key


def values_of(record: CaseRecord) -> Iterator[Named]:
    """The catalogue values that a record names, each after what it hangs on."""
    department = record.department
    yield Named("department", department)
    yield Named(
        "service_type",
        record.service_type,
        department.key,
        record.role,
        record.nature,
    )
    parent = ""
    for district in record.districts:
        yield Named("district", district, parent)
        parent = district.key
    if record.channel:
        yield Named("channel", record.channel)


class CitizenImportValue(models.Model):
    """What a value in the files of a source stands for in this catalogue.

    An import creates what is missing and remembers it here, so that a department,
    service type or district may be renamed, or several values sent to one record.
    """

    _name = "citizen.import.value"
    _description = "Import Value"
    _order = "source_id, kind, key"
    _rec_name = "key"

    source_id = fields.Many2one(
        "citizen.import.source", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("department", "Department"),
            ("service_type", "Service type"),
            ("district", "District"),
            ("channel", "Channel"),
        ],
        required=True,
    )
    key = fields.Char(required=True, help="The value as it stands in the files.")
    team_id = fields.Many2one("helpdesk.ticket.team", ondelete="cascade")
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        domain=[("is_service", "=", True)],
        ondelete="cascade",
    )
    district_id = fields.Many2one("citizen.district", ondelete="cascade")
    channel_id = fields.Many2one("helpdesk.ticket.channel", ondelete="cascade")

    _key_unique = models.Constraint(
        "UNIQUE (source_id, kind, key)",
        "This value already stands for something else.",
    )

    @api.constrains("kind", *TARGETS.values())
    def _check_target(self):
        for value in self:
            if not value[TARGETS[value.kind]]:
                raise ValidationError(
                    self.env._(
                        "%(key)s: choose what this value stands for.", key=value.key
                    )
                )

    @api.model
    def _get_known(self, source, names: Iterable[Named]) -> dict[tuple, int]:
        """Map ``(kind, key)`` of the values that are known here to record ids."""
        keys = {name.label.key for name in names}
        found = self.search_fetch(
            [("source_id", "=", source.id), ("key", "in", list(keys))],
            ["kind", "key", *TARGETS.values()],
        )
        return {(v.kind, v.key): v[TARGETS[v.kind]].id for v in found}

    @api.model
    def _resolve(self, source, records: Iterable[CaseRecord]) -> dict[tuple, int]:
        """The same for all values of the records; creates what is missing."""
        names = dict.fromkeys(name for r in records for name in values_of(r))
        targets = self._get_known(source, names)
        for name in names:
            key = (name.kind, name.label.key)
            if key in targets:
                continue
            create = getattr(self, f"_create_{name.kind}")
            targets[key] = create(source, name, targets).id
            self.create(
                {
                    "source_id": source.id,
                    "kind": name.kind,
                    "key": name.label.key,
                    TARGETS[name.kind]: targets[key],
                }
            )
        return targets

    # A department or channel of the same name is the same one. Names of districts
    # and service types say too little ("Other", "1st") to be matched like that.

    @api.model
    def _create_department(self, source, name: Named, targets):
        """Return the team of a department, created if need be."""
        # A follower of a team is told of every case in it: not the importer's wish.
        Team = self.env["helpdesk.ticket.team"].with_context(
            mail_create_nosubscribe=True
        )
        # Who may import cases may register the departments they name, although
        # the personnel file is somebody else's: the caller checked the import.
        Department = self.env["hr.department"].sudo()
        company = self.env.company
        department = Department.search(
            [("name", "=ilike", _literal(name.label.name))]
            + [("company_id", "in", [False, company.id])],
            limit=1,
        ) or Department.create({"name": name.label.name, "company_id": company.id})
        team = Team.search([("department_id", "=", department.id)], limit=1)
        return team or Team.create(
            {
                "name": name.label.name,
                "department_id": department.id,
                "company_id": company.id,
            }
        )

    @api.model
    def _create_service_type(self, source, name: Named, targets):
        """Create a service type under the heading of its department."""
        team = self.env["helpdesk.ticket.team"].browse(
            targets["department", name.parent]
        )
        return self.env["helpdesk.ticket.category"].create(
            {
                "name": name.label.name,
                "code": self._get_free_code("helpdesk.ticket.category", source, name),
                "is_service": True,
                "parent_id": self._get_heading(team, source, name.parent).id,
                "team_id": team.id,
                "default_role": name.role,
                "default_nature": name.nature,
                "company_id": self.env.company.id,
            }
        )

    @api.model
    def _get_heading(self, team, source, key):
        """Return the group heading of a department's imported service types."""
        Category = self.env["helpdesk.ticket.category"]
        code = _code(source.code, "group", key)
        return Category.search([("code", "=", code)], limit=1) or Category.create(
            {
                "name": team.department_id.name or team.name,
                "code": code,
                "is_service": False,
                "company_id": self.env.company.id,
            }
        )

    @api.model
    def _create_district(self, source, name: Named, targets):
        """Create a district below the larger one."""
        return self.env["citizen.district"].create(
            {
                "name": name.label.name,
                "code": self._get_free_code("citizen.district", source, name),
                "parent_id": targets.get(("district", name.parent), False),
            }
        )

    @api.model
    def _create_channel(self, source, name: Named, targets):
        """Return the channel the layout names, one of that name, or a new one."""
        Channel = self.env["helpdesk.ticket.channel"]
        named = name.label.record and self.env.ref(
            name.label.record, raise_if_not_found=False
        )
        if named and named._name == Channel._name:
            return named
        companies = [False, self.env.company.id]
        return Channel.search(
            [
                ("name", "=ilike", _literal(name.label.name)),
                ("company_id", "in", companies),
            ],
            limit=1,
        ) or Channel.create({"name": name.label.name, "company_id": False})

    @api.model
    def _get_free_code(self, model, source, name: Named) -> str:
        """Return a readable code; two keys may differ in marks only."""
        code = _code(source.code, name.label.key)
        Model = self.env[model].with_context(active_test=False)
        taken = set(
            Model.search([("code", "=like", _literal(code) + "%")]).mapped("code")
        )
        numbered = (f"{code}-{number}" for number in range(2, len(taken) + 3))
        return next(c for c in (code, *numbered) if c not in taken)


def _code(*parts: str) -> str:
    """Make a code of lower-case letters, digits and hyphens."""
    return "-".join(re.sub(r"\W+", "-", part.lower()).strip("-") for part in parts)


def _literal(text: str) -> str:
    """Escape what LIKE would take for a pattern."""
    return re.sub(r"([\\%_])", r"\\\1", text)
