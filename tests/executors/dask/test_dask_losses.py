"""Workers and schedulers that are not there, are others than expected, or end in between."""

import subprocess
import sys
import textwrap

import pytest

from pytest_metamorphic_guard.contracts.executors import Call
from pytest_metamorphic_guard.errors import ClusterWarning
from pytest_metamorphic_guard.executors.dask import DaskExecutor
from pytest_metamorphic_guard.executors.dask.members import Members, explain_unfit
from pytest_metamorphic_guard.executors.dask.orders import Versions

# In front of everything else on the path of a worker: what it would say of another installation.
LACKING = """
    import importlib.metadata as metadata
    found = metadata.version
    def version(name):
        if name == "pytest_metamorphic_guard":
            raise metadata.PackageNotFoundError(name)
        return found(name)
    metadata.version = version
"""
# A worker that sends a pickle in the place of an answer.
HOSTILE = """
    from pytest_metamorphic_guard.executors.dask import on_worker
    class Answer:
        def __init__(self, how): self.how = how
        def __reduce__(self): return open, ({trace!r}, "w")
    on_worker.work = Answer
"""
SLOW = """
    import os, pathlib, time
    def solve(x, trace):
        with open(trace, "a") as file: file.write(f"{x} {os.getpid()}\\n")
        time.sleep(0.1)
        return x
"""


def start_with(cluster, folder, text):
    """Start a worker in which a text runs before everything else."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(textwrap.dedent(text))
    return cluster.add_worker(PYTHONPATH=str(folder))


def calls_of(path, trace, count):
    return (Call(path, "solve", (number, str(trace)), 20.0, 512) for number in range(count))


@pytest.mark.slow  # starts a cluster of its own, and ends it piece by piece
def test_a_cluster_that_ends_piece_by_piece(start_cluster, candidates, tmp_path):
    cluster = start_cluster()
    config = {"address": cluster.address, "wait_s": 20.0, "write": [str(tmp_path)]}
    with pytest.raises(ValueError, match=r"tcp://\S+ has no workers: start one"):
        DaskExecutor({**config, "connect_s": 0.5})
    hostile = HOSTILE.format(trace=str(tmp_path / "pwned"))
    worker = start_with(cluster, tmp_path / "hostile", hostile)
    cluster.wait_for_workers(1)
    executor = DaskExecutor(config)
    payload = executor.execute(candidates.write("def solve(): return 1"), "solve", (), 20.0, 512)
    assert (payload["success"], payload["error_type"]) == (False, "unavailable")
    assert not (tmp_path / "pwned").exists()
    executor.close()
    cluster.kill(worker)
    start_with(cluster, tmp_path / "lacking", LACKING)
    cluster.wait_for_workers(1)
    with pytest.raises(ValueError, match=r"no worker of .* lacks pytest-metamorphic-guard: pip"):
        DaskExecutor(config)
    workers = [cluster.add_worker() for _ in range(2)]
    cluster.wait_for_workers(3)
    with pytest.warns(ClusterWarning, match="some workers of the cluster are not used: tcp:"):
        executor = DaskExecutor(config)
    assert executor.parallel == 2
    # What a lost worker was given is called again, whoever was to do it.
    path, trace = candidates.write(SLOW), tmp_path / "trace"
    answers = executor.execute_many(calls_of(path, trace, 40))
    results = [next(answers)["result"] for _ in range(4)]
    cluster.kill(workers[0])
    results += [payload["result"] for payload in answers]
    assert results == list(range(40))
    # So it is with a call that was to be made on that worker and no other.
    executor.share_processor(0)
    assert executor.execute(path, "solve", (1, str(trace)), 20.0, 512)["success"]
    cluster.kill(workers[1])
    # The one that is left is of no use for it.
    payload = executor.execute(path, "solve", (1, str(trace)), 20.0, 512)
    assert (payload["success"], payload["error_type"]) == (False, "unavailable")
    assert "no worker of the cluster" in payload["error"]
    # One that joins later is used.
    cluster.add_worker()
    cluster.wait_for_workers(2)
    assert list(executor.execute_many(calls_of(path, trace, 3)))[-1]["result"] == 2
    # Nobody waits long for a scheduler that is gone, and nothing is left behind.
    cluster.kill(cluster.scheduler)
    for payload in executor.execute_many(calls_of(path, trace, 3)):
        assert payload["error_type"] == "unavailable"
        assert payload["error"] == f"the scheduler at {cluster.address} is gone"
    executor.close()
    executor.close()
    with pytest.raises(ValueError, match=r"no scheduler answers at tcp://\S+ within 0.5 s: start"):
        DaskExecutor({**config, "connect_s": 0.5})


def test_what_a_worker_says_of_its_versions_decides_whether_it_is_used():
    ours = Versions("1.2", "3.12")

    def say(python, **packages):
        return {"host": {"python": python}, "packages": packages}

    fitting = say("3.12.9.final.0", pytest_metamorphic_guard="1.2")
    assert explain_unfit(fitting, ours) == ""
    # Older versions of Dask say pairs.
    assert explain_unfit({**fitting, "host": [("python", "3.12.1.final.0")]}, ours) == ""
    other = explain_unfit(say("3.11.9.final.0", pytest_metamorphic_guard="1.2"), ours)
    assert other == "it runs Python 3.11, and this session 3.12"
    assert "lacks" in explain_unfit(say("3.12.9.final.0", pytest_metamorphic_guard=None), ours)
    assert "1.3, and this" in explain_unfit(say("3.12.9", pytest_metamorphic_guard="1.3"), ours)
    assert explain_unfit(None, ours) == "it does not say what it runs"
    said = Members({}, {f"tcp://10.0.0.{n}:1": "it is old" for n in range(9)}).describe_unfit()
    assert said.count("it is old") == 3
    assert said.endswith(" and 6 more")


REFUSED = {
    "address": ({}, "give the 'address' of a scheduler.*one machine needs is --mg-parallel=N"),
    "form": ({"address": "ftp://a:1"}, "option 'address' .* expected tcp://HOST:PORT or tls"),
    "unknown": ({"address": "a:1", "adress": 1}, "no option 'adress'. Did you mean 'address'"),
    "no certificate": ({"address": "tls://a:1"}, "needs 'tls_ca_file', 'tls_client_cert', 'tls_"),
    "needless": ({"address": "tcp://a:1", "tls_ca_file": "x"}, "an address that begins with tls"),
    "network": ({"address": "a:1", "allow_network": True}, "would give candidates the scheduler"),
    "hardening": ({"address": "a:1", "harden": "off"}, "would give candidates the scheduler"),
    "level": ({"address": "a:1", "isolation": "none"}, "never runs in a worker of the cluster"),
    "of local": ({"address": "a:1", "max_workers": 0}, "'max_workers' of the executor 'dask' is 0"),
    "nobody": ({"address": "127.0.0.1:9", "connect_s": 0.3}, "no scheduler answers at tcp://127."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_work_is_one_line_before_anything_runs(name):
    config, said = REFUSED[name]
    with pytest.raises(ValueError, match=said) as refused:
        DaskExecutor(config)
    assert len(str(refused.value).splitlines()) == 1


def test_without_dask_one_line_says_what_to_install():
    source = """
        import sys
        sys.modules["distributed"] = None
        from pytest_metamorphic_guard.loading import load_executor
        try:
            load_executor("dask", {"address": "tcp://127.0.0.1:9"})
        except Exception as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)], capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == 1
    assert "needs 'distributed', which is not installed: pip install 'pytest-meta" in done.stdout
