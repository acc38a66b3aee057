from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CitizenCaseFact(models.Model):
    """The employee reads how the own case was scored, and why."""

    _inherit = "citizen.case.fact"

    is_reviewed = fields.Boolean(
        string="Reviewed",
        compute="_compute_is_reviewed",
        search="_search_is_reviewed",
        help="It was drawn for a quality review, and scored.",
    )
    review_html = fields.Html(
        string="Quality Review",
        compute="_compute_review_html",
        sanitize=False,
        help="What reviewers found of each criterion. Who they are is not told, and "
        "they did not know whose case it was.",
    )

    def _compute_is_reviewed(self):
        reviewed = self._get_reviews().fact_id
        for fact in self:
            fact.is_reviewed = fact._origin in reviewed

    def _search_is_reviewed(self, operator, value):
        if operator != "in":
            return NotImplemented
        own = Domain("evaluation_id.employee_id.user_id", "=", self.env.uid)
        done = Domain("state", "=", "done")
        found = self.env["citizen.quality.review"].sudo().search(own & done)
        reviewed = Domain("id", "in", found.fact_id.ids)
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        return reviewed if True in wanted else ~reviewed

    @api.depends("claim_ids.state")
    @api.depends_context("uid", "lang")
    def _compute_review_html(self):
        for fact in self:
            is_own = fact.sudo().handler_id.user_id == self.env.user
            fact.review_html = is_own and fact._draw_reviews()

    def _get_reviews(self):
        """Return the reviews of these cases that were handed in, as superuser."""
        return (
            self.env["citizen.quality.review"]
            .sudo()
            .search(
                [("fact_id", "in", self.ids), ("state", "=", "done")],
                order="fact_id, place",
            )
        )

    def _draw_reviews(self):
        """Return what reviewers found of the case as HTML, escaped."""
        reviews = self._get_reviews()
        parts = []
        for place, review in enumerate(reviews, 1):
            if len(reviews) > 1:
                title = self.env._("Reviewer %s", place)
                parts.append(Markup("<h4>%s</h4>") % title)
            if review.excluded:
                left_out = self.env._("Left out after an objection.")
                parts.append(Markup("<p>%s</p>") % left_out)
            parts.append(review._draw_scores())
        if len(reviews) > 1:
            note = self.env._(
                "The first one counts; the second one shows whether reviewers agree."
            )
            parts.append(Markup("<p class='text-muted'>%s</p>") % note)
        return Markup("").join(parts)


class CitizenQualityReview(models.Model):
    _inherit = "citizen.quality.review"

    def _draw_scores(self):
        """Return the findings of a review as a table, with the comments."""
        _ = self.env._
        rows = [score._tell_words() for score in self.score_ids]
        head = (_("Criterion"), _("Finding"), _("Comment"))
        return self.env["citizen.evaluation.line"]._draw_table(head, rows)

    def _tell_scores(self):
        """Return the findings of a review as plain lines."""
        return "\n".join(
            ": ".join(filter(None, score._tell_words())) for score in self.score_ids
        )


class CitizenEvaluationClaim(models.Model):
    """An objection to a review leaves the review out, not the case."""

    _inherit = "citizen.evaluation.claim"

    @api.depends("kind")
    def _compute_fact_text(self):
        """Add what was found, for whoever decides on a review."""
        result = super()._compute_fact_text()
        for claim in self.filtered(lambda one: one.fact_text and one.kind == "review"):
            reviews = claim.sudo().fact_id._get_reviews()
            found = "\n\n".join(review._tell_scores() for review in reviews)
            claim.fact_text = f"{claim.fact_text}\n\n{found}"
        return result

    @api.model
    def _prepare_filing(self, vals):
        values = super()._prepare_filing(vals)
        if values["kind"] == "review":
            fact = self.env["citizen.case.fact"].browse(values["fact_id"])
            if not fact._get_reviews():
                raise UserError(
                    self.env._("Objection: this case has not been reviewed.")
                )
        return values

    def _carry_out(self):
        if self.kind != "review":
            return super()._carry_out()
        self.fact_id._get_reviews().write({"excluded": True})
        return None
