"""Write ``docs/reference/values.md`` from the kinds of values themselves.

``python docs/write_values.py`` writes the page anew; the tests say when that is due. Every answer
on it is asked of a value of the kind (``docs/value_samples.py``). With ``--table`` it prints the
rows of the libraries that are installed here, and writes nothing.
"""

import importlib.util
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from pytest_metamorphic_guard import approx
from pytest_metamorphic_guard.report.differences import describe_difference
from pytest_metamorphic_guard.report.expected_parts import refuse_unequal
from pytest_metamorphic_guard.report.names import fit_names
from pytest_metamorphic_guard.report.values import format_value, to_source
from pytest_metamorphic_guard.values.equivalence import equal_values
from pytest_metamorphic_guard.values.wire import decode, encode

HERE = Path(__file__).parent
PAGE = HERE / "reference" / "values.md"
HEAD = """\
# Values

Which kinds of values implementations take and return, and what is known of each. A value is of a kind
if its type is exactly one of the kind's: a subclass may override anything, so it arrives as the plain
value that it also is (a `list` for a subclass of `list`), or as an `Opaque` value
([outcomes](outcomes.md)).

- **Travels**: what a result arrives as, from the process of the candidate. Nothing that arrives is executed:
  results are rebuilt from numbers, texts and bytes, and lengths, shapes and nesting are checked before anything is
  made. As arguments all of them are sent as they are.
- **Compared**: numbers by the task's `equivalence`, so that `approx(...)` tolerates small differences at any
  depth and `nan` equals `nan`, and all else exactly. An `__eq__` of a library or a candidate is never asked. Of
  tables, values and labels are compared and not the types of columns; sparse ones count as what they stand for.
- **Difference**: what a failure text says about two values of the kind.
- **Source**: how the text of a failure writes the value, to be pasted into a test; the module of the test need only
  import what it names. Long texts are cut here.

The library of a value is imported where one is met, in pytest as well as in the process of the candidate. Where
pytest cannot import it, a result arrives as a record of its parts.

## What is of no kind

A generator, a connection, a fitted model: such a value arrives as `Opaque`, whatever asks about it decides
nothing, and the failure says so and what to do:

- return something that is of a kind: a list of what is generated, the numbers of the model;
- or, for objects of the candidate's own classes, declare `Task(by_state=True)`: they arrive as records of their
  attributes, and are compared by these ([outcomes](outcomes.md));
- or teach its kind, in a few lines: [add a kind of value](../how-to/add-a-kind-of-value.md).

## Large values

The bytes of arrays, tables and tensors are sent as they lie in memory, whole columns at a time, and no element is
looked at. A result may take `max_result_mb` MiB, 16 unless
`--mg-executor-config='{"max_result_mb": 200}'` says otherwise; a larger one is a failed call whose text names this
option. Lists, dicts and columns of objects are sent element by element, at most a million of them.

This page is written by `docs/write_values.py`, which asks the kinds in `pytest_metamorphic_guard/values/`;
`python docs/write_values.py --table` prints what they answer where you are.
"""
COLUMNS = ("kind", "travels", "compared", "difference", "source")
_WIDTH = 76
_ROOM = 60


def make_page() -> str:
    """Return the page as Markdown."""
    return HEAD + "".join(line + "\n" for line in _write_sections())


def make_rows(samples: list[Any]) -> Iterator[tuple[str, ...]]:
    """Yield what each kind answers, as the columns say."""
    for sample in samples:
        yield (sample.name, *_ask(sample))


def main() -> None:
    """Write the page, or print the table."""
    if sys.argv[1:] == ["--table"]:
        for title, library, samples in _load_samples().list_sections():
            if not library or find_spec(library):
                rows = [COLUMNS, *make_rows(samples)]
                widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
                print(f"\n{title}")
                for row in rows:
                    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                    print("  ".join(cells).rstrip())
        return
    PAGE.write_text(make_page())


def _write_sections() -> Iterator[str]:
    # The page is of all libraries, wherever it is written: rows of one that is missing stay.
    written = PAGE.read_text() if PAGE.exists() else ""
    for title, library, samples in _load_samples().list_sections():
        heading = f"\n## {title}\n"
        if library and not find_spec(library):
            if heading in written:
                rest = written.split(heading, 1)[1]
                yield heading + rest.split("\n\n## ", 1)[0].rstrip("\n")
            continue
        yield heading
        yield "| " + " | ".join(COLUMNS) + " |"
        yield "|---" * len(COLUMNS) + "|"
        for name, *answers, difference, source in make_rows(samples):
            shown = [name if " " in name else f"`{name}`", *answers]
            shown += [_quote(difference), _quote(source) if source != "no" else "no"]
            yield "| " + " | ".join(shown) + " |"


def _ask(sample: Any) -> tuple[str, str, str, str]:
    value, changed = sample.make(), sample.change()
    arrived, other = list(decode(encode((value, changed))))  # type: ignore[call-overload]
    travels = sample.arrives or ("as itself" if type(arrived) is type(value) else "?")
    assert not equal_values(arrived, other)
    near = sample.near is not None and approx(abs=1e-6)(value, sample.near())
    lines = describe_difference(value, changed, _WIDTH, refuse_unequal(equal_values))
    texts = (_cut(" ".join(format_value(one, _WIDTH, 8))) for one in (value, changed))
    difference = "; ".join(lines[:2]) or " becomes ".join(texts)
    return travels, "by the task's tolerance" if near else "exactly", difference, _write(value)


def _write(value: Any) -> str:
    """Return the source of a value, if it makes an equal one, and its start if it is long."""
    try:
        line, imports = fit_names(f"[{to_source(value)}]", [value], {})
        names: dict[str, Any] = {}
        exec("\n".join(imports), names)  # noqa: S102 - our own text, as a user pastes it
        if not equal_values(eval(line, names), [value]):  # noqa: S307 - the same
            return "no"
    except SyntaxError:
        return "no"
    return _cut(line[1:-1])


def _cut(text: str) -> str:
    return text if len(text) <= _ROOM else text[: _ROOM - 3] + "..."


def _quote(text: str) -> str:
    return "`" + " ".join(text.replace("|", "\\|").split()) + "`"


def _load_samples() -> ModuleType:
    name = "value_samples"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


if __name__ == "__main__":
    main()
