from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS

from ...tools.review_sample import Group, draw_cases, draw_second


class CitizenQualitySample(models.Model):
    """One draw of finished cases of a cycle: seed, population and who looks at it.

    Whoever has the seed and the population can draw again by
    ``tools/review_sample.py`` and gets the same cases; nobody chooses any. Never
    changed. It says nothing of anybody: population and scores are read by no role.
    """

    _name = "citizen.quality.sample"
    _description = "Draw of Quality Reviews"
    _order = "drawn_at desc, id desc"
    _rec_name = "cycle_id"

    cycle_id = fields.Many2one(
        "citizen.evaluation.cycle",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Whose finished cases were drawn.",
    )
    rubric_id = fields.Many2one(
        "citizen.quality.rubric",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="By which the cases are scored.",
    )
    seed = fields.Char(
        required=True, readonly=True, help="What decided by chance; new for each draw."
    )
    drawn_at = fields.Datetime(
        string="Drawn On", required=True, readonly=True, help="When it was drawn."
    )
    size = fields.Integer(
        string="Cases of Each Person",
        readonly=True,
        aggregator=None,
        help="How many of each person, or all, if there are not so many.",
    )
    double_percent = fields.Integer(
        string="Scored Twice (%)",
        readonly=True,
        aggregator=None,
        help="Share of the cases that a second reviewer scores as well.",
    )
    # Cases by person: whoever read it could count people's cases.
    population = fields.Json(string="Drawn From", readonly=True, groups=NO_ACCESS)
    drawn = fields.Json(string="Cases Drawn", readonly=True, groups=NO_ACCESS)
    population_count = fields.Integer(
        string="Could Be Drawn", readonly=True, help="How many cases could be drawn."
    )
    drawn_count = fields.Integer(
        string="Drawn", readonly=True, help="How many cases were drawn."
    )
    review_ids = fields.One2many(
        "citizen.quality.review", "sample_id", string="Reviews", groups=NO_ACCESS
    )
    done_count = fields.Integer(
        string="Reviewed",
        compute="_compute_progress",
        compute_sudo=True,
        help="Reviews that were handed in.",
    )
    open_count = fields.Integer(
        string="To Be Reviewed",
        compute="_compute_progress",
        compute_sudo=True,
        help="Reviews that somebody still has to do.",
    )
    unassigned_count = fields.Integer(
        string="Without a Reviewer",
        compute="_compute_progress",
        compute_sudo=True,
        help="Reviews that nobody may do at present: everybody with the role had the "
        "case, stands above its handler, is compared with them or has passed it on.",
    )
    ended_count = fields.Integer(
        string="Too Late",
        compute="_compute_progress",
        compute_sudo=True,
        help="Reviews that were not done before the employee checked the data.",
    )
    agreement_text = fields.Char(
        string="Agreement",
        compute="_compute_agreement_text",
        compute_sudo=True,
        help="How far two reviewers of the same case found the same. Figures of people "
        "are told only if it is enough.",
    )
    team_text = fields.Char(
        string="All Together",
        compute="_compute_agreement_text",
        compute_sudo=True,
        help="Share of the criteria met in all reviewed cases, of five people or more.",
    )
    is_reproduced = fields.Boolean(
        string="Comes Out the Same",
        compute="_compute_is_reproduced",
        compute_sudo=True,
        help="Drawn again just now from seed and population, with the same result.",
    )

    _one_a_cycle = models.UniqueIndex(
        "(cycle_id)", "The cases of this cycle have been drawn already."
    )

    @api.depends("review_ids.state", "review_ids.reviewer_id")
    def _compute_progress(self):
        rows = self.env["citizen.quality.review"]._read_group(
            [("sample_id", "in", self.ids)],
            ["sample_id", "state", "reviewer_id"],
            ["__count"],
        )
        for sample in self:
            own = [row for row in rows if row[0] == sample._origin]
            counts = {state: 0 for state in ("todo", "done", "ended")}
            for _sample, state, _reviewer, count in own:
                counts[state] += count
            sample.done_count, sample.ended_count = counts["done"], counts["ended"]
            sample.unassigned_count = sum(
                count
                for _sample, state, reviewer, count in own
                if state == "todo" and not reviewer
            )
            sample.open_count = counts["todo"] - sample.unassigned_count

    @api.depends("review_ids.state")
    @api.depends_context("lang")
    def _compute_agreement_text(self):
        for sample in self:
            agreement, reviewed = sample.cycle_id._get_reviewed()
            sample.agreement_text = sample._tell_agreement(agreement)
            sample.team_text = sample._tell_team(reviewed.team)

    def _tell_agreement(self, agreement):
        """Return how far reviewers agree as a sentence."""
        if agreement.reliable:
            return self.env._(
                "Enough: alpha %(alpha)s, kappa %(kappa)s over %(pairs)s criteria.",
                **self._tell_numbers(agreement),
            )
        return self.env._(
            "Not enough to tell figures of people: alpha %(alpha)s, kappa %(kappa)s "
            "over %(pairs)s criteria; alpha 0.667 or kappa 0.6 is needed over at least "
            "20.",
            **self._tell_numbers(agreement),
        )

    @staticmethod
    def _tell_numbers(agreement):
        values = {"alpha": agreement.alpha, "kappa": agreement.kappa}
        told = {
            name: "–" if value is None else f"{value:.2f}"
            for name, value in values.items()
        }
        return {**told, "pairs": agreement.pairs}

    def _tell_team(self, team):
        """Return what holds of all together, if they are enough people."""
        if not team:
            return self.env._("Not told of fewer than five people.")
        return self.env._(
            "%(share)s %% of %(count)s criteria met, between %(low)s %% and %(high)s "
            "%%.",
            share=round(100 * team.share),
            count=team.n,
            low=round(100 * team.low),
            high=round(100 * team.high),
        )

    @api.depends("seed", "population", "drawn")
    def _compute_is_reproduced(self):
        for sample in self:
            drawn, twice = sample._draw()
            is_same = sample.drawn == {"first": drawn, "second": twice}
            # Reviews of an evaluation that was erased after retention are gone.
            first = sample.review_ids.filtered(lambda one: one.place == 1)
            second = sample.review_ids - first
            sample.is_reproduced = (
                is_same
                and set(map(str, first.fact_id.ids)) <= set(drawn)
                and set(map(str, second.fact_id.ids)) <= set(twice)
            )

    def _draw(self):
        """Return what seed and population give: the cases, and those scored twice."""
        self.ensure_one()
        groups = [Group(**row) for row in self.population or []]
        drawn = draw_cases(groups, self.size, self.seed)
        return drawn, draw_second(drawn, self.double_percent, self.seed)

    # ------------------------------------------------------------------- CRUD
    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("A draw is not changed."))

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete draws.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("A draw is not deleted."))

    def action_give_out(self):
        """Give out again what nobody could review, say after naming reviewers."""
        self.ensure_one()
        cycle = self.sudo().cycle_id
        cycle.with_env(self.env).check_access("write")
        waiting = self.sudo().review_ids.filtered(
            lambda one: one.state == "todo" and not one.reviewer_id
        )
        waiting._give_out()
        if waiting and not any(waiting.mapped("reviewer_id")):
            raise UserError(
                self.env._(
                    "Nobody with the role of a quality reviewer may review these "
                    "cases. Give the role to somebody of another department."
                )
            )
        return True
