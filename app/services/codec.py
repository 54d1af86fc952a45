"""Plain values to text and back, exactly: what the command log keeps of rows and results."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, Final
from uuid import UUID

import orjson

from app.models.base import microseconds

AS_THEY_ARE: Final[frozenset[type]] = frozenset((str, int, bool, NoneType))
"""The types whose values JSON holds as they are."""


def plain(value: Any) -> Any:
    """Give a value the log's JSON can hold; a decimal keeps its digits, a moment is microseconds UTC."""
    write = _writer_of(type(value), _of_another_type)
    return value if write is None else write(value)


def _of_another_type(value: Any) -> Any:
    if isinstance(value, (str, int)):  # a word of an enumeration
        return value
    raise TypeError(f"the log cannot hold a {type(value).__name__}")


_WRITERS: Final[dict[type, Callable[[Any], Any] | None]] = {
    **dict.fromkeys(AS_THEY_ARE),
    UUID: lambda value: value.int.to_bytes(16, "big").hex(),
    Decimal: lambda value: text if "E" not in (text := str(value)) else f"{value:f}",
    datetime: microseconds,
    date: date.isoformat,
    bytes: bytes.hex,
}
_writer_of: Final = _WRITERS.get


def dumps(value: Any) -> str:
    """Write plain JSON: compact, text kept readable, the same value always the same text.

    Raises:
        TypeError: a whole number does not fit 64 bits, which no column could hold either.

    """
    return orjson.dumps(value).decode()


def freeze(value: Any) -> str:
    """Write a command's result so that :func:`thaw` gives the same value again, type and all."""
    return dumps(_tagged(value))


def thaw(text: str) -> Any:
    """Read what :func:`freeze` wrote."""
    return _untagged(json.loads(text))


def _tagged(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return {"t": "tuple" if isinstance(value, tuple) else "list", "v": [_tagged(item) for item in value]}
    if isinstance(value, dict):
        return {"t": "dict", "v": [[_tagged(key), _tagged(item)] for key, item in value.items()]}
    if value is None or isinstance(value, (bool, str, int)):
        return str(value) if isinstance(value, str) else value
    for name, kind in (("uuid", UUID), ("decimal", Decimal), ("datetime", datetime), ("date", date)):
        if isinstance(value, kind):
            return {"t": name, "v": value.isoformat() if isinstance(value, date) else str(value)}
    raise TypeError(f"a command cannot answer with a {type(value).__name__}")


def _untagged(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kind, inner = value["t"], value["v"]
    if kind == "dict":
        return {_untagged(key): _untagged(item) for key, item in inner}
    if kind in {"list", "tuple"}:
        items = [_untagged(item) for item in inner]
        return tuple(items) if kind == "tuple" else items
    readers: dict[str, Any] = {
        "uuid": UUID,
        "decimal": Decimal,
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
    }
    return readers[kind](inner)
