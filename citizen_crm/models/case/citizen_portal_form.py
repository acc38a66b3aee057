from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

#: A form that is older than this would be taken once more.
KEPT = timedelta(days=7)


class CitizenPortalForm(models.Model):
    """A form that residents have sent, and the page it has led to.

    Written in the transaction that does what the form asks for: sent again, by an
    impatient hand or after a fault, the form leads to its page and does nothing. That
    it is in the database and not in the session matters: the session is stored before
    the transaction ends, and survives one that fails.
    """

    _name = "citizen.portal.form"
    _description = "Portal Form Taken"
    _log_access = False

    key = fields.Char(required=True)
    page = fields.Char()
    at = fields.Datetime(required=True)

    _key_unique = models.UniqueIndex("(key)")
    _at_index = models.Index("(at)")

    @api.model
    def _claim(self, form_key):
        """Take a form; return the page if it has been taken before.

        Of two at once the later waits for the first, then begins again and finds it.
        """
        key = self._hash(form_key)
        taken = self.env.execute_query(
            SQL(
                "INSERT INTO citizen_portal_form (key, at) VALUES (%s, %s)"
                " ON CONFLICT (key) DO NOTHING RETURNING id",
                key,
                fields.Datetime.now(),
            )
        )
        if taken:
            return None
        [(page,)] = self.env.execute_query(
            SQL("SELECT page FROM citizen_portal_form WHERE key = %s", key)
        )
        return page

    @api.model
    def _lead_to(self, form_key, page):
        """Note the page that a form has led to."""
        self.env.cr.execute(
            "UPDATE citizen_portal_form SET page = %s WHERE key = %s",
            (page, self._hash(form_key)),
        )

    @api.model
    def _hash(self, form_key):
        """Return what stands for a form of whoever is signed in; it tells nothing."""
        subject = (self.env.uid, form_key)
        return hmac(self.env(su=True), "citizen_crm.portal_form", subject)

    @api.autovacuum
    def _gc_forms(self):
        self.env.cr.execute(
            "DELETE FROM citizen_portal_form WHERE at < %s",
            (fields.Datetime.now() - KEPT,),
        )
