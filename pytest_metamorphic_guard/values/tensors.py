"""Tensors of torch and arrays of jax, from the memory of the host, as the arrays of numpy they are.

A tensor arrives as a tensor, if torch can be imported, and on the host. An array of jax arrives as
one of numpy: to start jax costs seconds, and whatever takes the one takes the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pytest_metamorphic_guard.values.checks import require
from pytest_metamorphic_guard.values.frames import TENSOR, DecodeError, keep_builtins
from pytest_metamorphic_guard.values.kind import Kind
from pytest_metamorphic_guard.values.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_metamorphic_guard.values.sides import Asker, Rules, Writer

__all__ = ["KINDS"]

keep_builtins(globals())

_DTYPES: Final = (
    *("float16", "float32", "float64", "bfloat16", "complex64", "complex128", "bool", "uint8"),
    *("int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"),
)


def _to_array(value: Any) -> Any:
    """Return the elements of a tensor; those of bfloat16 as float32, which holds them exactly."""
    import torch

    plain = value.detach().cpu().resolve_conj().resolve_neg()
    if plain.layout is not torch.strided:
        plain = plain.to_dense()
    return (plain.float() if plain.dtype is torch.bfloat16 else plain).numpy()


def _name_dtype(value: Any) -> str:
    return str(value.dtype).removeprefix("torch.")


def _write(writer: Writer, value: Any) -> None:
    if _name_dtype(value) not in _DTYPES or str(value.layout) != "torch.strided":
        writer.opaque(value)
        return
    writer.check_size(value.element_size() * value.nelement())
    writer.mark(TENSOR)
    writer.scalar(_name_dtype(value))
    writer.scalar(bool(value.requires_grad))
    writer.value(_to_array(value))


def _put_together(dtype: Any, has_gradient: Any, data: Any) -> object:
    import numpy as np

    if dtype not in _DTYPES or require(data, np.ndarray).dtype.kind not in "biufc":
        raise DecodeError("no tensor")
    if type(has_gradient) is not bool:
        raise DecodeError("no tensor")
    try:
        import torch
    except ImportError:
        return Record("table", "torch.Tensor", (("dtype", dtype), ("values", data)))
    made = torch.from_numpy(data).to(getattr(torch, dtype))
    return made.requires_grad_() if has_gradient else made


def _compare(first: Any, second: Any, _: Rules) -> Iterable[tuple[Any, Any]] | None:
    if first.shape != second.shape:
        return None
    return [(_to_array(first), _to_array(second))]


def _describe(first: Any, second: Any, asker: Asker) -> list[str]:
    # Which no worker needs to load.
    from pytest_metamorphic_guard.values.arrays import describe_arrays

    lines = []
    if first.dtype != second.dtype:
        lines.append(f"dtype {_name_dtype(first)} becomes {_name_dtype(second)}")
    found = describe_arrays(_to_array(first), _to_array(second), asker)
    return lines + [line for line in found if not line.startswith("dtype ")]


def _to_source(value: Any, write: Callable[[object], str]) -> str:
    dtype = f"dtype=torch.{_name_dtype(value)}"
    # A list of lists without elements would lose its shape.
    shape = f".reshape({tuple(value.shape)})" if not value.nelement() else ""
    gradient = ", requires_grad=True" if value.requires_grad else ""
    return f"torch.tensor({write(_to_array(value).tolist())}, {dtype}{gradient}){shape}"


def _list_tensors() -> list[type]:
    import torch

    return [torch.Tensor, torch.nn.Parameter]


def _list_jax() -> list[type]:
    import jax.numpy as jnp

    return [type(jnp.zeros(0))]


def _to_numpy(value: Any) -> Any:
    import numpy as np

    plain = np.asarray(value)
    # numpy has no number of sixteen bits with eight of them for the exponent.
    return plain.astype(np.float32) if plain.dtype.kind == "V" else plain


def _describe_jax(first: Any, second: Any, asker: Asker) -> list[str]:
    # As above.
    from pytest_metamorphic_guard.values.arrays import describe_arrays

    return describe_arrays(_to_numpy(first), _to_numpy(second), asker)


KINDS: Final = (
    Kind(
        library="torch",
        types=_list_tensors,
        mark=TENSOR,
        write=_write,
        put_together=_put_together,
        compare=_compare,
        list_elements=lambda value: list(_to_array(value).tolist()),
        count_elements=lambda value: 2 * int(value.nelement()),
        measure=lambda value: int(value.element_size() * value.nelement()),
        copy=lambda value: None if value.requires_grad else value.clone(),
        to_source=_to_source,
        describe=_describe,
    ),
    Kind(
        library="jaxlib",
        types=_list_jax,
        shape="sequence",
        write=lambda writer, value: writer.value(_to_numpy(value)),
        unwrap=_to_numpy,
        list_elements=lambda value: list(_to_numpy(value).tolist()),
        measure=lambda value: int(value.nbytes),
        # Nobody can change one.
        copy=lambda value: value,
        describe=_describe_jax,
        to_source=lambda value, write: f"jax.numpy.asarray({write(_to_numpy(value))})",
    ),
)
