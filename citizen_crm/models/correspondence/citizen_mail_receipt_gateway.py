import ast
import logging
from datetime import timedelta

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, fields, models
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...tools.mail_letter import Letter
from ...tools.mail_trust import Facts, decide

_logger = logging.getLogger(__name__)

DESK_MODEL = "helpdesk.ticket"
#: Settings of the desk, read at every mail.
AUTHSERV_PARAMETER = "citizen_crm.mail_authserv_id"
LIMIT_PARAMETER = "citizen_crm.mail_hourly_limit"
DEFAULT_LIMIT = 20
MAX_ATTEMPTS = 3
#: What goes away by itself when the work is done again a moment later.
PASSING = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, UniqueViolation)


def raise_if_repeated(error):
    """Raise an error of two transactions in each other's way, if that helps.

    What comes by the web is repeated by the server. A mail that is fetched is not, it
    is marked as read; nor can that be told of what the mail gate script hands over.
    Those wait for the job.
    """
    if request and isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
        raise error


class NotFiledError(Exception):
    """A mail that a person has to look at; ``args[0]`` is the reason's code."""


class CitizenMailReceipt(models.Model):
    """The door: whose a mail is, and what becomes of it."""

    _inherit = "citizen.mail.receipt"

    @api.model
    def _open(self, raw):
        """Return a mail that the city's mail server has handed over as a letter."""
        return Letter(raw, self._get_authserv_id())

    @api.model
    def _get_authserv_id(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(AUTHSERV_PARAMETER, "")

    def _reopen(self):
        """Return the kept mail; its sender is believed only if it was at receipt."""
        self.ensure_one()
        server = self._get_authserv_id() if self.is_verified else ""
        return Letter(self._get_raw(), server)

    @api.model
    def _find_owner(self, letter, fallback_model):
        """Return whom a mail is for: ``desk``, ``other``, ``both`` or ``nobody``.

        In the order of the gateway itself: the addresses written to, then the message
        answered to, then the model that the mail server's record names.
        """
        aliases = self._find_aliases(letter)
        ours = self._keep_desk_aliases(aliases)
        if aliases:
            return ("desk" if ours == aliases else "both") if ours else "other"
        answered = self._find_answered(letter).model
        model = answered or fallback_model
        if not model:
            return "nobody"
        return "desk" if model == DESK_MODEL else "other"

    @api.model
    def _find_aliases(self, letter):
        """Return the aliases that the mail was sent to, of whatever model.

        An alias that is known by its local part only counts if none is known by the
        whole address: mayor@ exists in other cities too.
        """
        Alias = self.env["mail.alias"]
        names = [address.partition("@")[0] for address in letter.recipients]
        return Alias.search([("alias_full_name", "in", letter.recipients)]) or (
            Alias.search(
                [("alias_name", "in", names), ("alias_incoming_local", "=", True)]
            )
        )

    @api.model
    def _keep_desk_aliases(self, aliases):
        return aliases.filtered(lambda a: a.alias_model_id.model == DESK_MODEL)

    @api.model
    def _find_answered(self, letter):
        """Return the newest message that the mail refers to."""
        Message = self.env["mail.message"]
        if not letter.references:
            return Message
        return Message.search_fetch(
            [("message_id", "in", letter.references), ("model", "!=", False)],
            ["model", "res_id"],
            order="id desc",
            limit=1,
        )

    # ---------------------------------------------------------------- receive
    @api.model
    def _receive(self, letter, custom_values=None):
        """Register a mail to the desk and file it; return the case's id or False."""
        aliases = self._keep_desk_aliases(self._find_aliases(letter))
        values = self._read_alias_values(aliases) or dict(custom_values or {})
        receipt = self._register_once(letter, values)
        if not receipt:
            _logger.info("Mail %s has already been received", letter.message_id)
            return False
        facts = receipt._gather_facts(letter, aliases)
        state, reason = decide(facts)
        if state == "accepted":
            receipt._try_to_file(letter)
        else:
            receipt._put_away(letter, state, reason)
        return receipt.case_id.id

    @api.model
    def _receive_unroutable(self, letter):
        """Keep a mail that is for nobody: somebody may have mistyped the address."""
        receipt = self._register_once(letter, {})
        if receipt:
            if letter.automatic:
                receipt._put_away(letter, "ignored", letter.automatic)
            else:
                receipt._put_away(letter, "quarantined", "no_route")

    @api.model
    def _register_once(self, letter, values):
        """Register a mail; none if a delivery at the same time was faster."""
        try:
            with self.env.cr.savepoint():
                return self._enter(letter, values)
        except SerializationFailure as error:
            # The other delivery has committed after this transaction began: only a
            # new transaction could see its receipt.
            raise_if_repeated(error)
            return self.browse()

    @api.model
    def _read_alias_values(self, aliases):
        """Return the default values of the aliases if they agree, else none.

        A mail to two departments is one matter: it goes to the triage queue.
        """
        found = []
        for alias in aliases:
            try:
                found.append(dict(ast.literal_eval(alias.alias_defaults or "{}")))
            except (SyntaxError, TypeError, ValueError):
                found.append({})
        agreed = bool(found) and all(values == found[0] for values in found)
        return found[0] if agreed else {}

    def _gather_facts(self, letter, aliases):
        """Collect what decides about the mail; see ``tools.mail_trust.decide``."""
        self.ensure_one()
        limit = self.env["ir.config_parameter"].get_param(LIMIT_PARAMETER)
        return Facts(
            automatic=letter.automatic,
            is_own_message=self._is_own_message(letter),
            sender=letter.sender,
            is_own_address=self._is_own_address(letter.sender),
            received_last_hour=self._count_last_hour(letter.sender),
            hourly_limit=int(limit) if str(limit).isdigit() else DEFAULT_LIMIT,
            is_reused_id=self.message_id != letter.message_id,
            is_allowed=self._is_allowed(letter, aliases),
        )

    def _is_own_message(self, letter):
        """Tell whether the desk itself has sent this mail and now gets it back."""
        return bool(
            self.env["mail.message"].search_count(
                [
                    ("message_id", "=", letter.message_id),
                    ("message_type", "!=", "email"),
                ],
                limit=1,
            )
        )

    @api.model
    def _get_mail_domains(self):
        return self.env["mail.alias.domain"].search([("name", "!=", False)])

    @api.model
    def _is_for_catchall(self, letter):
        """Tell whether a mail went to the address that only takes replies."""
        catchall = self._get_mail_domains().mapped("catchall_email")
        return bool(set(catchall) & set(letter.recipients))

    def _is_own_address(self, address):
        if not address:
            return False
        domains = self._get_mail_domains()
        own = {
            *domains.mapped("bounce_email"),
            *domains.mapped("catchall_email"),
            *domains.mapped("default_from_email"),
        }
        return address in own or bool(
            self.env["mail.alias"].search_count(
                [("alias_full_name", "=", address)], limit=1
            )
        )

    def _count_last_hour(self, address):
        if not address:
            return 0
        since = fields.Datetime.now() - timedelta(hours=1)
        return self.search_count(
            [
                ("sender", "=", address),
                ("received_date", ">=", since),
                ("id", "!=", self.id),
            ]
        )

    def _is_allowed(self, letter, aliases):
        """Aliases for known people only take mails of confirmed senders."""
        restricted = aliases.filtered(lambda alias: alias.alias_contact != "everyone")
        return not restricted or bool(self._find_known(letter))

    # ------------------------------------------------------------------- file
    def _try_to_file(self, letter):
        """File the mail; whatever goes wrong, it waits for a person or a later run."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._file(letter)
        except NotFiledError as error:
            self._put_away(letter, "quarantined", error.args[0], error.__cause__)
        except PASSING as error:
            raise_if_repeated(error)
            self._postpone(letter, error)
        except Exception as error:  # noqa: BLE001 a mail is never lost for a bug
            _logger.info("Mail %s could not be filed", self.message_id, exc_info=True)
            self._put_away(letter, "quarantined", "error", error)
        else:
            self._try_to_tell(letter)

    def _put_away(self, letter, state, reason, error=None):
        """Keep the mail for staff, and say why."""
        self._keep(letter)
        values = {"detail": repr(error)[:2000]} if error else {}
        self._settle(state, reason, case_id=self._find_case(letter).id, **values)

    def _postpone(self, letter, error):
        """Let the scheduled action try again, a few times."""
        self._keep(letter)
        attempts = self.attempts + 1
        if attempts < MAX_ATTEMPTS:
            self._settle("new", attempts=attempts, detail=repr(error)[:2000])
            self.env.ref("citizen_crm.ir_cron_file_mails")._trigger()
        else:
            self._put_away(letter, "quarantined", "error", error)

    def _try_to_tell(self, letter):
        """Acknowledge and alert; the case stands even if this fails."""
        try:
            with self.env.cr.savepoint():
                self._tell(letter)
        except Exception as error:  # noqa: BLE001
            raise_if_repeated(error)
            _logger.warning("No notice about %s", self.message_id, exc_info=True)

    @api.model
    def _cron_file_mails(self):
        """File the mails that were received while somebody else was in the way."""
        waiting = self.search([("state", "=", "new"), ("raw_id", "!=", False)])
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for receipt in waiting:
            receipt._try_to_file(receipt._reopen())
            if not self.env["ir.cron"]._commit_progress(1):
                break
