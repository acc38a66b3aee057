import functools

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


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
            domain = Domain(domain) & Domain("case_id", "any", [])
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
