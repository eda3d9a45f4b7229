"""What a call of a service or a model costs beside the bare library, and what calls at once save.

    python benchmarks/services.py [--latency 1.0]

The server is a process of its own on loopback. The first table is CPU time of this process for each
call. The second is a run of pytest with 200 prompts and 5 relations against a model that takes its
time, with 16 calls under way; one by one it is run on a tenth of the prompts, and taken ten times.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_metamorphic_guard.executors.http import HttpExecutor
from pytest_metamorphic_guard.executors.llm import LLMExecutor

if TYPE_CHECKING:
    from collections.abc import Callable

SERVER = """
import asyncio, json, sys
CHOICE = {"message": {"content": "5"}, "finish_reason": "stop"}
USAGE = {"prompt_tokens": 9, "completion_tokens": 1}
ANSWER = json.dumps({"model": "m", "choices": [CHOICE], "usage": USAGE}).encode()
HEAD = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n"
LATENCY = float(sys.argv[1])

async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\\r\\n\\r\\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\\r\\n")[0] or 0)
            await reader.readexactly(length)
            if LATENCY:
                await asyncio.sleep(LATENCY)
            writer.write(HEAD % len(ANSWER) + ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
TASK = """
from pytest_metamorphic_guard import Task
task = Task("task", inputs=[(f"question {{i}}",) for i in range({prompts})])
"""
RELATION = """
@task.relation
def other_{number}(question): return (question + "!" * {number},)
"""
RELATIONS = 5


def start(latency_s: float) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(latency_s)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, f"http://127.0.0.1:{int(process.stdout.readline())}/v1"


def measure(call: Callable[[], object], calls: int) -> float:
    """Return microseconds of this process's CPU for each call."""
    for _ in range(50):
        call()
    started = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - started) / calls * 1e6


def compare_calls(url: str, calls: int) -> None:
    import urllib3

    body = json.dumps({"args": [1]}).encode()
    headers = {"Content-Type": "application/json"}
    pool = urllib3.PoolManager()

    def bare() -> None:
        reply = pool.request("POST", url, body=body, headers=headers, timeout=5.0, retries=False)
        json.loads(reply.data)

    with (
        closing(HttpExecutor()) as http,
        closing(LLMExecutor({"model": "m", "base_url": url})) as llm,
    ):
        rows = {
            "urllib3, bare": bare,
            "executor http": lambda: http.execute(url, "f", (1,), 5.0, 0),
            "executor llm": lambda: llm.execute("Answer {0}", "f", ("x",), 5.0, 0),
        }
        # By turns, so that what else this machine does hits all of them.
        figures = {name: min(measure(call, calls) for _ in range(3)) for name, call in rows.items()}
    pool.clear()
    for name, micros in figures.items():
        ratio = micros / figures["urllib3, bare"]
        print(f"{name:15} {micros:7.0f} us of CPU a call  {ratio:4.2f}x")


def run(folder: Path, url: str, *, prompts: int, parallel: int) -> float:
    """Return the seconds of one run of pytest."""
    relations = "".join(RELATION.format(number=number) for number in range(1, RELATIONS + 1))
    (folder / "test_task.py").write_text(TASK.format(prompts=prompts) + relations)
    config = json.dumps({"model": "m", "base_url": url, "parallel": parallel})
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
        *("--mg-measure", f"--mg-n={prompts}", "--mg-timeout-s=30", "--timeout=3600"),
        *("--mg-executor=llm", f"--mg-executor-config={config}", "--mg-candidate=Answer {0}"),
    ]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    took_s = time.perf_counter() - started
    assert done.returncode == 0, done.stdout
    print(f"{prompts:4} prompts, {parallel:2} at once  {took_s:7.1f} s  {find_calls(done.stdout)}")
    return took_s


def find_calls(printed: str) -> str:
    return next((line for line in printed.splitlines() if line.startswith("llm, ")), "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds of the model")
    parser.add_argument("--calls", type=int, default=500)
    options = parser.parse_args()
    server, url = start(0.0)
    compare_calls(url, options.calls)
    server.kill()
    server, url = start(options.latency)
    with tempfile.TemporaryDirectory() as name:
        at_once = run(Path(name), url, prompts=200, parallel=16)
        one_by_one = 10 * run(Path(name), url, prompts=20, parallel=1)
    server.kill()
    print(f"16 at once take 1/{one_by_one / at_once:.1f} of the time of one by one")


if __name__ == "__main__":
    main()
