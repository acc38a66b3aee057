from odoo import api, fields, models
from odoo.fields import Domain

#: What tells of the person or the matter. Reading anything else is no reading.
CONTENTS = frozenset(
    {
        "answers",
        "citizen_id",
        "commercial_partner_id",
        "customer_id",
        "description",
        "display_name",
        "email_cc",
        "message_ids",
        "name",
        "partner_email",
        "partner_id",
        "partner_name",
        "place",
        "properties",
        "reported_department_id",
        "reported_employee_ids",
        "website_message_ids",
    }
)


class HelpdeskTicket(models.Model):
    """Whoever reads a confidential case is recorded, by whatever way they read it.

    Only who is cleared for confidential cases can read one, so nobody else pays for
    the question; for them whether a case is confidential comes with what they read.
    """

    _inherit = "helpdesk.ticket"

    read_reason_needed = fields.Boolean(
        compute="_compute_read_reason_needed",
        help="You are neither handler nor lead of this confidential case, and have not "
        "said today why you open it.",
    )

    @api.depends_context("uid")
    @api.depends("confidential", "user_id", "team_id")
    def _compute_read_reason_needed(self):
        watched = self._watched_reads()
        told = (
            self.env["citizen.case.read"]
            .sudo()
            .search_fetch(
                [
                    ("case_id", "in", watched.ids),
                    ("user_id", "=", self.env.uid),
                    ("day", "=", fields.Datetime.now().date()),
                    ("reason", "!=", False),
                ],
                ["case_id"],
            )
            .case_id.ids
            if watched
            else ()
        )
        user = self.env.user
        for case in self:
            mine = user in (case.user_id | case.team_id.sudo().user_id)
            case.read_reason_needed = (
                case in watched and not mine and case.id not in told
            )

    # ----------------------------------------------------------------- watching
    @api.model
    def _watches_reads(self):
        return not self.env.su and self.env.user.has_group(
            "citizen_crm.group_confidential"
        )

    def _watched_reads(self):
        """Return the confidential cases among these; one's own are one's own."""
        if not self._watches_reads():
            return self.browse()
        # Who one is oneself is asked only where there is a confidential case.
        return self.filtered(
            lambda case: (
                case._origin
                and case.confidential
                and case.partner_id != self.env.user.partner_id
            )
        )

    def _determine_fields_to_fetch(self, field_names=None, ignore_when_in_cache=False):
        """Fetch with whatever is read whether it is confidential, in the same query."""
        if field_names and self._watches_reads():
            field_names = [*field_names, "confidential"]
        return super()._determine_fields_to_fetch(field_names, ignore_when_in_cache)

    def _record_reads(self, way):
        watched = self._watched_reads()
        if watched:
            self.env["citizen.case.read"]._enter(watched.ids, way)

    # -------------------------------------------------------------------- ways
    def _read_format(self, fnames, load="_classic_read"):
        """All of ``read``, ``web_read``, ``search_read`` and their like end here."""
        result = super()._read_format(fnames, load=load)
        if CONTENTS.intersection(fnames):
            self._record_reads("form" if len(self) == 1 else "list")
        return result

    def export_data(self, fields_to_export):
        """Record who takes confidential cases out of the desk."""
        result = super().export_data(fields_to_export)
        self._record_reads("export")
        return result

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Titles stand in the suggestions of a search."""
        found = super().name_search(name, domain, operator, limit)
        if found and self._watches_reads():
            self.browse(case_id for case_id, _name in found)._record_reads("list")
        return found

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        result = super()._read_group(domain, groupby, aggregates, *args, **kwargs)
        self._record_grouping(domain, [*groupby, *aggregates])
        return result

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        result = super()._read_grouping_sets(domain, grouping_sets, aggregates, order)
        specs = [spec for specs in grouping_sets for spec in specs]
        self._record_grouping(domain, [*specs, *aggregates])
        return result

    @api.model
    def _record_grouping(self, domain, specs):
        """Grouping by a text gives the texts away as well as reading them does."""
        names = {spec.partition(":")[0].partition(".")[0] for spec in specs}
        if CONTENTS & names and self._watches_reads():
            confidential = Domain(domain) & Domain("confidential", "=", True)
            self.search(confidential, order="id")._record_reads("grouped")

    def _get_portal_page(self):
        """Record that somebody else than the person looks at the person's page."""
        if self.confidential and not self._is_filed_by(self.env.user.partner_id):
            self.env["citizen.case.read"]._enter(self.ids, "portal")
        return super()._get_portal_page()
