import functools

from odoo import fields, models
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain

#: Up to so many cases are looked at one by one.
FEW = 10


class CitizenCasePart(models.AbstractModel):
    """A record that belongs to a case and is seen by whoever may see the case.

    A record rule cannot say this: the domain of a rule is evaluated as superuser, so
    the rules of the case would not apply inside it.
    """

    _name = "citizen.case.part"
    _description = "Part of a Case"

    case_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        index=True,
        ondelete="restrict",
    )

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not self.env.su and not bypass_access:
            domain = Domain(domain)
            domain &= get_readable(self, domain)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or not any(self._ids):
            return result
        cases = self.sudo().case_id.with_env(self.env)
        hidden = cases - cases._filtered_access("read")
        forbidden = self.filtered(lambda part: part.sudo().case_id in hidden)
        if forbidden:
            return forbidden, functools.partial(
                AccessError, self.env._("You have no access to the case of this.")
            )
        return None


def get_readable(parts, domain):
    """Return the condition that the user may read the case of a part.

    Where the search is for the parts of few cases, as in a form, these are looked at in
    memory: the rules of a case are long, and to plan a statement with them takes the
    database longer than all the rest.

    :param parts: of the model that is searched
    :param domain: what is searched for
    """
    cases = _get_named_cases(parts, domain)
    if not cases or len(cases) > FEW:
        return Domain("case_id", "any", [])
    try:
        readable = cases._filtered_access("read")
    except MissingError:
        return Domain("case_id", "any", [])
    if readable == cases:
        return Domain.TRUE
    return Domain("case_id", "in", readable.ids)


def _get_named_cases(parts, domain):
    """Return the cases outside which nothing is found, as far as that is known."""
    cases = parts.env["helpdesk.ticket"]
    is_and = getattr(domain, "OPERATOR", None) == "&"
    for part in domain.children if is_and else [domain]:
        name = getattr(part, "field_expr", None)
        if name not in ("id", "case_id") or part.operator != "in":
            continue
        ids = list(part.value)
        if not all(type(one) is int for one in ids):
            continue
        if name == "case_id":
            return cases.browse(ids)
        known = parts._fields["case_id"]._get_cache(parts.env)
        if all(known.get(one) for one in ids):
            return cases.browse({known[one] for one in ids})
    return cases
