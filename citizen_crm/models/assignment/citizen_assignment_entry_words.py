from odoo import api, fields, models
from odoo.tools import float_round
from odoo.tools.misc import formatLang

from ...tools.duty_ledger import MILLI, explain


class CitizenAssignmentEntry(models.Model):
    """What an entry says, in words. Everything comes from the stored entry."""

    _inherit = "citizen.assignment.entry"

    explanation = fields.Char(
        compute="_compute_explanation",
        help="Why the case was given, generated from what was stored with the choice.",
    )

    @api.depends_context("lang", "uid")
    @api.depends("kind", "method", "points", "reason")
    def _compute_explanation(self):
        decisions = self._read_decisions()
        for entry in self:
            known = entry.sudo()
            entry.explanation = known._explain(explain(decisions[entry.id]))

    def _explain(self, found):
        """Return the sentences for an ``Explanation``."""
        self.ensure_one()
        if self.problem:
            return self.env._("Not booked: %s", self.problem)
        if self.kind != "charge":
            return self._explain_other()
        if found.method == "manual":
            return self._explain_manual()
        return " ".join(
            filter(None, [self._explain_choice(found), self._explain_excluded(found)])
        )

    def _explain_choice(self, found):
        if found.eligible == 1:
            return self.env._(
                "%(given)s: the only one eligible (balance %(key)s).",
                given=self._tell_given(),
                key=self._tell_points(found.key),
            )
        values = {
            "given": self._tell_given(),
            "count": found.eligible,
            "key": self._tell_points(found.key),
            "next": self._tell_points(found.next_key),
        }
        if found.method == "continuity":
            return self.env._(
                "%(given)s: had the case before, and is within the slack of the lowest "
                "of %(count)s eligible (balance %(key)s; lowest %(next)s).",
                **values,
            )
        return self.env._(
            "%(given)s: lowest of %(count)s eligible (balance %(key)s; next %(next)s).",
            **values,
        )

    def _tell_given(self):
        """Return how the employee is spoken of: to themselves, or by name."""
        if self.sudo().employee_id.user_id == self.env.user:
            return self.env._("Given to you")
        return self.env._("Given to %s", self.sudo().employee_id.name)

    def _explain_excluded(self, found):
        if not found.excluded:
            return ""
        words = self._get_exclusion_words()
        return ", ".join(words[code] % count for code, count in found.excluded) + "."

    @api.model
    def _get_exclusion_words(self):
        """Return how many colleagues could not get the case, and why, by reason."""
        return {
            "away": self.env._("%s not on duty"),
            "leaving": self.env._("%s about to go on leave"),
            "skill": self.env._("%s without a skill it needs"),
            "language": self.env._("%s without the language"),
            "clearance": self.env._("%s without the clearance"),
            "recused": self.env._("%s recused"),
            "earlier": self.env._("%s handled it before the review"),
            "objection": self.env._("%s objected to it"),
            "cap": self.env._("%s at the cap"),
        }

    def _explain_manual(self):
        return self.env._(
            "%(given)s by %(user)s, by hand: %(reason)s",
            given=self._tell_given(),
            user=self.sudo().user_id.name or self.env._("the system"),
            reason=self.reason or self.env._("no reason was given."),
        )

    def _explain_other(self):
        points = self._tell_points(self.points)
        reason = self.reason or ""
        sentences = {
            "opening": reason
            or self.env._("Open when the ledger began: counts as open work."),
            "reversal": self.env._("Taken back, with its points. %s", reason),
            "cancellation": self.env._(
                "Left the team: the shares of it were taken back. %s", reason
            ),
            "weight": self.env._("Another service type: %s points.", points),
            "objection": self.env._("Objection upheld: %s points.", points),
            "write_off": self.env._("Debt written off: %s points.", points),
            "finish": self.env._("Finished: no longer open work."),
        }
        return sentences[self.kind].strip()

    @api.model
    def _tell_points(self, milli):
        """Return thousandths as signed points with one digit, in the language."""
        if milli is None:
            return "–"
        points = float_round(abs(milli) / MILLI, precision_digits=1)
        text = formatLang(self.env, points, digits=1)
        return text if not points else f"{'−' if milli < 0 else '+'}{text}"
