from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from .citizen_measure import QUALITY


class CitizenEvaluationLine(models.Model):
    """What the quality review says, in a sentence, and the cases behind it."""

    _inherit = "citizen.evaluation.line"

    def _say_verdict(self, figures):
        if self.code != QUALITY:
            return super()._say_verdict(figures)
        verdict, quality = figures["verdict"], figures["quality"]
        if not quality["cases"]:
            word = "too_few" if self._is_judged() else "so_far"
            return word, self.env._("No case of this person has been reviewed.")
        if not self._is_judged():
            return "so_far", self.env._(
                "So far %s cases were reviewed. Nothing is judged yet.",
                quality["cases"],
            )
        if verdict["rule"] == "agreement":
            return verdict["word"], self._say_disagreement(quality)
        return verdict["word"], self._say_quality(verdict, quality)

    def _is_judged(self):
        return self.evaluation_id.state not in ("planned", "collecting")

    def _say_disagreement(self, quality):
        """Return the sentence where reviewers found too different things."""
        _, team = self.env._, quality["team"]
        text = _(
            "Not told of people: where two reviewers scored the same case, they did "
            "not agree enough."
        )
        if not team:
            return text
        return _(
            "%(text)s All together %(share)s of the criteria were met.",
            text=text,
            share=self._percent(team["share"]),
        )

    def _say_quality(self, verdict, quality):
        """Return the sentence for a share of criteria met."""
        _, numbers = self.env._, verdict["numbers"]
        told = self._tell_share(quality)
        counted = numbers["counted_n"] or 1
        told["expected"] = self._percent(numbers["expected"] / counted)
        few = _(
            "Not enough to judge: %(met)s of %(criteria)s criteria met in %(cases)s "
            "reviewed cases; %(needed)s criteria are needed, with %(events)s expected "
            "either way.",
            **told,
            needed=numbers["needed_cases"],
            events=self._round(numbers["needed_events"]),
        )
        sentences = {
            **self._get_rule_sentences(numbers),
            **dict.fromkeys(("no_cases", "cases", "events", "non_events"), few),
        }
        if verdict["rule"] in sentences:
            return sentences[verdict["rule"]]
        met = _(
            "%(met)s of %(criteria)s criteria met in %(cases)s reviewed cases: "
            "%(share)s (%(low)s to %(high)s); %(expected)s expected of such cases.",
            **told,
        )
        return {
            "within": _("As expected: %s", met),
            "near_edge": _("Near the edge: %s It may well be chance.", met),
            "outside": _("Different from expected: %s Find out why.", met),
        }[verdict["word"]]

    def _tell_share(self, quality):
        """Return the numbers of a share as people say them."""
        names = {"cases": "cases", "met": "x", "criteria": "n"}
        percents = ("share", "low", "high")
        return {
            **{name: quality[key] for name, key in names.items()},
            **{name: self._percent(quality[name]) for name in percents},
        }

    def _get_funnel(self, figures):
        funnel = super()._get_funnel(figures)
        if self.code != QUALITY or "share" not in figures["quality"]:
            return funnel
        _, quality = self.env._, figures["quality"]
        told = self._tell_share(quality)
        table = [
            [_("Reviewed cases"), str(quality["cases"])],
            [_("Criteria that apply"), str(quality["n"])],
            [_("Criteria met"), str(quality["x"])],
            [_("Share"), told["share"]],
            [_("Between"), f"{told['low']} – {told['high']}"],
        ]
        return {**funnel, "table": table}

    # ------------------------------------------------------------------- cases
    def _tell_cases(self):
        """Return the reviewed cases; findings alone if reviewers agree, no comments."""
        if self.code != QUALITY:
            return super()._tell_cases()
        evaluation = self.evaluation_id.sudo()
        cycle = evaluation.cycle_id
        is_told = cycle._get_reviewed()[0].reliable
        reviews = self.env["citizen.quality.review"].sudo()
        found = reviews._get_counting(evaluation)
        return [
            {
                "number": one.fact_id.case_number or "",
                "counted_on": cycle.company_id._get_city_day(
                    one.fact_id.closed_on
                ).isoformat(),
                "event": None,
                "review": one._tell_findings() if is_told else None,
            }
            for one in found
        ]

    def _draw_cases(self, rows, measured):
        if self.code != QUALITY:
            return super()._draw_cases(rows, measured)
        _ = self.env._
        return self._draw_table(
            (_("Case"), _("Counted On"), _("Criteria met"), _("Not met")),
            (
                (
                    row["number"] or _("(confidential)"),
                    format_date(self.env, row["counted_on"]),
                    *self._tell_review(row.get("review")),
                )
                for row in rows
            ),
        )

    def _tell_review(self, review):
        """Return the two cells of a reviewed case."""
        if not review:
            return self.env._("not shown"), ""
        count = self.env._(
            "%(met)s of %(criteria)s", met=review["met"], criteria=review["criteria"]
        )
        return count, Markup("<br/>").join(review["not_met"])


class CitizenQualityReview(models.Model):
    """What was found in a case, for whoever may read it of one person."""

    _inherit = "citizen.quality.review"

    def _get_counting(self, evaluation):
        """Return the reviews that count for a person, one for each case."""
        found = self.search(
            [
                ("evaluation_id", "=", evaluation.id),
                ("state", "=", "done"),
                ("excluded", "=", False),
                ("fact_id.excluded", "=", False),
            ],
            order="fact_id, place",
        )
        firsts = {review.fact_id: review for review in reversed(found)}
        kept = self.browse([review.id for review in firsts.values()])
        return kept.sorted(lambda one: (one.fact_id.closed_on, one.id), reverse=True)

    def _tell_findings(self):
        """Return how many criteria were met, and the names of those that were not."""
        self.ensure_one()
        verdicts = self.score_ids.grouped("verdict")
        met, missed = (verdicts.get(name, ()) for name in ("met", "not_met"))
        return {
            "met": len(met),
            "criteria": len(met) + len(missed),
            "not_met": [score.criterion_id.name for score in missed],
        }
