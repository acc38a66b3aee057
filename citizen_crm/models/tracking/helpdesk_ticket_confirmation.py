from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.case_events import AUTOMATIC, ENDED


class HelpdeskTicket(models.Model):
    """A case that its sender has not confirmed yet: registered, and nothing more.

    While ``confirm_until`` is set, the case has no team, so nobody gets it and no
    queue has it, and nothing is promised. Confirming is a change like any other: the
    history tells it, and routing, clocks and the receipt follow.
    """

    _inherit = "helpdesk.ticket"

    confirm_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="The sender has until then to confirm the case by the link that was "
        "mailed. Clocks and assignment begin with it. Empty: nothing is to be "
        "confirmed.",
    )

    _confirm_until_index = models.Index(
        "(confirm_until) WHERE confirm_until IS NOT NULL"
    )

    # ---------------------------------------------------------------- holding
    @api.depends("category_id")
    def _compute_routed_team_id(self):
        """Route nothing that is not confirmed."""
        held = self.filtered("confirm_until")
        for case in held:
            case.team_id = case.team_id
        return super(HelpdeskTicket, self - held)._compute_routed_team_id()

    def _get_targets(self):
        """Promise nothing in a case that is not confirmed."""
        return {} if self.confirm_until else super()._get_targets()

    @api.model
    def _get_told_fields(self):
        return {**super()._get_told_fields(), "held_until": "confirm_until"}

    def write(self, vals):
        held = self.filtered("confirm_until")
        if not held or "confirm_until" in vals:
            return super().write(vals)
        self._check_held(held, vals)
        ended = held.filtered(lambda case: not case.is_open)
        result = super().write(vals)
        for case in ended.sudo().filtered("is_open"):
            # Whoever opens it again vouches for it.
            team = case.team_id or case._get_team_to_confirm()
            case.write({"confirm_until": False, "team_id": team.id})
        return result

    def _check_held(self, held, vals):
        """Refuse to work on a case that is not confirmed; it may be ended."""
        stage = self.env["helpdesk.ticket.stage"].browse(vals.get("stage_id") or ())
        works = stage and stage.phase not in AUTOMATIC | ENDED
        opened = held.filtered("is_open")
        if opened and (works or vals.get("user_id") or vals.get("team_id")):
            raise UserError(
                self.env._(
                    "%s: its sender has not confirmed it yet. Wait for it, or, if you "
                    "have made sure who wrote it, use “Confirm for the Sender”.",
                    opened[0].display_name,
                )
            )

    @api.constrains("user_id", "team_id", "confirm_until")
    def _check_held_by_nobody(self):
        for case in self:
            if case.confirm_until and case.is_open and (case.user_id or case.team_id):
                raise UserError(
                    self.env._(
                        "Team, Handler: a case gets them when its sender has "
                        "confirmed it."
                    )
                )

    # -------------------------------------------------------------- confirming
    def _get_confirm_until(self):
        """Return the end of the last day on which a case may be confirmed."""
        company = self.company_id or self.env.company
        today = self._get_city_day(fields.Datetime.now())
        return self._get_end_of_day(today + timedelta(days=company.confirm_days))

    def _confirm(self):
        """Begin with a case that waits for it; tell whether it did.

        The case goes to the team of its service type, the promises are made and the
        receipt is sent.
        """
        self.ensure_one()
        case = self.sudo()
        if not case.confirm_until or not case.is_open:
            return False
        person = case._find_confirmed_person()
        case.write(
            {
                "confirm_until": False,
                "sender_unverified": False,
                "team_id": case._get_team_to_confirm().id,
                **({"partner_id": person.id} if person else {}),
            }
        )
        case._notice_received()
        return True

    def _get_team_to_confirm(self):
        """Return the team that the case goes to when it is confirmed."""
        team = self.category_id.team_id
        if team.active:
            return team
        for receipt in self.mail_receipt_ids:
            team_id = (receipt.alias_values or {}).get("team_id")
            return team.browse(team_id or ()).exists()
        return team.browse()

    def _find_confirmed_person(self):
        """Return the one known person whose verified address this is, or nobody.

        Whoever has confirmed the case reads the mail of this address. That somebody
        has typed the same address into another record proves nothing about it.
        """
        self.ensure_one()
        Partner = self.env["res.partner"].sudo()
        if self.partner_id or not self.partner_email:
            return Partner
        known = Partner.search(
            [
                ("email_normalized", "=", self.partner_email),
                ("contact_verified_date", "!=", False),
            ]
        )
        if self.role == "customer":
            known = known.filtered("commercial_partner_id.customer_ids")
        else:
            known = known.filtered("citizen_ids")
        return known if len(known) == 1 else Partner

    # ------------------------------------------------------------------- staff
    def action_confirm_for_sender(self):
        """Take up a case whose sender a clerk has made sure of."""
        self._check_may_confirm()
        for case in self:
            if not case._confirm():
                raise UserError(
                    self.env._("%s waits for no confirmation.", case.display_name)
                )

    def action_send_confirmation(self):
        """Mail the link once more."""
        self.ensure_one()
        self._check_may_confirm()
        if not self.confirm_until or not self.is_open:
            raise UserError(
                self.env._("%s waits for no confirmation.", self.display_name)
            )
        if not self.sudo()._ask_to_confirm():
            raise UserError(
                self.env._(
                    "%s cannot be mailed now: there is no e-mail address, or it has "
                    "had enough of these mails today.",
                    self.display_name,
                )
            )

    def _check_may_confirm(self):
        self.check_access("write")
        if not self.env.user.has_group("citizen_crm.group_intake_clerk"):
            raise AccessError(self.env._("Only intake clerks decide about this."))
