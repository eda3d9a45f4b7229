"""Measure what a result of many megabytes costs on its way, beside a bare pipe.

    python benchmarks/large_values.py [MEGABYTES]

Of each kind of value: the whole call through the default executor, what encoding and decoding take
of that, and the same number of bytes written by a child of this process into a pipe and read here
in one piece. Medians of seven; the last column is the call in pipes. Kinds of libraries that are
not installed are left out.
"""

import os
import statistics
import sys
import tempfile
import textwrap
import time
from importlib.util import find_spec
from pathlib import Path

from pytest_metamorphic_guard.executors.local import LocalExecutor
from pytest_metamorphic_guard.values.wire import Limits, decode, encode

MEGABYTES = int(sys.argv[1]) if len(sys.argv) > 1 else 10
COUNT = (MEGABYTES << 20) // 8
TIMES = 7
MAKERS = {
    "array": ("numpy", f"numpy.arange({COUNT}, dtype='f8')"),
    "table of pandas": (
        "pandas",
        f"pandas.DataFrame({{n: range({COUNT} // 4) for n in 'abcd'}}, dtype='f8')",
    ),
    "table of polars": (
        "polars",
        f"polars.DataFrame({{n: range({COUNT} // 4) for n in 'abcd'}})",
    ),
    "table of pyarrow": (
        "pyarrow",
        f"pyarrow.table({{n: pyarrow.array(range({COUNT} // 4)) for n in 'abcd'}})",
    ),
    "texts of pyarrow": (
        "pyarrow",
        f"pyarrow.array([f'text {{n:10}}' for n in range({COUNT} * 8 // 19)])",
    ),
    "tensor": ("torch", f"torch.arange({COUNT}, dtype=torch.float64)"),
    "list of floats": ("builtins", f"[n / 7 for n in range(min({COUNT}, 900_000))]"),
}
SOURCE = """
    import {module}

    made = {expression}

    def solve(_):
        return made
"""


def main() -> None:
    print(f"a result of {MEGABYTES} MB, median of {TIMES}, in ms")
    print(f"{'':20}{'MB':>7}{'call':>9}{'encode':>9}{'decode':>9}{'pipe':>9}{'call in pipes':>15}")
    for name, (module, expression) in MAKERS.items():
        if find_spec(module) is not None:
            measure(name, module, expression)


def measure(name: str, module: str, expression: str) -> None:
    limits = Limits(max_bytes=4 * MEGABYTES << 20)
    names: dict[str, object] = {}
    exec(f"import {module}\nmade = {expression}", names)
    frame = encode(names["made"], limits)
    encoding = time_of(lambda: encode(names["made"], limits))
    decoding = time_of(lambda: decode(frame, limits))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "candidate.py")
        path.write_text(textwrap.dedent(SOURCE).format(module=module, expression=expression))
        executor = LocalExecutor({"max_result_mb": 4 * MEGABYTES})
        try:

            def call() -> None:
                payload = executor.execute(str(path), "solve", (1,), 120.0, 4096)
                assert payload["success"], payload["error"]

            call()
            calling = time_of(call)
        finally:
            executor.close()
    pipe = time_of(lambda: pass_through_pipe(frame))
    size = len(frame) / (1 << 20)
    print(
        f"{name:20}{size:7.1f}{calling:9.1f}{encoding:9.1f}{decoding:9.1f}{pipe:9.1f}"
        f"{calling / pipe:15.1f}"
    )


def time_of(function: object) -> float:
    assert callable(function)
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        function()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def pass_through_pipe(frame: bytes) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        view = memoryview(frame)
        while view:
            view = view[os.write(writing, view) :]
        os._exit(0)
    os.close(writing)
    received = bytearray()
    while part := os.read(reading, 1 << 20):
        received += part
    os.close(reading)
    os.waitpid(child, 0)
    assert len(received) == len(frame)


if __name__ == "__main__":
    main()
