from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...tools.review_sample import ReviewTies, bar_reviewer, give_out

CLEARANCES = {
    "citizen": "citizen_crm.group_clearance_citizen",
    "customer": "citizen_crm.group_clearance_customer",
}


class CitizenQualityReview(models.Model):
    """Who may review what: nobody who had a part in it, or gains by it."""

    _inherit = "citizen.quality.review"

    @api.constrains("reviewer_id", "case_id")
    def _check_reviewer(self):
        for review in self.sudo().filtered("reviewer_id"):
            bar = review._get_bar(review.reviewer_id)
            if bar:
                raise ValidationError(
                    self.env._(
                        "Reviewer: %(name)s may not review this case. %(reason)s",
                        name=review.reviewer_id.name,
                        reason=self._get_bar_sentences()[bar],
                    )
                )

    def _give_out(self):
        """Give each of these, as superuser, to whoever may and has least to do.

        What nobody may review waits without a reviewer, and is seen as such.
        """
        users = self._get_reviewers()
        excluded = self._get_excluded(users)
        for place in (1, 2):
            # The first ones first: a second reviewer is somebody else.
            reviews = self.filtered(lambda one, place=place: one.place == place)
            for sample, found in reviews.grouped("sample_id").items():
                candidates = {
                    str(one.id): [
                        str(user.id)
                        for user, bar in one._get_bars(users, users, excluded).items()
                        if not bar
                    ]
                    for one in found
                }
                load = self._count_open(users)
                chosen = give_out(candidates, f"{sample.seed} {place}", load)
                for one in found:
                    if str(one.id) in chosen:
                        one.reviewer_id = int(chosen[str(one.id)])
        for reviewer, reviews in (
            self.filtered("reviewer_id").grouped("reviewer_id").items()
        ):
            reviews._tell_reviewer(reviewer)

    def _tell_reviewer(self, reviewer):
        """Tell a reviewer how many cases were drawn for them, and nothing of these."""
        told = self.with_context(lang=reviewer.lang)
        action = self.env.ref("citizen_crm.citizen_quality_review_action_my")
        subject = told._tell_how_many()
        self.env["mail.thread"].message_notify(
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=reviewer.partner_id.ids,
            subject=subject,
            body=Markup('<p>{}</p><p><a href="{}/odoo/{}">{}</a></p>').format(
                told._tell_until_when(),
                self[:1].get_base_url(),
                action.path,
                action.with_env(told.env).name,
            ),
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _tell_how_many(self):
        if len(self) == 1:
            return self.env._("A case was drawn for you to review")
        return self.env._("%s cases were drawn for you to review", len(self))

    def _tell_until_when(self):
        day = min(self.mapped("deadline"))
        return self.env._(
            "Please review them by %s. After that day a review counts no more.",
            format_date(self.env, day),
        )

    @api.model
    def _get_reviewers(self):
        group = self.env.ref("citizen_crm.group_quality_reviewer").sudo()
        users = group.all_user_ids.filtered(lambda user: user.active and not user.share)
        return users.sorted("id") - users.browse(SUPERUSER_ID)

    @api.model
    def _count_open(self, users):
        """Return how many open reviews each of the users has."""
        rows = self.sudo()._read_group(
            [("reviewer_id", "in", users.ids), ("state", "=", "todo")],
            ["reviewer_id"],
            ["__count"],
        )
        return {str(user.id): count for user, count in rows}

    # -------------------------------------------------------------------- bars
    def _get_bar(self, user):
        """Return why a user must not review this, by ``tools.review_sample``."""
        known = self._get_reviewers(), self._get_excluded(user)
        return self._get_bars(user, *known)[user]

    @api.model
    def _get_excluded(self, users):
        """Return dict ``key of a case -> employee ids`` of conflicts of interest."""
        employees = users.sudo().employee_ids
        return self.env["citizen.recusal"]._get_excluded(employees)

    def _get_bars(self, users, reviewers, excluded):
        """Return dict ``user -> why they must not review this``, "" if they may.

        :param reviewers: who has the role
        :param excluded: of all these users, as of ``_get_excluded``
        """
        self.ensure_one()
        others = self.search(
            [
                ("fact_id", "=", self.fact_id.id),
                ("sample_id", "=", self.sample_id.id),
                ("id", "not in", self.ids),
            ]
        )
        cycle = self.sample_id.cycle_id
        authors, superiors = self._get_authors(), self._get_superiors()
        compared = cycle.evaluation_ids.employee_id.user_id
        roles = cycle.coordinator_id | cycle.steward_id
        return {
            user: bar_reviewer(
                ReviewTies(
                    is_reviewer=user in reviewers,
                    had_case=user in authors,
                    is_above=user in superiors,
                    is_compared=user in compared,
                    has_role=user in roles,
                    is_cleared=self._is_cleared(user),
                    is_recused=self._is_recused(user, excluded),
                    has_other=user in others.reviewer_id,
                    has_passed=user.id in (self.passed_ids or []),
                )
            )
            for user in users
        }

    def _get_authors(self):
        """Return everybody who had the case, or wrote or approved a reply to it."""
        case = self.case_id
        replies = case.reply_ids
        return (
            case._get_earlier_handlers()
            | self.fact_id.handler_id.user_id
            | replies.author_ids
            | replies.decided_by_id
            | replies.sent_by_id
        )

    def _get_superiors(self):
        """Return who concludes the handler's evaluation, and who stands above them."""
        evaluation = self.evaluation_id
        above = employees = evaluation.employee_id
        while employees := employees.parent_id - above:
            above |= employees
        heads = evaluation.department_id._get_heads()
        chain = (above - evaluation.employee_id).user_id
        return evaluation.manager_id | heads | chain

    def _is_cleared(self, user):
        """Tell whether a user may know of the case; confidential ones are nobody's."""
        case = self.case_id
        clearance = CLEARANCES.get(case.role)
        return not case.confidential and bool(
            clearance and user.sudo().has_group(clearance)
        )

    def _is_recused(self, user, excluded):
        """Tell whether the case is the user's own, or they have declared a conflict."""
        case, partner = self.case_id, user.sudo().partner_id
        people = case.partner_id | case.commercial_partner_id
        if people & (partner | partner.commercial_partner_id):
            return True
        employees = set(user.sudo().employee_ids.ids)
        keys = case._get_recusal_keys()
        return any(employees & excluded.get(key, set()) for key in keys)

    @api.model
    def _get_bar_sentences(self):
        """Return the sentence for each of ``tools.review_sample.BARS``."""
        _ = self.env._
        return {
            "no_reviewer": _("The role of a quality reviewer is needed for it."),
            "had_case": _("Nobody reviews a case in which they had a part."),
            "above": _("The manager, and whoever stands above, does not review."),
            "compared": _("Whoever is evaluated in the same cycle does not review."),
            "has_role": _(
                "Whoever coordinates the cycle or decides on objections in it does not "
                "review."
            ),
            "not_cleared": _(
                "A clearance is needed for it, and confidential cases are not reviewed."
            ),
            "recused": _("There is a conflict of interest with this case."),
            "reviewed": _("Two different people review a case that is scored twice."),
            "passed_on": _("The case has been passed on already."),
        }


class CitizenEvaluation(models.Model):
    """What was not reviewed before the employee checks the data comes too late."""

    _inherit = "citizen.evaluation"

    def _enter(self, state):
        result = super()._enter(state)
        if state in ("data_check", "cancelled"):
            waiting = self.env["citizen.quality.review"].sudo()
            waiting = waiting.search(
                [("evaluation_id", "in", self.ids), ("state", "=", "todo")]
            )
            waiting.write({"state": "ended"})
        return result
