"""Replies of the demo city in each state of their way to the citizen."""

from typing import TYPE_CHECKING

from .plans import Plan

if TYPE_CHECKING:
    from .loader import DemoCity

#: How many of the answers that were given are on record as reasoned replies.
SENT = 40
WRITTEN = {
    "finding": "partly",
    "summary": "We have looked at it on site. Part of it is ours to mend, and we do.",
    "facts": "Our inspector was there on two mornings and measured. The damage you "
    "describe is there; the one at the corner belongs to a private plot.",
    "measures": "The crew mends our part within ten working days. We have written to "
    "the owner of the plot.",
    "legal_basis": "Streets Act § 9, as of 1 January 2025",
    "remedies": "If you disagree, write to the Administrative Court of Larkhaven "
    "within one month of this reply.",
}
WHY_RETURNED = "Please say on which days the inspector was there."


def load_replies(city: "DemoCity", plans: list[Plan]) -> None:
    """Load the replies behind some answers, and some that are on their way."""
    _load_sent(city, plans)
    Case = city.env["helpdesk.ticket"]
    cases = Case.browse([plan.id for plan in plans]).filtered(
        lambda case: (
            (case.role, case.nature, case.phase) == ("citizen", "complaint", "in_work")
            and case.user_id
            and case._can_be_told()
            and case._get_deciders("lead", case.user_id)
        )
    )
    own = cases.filtered(lambda case: case.user_id.login == "handler")
    for case, step in zip(own | cases, (_ask, _leave, _return, _approve), strict=False):
        reply = case.with_user(case.user_id).env["citizen.case.reply"]
        step(reply.create({"case_id": case.id, **WRITTEN}))


def _leave(reply) -> None:
    """Leave a draft as it is."""


def _ask(reply) -> None:
    reply.action_ask_approval()


def _approve(reply) -> None:
    reply.action_ask_approval()
    reply.with_user(reply._get_approvers()[:1]).action_approve()


def _return(reply) -> None:
    reply.action_ask_approval()
    reply.with_user(reply._get_approvers()[:1])._return(WHY_RETURNED)


def _load_sent(city: "DemoCity", plans: list[Plan]) -> None:
    answered = [
        plan for plan in plans if plan.reply and plan.person and plan.handler_id
    ]
    Case = city.env["helpdesk.ticket"]
    rows = []
    for plan in answered:
        case = Case.browse(plan.id)
        if case.answered_date and len(rows) < SENT:
            rows.append(_sent(case, plan))
    city.env["citizen.case.reply"].create(rows)


def _sent(case, plan: Plan) -> dict:
    said = {"finding": "founded"} if case.role == "citizen" else {"result": "delivered"}
    return {
        "case_id": case.id,
        "state": "sent",
        "summary": plan.reply,
        "author_ids": [(4, plan.handler_id)],
        "sent_by_id": plan.handler_id,
        "sent_at": case.answered_date,
        **said,
    }
