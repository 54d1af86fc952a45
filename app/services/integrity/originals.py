"""What issued documents keep for their papers, and the letterhead of those that are issued now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from app.models.company import letterhead
from app.services.integrity.damage import RESTORE, Damage, Query, Rule, Steps, key_text, read, readable
from app.services.letterheads import FIELDS
from app.services.originals import Printed

_DIFFERS: Final = " OR ".join(
    f"l.{name} <> c.{name} OR (l.{name} IS NULL AND c.{name} IS NOT NULL)"
    + (f" OR (c.{name} IS NULL AND l.{name} IS NOT NULL)" if letterhead.c[name].nullable else "")
    for name in FIELDS
)
LETTERHEAD: Final = Query(
    Rule.LETTERHEAD,
    "company",
    f"""
    SELECT c.id AS key, c.name FROM company c LEFT JOIN letterhead l ON l.id = c.letterhead_id
     WHERE (c.letterhead_id IS NOT NULL AND ({_DIFFERS}))
        OR (c.letterhead_id IS NULL AND EXISTS (SELECT 1 FROM letterhead))
    """,
    "Papers that {name} issues now would not print the company's data as it stands in the settings.",
    "Compare the company's data with a paper of yours, correct what is wrong, and save it.",
)
"""The company and the letterhead it points at say the same; before the first paper there is none."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A table of documents: ``issued`` is SQL of those that are issued, ``at`` when."""

    table: str
    issued: str
    at: str

    @property
    def rows(self) -> str:
        number = "(SELECT q.number FROM quote q WHERE q.id = d.quote_id)" if self.table == "quote_version" else "number"
        return (
            f"SELECT d.id, {number} AS number, d.printed, d.letterhead_id, {self.issued} AS issued, "
            f"{self.at} > (SELECT MIN(at) FROM letterhead) AS later "
            f"FROM {self.table} d WHERE d.printed <> '' OR d.letterhead_id IS NOT NULL OR ({self.issued})"
        )


KINDS: Final = (
    _Kind("quote_version", "1 = 1", "d.sent_at"),
    _Kind("sales_order", "d.confirmed_at IS NOT NULL AND NOT d.taken_over", "d.confirmed_at"),
    _Kind("shipment", "d.state IN ('shipped', 'delivered')", "d.shipped_at"),
    _Kind("invoice", "d.posted_at IS NOT NULL", "d.posted_at"),
)


def papers(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check that issued documents keep what they printed, readably, and that all others follow the books."""
    yield from LETTERHEAD.find(connection, steps)
    for kind in KINDS:
        for row in read(connection, kind.rows):
            steps.take()
            name = row.number or "A draft"
            yield from readable(_kept(kind, row, name), kind.table, row.id, name)


def _kept(kind: _Kind, row: Any, name: str) -> Iterator[Damage]:
    what = ""
    if row.printed and not row.issued:
        what = f"{name} is not issued and keeps a paper already: it would not follow changes."
    elif bool(row.printed) != (row.letterhead_id is not None):
        what = f"{name} keeps half of what its paper printed: it would not be the one that was sent."
    elif not row.printed and row.later:  # what was issued before the first letterhead was kept has nothing
        what = f"{name} has lost what its paper printed: it would not be the one that was sent."
    if what:
        yield Damage(Rule.ORIGINAL, kind.table, key_text(row.id), what, RESTORE)
    elif row.printed:
        Printed.from_json(row.printed)
