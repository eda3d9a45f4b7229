"""Takes secrets out of what is written: by the names of keys, by their known forms, by value."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["REDACTED", "Redaction", "find_secrets", "is_secret_name"]

REDACTED = "[redacted]"

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset(
    {
        "apikey",
        "auth",
        "authorization",
        "bearer",
        "cookie",
        "credential",
        "credentials",
        "passphrase",
        "passwd",
        "password",
        "pwd",
        "secret",
        "secrets",
        "token",
    }
)
_SECRET_PAIRS = frozenset(
    {("access", "key"), ("api", "key"), ("api", "keys"), ("private", "key"), ("signing", "key")}
)
# A replacement of a shorter value would hit ordinary words.
_SHORTEST_SECRET = 6
# The option of executors that says which variable a header holds.
_NAMES = "headers_from_env"


class Redaction:
    """Takes secrets out of plain data.

    Args:
        sources: Data, such as an executor's configuration, whose values under secret names are
            taken out wherever they turn up, also inside an error message.
        known: Texts that are secrets wherever they turn up.
    """

    def __init__(self, *sources: object, known: Iterable[str] = ()) -> None:
        found = {secret for source in sources for secret in find_secrets(source)} | set(known)
        # The longest first, so that no rest of one is left where it contains another.
        self._values = sorted(found, key=lambda value: (-len(value), value))

    def apply(self, value: Any, *, names: bool = False) -> Any:
        """Return the data with ``"[redacted]"`` in the place of every secret.

        Args:
            value: Plain data.
            names: It holds names of variables, which tell nobody what is in them.
        """
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {
                key: _blank(item)
                if is_secret_name(str(key)) and not names
                else self.apply(item, names=names or key == _NAMES)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.apply(item, names=names) for item in value]
        return value

    def hide(self, text: str) -> str:
        """Return text without the secrets that are known; what only looks like one stays."""
        for secret in self._values:
            text = text.replace(secret, REDACTED)
        return text

    def clean(self, text: str) -> str:
        """Return text without what is, or looks like, a secret."""
        # Not loaded for a run that writes no report, which starts sooner.
        from pytest_metamorphic_guard.report.secret_forms import FORMS, KEPT_NAME

        text = self.hide(text)
        for form in FORMS:
            text = form.sub(REDACTED, text)
        for form in KEPT_NAME:
            text = form.sub(rf"\1{REDACTED}", text)
        return text


def is_secret_name(name: str) -> bool:
    """Whether a key such as ``OPENAI_API_KEY`` or ``accessToken`` names a secret.

    ``tokens_total`` names a count.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    pairs = set(itertools.pairwise(words))
    return bool(_SECRET_WORDS & set(words) or _SECRET_PAIRS & pairs)


def find_secrets(source: object, *, named: bool = False) -> list[str]:
    """Return the values under secret names in plain data; ``named`` says that all of it is one."""
    if isinstance(source, str):
        return [source] if named and len(source) >= _SHORTEST_SECRET else []
    if isinstance(source, Mapping):
        return [
            secret
            for key, value in source.items()
            if key != _NAMES
            for secret in find_secrets(value, named=named or is_secret_name(str(key)))
        ]
    if isinstance(source, list | tuple):
        return [secret for item in source for secret in find_secrets(item, named=named)]
    return []


def _blank(value: Any) -> Any:
    """Return the shape of a secret value: that there is none, or that it is off, is no secret."""
    if value is None or isinstance(value, bool) or value == "":
        return value
    if isinstance(value, Mapping):
        return {key: _blank(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_blank(item) for item in value]
    return REDACTED
