"""Write the table of ``docs/reference/options.md`` from the options themselves.

``python docs/write_options.py`` writes the page anew; the tests say when that is due.
"""

from pathlib import Path

from pytest_metamorphic_guard.pytest_side.options import OPTIONS

PAGE = Path(__file__).parent / "reference" / "options.md"
BEGIN = "<!-- begin: written by docs/write_options.py -->\n"
END = "<!-- end -->\n"


def make_table() -> str:
    """Return the options as Markdown."""
    rows = ["| command line | environment | ini key | meaning |", "|---|---|---|---|"]
    for option in OPTIONS:
        value = f"={option.metavar}" if option.metavar else ""
        value = f"[{value}]" if option.bare else value
        meaning = option.help.replace("|", r"\|")
        rows.append(
            f"| `{option.flag}{value}` | `{option.variable}` | `{option.key}` | {meaning} |"
        )
    return "\n".join(rows) + "\n"


def insert(page: str, table: str) -> str:
    """Return the page with the table between its marks."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return head + BEGIN + table + END + tail


def main() -> None:
    """Write the page."""
    PAGE.write_text(insert(PAGE.read_text(), make_table()))


if __name__ == "__main__":
    main()
