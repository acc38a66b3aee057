from . import test_people
from . import test_catalogue
from . import test_case
from . import test_case_history
from . import test_routing
from . import test_case_number
from . import test_intermediary
from . import test_open_data
