from odoo import api, fields, models

from ...tools.intervals import wilson
from ...tools.pulse_groups import Told, group


class CitizenStaffPulseResult(models.Model):
    """What staff have answered to a question, of at least five of them.

    Teams with few answers, or with answers that are all the same, stand together with
    others. Each answer is in one row of a question and in the sum of all, so nothing
    can be made out by taking one row from another.
    """

    _name = "citizen.staff.pulse.result"
    _description = "Result of a Staff Pulse"
    _order = "pulse_id desc, question_id, is_whole desc, name, id"

    pulse_id = fields.Many2one(
        "citizen.staff.pulse",
        string="Round",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
        help="In which round it was said.",
    )
    question_id = fields.Many2one(
        "citizen.staff.pulse.question",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The sentence to which people agree or not.",
    )
    name = fields.Char(
        string="Teams",
        required=True,
        readonly=True,
        help="Whose answers these are, by the names of then. Several teams stand "
        "together where one of them alone could be seen through.",
    )
    is_whole = fields.Boolean(
        string="All Together", readonly=True, help="The answers of everybody asked."
    )
    said_count = fields.Integer(
        string="Answers",
        readonly=True,
        aggregator=None,
        help="How many agree or disagree; those who cannot say are left out.",
    )
    agree_count = fields.Integer(
        string="Agree", readonly=True, aggregator=None, help="How many agree."
    )
    share = fields.Float(
        string="Agree (%)",
        readonly=True,
        aggregator=None,
        digits=(5, 1),
        help="Of those who agree or disagree.",
    )
    low = fields.Float(
        string="From (%)",
        readonly=True,
        aggregator=None,
        digits=(5, 1),
        help="The share may well be as low as this: so few answers are not exact "
        "(95 %, Wilson).",
    )
    high = fields.Float(
        string="To (%)",
        readonly=True,
        aggregator=None,
        digits=(5, 1),
        help="The share may well be as high as this: so few answers are not exact "
        "(95 %, Wilson).",
    )

    @api.model
    def _tell(self, pulse):
        """Store what may be told of a round that is over."""
        counts = self.env["citizen.staff.pulse.tally"].search(
            [("pulse_id", "=", pulse.id)]
        )
        rows = []
        for question, tallies in counts.grouped("question_id").items():
            groups = group(
                Told(
                    tally.team_id.id,
                    tally.team_id.department_id.id or 0,
                    tally.agree + tally.disagree,
                    tally.agree,
                )
                for tally in tallies
            )
            rows += self._prepare_rows(pulse, question, groups)
        return self.create(rows)

    @api.model
    def _prepare_rows(self, pulse, question, groups):
        """Return the values of the groups of a question, and of all together."""
        teams = self.env["helpdesk.ticket.team"]
        rows = [
            self._prepare_row(
                pulse,
                question,
                ", ".join(sorted(teams.browse(one.teams).mapped("name"))),
                one.said,
                one.agree,
            )
            for one in groups
            if len(groups) > 1
        ]
        if groups:
            said, agree = (sum(one[place] for one in groups) for place in (1, 2))
            name = (pulse.department_id or pulse.company_id).name
            whole = self._prepare_row(pulse, question, name, said, agree)
            rows.append({**whole, "is_whole": True})
        return rows

    @api.model
    def _prepare_row(self, pulse, question, name, said, agree):
        low, high = wilson(agree, said)
        return {
            "pulse_id": pulse.id,
            "question_id": question.id,
            "name": name,
            "said_count": said,
            "agree_count": agree,
            "share": 100 * agree / said,
            "low": 100 * low,
            "high": 100 * high,
        }


class CitizenMeasure(models.Model):
    """The pulse is a measure of teams; it has no path into a person's evaluation."""

    _inherit = "citizen.measure"

    code = fields.Selection(selection_add=[("E3", "E3")], ondelete={"E3": "cascade"})
    kind = fields.Selection(selection_add=[("pulse", "Answers of staff, by team")])

    @api.depends("code")
    def _compute_nature(self):
        result = super()._compute_nature()
        for measure in self:
            if measure.code == "E3":
                measure.kind, measure.good = "pulse", "high"
        return result
