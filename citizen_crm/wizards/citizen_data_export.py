import base64
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class CitizenDataExport(models.TransientModel):
    """Give a person the own data: look up the address, choose, hand out."""

    _name = "citizen.data.export"
    _description = "Hand Out a Person's Data"

    email = fields.Char(
        string="E-mail Address",
        help="Contacts with this address are found, and cases that came from it.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Person", help="Whose data are handed out."
    )
    identity = fields.Char(
        string="How You Made Sure Who It Is",
        help="For example: identity card shown at the counter.",
    )
    case_ids = fields.Many2many(
        "helpdesk.ticket",
        context={"active_test": False},
        string="Cases",
        help="Take out what is not certainly this person's.",
    )
    unlinked_count = fields.Integer(
        string="Not Linked",
        compute="_compute_counts",
        help="Cases that only came from the address; look whether they are theirs.",
    )
    hidden_count = fields.Integer(
        string="Out of Your Sight",
        compute="_compute_counts",
        help="Further cases that you have no clearance for. A colleague with the "
        "clearance hands those out.",
    )
    data_file = fields.Binary(string="Data (JSON)", readonly=True, attachment=False)
    data_name = fields.Char(readonly=True)
    copy_file = fields.Binary(string="Cases to Read", readonly=True, attachment=False)
    copy_name = fields.Char(readonly=True)

    @api.depends("case_ids", "email", "partner_id")
    def _compute_counts(self):
        officer = self.env.user.has_group("citizen_crm.group_privacy_officer")
        for wizard in self:
            wizard.unlinked_count = len(
                wizard.case_ids.filtered(lambda case: not case.partner_id)
            )
            found = wizard._find_cases() if officer else wizard.case_ids
            wizard.hidden_count = len(found) - len(wizard._get_seen(found))

    @api.onchange("email", "partner_id")
    def _onchange_person(self):
        """Find the person and the cases; what the officer may not see is counted."""
        self._check_officer()
        Partner = self.env["res.partner"]
        if not self.partner_id and self.email:
            self.partner_id = Partner._find_by_address(self.email)[0][:1].sudo(False)
        self.case_ids = [Command.set(self._get_seen(self._find_cases()).ids)]

    def _get_seen(self, cases):
        return cases.sudo(False)._filtered_access("read")

    def _find_cases(self):
        Case = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        own = Case.search([("partner_id", "=", self.partner_id.id or 0)])
        address = self.email or self.partner_id.email
        _people, by_address = self.env["res.partner"]._find_by_address(address)
        # Several people may share an address; another one's cases are not theirs.
        return own | by_address.filtered(
            lambda case: not case.partner_id or not self.partner_id
        )

    def _check_officer(self):
        if not self.env.user.has_group("citizen_crm.group_privacy_officer"):
            raise AccessError(self.env._("This is for privacy officers."))

    def action_hand_out(self):
        """Make the files and record that they were handed out."""
        self.ensure_one()
        self._check_officer()
        if not (self.identity or "").strip():
            raise UserError(
                self.env._("How You Made Sure Who It Is: the record has to say it.")
            )
        if not (self.partner_id or self.case_ids):
            raise UserError(
                self.env._("E-mail Address: no contact and no case has this address.")
            )
        self.case_ids.check_access("read")
        strangers = self.case_ids - self._find_cases().sudo(False)
        if strangers:
            raise UserError(
                self.env._("Cases: %s is not of this person.", strangers[0].number)
            )
        self.case_ids._record_reads("handout")
        self._make_files()
        self.env["citizen.data.handout"]._enter(
            self.partner_id, self.case_ids, self.identity
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _make_files(self):
        person = self.partner_id.sudo()
        lang = person.lang or self.env.user.lang
        cases = self.case_ids.sudo().with_context(lang=lang)
        data = person.with_context(lang=lang)._get_own_data(cases)
        text = json.dumps(data, ensure_ascii=False, indent=2)
        self.write(
            {
                "data_file": base64.b64encode(text.encode()),
                "data_name": "data.json",
            }
        )
        if cases:
            content, kind = cases._render_copies(lang)
            self.write(
                {"copy_file": base64.b64encode(content), "copy_name": f"cases.{kind}"}
            )
