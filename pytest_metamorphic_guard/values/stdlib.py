"""Names of things, of the standard library: UUIDs, paths and addresses.

The three modules are imported where a value of theirs is met: together they would cost a worker
that needs only one of them more than the rest of this folder.
"""

from __future__ import annotations

from typing import Any, Final

from pytest_metamorphic_guard.values.frames import IP, PATH, UUID, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind

__all__ = ["KINDS"]

keep_builtins(globals())

_PATHS: Final = ("PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath")
_MOST_PATH: Final = 1 << 16
_ADDRESSES: Final = ("IPv4Address", "IPv6Address", "IPv4Interface", "IPv6Interface")
_NETWORKS: Final = ("IPv4Network", "IPv6Network")
_MOST_IP: Final = 100


def _take_text_apart(most: int) -> Any:
    def take_apart(value: Any) -> tuple[str, str] | None:
        text = str(value)
        # The scope of an address may be any text.
        return None if len(text) > most else (type(value).__name__, text)

    return take_apart


def _list_types(module: str, names: tuple[str, ...]) -> list[type]:
    found = __import__(module)
    return [getattr(found, name) for name in names]


def _read_uuid(data: bytes) -> object:
    import uuid

    if type(data) is not bytes:
        raise DecodeError("no bytes of a UUID")
    return uuid.UUID(bytes=data)


def _to_uuid(value: Any) -> object:
    import uuid

    return uuid.UUID(int=vars(uuid.UUID)["int"].__get__(value))


def _read_path(kind: str, text: str) -> object:
    """Return the path; nothing looks at the file system."""
    import pathlib

    if kind not in _PATHS or type(text) is not str or len(text) > _MOST_PATH:
        raise DecodeError("no path")
    return getattr(pathlib, kind)(text)


def _read_ip(kind: str, text: str) -> object:
    import ipaddress

    if kind not in (*_ADDRESSES, *_NETWORKS) or type(text) is not str or len(text) > _MOST_IP:
        raise DecodeError("no address")
    return getattr(ipaddress, kind)(text)


KINDS: Final = (
    Kind(
        library="uuid",
        types=lambda: _list_types("uuid", ("UUID",)),
        mark=UUID,
        shape="exact",
        take_apart=lambda value: (value.bytes,),
        put_together=_read_uuid,
        to_plain=_to_uuid,
    ),
    Kind(
        library="pathlib",
        types=lambda: _list_types("pathlib", _PATHS),
        mark=PATH,
        shape="exact",
        take_apart=_take_text_apart(_MOST_PATH),
        put_together=_read_path,
    ),
    Kind(
        library="ipaddress",
        types=lambda: _list_types("ipaddress", _ADDRESSES),
        mark=IP,
        shape="exact",
        take_apart=_take_text_apart(_MOST_IP),
        put_together=_read_ip,
    ),
    Kind(
        library="ipaddress",
        types=lambda: _list_types("ipaddress", _NETWORKS),
        mark=IP,
        shape="exact",
        take_apart=_take_text_apart(_MOST_IP),
        put_together=_read_ip,
        count_elements=lambda value: int(value.num_addresses),
    ),
)
