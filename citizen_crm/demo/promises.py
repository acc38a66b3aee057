"""Load what the city promises: SLA rules in force since before the first case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from odoo import Command

if TYPE_CHECKING:
    from .loader import DemoCity

DAYS_IN_FORCE = 500
#: When somebody is told: (amount, trigger, recipient, by mail).
STATUTORY_LADDER = (
    (75, "percent", "handler", False),
    (4, "before", "lead", False),
    (1, "after", "head", True),
    (16, "after", "oversight", True),
)
SERVICE_LADDER = ((75, "percent", "handler", False), (1, "after", "lead", False))
SUPPLEMENT = ("supplement",)
ANY_REASON = ("supplement", "appointment", "third_party")
LAW_DAYS, DAYS = "statutory_working_days", "working_days_same_time"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of a rule; days at most of an extension, 0 for none."""

    kind: str
    amount: int
    unit: str = DAYS
    basis: str = "service"
    start: str = "received"
    extension: int = 0
    closing_counts: bool = False
    pausing: tuple[str, ...] = ANY_REASON
    ladder: tuple[tuple[int, str, str, bool], ...] = SERVICE_LADDER


@dataclass(frozen=True, slots=True)
class Rule:
    """For which cases, and what is promised; types by their codes."""

    id: str
    name: str
    promises: tuple[Promise, ...]
    role: str = ""
    nature: str = ""
    types: str = ""


def by_law(days: int, extension: int) -> Promise:
    """Return the promise of an answer that the law asks for."""
    return Promise(
        "resolve",
        days,
        LAW_DAYS,
        "statutory",
        extension=extension,
        pausing=SUPPLEMENT,
        ladder=STATUTORY_LADDER,
    )


def by_service(days: int, *, closing_counts: bool = False) -> Promise:
    """Return the service standard of an answer or of the service done."""
    return Promise("resolve", days, closing_counts=closing_counts)


#: In the order of asking: special ones first, what holds for all cases last.
RULES = (
    Rule(
        "misconduct",
        "Reports of misconduct",
        (by_law(30, 30),),
        role="citizen",
        nature="misconduct_report",
    ),
    Rule(
        "proposals",
        "Proposals from citizens",
        (by_law(20, 20),),
        role="citizen",
        nature="proposal",
    ),
    Rule(
        "rights",
        "Protection of rights and legal questions",
        (by_law(15, 15),),
        role="citizen",
        types="ROAD-FIN BLD-ILL BLD-ACC SOC-BEN GOV-RGT GOV-LEG",
    ),
    Rule(
        "citizen",
        "Citizen cases: six working days",
        (by_law(6, 6),),
        role="citizen",
    ),
    Rule(
        "burst",
        "Danger in the street",
        (by_service(2),),
        types="WTR-BUR ROAD-SIG",
    ),
    Rule(
        "repairs",
        "Quick repairs and cleaning",
        (by_service(4),),
        role="citizen",
        types="ROAD-LGT WST-DMP WST-CLN ORD-CON GRN-TRE",
    ),
    Rule(
        "missed_bin",
        "Missed waste collection",
        (by_service(2, closing_counts=True),),
        role="customer",
        types="WST-MIS",
    ),
    Rule(
        "documents",
        "Documents, permits for residents, rentals",
        (by_service(5),),
        role="customer",
        types="ROAD-RES CIV-DOC GRN-RNT SOC-REP",
    ),
    Rule(
        "building",
        "Building permits",
        (by_service(40),),
        role="customer",
        types="BLD-PER",
    ),
    Rule(
        "events",
        "Events and markets",
        (by_service(15),),
        role="customer",
        types="ORD-EVT ORD-MKT",
    ),
    Rule(
        "customer",
        "All other services",
        (by_service(10, closing_counts=True),),
        role="customer",
    ),
    Rule(
        "everybody",
        "Every case: receipt, replies, department",
        (
            Promise("acknowledge", 1, LAW_DAYS, pausing=(), ladder=()),
            Promise("first_reply", 3, LAW_DAYS, pausing=()),
            Promise("next_reply", 3, LAW_DAYS, pausing=()),
            Promise("transfer", 3, LAW_DAYS, pausing=()),
            Promise("department", 30, LAW_DAYS, ladder=()),
        ),
    ),
)


def load_promises(city: "DemoCity") -> None:
    """Put the rules of the city into force."""
    since = city.utcnow - timedelta(days=DAYS_IN_FORCE)
    rules = city.records.load(
        "citizen.sla.rule",
        [
            (
                f"sla_rule_{rule.id}",
                {"sequence": 10 * number, "valid_from": since, **_rule(city, rule)},
            )
            for number, rule in enumerate(RULES, 1)
        ],
    )
    rules.filtered(lambda rule: rule.state == "draft").action_activate()


def _rule(city: "DemoCity", rule: Rule) -> dict:
    return {
        "name": rule.name,
        "role": rule.role or False,
        "nature": rule.nature or False,
        "category_ids": [Command.set([city.service(c).id for c in rule.types.split()])],
        "target_ids": [
            Command.create(values) for values in _targets(city, rule.promises)
        ],
    }


def _targets(city: "DemoCity", promises: tuple[Promise, ...]) -> Iterator[dict]:
    for number, promise in enumerate(promises, 1):
        reasons = [
            city.env.ref(f"citizen_crm.waiting_reason_{name}").id
            for name in promise.pausing
        ]
        yield {
            "sequence": 10 * number,
            "kind": promise.kind,
            "basis": promise.basis,
            "amount": promise.amount,
            "unit": promise.unit,
            "start": promise.start,
            "pausing_reason_ids": [Command.set(reasons)],
            "closing_counts": promise.closing_counts,
            "extension_count": 1 if promise.extension else 0,
            "extension_days": promise.extension,
            "extension_lead_days": promise.extension // 2,
            "step_ids": [
                Command.create(
                    {
                        "sequence": 10 * place,
                        "amount": amount,
                        "trigger": trigger,
                        "recipient": recipient,
                        "by_mail": by_mail,
                    }
                )
                for place, (amount, trigger, recipient, by_mail) in enumerate(
                    promise.ladder, 1
                )
            ],
        }
