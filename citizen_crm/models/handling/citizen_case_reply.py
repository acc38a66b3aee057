from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import clean_context

from ..case.helpdesk_ticket_deciders import LEVELS

REPLY_STATES = [
    ("draft", "Draft"),
    ("waiting", "Waiting for approval"),
    ("returned", "Returned"),
    ("approved", "Approved"),
    ("sent", "Sent"),
]
FINDINGS = [
    ("founded", "Founded"),
    ("partly", "Partly founded"),
    ("unfounded", "Unfounded"),
    ("not_applicable", "Nothing to decide"),
]
RESULTS = [
    ("delivered", "Service delivered"),
    ("not_delivered", "Service not delivered"),
]
#: The parts of a reply that are texts, in the order in which the person reads them.
TEXTS = ("summary", "facts", "measures", "legal_basis", "remedies")
#: What people write; all else is noted by the methods below.
WRITTEN_FIELDS = frozenset({"template_id", "finding", "result", "to_joined", *TEXTS})
#: States in which a reply may be changed.
EDITABLE = ("draft", "returned")


class CitizenCaseReply(models.Model):
    """The reasoned reply to a case, or the result of a service, from draft to letter.

    Whoever may change the case writes it; where the duties ask for it, somebody of the
    right level who did not write it approves it. A reply that was sent never changes.
    """

    _name = "citizen.case.reply"
    _inherit = ["citizen.case.part"]
    _description = "Reply"
    _order = "id desc"

    state = fields.Selection(
        REPLY_STATES, required=True, default="draft", readonly=True
    )
    role = fields.Selection(related="case_id.role", string="Role of the Case")
    number = fields.Char(related="case_id.number", string="Case Number")
    department_id = fields.Many2one(
        related="case_id.department_id", string="Department of the Case"
    )
    category_id = fields.Many2one(
        related="case_id.category_id", string="Service Type of the Case"
    )
    nature = fields.Selection(related="case_id.nature", string="Nature of the Case")
    template_id = fields.Many2one(
        "citizen.reply.template",
        string="Insert a Template",
        ondelete="restrict",
        help="Fills in the parts that are still empty, in the language of the person. "
        "Offered are those of the department that are for such cases.",
    )
    finding = fields.Selection(
        FINDINGS, help="Whether the person is right, after what you found out."
    )
    result = fields.Selection(
        RESULTS, help="What became of the service that was asked for."
    )
    summary = fields.Text(
        string="In Short",
        help="The answer in plain words, without terms of the trade. It comes first.",
    )
    facts = fields.Text(string="What We Found", help="The facts, and how you know.")
    measures = fields.Text(
        string="What We Did", help="The action taken, by whom and until when."
    )
    legal_basis = fields.Text(help="The law or rule that the reply rests on.")
    remedies = fields.Text(
        string="What You Can Do",
        help="The notice of remedies: where and until when the person can object.",
    )
    is_decision = fields.Boolean(
        string="Decides",
        compute="_compute_is_decision",
        help="The reply decides on something, so it tells the remedies.",
    )
    level = fields.Selection(
        LEVELS,
        string="To Be Approved By",
        compute="_compute_level",
        store=True,
        help="Who approves it at least; empty: it needs no approval.",
    )
    language = fields.Char(
        compute="_compute_language",
        help="The language in which the city writes to this person.",
    )
    author_ids = fields.Many2many(
        "res.users",
        string="Written By",
        readonly=True,
        help="Everybody who wrote any of it. None of them approves it.",
    )
    asked_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    asked_at = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True)
    approved_level = fields.Selection(
        LEVELS, readonly=True, help="The level that whoever approved it holds."
    )
    return_reason = fields.Text(string="Why Returned", readonly=True)
    sent_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    sent_at = fields.Datetime(readonly=True)
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="restrict")

    _one_at_work = models.UniqueIndex(
        "(case_id) WHERE state <> 'sent'",
        "A reply to this case is being written. Open it with “Reply” on the case.",
    )
    _sent_index = models.Index("(case_id, sent_at) WHERE state = 'sent'")

    @api.depends("number", "state")
    def _compute_display_name(self):
        for reply in self:
            reply.display_name = self.env._("Reply to %s", reply.number or "")

    @api.depends("case_id.role", "case_id.nature")
    def _compute_is_decision(self):
        for reply in self:
            reply.is_decision = "remedies" in reply._get_owed()

    @api.depends("case_id.role", "case_id.nature", "case_id.partner_id", "state")
    def _compute_level(self):
        """Read it off the duties of the case; what was sent stays as it was."""
        for reply in self.filtered(lambda reply: reply.state != "sent"):
            approval = reply._get_owed().get("approval")
            reply.level = approval.level if approval else False

    def _get_owed(self):
        return {duty.kind: duty for duty in self.case_id._get_owed()}

    @api.depends("case_id.partner_id.lang")
    def _compute_language(self):
        names = dict(self.env["res.lang"].get_installed())
        for reply in self:
            code = reply._get_lang()
            reply.language = names.get(code, code)

    def _get_lang(self):
        """Return the code of the language in which the person is written to."""
        case = self.case_id.sudo()
        company = case.company_id or self.env.company
        return case.partner_id.lang or company.partner_id.lang or self.env.lang

    @api.onchange("template_id")
    def _onchange_template_id(self):
        """Put the texts of the template where nothing is written yet."""
        if self.template_id:
            texts = self.template_id._get_texts(self.case_id._origin, self._get_lang())
            for name, text in texts.items():
                self[name] = self[name] or text

    # -------------------------------------------------------------------- CRUD
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_written(vals.keys() - {"case_id"})
            if not vals.get("case_id"):
                raise UserError(self.env._("Begin a reply with “Reply” on its case."))
            case = self.env["helpdesk.ticket"].browse(vals["case_id"])
            case.check_access("write")
            self._check_template(vals, case)
        if not self.env.su:
            authors = [Command.link(self.env.uid)]
            vals_list = [{**vals, "author_ids": authors} for vals in vals_list]
        # Defaults in the context would say what only the desk notes.
        clean = self.with_context(clean_context(self.env.context))
        return super(CitizenCaseReply, clean).create(vals_list)

    def write(self, vals):
        if "sent" in self.sudo().mapped("state"):
            raise UserError(
                self.env._("A reply that was sent stays as it is. Write another one.")
            )
        if self.env.su:
            return super().write(vals)
        self._check_written(vals.keys())
        for reply in self:
            reply.case_id.check_access("write")
            if reply.state not in EDITABLE:
                raise UserError(
                    self.env._(
                        "This reply waits for approval or has it. Take it back to "
                        "change it; it is approved again then."
                    )
                )
            self._check_template(vals, reply.case_id)
        authors = [Command.link(self.env.uid)]
        return super(CitizenCaseReply, self.sudo()).write(
            {**vals, "author_ids": authors}
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Replies are part of the record and stay."))

    def _check_written(self, names):
        """Refuse values for what is noted, whoever sends them."""
        noted = set(names) - WRITTEN_FIELDS
        if noted and not self.env.su:
            raise AccessError(
                self.env._(
                    "%s: the desk notes it itself.",
                    self._fields[min(noted)]._description_string(self.env),
                )
            )

    @api.model
    def _check_template(self, vals, case):
        if vals.get("template_id") and not self.env.su:
            template = self.env["citizen.reply.template"].browse(vals["template_id"])
            template._check_usable(case)

    # ------------------------------------------------------------ completeness
    def _check_complete(self):
        """Raise unless everything that the person is owed is written."""
        self.ensure_one()
        empty = [name for name in self._get_needed() if not self._is_filled(name)]
        if empty:
            names = [self._fields[name]._description_string(self.env) for name in empty]
            raise UserError(
                self.env._("Please fill in before it goes out: %s.", ", ".join(names))
            )
        if self.is_decision and self.finding == "not_applicable":
            raise UserError(
                self.env._(
                    "Finding: the person is owed a decision. Say whether the matter is "
                    "founded, partly founded or unfounded."
                )
            )

    def _get_needed(self):
        """Return the parts without which the reply is not a reasoned one."""
        if self.role == "customer":
            return ["result", "summary"]
        names = ["finding", "summary"]
        if self.finding != "not_applicable":
            names += ["facts", "measures", "legal_basis"]
        return [*names, "remedies"] if self.is_decision else names

    def _is_filled(self, name):
        value = self[name]
        return bool(value.strip() if isinstance(value, str) else value)
