"""Answers that are kept in a file, so that a run that is made again pays for nothing twice.

A request that is sent several times has several answers, and each serves one call of a run: a
repeat never gets the answer of another one, or whoever counts how often answers differ would read
one answer ten times.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["AnswerCache"]

_TABLES = """
create table if not exists answers (
    number integer primary key, request text not null, body blob not null);
create index if not exists answers_request on answers (request);
create table if not exists served (
    run text not null, number integer not null, at real not null, primary key (run, number));
"""
_NEXT = """
select number, body from answers where request = ? and number not in
    (select number from served where run = ?) order by number limit 1
"""
_WAIT_S = 30.0
_LONGEST_RUN_S = 86_400.0


class AnswerCache:
    """A file of answers.

    Args:
        path: The file, made where there is none.

    Raises:
        ValueError: It cannot be used.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None
        # That of an executor that is used by itself; see `join`.
        self._run = secrets.token_hex(8)
        try:
            with self._use() as database:
                database.executescript(_TABLES)
                database.execute("delete from served where at < ?", (time.time() - _LONGEST_RUN_S,))
        finally:
            self.close()

    def join(self, run: str) -> None:
        """Say of which run the calls are: what another executor of it was served serves nobody."""
        self._run = run

    def find(self, request: bytes) -> bytes | None:
        """Return the next answer that was kept of a request, once for each time it is asked for."""
        key = _hash(request)
        with self._use() as database:
            row = database.execute(_NEXT, (key, self._run)).fetchone()
            if row is None:
                return None
            self._serve(database, row[0])
            body: bytes = row[1]
            return body

    def add(self, request: bytes, body: bytes) -> None:
        """Keep one more answer of a request, for later runs."""
        with self._use() as database:
            added = database.execute(
                "insert into answers (request, body) values (?, ?)", (_hash(request), body)
            )
            self._serve(database, added.lastrowid or 0)

    def close(self) -> None:
        """Close the file; it is opened again when it is needed."""
        with self._lock:
            if self._open is not None:
                self._open.close()
            self._open = None

    def _serve(self, database: sqlite3.Connection, number: int) -> None:
        database.execute("insert into served values (?, ?, ?)", (self._run, number, time.time()))

    @contextlib.contextmanager
    def _use(self) -> Iterator[sqlite3.Connection]:
        """Give the file to one caller at a time, of all processes, and keep what it writes."""
        try:
            with self._lock:
                if self._open is None:
                    Path(self._path).parent.mkdir(parents=True, exist_ok=True)
                    self._open = sqlite3.connect(
                        self._path, timeout=_WAIT_S, check_same_thread=False, isolation_level=None
                    )
                    self._open.execute("pragma journal_mode=wal")
                    self._open.execute("pragma synchronous=normal")
                self._open.execute("begin immediate")
                try:
                    yield self._open
                except BaseException:
                    self._open.execute("rollback")
                    raise
                if self._open.in_transaction:
                    self._open.execute("commit")
        except (sqlite3.Error, OSError) as error:
            raise ValueError(f"option 'cache': cannot use {self._path!r}: {error}") from error


def _hash(request: bytes) -> str:
    # Prompts may be confidential: only their answers are in the file.
    return hashlib.sha256(request).hexdigest()
