from odoo import models

from ...tools.nonresponse import ANSWERS, RESPONSE
from .citizen_case_fact_speed import SPEED
from .citizen_case_fact_times import TIMES

#: Measures that are read off the hours of cases, not off an event.
BY_HOURS = frozenset({SPEED, TIMES})


class CitizenEvaluationLine(models.Model):
    """Words of what is shown beside a verdict, or without one: answers and times."""

    _inherit = "citizen.evaluation.line"

    def _say_verdict(self, figures):
        """Add who answered; a typical time has words of its own."""
        if "pace" in figures:
            return self._say_pace(figures)
        verdict = figures["verdict"]
        if verdict["rule"] == ANSWERS:
            word, sentence = verdict["word"], self._say_word(verdict)
        else:
            word, sentence = super()._say_verdict(figures)
        if "answers" in figures:
            sentence = f"{sentence} {self._say_answers(figures['answers'])}"
        return word, sentence

    def _say_word(self, verdict):
        _, numbers = self.env._, verdict["numbers"]
        if verdict["rule"] == ANSWERS:
            return _(
                "Not enough answers of residents to judge; at least %s are needed.",
                numbers["needed_answers"],
            )
        if verdict["rule"] == RESPONSE:
            return _(
                "Shown and not judged: fewer than %s of the residents who were asked "
                "have answered.",
                self._percent(numbers["needed_response"]),
            )
        return super()._say_word(verdict)

    def _say_answers(self, answers):
        """Return who was asked, who answered, and what all could have said."""
        _ = self.env._
        if not answers["invited"]:
            return _("No resident was asked.")
        told = {
            "invited": answers["invited"],
            "answered": answers["answered"],
            "response": self._percent(answers["response"]),
        }
        if answers["positive"] is None:
            return _(
                "Residents asked: %(invited)s; answered: %(answered)s (%(response)s).",
                **told,
            )
        low, high = answers["bounds"]
        return _(
            "Residents asked: %(invited)s; answered: %(answered)s (%(response)s); fair "
            "and clear: %(positive)s. Whatever the others think, that is between "
            "%(low)s and %(high)s of all who were asked.",
            **told,
            positive=answers["positive"],
            low=self._percent(low),
            high=self._percent(high),
        )

    def _say_pace(self, figures):
        """Return the word and the sentence of a typical time, which is not judged."""
        _, pace, verdict = self.env._, figures["pace"], figures["verdict"]
        if self.evaluation_id.state in ("planned", "collecting"):
            return "so_far", _(
                "So far %(n)s cases count. Nothing is judged yet.", n=pace["n"]
            )
        if verdict["rule"] == "cases":
            return verdict["word"], _(
                "Not enough cases to compare times: %(n)s cases; at least %(cases)s "
                "are needed.",
                n=pace["counted_n"],
                cases=verdict["numbers"]["needed_cases"],
            )
        if verdict["rule"]:
            return verdict["word"], self._say_word(verdict)
        low, high = pace["limits_95"]
        return verdict["word"], _(
            "%(n)s cases typically took %(ratio)s times as long as such cases take in "
            "the department; probably between %(low)s and %(high)s times. Shown, and "
            "nothing is judged by it.",
            n=pace["counted_n"],
            ratio=f"{pace['ratio']:.2f}",
            low=f"{low:.2f}",
            high=f"{high:.2f}",
        )

    def _get_funnel(self, figures):
        return False if "pace" in figures else super()._get_funnel(figures)

    # ------------------------------------------------------------------ tables
    def _get_tables(self, figures):
        """Leave the table of kinds out where they are not told apart."""
        strata, cases = super()._get_tables(figures)
        return bool(figures["standing"]["strata"]) and strata, cases

    def _tell_hours(self, fact):
        """Return the working hours of a case, where the measure stands on them."""
        if self.code not in BY_HOURS:
            return {}
        return {"hours": round(fact.worked_hours, 1)}

    def _say_hours(self, row):
        return "hours" in row and self.env._("%s h", row["hours"])
