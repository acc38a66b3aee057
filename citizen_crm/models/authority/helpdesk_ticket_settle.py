from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.authority import Case, Use, covers, judge

#: Larger than anything the front line or a head settles in a case.
MAX_AMOUNT = 1_000_000


class HelpdeskTicket(models.Model):
    """Settling a case at once: who may give what, how much is left, what was given."""

    _inherit = "helpdesk.ticket"

    settlement_ids = fields.One2many(
        "citizen.authority.use",
        "case_id",
        string="Remedies Given",
        readonly=True,
        copy=False,
    )
    settlement_count = fields.Integer(
        string="Number of Remedies", compute="_compute_settlement_count"
    )
    can_settle = fields.Boolean(
        compute="_compute_can_settle",
        help="A remedy may be given in this case without sign-off, or proposed.",
    )
    settlement_pending_id = fields.Many2one(
        "citizen.authority.proposal",
        string="Proposed Remedy",
        compute="_compute_settlement_pending",
        help="It waits to be decided whether this is given.",
    )
    settlement_mine = fields.Boolean(
        string="Remedy Is Mine to Decide", compute="_compute_settlement_pending"
    )

    @api.depends("settlement_ids")
    def _compute_settlement_count(self):
        counts = dict(
            self.env["citizen.authority.use"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.settlement_count = counts.get(case._origin, 0)

    @api.depends("role", "team_id", "category_id", "is_open")
    def _compute_can_settle(self):
        for case in self:
            case.can_settle = bool(
                case.is_open and case.team_id and case._get_authorities()
            )

    @api.depends_context("uid")
    def _compute_settlement_pending(self):
        pending = {
            proposal.case_id: proposal
            for proposal in self.env["citizen.authority.proposal"].search(
                [("case_id", "in", self.ids), ("state", "=", "asked")]
            )
        }
        for case in self:
            case.settlement_pending_id = pending.get(case._origin)
            case.settlement_mine = case.settlement_pending_id.may_decide

    # ------------------------------------------------------------------ limits
    def _get_authorities(self):
        """Return the authorities in force that are given for this case."""
        self.ensure_one()
        Authority = self.env["citizen.authority"]
        case, today = self.sudo(), Authority._get_today()
        company = (case.company_id or self.env.company).id
        facts = Case(
            role=case.role or "",
            teams=frozenset(_get_path(case.team_id)),
            categories=frozenset(_get_path(case.category_id)),
        )
        return Authority.browse(
            authority_id
            for authority_id, of_company, last_day, scope in Authority._get_book()
            if of_company == company
            and (not last_day or today <= last_day)
            and covers(scope, facts)
        )

    def _judge_settlement(self, authority, amount):
        """Return the verdict of ``tools.authority.judge`` on a further use.

        Uses of all versions of the authority count.
        """
        self.ensure_one()
        known = authority.sudo()
        uses = known.env["citizen.authority.use"]
        family = [("authority_id.family", "=", known.family)]
        before = uses.search([*family, ("case_id", "=", self.id)])
        use = Use(
            amount=known._count_units(amount),
            amount_before=known._count_units(sum(before.mapped("amount"))),
            in_case=len(before),
            by_person=known.person_limit
            and uses.search_count([*family, *self._get_uses_of_person()]),
        )
        return judge(known._get_limits(), use)

    def _get_uses_of_person(self):
        """Return the domain of what the person was given in the last twelve months."""
        person = self.sudo().partner_id
        since = fields.Datetime.now() - relativedelta(months=12)
        if not person:
            return [("case_id", "=", self.id), ("at", ">", since)]
        return [("case_id.partner_id", "=", person.id), ("at", ">", since)]

    def _tell_beyond(self, authority, verdict):
        """Say why the front line cannot give something by itself."""
        known = authority.sudo()
        words = {
            "amount": self.env._(
                "more than %s in a case", known.currency_id.format(known.amount_limit)
            ),
            "case": self.env._("more than %s times in a case", known.case_limit),
            "year": self.env._(
                "more than %s times for a person in 12 months", known.person_limit
            ),
        }
        return ", ".join(words[reason] for reason in verdict.reasons)

    def _tell_approvers(self, verdict):
        """Name those who may approve what is beyond the limit for the present user."""
        users = self._get_deciders(verdict.level, self.env.user)
        return ", ".join(users.mapped("name")) or self.env._("nobody yet")

    def _check_settlement(self, authority, amount, reason):
        """Raise unless this may be asked for in this case; return the reason."""
        self.ensure_one()
        self.check_access("write")
        if not self.is_open or not self.team_id:
            raise UserError(
                self.env._(
                    "%s: only an open case of a team. Route it first, or reopen it.",
                    self.display_name,
                )
            )
        if not authority or authority not in self._get_authorities():
            raise UserError(
                self.env._(
                    "Remedy: no authority for it is in force for this case. Choose one "
                    "of those offered."
                )
            )
        self._check_settlement_amount(authority, amount)
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("What Was Done and Why: write it, it is read by staff.")
            )
        return reason

    def _check_settlement_amount(self, authority, amount):
        # Also refuses what is no number, which compares to nothing.
        if not 0 <= amount < MAX_AMOUNT:
            raise UserError(self.env._("Amount: between 0 and %s.", MAX_AMOUNT))
        if authority._gives_money() and amount <= 0:
            raise UserError(self.env._("Amount: say how much the person gets."))
        if not authority._gives_money() and amount:
            raise UserError(
                self.env._("Amount: %s gives no money.", authority.display_name)
            )

    # ---------------------------------------------------------------- settling
    def _settle(self, authority, amount, reason):
        """Give a remedy within the limits; return the use.

        :param amount: in the company's currency, 0 for a thing or a visit
        """
        reason = self._check_settlement(authority, amount, reason)
        self._hold_for_settling(authority)
        verdict = self._judge_settlement(authority, amount)
        if verdict.level:
            raise UserError(
                self.env._(
                    "%(remedy)s: %(beyond)s is beyond what you may give. These people "
                    "may approve it: %(people)s. Choose “Propose It”.",
                    remedy=authority.display_name,
                    beyond=self._tell_beyond(authority, verdict),
                    people=self._tell_approvers(verdict),
                )
            )
        return self.env["citizen.authority.use"]._note(self, authority, amount, reason)

    def _hold_for_settling(self, authority):
        """Let of two who settle at once the later begin again and count anew.

        An update that changes nothing makes the database notice, see ``_queue_up``.
        """
        self.flush_recordset()
        rows = [(SQL.identifier(self._table), self.id)]
        person = self.sudo().partner_id
        if person and authority.sudo().person_limit:
            rows.append((SQL.identifier(person._table), person.id))
        for table, row_id in rows:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = write_date WHERE id = %s",
                    table,
                    row_id,
                )
            )

    # ----------------------------------------------------------------- actions
    def action_settle(self):
        """Open the question what is given to the person."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_authority_settle_action"
        )
        return {**action, "context": {"default_case_id": self.id}}

    def action_view_settlements(self):
        """Open what was given in the case."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "citizen_crm.citizen_authority_use_action"
        )
        return {**action, "domain": [("case_id", "=", self.id)], "context": {}}

    def action_approve_settlement(self):
        """Give the remedy that was proposed."""
        self.ensure_one()
        return self.settlement_pending_id.action_approve()

    def action_decline_settlement(self):
        """Say why the remedy is not given."""
        self.ensure_one()
        return self.settlement_pending_id.action_decline()

    # ------------------------------------------------------------------ portal
    def _get_timeline_sentence(self, event):
        """Tell the person what was given, in their language."""
        if event.kind != "settled":
            return super()._get_timeline_sentence(event)
        use = self.sudo().settlement_ids.filtered(lambda use: use.event_id == event)
        return use[:1]._get_sentence() if use else ""


def _get_path(record):
    """Return the ids of a record and of all above it."""
    return [int(part) for part in (record.parent_path or "").split("/") if part]
