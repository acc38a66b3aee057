from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """Cases of one matter are joined for the work; each person keeps the own rights."""

    _inherit = "helpdesk.ticket"

    def action_find_same_matter(self):
        """Look for cases of the same matter and open what was found."""
        self.ensure_one()
        self._check_can_join()
        return self.env["citizen.matter.search"]._open(self)

    def _check_can_join(self):
        """Raise unless the user may handle the case and it stands alone."""
        self.ensure_one()
        self.check_access("write")
        if self.confidential:
            raise UserError(
                self.env._(
                    "%s is confidential: it is handled and answered alone.",
                    self.display_name,
                )
            )
        if self.duplicate_id or self.sudo().duplicate_ids:
            raise UserError(
                self.env._(
                    "%s belongs to a matter already. Separate it first.",
                    self.display_name,
                )
            )

    def _join_matter(self, other):
        """Join the case to the matter of another one that the user may read."""
        self._check_can_join()
        other = other.with_env(self.env)
        if other not in self._filter_joinable(other):
            raise UserError(
                self.env._(
                    "%s cannot be joined: it is confidential, of another role, or out "
                    "of your sight.",
                    other.sudo().number,
                )
            )
        self.duplicate_id = other.duplicate_id or other

    def _filter_joinable(self, cases):
        """Return those of the cases that one may ask about and join this one to.

        The lead case is to be in sight, too. Cases made of one letter are different
        matters by what was said when it was split.
        """
        self.ensure_one()
        cases = (cases.with_env(self.env) - self)._filtered_access("read")
        leads = cases.duplicate_id._filtered_access("read")
        apart = self._get_told_apart()
        letter = self.split_from_id.id or self.id
        return cases.filtered(
            lambda case: (
                case.role == self.role
                and not case.confidential
                and (not case.duplicate_id or case.duplicate_id in leads)
                and not {case.id, case.duplicate_id.id} & apart
                and (case.split_from_id.id or case.id) != letter
            )
        )

    def _tell_apart(self, other):
        """Remember that another case is not the same matter, nor those joined to it."""
        self.ensure_one()
        self.check_access("write")
        other.check_access("read")
        apart = self._get_told_apart()
        self.env["citizen.matter.distinction"].sudo().create(
            [
                {"case_id": self.id, "other_id": case_id}
                for case_id in (other | other.duplicate_id).ids
                if case_id not in apart and case_id != self.id
            ]
        )

    def _get_told_apart(self):
        """Return the ids of the cases that are said to be another matter."""
        self.ensure_one()
        pairs = (
            self.env["citizen.matter.distinction"]
            .sudo()
            .search_fetch(
                Domain("case_id", "=", self.id) | Domain("other_id", "=", self.id),
                ["case_id", "other_id"],
            )
        )
        return set((pairs.case_id | pairs.other_id).ids) - {self.id}
