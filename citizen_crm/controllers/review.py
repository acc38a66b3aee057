from odoo import http
from odoo.http import request

from ..models.aftercare.citizen_case_review import GROUNDS
from ..tools.web_input import InputError, parse_choice
from .case_actions import MESSAGE_LIMIT
from .feedback import FeedbackLink

_PAGE = {"type": "http", "website": True}
_BY_LINK = {**_PAGE, "auth": "public", "csrf": False}


class ReviewController(FeedbackLink, http.Controller):
    """Asking that somebody else looks at a case again; signed in, or by link."""

    @http.route("/my/case/<string:key>/review", auth="user", methods=["GET"], **_PAGE)
    def form(self, key, **_params):
        """Ask what the review is to be about."""
        return self._answer(self._show, key)

    @http.route(
        "/my/case/<string:key>/review",
        auth="public",
        csrf=False,
        methods=["POST"],
        **_PAGE,
    )
    def ask(self, key, **_params):
        """Ask for the review."""
        return self._answer(self._store, key, scope="write")

    @http.route("/feedback/<string:secret>/review", methods=["GET"], **_BY_LINK)
    def form_by_link(self, secret, **_params):
        """Ask what the review is to be about."""
        return self._answer(self._show_by_link, secret)

    @http.route("/feedback/<string:secret>/review", methods=["POST"], **_BY_LINK)
    def ask_by_link(self, secret, **_params):
        """Ask for the review."""
        return self._answer(self._store_by_link, secret, scope="write")

    # ------------------------------------------------------------------- acts
    def _show(self, key):
        case = self._get_case(key)
        case._check_portal_access(own=True)
        return self._render_form(case.sudo())

    def _store(self, key):
        self._check_form()
        case = self._get_case(key)
        case._check_portal_access(own=True)
        typed, values, errors = self._parse()
        if errors:
            return self._render_form(case.sudo(), typed, errors)
        review = case._portal_ask_review(**values)
        return self._render_done(review)

    def _show_by_link(self, secret):
        return self._render_form(self._find(secret).case_id)

    def _store_by_link(self, secret):
        case = self._find(secret).case_id
        typed, values, errors = self._parse()
        if errors:
            return self._render_form(case, typed, errors)
        return self._render_done(case._ask_review(case.partner_id, **values))

    # ------------------------------------------------------------------ input
    def _parse(self):
        """Return what was typed, what it means, and what is wrong, each by name."""
        form, values, refused = request.httprequest.form, {}, {}
        typed = {
            "ground": (form.get("ground") or "")[:20],
            "message": (form.get("message") or "")[: MESSAGE_LIMIT * 2],
        }
        typed = {name: text.replace("\x00", "") for name, text in typed.items()}
        for name, parse in (
            ("ground", lambda: parse_choice(form.get("ground"), dict(GROUNDS))),
            ("message", lambda: self._get_text("message", MESSAGE_LIMIT, lines=True)),
        ):
            try:
                values[name] = parse()
                if not values[name]:
                    raise InputError("required")
            except InputError as error:
                refused[name] = self._explain(error)
        if not refused:
            values["text"] = values.pop("message")
        return typed, values, refused

    # ------------------------------------------------------------------ pages
    def _render_form(self, case, typed=(), errors=()):
        if not errors:
            case._check_review()
        Review = request.env["citizen.case.review"]
        labels = {
            "ground": request.env._("What is it about?"),
            "message": request.env._("What should we look at again?"),
        }
        return self._render(
            "portal_review",
            {
                "title": request.env._("Ask for a review"),
                "number": case.number,
                "path": request.httprequest.path,
                "grounds": Review._fields["ground"]._description_selection(request.env),
                "is_second": bool(case._get_decided_reviews()),
                "labels": labels,
                "typed": dict(typed),
                "errors": dict(errors),
                "summary": [
                    (name, labels[name], text) for name, text in dict(errors).items()
                ],
            },
            status=400 if errors else 200,
        )

    def _render_done(self, review):
        return self._render(
            "portal_review_done",
            {
                "title": request.env._("Thank you"),
                "number": review.case_id.number,
                "is_referred": review.state == "remedies",
                "is_second": review.level == "head",
                "remedies": review._get_remedies(),
            },
        )
