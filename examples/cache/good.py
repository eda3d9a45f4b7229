"""A cache on an ordered dict, whose answers are awaited."""

from collections import OrderedDict


class Cache:
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: OrderedDict[str, int] = OrderedDict()

    async def put(self, key: str, value: int) -> None:
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)

    async def get(self, key: str, default: int | None = None) -> int | None:
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key, default)

    async def keys(self) -> list[str]:
        return sorted(self._values)
