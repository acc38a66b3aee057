from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.case_secret import new_token, token_hash

PURPOSES = [
    ("confirm", "Confirm the case"),
    ("answer", "Answer a question"),
    ("track", "Track the case"),
]


class CitizenCaseToken(models.Model):
    """What opens one case to somebody without an account. Only its hash is stored.

    Nobody has a right to these rows; our own code reads them as superuser.
    """

    _name = "citizen.case.token"
    _description = "Access to a Case Without an Account"
    _order = "id desc"

    case_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    purpose = fields.Selection(PURPOSES, required=True)
    token_hash = fields.Char(required=True, help="The hash of the link or secret.")
    expires_at = fields.Datetime(help="From then on it opens nothing.")
    used_at = fields.Datetime(help="When it did what it is for; it does it once.")

    _token_hash_unique = models.UniqueIndex(
        "(token_hash)", "This link has been given away already."
    )

    @api.model
    def _issue_link(self, case, purpose, expires_at):
        """Return a new token of a case; nobody can read it again later."""
        token = new_token()
        self.sudo().create(
            {
                "case_id": case.id,
                "purpose": purpose,
                "token_hash": token_hash(token),
                "expires_at": expires_at,
            }
        )
        return token

    @api.model
    def _find_link(self, purpose, token):
        """Return the row of a token, as superuser; empty if there is none."""
        domain = [("token_hash", "=", token_hash(token)), ("purpose", "=", purpose)]
        return self.sudo().search(domain, limit=1)

    def _is_open(self):
        """Tell whether it still opens something."""
        self.ensure_one()
        ended = self.expires_at and self.expires_at <= fields.Datetime.now()
        return not self.used_at and not ended

    def _use(self):
        """Use it up; tell whether this was the first time.

        One statement asks and writes. Of several at once the others wait for the
        first, begin again and then find it used.
        """
        self.ensure_one()
        self.flush_recordset()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE citizen_case_token SET used_at = %s
                 WHERE id = %s AND used_at IS NULL
                   AND (expires_at IS NULL OR expires_at > %s)
             RETURNING id
                """,
                now,
                self.id,
                now,
            )
        )
        self.invalidate_recordset(["used_at"], flush=False)
        return bool(rows)
