from pytest_metamorphic_guard.api import *
