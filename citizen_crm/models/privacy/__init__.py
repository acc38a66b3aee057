from . import citizen_retention_class
from . import citizen_legal_hold
from . import helpdesk_ticket_erased
from . import citizen_erasure_proof
from . import citizen_erasure
from . import citizen_erasure_line
from . import citizen_erasure_work
from . import res_partner
