"""The cache in use: it forgets what was used least recently."""


class Cache:
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: dict[str, int] = {}

    def put(self, key: str, value: int) -> None:
        self._values.pop(key, None)
        self._values[key] = value
        if len(self._values) > self._capacity:
            del self._values[next(iter(self._values))]

    def get(self, key: str, default: int | None = None) -> int | None:
        if key not in self._values:
            return default
        self._values[key] = self._values.pop(key)
        return self._values[key]

    def keys(self) -> list[str]:
        return sorted(self._values)
