"""What the books know already: records imported before, and records by their number, SKU or code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Connection, bindparam, select

from app.models.company import external_key
from app.services.imports.cells import plain
from app.services.imports.fields import Kind

_CHUNK: Final = 500
_ALIKE_MAX: Final = 100
_DIGITS: Final = re.compile(r"0*([0-9]+)")

_KEYS: Final = select(external_key.c.external_id, external_key.c.row_id, external_key.c.row_hash).where(
    external_key.c.source == bindparam("source"),
    external_key.c.kind == bindparam("kind"),
    external_key.c.external_id.in_(bindparam("numbers", expanding=True)),
)


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """Cut many values into lists that fit into one statement."""
    listed = list(values)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def imported(connection: Connection, source: str, kind: Kind, numbers: Iterable[str]) -> dict[str, tuple[UUID, str]]:
    """Find records that were imported from ``source``: number there to id and fingerprint."""
    found: dict[str, tuple[UUID, str]] = {}
    for part in chunks(numbers):
        rows = connection.execute(_KEYS, {"source": source, "kind": kind.value, "numbers": part})
        found.update((row.external_id, (row.row_id, row.row_hash)) for row in rows)
    return found


def by_code(connection: Connection, code: Column[str], row_id: Column[UUID], codes: Iterable[str]) -> dict[str, UUID]:
    """Find records by a unique column of theirs: code to id."""
    found: dict[str, UUID] = {}
    for part in chunks(codes):
        found.update((row[0], row[1]) for row in connection.execute(select(code, row_id).where(code.in_(part))))
    return found


def fingerprint(values: Iterable[tuple[str, Any]]) -> str:
    """Digest the content of a record, the same for the same values however they were written (18.4 and 18.40)."""
    parts = [f"{key}\x1f{plain(v):f}" if isinstance(v, Decimal) else f"{key}\x1f{v}" for key, v in values]
    return blake2b("\x1e".join(parts).encode(errors="replace"), digest_size=32).hexdigest()


@dataclass(slots=True)
class Suggestions:
    """Offers a code that is like one that does not exist; only for the first hundred, it takes time."""

    connection: Connection
    code: Column[str]
    asked: int = 0
    _all: list[str] | None = None
    _alike: dict[str, str] = field(default_factory=dict)

    def sentence(self, code: str, extra: Sequence[str] = ()) -> str:
        """Say “Did you mean …?”, or nothing where no code is like it."""
        self.asked += 1
        if self.asked > _ALIKE_MAX:
            return ""
        if self._all is None:
            self._all = [*self.connection.execute(select(self.code).limit(50_000)).scalars(), *extra]
            self._alike = {_reduced(known): known for known in reversed(self._all)}
        match = self._alike.get(_reduced(code))
        if match is None:
            near = [known for known in self._all if abs(len(known) - len(code)) <= 2 and known[:1] == code[:1]]
            match = next(iter(get_close_matches(code, near[:5_000], 1, 0.8)), None)
        return f"Did you mean {match}?" if match else ""


def _reduced(code: str) -> str:
    """Letters in one case and numbers without leading zeros, no punctuation: VAL-BR-00418 is valbr418."""
    return "".join(_DIGITS.sub(r"\1", part) for part in re.findall(r"[^\W\d_]+|[0-9]+", code.casefold()))
