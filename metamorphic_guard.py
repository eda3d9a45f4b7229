"""The stable import paths of the Metamorphic Guard plugin contracts.

``metamorphic_guard.executors``, ``metamorphic_guard.monitoring`` and ``metamorphic_guard.api`` are
modules of pytest-metamorphic-guard under the names that plugins import them by.

The distribution metamorphic-guard owns the package ``metamorphic_guard``. Where it is installed
beside this one, Python prefers its folder to this file, so that its modules are found instead; a
plugin runs unchanged with either.

PYTEST_DONT_REWRITE: loaded as installed.
"""

import importlib
import sys

__all__ = ["api", "executors", "monitoring"]

_MODULES = {
    "api": "pytest_metamorphic_guard.api",
    "executors": "pytest_metamorphic_guard.contracts.executors",
    "monitoring": "pytest_metamorphic_guard.monitors",
}

# A single file has no submodules of its own: `import metamorphic_guard.monitoring` finds what is
# registered under that name once this file has run. All three are cheap to load.
for _name, _path in _MODULES.items():
    globals()[_name] = sys.modules[f"{__name__}.{_name}"] = importlib.import_module(_path)
