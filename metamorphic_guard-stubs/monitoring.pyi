from pytest_metamorphic_guard.monitors import *
