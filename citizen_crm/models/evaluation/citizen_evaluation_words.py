from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from .citizen_case_fact_speed import SPEED
from .citizen_evaluation_figures import LEAST_ANSWERS

#: Parts of a stratum behind department and period, as fields of the facts.
KIND_PARTS = ("category_id", "priority", "channel_id", "decision")


class CitizenEvaluationLine(models.Model):
    """Verdicts in sentences, and the tables behind them.

    Words are made from figures alone. Once published both come from the seal, so a
    record reads as it did whatever becomes of people, types and translations.
    """

    _inherit = "citizen.evaluation.line"

    def _get_words(self, figures):
        """Return the word of a line and its sentence.

        :param figures: of ``_judge``, or a line of a sealed record
        """
        if not figures:
            return "too_few", self.env._("Nothing is counted yet.")
        if "word" in figures:
            return figures["word"], figures["sentence"]
        return self._say_verdict(figures)

    def _get_tables(self, figures):
        """Return the kinds of cases and the cases behind figures, as HTML."""
        if "strata" in figures:
            strata, cases = figures["strata"], figures["cases"]
            name = figures["measure"]["name"]
        else:
            strata = self._tell_strata(figures["standing"])
            cases, name = self._tell_cases(), self.measure_id.name
        return self._draw_strata(strata), self._draw_cases(cases, name)

    def _get_funnel(self, figures):
        """Return the funnel of figures with its words, for the field of the form."""
        _, standing = self.env._, figures["standing"]
        ratio, observed = standing["ratio"] or 0, str(standing["observed"])
        return {
            **figures["funnel"],
            "sentence": self.sentence,
            "x_label": _("Expected number, as precise as it is known"),
            "y_label": _("Observed for each expected"),
            "legend": {"own": self.evaluation_id.employee_name},
            "table": [
                [_("Cases"), str(standing["counted_n"])],
                [_("Observed"), observed],
                [_("Expected"), self._round(standing["expected"])],
                [_("Observed for each expected"), f"{ratio:.2f}"],
            ],
        }

    def _say_verdict(self, figures):
        """Return the word and the sentence for figures; before the check, counts."""
        verdict, (n, x) = figures["verdict"], figures["counts"]
        if verdict["rule"] == "few_answers":
            return verdict["word"], self.env._(
                "Not enough cases to judge: fewer than %s residents have answered, and "
                "what so few say is told to nobody.",
                LEAST_ANSWERS,
            )
        if self.evaluation_id.state in ("planned", "collecting"):
            return "so_far", self.env._(
                "So far %(n)s cases count, %(x)s of them with this. Nothing is judged "
                "yet.",
                n=n,
                x=x,
            )
        return verdict["word"], self._say_word(verdict)

    def _say_word(self, verdict):
        """Return the sentence for a verdict of ``tools/verdict.py``."""
        rules = self._get_rule_sentences(verdict["numbers"])
        if verdict["rule"] in rules:
            return rules[verdict["rule"]]
        if self.code == SPEED:
            return self._get_speed_sentences(verdict["numbers"])[verdict["word"]]
        return self._get_judged_sentences(verdict["numbers"])[verdict["word"]]

    def _get_rule_sentences(self, numbers):
        """Return what is said where a rule forbids more, by rule."""
        _ = self.env._
        few = _(
            "Not enough cases to judge: %(n)s cases, about %(expected)s expected; at "
            "least %(cases)s and %(events)s are needed.",
            n=numbers["counted_n"],
            expected=self._round(numbers["expected"]),
            cases=numbers["needed_cases"],
            events=self._round(numbers["needed_events"]),
        )
        return {
            "no_cases": _("Not enough cases to judge: none in this period."),
            "cases": few,
            "events": few,
            "non_events": _(
                "Not enough cases to judge: of %(n)s cases hardly any is expected "
                "without it, about %(rest)s; at least %(events)s are needed.",
                n=numbers["counted_n"],
                rest=self._round(numbers["counted_n"] - numbers["expected"]),
                events=self._round(numbers["needed_events"]),
            ),
            "coverage": _(
                "Not comparable: colleagues had cases of the same kinds for %(share)s "
                "of these; at least %(needed)s are needed.",
                share=self._percent(numbers["coverage"]),
                needed=self._percent(numbers["needed_coverage"]),
            ),
            "own_share": _(
                "Not comparable: most cases of these kinds are this person's own, so "
                "there is hardly anybody to compare with."
            ),
            "dispersion": _(
                "Not judged: people differ more in this measure than the kinds of "
                "cases explain, so it says nothing of anybody."
            ),
            "load": _(
                "Overloaded: not judged. In more than a quarter of the weeks there was "
                "clearly more to do than a fair share."
            ),
        }

    def _get_judged_sentences(self, numbers):
        """Return what is said where something may be said, by word."""
        _ = self.env._
        told = {
            "x": numbers["observed"],
            "n": numbers["counted_n"],
            "expected": self._round(numbers["expected"]),
        }
        return {
            "within": _(
                "As expected: %(x)s of %(n)s cases; about %(expected)s would be "
                "expected of these kinds of cases.",
                **told,
            ),
            "near_edge": _(
                "Near the edge: %(x)s of %(n)s cases; about %(expected)s would be "
                "expected of these kinds of cases. It may well be chance.",
                **told,
            ),
            "outside": _(
                "Different from expected: %(x)s of %(n)s cases; about %(expected)s "
                "would be expected of these kinds of cases. Find out why.",
                **told,
            ),
        }

    def _get_speed_sentences(self, numbers):
        """Return the same of speed: more may have been closed than there were cases."""
        _ = self.env._
        told = {
            "x": numbers["observed"],
            "n": numbers["counted_n"],
            "expected": self._round(numbers["expected"]),
        }
        return {
            "within": _(
                "As expected: %(x)s of %(n)s cases closed, where about %(expected)s "
                "would be expected in so many hours at the pace of colleagues.",
                **told,
            ),
            "near_edge": _(
                "Near the edge: %(x)s of %(n)s cases closed, where about %(expected)s "
                "would be expected in so many hours at the pace of colleagues. It may "
                "well be chance.",
                **told,
            ),
            "outside": _(
                "Different from expected: %(x)s of %(n)s cases closed, where about "
                "%(expected)s would be expected in so many hours at the pace of "
                "colleagues. Find out why.",
                **told,
            ),
        }

    @staticmethod
    def _round(value):
        """Return a number as people say it: whole from 3 on, else with one decimal."""
        return f"{value:.0f}" if value >= 3 else f"{value:.1f}".removesuffix(".0")

    @staticmethod
    def _percent(share):
        return f"{100 * (share or 0):.0f} %"

    # ------------------------------------------------------------------ tables
    def _tell_strata(self, standing):
        """Return the strata of a standing as plain values, kinds in words."""
        return [
            {
                "kind": self._name_stratum(row["stratum"]),
                "n": row["n"],
                "x": row["x"],
                "total_n": row["total_n"],
                "total_x": row["total_x"],
                "expected": row["expected"],
                "comparable": row["comparable"],
            }
            for row in standing["strata"]
        ]

    def _name_stratum(self, stratum):
        """Return the kind of case in words: type, priority, channel, decision."""
        facts = self.env["citizen.case.fact"].sudo()
        names = []
        for field, part in zip(KIND_PARTS, stratum[2:], strict=False):
            if part is None:
                # Pooled: whatever of it was too rare to be a kind of its own.
                return " · ".join([*names, self.env._("all other kinds")])
            if field.endswith("_id"):
                names.append(facts[field].browse(part).display_name)
            else:
                options = dict(facts._fields[field]._description_selection(self.env))
                names.append(options.get(part, part))
        return " · ".join(names)

    def _tell_cases(self):
        """Return the cases behind the figure as plain values: no resident, no text."""
        evaluation = self.evaluation_id.sudo()
        company = evaluation.cycle_id.company_id
        facts = (
            self.env["citizen.case.fact"]
            .sudo()
            ._get_facts_behind(
                evaluation.employee_id,
                evaluation.date_from,
                evaluation.date_to,
                self.code,
            )
        )
        return [
            {
                "number": number or "",
                "counted_on": company._get_city_day(fact.closed_on).isoformat(),
                "event": event,
                **self._tell_hours(fact),
            }
            for fact, (number, event) in zip(
                facts, facts._get_events(self.code), strict=True
            )
        ]

    def _draw_strata(self, rows):
        _ = self.env._
        head = (_("Kind of case"), _("Own cases"), _("Of these"), _("Expected"))
        return self._draw_table(
            (*head, _("All cases"), _("Of these")),
            (
                (
                    self._mark(row),
                    row["n"],
                    row["x"],
                    self._round(row["expected"]),
                    row["total_n"],
                    row["total_x"],
                )
                for row in rows
            ),
        )

    @staticmethod
    def _mark(row):
        """Return a kind of case, in brackets if it is not compared."""
        return row["kind"] if row["comparable"] else f"({row['kind']})"

    def _draw_cases(self, rows, measured):
        _ = self.env._
        # Who said what of how they were treated stays with the person.
        said = {True: _("Yes"), False: _("No"), None: _("not shown")}
        return self._draw_table(
            (_("Case"), _("Counted On"), measured),
            (
                (
                    row["number"] or _("(confidential)"),
                    format_date(self.env, row["counted_on"]),
                    self._say_hours(row) or said[row["event"]],
                )
                for row in rows
            ),
        )

    @staticmethod
    def _draw_table(head, rows):
        """Return a table as HTML; everything in it is escaped."""
        cells = Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(Markup("<td>%s</td>") % cell for cell in row)
            for row in rows
        )
        titles = Markup("").join(Markup("<th>%s</th>") % title for title in head)
        return Markup(
            '<table class="table table-sm o_citizen_figures"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (titles, cells)


class CitizenEvaluation(models.Model):
    """The workload in words; it stands above the measures and is none."""

    _inherit = "citizen.evaluation"

    def _tell_context(self):
        """Return the workload as a few sentences."""
        context = self._get_context()
        return "\n".join([*self._tell_ledger(context), self._tell_counted(context)])

    def _tell_ledger(self, context):
        """Return what the duty ledger says of the workload, a sentence a line."""
        _ = self.env._
        if context["cases"] and not (context["assigned"] or context["finished"]):
            return [
                _(
                    "The team had no duty ledger in this period, so nothing is known "
                    "of the workload."
                )
            ]
        lines = [
            _(
                "Given %(assigned)s cases, finished %(finished)s: %(points)s effort "
                "points.",
                assigned=context["assigned"],
                finished=context["finished"],
                points=round(context["points"], 1),
            )
        ]
        if context["available_days"]:
            lines.append(
                _(
                    "At work on %(days)s days without leave, %(rate)s points a day.",
                    days=round(context["available_days"], 1),
                    rate=round(context["points_per_day"], 2),
                )
            )
        if context["load_ratio"] is not None:
            lines.append(
                _(
                    "Open work was %(ratio)s times a fair part of the team's on "
                    "average, and clearly too much in %(over)s of %(weeks)s weeks.",
                    ratio=round(context["load_ratio"], 2),
                    over=context["overloaded_weeks"],
                    weeks=context["weeks"],
                )
            )
        return lines

    def _tell_counted(self, context):
        """Return how many cases count, in a sentence."""
        return self.env._(
            "Of %(cases)s cases %(counted)s count for the person; left out after an "
            "objection: %(excluded)s.",
            cases=context["cases"],
            counted=context["counted"],
            excluded=context["excluded"],
        )
