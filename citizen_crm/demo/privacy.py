"""What the demo city archives and keeps for how long, is held, and was erased."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .loader import DemoCity

#: short name -> (name, months, law, service type of the demo city)
CLASSES = {
    "retention_orders": (
        "Orders of documents",
        2,
        "Registry By-law, section 9",
        "CIV-DOC",
    ),
    "retention_trees": (
        "Reports about trees",
        2,
        "Parks By-law, section 14",
        "GRN-TRE",
    ),
}


def load_privacy(city: "DemoCity") -> None:
    """Load two classes and archive, one hold, one list that is done, one that waits."""
    if city.env.ref("citizen_crm.retention_orders_demo", raise_if_not_found=False):
        return
    classes = city.records.load(
        "citizen.retention.class",
        [
            (key, {"name": name, "archive_months": 1, "months": months, "law": law})
            for key, (name, months, law, _service) in CLASSES.items()
        ],
    )
    services = [city.service(code) for *_words, code in CLASSES.values()]
    for service, retention in zip(services, classes, strict=True):
        service.retention_class_id = retention
    Case = city.env["helpdesk.ticket"]
    Case._archive_due(Case._find_due_for_archive())
    officer = city.records.ref("user_dunmore")
    _hold_a_tree(city, services[1], officer)
    city.env["citizen.erasure"]._cron_list_due()
    head = city.records.ref("department_csc").manager_id.user_id
    for run in city.env["citizen.erasure"].search([("state", "=", "draft")]):
        if run.department_id.manager_id.user_id != head:
            continue
        run.with_user(officer).sudo(False).action_propose()
        run.with_user(head).sudo(False).action_approve()
        while run._erase_batch():
            pass
        run._finish()


def _hold_a_tree(city: "DemoCity", service, officer) -> None:
    """Hold the oldest closed case about a tree: somebody sues."""
    every = city.env["helpdesk.ticket"].with_context(active_test=False)
    case = every.search(
        [("category_id", "=", service.id), ("is_open", "=", False)],
        order="closed_date, id",
        limit=1,
    )
    city.records.load(
        "citizen.legal.hold",
        [
            (
                "hold_tree",
                {
                    "case_ids": [(6, 0, case.ids)],
                    "reason": "Lawsuit over a fallen branch, file 214 of the City "
                    "Attorney. Keep everything until the judgment.",
                    "date_from": city.today - timedelta(days=20),
                    "user_id": officer.id,
                },
            )
        ],
    )
