from pytest_metamorphic_guard.contracts.executors import *
