"""The configuration of the executor ``dask``, checked when it is made."""

from __future__ import annotations

import dataclasses
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.errors import suggest
from pytest_metamorphic_guard.executors.local.configuration import (
    Configuration,
    read_configuration,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ClusterConfiguration", "Place", "read_cluster_configuration"]

_ADDRESS = re.compile(r"(?:(\w+)://)?([^\s/:]+|\[[^\s\]]+\]):(\d+)/?")
_SCHEMES = ("tcp", "tls")
_TLS = ("tls_ca_file", "tls_client_cert", "tls_client_key")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scheduler is, and how it is talked to.

    Attributes:
        address: Such as ``tcp://10.0.0.5:8786``, or ``tls://...`` with the three files.
        tls_ca_file: Certificate of who signed the scheduler's.
        tls_client_cert: This side's certificate.
        tls_client_key: Its key.
        connect_s: Seconds in which the scheduler must answer, and have a worker.
    """

    address: str
    tls_ca_file: str = ""
    tls_client_cert: str = ""
    tls_client_key: str = ""
    connect_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConfiguration:
    """What ``--mg-executor-config`` may contain for ``dask``, besides the options of ``local``.

    Attributes:
        place: The scheduler's.
        wait_s: Seconds without an answer from any worker, beyond the limit of a call, after which
            calls count as unavailable.
        files: Patterns of files that are sent besides the Python files, relative to the folder of
            the implementation.
        max_files_mb: MiB that the files of an implementation may take.
        local: The options of ``local`` on the workers.
    """

    place: Place
    wait_s: float = 60.0
    files: tuple[str, ...] = ()
    max_files_mb: float = 32.0
    local: Mapping[str, Any] = field(default_factory=dict)


def read_cluster_configuration(config: Mapping[str, Any]) -> ClusterConfiguration:
    """Return the configuration that a mapping describes.

    Raises:
        ValueError: An option is unknown, or its value is not what it takes.
    """
    own = {"address", *_TLS, "connect_s", "wait_s", "files", "max_files_mb"}
    known = own | {option.name for option in dataclasses.fields(Configuration)}
    for key in config:
        if key not in known:
            raise ValueError(
                f"the executor 'dask' has no option {key!r}{suggest(key, known)}"
                f" (options: {', '.join(sorted(known))})"
            )
    if not config.get("address"):
        raise ValueError(
            "give the 'address' of a scheduler, such as tcp://10.0.0.5:8786; what one machine "
            "needs is --mg-parallel=N, with the executor 'local'"
        )
    local = {key: value for key, value in config.items() if key not in own}
    place = _read_place(config)
    _check_local(local, place)
    files = config.get("files", ())
    if not isinstance(files, list | tuple) or not all(isinstance(one, str) for one in files):
        raise _refuse("files", files, "a list of patterns")
    return ClusterConfiguration(
        place=place,
        wait_s=_read_number(config, "wait_s", 60.0),
        files=tuple(files),
        max_files_mb=_read_number(config, "max_files_mb", 32.0),
        local=local,
    )


def _read_place(config: Mapping[str, Any]) -> Place:
    address = config["address"]
    found = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if found is None or (found[1] or "tcp") not in _SCHEMES:
        raise _refuse("address", address, "tcp://HOST:PORT or tls://HOST:PORT")
    given = {key: config[key] for key in _TLS if key in config}
    is_tls = found[1] == "tls"
    if given and not is_tls:
        raise ValueError(
            f"option {next(iter(given))!r} of the executor 'dask' needs an address that begins "
            f"with tls://, not {address}"
        )
    if is_tls and len(given) < len(_TLS):
        missing = ", ".join(repr(key) for key in _TLS if key not in given)
        raise ValueError(f"the executor 'dask' needs {missing} for {address}")
    for key, path in given.items():
        if not isinstance(path, str) or not os.path.isfile(path):
            raise _refuse(key, path, "the path of a file that exists")
    return Place(
        address=address if found[1] else f"tcp://{address}",
        connect_s=_read_number(config, "connect_s", 10.0),
        **given,
    )


def _check_local(local: Mapping[str, Any], place: Place) -> None:
    try:
        read = read_configuration(local)
    except ValueError as error:
        raise ValueError(str(error).replace("executor 'local'", "executor 'dask'")) from None
    if read.isolation == "none":
        raise ValueError(
            "option 'isolation' of the executor 'dask' is 'none', but a candidate never runs in "
            "a worker of the cluster itself: choose worker, fork, fresh or spawn"
        )
    if read.harden == "off":
        raise ValueError(
            "option 'harden' of the executor 'dask' is 'off', which would give candidates the "
            "scheduler, and with it every machine of the cluster: choose auto or require"
        )
    is_safe = place.address.startswith("tls://") and read.harden == "require"
    if read.allow_network and not is_safe:
        raise ValueError(
            "option 'allow_network' of the executor 'dask' would give candidates the scheduler, "
            "which runs whatever it is sent; it needs a tls:// address and harden 'require'"
        )


def _read_number(config: Mapping[str, Any], key: str, default: float) -> float:
    value = config.get(key, default)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value < float("inf"):
        raise _refuse(key, value, "a positive number")
    return float(value)


def _refuse(key: str, value: object, expected: str) -> ValueError:
    return ValueError(f"option {key!r} of the executor 'dask' is {value!r}, expected {expected}")
