"""The configuration of the executor ``http``, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.http.places import to_json
from pytest_metamorphic_guard.executors.http.secrets import Secrets, read_headers
from pytest_metamorphic_guard.executors.options import (
    Option,
    choice,
    flag,
    number,
    read_options,
    text,
    texts,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["SERVICE_OPTIONS", "Configuration", "names_option", "read_configuration"]

_METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH")
# RFC 9110, 9.2.2.
_IDEMPOTENT = frozenset(_METHODS) - {"POST", "PATCH"}
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
_DEFAULT_BODY = {"args": "{args}"}


def names_option() -> Option:
    """Return the option that names arguments in their order."""
    return Option(
        "a list of different names",
        lambda value: (
            isinstance(value, list)
            and all(isinstance(item, str) and item.isidentifier() for item in value)
            and len(set(value)) == len(value)
        ),
    )


# What every executor has that calls a service.
SERVICE_OPTIONS: dict[str, Option] = {
    "arguments": names_option(),
    "ca_file": text("the path of a file"),
    "headers": texts("an object of texts", secret=True),
    "headers_from_env": texts(
        "an object that gives each header the name of an environment variable"
    ),
    "max_response_mb": number(0, above=True),
    "parallel": whole(1),
    "proxy": Option(
        "the http:// or https:// URL of a proxy",
        lambda value: isinstance(value, str) and value.startswith(("http://", "https://")),
        secret=True,
    ),
    "retries": whole(0),
}
_OPTIONS: dict[str, Option] = {
    **SERVICE_OPTIONS,
    "body": Option('JSON, with places such as "{0}"', lambda value: True),  # noqa: ARG005
    "idempotent": flag(),
    "method": choice(*_METHODS),
    "null_result": flag(),
    "query": Option("an object", lambda value: isinstance(value, dict)),
    "response": choice("json", "text"),
    "result": text("a JMESPath"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What ``--mg-executor-config`` may contain for ``http``.

    Attributes:
        method: Method of the requests.
        query: What follows the ``?`` of the URL, by name; with places for arguments.
        body: What is sent as JSON, with places for arguments; None for nothing. A request of a
            method that has a body sends ``{"args": [...]}`` where none is given.
        headers: Headers that are sent, those from the environment too.
        arguments: Names of the arguments in their order, for places that have a name.
        response: Whether a body is ``json`` or ``text``.
        result: Finds the result in a body that is JSON; None for all of it.
        null_result: Whether it may be that ``result`` finds nothing.
        idempotent: Whether the same request may be made twice.
        retries: How often a request is made again.
        parallel: How many calls are made at once.
        most_bytes: Largest body of an answer, unpacked.
        proxy: URL of a proxy.
        ca_file: File with the certificates to trust.
        secrets: What nobody is to see.
    """

    method: str = "POST"
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    arguments: tuple[str, ...] = ()
    response: str = "json"
    result: Callable[[Any], Any] | None = None
    null_result: bool = False
    idempotent: bool = False
    retries: int = 3
    parallel: int = 8
    most_bytes: int = 16 << 20
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    secrets: Secrets = field(default_factory=Secrets)


def read_configuration(config: Mapping[str, Any]) -> Configuration:
    """Return the configuration that a mapping describes.

    Raises:
        ValueError: An option is unknown, or has a wrong value.
        ModuleNotFoundError: It wants a JMESPath, and jmespath is not installed.
    """
    given = read_options("http", config, _OPTIONS)
    method = given.get("method", "POST")
    headers, secrets = read_headers(given.get("headers", {}), given.get("headers_from_env", {}))
    default_body = None if method in _BODILESS else _DEFAULT_BODY
    if given.get("response") == "text" and "result" in given:
        raise ValueError("option 'result' finds a part of JSON, and option 'response' is 'text'")
    body = given.get("body", default_body)
    to_json(body)
    return Configuration(
        method=method,
        query=given.get("query", {}),
        body=body,
        headers={
            "User-Agent": "pytest-metamorphic-guard",
            "Accept-Encoding": "gzip",
            **({} if body is None else {"Content-Type": "application/json"}),
            **headers,
        },
        arguments=tuple(given.get("arguments", ())),
        response=given.get("response", "json"),
        result=_compile(given["result"]) if "result" in given else None,
        null_result=given.get("null_result", False),
        idempotent=given.get("idempotent", method in _IDEMPOTENT),
        retries=given.get("retries", 3),
        parallel=given.get("parallel", 8),
        most_bytes=int(given.get("max_response_mb", 16) * (1 << 20)),
        proxy=given.get("proxy"),
        ca_file=given.get("ca_file"),
        secrets=Secrets([*secrets, *_list_secret(given)]),
    )


def _list_secret(given: Mapping[str, Any]) -> list[str]:
    # Which of them are secret is not known, and a header is nothing that a failure has to show.
    proxy = given.get("proxy", "").partition("://")[2].rpartition("@")[0]
    return [*given.get("headers", {}).values(), proxy, proxy.partition(":")[2]]


def _compile(path: str) -> Callable[[Any], Any]:
    # Here, and not above: nobody pays for it who needs none.
    import jmespath

    try:
        compiled = jmespath.compile(path)
    except jmespath.exceptions.JMESPathError as error:
        said = str(error).splitlines()[0].rstrip(":")
        raise ValueError(f"option 'result' is {path!r:.60}, which is no JMESPath: {said}") from None
    search: Callable[[Any], Any] = compiled.search
    return search
