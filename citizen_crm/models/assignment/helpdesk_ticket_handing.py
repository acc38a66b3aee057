from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, clean_context

from .helpdesk_ticket_ledger import Handing


class HelpdeskTicket(models.Model):
    """Giving cases by hand: with a reason, and never over somebody else's head."""

    _inherit = "helpdesk.ticket"

    def write(self, vals):
        if "user_id" in vals:
            self._check_handing(vals)
        return super().write(vals)

    def _check_handing(self, vals):
        """Refuse to change hands without a reason where the desk gives out the work.

        What counts is the team that has the case afterwards.
        """
        if self.env.su or self._get_handing().reason:
            return
        shared = self._get_shared_teams()
        if not shared:
            return
        user = self.env["res.users"].browse(vals["user_id"] or ())
        for case in self:
            team = case._get_team_after(vals)
            comes_to_queue = not user and team != case.team_id
            if case.user_id == user or team not in shared or comes_to_queue:
                continue
            raise UserError(
                self.env._(
                    "Handler: %(team)s shares its work by the duty ledger. Use "
                    "“Assign…” on %(case)s and say why it goes to somebody.",
                    team=team.complete_name,
                    case=case.display_name,
                )
            )

    def _get_team_after(self, vals):
        """Return the team that the case will have when these values are written."""
        self.ensure_one()
        if "team_id" in vals:
            return self.team_id.browse(vals["team_id"] or ())
        category = self.category_id.browse(vals.get("category_id") or ()).sudo()
        team = category.team_id.sudo(False)
        return team if team.sudo().active and self.is_open else self.team_id

    @api.model
    def _get_shared_teams(self):
        """Return the teams whose cases the desk itself gives out."""
        rules = self.env["citizen.assignment.rule"].sudo()
        active = rules.browse(filter(None, rules._get_team_rules().values()))
        return active.filtered(lambda rule: rule.method == "ledger").team_id

    @api.constrains("user_id")
    def _check_handler_may_see(self):
        """The dispatcher has asked the rules of access itself, for all at once."""
        if self._get_handing().choices is None:
            return super()._check_handler_may_see()
        return None

    def _message_auto_subscribe(self, updated_values, followers_existing_policy="skip"):
        """The dispatcher lets all handlers of a batch follow at once."""
        if self._get_handing().choices is not None:
            return True
        return super()._message_auto_subscribe(
            updated_values, followers_existing_policy
        )

    def _subscribe_handlers(self):
        """Let the handler of each case follow it, as if they had been set alone."""
        subtypes = self.env["mail.message.subtype"].default_subtypes(self._name)[0]
        query = """
            WITH new AS (
                INSERT INTO mail_followers (res_model, res_id, partner_id)
                SELECT 'helpdesk.ticket', ticket.id, handler.partner_id
                  FROM helpdesk_ticket AS ticket
                  JOIN res_users AS handler ON handler.id = ticket.user_id
                 WHERE ticket.id = ANY(%s)
                    ON CONFLICT DO NOTHING RETURNING id)
            INSERT INTO mail_followers_mail_message_subtype_rel
                   (mail_followers_id, mail_message_subtype_id)
            SELECT new.id, subtype.id FROM new, unnest(%s) AS subtype(id)
         RETURNING 1
        """
        self.env.flush_all()
        self.env.execute_query(SQL(query, self.ids, subtypes.ids))
        self.env["mail.followers"].invalidate_model(flush=False)
        self.invalidate_recordset(
            ["message_follower_ids", "message_partner_ids"], flush=False
        )

    def _hand_to(self, user, reason, expected=None):
        """Give cases to a user by hand, or back to the queue; all of them or none.

        :param user: ``res.users``, empty for the queue
        :param reason: why; it is kept in the ledger
        :param expected: dict ``case id -> user id`` of who had them when the choice was
            made; who was faster is named
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say why. It is kept in the ledger."))
        self.check_access("write")
        self._check_in_team(user)
        self._wait_for_lock()
        self._check_expected(expected or {}, user)
        # Defaults in the context were meant for the dialog.
        cases = self.with_context(clean_context(self.env.context))  # pylint: disable=context-overridden
        cases.with_context(handing=Handing(reason)).write({"user_id": user.id})
        return True

    def _check_in_team(self, user):
        """Refuse somebody who is neither in the team nor leads it."""
        for case in self.filtered("team_id") if user else ():
            if user not in case.team_id.user_ids | case.team_id.user_id:
                raise UserError(
                    self.env._(
                        "New Handler: %(user)s is not in %(team)s. Choose one of its "
                        "members, or transfer the case first.",
                        user=user.name,
                        team=case.team_id.complete_name,
                    )
                )

    def _wait_for_lock(self):
        """Hold the cases; wait for whoever changes one of them just now.

        If they did, the database refuses to go on with what was read before, and Odoo
        begins the request again: then it is known who was faster.
        """
        query = "SELECT id FROM helpdesk_ticket WHERE id = ANY(%s) ORDER BY id"
        self.env.flush_all()
        self.env.execute_query(SQL(query + " FOR NO KEY UPDATE", self.ids))
        self.invalidate_recordset(["user_id"])

    def _check_expected(self, expected, user):
        """Refuse when another was faster, and say who has what."""
        lost = [
            case
            for case in self
            if case.id in expected
            and case.user_id.id != (expected[case.id] or False)
            and case.user_id != user
        ]
        if lost:
            raise UserError(
                self.env._(
                    "Nothing was assigned: somebody else was faster.\n%s",
                    "\n".join(
                        self.env._(
                            "%(case)s: %(user)s has it now.",
                            case=case.display_name,
                            user=case.user_id.name or self.env._("nobody"),
                        )
                        for case in lost
                    ),
                )
            )

    def assign_to_me(self):
        """Take the case; where the desk gives out the work, say why first."""
        self.ensure_one()
        if self.team_id in self._get_shared_teams() and self.user_id != self.env.user:
            return self._open_handing(self.env.user)
        return super().assign_to_me()

    def _open_handing(self, user=None):
        """Open the dialog that gives these cases to somebody."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "citizen_crm.citizen_case_handing_action"
        )
        context = {"active_ids": self.ids, "active_model": self._name}
        if user:
            context["default_user_id"] = user.id
        return {**action, "context": context}

    def action_hand(self):
        """Open the dialog that gives these cases to somebody, or back."""
        return self._open_handing()

    def _release_reopened(self):
        """Let the dispatcher give out what others have reopened.

        The earlier handler gets it back within the slack of the rule. Whoever reopens
        an own case keeps it.
        """
        teams = self.sudo()._get_shared_teams()
        released = self.sudo().filtered(
            lambda case: (
                case.is_open
                and case.user_id
                and case.user_id != self.env.user
                and case.team_id in teams
            )
        )
        for team, cases in released.grouped("team_id").items():
            given = team._get_rule()._filter_cases_or_none(cases)
            if given:
                reason = self.env._("Reopened")
                given.with_context(handing=Handing(reason)).write({"user_id": False})
