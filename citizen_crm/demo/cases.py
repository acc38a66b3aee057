"""Store the planned cases with their handlers and histories."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

from .fair_work import is_by_rule, plan_fair_work
from .life import PHASE_AFTER, Step
from .people import Person
from .plans import Plan, make_plans
from .staff import Handler, handlers_by_team, leads_by_team
from .talks import plan_talks

if TYPE_CHECKING:
    from .loader import DemoCity

CHANNELS = {
    "web": "helpdesk_mgmt.helpdesk_ticket_channel_web",
    "email": "helpdesk_mgmt.helpdesk_ticket_channel_email",
    "phone": "helpdesk_mgmt.helpdesk_ticket_channel_phone",
    "other": "helpdesk_mgmt.helpdesk_ticket_channel_other",
    "counter": "citizen_crm.channel_counter",
    "letter": "citizen_crm.channel_letter",
    "app": "citizen_crm.channel_app",
    "councillor": "citizen_crm.channel_councillor",
}
#: Channels where a clerk writes the case down.
BY_CLERK = {"phone", "counter", "letter", "councillor"}
#: How much more work somebody may get for speaking the citizen's language.
LANGUAGE_BONUS = 4
#: Events that leave the case where it stands.
TALK = {"acknowledged", "replied", "wrote"}
ENDED = {"closed", "not_handled", "withdrawn"}
NOTES = {
    "waiting": [
        "Asked for a photo of the place.",
        "Asked for the exact house number.",
        "Asked when we can come in.",
        "Asked for the missing page of the form.",
    ],
    "resumed": ["The citizen has answered.", "The photo has arrived."],
    "transferred": [
        "First sent to the wrong team; the place belongs to the other one.",
        "The matter turned out to be somebody else's duty.",
    ],
    "reopened": [
        "The citizen writes that the work was not finished.",
        "It has happened again since the answer.",
    ],
    "not_handled": [
        "Same matter, already answered properly; see the reply.",
        "No concrete content, and no answer to our question.",
    ],
    "withdrawn": [
        "The matter has settled itself, the citizen writes.",
        "Reported twice by mistake.",
        "Withdrawn by telephone.",
    ],
}


def load_cases(city: "DemoCity", people: list[Person]) -> list[Plan]:
    """Create all cases; return their plans, with the ids filled in."""
    plans = make_plans(city, people)
    _assign(city, plans)
    plan_talks(city, plans)
    ids: dict[str, int] = {}
    leads = {plan.lead for plan in plans if plan.lead}
    first = max(n for n, plan in enumerate(plans) if plan.key in leads) + 1
    for batch in (plans[:first], plans[first:]):
        writer = CaseWriter(city, ids)
        cases = city.env["helpdesk.ticket"]._create_backdated(
            [writer.prepare(plan) for plan in batch]
        )
        for plan, case in zip(batch, cases, strict=True):
            plan.id = ids[plan.key] = case.id
        city.records.name([f"case_{plan.key}" for plan in batch], cases)
        backdate_creation(cases)
    return plans


def backdate_creation(cases) -> None:
    """Let the desk measure the time in a stage from the receipt on."""
    cases.env.flush_all()
    cases.env.cr.execute(
        "UPDATE helpdesk_ticket SET create_date = received_date WHERE id = ANY(%s)",
        (cases.ids,),
    )
    cases.invalidate_recordset(["create_date"])


def _assign(city: "DemoCity", plans: list[Plan]) -> None:
    """Share the cases out, in the last weeks by the duty ledger.

    Before, by effort and capacity, open and ended ones apart.
    """
    teams = handlers_by_team(city)
    loads: dict[bool, Counter[int]] = defaultdict(Counter)
    for plan in plans:
        if not plan.life.last("assigned") or is_by_rule(city, plan):
            continue
        service = city.service(plan.type)
        load = loads[plan.life.phase in ENDED | {"answered"}]
        after = {
            handler: load[handler.user_id] + service.effort_points / handler.capacity
            for handler in teams[city.team_code(service.team_id)]
        }
        handler = _choose_handler(plan, after)
        load[handler.user_id] = after[handler]
        plan.handler_id = handler.user_id
        plan.handler_partner_id = handler.partner_id
    plan_fair_work(city, plans)


def _all_steps(plan: Plan) -> list[Step]:
    """Return the steps of a case with what was written in between, in order."""
    steps = list(plan.life.steps)
    routed = steps[min(1, len(steps) - 1)].at
    if plan.lead:
        steps.insert(2, Step("joined", routed))
    if plan.person:
        steps.append(Step("acknowledged", routed))
    kinds = {"h": "replied", "c": "wrote"}
    steps += [Step(kinds[line.who], line.at) for line in plan.lines]
    return sorted(steps, key=lambda step: step.at)


def _choose_handler(plan: Plan, after: dict[Handler, float]) -> Handler:
    """Choose who has least to do then, or nearly so and speaks the language."""
    least = min(after.values())
    for handler in sorted(after, key=after.__getitem__):
        if plan.handler == handler.id:
            return handler
        speaks = plan.lang in handler.languages
        if not plan.handler and speaks and after[handler] <= least + LANGUAGE_BONUS:
            return handler
    return min(after, key=after.__getitem__)


class CaseWriter:
    """Turn plans into values of cases and rows of their history."""

    def __init__(self, city: "DemoCity", ids: dict[str, int]) -> None:
        self.city = city
        self.ids = ids
        self.leads = leads_by_team(city)
        self.clerk_id = city.records.ref("user_whitfield").id
        self.csc = city.records.ref("team_csc")
        self.supplement = city.env.ref("citizen_crm.waiting_reason_supplement")
        self.stages = {
            stage.phase: stage.id
            for stage in city.env["helpdesk.ticket.stage"].search(
                [("team_ids", "=", False)]
            )
        }

    def prepare(self, plan: Plan) -> tuple[dict, list[dict]]:
        """Return the values and events of one case."""
        service = self.city.service(plan.type) if plan.type else None
        values = {
            "name": plan.title,
            "description": Markup("<p>%s</p>") % plan.text,
            "priority": plan.priority,
            "outcome": plan.outcome,
            "channel_id": self.city.env.ref(CHANNELS[plan.channel]).id,
            "role": plan.role or (service.default_role if service else "citizen"),
            "nature": plan.nature or (service.default_nature if service else "inquiry"),
            "duplicate_id": self.ids.get(plan.lead, False),
            "stage_id": self.stages[plan.life.phase],
            "user_id": plan.handler_id or False,
            **self._routing(plan, service),
            **self._person(plan),
            **self._place(plan),
            **self._dates(plan),
        }
        return values, self._events(plan, service)

    def _routing(self, plan: Plan, service) -> dict:
        if not service:
            return {"category_id": False, "team_id": False}
        return {
            "category_id": service.id,
            "team_id": service.team_id.id,
            "answers": plan.answers,
        }

    def _person(self, plan: Plan) -> dict:
        return {"partner_id": plan.person.partner_id} if plan.person else {}

    def _place(self, plan: Plan) -> dict:
        return {
            "district_id": self.city.district(plan.place.district).id,
            "place": plan.place.address or False,
            "place_latitude": plan.place.latitude,
            "place_longitude": plan.place.longitude,
        }

    def _dates(self, plan: Plan) -> dict:
        life, phase = plan.life, plan.life.phase
        return {
            "received_date": self._utc(life.received),
            **self._waiting(plan),
            "assigned_date": self._utc(life.last("assigned")),
            "answered_date": phase in ("answered", "closed")
            and self._utc(life.last("answered")),
            "closed_date": phase in ENDED and self._utc(life.last(phase)),
        }

    def _waiting(self, plan: Plan) -> dict:
        """Say why and until when a case waits."""
        if plan.life.phase != "waiting":
            return {}
        return self._pause(plan.life.last("waiting"))

    def _pause(self, since: datetime) -> dict:
        reason = self.supplement
        until = since + timedelta(days=reason.limit_days)
        return {"waiting_reason_id": reason.id, "waiting_until": self._utc(until)}

    def _utc(self, moment):
        return self.city.clock.to_utc(moment) if moment else False

    def _events(self, plan: Plan, service) -> list[dict]:
        steps = _all_steps(plan)
        moved = any(step.kind == "transferred" for step in steps)
        team_id, assignee_id, phase, rows = False, False, "received", []
        for step in steps:
            if step.kind == "routed":
                team_id = self.csc.id if moved else service.team_id.id
            elif step.kind == "transferred":
                team_id = service.team_id.id
            elif step.kind == "assigned":
                assignee_id = plan.handler_id
            if step.kind not in TALK:
                phase = PHASE_AFTER.get(step.kind, step.kind)
                phase = phase if phase in self.stages else "routed"
            rows.append(
                {
                    "kind": step.kind,
                    "at": self._utc(step.at),
                    "user_id": self._who(plan, service, step),
                    "team_id": team_id,
                    "assignee_id": assignee_id,
                    "stage_id": self.stages[phase],
                    "note": self._note(plan, step),
                    **(self._pause(step.at) if step.kind == "waiting" else {}),
                }
            )
        return rows + self._outcome(plan, rows[-1])

    def _outcome(self, plan: Plan, last: dict) -> list[dict]:
        """Record the outcome where the city has learnt it, after the closing."""
        if plan.outcome == "unknown":
            return []
        closed = plan.life.last(plan.life.phase)
        at = min(self.city.clock.add(closed, 700), self.city.clock.now)
        note = {"confirmed": "Confirmed by the citizen."}.get(plan.outcome, False)
        row = {"kind": "outcome_recorded", "before": "unknown", "after": plan.outcome}
        return [{**last, **row, "at": self._utc(at), "note": note}]

    def _who(self, plan: Plan, service, step: Step) -> int | bool:
        """Return the user who did it; residents and the system are nobody."""
        if step.kind in ("acknowledged", "wrote"):
            return False
        if step.kind == "received":
            return self.clerk_id if plan.channel in BY_CLERK else False
        if step.kind in ("routed", "joined"):
            return self.clerk_id if plan.lead else False
        if step.kind == "assigned" and plan.by_desk:
            return False
        if step.kind in ("assigned", "transferred"):
            return self.leads.get(self.city.team_code(service.team_id), False)
        if step.kind in ("reopened", "withdrawn", "resumed"):
            return self.clerk_id
        return plan.handler_id or False

    def _note(self, plan: Plan, step: Step) -> str | bool:
        if step.kind == "answered":
            return plan.reply or False
        if step.kind == "reopened" and plan.reopened:
            return plan.reopened
        if step.kind == plan.life.phase and plan.note:
            return plan.note
        notes = NOTES.get(step.kind)
        return self.city.rng.choice(notes) if notes else False
