from . import citizen_case_refusal
from . import helpdesk_ticket_refusal
