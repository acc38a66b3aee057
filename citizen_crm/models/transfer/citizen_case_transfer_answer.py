from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import transfers
from ...tools.transfers import OPEN, Refused

#: Transfers that are looked at in one transaction.
BATCH = 100
#: Working days after which silence counts as accepted.
ANSWER_DAYS = 1


class CitizenCaseTransfer(models.Model):
    """Proposing, accepting, disputing and deciding; what follows is one transaction."""

    _inherit = "citizen.case.transfer"

    # --------------------------------------------------------------- proposing
    @api.model
    def _propose(self, cases, to_team, values):
        """Propose to transfer cases to a team, all of them or none; return them.

        :param values: ``ground_id``, ``note``, ``site_visit``, ``new_facts``
        """
        cases.check_access("read")
        self._check_proposal(to_team, values)
        cases._wait_for_lock()
        found = self.browse()
        for case in cases:
            case._check_may_propose()
            row = case._prepare_transfer(to_team, values)
            transfer = self.sudo().create({**values, **row}).sudo(False)
            case._note_guests()
            transfer._call_answerer()
            transfer._tell_history("transfer_proposed")
            found |= transfer
        return found

    @api.model
    def _check_proposal(self, to_team, values):
        """Raise unless it says where to and why."""
        if not to_team or not to_team.sudo().active:
            raise UserError(self.env._("To: choose the team that is to take the case."))
        if not values.get("ground_id"):
            raise UserError(self.env._("Ground: say why it goes to another team."))

    # --------------------------------------------------------------- answering
    def action_accept(self):
        """Open the question under which service type the case is taken."""
        return self._open_answer("accept", self.env._("Accept the Transfer"))

    def action_dispute(self):
        """Open the question why the case is not taken."""
        return self._open_answer("dispute", self.env._("Dispute the Transfer"))

    def action_decide(self):
        """Open the decision of the arbiter."""
        return self._open_answer("decide", self.env._("Decide on the Transfer"))

    def _open_answer(self, kind, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "citizen.case.transfer.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_transfer_id": self.id, "default_kind": kind},
        }

    def action_withdraw(self):
        """Take proposals back that nobody has answered."""
        for transfer in self:
            mine = transfer._lock_open(OPEN)
            if not mine.sudo(False).may_withdraw:
                raise AccessError(
                    self.env._(
                        "A proposal is withdrawn by who has made it, or by the lead of "
                        "that team."
                    )
                )
            mine._end("withdrawn")
            mine._tell_history("transfer_withdrawn")

    def action_view_case(self):
        """Open the case."""
        self.ensure_one()
        return self.case_id.get_formview_action()

    def _accept(self, category=None):
        """Take the case; it moves to the team that was asked.

        :param category: the service type that the case is handled under from now on
        """
        transfer = self._lock_open({"proposed"})
        transfer.to_team_id.sudo(False)._check_leads()
        transfer._check_category(category)
        transfer._move(category or self.env["helpdesk.ticket.category"])

    def _dispute(self, reason):
        """Do not take the case; the bounce that is one too many goes to the arbiter."""
        transfer = self._lock_open({"proposed"})
        transfer.to_team_id.sudo(False)._check_leads()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: say why your team is not competent."))
        after = transfers.dispute(transfer.case_id._get_standing())
        values = {
            "is_disputed": True,
            "reason": reason,
            "answered_by_id": self.env.uid,
            "answered_at": fields.Datetime.now(),
        }
        transfer._tell_history("transfer_disputed", reason)
        if after.state:
            transfer.write({**values, "state": "arbitration"})
            transfer._call_arbiter()
        else:
            transfer._end("disputed", **values)
        transfer._tell_dispute()

    def _decide(self, team, reason):
        """Give the case to a team for good, as the arbiter."""
        transfer = self._lock_open({"arbitration"})
        if not self.env.su and self.env.user not in transfer._get_arbiters():
            raise AccessError(self.env._("Only the arbiter decides on this transfer."))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reasons of the Decision: say why."))
        if not team or not team.sudo().active:
            raise UserError(self.env._("Decided For: choose the team."))
        transfer._end(
            "decided",
            final_team_id=team.id,
            decision=reason,
            decided_by_id=self.env.uid,
            decided_at=fields.Datetime.now(),
        )
        case = transfer.case_id
        transfer._tell_history("transfer_decided", reason, after=team.name)
        moves = team != case.team_id
        if moves:
            case._hand_over(team)
            transfer._tell_citizen()
        transfer._tell_decision()

    # ----------------------------------------------------------------- effects
    def _lock_open(self, states):
        """Return the transfer as superuser, locked, if it still is in such a state."""
        self.ensure_one()
        if not self._is_party():
            self.check_access("read")
        transfer = self.sudo()
        transfer.case_id._wait_for_lock()
        transfer.lock_for_update()
        transfer.invalidate_recordset(["state", "answered_by_id"])
        if transfer.state not in states:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Somebody else was faster with %(transfer)s. Now: %(state)s.",
                    transfer=transfer.display_name,
                    state=states[transfer.state],
                )
            )
        self.check_access("read")
        return transfer

    def _is_party(self):
        """Tell whether the user had to do with it, and is told who was faster."""
        transfer = self.sudo()
        leaders = (
            transfer.from_team_id._get_leaders() | transfer.to_team_id._get_leaders()
        )
        arbiters = transfer.arbiter_id or self.env["res.users"]
        people = leaders | arbiters | transfer.proposed_by_id
        return self.env.user in people

    def _check_category(self, category):
        """Raise unless the service type belongs to the team that takes the case."""
        if category and category.sudo().team_id != self.to_team_id:
            raise UserError(
                self.env._(
                    "Service Type: %(type)s is no service type of %(team)s.",
                    type=category.name,
                    team=self.to_team_id.complete_name,
                )
            )

    def _move(self, category, is_silent=False):
        """Let the team that was asked have the case, and tell the citizen."""
        self.ensure_one()
        case = self.case_id
        is_hand_on = case._get_standing().arrivals > 0
        self._end(
            "accepted",
            answered_by_id=not is_silent and self.env.uid,
            answered_at=fields.Datetime.now(),
            is_silent=is_silent,
            is_hand_on=is_hand_on,
        )
        case._hand_over(self.to_team_id, category)
        self._tell_citizen()
        self._tell_acceptance()

    def _end(self, state, **values):
        """Nobody has to answer any more."""
        self.write({"state": state, **values})
        self.case_id._note_guests()
        self._end_activities()

    def _tell_history(self, kind, note=None, after=None):
        """Append to the history of the case that something happened to a transfer."""
        for transfer in self.sudo():
            ground = ": ".join(filter(None, (transfer.ground_id.name, transfer.note)))
            transfer.case_id._log(
                kind,
                before=transfer.from_team_id.name,
                after=after or transfer.to_team_id.name,
                note=note or ground,
            )

    # ----------------------------------------------------------------- silence
    @api.model
    def _cron_accept_silence(self):
        """Take as accepted what nobody has answered in time."""
        Transfer = self.with_user(SUPERUSER_ID)
        domain = [("state", "=", "proposed"), ("answer_by", "<", fields.Datetime.now())]
        late = Transfer.search(domain, order="answer_by, id", limit=BATCH)
        cases = late.case_id.try_lock_for_update(allow_referencing=True)
        done = cases._do_each(self.env.registry["helpdesk.ticket"]._accept_in_silence)
        left = Transfer.search_count(domain) if done else 0
        self.env["ir.cron"]._commit_progress(done, remaining=left)

    @api.model
    def _raise_refusal(self, case, refused):
        """Raise what keeps a case from being proposed, in words."""
        name = case.display_name
        messages = {
            transfers.TRIAGE: self.env._(
                "%s is in triage: choose its service type, the team follows.", name
            ),
            transfers.PENDING: self.env._(
                "A transfer of %s waits for an answer already.", name
            ),
            transfers.SAME_TEAM: self.env._(
                "To: %s is with this team. Choose another one.", name
            ),
            transfers.BOUND: self.env._(
                "New Facts: the arbiter has decided that %s stays with your team. Say "
                "what was not known then.",
                name,
            ),
        }
        raise UserError(messages[str(refused)]) from refused


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _accept_in_silence(self):
        """Take the open proposal as accepted: nobody has said no in time."""
        self.ensure_one()
        transfer = self.transfer_ids.filtered(lambda one: one.state == "proposed")
        if not transfer.to_team_id.active:
            # Archived since: nobody would find the case there.
            self._end_open_transfers()
            return
        transfer._move(self.env["helpdesk.ticket.category"], is_silent=True)

    def _prepare_transfer(self, to_team, values):
        """Return the values of a proposal that follow from the case.

        :raise UserError: it cannot be proposed
        """
        self.ensure_one()
        Transfer = self.env["citizen.case.transfer"]
        standing = self._get_standing()
        facts = bool((values.get("new_facts") or "").strip())
        try:
            after = transfers.propose(standing, to_team.id, new_facts=facts)
        except Refused as refused:
            Transfer._raise_refusal(self, refused)
        now = fields.Datetime.now()
        propose_by = self._get_proposal_deadline(values.get("site_visit"))
        return {
            "case_id": self.id,
            "from_team_id": self.team_id.id,
            "to_team_id": to_team.id,
            "state": after.state,
            "proposed_by_id": self.env.uid,
            "proposed_at": now,
            "propose_by": propose_by,
            "is_late": now > propose_by,
            "answer_by": to_team._get_end_of_day(ANSWER_DAYS, now),
            **self._get_first_routing(),
        }
