"""Where two arrays of numpy differ: which elements, and in what type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pytest_metamorphic_guard.values.sides import Asker

__all__ = ["describe_arrays"]

_FEW_CELLS: Final = 10


def describe_arrays(first: Any, second: Any, asker: Asker) -> list[str]:
    """Say which elements of two arrays were refused; their types only where these differ."""
    if first.shape != second.shape:
        return [f"shape {first.shape} becomes {second.shape}"]
    lines = [] if first.dtype == second.dtype else [f"dtype {first.dtype} becomes {second.dtype}"]
    if first.size <= _FEW_CELLS and asker.is_plain:
        return lines
    left, right = first.ravel(), second.ravel()
    refused = []
    suspects = _list_suspects(left, right, asker)
    for position in suspects:
        a, b = _get_element(left, position), _get_element(right, position)
        if asker.refuses(a, b):
            refused.append((_find_path(position, first.shape), a, b))
    all_asked = len(suspects) < asker.most_asked
    return lines + asker.write(refused, f"of {first.size} elements", all_asked=all_asked)


def _get_element(array: Any, position: int) -> Any:
    # As Python's own value, but for a time: of nanoseconds that is a bare number.
    if array.dtype.kind in "mM":
        return array[position]
    return array[position : position + 1].tolist()[0]


def _list_suspects(left: Any, right: Any, asker: Asker) -> list[int]:
    """Return the positions that are worth asking about: to ask about each takes long."""
    try:
        if asker.compare is not None:
            cells = ~asker.compare(left, right)
        else:
            missing = (left != left) & (right != right)  # noqa: PLR0124 - nan differs from itself
            cells = ~((left == right) | missing)
        found: list[int] = cells.nonzero()[0][: asker.most_asked].tolist()
    except Exception:  # noqa: BLE001 - types that numpy does not compare
        return list(range(min(left.size, asker.most_asked)))
    return found


def _find_path(position: int, shape: tuple[int, ...]) -> str:
    index: list[int] = []
    for length in reversed(shape):
        index.insert(0, position % length)
        position //= length
    return f"[{', '.join(map(str, index))}]"
