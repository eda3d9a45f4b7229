"""``python -m pytest_metamorphic_guard.report report.json``: the page, made later."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pytest_metamorphic_guard.contracts.texts import clean_line
from pytest_metamorphic_guard.report.html.writing import PageError, write_page

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Write the page of a JSON report; return the exit status: 0, or 2 where it cannot be made."""
    parser = argparse.ArgumentParser(
        prog="python -m pytest_metamorphic_guard.report",
        description="Make one page of a JSON report, which opens without a network.",
    )
    parser.add_argument("report", type=Path, help="what --mg-report wrote")
    parser.add_argument(
        "-o", "--output", type=Path, help="the page; by default beside the report, as .html"
    )
    given = parser.parse_args(arguments)
    target: Path = given.output or given.report.with_suffix(".html")
    try:
        write_page(json.loads(given.report.read_text("utf-8")), target)
    except OSError as error:
        return _refuse(f"{given.report}: {error.strerror or error}")
    except (ValueError, RecursionError):
        return _refuse(f"{given.report}: it is no JSON")
    except PageError as error:
        return _refuse(f"{given.report}: {error}")
    sys.stdout.write(f"{target}\n")
    return 0


def _refuse(fault: str) -> int:
    sys.stdout.write("why: pytest --mg-why=report\n")
    sys.stderr.write(f"{clean_line(fault)}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
