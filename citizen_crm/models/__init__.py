# An area may use the areas above it in this list, never the ones below.
from . import people
from . import catalogue
from . import case
from . import sla
from . import importer
from . import access
from . import assignment
from . import correspondence
from . import matter
from . import tracking
from . import aftercare
from . import privacy
from . import intake
from . import handling
from . import transfer
from . import evaluation
from . import demo_city
