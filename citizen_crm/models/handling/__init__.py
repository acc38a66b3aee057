from . import citizen_duty
from . import citizen_case_reply
from . import citizen_reply_template
from . import citizen_case_reply_decision
from . import citizen_case_reply_sending
from . import helpdesk_ticket_duties
from . import helpdesk_ticket_gate
from . import helpdesk_ticket_replies
