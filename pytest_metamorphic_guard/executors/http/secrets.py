"""The secrets of a service: read from the environment, sent, and shown to nobody."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Secrets", "check_header", "read_headers"]

_PLACE: Final = re.compile(r"\{([A-Za-z_]\w*)\}")
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
# A shorter one would be found in ordinary words.
_SHORTEST: Final = 6


class Secrets:
    """Takes secrets out of texts.

    Args:
        values: The secrets.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        # The longest first, so that no rest of one is left where it contains another.
        found = {
            form
            for value in values
            if len(value) >= _SHORTEST
            # As JSON and as a part of a URL write it.
            for form in (value, json.dumps(value)[1:-1], quote(value, safe=""))
        }
        self._values = sorted(found, key=lambda value: (-len(value), value))

    def __repr__(self) -> str:
        return f"<{len(self._values)} secrets>"

    def hide(self, text: str) -> str:
        """Return a text without them."""
        for value in self._values:
            text = text.replace(value, "[redacted]")
        return text


def read_headers(
    given: Mapping[str, str], from_env: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return the headers to send, and what of them is secret.

    Args:
        given: Names and values.
        from_env: Names, and for each the name of an environment variable that holds its value, or
            a text such as ``"Bearer {TOKEN}"`` with such names in braces.

    Raises:
        ValueError: A variable is not set, or a header cannot be sent; no value is quoted.
    """
    headers = dict(given)
    secrets: list[str] = []
    for name, written in from_env.items():
        value = written if _PLACE.search(written) else f"{{{written}}}"
        for variable in _PLACE.findall(value):
            secret = _read_variable(variable, name)
            value = value.replace(f"{{{variable}}}", secret)
            secrets.append(secret)
        headers[name] = value
    for name, value in headers.items():
        check_header(name, value)
    return headers, secrets


def check_header(name: str, value: str) -> None:
    """Refuse a header that cannot be sent, without quoting its value.

    Raises:
        ValueError: It has a name or a value of another form.
    """
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is no name of a header")
    if not value.isprintable() or not value.isascii():
        raise ValueError(f"the value of the header {name!r} has characters that cannot be sent")


def _read_variable(variable: str, header: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        said = f"the header {header!r} is to hold the environment variable {variable!r}"
        raise ValueError(f"{said}, which is not set")
    return value
