from . import citizen_case_event
from . import citizen_person
from . import helpdesk_ticket_stage
from . import helpdesk_ticket
from . import helpdesk_ticket_display
from . import helpdesk_ticket_history
from . import helpdesk_ticket_number
from . import res_partner
