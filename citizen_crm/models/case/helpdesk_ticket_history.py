from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context

from ...tools.case_events import (
    ENDED,
    CaseState,
    automatic_phase,
    births,
    diff,
)
from .rows import read_values

#: Fields whose change the history tells.
TOLD_FIELDS = {
    "role",
    "category_id",
    "team_id",
    "user_id",
    "stage_id",
    "outcome",
    "duplicate_id",
    "received_date",
    "active",
}
#: Fields that say who the person is; they are kept in agreement on every write.
PERSON_FIELDS = {"role", "citizen_id", "customer_id", "partner_id"}
#: Fields that the stage follows.
ROUTING_FIELDS = {"category_id", "team_id", "user_id"}
#: Part of a case's state that an event tells by name, for each kind of event.
TOLD_BY_NAME = {
    "type_changed": ("category_id", "helpdesk.ticket.category"),
    "routed": ("team_id", "helpdesk.ticket.team"),
    "transferred": ("team_id", "helpdesk.ticket.team"),
    "unrouted": ("team_id", "helpdesk.ticket.team"),
    "assigned": ("assignee_id", "res.users"),
    "unassigned": ("assignee_id", "res.users"),
    "stage_changed": ("stage_id", "helpdesk.ticket.stage"),
    "joined": ("matter_id", "helpdesk.ticket"),
    "separated": ("matter_id", "helpdesk.ticket"),
    "split_from": ("origin_id", "helpdesk.ticket"),
}
#: Which field of a case is which part of its state, as the history follows it.
STATE_FIELDS = {
    "stage_id": "stage_id",
    "team_id": "team_id",
    "assignee_id": "user_id",
    "role": "role",
    "category_id": "category_id",
    "outcome": "outcome",
    "matter_id": "duplicate_id",
    "received": "received_date",
    "active": "active",
}
# A value that no remote call can put into a context: only this module's own code
# may create cases whose history it writes itself.
_OWN_HISTORY = object()
# What several writes do is told after the last of them.
_TOLD_TOGETHER = object()


class HelpdeskTicket(models.Model):
    """Registering and changing cases: person, number, dates and history."""

    _inherit = "helpdesk.ticket"

    event_ids = fields.One2many(
        "citizen.case.event", "case_id", string="History", readonly=True, copy=False
    )

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        self._complete_people(vals_list)
        self._complete_stages(vals_list)
        self._complete_numbers(vals_list)
        cases = super().create(vals_list)
        if self.env.context.get("case_history") is not _OWN_HISTORY:
            cases._log_births()
        return cases

    def write(self, vals):
        if not TOLD_FIELDS & vals.keys() and not PERSON_FIELDS & vals.keys():
            return super().write(vals)
        self._check_role_change(vals)
        is_told = self.env.context.get("case_history") is not _TOLD_TOGETHER
        before = self._get_told_states() if is_told else {}
        for cases, completed in self._complete_write(vals):
            super(HelpdeskTicket, cases).write(completed)
        if is_told:
            self._log_changes(before)
        return True

    def _write_each(self, pairs):
        """Write different values to these cases; their history is told in one go.

        :param pairs: list of ``(cases, values)``, each case in one of them
        """
        before = self._get_told_states()
        for cases, vals in pairs:
            cases.with_context(case_history=_TOLD_TOGETHER).write(vals)
        self._log_changes(before)

    def _complete_write(self, vals):
        """Return pairs ``(cases, values)``, with dates and person completed."""
        pairs = self._complete_move(vals) if vals.get("stage_id") else [(self, vals)]
        if not PERSON_FIELDS & vals.keys():
            return pairs
        return [
            (case, case._complete_person(values))
            for cases, values in pairs
            for case in cases
        ]

    def _complete_move(self, vals):
        """Complete the dates of a move to another stage; leave out what is no move."""
        stage = self.env["helpdesk.ticket.stage"].browse(vals["stage_id"])
        moved = self.filtered(lambda case: case.stage_id != stage)
        values = {**vals, **self._get_stage_dates(stage)}
        if stage.phase not in ENDED:
            values["closed_date"] = False
        pairs = [(moved, values)] if moved else []
        if self - moved:
            # The base would date the closing anew.
            kept = dict(vals)
            if not ROUTING_FIELDS & vals.keys():
                del kept["stage_id"]
            pairs.append((self - moved, kept))
        return pairs

    def _complete_person(self, vals):
        """Return the values with role, record and contact in agreement."""
        self.ensure_one()
        person = {
            name: vals.get(name, self._fields[name].convert_to_write(self[name], self))
            for name in PERSON_FIELDS
        }
        self._forget_former_person(person, vals)
        self._complete_people([person])
        former = self.partner_id
        if person["partner_id"] == former.id:
            person.pop("partner_name", None)
            person.pop("partner_email", None)
        elif not person["partner_id"]:
            for name, value in (
                ("partner_name", former.name),
                ("partner_email", former.email),
            ):
                if self[name] == value:
                    person[name] = False
        return {**person, **vals, **{name: person[name] for name in PERSON_FIELDS}}

    @api.model
    def _forget_former_person(self, person, vals):
        """Drop what a change of role or person has made untrue, in place."""
        if "role" in vals:
            former = "customer_id" if vals["role"] == "citizen" else "citizen_id"
            person[former] = False
        if vals.get("citizen_id") or vals.get("customer_id"):
            if "partner_id" not in vals:
                person["partner_id"] = False
        elif "partner_id" in vals:
            for name in {"citizen_id", "customer_id"} - vals.keys():
                person[name] = False
        elif {"citizen_id", "customer_id"} & vals.keys() and "role" not in vals:
            person["partner_id"] = False

    @api.model
    def _create_backdated(self, cases):
        """Register cases that happened earlier, with exactly the history given.

        No mail is sent, nothing is tracked and nobody is subscribed. For imports and
        demonstration data; not callable from outside.

        :param cases: list of ``(vals, events)``; ``vals`` as for ``create`` with the
            real dates, ``events`` a list of dicts with ``kind``, ``at`` (naive UTC)
            and optionally ``user_id``, ``team_id``, ``stage_id``, ``assignee_id``,
            ``before``, ``after``, ``note``
        :return: the cases, in the order given
        """
        vals_list = []
        for vals, events in cases:
            last = max((event["at"] for event in events), default=None)
            vals_list.append({"last_stage_update": last, **vals} if last else vals)
        records = self.with_context(
            tracking_disable=True, case_history=_OWN_HISTORY
        ).create(vals_list)
        self.env["citizen.case.event"].sudo().create(
            [
                {"is_backdated": True, **event, "case_id": case.id}
                for case, (_vals, events) in zip(records, cases, strict=True)
                for event in events
            ]
        )
        return records.with_env(self.env)

    # ----------------------------------------------------------------- stage
    @api.model
    def _complete_stages(self, vals_list):
        """Complete company, stage and dates of cases that are registered, in place.

        Where a team is said, the base would take the first stage of all.
        """
        Team = self.env["helpdesk.ticket.team"]
        Stage = self.env["helpdesk.ticket.stage"]
        for vals in vals_list:
            team = Team.browse(vals.get("team_id") or ()).sudo()
            company = team.company_id.id or vals.get("company_id")
            if company:
                vals["company_id"] = company
            if not vals.get("stage_id"):
                vals.pop("stage_id", None)
                phase = automatic_phase(team.id, vals.get("user_id"))
                stage_id = team and Stage._get_id_for_phase(
                    team.id, company or self.env.company.id, phase
                )
                if stage_id:
                    vals["stage_id"] = stage_id
            elif self.env.context.get("case_history") is not _OWN_HISTORY:
                dates = self._get_stage_dates(Stage.browse(vals["stage_id"]))
                for name, value in dates.items():
                    vals.setdefault(name, value)

    @api.model
    def _get_stage_dates(self, stage):
        """Return the dates that a case gets by coming into a stage."""
        if stage.phase == "answered":
            return {"answered_date": fields.Datetime.now()}
        if stage.phase in ENDED:
            return {"closed_date": fields.Datetime.now()}
        return {}

    # ---------------------------------------------------------------- person
    @api.model
    def _complete_people(self, vals_list):
        """Complete role, record and contact of each case in place, set-based.

        Whoever may register a case thereby registers the person, hence ``sudo``.
        """
        Partner = self.env["res.partner"].sudo()
        wanted = {"citizen": Partner, "customer": Partner}
        for vals in vals_list:
            self._complete_from_record(vals)
        # All are read by one query, with the author of the note of creation.
        people = {vals.get("partner_id") or 0 for vals in vals_list} - {0}
        people = tuple(people.union(self.env.user.partner_id.ids))
        for vals in vals_list:
            partner = Partner.browse(vals.get("partner_id") or ())
            partner = partner.with_prefetch(people)
            vals["role"] = self._get_role(vals, partner)
            if partner and not vals.get(f"{vals['role']}_id"):
                wanted[vals["role"]] |= partner
        found = {
            role: self.env[f"citizen.{role}"].sudo()._find_or_create(partners)
            if partners
            else {}
            for role, partners in wanted.items()
        }
        for vals in vals_list:
            if not vals.get("partner_id"):
                continue
            partner = Partner.browse(vals["partner_id"]).with_prefetch(people)
            record = found[vals["role"]].get(partner.id)
            if record and not vals.get(f"{vals['role']}_id"):
                vals[f"{vals['role']}_id"] = record.id
            vals.setdefault("partner_name", partner.name)
            vals.setdefault("partner_email", partner.email)

    @api.model
    def _complete_from_record(self, vals):
        """Take the contact from the citizen or customer when none is given."""
        if vals.get("partner_id"):
            return
        for role in ("citizen", "customer"):
            if vals.get(f"{role}_id"):
                record = self.env[f"citizen.{role}"].browse(vals[f"{role}_id"])
                vals["partner_id"] = record.sudo().partner_id.id

    @api.model
    def _get_role(self, vals, partner):
        """Return the role of a case to be registered.

        Said explicitly, else by the record, else an organisation is a customer, else
        by the service type; a citizen case when nothing decides.
        """
        if vals.get("role"):
            return vals["role"]
        for role in ("citizen", "customer"):
            if vals.get(f"{role}_id"):
                return role
        if partner.is_company:
            return "customer"
        category = self.env["helpdesk.ticket.category"].browse(
            vals.get("category_id") or ()
        )
        return category.sudo().default_role or "citizen"

    def _check_role_change(self, vals):
        """A citizen case becomes a customer case only while it waits in triage."""
        if vals.get("role") != "customer":
            return
        settled = self.filtered(lambda case: case.role == "citizen" and case.team_id)
        if settled:
            raise UserError(
                self.env._(
                    "Role: %s is a citizen case; its duties stay due. If the person "
                    "asks for a service, register a new customer case.",
                    settled[:1].display_name,
                )
            )

    # --------------------------------------------------------------- history
    @api.model
    def _get_told_fields(self):
        """Return dict ``part of the state -> field of the case``."""
        return STATE_FIELDS

    def _get_told_states(self):
        """Return dict ``case id -> CaseState``: what the history of cases follows."""
        told, cases = self._get_told_fields(), self.sudo()
        columns = {part: read_values(cases, name) for part, name in told.items()}
        stages = cases.env["helpdesk.ticket.stage"].browse(
            set(columns["stage_id"]) - {0}
        )
        phases = {stage.id: stage.phase for stage in stages}
        columns["phase"] = [
            phases.get(stage_id) or "received" for stage_id in columns["stage_id"]
        ]
        columns["received"] = [
            fields.Datetime.to_string(at) or "" for at in columns["received"]
        ]
        rows = zip(*columns.values(), strict=True)
        return {
            case_id: CaseState(**dict(zip(columns, row, strict=True)))
            for case_id, row in zip(self.ids, rows, strict=True)
        }

    def _log_births(self):
        states = self._get_told_states()
        self._log_events(
            (case, event, CaseState("received"), states[case.id])
            for case in self
            for event in births(states[case.id])
        )

    def _log_changes(self, before):
        """Record what changed since the states in ``before`` (case id -> state)."""
        after = self._get_told_states()
        self._log_events(
            (case, event, before[case.id], after[case.id])
            for case in self
            for event in diff(before[case.id], after[case.id])
        )

    def _log_events(self, told):
        """Append events, given as ``(case, event, state before, state after)``.

        The rows are written as superuser: nobody has the right to write history,
        it is a consequence of what they were allowed to do to the case.
        """
        now = fields.Datetime.now()
        user_id = False if self.env.su and self.env.uid == 1 else self.env.uid
        rows = []
        for case, event, before, after in told:
            is_receipt = event.kind == "received"
            rows.append(
                {
                    "case_id": case.id,
                    "kind": event.kind,
                    # A letter is registered later than it was received.
                    "at": case.received_date
                    if is_receipt
                    else max(now, case.received_date),
                    "user_id": user_id,
                    "stage_id": after.stage_id or False,
                    "team_id": after.team_id or False,
                    "assignee_id": after.assignee_id or False,
                    "before": self._tell(event.kind, before) or event.before or False,
                    "after": self._tell(event.kind, after) or event.after or False,
                    "in_bulk": event.kind in ENDED and len(self) > 1,
                }
            )
        if rows:
            # Defaults in the context are meant for the case, not for its history.
            history = self.env["citizen.case.event"].sudo()
            history.with_context(clean_context(self.env.context)).create(rows)

    def _log(self, kind, **values):
        """Append one event to the history of each case, as it stands now.

        :param values: further fields of ``citizen.case.event``
        """
        now = fields.Datetime.now()
        by = False if self.env.su and self.env.uid == 1 else self.env.uid
        history = self.env["citizen.case.event"].sudo()
        return history.with_context(clean_context(self.env.context)).create(
            [
                {
                    "case_id": case.id,
                    "kind": kind,
                    "at": max(now, case.received_date),
                    "user_id": by,
                    "stage_id": case.stage_id.id,
                    "team_id": case.team_id.id,
                    "assignee_id": case.user_id.id,
                    **values,
                }
                for case in self.sudo()
            ]
        )

    @api.model
    def _tell(self, kind, state):
        """Return the name of what an event is about, as it is called now."""
        if kind not in TOLD_BY_NAME:
            return ""
        name, model = TOLD_BY_NAME[kind]
        record = self.env[model].sudo().browse(getattr(state, name) or ())
        return record.number if model == self._name else record.display_name
