"""The executor ``http``: a request for each call."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from pytest_metamorphic_guard.contracts.executors import Executor
from pytest_metamorphic_guard.executors.http.configuration import read_configuration
from pytest_metamorphic_guard.executors.http.connections import Connections
from pytest_metamorphic_guard.executors.http.exchange import Ask, Reply, Trouble
from pytest_metamorphic_guard.executors.http.payloads import describe_trouble, make_payload
from pytest_metamorphic_guard.executors.http.places import (
    Arguments,
    UnfitError,
    fill,
    fill_data,
    find_data_places,
    find_places,
    to_json,
    to_text,
    write_in_url,
)
from pytest_metamorphic_guard.executors.http.reading import read_result
from pytest_metamorphic_guard.executors.http.retrying import BUSY, Attempts, Pause, Persistence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_metamorphic_guard.executors.http.watchdog import Watch

__all__ = ["HttpExecutor"]


class HttpExecutor(Executor):
    """Calls a service: ``file_path`` is its URL, with places for arguments.

    A call is one request; the result is what the body of the answer holds. Without a template the
    arguments are sent as ``{"args": [...]}`` with POST, and the whole JSON body is the result.

    Besides the contract's keys a payload has ``http_status`` where there is an answer, and
    ``attempts``, the number of requests.

    Args:
        config: See `Configuration`.

    Raises:
        ValueError: An option is unknown, or has a wrong value.
        ModuleNotFoundError: A library is not installed.
    """

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(config)
        self._options = options = read_configuration(self.config)
        self.parallel = options.parallel
        self._connections = Connections(
            most_bytes=options.most_bytes,
            proxy=options.proxy,
            ca_file=options.ca_file,
            hide=options.secrets.hide,
        )
        self._pauses: dict[str, Pause] = {}

    def __repr__(self) -> str:
        return f"<executor http, {self._options.method}>"

    def execute(
        self,
        file_path: str,
        func_name: str,
        args: tuple[Any, ...],
        timeout_s: float,
        mem_mb: int,  # noqa: ARG002 - the service's own affair
    ) -> dict[str, Any]:
        """Make one request, and again where it may be; see `Executor.execute`."""
        attempts = Attempts()
        try:
            ask = self._fill(file_path, Arguments(func_name, args, self._options.arguments))
            with self._connections.watchdog.watch(timeout_s) as watch:
                reply = self._ask(ask, watch, attempts)
            payload = self._read(reply, attempts)
        except Trouble as trouble:
            payload = describe_trouble("HTTP", trouble, attempts)
        if payload["error"]:
            payload["error"] = self._options.secrets.hide(payload["error"])
        return payload

    def with_parallel(self, number: int) -> HttpExecutor:
        """Return another one that makes so many calls at once."""
        return HttpExecutor({**self.config, "parallel": number})

    def abort(self) -> None:
        """End all calls that are under way."""
        self._connections.watchdog.abort()

    def close(self) -> None:
        """Close all connections."""
        self._connections.close()

    def _ask(self, ask: Ask, watch: Watch, attempts: Attempts) -> Reply:
        options = self._options
        pause = self._pauses.setdefault(urlsplit(ask.url).netloc, Pause())
        persistence = Persistence(options.retries, options.idempotent, pause)
        return persistence.ask(lambda: self._connections.send(ask, watch), watch, attempts)

    def _read(self, reply: Reply, attempts: Attempts) -> dict[str, Any]:
        options = self._options
        known = {"duration_ms": reply.duration_ms, "http_status": reply.status}
        if reply.status in BUSY:
            trouble = Trouble("unavailable", reply.describe())
            return describe_trouble("HTTP", trouble, attempts, **known)
        if not HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
            said = reply.describe()
            if "location" in reply.headers:
                where = options.secrets.hide(reply.headers["location"])[:200]
                said += f" (to {where}, which is not followed)"
            return make_payload(
                attempts,
                error=said,
                error_type="http_status",
                error_code=f"HTTP_{reply.status}",
                **known,
            )
        try:
            result = read_result(reply, options)
        except Trouble as trouble:
            return describe_trouble("HTTP", trouble, attempts, **known)
        return make_payload(attempts, success=True, result=result, **known)

    def _fill(self, url: str, arguments: Arguments) -> Ask:
        """Return the request of a call.

        Raises:
            Trouble: The specification is no URL, or the arguments cannot be sent.
        """
        options = self._options
        _check_url(url)
        places = find_places(url) | find_data_places(options.query) | find_data_places(options.body)
        if arguments.values and not places - {"function"}:
            raise Trouble(
                "not_started",
                f"{options.method} {url[:200]} has no place for the arguments: write {{0}} into "
                "the URL, 'query' or 'body'",
            )
        try:
            filled = fill(url, arguments, write_in_url)
            query = fill_data(dict(options.query), arguments)
            pairs = [
                f"{quote(name, safe='')}={quote(to_text(item), safe='')}"
                for name, value in query.items()
                for item in (value if isinstance(value, list | tuple) else [value])
            ]
            body = None
            if options.body is not None:
                body = to_json(fill_data(options.body, arguments)).encode("utf-8", "surrogatepass")
        except UnfitError as error:
            raise Trouble("not_started", str(error)) from error
        if pairs:
            filled = filled.partition("#")[0]
            filled += ("&" if "?" in filled else "?") + "&".join(pairs)
        return Ask(options.method, filled, options.headers, body)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or any(character.isspace() for character in url):
        raise Trouble(
            "not_started", f"{url[:100]!r} is no URL that begins with http:// or https://"
        )
    if parts.username is not None or parts.password is not None:
        raise Trouble(
            "not_started",
            f"the URL of {parts.hostname} holds a user's name or password: name a header and an "
            "environment variable in 'headers_from_env' instead",
        )
