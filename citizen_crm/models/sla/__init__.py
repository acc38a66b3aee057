from . import citizen_calendar_version
from . import citizen_case_event_calendar
from . import citizen_holiday_calendar
from . import citizen_holiday
from . import resource_calendar
from . import resource_calendar_lines
from . import helpdesk_ticket_calendar
