"""What runs in a Dask worker. Nothing of a candidate is loaded or unpickled in that process."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
import tempfile
import threading
import time
import zipfile
from typing import Any

from distributed import get_worker

from pytest_metamorphic_guard.contracts.roots import mark_root
from pytest_metamorphic_guard.executors.dask import stations
from pytest_metamorphic_guard.executors.dask.orders import Order, Reply, find_limits, find_versions
from pytest_metamorphic_guard.executors.local.arguments import Arguments, PackedArguments
from pytest_metamorphic_guard.executors.local.hardening.support import find_missing
from pytest_metamorphic_guard.executors.local.payloads import Payload, make_failure
from pytest_metamorphic_guard.values import wire

__all__ = ["abort", "end", "receive", "work"]

_PREFIX = "mg-files-"

_folders: dict[str, str] = {}
_lock = threading.Lock()


def work(order: Order) -> bytes:
    """Make the calls of an order; whatever happens, the answer is bytes of a `Reply`."""
    worker = str(get_worker().address)
    try:
        return _work(order, worker).to_bytes()
    except Exception as error:  # noqa: BLE001 - of this machine: its disk is full, say
        return Reply(worker=worker, broken=f"{type(error).__name__}: {error}").to_bytes()


def receive(digest: str, content: bytes, dask_worker: Any = None) -> str:
    """Unpack the files of an implementation, once per worker; nothing of them is imported.

    Args:
        digest: Their sha256.
        content: A zip file of them.
        dask_worker: Given by Dask.

    Returns:
        Why it cannot be done; empty once they are there.
    """
    if hashlib.sha256(content).hexdigest() != digest:
        return "the files of the candidate came broken"
    try:
        _unpack(digest, content, str(getattr(dask_worker, "local_directory", "")))
    except (OSError, zipfile.BadZipFile) as error:
        return f"the files of the candidate cannot be unpacked: {error}"
    return ""


def abort(token: str) -> None:
    """End what runs of an order: nobody waits for it any more."""
    stations.abort(token)


def end(names: tuple[str, ...]) -> None:
    """End the processes that are kept for an executor of a host."""
    stations.end(names)


def _unpack(digest: str, content: bytes, top: str) -> None:
    with _lock:
        if digest not in _folders:
            folder = tempfile.mkdtemp(prefix=_PREFIX, dir=top if os.path.isdir(top) else None)
            try:
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    archive.extractall(folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            _folders[digest] = folder


def _work(order: Order, worker: str) -> Reply:
    if order.ended:
        stations.end(order.ended)
    ours = find_versions()
    if ours != order.versions:
        return Reply(worker=worker, unfit=True)
    folder = ""
    if order.files:
        with _lock:
            folder = _folders.get(order.files, "")
        if not os.path.isdir(folder):
            with _lock:
                _folders.pop(order.files, None)
            return Reply(worker=worker, unknown=True)
        file = os.path.join(folder, order.entry)
        path = mark_root(folder, file) if order.marked else file
    else:
        path = order.entry
        refusal = _compare(order)
        if refusal:
            return Reply(worker=worker, refusal=refusal)
    try:
        station = stations.find_station(order.station, order.config)
    except ValueError as error:
        return Reply(worker=worker, refusal=str(error))
    answers, took_s = _make_calls(order, station, path, worker)
    lacking = ", ".join(find_missing(allow_subprocess=bool(order.config.get("allow_subprocess"))))
    return Reply(
        worker=worker, answers=tuple(answers), took_s=took_s, folder=folder, lacking=lacking
    )


def _make_calls(
    order: Order, station: stations.Station, path: str, worker: str
) -> tuple[list[bytes], float]:
    answers: list[bytes] = []
    executor = station.take(order.token)
    started = time.perf_counter()
    try:
        if order.timed:
            executor.share_processor(stations.choose_processor(worker))
        if order.withheld:
            executor.withhold(path, order.withheld)
        if not order.calls:
            executor.warm_up(path, order.function, order.enough_s, order.mem_mb)
        limits = find_limits(order.config)
        for call in order.calls:
            if station.is_aborted(order.token):
                break
            # Read by the candidate's process alone.
            args = PackedArguments(())
            args.packed = Arguments(call.dumped, call.needs)
            payload = executor.execute(path, order.function, args, call.timeout_s, order.mem_mb)
            answers.append(_encode(payload, limits))
            if time.perf_counter() - started > order.enough_s:
                break
    finally:
        station.give_back(order.token)
    return answers, time.perf_counter() - started


def _encode(payload: Payload, limits: wire.Limits) -> bytes:
    try:
        return wire.encode(payload, limits)
    except wire.EncodeError as error:
        return wire.encode(make_failure("result_too_large", str(error)))


def _compare(order: Order) -> str:
    """Say why an installed module is not the host's; empty where it is, or nobody can tell."""
    if not order.digest:
        return ""
    inner = order.entry.replace(".", os.sep)
    for folder in sys.path:
        for name in (os.path.join(inner, "__init__.py"), inner + ".py"):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    same = hashlib.sha256(file.read()).hexdigest() == order.digest
                return "" if same else f"its {order.entry} is another one than on this machine"
    return f"it has no module {order.entry}"
