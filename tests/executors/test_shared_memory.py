"""Locks need a place that processes share; every process of a candidate has one of its own."""

import os
from pathlib import Path

import pytest

SHARED = Path("/dev/shm")
SOURCE = """
    import multiprocessing, os
    from multiprocessing import shared_memory
    from multiprocessing.pool import ThreadPool

    def square(x): return x * x

    def lock(x):
        with multiprocessing.Lock(), multiprocessing.BoundedSemaphore(2):
            with ThreadPool(2) as pool:
                return pool.map(square, range(x))

    def fill(x):
        file = open("/dev/shm/block", "wb")
        try:
            for _ in range(x): file.write(bytes(1 << 20)); file.flush()
        finally:
            os.unlink("/dev/shm/block")

    def leave(name):
        found = os.listdir("/dev/shm")
        open("/dev/shm/" + name, "w").write("was here")
        return found

    def pool(x):
        with multiprocessing.Pool(2) as pool:
            return pool.map(square, range(x))

    def count(total, name, lock):
        block = shared_memory.SharedMemory(name)
        for _ in range(100):
            with lock: block.buf[0] += 1

    def share(x):
        block = shared_memory.SharedMemory(create=True, size=100)
        lock = multiprocessing.Lock()
        args = (x, block.name, lock)
        workers = [multiprocessing.Process(target=count, args=args) for _ in range(2)]
        for worker in workers: worker.start()
        for worker in workers: worker.join()
        found = block.buf[0]
        block.close()
        block.unlink()
        return found
"""
LEVELS = ["worker", "fork", "fresh", "spawn"]


@pytest.mark.parametrize("level", LEVELS)
def test_locks_and_thread_pools_work(local_config, level):
    local, path = local_config(SOURCE, isolation=level)

    for _ in range(2):
        payload = local.execute(path, "lock", (4,), 20.0, 512)
        assert (payload.get("error"), payload["result"]) == (None, [0, 1, 4, 9])
    # Memory that no limit counts is little.
    assert local.execute(path, "fill", (4,), 20.0, 512)["error"].startswith("OSError: [Errno 28]")


@pytest.mark.parametrize("level", LEVELS)
def test_processes_work_where_they_are_allowed(local_config, level):
    local, path = local_config(SOURCE, isolation=level, allow_subprocess=True)

    pooled = local.execute(path, "pool", (4,), 20.0, 512)
    shared = local.execute(path, "share", (1,), 20.0, 512)

    assert (pooled.get("error"), pooled["result"]) == (None, [0, 1, 4, 9])
    assert (shared.get("error"), shared["result"]) == (None, 200)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("allow_subprocess", [False, True])
def test_what_is_left_there_reaches_neither_others_nor_the_machine(
    make_local, candidates, level, allow_subprocess
):
    local = make_local(isolation=level, allow_subprocess=allow_subprocess)
    one, other = candidates.write(SOURCE), candidates.write(SOURCE)
    before = sorted(SHARED.iterdir())

    assert local.execute(one, "leave", ("one",), 20.0, 512)["result"] == []
    assert local.execute(other, "leave", ("other",), 20.0, 512)["result"] == []
    assert "one" not in {path.name for path in SHARED.iterdir()}
    found = local.execute(one, "leave", ("again",), 20.0, 512)["result"]
    assert found == (["one"] if level == "worker" else [])
    assert before == sorted(SHARED.iterdir()) or not os.access(SHARED, os.W_OK)
