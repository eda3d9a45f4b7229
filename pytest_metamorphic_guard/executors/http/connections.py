"""Connections to a service, kept open from call to call: one for each call that is under way."""

from __future__ import annotations

import time
from collections import deque
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from pytest_metamorphic_guard.executors.http.exchange import Ask, Reply, Trouble, inflate
from pytest_metamorphic_guard.executors.http.watchdog import Line, Watch, Watchdog

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from urllib3 import BaseHTTPResponse

__all__ = ["Connections"]

_STEP = 1 << 16
# Many servers close what idles for two seconds; what is sent just then is lost.
_IDLE_S = 1.0


class Connections:
    """Sends requests, and keeps connections.

    Args:
        most_bytes: Largest body of an answer.
        proxy: URL of a proxy; the environment's are not looked at.
        ca_file: File with the certificates to trust instead of the system's.
        hide: Takes secrets out of what an answer shows.

    Raises:
        ModuleNotFoundError: urllib3 is not installed.
        ValueError: The file cannot be used.
    """

    def __init__(
        self,
        *,
        most_bytes: int,
        proxy: str | None,
        ca_file: str | None,
        hide: Callable[[str], str],
    ) -> None:
        # Here, and not above: nobody pays for it who calls no service.
        import urllib3

        self._library = urllib3
        self._most_bytes = most_bytes
        self._proxy = proxy
        self._ca_file = ca_file
        self._hide = hide
        self._tls = self._make_tls() if ca_file is not None else None
        self._free: deque[_Lane] = deque()
        self.watchdog = Watchdog()

    def send(self, ask: Ask, watch: Watch) -> Reply:
        """Send one request, once, and return the whole answer.

        Raises:
            Trouble: There is none.
        """
        if watch.is_over:
            raise _explain_end(watch)
        lane = self._take(ask.url)
        done = False
        try:
            with self.watchdog.hold(watch, lane):
                reply = self._exchange(lane, ask, watch)
            done = True
        finally:
            # After a cut the library may take what came so far for a whole answer.
            if done and not watch.expired and not watch.aborted:
                lane.idle_since = time.monotonic()
                self._free.append(lane)
            else:
                lane.close()
        if watch.expired or watch.aborted:
            raise _explain_end(watch)
        return reply

    def close(self) -> None:
        """Cut and close everything."""
        self.watchdog.close()
        while self._free:
            self._free.pop().close()

    def _exchange(self, lane: _Lane, ask: Ask, watch: Watch) -> Reply:
        errors = self._library.exceptions
        started = time.perf_counter()
        response: BaseHTTPResponse | None = None
        try:
            response = lane.manager.urlopen(
                ask.method,
                ask.url,
                body=ask.body,
                headers=dict(ask.headers),
                timeout=self._library.Timeout(total=max(0.001, watch.left_s)),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            packed = response.headers.get("Content-Encoding", "")
            body = inflate(_read(response), packed, self._most_bytes)
            # So that the connection is free again.
            response.drain_conn()
        except (errors.HTTPError, OSError, ValueError, Trouble) as error:
            if response is not None:
                response.close()
            raise self._explain(error, ask, watch) from error
        duration_ms = (time.perf_counter() - started) * 1e3
        headers = {name.lower(): value for name, value in response.headers.items()}
        reason = response.reason or ""
        return Reply(response.status, reason, headers, body, duration_ms, self._hide)

    def _explain(  # noqa: PLR0911 - one per way to end
        self, error: Exception, ask: Ask, watch: Watch
    ) -> Trouble:
        errors = self._library.exceptions
        if watch.expired or watch.aborted:
            return _explain_end(watch)
        if isinstance(error, Trouble):
            return error
        where = _name_host(ask.url)
        said = _say(error)
        match error:
            case errors.ConnectTimeoutError() if not isinstance(error, errors.NewConnectionError):
                return Trouble("timeout", f"{where}: no connection in {watch.limit_s:g} s")
            case errors.TimeoutError() if not isinstance(error, errors.NewConnectionError):
                return _explain_end(watch)
            case errors.ProxyError():
                return Trouble("unavailable", f"the proxy for {where}: {said}", sent=False)
            case errors.NewConnectionError():
                cause = str(error.__cause__ or "").partition("] ")[2]
                why = cause or said.rpartition(": ")[2]
                return Trouble("unavailable", f"{where} cannot be reached: {why}", sent=False)
            case errors.SSLError():
                return Trouble("not_started", f"{where}: {said}", sent=False)
            case errors.LocationValueError() | errors.HTTPWarning():
                return Trouble("not_started", f"{ask.url[:200]}: {said}", sent=False)
            case _:
                return Trouble("connection", f"{where}: {said}")

    def _take(self, url: str) -> _Lane:
        if url.startswith("https:") and self._tls is None:
            self._tls = self._make_tls()
        while True:
            try:
                lane = self._free.pop()
            except IndexError:
                return _Lane(self._library, self._proxy, self._tls)
            if time.monotonic() - lane.idle_since <= _IDLE_S and lane.tls is self._tls:
                return lane
            lane.close()

    def _make_tls(self) -> ssl.SSLContext:
        # Reading the system's certificates takes longer than a call, so it is done once.
        context = self._library.util.create_urllib3_context()
        try:
            if self._ca_file is None:
                context.load_default_certs()
            else:
                context.load_verify_locations(self._ca_file)
        except OSError as error:
            raise ValueError(f"option 'ca_file': cannot use {self._ca_file!r}: {error}") from error
        return context


class _Lane(Line):
    """The connections that one call at a time uses, and their sockets."""

    def __init__(self, library: Any, proxy: str | None, tls: ssl.SSLContext | None) -> None:
        super().__init__()
        self.idle_since = 0.0
        self.tls = tls
        options: dict[str, Any] = {"maxsize": 1, "num_pools": 4, "ssl_context": tls}
        if proxy is None:
            self.manager = library.PoolManager(**options)
        else:
            self.manager = library.ProxyManager(proxy, **options)
        self.manager.pool_classes_by_scheme = {
            scheme: _follow(pool, self)
            for scheme, pool in self.manager.pool_classes_by_scheme.items()
        }

    def close(self) -> None:
        self.manager.clear()
        while self.sockets:
            self.sockets.pop().close()


def _follow(pool: Any, lane: _Lane) -> Any:
    """Return a class of pools whose connections tell the lane their sockets."""

    class Connection(pool.ConnectionCls):  # type: ignore[misc]
        def _new_conn(self) -> Any:
            sock = super()._new_conn()
            # The connection forgets it where the answer's end is the connection's.
            lane.sockets[:] = [sock]
            return sock

        def connect(self) -> None:
            super().connect()
            # Wrapped by now, where it is encrypted; the bare one is of no use any more.
            if self.sock is not None:
                lane.sockets[:] = [self.sock]

    class Pool(pool):  # type: ignore[misc]
        ConnectionCls = Connection

    return Pool


def _read(response: BaseHTTPResponse) -> Iterator[bytes]:
    while part := response.read(_STEP, decode_content=False):
        yield part


def _explain_end(watch: Watch) -> Trouble:
    if watch.aborted:
        return Trouble("aborted", "nobody waits for it any more")
    return Trouble("timeout", f"no answer within {watch.limit_s:g} s")


def _say(error: Exception) -> str:
    """Return what a library says, which may be a text and what was its cause."""
    parts = error.args if isinstance(error, HTTPException) or len(error.args) > 1 else (error,)
    said = ": ".join(str(part).rstrip(".") for part in parts)
    return " ".join(said.split())[:300]


def _name_host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
