"""Put away the demo records of Odoo and the helpdesk: one city, not two worlds."""

from collections.abc import Iterable

#: Model -> modules whose demo records are archived, in this order.
STOCK = {
    "helpdesk.ticket": ("helpdesk_mgmt",),
    "helpdesk.ticket.team": ("helpdesk_mgmt",),
    "helpdesk.ticket.category": ("helpdesk_mgmt",),
    "helpdesk.ticket.tag": ("helpdesk_mgmt",),
    "hr.employee": ("hr",),
    "hr.department": ("hr",),
    "res.users": ("base",),
    "res.partner": ("base", "hr"),
    "discuss.channel": ("mail",),
}
KEPT_CHANNELS = ("mail.channel_all_employees", "mail.channel_admin")
#: Records that a working installation needs.
KEPT_USERS = {
    "base.user_root",
    "base.user_admin",
    "base.public_user",
    "base.template_portal_user_id",
    "base.default_user",
}


def put_away_stock_demo(env) -> None:
    """Archive what the modules below brought as demo data."""
    if not env.ref("base.user_demo", raise_if_not_found=False):
        return
    kept = _refs(env["res.users"], KEPT_USERS)
    spared = {
        "res.users": kept,
        "hr.employee": kept.employee_ids,
        "discuss.channel": _refs(env["discuss.channel"], KEPT_CHANNELS),
        "res.partner": kept.partner_id | env["res.company"].search([]).partner_id,
    }
    for model, modules in STOCK.items():
        records = _records_of(env, model, modules) - spared.get(model, env[model])
        if model == "hr.department":
            records -= env["hr.employee"].search([]).department_id
        if model == "res.partner":
            records -= env["res.users"].search([]).partner_id
        if model == "helpdesk.ticket":
            _forget_contacts(records)
        records.filtered("active").active = False
    chatter = _records_of(env, "mail.message", ("mail",))
    chatter.filtered(lambda message: message.model == "discuss.channel").unlink()


def _forget_contacts(tickets) -> None:
    """Take the contacts off, so that none of them becomes a customer of the city."""
    tickets.flush_recordset()
    tickets.env.cr.execute(
        "UPDATE helpdesk_ticket SET partner_id = NULL, commercial_partner_id = NULL"
        " WHERE id = ANY(%s)",
        (tickets.ids,),
    )
    tickets.invalidate_recordset()


def _refs(records, names: Iterable[str]):
    """Return those of the named records that exist."""
    for name in names:
        records |= records.env.ref(name, raise_if_not_found=False) or records
    return records


def _records_of(env, model: str, modules: tuple[str, ...]):
    data = env["ir.model.data"].search(
        [("model", "=", model), ("module", "in", modules)]
    )
    return env[model].browse(data.mapped("res_id")).exists()
