"""What a shard's report carries for merging, as one text: JSON, compressed."""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["pack_shard", "unpack_shard"]


def pack_shard(data: Mapping[str, Any], encoded: Sequence[str]) -> str:
    """Return plain data, and texts that are encoded already, as one text."""
    text = json.dumps([data, list(encoded)], separators=(",", ":"))
    return base64.b85encode(zlib.compress(text.encode())).decode("ascii")


def unpack_shard(text: str) -> tuple[dict[str, Any], list[str]]:
    """Read what `pack_shard` wrote.

    Raises:
        ValueError: The text is damaged.
    """
    try:
        data, encoded = json.loads(zlib.decompress(base64.b85decode(text)))
    except (ValueError, TypeError, zlib.error) as error:
        raise ValueError("its data is damaged") from error
    return data, encoded
