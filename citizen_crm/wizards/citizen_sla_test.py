from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, format_time

from ..models.catalogue.helpdesk_ticket_category import NATURES, ROLES
from ..models.sla.instants import to_instant, to_moment
from ..tools.sla_clock import read_clocks, step_instants
from ..tools.sla_promises import Entry
from ..tools.sla_rules import choose_targets
from ..tools.sla_trace import trace

#: What happens in the panel besides receipt and routing, so that a clock begins.
BEGINNINGS = {"next_reply": ("replied", "wrote")}


class CitizenSlaTest(models.TransientModel):
    """Try the rules on a case that is not created: who decides, and what falls due.

    Everything is computed as for a real case, from a log of its receipt; nothing is
    stored.
    """

    _name = "citizen.sla.test"
    _description = "Test of the SLA Rules"

    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Service Type",
        domain=[("is_service", "=", True)],
    )
    role = fields.Selection(
        ROLES, compute="_compute_defaults", store=True, readonly=False
    )
    nature = fields.Selection(
        NATURES, compute="_compute_defaults", store=True, readonly=False
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        help="Empty: the case waits in triage.",
    )
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        default="1",
        required=True,
    )
    channel_id = fields.Many2one("helpdesk.ticket.channel")
    tag_ids = fields.Many2many("helpdesk.ticket.tag")
    received_at = fields.Datetime(
        string="Received", required=True, default=fields.Datetime.now
    )
    waiting_reason_id = fields.Many2one(
        "citizen.waiting.reason",
        string="Waits For",
        help="Try what a pause does to the deadlines.",
    )
    waiting_from = fields.Datetime()
    waiting_to = fields.Datetime(
        string="Until", help="Empty: until the limit of the reason is over."
    )
    draft_id = fields.Many2one(
        "citizen.sla.rule",
        string="With This Draft",
        domain=[("state", "=", "draft")],
        help="The rules are asked as if this draft were in force.",
    )
    result = fields.Html(compute="_compute_result", sanitize=False)

    def _compute_display_name(self):
        self.display_name = self.env._("Test of the rules")

    @api.depends("category_id")
    def _compute_defaults(self):
        for test in self:
            service = test.category_id
            test.role = service.default_role or test.role or "citizen"
            test.nature = service.default_nature or test.nature or "complaint"
            test.team_id = service.team_id or test.team_id

    @api.onchange("waiting_reason_id")
    def _onchange_waiting_reason_id(self):
        if self.waiting_reason_id and not self.waiting_from and self.received_at:
            self.waiting_from = self.received_at + timedelta(days=1)

    @api.depends_context("lang", "tz")
    @api.depends(
        "category_id",
        "role",
        "nature",
        "team_id",
        "priority",
        "channel_id",
        "tag_ids",
        "received_at",
        "waiting_reason_id",
        "waiting_from",
        "waiting_to",
        "draft_id",
    )
    def _compute_result(self):
        for test in self:
            test.result = self.env["ir.qweb"]._render(
                "citizen_crm.citizen_sla_test_result",
                {"promises": test._get_promises() if test.received_at else []},
            )

    # ------------------------------------------------------------- the questions
    def _get_promises(self):
        """Return for each promise that any rule makes what would come of it."""
        self.ensure_one()
        case = self._get_case()
        rules = self.draft_id._origin._get_trial_rules()
        facts = case._get_facts()
        chosen = choose_targets(facts, rules, case._passes_filter)
        found = []
        for kind, promise in reversed(self._get_options("kind")):
            for basis, basis_words in self._get_options("basis"):
                asked = [
                    rule
                    for rule in rules
                    if any((t.kind, t.basis) == (kind, basis) for t in rule.targets)
                ]
                if asked:
                    target = chosen.get((kind, basis))
                    found.append(
                        {
                            "name": f"{promise} · {basis_words}",
                            **self._get_choice(case, asked, target),
                            **(self._get_reading(case, target) if target else {}),
                        }
                    )
        return sorted(found, key=lambda promise: not promise["rule"])

    def _get_options(self, name):
        field = self.env["citizen.sla.target"]._fields[name]
        return field._description_selection(self.env)

    def _get_case(self):
        """Return a case as it would be registered; it is never stored."""
        company = self.team_id.company_id or self.env.company
        case = (
            self.env["helpdesk.ticket"]
            .sudo()
            .new(
                {
                    "name": self.env._("Test"),
                    "description": "",
                    "role": self.role or "citizen",
                    "nature": self.nature or "complaint",
                    "priority": self.priority or "1",
                    "received_date": self.received_at,
                    "company_id": company.id,
                    "tag_ids": self.tag_ids._origin.ids,
                    **{
                        name: self[name]._origin.id
                        for name in ("category_id", "team_id", "channel_id")
                    },
                }
            )
        )
        return case

    def _get_choice(self, case, asked, target):
        """Say which rule decides on a promise, and why those before it do not."""
        Rule = self.env["citizen.sla.rule"]
        passed_over = []
        for pure in asked:
            rule = Rule.sudo().browse(pure.id)
            if target and target in pure.targets:
                return {
                    "rule": rule,
                    "passed_over": passed_over,
                    "words": rule.target_ids.browse(target.id),
                }
            why = Rule._get_mismatch_words(pure, case)
            if case.sla_problem:
                why, case.sla_problem = case.sla_problem, False
            if pure.until is None or case.received_date < rule.valid_to:
                passed_over.append((rule.display_name, why))
        return {"rule": None, "passed_over": passed_over, "words": None}

    # ----------------------------------------------------------------- the clock
    def _get_log(self, case, target):
        """Return the log of a case that has just been received and routed."""
        at = to_instant(self.received_at)
        calendar = self.env["resource.calendar"].sudo().browse(target.calendar)
        version = case._get_calendar_version(case.team_id)
        own = case._get_usable_version(calendar)
        base = {
            "table": version.id or 0,
            "calendar": version.calendar_id.id or 0,
            "team": self.team_id._origin.id or 0,
        }
        log = [Entry(at, "received", **base)]
        if self.team_id:
            log.append(Entry(at, "routed", **base))
        log.append(Entry(at, "promised", target=target.id, table=own.id or 0))
        kinds = (
            *BEGINNINGS.get(target.kind, ()),
            *({target.start} & {"assigned", "confirmed"}),
        )
        log += [Entry(at, kind) for kind in kinds]
        return log + self._get_pause(at)

    def _get_pause(self, at):
        reason = self.waiting_reason_id._origin
        if not reason or not self.waiting_from:
            return []
        since = max(at, to_instant(self.waiting_from))
        limit = since + reason.limit_days * 86_400
        end = to_instant(self.waiting_to) if self.waiting_to else limit
        return [
            Entry(since, "waiting", reason=reason.id, until=limit),
            Entry(max(since, min(end, limit)), "resumed"),
        ]

    def _get_reading(self, case, target):
        """Return when a promise begins, falls due and warns, and its trace."""
        case.sla_problem = False
        log = self._get_log(case, target)
        if case.sla_problem:
            return {"problem": case.sla_problem}
        readings = read_clocks(
            log,
            {target.id: target},
            case._get_table,
            now=max(entry.at for entry in log),
        )
        if not readings:
            return {"problem": self.env._("It begins only when a team has the case.")}
        reading = readings[-1]
        if reading.due is None:
            return {"problem": reading.problem}
        return self._tell_reading(reading)

    def _tell_reading(self, reading):
        zone = reading.segments[0].table.zone.key
        steps = {step.id: step for step in self._get_steps(reading.target.id)}
        days = trace(reading, reading.due)
        total = {
            kind: sum(getattr(day, kind) for day in days)
            for kind in ("counts", "paused", "off")
        }
        return {
            "zone": zone,
            "start": self._tell(reading.start, zone),
            "due": self._tell(reading.due, zone),
            "steps": [
                (self._tell(at, zone), steps[step.id]._get_words())
                for step, at in sorted(
                    step_instants(
                        reading,
                        self.env["citizen.sla.target"]._get_pure_steps(
                            reading.target.id
                        ),
                    ),
                    key=lambda pair: pair[1],
                )
            ],
            "days": [self._tell_day(day, zone) for day in days],
            "total": {
                **{kind: self._tell_length(length) for kind, length in total.items()},
                "wall": self._tell_length(reading.due - reading.start),
            },
            "has_numbers": any(day.number for day in days),
            "has_pauses": bool(total["paused"]),
        }

    def _get_steps(self, target_id):
        return self.env["citizen.sla.target"].sudo().browse(target_id).step_ids

    # ----------------------------------------------------------------- in words
    def _tell(self, instant, zone):
        return format_datetime(
            self.env, to_moment(instant), tz=zone, dt_format="EEE d MMM y, HH:mm"
        )

    def _tell_day(self, day, zone):
        info = ZoneInfo(zone)
        spans = [
            "–".join(
                format_time(
                    self.env,
                    datetime.fromtimestamp(instant, info).time(),
                    time_format="HH:mm",
                )
                for instant in span
            )
            for span in day.spans
        ]
        return {
            "date": format_date(self.env, day.day, date_format="EEE d MMM y"),
            "spans": ", ".join(spans),
            "number": day.number,
            "counts": day.counts,
            **{
                f"{kind}_words": self._tell_length(getattr(day, kind))
                for kind in ("counts", "paused", "off")
            },
        }

    def _tell_length(self, seconds):
        """Return a duration in hours and minutes, e.g. "7:30 h"."""
        minutes = round(seconds / 60)
        return self.env._(
            "%(hours)s:%(minutes)02d h", hours=minutes // 60, minutes=minutes % 60
        )
