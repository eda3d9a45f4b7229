"""The lines of a file of inputs: JSON lines, CSV and parquet, read into rows."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Row", "WrongRow", "read_rows"]

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


class Row(NamedTuple):
    """One input of a file.

    Attributes:
        place: Where it stands, as ``line 3``.
        columns: Its values by the names of their columns.
    """

    place: str
    columns: dict[str, Any]


class WrongRow(Exception):  # noqa: N818 - reads as what happened
    """A file, or a line of it, that cannot be read; the text says which, why and what to do."""


def read_rows(path: Path) -> list[Row]:
    """Read a file by its ending.

    Raises:
        WrongRow: It has another ending, cannot be read, or has a wrong line.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise WrongRow(f"has the ending {path.suffix!r}, expected one of {', '.join(_READERS)}")
    try:
        return read(path)
    except FileNotFoundError:
        raise WrongRow(f"there is no such file in {path.parent}") from None
    except OSError as error:
        raise WrongRow(f"cannot be read: {error.strerror or error}") from None


def _read_text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise WrongRow(f"line {line}: is no UTF-8") from None


def _read_json_lines(path: Path) -> list[Row]:
    # Only line feeds end a line: a JSON text may hold the other characters that Python splits at.
    lines = _read_text(path).split("\n")
    return [_read_json(f"line {n}", line) for n, line in enumerate(lines, 1) if line.strip()]


def _read_json(place: str, line: str) -> Row:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        said = getattr(error, "msg", None) or error
        raise WrongRow(f"{place}: is no JSON: {said}") from None
    if not isinstance(found, dict):
        kind = type(found).__name__
        raise WrongRow(f'{place}: is a {kind}, expected an object such as {{"argument": 1}}')
    return Row(place, found)


def _read_csv(path: Path) -> list[Row]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), delimiter=delimiter, strict=True)
    head: list[str] | None = None
    rows: list[Row] = []
    end = 0
    try:
        for fields in reader:
            place, end = f"line {end + 1}", reader.line_num
            if not fields:
                continue
            if head is None:
                head = _check_head(fields)
                continue
            if len(fields) != len(head):
                raise WrongRow(f"{place}: has {len(fields)} fields, the first line {len(head)}")
            rows.append(Row(place, dict(zip(head, fields, strict=True))))
    except csv.Error as error:
        raise WrongRow(f"line {reader.line_num}: {error}") from None
    for name in head or ():
        _settle_numbers(rows, name)
    return rows


def _check_head(fields: list[str]) -> list[str]:
    twice = [name for name in dict.fromkeys(fields) if fields.count(name) > 1]
    if twice:
        raise WrongRow(f"line 1: names the column {twice[0]!r} more than once")
    return fields


def _settle_numbers(rows: list[Row], name: str) -> None:
    """Make numbers of a column that has nothing else, and None of what is empty in it."""
    texts = [row.columns[name] for row in rows]
    if not any(texts) or not all(_NUMBER.fullmatch(text) for text in texts if text):
        return
    whole = all(re.fullmatch(r"-?\d+", text) for text in texts if text)
    for row, text in zip(rows, texts, strict=True):
        row.columns[name] = (int(text) if whole else float(text)) if text else None


def _read_parquet(path: Path) -> list[Row]:
    try:
        # Not loaded, nor wanted, for other files.
        from pyarrow import parquet
    except ImportError:
        return _read_with_pandas(path)
    path.open("rb").close()  # says what Python says where it cannot be read
    try:
        found = parquet.read_table(path).to_pylist()
    except (OSError, ValueError) as error:
        raise WrongRow(f"is no parquet file: {str(error).splitlines()[0]}") from None
    return [Row(f"row {n}", columns) for n, columns in enumerate(found, 1)]


def _read_with_pandas(path: Path) -> list[Row]:
    advice = "needs a library that reads parquet: install pyarrow, or pandas with fastparquet"
    try:
        import pandas as pd
    except ImportError:
        raise WrongRow(advice) from None
    try:
        found = pd.read_parquet(path).to_dict(orient="records")
    except ImportError:
        raise WrongRow(advice) from None
    except ValueError as error:
        raise WrongRow(f"is no parquet file: {str(error).splitlines()[0]}") from None
    return [Row(f"row {n}", columns) for n, columns in enumerate(found, 1)]


_READERS: dict[str, Callable[[Path], list[Row]]] = {
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".parquet": _read_parquet,
}
