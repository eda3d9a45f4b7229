"""What the result codec costs beside pickle and json: ratios of minima, all in one run.

Run: python benchmarks/wire.py
"""

import json
import pickle
import timeit
from collections.abc import Callable
from typing import Any

from pytest_metamorphic_guard.values.wire import decode, encode

CASES: dict[str, object] = {
    "20 ints": list(range(20)),
    "10k ints": list(range(100_000, 110_000)),
    "10k floats": [index / 7 for index in range(10_000)],
    "10k strings": [f"name {index}" for index in range(10_000)],
    "100x100 nested lists": [[float(j) for j in range(100)] for _ in range(100)],
    "1k dicts of 4": [
        {"id": index, "name": f"n{index}", "score": index / 3, "tags": ["a", "b"]}
        for index in range(1_000)
    ],
    "1k tuples of 3": [(index, str(index), index / 3) for index in range(1_000)],
    "set of 10k ints": set(range(10_000)),
}
try:
    import numpy as np
except ImportError:
    pass
else:
    CASES["numpy 100x100"] = np.linspace(0, 1, 10_000).reshape(100, 100)


def measure_us(function: Callable[[Any], object], argument: object) -> float:
    number = max(1, int(0.02 / max(timeit.timeit(lambda: function(argument), number=1), 1e-7)))
    return min(timeit.repeat(lambda: function(argument), number=number, repeat=7)) / number * 1e6


def main() -> None:
    print(f"{'':22}{'encode':>9}{'decode':>9}   {'/ pickle':>13}   {'/ json':>13}    bytes")
    for name, value in CASES.items():
        frame = encode(value)
        own = measure_us(encode, value), measure_us(decode, frame)
        pickled = pickle.dumps(value, 5)
        other = (
            measure_us(lambda item: pickle.dumps(item, 5), value),
            measure_us(pickle.loads, pickled),
        )
        columns = f"{own[0] / other[0]:6.1f} {own[1] / other[1]:6.1f}"
        try:
            text = json.dumps(value)
        except TypeError:
            json_columns = f"{'-':>13}"
        else:
            other = measure_us(json.dumps, value), measure_us(json.loads, text)
            json_columns = f"{own[0] / other[0]:6.1f} {own[1] / other[1]:6.1f}"
        print(
            f"{name:22}{own[0]:6.1f} us{own[1]:6.1f} us   {columns}   {json_columns}   {len(frame)}"
        )


if __name__ == "__main__":
    main()
