import json

from odoo import models

from ...tools.snapshot import seal

#: Of the layout of the record, for whoever reads it years later.
FORMAT = 1


class CitizenEvaluationVersion(models.Model):
    """What is sealed: plain values and names as of then, nothing of a resident."""

    _inherit = "citizen.evaluation.version"

    def _get_content(self):
        """Return the sealed record as plain values, as superuser."""
        self.ensure_one()
        return json.loads(self.sudo().content)

    def _seal(self, evaluation, kind, **changes):
        """Seal an evaluation as it is now, all of it as superuser.

        :param changes: parts that differ from the version before
        """
        before = evaluation.version_ids.sorted("number")[-1:]
        number = before.number + 1
        # Figures are those of the seal before, if there is one.
        parts = before._get_content() if before else self._collect(evaluation)
        now = self._get_now()
        content = {
            **parts,
            **changes,
            "format": FORMAT,
            "version": number,
            "kind": kind,
            "previous": before.digest or None,
            "sealed_at": now.isoformat(),
            "sealed_by": self.env.user.name,
        }
        text, digest = seal(content)
        return self.create(
            {
                "evaluation_id": evaluation.id,
                "number": number,
                "kind": kind,
                "content": text,
                "digest": digest,
                "sealed_at": now,
                "sealed_by_name": self.env.user.name,
            }
        )

    def _seal_decision(self, appeal):
        """Seal the record anew with the decision on an appeal."""
        evaluation, changes = (
            appeal.evaluation_id,
            {"appeal": self._tell_appeal(appeal)},
        )
        parts = evaluation.version_ids.sorted("number")[-1:]._get_content()
        if appeal.state == "changed":
            changes["statements"] = [
                *parts["statements"],
                {
                    "kind": "decision",
                    "author": appeal.reviewer_name,
                    "at": appeal.decided_at.isoformat(),
                    "text": appeal.new_conclusion,
                },
            ]
        if appeal.state == "annulled":
            sentence = evaluation.env._("Annulled: nothing follows from it.")
            changes["lines"] = [
                {**line, "word": "annulled", "sentence": sentence}
                for line in parts["lines"]
            ]
        return self._seal(evaluation, appeal.state, **changes)

    # ---------------------------------------------------------------- contents
    def _collect(self, evaluation, lang=None):
        """Return all of an evaluation as plain values.

        :param lang: usually that of the employee, who is to read it
        """
        lang = lang or evaluation.employee_id.user_id.lang or self.env.lang
        told = evaluation.with_context(lang=lang)
        return {
            "employee": told.employee_name,
            "manager": told.manager_name or "",
            "department": told.department_name,
            "cycle": self._tell_cycle(told.cycle_id),
            "context": told._get_context(),
            "lines": self._tell_lines(told),
            "statements": self._tell_statements(told.statement_ids),
            "claims": [self._tell_claim(claim) for claim in told.claim_ids],
            "appeal": None,
        }

    def _tell_cycle(self, cycle):
        limits = ("check", "claim", "self", "manager", "share", "appeal")
        return {
            "name": cycle.name,
            "from": cycle.date_from.isoformat(),
            "to": cycle.date_to.isoformat(),
            "coordinator": cycle.coordinator_id.name or "",
            "steward": cycle.steward_id.name or "",
            "settings": cycle.settings or {},
            "wait_days": cycle.wait_days,
            "working_days": {name: cycle[f"{name}_days"] for name in limits},
        }

    def _tell_lines(self, evaluation):
        lines = []
        for line in evaluation.line_ids:
            # Of all evaluations that are sealed together these are computed at once.
            own = line.figures
            word, sentence = line._say_verdict(own)
            said = line.said or {}
            lines.append(
                {
                    **own,
                    "code": line.code,
                    "measure": line._tell_measure(),
                    "word": word,
                    "sentence": sentence,
                    "strata": line._tell_strata(own["standing"]),
                    "cases": line._tell_cases(),
                    "cause": said.get("cause") or None,
                    "explanation": said.get("explanation") or None,
                }
            )
        return lines

    def _tell_statements(self, statements):
        """Return what has been submitted; a draft is nobody else's."""
        return [
            {
                "kind": statement.kind,
                "author": statement.author_name,
                "at": statement.submitted_at.isoformat(),
                "text": statement.text,
            }
            for statement in statements
            if statement.state == "submitted"
        ]

    def _tell_claim(self, claim):
        return {
            "case": claim.case_number or "",
            "kind": claim.kind,
            "text": claim.text,
            "state": claim.state,
            "decision": claim.decision or None,
            "decided_by": claim.decided_by_name or None,
            "decided_at": claim.decided_at.isoformat() if claim.decided_at else None,
        }

    def _tell_appeal(self, appeal):
        return {
            "text": appeal.text,
            "filed_at": appeal.filed_at.isoformat(),
            "state": appeal.state,
            "reasons": appeal.reasons,
            "reviewer": appeal.reviewer_name,
            "decided_at": appeal.decided_at.isoformat(),
        }
