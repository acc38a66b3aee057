from . import citizen_authority
from . import citizen_authority_use
from . import citizen_authority_proposal
from . import citizen_authority_report
from . import citizen_case_event
from . import citizen_case_reply
from . import helpdesk_ticket_settle
