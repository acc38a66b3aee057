from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.case_events import automatic_phase
from ..assignment.helpdesk_ticket_ledger import Handing
from .citizen_case_review import DECIDED, OPEN

REVIEW_PARAMETER = "citizen_crm.review_days"
#: Within how many days of the answer a review can be asked for.
REVIEW_DAYS = 30
#: A review is decided before the case is answered or ended anew.
SETTLED = frozenset({"answered", "closed", "not_handled"})


class HelpdeskTicket(models.Model):
    """Asking for a review: another one looks at the case, and later the head."""

    _inherit = "helpdesk.ticket"

    review_ids = fields.One2many(
        "citizen.case.review", "case_id", string="Reviews", readonly=True, copy=False
    )
    review_count = fields.Integer(
        compute="_compute_review_count",
        compute_sudo=True,
        help="How often the person has asked for a review.",
    )

    @api.depends("review_ids")
    def _compute_review_count(self):
        counts = dict(
            self.env["citizen.case.review"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.review_count = counts.get(case._origin, 0)

    def action_view_reviews(self):
        """Open the reviews of this case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_case_review_action"
        )
        reviews = self.review_ids
        action |= {"domain": [("case_id", "=", self.id)], "context": {}}
        if len(reviews) == 1:
            action |= {"views": [(False, "form")], "res_id": reviews.id}
        return action

    # ------------------------------------------------------------------ asking
    def _portal_ask_review(self, ground, text):
        """Ask for a review of an own case as the signed-in person."""
        self._check_portal_access(own=True)
        case = self.with_user(SUPERUSER_ID)
        return case._ask_review(self.env.user.partner_id, ground, text)

    def _ask_review(self, person, ground, text):
        """Ask for a review for the person who filed the case; return it."""
        self.lock_for_update()
        self._check_review()
        level = "head" if self._get_decided_reviews() else "colleague"
        review = self.env["citizen.case.review"].create(
            {
                "case_id": self.id,
                "ground": ground,
                "text": text,
                "level": level,
                "state": "remedies" if ground == "disagree" else "asked",
                "asked_at": fields.Datetime.now(),
                "earlier_user_ids": self._get_earlier_handlers().ids,
            }
        )
        self._log("review_asked", after=ground)
        if ground == "disagree":
            review.decided_at = fields.Datetime.now()
            review._tell_remedies()
            self._log("review_decided", after="remedies")
        else:
            self._give_to_review(review)
            self._portal_post(text, [], person)
        return review

    def _check_review(self):
        """Raise, in the person's words, if no review can be asked for."""
        if self.review_ids.filtered(lambda review: review.state in OPEN):
            raise UserError(
                self.env._("You have asked for a review already. We are looking at it.")
            )
        if self._get_decided_reviews().filtered(lambda row: row.level == "head"):
            raise UserError(
                self.env._(
                    "The head of the department has reviewed your case. What you can "
                    "do further is in our answer."
                )
            )
        if not self._can_ask_review():
            raise UserError(
                self.env._(
                    "You can ask for a review of a citizen case within %s days after "
                    "our answer.",
                    self._get_review_days(),
                )
            )

    def _can_ask_review(self):
        """Tell whether the person can ask for a review now."""
        self.ensure_one()
        if self.role != "citizen" or self.phase not in ("answered", "closed"):
            return False
        dates = filter(None, (self.answered_date, self.closed_date))
        answered = max(dates, default=None)
        limit = fields.Datetime.now() - timedelta(days=self._get_review_days())
        if not answered or answered < limit:
            return False
        decided = self._get_decided_reviews()
        return "head" not in decided.mapped("level") and not self.review_ids.filtered(
            lambda review: review.state in OPEN
        )

    @api.model
    def _get_review_days(self):
        value = self.env["ir.config_parameter"].sudo().get_param(REVIEW_PARAMETER)
        return int(value) if (value or "").isdigit() else REVIEW_DAYS

    def _get_decided_reviews(self):
        return self.review_ids.filtered(lambda review: review.state in DECIDED)

    def _get_earlier_handlers(self):
        """Return everybody who has had the case; nobody reviews the own work."""
        self.ensure_one()
        return self.event_ids.assignee_id | self.user_id

    def _give_to_review(self, review):
        """Open the case again, for the queue or for the head of the department."""
        head = self._get_review_head(review) if review.level == "head" else None
        values = {"user_id": head.id if head else False}
        phase = automatic_phase(self.team_id.id, values["user_id"])
        values["stage_id"] = self._get_portal_stage(phase).id
        reason = self.env._("Review asked for")
        self.with_context(handing=Handing(reason)).write(values)
        if not head:
            self._call_for_reviewer()

    def _get_review_head(self, review):
        """Return the next head above who has not handled the case and may see it."""
        heads = self.department_id._get_heads() - review.earlier_user_ids
        return heads.filtered(
            lambda user: user.active and self._as_seen_by(user).has_access("write")
        )[:1]

    def _call_for_reviewer(self):
        """Ask the lead to choose somebody where no ledger gives out the work."""
        lead = self._filter_readers(self.team_id.user_id)
        if lead and self.team_id not in self._get_shared_teams():
            self._give_task(
                "mail.mail_activity_data_todo",
                lead,
                lambda env: env._(
                    "Review asked for: give the case to somebody who has not handled it"
                ),
                False,
            )

    # ---------------------------------------------------------------- recusal
    def _get_recused(self, members):
        """Leave out who has handled a case that is to be reviewed."""
        found = super()._get_recused(members)
        employees = {member.user_id: member.employee_id.id for member in members}
        for case, earlier in self._get_under_review().items():
            for user in earlier:
                if user in employees:
                    found[case.id].setdefault(employees[user], "earlier")
        return found

    def _get_under_review(self):
        """Return dict ``case -> who must not review it`` of open reviews."""
        reviews = self.sudo().review_ids.filtered(lambda review: review.state in OPEN)
        return {review.case_id: review.earlier_user_ids for review in reviews}

    @api.constrains("user_id")
    def _check_reviewer(self):
        """Whoever gives a case by hand keeps to it, too."""
        for case, earlier in self.filtered("user_id")._get_under_review().items():
            if case.user_id in earlier:
                raise ValidationError(
                    self.env._(
                        "Handler: %(user)s has handled %(case)s before. A review goes "
                        "to somebody who has not.",
                        user=case.user_id.name,
                        case=case.display_name,
                    )
                )

    @api.constrains("stage_id")
    def _check_review_decided(self):
        """A review is decided and the person written to before the case goes on."""
        settled = self.filtered(lambda case: case.phase in SETTLED)
        if not settled:
            return
        reviews = self.env["citizen.case.review"].sudo()
        domain = [("case_id", "in", settled.ids), ("state", "in", OPEN + DECIDED)]
        for review in reviews.search(domain):
            if review.state in OPEN:
                raise ValidationError(
                    self.env._(
                        "Stage: the person has asked for a review of %s. Decide on it "
                        "first, by its buttons.",
                        review.case_id.display_name,
                    )
                )
            if not review._is_person_told():
                raise ValidationError(
                    self.env._(
                        "Stage: the review of %s is decided. Write to the person what "
                        "was found before the case is answered.",
                        review.case_id.display_name,
                    )
                )

    # ----------------------------------------------------------------- portal
    def _get_portal_page(self):
        page = super()._get_portal_page()
        can_ask = page["is_mine"] and self._can_ask_review()
        return {**page, "can_ask_review": can_ask}

    def _get_timeline_sentence(self, event):
        if event.kind == "review_decided" and event.after == "remedies":
            return self.env._("We told you which legal remedies you have.")
        return super()._get_timeline_sentence(event)

    def _get_timeline_sentences(self, department):
        return {
            **super()._get_timeline_sentences(department),
            "review_asked": self.env._("A review was asked for."),
            "review_decided": self.env._("We have reviewed the case."),
        }
