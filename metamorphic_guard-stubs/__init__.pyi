# Tells type checkers what metamorphic_guard.py puts into sys.modules. "partial" in py.typed keeps
# the other modules of the distribution metamorphic-guard visible where it is installed too.
from metamorphic_guard import api as api
from metamorphic_guard import executors as executors
from metamorphic_guard import monitoring as monitoring
