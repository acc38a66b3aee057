from . import citizen_case_feedback
from . import citizen_case_feedback_figures
from . import citizen_case_feedback_report
from . import citizen_case_feedback_team
from . import citizen_case_event
from . import helpdesk_ticket_feedback
