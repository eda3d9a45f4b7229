"""The options of an executor: what each one takes, and one sentence for each that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "Option",
    "choice",
    "flag",
    "number",
    "read_options",
    "text",
    "texts",
    "whole",
]

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Option:
    """What an option takes.

    Attributes:
        expected: What it takes, in words.
        fits: Tells whether a value is that.
        secret: Its value is never shown.
    """

    expected: str
    fits: Callable[[Any], bool]
    secret: bool = False


def read_options(
    executor: str, config: Mapping[str, Any], options: Mapping[str, Option]
) -> dict[str, Any]:
    """Return a configuration all of whose options are known and have a value that fits.

    Raises:
        ValueError: With one sentence for each that does not.
    """
    faults = []
    for key, value in config.items():
        option = options.get(key)
        if option is None:
            known = f" (options: {', '.join(sorted(options))})"
            faults.append(
                f"the executor {executor!r} has no option {key!r}{suggest(key, options)}{known}"
            )
        elif not option.fits(value):
            shown = "not of the right form" if option.secret else f"{value!r:.{_SHOWN}}"
            faults.append(
                f"option {key!r} of the executor {executor!r} is {shown}, "
                f"expected {option.expected}{_suggest_value(value, option)}"
            )
    if faults:
        raise ValueError("; ".join(faults))
    return dict(config)


def text(expected: str = "a text") -> Option:
    """Return an option that takes a text which is not empty."""
    return Option(expected, lambda value: isinstance(value, str) and bool(value))


def flag() -> Option:
    """Return an option that takes true or false."""
    return Option("true or false", lambda value: isinstance(value, bool))


def number(least: float, *, above: bool = False) -> Option:
    """Return an option that takes a number from ``least`` on, or only ones ``above`` it."""

    def fits(value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return least < value < float("inf") if above else least <= value < float("inf")

    return Option(f"a number {'above' if above else 'from'} {least:g}", fits)


def whole(least: int) -> Option:
    """Return an option that takes a whole number from ``least`` on."""
    return Option(
        f"a whole number from {least}", lambda value: type(value) is int and value >= least
    )


def choice(*values: str) -> Option:
    """Return an option that takes one of a few words."""
    return Option(f"one of {', '.join(values)}", lambda value: value in values)


def texts(expected: str, *, secret: bool = False) -> Option:
    """Return an option that takes an object whose values are texts."""

    def fits(value: object) -> bool:
        return isinstance(value, dict) and _are_texts(value) and _are_texts(value.values())

    return Option(expected, fits, secret)


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _suggest_value(value: object, option: Option) -> str:
    if not isinstance(value, str) or not option.expected.startswith("one of "):
        return ""
    return suggest(value, option.expected.removeprefix("one of ").split(", "))
