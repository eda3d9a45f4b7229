"""Write ``docs/reference/catalogue.md`` from the catalogue itself.

``python docs/write_catalogue.py`` writes the page anew; the tests say when that is due.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path

from pytest_metamorphic_guard import catalogue
from pytest_metamorphic_guard.tasks.catalogue.page import read_condition, read_sentence

PAGE = Path(__file__).parent / "reference" / "catalogue.md"
HEAD = """\
# Catalogue

Ready relations by domain. Each is an ordinary declaration, to be added to a task:

```python
from pytest_metamorphic_guard import Task, catalogue

search.add(catalogue.text.case_free(), catalogue.text.padding_free())
```

Nothing holds everywhere: the last column says where a relation must hold, and whoever adds it says that the task is
such a case. The sentence of an entry is what a failure says. `argument` is the position of the argument that is
changed, from 0; every entry takes `name=`, `precondition=` and `min_pass_rate=`, too, and a second one of the same
kind in one task needs a name of its own. What is needed to make follow-ups, such as polars, is imported when it is
used. Relations without a domain are [templates](templates.md).

This page is written by `docs/write_catalogue.py` from the modules in `pytest_metamorphic_guard/tasks/catalogue/`.
"""


def make_page() -> str:
    """Return the page as Markdown."""
    return HEAD + "".join(line + "\n" for line in _write_domains())


def main() -> None:
    """Write the page."""
    PAGE.write_text(make_page())


def _write_domains() -> Iterator[str]:
    for domain in catalogue.DOMAINS:
        module = getattr(catalogue, domain)
        about = (inspect.getdoc(module) or "").split("\n\n")
        yield f"\n## {domain.capitalize() if domain != 'sql' else 'SQL'}\n"
        for paragraph in about:
            yield " ".join(paragraph.split()).replace("``", "`") + "\n"
        yield f"| `catalogue.{domain}` | what must hold | where |"
        yield "|---|---|---|"
        for name in module.__all__:
            entry = getattr(module, name)
            cells = (f"`{name}({_write_parameters(entry)})`", read_sentence(entry))
            where = read_condition(entry).replace("``", "`")
            yield "| " + " | ".join((*cells, where)) + " |"


def _write_parameters(entry: object) -> str:
    assert callable(entry)
    parameters = inspect.signature(entry).parameters.values()
    shown = []
    for one in parameters:
        if one.kind is one.VAR_KEYWORD or one.name == "argument":
            continue
        star = "*" if one.kind is one.VAR_POSITIONAL else ""
        default = "" if one.default is one.empty else f"={one.default!r}"
        shown.append(f"{star}{one.name}{default}")
    return ", ".join(shown)


if __name__ == "__main__":
    main()
