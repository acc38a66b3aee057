from . import test_people
from . import test_catalogue
from . import test_open_data
