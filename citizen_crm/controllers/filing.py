from odoo import http
from odoo.http import request
from odoo.tools import is_html_empty, plaintext2html

from ..tools.question_form import field_name, parse_answers
from ..tools.web_input import (
    InputError,
    clean_text,
    parse_choice,
    parse_coordinates,
    parse_int,
)
from .account import parse_sender
from .base import MAX_REQUEST_BYTES, PortalBase, TooManyRequests, UnknownPage

TITLE_LIMIT, PLACE_LIMIT = 200, 200
DESCRIPTION_LIMIT, DESCRIPTION_HTML_LIMIT = 20_000, 100_000


class FilingController(PortalBase, http.Controller):
    """One page per service type: what the city does, and the form to ask for it."""

    @http.route(
        "/services/<string:key>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def service(self, key, **_params):
        """Show the help of a service type and, to people signed in, the form."""
        return self._answer(self._show_service, key)

    @http.route(
        "/services/<string:key>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        csrf=False,
        max_content_length=MAX_REQUEST_BYTES,
    )
    def file_case(self, key, **_params):
        """Register a case. Token and sign-in are checked by ``_check_form``."""
        return self._answer(self._file, key, scope="file")

    # ------------------------------------------------------------------- acts
    def _show_service(self, key):
        return self._render_form(self._get_service(key), {}, {})

    def _file(self, key):
        is_visitor = self._is_visitor()
        if is_visitor:
            self._check_token()
        else:
            self._check_form()
        service = self._get_service(key)
        values, files, errors = self._parse(service)
        sender, refused = parse_sender() if is_visitor else ({}, {})
        errors |= {name: self._explain(error) for name, error in refused.items()}
        if errors:
            return self._render_form(service, self._get_typed(), errors, status=400)
        if is_visitor:
            return self._once(lambda: self._register_visitor(values, files, sender))
        return self._once(lambda: self._register(values, files))

    def _register(self, values, files):
        """Register the case of whoever is signed in; return the page that says so."""
        person = values.pop("person")
        case = request.env["helpdesk.ticket"]._portal_register(values, files, person)
        if person == self._get_person():
            # The next page tells it, once; it cannot be read again. Whoever acts for
            # the person does not get it: it would open the case for ever.
            secret = case.sudo()._get_secret_to_tell()
            request.session["citizen_secret"] = [case.id, secret]
        return f"/my/case/{case.sudo()._get_portal_key()}/filed"

    def _may_file_unsigned(self):
        """Tell whether this is a visitor, and visitors may file."""
        allowed = request.env.company.sudo().file_without_account
        return bool(allowed and not self._get_person())

    def _is_visitor(self):
        """Tell whether the form is one of a visitor, not one of an ended session."""
        return self._may_file_unsigned() and "email" in request.httprequest.form

    def _register_visitor(self, values, files, sender):
        """Register the case of a visitor; return the page that says what to do."""
        Case = request.env["helpdesk.ticket"]
        wait = Case._limit_visitor(sender["email"])
        if wait:
            raise TooManyRequests(wait)
        case = Case._register_visitor(values, files, **sender)
        request.session["citizen_asked"] = case.id
        return "/services/sent"

    def _get_service(self, key):
        try:
            ids = [parse_int(key, low=1)]
        except InputError:
            ids = []
        service = request.env["helpdesk.ticket.category"]._search_portal_services(ids)
        if not service:
            raise UnknownPage
        return service

    # ------------------------------------------------------------------ parse
    def _parse(self, service):
        """Return values, files and refusals (field name -> sentence) of the form."""
        form = request.httprequest.form
        answers, refused = parse_answers(
            service._get_portal_questions(), form.getlist, request.env.user.tz
        )
        values = {"category_id": service.id, "answers": answers}
        files = []
        for name, parse in (
            ("person", self._parse_person),
            ("role", self._parse_role),
            ("place", self._parse_place),
            ("description", self._parse_description),
        ):
            try:
                values.update(parse(service))
            except InputError as error:
                refused[name] = error
        try:
            files = self._parse_files()
        except InputError as error:
            refused["files"] = error
        values["name"] = self._get_title(service, values.get("place"))
        return values, files, {k: self._explain(e) for k, e in refused.items()}

    def _parse_person(self, _service):
        """Whose case it is: the person's own, or that of somebody they act for."""
        key = self._raw("person")
        if not key:
            return {"person": self._get_person()}
        wanted = parse_int(key, low=1)
        if wanted not in [one["partner_id"] for one in self._get_represented()]:
            raise InputError("choice")
        return {"person": request.env["res.partner"].browse(wanted)}

    def _parse_role(self, service):
        try:
            person = self._parse_person(service)["person"].sudo()
        except InputError:
            person = self._get_person()
        roles = service._get_portal_roles(person)
        if person.is_company:
            return {"role": roles[0]}
        return {"role": parse_choice(self._raw("role"), roles, default=roles[0])}

    def _get_represented(self):
        """Return those for whom the person may file, as plain values."""
        Representation = request.env["citizen.representation"]
        return Representation._get_portal_representations()["acting"]

    def _parse_place(self, _service):
        values = {"place": clean_text(self._raw("place"), PLACE_LIMIT)}
        point = parse_coordinates(self._raw("latitude"), self._raw("longitude"))
        if point:
            values["place_latitude"], values["place_longitude"] = point
        return values

    def _parse_description(self, _service):
        text = clean_text(self._raw("description"), DESCRIPTION_LIMIT, lines=True)
        if not text:
            raise InputError("required")
        html = plaintext2html(text)
        if len(html) > DESCRIPTION_HTML_LIMIT:
            raise InputError("too_long", DESCRIPTION_LIMIT)
        return {"description": html}

    def _raw(self, name):
        return request.httprequest.form.get(name)

    def _get_title(self, service, place):
        title = f"{service.name}: {place}" if place else service.name
        return title[:TITLE_LIMIT]

    # ----------------------------------------------------------------- render
    def _get_typed(self):
        """Return what was typed, to fill the form with again."""
        form = request.httprequest.form
        return {name: form.getlist(name) for name in form}

    def _render_form(self, service, typed, errors, status=200):
        person = self._get_person()
        questions = [
            self._get_question(question, typed, errors)
            for question in service._get_portal_questions()
        ]
        labels = self._get_labels(questions)
        first = {name: texts[-1] for name, texts in typed.items() if texts}
        return self._render(
            "portal_service",
            {
                "title": service.name,
                "service": {
                    "id": service.id,
                    "name": service.name,
                    "group": service.parent_id.complete_name or "",
                    "help": ""
                    if is_html_empty(service.resident_help)
                    else service.resident_help,
                    "department": service.department_id.name or "",
                    "promise": service._get_portal_promise(),
                },
                "signed_in": bool(person),
                "can_sign_up": self._can_sign_up(),
                "can_file": bool(person) or self._may_file_unsigned(),
                "roles": service._get_portal_roles(person),
                "represented": self._get_represented(),
                "organisation": person.commercial_partner_id.name
                if person.commercial_partner_id != person
                else "",
                "questions": questions,
                "typed": first,
                "errors": errors,
                "summary": [
                    (name, labels.get(name, ""), errors[name]) for name in errors
                ],
                "max_text": DESCRIPTION_LIMIT,
                "form_key": first.get("form_key") or self._make_form_key(),
            },
            status=status,
        )

    def _get_labels(self, questions):
        _ = request.env._
        return {
            "person": _("For whom is it?"),
            "role": _("How do you come to us?"),
            "place": _("Place"),
            "description": _("What is it about?"),
            "files": _("Photos and files"),
            "name": _("Your name"),
            "email": _("Your e-mail address"),
            **{question["field"]: question["label"] for question in questions},
        }

    def _get_question(self, question, typed, errors):
        """Return a question as the form shows it."""
        name = field_name(question)
        kind = question["type"]
        options = question.get("selection") if kind == "selection" else None
        if kind == "tags":
            options = question.get("tags")
        return {
            "field": name,
            "label": question.get("string") or "",
            "kind": kind,
            "options": [(row[0], row[1]) for row in options or []],
            "values": typed.get(name, []),
            "value": (typed.get(name) or [""])[-1],
            "error": errors.get(name, ""),
        }

    def _can_sign_up(self):
        return request.env["res.users"]._get_signup_invitation_scope() == "b2c"
