from datetime import datetime

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import funnel_svg
from ...tools.verdict import JUDGED


class CitizenEvaluation(models.Model):
    """An evaluation on paper, as plain values in the reader's language.

    What is published is printed from the seal alone, so a print made years later says
    what the first one said. Before that a print says that it is provisional, and holds
    what its reader may read on the screen, and nothing else.
    """

    _inherit = "citizen.evaluation"

    def _get_paper(self):
        """Return what stands on the paper; raise for whoever may not read it."""
        self.ensure_one()
        self.check_access("read")
        if not self._is_seen_by_user():
            raise UserError(
                self.env._("State: you may not read figures in this state.")
            )
        record = self.sudo()
        content = record._get_sealed() or self._collect_open()
        return {
            "title": self.env._("Evaluation of %s", content["employee"]),
            "provisional": not record._is_sealed() and record._say_provisional(),
            **{name: content[name] for name in ("manager", "department")},
            "cycle": content["cycle"]["name"],
            "period": [
                format_date(self.env, content["cycle"][name]) for name in ("from", "to")
            ],
            "context": record._tell_context().split("\n"),
            "lines": record._print_lines(content["lines"]),
            "chance": self._say_chance((one["word"], one) for one in content["lines"]),
            "statements": [self._print_statement(one) for one in content["statements"]],
            "claims": [self._print_claim(one) for one in content["claims"]],
            "appeal": self._print_appeal(content["appeal"]),
            "received": record._say_received(),
            "seals": [record._print_seal(one) for one in record.version_ids],
        }

    def _collect_open(self):
        """Return what is not sealed yet, as far as the present user may read it."""
        sealing = self.env["citizen.evaluation.version"].sudo()
        parts = sealing._collect(self.sudo(), self.env.lang)
        # By search: what the user may read of them is a matter of the record rules.
        mine = [("evaluation_id", "=", self.id)]
        said = self.env["citizen.evaluation.statement"].search(mine)
        claims = self.env["citizen.evaluation.claim"].search(mine)
        lines = {line.code: line for line in self.line_ids}
        return {
            **parts,
            "statements": sealing._tell_statements(said.sudo()),
            "claims": [sealing._tell_claim(claim) for claim in claims.sudo()],
            "lines": [
                {
                    **line,
                    "cause": lines[line["code"]].cause,
                    "explanation": lines[line["code"]].explanation,
                }
                for line in parts["lines"]
            ],
        }

    def _say_provisional(self):
        """Return what stands above a paper that is not the published one."""
        return self.env._(
            "Provisional: printed on %(day)s, at the state “%(state)s”. It is not "
            "published, and what it says may still change.",
            day=self._print_day(fields.Datetime.now()),
            state=self._say_choice("state", self.state),
        )

    def _say_received(self):
        if not self.received_at:
            return self.env._("The employee has not confirmed the receipt.")
        day = self._print_day(self.received_at)
        return self.env._("Received by the employee on %s.", day)

    # ------------------------------------------------------------------- parts
    def _print_lines(self, lines):
        """Return the measures: words, and the funnel where something may be said."""
        records = {line.code: line for line in self.line_ids}
        words = self.env["citizen.evaluation.line"]
        return [
            {
                "code": line["code"],
                "name": line["measure"]["name"],
                "explanation": line["measure"]["explanation"],
                "word": words._say_choice("word", line["word"]),
                "sentence": line["sentence"],
                "cause": line["cause"] and words._say_choice("cause", line["cause"]),
                "colleagues": words._say_colleagues(line["word"], line),
                "found": line["explanation"],
                **self._print_funnel(records[line["code"]], line),
            }
            for line in lines
        ]

    def _print_funnel(self, line, content):
        """Return picture and table of a measure, empty where nothing is judged."""
        if content["word"] not in JUDGED:
            return {"svg": "", "table": []}
        _, funnel = self.env._, line._get_funnel(content)
        legend = {
            "others": _("Colleagues"),
            "expected": _("As expected"),
            "limits_95": _("95 of 100 lie within"),
            "limits_998": _("998 of 1,000 lie within"),
            **funnel["legend"],
        }
        lang = self.env["res.lang"]._get_data(code=self.env.lang)
        picture = funnel_svg.draw(
            {**funnel, "sentence": content["sentence"], "legend": legend},
            decimal_point=lang.decimal_point or ".",
        )
        # All text in it has been escaped by the drawing.
        return {"svg": Markup(picture), "table": funnel["table"]}

    def _print_statement(self, said):
        words = self.env["citizen.evaluation.statement"]
        return {
            **said,
            "kind": words._say_choice("kind", said["kind"]),
            "at": self.sudo()._print_day(said["at"]),
        }

    def _print_claim(self, claim):
        words = self.env["citizen.evaluation.claim"]
        return {
            **claim,
            "kind": words._say_choice("kind", claim["kind"]),
            "state": words._say_choice("state", claim["state"]),
            "decided_at": self.sudo()._print_day(claim["decided_at"]),
        }

    def _print_appeal(self, decided):
        """Return the appeal: as it was decided, else as it was filed."""
        words = self.env["citizen.evaluation.appeal"]
        appeal = words.search([("evaluation_id", "=", self.id)], limit=1).sudo()
        if not (decided or appeal):
            return None
        told = decided or {
            "text": appeal.text,
            "filed_at": appeal.filed_at,
            "state": appeal.state,
            "reasons": "",
            "reviewer": "",
            "decided_at": "",
        }
        return {
            **told,
            "filed_at": self.sudo()._print_day(told["filed_at"]),
            "state": words._say_choice("state", told["state"]),
            "decided_at": self.sudo()._print_day(told["decided_at"]),
        }

    def _print_seal(self, version):
        return {
            "number": version.number,
            "kind": version._say_choice("kind", version.kind),
            "sealed_at": self._print_day(version.sealed_at),
            "sealed_by": version.sealed_by_name or "",
            "digest": version.digest,
        }

    def _print_day(self, moment):
        """Return the day of a moment in the city; empty if there is none.

        :param moment: naive UTC, or the same as text
        """
        if isinstance(moment, str) and moment:
            moment = datetime.fromisoformat(moment)
        if not moment:
            return ""
        day = self.cycle_id.company_id._get_city_day(moment)
        return format_date(self.env, day)


class CitizenEvaluationPart(models.AbstractModel):
    _inherit = "citizen.evaluation.part"

    def _say_choice(self, name, value):
        """Return the label of a value of a selection, in the reader's language."""
        return dict(self._fields[name]._description_selection(self.env))[value]


class CitizenEvaluationPaper(models.AbstractModel):
    """The values of the paper; whoever prints another person's is on record."""

    _name = "report.citizen_crm.citizen_evaluation_paper"
    _description = "Printed Evaluation"

    @api.model
    def _get_report_values(self, docids, data=None):
        evaluation = self.env["citizen.evaluation"].browse(docids).exists()
        if len(evaluation) != 1:
            raise UserError(
                self.env._("Evaluations are printed one at a time. Choose one.")
            )
        paper = evaluation._get_paper()
        self.env["citizen.evaluation.read"]._enter(evaluation, "paper")
        return {"paper": paper, "company": evaluation.sudo().cycle_id.company_id}
