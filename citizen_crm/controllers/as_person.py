from odoo import http
from odoo.http import request

from ..tools.read_only_page import make_read_only
from ..tools.web_files import SHOWN
from ..tools.web_input import parse_int
from .base import PortalBase, UnknownPage
from .cases import get_case_values
from .tracking import get_tracked_values


class AsPersonController(PortalBase, http.Controller):
    """What the person of a case sees, for staff who may read the case."""

    @http.route(
        "/citizen/case/<int:case_id>/as-person",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def as_person(self, case_id, **_params):
        """Show the person's page of a case, in their language and without forms."""
        return self._answer(self._show_as_person, case_id)

    @http.route(
        "/citizen/case/<int:case_id>/as-person/file/<string:file_key>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def as_person_file(self, case_id, file_key, **_params):
        """Send a file that stands on the person's page."""
        return self._answer(self._send_as_person, case_id, file_key)

    # ------------------------------------------------------------------- acts
    def _find_case(self, case_id):
        """Return the case with the rights of the member of staff; 404 otherwise."""
        case = request.env["helpdesk.ticket"].browse(case_id).exists()
        if not case:
            raise UnknownPage
        case._check_sees_as_person()
        case._record_reads("portal")
        return case

    def _show_as_person(self, case_id):
        own = self._find_case(case_id)
        case, has_account = own._as_person()
        path = own._get_as_person_path()
        # These words are for staff, all others on the page for the person.
        label = request.env._("Button of the person")
        banner = self._get_banner(own, has_account)
        request.update_context(lang=case.env.lang)
        template = "portal_case" if has_account else "portal_tracked"
        prepare = get_case_values if has_account else get_tracked_values
        values = prepare(case)
        # Whether the person has said how it was is for nobody to see.
        values["case"] = {**values["case"], "can_give_feedback": False}
        response = self._render(
            template, {**values, "case_path": path, "staff_banner": banner}
        )
        response.flatten()
        response.set_data(make_read_only(response.get_data(as_text=True), path, label))
        return response

    def _get_banner(self, case, has_account):
        """Say what this page is, to whom it is shown and in which language."""
        _ = request.env._
        how = (
            _("signed in to the portal")
            if has_account
            else _("with the number and the secret, without an account")
        )
        return _(
            "Case %(number)s as the person sees it, %(how)s. Only you see this line; "
            "nothing can be sent from here.",
            number=case.number,
            how=how,
        )

    def _send_as_person(self, case_id, file_key):
        case, has_account = self._find_case(case_id)._as_person()
        files = (
            case._get_portal_attachments() if has_account else case._get_tracked_files()
        )
        wanted = parse_int(file_key, low=1)
        file = files.filtered(lambda file: file.id == wanted)
        if not file:
            raise UnknownPage
        stream = request.env["ir.binary"]._get_stream_from(file)
        return stream.get_response(as_attachment=file.mimetype not in SHOWN)
