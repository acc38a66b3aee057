import secrets
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

from ...tools.sampling import WHOLE, draw

#: How far back the first draw looks.
FIRST_DAYS = 7


class CitizenFieldSample(models.Model):
    """One draw of closed cases: seed, population and what came of it.

    Whoever has the seed and the population can draw again by ``tools/sampling.py`` and
    gets the same cases; nobody chooses any. Never changed.
    """

    _name = "citizen.field.sample"
    _description = "Draw of Field Checks"
    _order = "date_to desc, id desc"
    _rec_name = "date_to"

    date_from = fields.Datetime(
        string="Closed From", required=True, readonly=True, help="The first moment."
    )
    date_to = fields.Datetime(
        string="Closed Before", required=True, readonly=True, help="When it was drawn."
    )
    seed = fields.Char(
        required=True,
        readonly=True,
        help="What decided by chance; made anew for each draw.",
    )
    population = fields.Json(
        string="Drawn From",
        readonly=True,
        help="The cases that could be drawn, by service type, with its rate.",
    )
    population_text = fields.Text(
        string="Population",
        compute="_compute_population_text",
        help="The cases that could be drawn, by service type, with its rate out of "
        "10,000.",
    )
    population_count = fields.Integer(
        string="Could Be Drawn", readonly=True, help="How many cases could be drawn."
    )
    drawn_count = fields.Integer(
        string="Drawn", readonly=True, help="How many cases were drawn."
    )
    is_reproduced = fields.Boolean(
        string="Comes Out the Same",
        compute="_compute_is_reproduced",
        compute_sudo=True,
        help="Drawn again just now from seed and population, with the same result.",
    )

    @api.depends("population")
    def _compute_population_text(self):
        for sample in self:
            sample.population_text = "\n".join(
                f"{row['type']} {row['name']} ({row['rate']}): "
                + ", ".join(row["cases"])
                for row in sample.population or []
            )

    @api.depends("seed", "population")
    def _compute_is_reproduced(self):
        Check = self.env["citizen.field.check"]
        for sample in self:
            checks = Check.search([("sample_id", "=", sample.id)])
            drawn = set(checks.mapped("drawn_number"))
            sample.is_reproduced = drawn == set(sample._draw())

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("A draw is not changed."))

    def unlink(self):  # pylint: disable=method-required-super
        # Not "ondelete": it would let the superuser of an upgrade delete draws.
        # pylint: disable-next=no-raise-unlink
        raise AccessError(self.env._("A draw is not deleted."))

    def _draw(self):
        """Return the numbers of the cases that seed and population give."""
        self.ensure_one()
        return [
            number
            for row in self.population or []
            for number in draw(row["cases"], row["rate"], f"{self.seed} {row['type']}")
        ]

    @api.model
    def _cron_draw(self):
        """Draw from the cases that were closed since the last draw."""
        sample = self._draw_next()
        self.env["ir.cron"]._note_done(sample.drawn_count)

    @api.model
    def _draw_next(self, seed=None, now=None):
        """Draw, and give each case that was drawn to somebody; return the draw.

        :param seed: decides instead of chance; for demonstration data, like ``now``
        """
        Sample = self.with_user(SUPERUSER_ID)
        now = now or fields.Datetime.now()
        last = Sample.search([], limit=1).date_to
        since = last or now - timedelta(days=FIRST_DAYS)
        seed = seed or secrets.token_hex(16)
        cases = self._find_population(since, now)
        groups = cases.grouped("category_id")
        population = [
            {
                "type": str(category.id),
                "name": category.display_name,
                "rate": round(category.field_check_rate * WHOLE / 100),
                "cases": sorted(found.mapped("number")),
            }
            for category, found in sorted(groups.items(), key=lambda pair: pair[0].id)
        ]
        sample = Sample.new({"seed": seed, "population": population})
        drawn = sample._draw()
        sample = Sample.create(
            {
                "date_from": since,
                "date_to": now,
                "seed": seed,
                "population": population,
                "population_count": len(cases),
                "drawn_count": len(drawn),
            }
        )
        chosen = set(drawn)
        self.env["citizen.field.check"]._give_out(
            sample, cases.filtered(lambda case: case.number in chosen)
        )
        return sample

    @api.model
    def _find_population(self, since, until):
        """Return the cases that can be drawn: closed, and there is something to see."""
        return (
            self.env["helpdesk.ticket"]
            .with_user(SUPERUSER_ID)
            .search(
                [
                    ("phase", "=", "closed"),
                    ("closed_date", ">=", since),
                    ("closed_date", "<", until),
                    ("category_id.field_check_rate", ">", 0),
                    ("confidential", "=", False),
                ],
                order="id",
            )
        )
