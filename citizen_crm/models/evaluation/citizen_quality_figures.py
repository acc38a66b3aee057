from dataclasses import asdict, replace

from odoo import models
from odoo.tools import SQL

from ...tools.discoveries import discover
from ...tools.funnel_chart import chart
from ...tools.quality import Scored, agree, review
from ...tools.verdict import judge
from .citizen_measure import QUALITY

#: The words of a picture come when it is shown.
NO_TEXTS = {"sentence": "", "table": (), "x_label": "", "y_label": ""}

#: The findings that count: of each case those of its first review that was handed in.
SCORED = """
    SELECT DISTINCT ON (review.fact_id)
           fact.handler_id, fact.category_id,
           count(*) FILTER (WHERE score.verdict IN ('met', 'not_met')),
           count(*) FILTER (WHERE score.verdict = 'met')
      FROM citizen_quality_review AS review
      JOIN citizen_quality_sample AS sample ON sample.id = review.sample_id
      JOIN citizen_case_fact AS fact ON fact.id = review.fact_id
      JOIN citizen_quality_score AS score ON score.review_id = review.id
     WHERE sample.cycle_id = %(cycle)s AND review.state = 'done'
       AND review.excluded IS NOT TRUE AND fact.excluded IS NOT TRUE
  GROUP BY review.fact_id, review.place, fact.handler_id, fact.category_id
  ORDER BY review.fact_id, review.place
"""
#: What two reviewers of the same case found. Objections change nothing here: whether
#: reviewers agree is not a question of whose case it was.
PAIRS = """
    SELECT one.verdict, other.verdict
      FROM citizen_quality_review AS first
      JOIN citizen_quality_sample AS sample ON sample.id = first.sample_id
      JOIN citizen_quality_review AS second
        ON second.fact_id = first.fact_id AND second.sample_id = first.sample_id
       AND second.place > first.place
      JOIN citizen_quality_score AS one ON one.review_id = first.id
      JOIN citizen_quality_score AS other
        ON other.review_id = second.id AND other.criterion_id = one.criterion_id
     WHERE sample.cycle_id = %(cycle)s
       AND first.state = 'done' AND second.state = 'done'
"""


class CitizenEvaluationCycle(models.Model):
    """The quality review as a measure of its own, beside those that facts tell."""

    _inherit = "citizen.evaluation.cycle"

    def _get_reviewed(self):
        """Return the agreement and the sample of ``tools.quality``, as superuser."""
        self.ensure_one()
        for model in ("review", "score"):
            self.env[f"citizen.quality.{model}"].flush_model()
        self.env["citizen.case.fact"].flush_model(["excluded"])
        values = {"cycle": self.id}
        agreement = agree(self.env.execute_query(SQL(PAIRS, **values)))
        stratum = (self.department_id.id, f"{self.date_from}/{self.date_to}")
        cases = [
            Scored(person, (*stratum, kind), n, x)
            for person, kind, n, x in self.env.execute_query(SQL(SCORED, **values))
        ]
        return agreement, review(cases, self._get_rules())

    def _judge(self, evaluations):
        """Add what may be said of the quality review, by its own thresholds."""
        figures = super()._judge(evaluations)
        if not self._is_reviewed():
            return figures
        found, sides = self._get_reviewed(), evaluations._get_earlier_sides()
        for one in evaluations:
            own = self._judge_quality(one.employee_id, sides[one.id], *found)
            figures[one.id][QUALITY] = own
        return figures

    def _judge_quality(self, employee, sides, agreement, reviewed):
        """Return the figures of an employee; without agreement of nobody.

        :param sides: dict code -> side of the period before
        """
        measured, share = reviewed.measured, reviewed.shares.get(employee.id)
        standing = measured.people.get(employee.id) or self._get_nothing(employee)
        verdict = judge(
            standing,
            previous_side=sides.get(QUALITY),
            bh_significant=employee.id in self._find_outstanding(measured),
            suspended=measured.suspended,
            rules=reviewed.rules,
        )
        told = asdict(share) if share else {"cases": 0}
        counts = [standing.n, share.x if share else 0]
        if share and not agreement.reliable:
            standing = self._get_nothing(employee)
            verdict = judge(standing, rules=reviewed.rules)
            verdict = replace(verdict, word="suspended", rule="agreement")
            told, counts = {"cases": share.cases}, [0, None]
        return {
            "counts": counts,
            "standing": asdict(standing),
            "verdict": asdict(verdict),
            "department": self._tell_reviewed(reviewed),
            "funnel": chart(measured, employee.id, verdict.word, **NO_TEXTS),
            "quality": {
                **told,
                "effect": reviewed.effect,
                "agreement": asdict(agreement),
                "team": reviewed.team and asdict(reviewed.team),
            },
        }

    def _find_outstanding(self, measured):
        """Return who stands out of all people.

        Each measure of the cycle gets the same part of what may stand out by chance.
        """
        parts = len(self.measure_ids)
        return discover(
            {
                person: min(1.0, standing.p * parts)
                for person, standing in measured.people.items()
                if standing.p is not None and not standing.gate
            }
        )

    def _tell_reviewed(self, reviewed):
        """Return what is said of all people together, if they are enough."""
        whole = self._tell_department(reviewed.measured, reviewed.rules)
        if not reviewed.team:
            # Whoever knows the own figure would know that of a few colleagues.
            whole = {**whole, "observed": None, "expected": None}
        return whole
