"""Which cases are part of what the city has done, archived or not.

An ended case stays one when it leaves the everyday lists. Only what was archived while
it was open was taken out: a test, the same letter registered twice.
"""

from odoo.fields import Domain
from odoo.tools import SQL

#: Cases that are on record, as a domain; the archived ones among them.
ON_RECORD = Domain("active", "=", True) | Domain("is_open", "=", False)
#: Cases that figures count, as SQL on ``ticket``. Too few confidential cases exist for
#: their figures to hide anybody.
COUNTED = SQL(
    "((ticket.active OR ticket.is_open IS NOT TRUE)"
    " AND ticket.confidential IS NOT TRUE)"
)
