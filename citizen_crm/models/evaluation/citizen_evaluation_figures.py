from dataclasses import asdict

from odoo import models

from ...tools.discoveries import discover
from ...tools.funnel import Rules, Standing
from ...tools.funnel_chart import chart
from ...tools.verdict import is_chance, judge
from .citizen_case_fact_figures import BY_DECISION

#: Answers of fewer residents are never told, as on the pages of feedback.
LEAST_ANSWERS = 5
#: Measures that hang on how much there was to do.
BY_LOAD = frozenset({"T1", "T2", "T3"})


class CitizenEvaluationCycle(models.Model):
    """What the facts of a period say of each person in it."""

    _inherit = "citizen.evaluation.cycle"

    def _get_rules(self):
        """Return the thresholds as announced."""
        return Rules(**(self.settings or {}))

    def _measure(self):
        """Return dict ``code -> Measured`` of the whole department, as superuser."""
        self.ensure_one()
        codes = self.measure_ids.mapped("code")
        facts = self.env["citizen.case.fact"].sudo()
        measured = facts._measure(
            self.date_from,
            self.date_to,
            self.department_id,
            measures=codes,
            rules=self._get_rules(),
        )
        return {code: measured[code] for code in codes if code in measured}

    def _judge(self, employee, overloaded, sides):
        """Return dict ``code -> figures`` of an employee, ready for JSON.

        :param overloaded: the employee had too much to do for times to be judged
        :param sides: dict code -> side of the period before
        """
        measured, rules = self._measure(), self._get_rules()
        found = discover(
            {
                (code, person): standing.p if not standing.gate else None
                for code, one in measured.items()
                for person, standing in one.people.items()
            }
        )
        figures = {}
        for code, one in measured.items():
            standing = one.people.get(employee.id) or self._get_nothing(employee)
            verdict = judge(
                standing,
                previous_side=sides.get(code),
                bh_significant=(code, employee.id) in found,
                overloaded=overloaded and code in BY_LOAD,
                suspended=one.suspended,
                rules=rules,
            )
            figures[code] = {
                "counts": self._count(standing),
                "standing": asdict(standing),
                "verdict": asdict(verdict),
                "department": self._tell_department(one, rules),
                "funnel": self._get_funnel(one, employee, verdict),
            }
            if code in BY_DECISION:
                self._hide_answers(figures[code], employee)
        return figures

    def _count(self, standing):
        """Return cases and events: all of them, where the kinds of cases tell it."""
        if standing.strata:
            return [standing.n, sum(row.x for row in standing.strata)]
        return [standing.counted_n, standing.observed]

    def _hide_answers(self, figures, employee):
        """Leave out what would tell how a single resident answered.

        Of fewer than ``LEAST_ANSWERS`` there are no figures at all.
        """
        standing, whole = figures["standing"], figures["department"]
        if min(standing["n"], whole["n"] - standing["n"]) < LEAST_ANSWERS:
            whole["observed"] = whole["expected"] = None
        if standing["counted_n"] < LEAST_ANSWERS:
            figures["counts"] = [standing["n"], None]
            figures["standing"] = asdict(self._get_nothing(employee))
            numbers = figures["verdict"]["numbers"]
            hidden = {"observed": None, "expected": None}
            figures["verdict"] = {
                "word": "too_few",
                "rule": "few_answers",
                "numbers": {**numbers, **hidden},
            }

    def _get_nothing(self, employee):
        """Return how somebody stands who has had no case."""
        return Standing(
            employee.id, 0, 0, None, 0, 0.0, None, 0.0, None, None, None, None,
            gate="no_cases",
        )  # fmt: skip

    def _tell_department(self, measured, rules):
        """Return what is said of all people together."""
        whole = asdict(measured)
        del whole["people"]
        return {**whole, "is_chance": is_chance(measured, rules)}

    def _get_funnel(self, measured, employee, verdict):
        """Return dots and limits; the words come when it is shown."""
        texts = {"sentence": "", "table": (), "x_label": "", "y_label": ""}
        return chart(measured, employee.id, verdict.word, **texts)


class CitizenEvaluation(models.Model):
    """Figures of one employee: computed when asked for, or read from the seal."""

    _inherit = "citizen.evaluation"

    def _get_figures(self):
        """Return dict ``code -> figures``, as superuser; from the seal once published.

        Before the data check nothing is judged: the figures are counts alone.
        """
        self.ensure_one()
        record = self.sudo()
        sealed = record._get_sealed()
        if sealed:
            return {line["code"]: line for line in sealed.get("lines", [])}
        context = record._get_context()
        figures = record.cycle_id._judge(
            record.employee_id, context["is_overloaded"], record._get_earlier_sides()
        )
        for line in record.line_ids:
            figures.setdefault(line.code, {})
        return figures

    def _get_sealed(self):
        """Return the content of the last sealed version; empty before publication."""
        version = self.sudo().version_ids.sorted("number")[-1:]
        return version._get_content() if version else {}

    def _get_context(self):
        """Return the workload context, JSON-able, with ``is_overloaded``."""
        sealed = self._get_sealed()
        if sealed:
            return sealed["context"]
        facts = self.env["citizen.case.fact"].sudo()
        record = self.sudo()
        context = facts._get_context(
            record.employee_id, record.date_from, record.date_to
        )
        return {"is_overloaded": False, **context}

    def _get_earlier_sides(self):
        """Return dict code -> side in the last published period before this one."""
        earlier = self.sudo().search(
            [
                ("employee_id", "=", self.employee_id.id),
                ("date_to", "<", self.date_from),
                ("state", "in", ("published", "appealed", "closed")),
            ],
            order="date_to desc",
            limit=1,
        )
        lines = earlier._get_sealed().get("lines", []) if earlier else []
        return {line["code"]: line["standing"]["side"] for line in lines}
