from . import citizen_import_source
from . import citizen_import_run
from . import citizen_import_run_file
from . import citizen_import_run_work
from . import citizen_import_row
from . import citizen_import_value
from . import helpdesk_ticket
