from . import citizen_case_refusal
from . import citizen_contact_arrangement
from . import citizen_matter_distinction
from . import helpdesk_ticket_matter
from . import helpdesk_ticket_refusal
from . import helpdesk_ticket_split
