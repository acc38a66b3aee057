"""What every page for residents has in common: parse, check access, act.

A page method hands the work to :meth:`PortalBase._answer`. Whatever goes wrong there
becomes a page with a human message and the right status: 400 for input that cannot be
read, 404 alike for what is not there and what is not the person's, 413, 429; what the
person typed is kept. Only a fault of ours is a 500, and it shows no traceback.
"""

import errno
import logging
import secrets

import psycopg2
from werkzeug.exceptions import HTTPException

from odoo.exceptions import AccessError, ConcurrencyError, MissingError, UserError
from odoo.http import request

from ..models.case.ir_http import get_error_words
from ..models.case.unavailable import is_away
from ..tools.unavailable_page import SECURITY_HEADERS
from ..tools.web_files import (
    ACCEPT,
    MAX_FILE_BYTES,
    MAX_FILES,
    MEGABYTE,
    check_file,
)
from ..tools.web_input import InputError, clean_text, network_of, parse_case_key
from .standby import note_writing

_logger = logging.getLogger(__name__)

#: All files of one request, with room for the text around them.
MAX_REQUEST_BYTES = 60 * MEGABYTE
#: Fields of a form that are no words of the person.
NOT_TYPED = frozenset({"csrf_token", "files", "form_key"})
FORM_KEY_LENGTH = 32
#: Errors of a disk that takes no more; what was typed can be sent without files.
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: Errors that the framework knows what to do about. A page that was to be read from
#: a standby and writes is one of them: it is made again from the primary.
RAISED = (
    psycopg2.errors.ReadOnlySqlTransaction,
    ConcurrencyError,
)


class TooManyRequests(Exception):
    """A person or an address has used up its share; ``seconds`` to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class UnknownPage(Exception):
    """There is nothing here, or nothing of this person's; both are told alike."""


class TextKept(Exception):
    """The form cannot be taken now; show what was typed so it can be sent again."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class PortalBase:
    """Base of all controllers that residents reach.

    Not a controller itself: the framework melts all subclasses of a controller into
    one class, and these are to stay apart.
    """

    # ------------------------------------------------------------------ flow
    def _answer(self, act, *args, scope=None):
        """Return what ``act`` returns, or a page that says what went wrong.

        The work runs in a savepoint: after a refusal by the database the page that
        says so can still be rendered.

        :param scope: what the request counts as, see ``citizen.portal.hit``
        """
        note_writing()
        try:
            if scope:
                self._limit(scope)
            with request.env.cr.savepoint():
                response = act(*args)
                if hasattr(response, "flatten"):
                    response.flatten()
                request.env.flush_all()
        except RAISED:
            raise  # tried again by the framework
        except Exception as error:
            if is_away(error):
                raise  # the same, or answered with 503
            response = self._refuse(error)
        return self._seal(response)

    def _refuse(self, error):
        """Return the page for an error."""
        if isinstance(error, TooManyRequests):
            return self._refuse_flood(error.seconds)
        if isinstance(error, TextKept):
            return self._page_with_text(error.status, error.reason)
        if isinstance(error, UnknownPage | AccessError | MissingError):
            return self._refuse_unknown()
        if isinstance(error, InputError | psycopg2.DataError):
            return self._error_page(400)
        if isinstance(error, UserError):
            return self._page_with_text(400, error.args[0])
        if isinstance(error, psycopg2.IntegrityError):
            return self._page_with_text(400, self._messages()[400][1])
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            _logger.error("%s: the disk is full", request.httprequest.path)
            return self._page_with_text(507, self._messages()[507][1])
        if isinstance(error, HTTPException) and error.code in self._messages():
            return self._error_page(error.code)
        if isinstance(error, HTTPException):
            raise error
        _logger.error("%s failed", request.httprequest.path, exc_info=error)
        return self._error_page(500)

    def _refuse_unknown(self):
        """Answer alike for what is not there and what is not theirs, and count it."""
        try:
            self._limit("miss")
        except TooManyRequests as flood:
            return self._refuse_flood(flood.seconds)
        return self._error_page(404)

    def _refuse_flood(self, seconds):
        response = self._page_with_text(429, self._messages()[429][1])
        response.headers["Retry-After"] = str(seconds)
        return response

    def _seal(self, response):
        """Keep pages about cases out of caches, frames and other sites' logs."""
        for name, value in SECURITY_HEADERS.items():
            if name == "Content-Security-Policy" and name in response.headers:
                value = f"{response.headers[name]}; {value}"
            response.headers[name] = value
        return response

    # ----------------------------------------------------------------- pages
    def _render(self, template, values, status=200):
        return request.render(
            f"citizen_crm.{template}",
            {
                "no_breadcrumbs": True,
                "page_name": "citizen_case",
                "services_label": request.env._("Services of the city"),
                "my_label": request.env._("My account"),
                "accept": ACCEPT,
                "max_files": MAX_FILES,
                "max_file_mb": MAX_FILE_BYTES // MEGABYTE,
                "words": self._get_script_words(),
                **values,
            },
            status=status,
        )

    def _get_script_words(self):
        """Return the words of the page's scripts; ``{}`` is filled in there."""
        _ = request.env._
        return {
            "step": _("Step {step} of {steps}"),
            "next": _("Continue"),
            "back": _("Back"),
            "busy": _("Sending …"),
            "asking": _("Asking your browser …"),
            "found": _("The point where you are has been added."),
            "removed": _("The point has been removed."),
            "failed": _("Your browser did not say where you are; write the place."),
            "too_many": _("Please choose at most {count} files."),
            "too_big": _("{name} is too large and will not be taken."),
            "chosen": _("Chosen:"),
        }

    def _error_page(self, status):
        title, message = self._messages()[status]
        return self._render(
            "portal_error",
            {"title": title, "message": message, "kept": []},
            status=status,
        )

    def _page_with_text(self, status, message):
        """Return an error page that gives the person's words back, to send again."""
        title = self._messages().get(status, self._messages()[400])[0]
        try:
            form = request.httprequest.form
            kept = [
                (name, value[:100_000])
                for name, value in form.items(multi=True)
                if name not in NOT_TYPED
            ]
        except HTTPException:
            kept = []
        return self._render(
            "portal_error",
            {
                "title": title,
                "message": message,
                "kept": kept if request.httprequest.method == "POST" else [],
                "kept_path": request.httprequest.path,
                "kept_form_key": request.params.get("form_key", ""),
                "had_files": bool(self._get_uploads()),
            },
            status=status,
        )

    def _messages(self):
        return get_error_words(request.env)

    # ------------------------------------------------------------------- input
    def _get_person(self):
        """Return the signed-in person's partner; empty for a visitor."""
        user = request.env.user
        return request.env["res.partner"] if user._is_public() else user.partner_id

    def _get_case(self, key):
        """Return the person's own case, with their own rights; 404 otherwise."""
        try:
            case = request.env["helpdesk.ticket"]._find_portal_case(parse_case_key(key))
        except InputError:
            case = request.env["helpdesk.ticket"]
        if not case:
            raise UnknownPage
        case._check_portal_access()
        return case

    def _limit(self, scope):
        """Count this request and raise if there were too many."""
        user = request.env.user
        wait = request.env["citizen.portal.hit"]._take(
            scope,
            "" if user._is_public() else f"user {user.id}",
            f"net {network_of(request.httprequest.remote_addr)}",
        )
        if wait:
            raise TooManyRequests(wait)

    def _check_form(self):
        """Check what the framework would, but keep the text if it is refused.

        Routes that take a person's words are declared with ``csrf=False`` and
        ``auth="public"`` for this reason only, and call this first.
        """
        if request.env.user._is_public():
            raise TextKept(
                request.env._(
                    "Your session has ended. Sign in in another window, then come back "
                    "here and send your text again."
                ),
                401,
            )
        self._check_token()

    def _check_token(self):
        """Check that the form stood on a page of this browser session."""
        if not request.validate_csrf(request.httprequest.form.get("csrf_token")):
            raise TextKept(
                request.env._(
                    "The page was open for too long, or you signed in anew. Nothing "
                    "has been sent yet: please look at your text and send it again."
                ),
                403,
            )

    def _once(self, act):
        """Do what a form asks for, or lead to where it has led before.

        :param act: does it and returns the address of the next page
        """
        Form = request.env["citizen.portal.form"]
        key = request.httprequest.form.get("form_key") or ""
        if len(key) != FORM_KEY_LENGTH:
            return request.redirect(act())
        page = Form._claim(key)
        if not page:
            page = act()
            Form._lead_to(key, page)
        return request.redirect(page)

    def _make_form_key(self):
        """Return what tells a form from the same form opened again."""
        return secrets.token_hex(FORM_KEY_LENGTH // 2)

    def _get_text(self, name, limit, lines=False):
        return clean_text(request.httprequest.form.get(name), limit, lines)

    def _get_uploads(self):
        try:
            files = request.httprequest.files.getlist("files")
        except HTTPException:
            return []
        return [file for file in files if file.filename]

    def _parse_files(self):
        """Return the files of the form, each checked; at most ten."""
        uploads = self._get_uploads()
        if len(uploads) > MAX_FILES:
            raise InputError("too_many", MAX_FILES)
        return [check_file(file.filename, file.read()) for file in uploads]

    def _explain(self, error):
        """Put a refusal into words."""
        _ = request.env._
        return {
            "too_long": _("Please write at most %s characters.", error.limit),
            "control": _("There are characters in it that we cannot read."),
            "required": _("Please fill this in."),
            "email": _("Please write an e-mail address like name@example.com."),
            "number": _("Please write a number, for example 12."),
            "range": _("This number is too small or too large."),
            "date": _("Please give a date like 2026-03-31."),
            "choice": _("Please choose one of the answers offered."),
            "too_many": _("Please add at most %s files.", error.limit),
            "too_big": _("A file is larger than %s MB.", error.limit),
            "empty": _("A file is empty. Please choose it again."),
            "kind": _("A file is of a kind that we cannot take."),
        }.get(error.code, self._messages()[400][1])
