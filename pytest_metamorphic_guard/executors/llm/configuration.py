"""The configuration of the executor ``llm``, checked when it is made."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.http.configuration import SERVICE_OPTIONS
from pytest_metamorphic_guard.executors.http.places import to_json
from pytest_metamorphic_guard.executors.http.secrets import Secrets, check_header, read_headers
from pytest_metamorphic_guard.executors.llm.prices import Prices
from pytest_metamorphic_guard.executors.options import (
    Option,
    choice,
    number,
    read_options,
    text,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Configuration", "read_configuration"]

_OPENAI = "https://api.openai.com/v1"
_KEY = "OPENAI_API_KEY"
_OWN = ("model", "messages", "response_format", "stream")


def _is_prices(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"input", "output"}
        and all(number(0).fits(price) for price in value.values())
    )


_OPTIONS: dict[str, Option] = {
    **SERVICE_OPTIONS,
    "base_url": Option(
        "an http:// or https:// URL without a password",
        lambda value: (
            isinstance(value, str)
            and value.startswith(("http://", "https://"))
            and "@" not in value
        ),
        secret=True,
    ),
    "cache": text("the path of a file"),
    "extra": Option(
        f"an object without {', '.join(_OWN)}",
        lambda value: isinstance(value, dict) and not set(value) & set(_OWN),
    ),
    "key_env": text("the name of an environment variable"),
    "max_tokens": whole(1),
    "model": text("the name of a model"),
    "output": choice("text", "json"),
    "prices": Option(
        'US dollars per million tokens, as {"input": 0.15, "output": 0.6}', _is_prices
    ),
    "requests_per_minute": number(0, above=True),
    "schema": Option(
        "a JSON schema, which is an object", lambda value: isinstance(value, dict) and bool(value)
    ),
    "seed": Option("a whole number", lambda value: type(value) is int),
    "system": text(),
    "temperature": number(0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What ``--mg-executor-config`` may contain for ``llm``.

    Attributes:
        url: Where completions are asked for.
        model: The model.
        fields: What is sent beside the messages.
        headers: Headers that are sent, the key among them.
        arguments: Names of the arguments in their order.
        system: A message that comes first.
        as_json: Whether answers are JSON.
        prices: What tokens cost.
        cache: File of answers, or None.
        requests_per_minute: Requests in a minute, or None.
        retries: How often a request is made again.
        parallel: How many calls are made at once.
        most_bytes: Largest body of an answer.
        proxy: URL of a proxy.
        ca_file: File with the certificates to trust.
        secrets: What nobody is to see.
    """

    url: str
    model: str
    fields: Mapping[str, Any]
    headers: Mapping[str, str] = field(repr=False)
    arguments: tuple[str, ...] = ()
    system: str | None = None
    as_json: bool = False
    prices: Prices = field(default_factory=Prices)
    cache: str | None = None
    requests_per_minute: float | None = None
    retries: int = 5
    parallel: int = 8
    most_bytes: int = 16 << 20
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    secrets: Secrets = field(default_factory=Secrets)


def read_configuration(config: Mapping[str, Any]) -> Configuration:
    """Return the configuration that a mapping describes.

    Raises:
        ValueError: An option is unknown or has a wrong value; there is no model, or no key.
    """
    given = read_options("llm", config, _OPTIONS)
    if "model" not in given:
        raise ValueError('option \'model\' is missing: name a model, as {"model": "gpt-4o-mini"}')
    if "schema" in given and given.get("output") == "text":
        raise ValueError("option 'schema' is for JSON, and option 'output' is 'text'")
    headers, secrets = read_headers(given.get("headers", {}), given.get("headers_from_env", {}))
    base_url = given.get("base_url", _OPENAI).rstrip("/")
    key = _read_key(given, base_url, headers)
    if key:
        headers["Authorization"] = f"Bearer {key}"
        check_header("Authorization", key)
    return Configuration(
        url=f"{base_url}/chat/completions",
        model=given["model"],
        fields=_list_fields(given),
        headers={
            "User-Agent": "pytest-metamorphic-guard",
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",
            **headers,
        },
        arguments=tuple(given.get("arguments", ())),
        system=given.get("system"),
        as_json="schema" in given or given.get("output") == "json",
        prices=Prices(given.get("prices")),
        cache=given.get("cache"),
        requests_per_minute=given.get("requests_per_minute"),
        retries=given.get("retries", 5),
        parallel=given.get("parallel", 8),
        most_bytes=int(given.get("max_response_mb", 16) * (1 << 20)),
        proxy=given.get("proxy"),
        ca_file=given.get("ca_file"),
        secrets=Secrets([key, *secrets, *given.get("headers", {}).values()]),
    )


def _read_key(given: Mapping[str, Any], base_url: str, headers: Mapping[str, str]) -> str:
    name = given.get("key_env", _KEY)
    key = os.environ.get(name, "").strip()
    has_own = any(header.lower() in ("authorization", "api-key", "x-api-key") for header in headers)
    # A server of one's own needs no key.
    if not key and ("key_env" in given or (base_url == _OPENAI and not has_own)):
        raise ValueError(f"the environment variable {name!r}, which holds the key, is not set")
    return "" if has_own and "key_env" not in given else key


def _list_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    fields = {key: given[key] for key in ("temperature", "seed", "max_tokens") if key in given}
    if "schema" in given:
        schema = {"name": "answer", "strict": True, "schema": given["schema"]}
        fields["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif given.get("output") == "json":
        fields["response_format"] = {"type": "json_object"}
    fields = {"model": given["model"], **fields, **given.get("extra", {})}
    to_json(fields)
    return fields
