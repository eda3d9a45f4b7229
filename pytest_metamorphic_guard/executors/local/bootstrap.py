"""Run by path in a new interpreter: load the harness apart from the candidate's world, and serve.

The harness lives in the same interpreter as the candidate, so it takes two precautions before any
candidate code is read. Its modules get a copy of the builtins, which a candidate that patches
``builtins`` does not reach, and of the modules of the standard library that they call. And the
project's packages are not executed: a worker needs neither pytest nor hypothesis, and would pay for
both at every start.

What the harness needs only later, such as what knows the values of a library that a candidate may
use or not, it loads then.
"""

from __future__ import annotations

import builtins
import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader, MetaPathFinder
    from types import ModuleType
    from typing import Any
else:
    # The real ones bring half of the standard library along, which doubles the start of a worker.
    Loader = MetaPathFinder = object

_PACKAGE = "pytest_metamorphic_guard"
_HERE = os.path.dirname(os.path.abspath(__file__))
_ROOT = os.path.dirname(os.path.dirname(_HERE))
_builtins = vars(builtins)
_ORIGINALS = dict(_builtins)
# Those of the harness, and of this file, which is part of it.
_BUILTINS = globals()["__builtins__"] = dict(_builtins)
_IN_PACKAGE = _PACKAGE + "."
_import = builtins.__import__
_join = os.path.join
_modules = sys.modules
_Module = type(sys)


class _ApartLoader(SourceFileLoader):
    """Executes a module whose functions look names up in our copy of the builtins."""

    def exec_module(self, module: ModuleType) -> None:
        code = self.get_code(module.__name__)
        assert code is not None
        vars(module)["__builtins__"] = _BUILTINS
        exec(code, vars(module))


class _EmptyLoader(Loader):
    def create_module(self, spec: ModuleSpec) -> None:
        """Leave that to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Leave the package empty: it only holds its modules."""


class _HarnessFinder(MetaPathFinder):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol's
        target: ModuleType | None = None,  # noqa: ARG002 - the protocol's
    ) -> ModuleSpec | None:
        top, *rest = fullname.split(".")
        if top != _PACKAGE:
            return None
        location = os.path.join(_ROOT, *rest)
        if os.path.isdir(location):
            spec = ModuleSpec(fullname, _EmptyLoader(), is_package=True)
            spec.submodule_search_locations = [location]
            return spec
        file = location + ".py"
        return spec_from_file_location(fullname, file, loader=_ApartLoader(fullname, file))


def _import_late(
    name: str,
    globals: Any = None,  # noqa: A002 - the names of the function that this stands for
    locals: Any = None,  # noqa: A002
    fromlist: Sequence[str] = (),
    level: int = 0,
) -> ModuleType:
    """Import for the harness beside a candidate: its own modules from beside this file.

    Python's machinery asks `builtins`, so that these are what they were as long as it runs.
    """
    is_ours = name.startswith(_IN_PACKAGE)
    if name in _modules:
        return _modules[name] if is_ours else _import(name, globals, locals, fromlist, level)
    theirs = _builtins.copy()
    _builtins.update(_ORIGINALS)
    try:
        if not is_ours:
            return _import(name, globals, locals, fromlist, level)
        return _load_late(name)
    finally:
        _builtins.update(theirs)


def _load_late(name: str) -> ModuleType:
    path = _join(_ROOT, *name.split(".")[1:]) + ".py"
    module = _modules[name] = _Module(name)
    module.__file__ = path
    try:
        _ApartLoader(name, path).exec_module(module)
    except BaseException:
        del _modules[name]
        raise
    return module


def _load_harness(name: str) -> ModuleType:
    finder = _HarnessFinder()
    sys.meta_path.insert(0, finder)
    try:
        __import__(name)
    finally:
        sys.meta_path.remove(finder)
    module = sys.modules[name]
    _BUILTINS["__import__"] = _import_late
    _detach_library()
    # Whoever imports the project from now on, a candidate or an argument, gets the real one.
    for known, loaded in list(sys.modules.items()):
        if known.split(".")[0] == _PACKAGE and isinstance(loaded.__loader__, _EmptyLoader):
            del sys.modules[known]
    return module


def _detach_library() -> None:
    """Give the harness copies of the modules it uses while candidate code is about."""
    # Not sys: the harness reads what is there now, such as sys.stdout.
    copies: dict[int, ModuleType] = {id(sys): sys}
    for name, module in list(sys.modules.items()):
        if name.startswith(_IN_PACKAGE):
            for key, value in list(vars(module).items()):
                if isinstance(value, _Module) and not value.__name__.startswith(_PACKAGE):
                    setattr(module, key, _copy_once(value, copies))


def _copy_once(module: ModuleType, copies: dict[int, ModuleType]) -> ModuleType:
    if id(module) not in copies:
        copy = copies[id(module)] = _Module(module.__name__)
        vars(copy).update(vars(module))
    return copies[id(module)]


if __name__ == "__main__":
    _entry, _codec, *_descriptors = sys.argv[1:]
    # Where the host found msgpack, which need not be where this interpreter looks by itself.
    sys.path.append(_codec)
    sys.argv[:] = [""]
    _load_harness(f"{_PACKAGE}.executors.local.{_entry}").main(*map(int, _descriptors))
