from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.erasure import CaseFacts, verdict
from ...tools.evaluation_life import ENDED
from ..privacy.eraser import Eraser
from .res_company import LEAST_MONTHS

#: The setting of the company.
MONTHS = "evaluation_retention_months"
#: No month is shorter; what ended later than so many of them cannot be due.
SHORTEST_MONTH = timedelta(days=28)


class CitizenEvaluation(models.Model):
    """Letting go of evaluations whose retention is over; nothing else deletes one."""

    _inherit = "citizen.evaluation"

    @api.model
    def _find_ended(self):
        """Return dict ``cycle -> rows`` of evaluations that are due or held.

        :return: rows are values of ``citizen.erasure.line``
        """
        now = fields.Datetime.now()
        ended = self.search(
            [
                ("state", "in", list(ENDED)),
                ("since", "<", now - LEAST_MONTHS * SHORTEST_MONTH),
                ("id", "not in", self._get_listed_ids()),
            ],
            order="id",
        )
        found = {}
        for evaluation, facts in ended._get_erasure_facts().items():
            state = verdict(facts, now)
            if state in ("due", "held"):
                row = {
                    "evaluation_id": evaluation.id,
                    "closed_on": facts.closed,
                    "months": facts.months,
                    "state": state,
                }
                found.setdefault(evaluation.cycle_id, []).append(row)
        return found

    @api.model
    def _get_listed_ids(self):
        """Return the evaluations that wait on a list that is not at its end."""
        lines = self.env["citizen.erasure.line"].search_fetch(
            [
                ("evaluation_id", "!=", False),
                ("state", "=", "due"),
                ("run_id.state", "in", ("draft", "proposed", "approved")),
            ],
            ["evaluation_id"],
        )
        return lines.evaluation_id.ids

    def _get_erasure_facts(self):
        """Return dict ``evaluation -> CaseFacts``, all that the decision looks at."""
        holds = self.env["citizen.legal.hold"].search([("is_current", "=", True)])
        facts = {}
        for one in self:
            employee = one.employee_id.with_context(active_test=False)
            people = employee.user_id.partner_id | employee.work_contact_id
            facts[one] = CaseFacts(
                is_open=one.state not in ENDED,
                closed=one.since,
                months=one.cycle_id.company_id[MONTHS],
                is_held=bool(
                    people & holds.partner_id or one.cycle_id & holds.cycle_ids
                ),
            )
        return facts

    def _lock_due(self):
        """Lock evaluations and decide once more; return those that are still due."""
        self.env.cr.execute(
            SQL(
                "SELECT id FROM citizen_evaluation WHERE id = ANY(%s) ORDER BY id"
                " FOR UPDATE",
                self.ids,
            )
        )
        now = fields.Datetime.now()
        facts = self._get_erasure_facts()
        return self.filtered(lambda one: verdict(facts[one], now) == "due")

    def _delete_for_good(self, run):
        """Delete evaluations with all that belongs to them, and prove it.

        What stays is the hash, so that whoever has the text can still show what it was.

        :param run: the approved ``citizen.erasure``
        """
        kept = {one.id: one._tell_kept() for one in self}
        eraser = Eraser(self.env)
        eraser.add(self._name, {one.id: one.id for one in self})
        counts = eraser.delete()
        rows = run._prepare_proofs(
            (f"evaluation {number}", False, counts[number]) for number in kept
        )
        self.env["citizen.erasure.proof"]._enter(
            [
                {**row, "kept": told}
                for row, told in zip(rows, kept.values(), strict=True)
            ]
        )

    def _tell_kept(self):
        """Return what the proof keeps: hashes, cycle and dates, and no name."""
        return {
            "cycle": self.cycle_id.name,
            "from": self.date_from.isoformat(),
            "to": self.date_to.isoformat(),
            "ended": self.since.isoformat(),
            "sha256": self.version_ids.sorted("number").mapped("digest"),
        }


class CitizenErasureProof(models.Model):
    """What the proof of a deleted evaluation keeps, as people read it."""

    _inherit = "citizen.erasure.proof"

    kept_text = fields.Text(
        string="Stays Known",
        compute="_compute_kept_text",
        help="What of it may still be proven, without saying anything of the person.",
    )

    @api.depends("kept")
    @api.depends_context("lang")
    def _compute_kept_text(self):
        _ = self.env._
        for proof in self:
            kept = proof.kept
            proof.kept_text = kept and "\n".join(
                [
                    _(
                        "Evaluation cycle %(name)s, from %(start)s to %(end)s",
                        name=kept["cycle"],
                        start=kept["from"],
                        end=kept["to"],
                    ),
                    *(
                        _("SHA-256 of version %(number)s: %(digest)s", **one)
                        for one in self._number(kept["sha256"])
                    ),
                ]
            )

    @staticmethod
    def _number(digests):
        return [
            {"number": number, "digest": digest}
            for number, digest in enumerate(digests, start=1)
        ]
