from dataclasses import dataclass
from datetime import datetime

from odoo import fields, models
from odoo.exceptions import AccessError

#: Key of the context under which a :class:`Then` says when something was done.
THEN = "evaluation_then"


@dataclass(frozen=True, slots=True)
class Then:
    """When it was, for records of what happened earlier, as naive UTC.

    An object, which no remote call can put into a context: nobody dates back what they
    do. For demonstration data.
    """

    at: datetime


class CitizenEvaluationPart(models.AbstractModel):
    """What belongs to an evaluation: reading another person's is on record.

    Figures are read of one person at a time. Whoever could take those of several people
    together could rank them, whatever the screens offer.
    """

    _name = "citizen.evaluation.part"
    _description = "Part of an Evaluation"

    #: Fields that are read of one person at a time; none for parts without figures.
    _figures = frozenset()
    #: Fields whose reading counts as such; all if empty.
    _contents = frozenset()

    def _get_evaluations(self):
        """Return the evaluations that these records belong to."""
        return self.sudo().evaluation_id

    def _get_now(self):
        """Return when what is done now is done, as naive UTC."""
        then = self.env.context.get(THEN)
        return then.at if isinstance(then, Then) else fields.Datetime.now()

    def _read_format(self, fnames, load="_classic_read"):
        """All of ``read``, ``web_read``, ``search_read`` and their like end here."""
        if not self.env.su:
            self._check_one_person(fnames)
        result = super()._read_format(fnames, load=load)
        if not self.env.su and (not self._contents or self._contents & set(fnames)):
            log = self.env["citizen.evaluation.read"]
            log._enter(self._get_evaluations())
        return result

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """An export would be a list to sort people by."""
        names = {path[0] for path in fields if path}
        if not self.env.su and names & (self._figures | self._contents):
            raise AccessError(
                self.env._(
                    "Evaluations are not exported: figures are read of one person at "
                    "a time, in the evaluation."
                )
            )
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _check_one_person(self, fnames):
        if self._figures & set(fnames) and len(self._get_evaluations().employee_id) > 1:
            raise AccessError(
                self.env._(
                    "Figures are read of one person at a time. Open the evaluation."
                )
            )
