from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

#: scope -> (seconds, per person, per address). An address may be a library's or a
#: company's, so it may do more than one person.
LIMITS = {
    "account": (3600, 3, 20),
    "confirm": (86400, 5, 50),
    "file": (600, 10, 30),
    "write": (600, 30, 90),
    "miss": (600, 30, 60),
    "track": (600, 10, 30),
    "search": (60, 60, 120),
}
#: Counts are forgotten after this time.
KEPT = timedelta(days=1)


class CitizenPortalHit(models.Model):
    """One countable request of a person or an address at the portal.

    Rows are only ever added, so requests at the same time never wait for or undo
    each other, in however many processes they are served. Who it was is stored as a
    keyed hash: it can be counted, not read.
    """

    _name = "citizen.portal.hit"
    _description = "Portal Request Count"
    _log_access = False

    scope = fields.Char(required=True)
    subject = fields.Char(required=True)
    at = fields.Datetime(required=True)

    _scope_subject_at_index = models.Index("(scope, subject, at)")

    @api.model
    def _take(self, scope, person, address):
        """Count a request; return 0, or the seconds to wait if there were too many.

        :param person: stands for the signed-in person, '' for nobody
        :param address: stands for the network the request came from
        """
        seconds, per_person, per_address = LIMITS[scope]
        subjects = [
            (self._hash(subject), limit)
            for subject, limit in ((person, per_person), (address, per_address))
            if subject
        ]
        now = fields.Datetime.now()
        since = now - timedelta(seconds=seconds)
        for subject, limit in subjects:
            count, first = self._count(scope, subject, since)
            if count >= limit:
                return max(1, round((first - since).total_seconds()))
        for subject, _limit in subjects:
            self.env.cr.execute(
                "INSERT INTO citizen_portal_hit (scope, subject, at)"
                " VALUES (%s, %s, %s)",
                (scope, subject, now),
            )
        return 0

    @api.model
    def _count(self, scope, subject, since):
        [row] = self.env.execute_query(
            SQL(
                "SELECT count(*), min(at) FROM citizen_portal_hit"
                " WHERE scope = %s AND subject = %s AND at > %s",
                scope,
                subject,
                since,
            )
        )
        return row

    @api.model
    def _hash(self, subject):
        return hmac(self.env(su=True), "citizen_crm.portal_hit", subject)

    @api.autovacuum
    def _gc_hits(self):
        self.env.cr.execute(
            "DELETE FROM citizen_portal_hit WHERE at < %s",
            (fields.Datetime.now() - KEPT,),
        )
