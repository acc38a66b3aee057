from . import test_people
from . import test_catalogue
