from odoo import http
from odoo.http import request

from ..models.aftercare.citizen_case_feedback import QUESTIONS, REMARK_LIMIT
from ..tools.web_input import InputError, parse_choice
from .base import PortalBase, TooManyRequests
from .case_actions import MESSAGE_LIMIT

_PAGE = {"type": "http", "website": True}
#: The secret in the address is all that these pages ask for: no session, no cookie.
_BY_LINK = {**_PAGE, "auth": "public", "csrf": False}


class LinkEnded(Exception):
    """The address holds no secret, or one that opens nothing any more."""


class FeedbackLink(PortalBase):
    """Pages that a link by mail opens, without signing in."""

    def _refuse(self, error):
        if not isinstance(error, LinkEnded):
            return super()._refuse(error)
        try:
            self._limit("miss")
        except TooManyRequests as flood:
            return self._refuse_flood(flood.seconds)
        title = request.env._("This link does not work any more")
        return self._render("portal_feedback_over", {"title": title}, status=404)

    def _find(self, secret):
        """Return what the link was sent for, in the person's language."""
        feedback = request.env["citizen.case.feedback"]._find_by_secret(secret)
        if not feedback:
            raise LinkEnded
        lang = feedback.case_id.partner_id.lang
        if lang:
            request.update_context(lang=lang)
        # Also what is said by the models, not by the page alone.
        return feedback.with_context(lang=request.env.lang)


class FeedbackController(FeedbackLink, http.Controller):
    """What people are asked after a case was closed, by link or signed in.

    Looking stores nothing: programs that check mails open every link in them.
    """

    @http.route("/feedback/<string:secret>", methods=["GET"], **_BY_LINK)
    def ask_by_link(self, secret, **_params):
        """Show the questions, or thanks if they were answered."""
        return self._answer(self._show_by_link, secret)

    @http.route("/feedback/<string:secret>", methods=["POST"], **_BY_LINK)
    def answer_by_link(self, secret, **_params):
        """Store the answers."""
        return self._answer(self._store_by_link, secret, scope="write")

    @http.route("/feedback/<string:secret>/reopen", methods=["POST"], **_BY_LINK)
    def reopen_by_link(self, secret, **_params):
        """Open the case again, with the reason."""
        return self._answer(self._reopen_by_link, secret, scope="write")

    @http.route("/my/case/<string:key>/feedback", auth="user", methods=["GET"], **_PAGE)
    def ask(self, key, **_params):
        """Show the questions about an own case."""
        return self._answer(self._show, key)

    @http.route(
        "/my/case/<string:key>/feedback",
        auth="public",
        csrf=False,
        methods=["POST"],
        **_PAGE,
    )
    def answer(self, key, **_params):
        """Store the answers about an own case."""
        return self._answer(self._store, key, scope="write")

    # ------------------------------------------------------------------- acts
    def _show_by_link(self, secret):
        feedback = self._find(secret)
        path = f"/feedback/{secret}"
        if feedback.answered_at:
            return self._render_thanks(feedback, path)
        return self._render_questions(feedback.case_id, path)

    def _store_by_link(self, secret):
        feedback, path = self._find(secret), f"/feedback/{secret}"
        if not feedback.answered_at:
            typed, answers, errors = self._parse()
            if errors:
                return self._render_questions(feedback.case_id, path, typed, errors)
            feedback._answer(answers, answers["message"])
        return self._render_thanks(feedback, path)

    def _reopen_by_link(self, secret):
        feedback, path = self._find(secret), f"/feedback/{secret}"
        try:
            text = self._get_text("message", MESSAGE_LIMIT, lines=True)
            if not text:
                raise InputError("required")
        except InputError as error:
            return self._render_thanks(feedback, path, self._explain(error))
        case = feedback.case_id
        case._reopen_for(case.partner_id, text)
        return self._render_thanks(feedback, path, reopened=True)

    def _show(self, key):
        case = self._get_case(key)
        path = f"/my/case/{case.sudo()._get_portal_key()}"
        if not case.sudo()._can_give_feedback():
            return request.redirect(path)
        case._check_portal_access(own=True)
        case._check_portal_person()
        return self._render_questions(case.sudo(), f"{path}/feedback")

    def _store(self, key):
        self._check_form()
        case = self._get_case(key)
        path = f"/my/case/{case.sudo()._get_portal_key()}"
        typed, answers, errors = self._parse()
        if errors:
            case._check_portal_access(own=True)
            case._check_portal_person()
            path += "/feedback"
            return self._render_questions(case.sudo(), path, typed, errors)
        feedback = case._portal_give_feedback(answers, answers["message"])
        return self._render_thanks(feedback.with_context(lang=request.env.lang), path)

    # ------------------------------------------------------------------ input
    def _parse(self):
        """Return what was typed, what it means, and what is wrong, each by name."""
        form = request.httprequest.form
        typed = {name: (form.get(name) or "")[:20] for name in QUESTIONS}
        typed["message"] = (form.get("message") or "")[: REMARK_LIMIT * 2]
        typed["message"] = typed["message"].replace("\x00", "")
        answers, refused = {}, {}
        for name, words in QUESTIONS.items():
            try:
                answers[name] = parse_choice(form.get(name), words)
            except InputError as error:
                refused[name] = error
        try:
            answers["message"] = self._get_text("message", REMARK_LIMIT, lines=True)
        except InputError as error:
            refused["message"] = error
        if not answers.get("got_it", True):
            refused["got_it"] = InputError("required")
        errors = {name: self._explain(error) for name, error in refused.items()}
        return typed, answers, errors

    # ------------------------------------------------------------------ pages
    def _get_questions(self):
        _ = request.env._
        labels = {
            "got_it": _("Did you get what you needed?"),
            "understood": _("Did you understand why we decided as we did?"),
            "fair": _("Were you treated fairly?"),
            "on_time": _("Was it on time?"),
        }
        Feedback = request.env["citizen.case.feedback"]
        return [
            {
                "name": name,
                "label": label,
                "options": Feedback._fields[name]._description_selection(request.env),
            }
            for name, label in labels.items()
        ]

    def _render_questions(self, case, path, typed=(), errors=()):
        questions = self._get_questions()
        labels = {question["name"]: question["label"] for question in questions}
        return self._render(
            "portal_feedback",
            {
                "title": request.env._("How was it?"),
                "number": case.number,
                "path": path,
                "questions": questions,
                "signed_in": path.startswith("/my/"),
                "typed": dict(typed),
                "errors": dict(errors),
                "summary": [
                    (name, labels.get(name, ""), text)
                    for name, text in dict(errors).items()
                ],
            },
            status=400 if errors else 200,
        )

    def _render_thanks(self, feedback, path, error="", reopened=False):
        case = feedback.case_id
        is_missing = feedback.got_it in ("no", "partly")
        goes_on = is_missing and not reopened
        can_reopen = goes_on and case._can_reopen()
        can_ask_review = goes_on and case._can_ask_review()
        typed = (request.httprequest.form.get("message") or "")[: MESSAGE_LIMIT * 2]
        return self._render(
            "portal_feedback_done",
            {
                "title": request.env._("Thank you"),
                "number": case.number,
                "path": path,
                "signed_in": path.startswith("/my/"),
                "reopened": reopened,
                "can_reopen": can_reopen,
                "can_ask_review": can_ask_review,
                "offers": can_reopen or can_ask_review,
                # What was typed before was the remark, not the reason.
                "typed": {"message": typed.replace("\x00", "")} if error else {},
                "errors": {"message": error} if error else {},
            },
            status=400 if error else 200,
        )
