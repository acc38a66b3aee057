from . import citizen_case_refusal
from . import citizen_contact_arrangement
from . import helpdesk_ticket_refusal
