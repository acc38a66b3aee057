from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..tools.effort_review import median
from ..tools.effort_review import review as review_times


class CitizenEffortReview(models.TransientModel):
    """The yearly sheet on which the effort points of service types are reviewed.

    How to use: measure a period, compare what the times suggest with what is known of
    the work, type new points and why on some lines, apply. Nothing is taken over by
    itself: a time in hand is no effort, it only says where to look.
    """

    _name = "citizen.effort.review"
    _description = "Review of Effort Points"
    # Somebody may think about it over a weekend.
    _transient_max_hours = 96

    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_date_from(),
        help="First day of the period. Measure again after changing it.",
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self._get_today(),
        help="Last day of the period.",
    )
    reason = fields.Char(
        string="Reason for All",
        help="Kept with the new points of every line without a reason of its own, as "
        "in “Yearly review 2026, agreed with the staff council”.",
    )
    line_ids = fields.One2many("citizen.effort.review.line", "review_id")
    case_count = fields.Integer(
        string="Cases Closed",
        readonly=True,
        help="Of all service types. Cases that were joined to another one are left "
        "out, and so are cases refused or withdrawn.",
    )
    median_hours = fields.Float(
        string="Median Hours of All",
        digits=(16, 2),
        readonly=True,
        help="Half of all measured cases were in hand for less, half for more.",
    )
    mean_points = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="The points of all measured cases, on average. A type that takes as long "
        "as the median of all would get so many.",
    )
    can_apply = fields.Boolean(
        compute="_compute_can_apply", help="Only an administrator changes points."
    )

    @api.depends_context("lang")
    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "Effort Review, %(start)s to %(end)s",
                start=format_date(self.env, review.date_from),
                end=format_date(self.env, review.date_to),
            )

    @api.depends_context("uid")
    def _compute_can_apply(self):
        self.can_apply = self._may_apply()

    @api.model
    def _default_date_from(self):
        return fields.Date.add(self._get_today(), years=-1, days=1)

    @api.model
    def _get_today(self):
        """Return the date in the city."""
        return datetime.now(self._get_zone()).date()

    @api.model
    def _get_zone(self):
        return ZoneInfo(self.env.company._get_city_tz())

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        if any(review.date_to < review.date_from for review in self):
            raise ValidationError(
                self.env._("To: the period cannot end before it begins.")
            )

    # --------------------------------------------------------------- actions
    @api.model
    def action_start(self):
        """Open a new sheet, measured over the last twelve months."""
        review = self.create({})
        review.action_measure()
        return review.get_formview_action()

    def action_measure(self):
        """Measure the period anew; what was typed on the lines is dropped."""
        self.ensure_one()
        self.check_access("write")
        cases = self.env["helpdesk.ticket"].sudo()
        times = cases._read_times_in_hand(*self._get_span())
        categories = self.env["helpdesk.ticket.category"].sudo().browse(times)
        points = {category.id: category._get_effort() for category in categories}
        found = review_times(
            {kind: seconds for kind, (_, seconds) in times.items()}, points
        )
        self.line_ids.sudo().unlink()
        self.write(
            {
                "case_count": sum(count for count, _seconds in times.values()),
                "median_hours": found.median / 3600,
                "mean_points": found.mean / 1000,
            }
        )
        objections = self._count_objections(categories)
        self.env["citizen.effort.review.line"].sudo().create(
            [
                {
                    "review_id": self.id,
                    "category_id": category.id,
                    "points": points[category.id] / 1000,
                    "new_points": points[category.id] / 1000,
                    "suggested_points": (found.suggested[category.id] or 0) / 1000,
                    "objection_count": objections[category.id],
                    **self._prepare_figures(*times[category.id]),
                }
                for category in categories.sorted(
                    lambda c: (not found.suggested[c.id], c.complete_name)
                )
            ]
        )
        return True

    def action_apply(self):
        """Give the service types their new points: all of the lines, or none."""
        self.ensure_one()
        self.env["helpdesk.ticket.category"].check_access("write")
        changed = self.line_ids.filtered("is_changed")
        if not changed:
            raise UserError(
                self.env._("New Points: no line has other points than now.")
            )
        problems = [text for line in changed for text in line._find_problems()]
        if problems:
            raise UserError("\n".join([self._get_nothing_changed(), *problems]))
        for line in changed:
            line.category_id._set_effort_points(line.new_points, line._get_reason())
        self.action_measure()
        message = self.env._("Service types with new effort points: %s", len(changed))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -------------------------------------------------------------- business
    @api.model
    def _may_apply(self):
        return self.env["helpdesk.ticket.category"].has_access("write")

    def _get_nothing_changed(self):
        return self.env._("Nothing was changed:")

    def _get_span(self):
        """Return the period as naive UTC, by the days of the city."""
        days = self.date_from, self.date_to + timedelta(days=1)
        return tuple(
            datetime.combine(day, time(), self._get_zone())
            .astimezone(UTC)
            .replace(tzinfo=None)
            for day in days
        )

    @api.model
    def _prepare_figures(self, count, seconds):
        return {
            "case_count": count,
            "measured_count": len(seconds),
            "median_hours": median(seconds) / 3600 if seconds else 0,
        }

    def _count_objections(self, categories):
        """Return how many objections to the weight of each type were upheld."""
        since, until = self._get_span()
        domain = [
            ("category_id", "in", categories.ids),
            ("kind", "=", "type"),
            ("state", "=", "upheld"),
            ("decided_at", ">=", since),
            ("decided_at", "<", until),
        ]
        objections = self.env["citizen.workload.objection"].sudo()
        groups = objections._read_group(domain, ["category_id"], ["__count"])
        return Counter({category.id: count for category, count in groups})
