"""Makes the page from a report; the template engine comes with the extra ``html``."""

from __future__ import annotations

import base64
import hashlib
import secrets
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import MetamorphicGuardError
from pytest_metamorphic_guard.report.html.view import view_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from pytest_metamorphic_guard.report.html.marking import Piece

__all__ = ["PageError", "check_page", "render_page", "write_page"]

_MISSING = "the page needs jinja2: pip install 'pytest-metamorphic-guard[html]'"


class PageError(MetamorphicGuardError):
    """A page that cannot be made or written.

    Args:
        fault: Why, and what to do.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return self.fault


def check_page() -> None:
    """Raise a `PageError` where no page can be made, before a run that would end without one."""
    _make_environment()


def render_page(report: Mapping[str, Any]) -> str:
    """Return the page of a report that satisfies the schema of `read_schema`.

    Raises:
        PageError: The extra ``html`` is not installed, or the report is none.
    """
    environment = _make_environment()
    from markupsafe import Markup

    style, script = _read("page.css"), _read("copy.js")
    try:
        report["report_version"]
        view = view_report(report)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PageError(f"it is no report written by --mg-report ({error!r})") from error
    return environment.from_string(_read("page.html")).render(
        **view,
        style=Markup(style),  # noqa: S704 - a file of ours
        script=Markup(script),  # noqa: S704 - as above
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def write_page(report: Mapping[str, Any], path: Path) -> None:
    """Write the page in one step.

    Raises:
        PageError: It cannot be made, or not be written there.
    """
    text = render_page(report)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            with temporary.open("x", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise PageError(f"cannot write {path}: {error.strerror or error}") from None


def _make_environment() -> Environment:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise PageError(_MISSING) from None
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(badge=_badge, pieces=_join_pieces, number=_format_number)
    return environment


def _badge(outcome: str) -> Markup:
    from markupsafe import Markup

    css = {"adopt": "ok", "reject": "bad"}.get(outcome, "unsure")
    return Markup('<span class="tag {}">{}</span>').format(css, outcome)


def _join_pieces(pieces: Iterable[Piece]) -> Markup:
    from markupsafe import Markup, escape

    return Markup("").join(
        Markup("<mark>{}</mark>").format(text) if differs else escape(text)
        for text, differs in pieces
    )


def _format_number(value: object) -> str:
    return (
        f"{value:,.6g}" if isinstance(value, int | float) else "" if value is None else str(value)
    )


def _read(name: str) -> str:
    return files("pytest_metamorphic_guard.report.html").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
