from dataclasses import asdict, dataclass, replace

from odoo import api, fields, models

from ...tools.discoveries import discover
from ...tools.funnel import Measured, Rules, Standing, measure, take_tau2
from ...tools.funnel_chart import chart
from ...tools.geometric import Pace
from ...tools.nonresponse import Answers, weigh_answers
from ...tools.verdict import GATE_WORDS, is_chance, judge
from .citizen_case_fact_figures import BY_DECISION
from .citizen_case_fact_times import TIMES

#: Answers of fewer residents are never told, as on the pages of feedback.
LEAST_ANSWERS = 5
#: Measures that hang on how much there was to do.
BY_LOAD = frozenset({"T1", "T2", "T3"})
#: The words of a picture come when it is shown.
NO_TEXTS = {"sentence": "", "table": (), "x_label": "", "y_label": ""}


@dataclass(frozen=True)
class Whole:
    """What is measured of a department at once, by code and by employee id.

    :param discoveries: pairs of code and employee who stand out among all
    """

    measured: dict[str, Measured]
    paces: dict[int, Pace]
    answers: dict[int, Answers]
    discoveries: set[tuple[str, int]]


class CitizenEvaluationCycle(models.Model):
    """What the facts of a period say of each person in it.

    Figures of anybody stand on all of the department, so it is measured once for as
    many evaluations as are asked for together. How much people of the whole city differ
    is taken once a cycle and stays (``_freeze_city``).
    """

    _inherit = "citizen.evaluation.cycle"

    city_tau2 = fields.Json(
        string="Spread of the City",
        readonly=True,
        copy=False,
        help="How much people of the whole city differ in each measure; taken where a "
        "department has too few people to tell.",
    )
    city_frozen_at = fields.Datetime(
        string="City Compared",
        readonly=True,
        copy=False,
        help="When it was taken how much people of the whole city differ; it stays so "
        "for this cycle.",
    )

    def _get_rules(self):
        """Return the thresholds as announced."""
        return Rules(**(self.settings or {}))

    def _measure(self):
        """Return the ``Whole`` of the department, as superuser."""
        self.ensure_one()
        facts, rules = self.env["citizen.case.fact"].sudo(), self._get_rules()
        codes = self.measure_ids.mapped("code")
        period = self.date_from, self.date_to, self.department_id
        found = facts._measure(*period, measures=self.measure_ids, rules=rules)
        if not all(one.is_own_tau2 for one in found.values()):
            city = self._get_city_tau2()
            found = {
                code: take_tau2(one, city.get(code, 0.0)) for code, one in found.items()
            }
        answers = {}
        if BY_DECISION & found.keys():
            answers = facts._weigh_answers(*period, rules=rules)
            for code in BY_DECISION & found.keys():
                found[code] = _mark_unheard(found[code], answers)
        paces = facts._compare_times(*period, rules=rules) if TIMES in codes else {}
        measured = {code: found[code] for code in codes if code in found}
        return Whole(measured, paces, answers, _discover(measured))

    # -------------------------------------------------------------- the city
    def _get_city_tau2(self):
        """Return dict ``code -> tau2`` of the whole city, as it was frozen.

        Empty until data can be checked: before that nothing is judged.
        """
        self.ensure_one()
        if not self.city_frozen_at and self._may_be_checked():
            self._freeze_city()
        return self.city_tau2 or {}

    def _may_be_checked(self):
        """Tell whether the period is over, and the days in which cases come back."""
        day = fields.Date.add(self.date_to, days=self.wait_days + 1)
        return fields.Datetime.now() >= self.company_id._get_start_of_day(day)

    def _freeze_city(self):
        """Take how much people of the whole city differ, and keep it with its date.

        The nightly job takes it when the data of a cycle can be checked, or else
        whoever needs figures first; cycles of one period and with equal thresholds
        share it. Objections that are accepted later, here or elsewhere, do not change
        it: no figure moves by what is decided on the cases of another department.
        """
        facts = self.env["citizen.case.fact"].sudo()
        alike = self.sudo().grouped(
            lambda cycle: (
                cycle.date_from,
                cycle.date_to,
                tuple(sorted(cycle.measure_ids.mapped("code"))),
                cycle._get_rules(),
            )
        )
        for (date_from, date_to, codes, rules), cycles in alike.items():
            tau2 = facts._measure_city(date_from, date_to, codes, rules)
            cycles.write({"city_tau2": tau2, "city_frozen_at": fields.Datetime.now()})

    @api.model
    def _cron_freeze_city(self):
        """Freeze the city for cycles whose data can be checked now."""
        waiting = self.search(
            [
                ("state", "in", ("announced", "running")),
                ("city_frozen_at", "=", False),
            ]
        )
        waiting = waiting.filtered(lambda cycle: cycle._may_be_checked())
        waiting._freeze_city()
        self.env["ir.cron"]._note_done(len(waiting))

    # ------------------------------------------------------------- one person
    def _judge(self, evaluations):
        """Return dict ``evaluation id -> {code: figures}``, ready for JSON.

        :param evaluations: some of this cycle; all stand on one measurement
        """
        whole, sides = self._measure(), evaluations._get_earlier_sides()
        return {
            evaluation.id: self._judge_one(evaluation, whole, sides[evaluation.id])
            for evaluation in evaluations
        }

    def _judge_one(self, evaluation, whole, sides):
        """Return dict ``code -> figures`` of one evaluation.

        :param sides: dict code -> side of the period before
        """
        employee = evaluation.employee_id
        is_overloaded = evaluation._get_context()["is_overloaded"]
        figures = {
            code: self._judge_measure(
                one,
                employee,
                previous_side=sides.get(code),
                bh_significant=(code, employee.id) in whole.discoveries,
                overloaded=is_overloaded and code in BY_LOAD,
            )
            for code, one in whole.measured.items()
        }
        for code in BY_DECISION & figures.keys():
            answers = whole.answers.get(employee.id) or weigh_answers(0, 0, 0)
            self._add_answers(figures[code], answers, employee)
        if TIMES in self.measure_ids.mapped("code"):
            figures[TIMES] = self._show_pace(employee, whole.paces.get(employee.id))
        return figures

    def _judge_measure(self, measured, employee, **known):
        """Return the figures of one measure.

        :param known: what ``tools.verdict.judge`` looks at besides the standing
        """
        rules = self._get_rules()
        standing = measured.people.get(employee.id) or self._get_nothing(employee)
        verdict = judge(standing, suspended=measured.suspended, rules=rules, **known)
        return {
            "counts": self._count(standing),
            "standing": asdict(standing),
            "verdict": asdict(verdict),
            "department": self._tell_department(measured, rules),
            "funnel": chart(measured, employee.id, verdict.word, **NO_TEXTS),
        }

    def _count(self, standing):
        """Return cases and events: all of them, where the kinds of cases tell it."""
        if standing.strata:
            return [standing.n, sum(row.x for row in standing.strata)]
        return [standing.counted_n, standing.observed]

    def _get_nothing(self, employee):
        """Return how somebody stands who has had no case."""
        return Standing(
            employee.id, 0, 0, None, 0, 0.0, None, 0.0, None, None, None, None,
            gate="no_cases",
        )  # fmt: skip

    def _tell_department(self, measured, rules):
        """Return what is said of all people together."""
        whole = asdict(replace(measured, people={}))
        del whole["people"]
        return {**whole, "is_chance": is_chance(measured, rules)}

    # ----------------------------------------------------- residents' answers
    def _add_answers(self, figures, answers, employee):
        """Add who answered, and leave out what tells how a single resident did.

        Of fewer than ``LEAST_ANSWERS`` there are no figures at all.
        """
        standing, whole = figures["standing"], figures["department"]
        figures["answers"] = _tell_answers(answers, standing["counted_n"])
        if min(standing["n"], whole["n"] - standing["n"]) < LEAST_ANSWERS:
            whole["observed"] = whole["expected"] = None
        if standing["counted_n"] < LEAST_ANSWERS:
            few = answers.answered < LEAST_ANSWERS
            figures["counts"] = [standing["n"], None]
            figures["standing"] = asdict(self._get_nothing(employee))
            numbers = figures["verdict"]["numbers"]
            hidden = {"observed": None, "expected": None}
            figures["verdict"] = {
                "word": "too_few",
                "rule": "few_answers" if few else "answers",
                "numbers": {**numbers, **hidden},
            }

    # ------------------------------------------------------------ typical time
    def _show_pace(self, employee, pace):
        """Return the figures of a measure that is shown and not judged.

        They have the parts of all figures, so that whoever reads them need not know.
        """
        pace = pace or Pace(employee.id, 0, 0, None, None, "no_cases")
        rules, coverage = self._get_rules(), pace.n and pace.counted_n / pace.n
        standing = replace(
            self._get_nothing(employee),
            n=pace.n,
            counted_n=pace.counted_n,
            coverage=coverage,
            gate=pace.gate,
        )
        nobody = measure((), good="low")
        return {
            "counts": [pace.n, None],
            "standing": asdict(standing),
            "pace": asdict(pace),
            "verdict": {
                "word": GATE_WORDS.get(pace.gate, "shown"),
                "rule": pace.gate,
                "numbers": {
                    "n": pace.n,
                    "counted_n": pace.counted_n,
                    "coverage": coverage,
                    "expected": 0.0,
                    "needed_cases": rules.min_cases,
                    "needed_events": rules.min_events,
                    "needed_coverage": rules.min_coverage,
                },
            },
            "department": self._tell_department(nobody, rules),
            "funnel": chart(nobody, employee.id, "", **NO_TEXTS),
        }


def _discover(measured):
    """Return pairs of code and employee who stand out among all that are judged."""
    return discover(
        {
            (code, person): standing.p if not standing.gate else None
            for code, one in measured.items()
            for person, standing in one.people.items()
        }
    )


def _mark_unheard(measured, answers):
    """Return the same, with a gate for whom too few residents have answered."""
    people = {
        person: replace(one, gate=one.gate or answers[person].gate)
        for person, one in measured.people.items()
    }
    return replace(measured, people=people)


def _tell_answers(answers, counted_n):
    """Return what is told of the answers; of few not what they say.

    :param counted_n: how many of them the figures stand on; what the others said could
        be made out where these are few
    """
    told = asdict(answers)
    del told["gate"]
    others = answers.answered - counted_n
    is_rest_known = counted_n >= LEAST_ANSWERS and 0 < others < LEAST_ANSWERS
    if answers.answered < LEAST_ANSWERS or is_rest_known:
        told |= dict.fromkeys(("positive", "share", "limits_95", "bounds"))
    return told


class CitizenEvaluation(models.Model):
    """Figures of one employee: computed when asked for, or read from the seal."""

    _inherit = "citizen.evaluation"

    def _get_figures(self):
        """Return dict ``evaluation id -> {code: figures}``, as superuser.

        From the seal once published; of all others of a cycle by one measurement.
        """
        sealed = {evaluation: evaluation._get_sealed() for evaluation in self.sudo()}
        figures = {
            evaluation.id: {line["code"]: line for line in content.get("lines", [])}
            for evaluation, content in sealed.items()
        }
        unsealed = self.sudo().filtered(lambda evaluation: not sealed[evaluation])
        for cycle, evaluations in unsealed.grouped("cycle_id").items():
            figures |= cycle._judge(evaluations)
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
        """Return dict ``evaluation id -> {code: side}`` of the last period before it.

        The last published one of the same employee; no sides where there is none.
        """
        if not self:
            return {}
        known = self.sudo().search(
            [
                ("employee_id", "in", self.sudo().employee_id.ids),
                ("date_to", "<", max(self.sudo().mapped("date_from"))),
                ("state", "in", ("published", "appealed", "closed")),
            ],
            order="date_to desc",
        )
        by_employee = known.grouped("employee_id")
        sides = {}
        for evaluation in self.sudo():
            begun = evaluation.date_from
            earlier = by_employee.get(evaluation.employee_id, known.browse())
            last = earlier.filtered(lambda other, end=begun: other.date_to < end)[:1]
            lines = last._get_sealed().get("lines", [])
            sides[evaluation.id] = {
                line["code"]: line["standing"]["side"] for line in lines
            }
        return sides
