from pytest_metamorphic_guard.monitoring import *
