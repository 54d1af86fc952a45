"""What is frozen of a quote when it is sent, and the fingerprint that tells whether it was changed since."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.lines import document_tax
from app.models.quote import quote_line
from app.services.codec import dumps, plain
from app.services.statements import Prepared


def snapshot(connection: Connection, head: Any, lines: Sequence[Any]) -> str:
    """Write all that the customer sees of a quote as it stands, keys in fixed order."""
    shown = {name: plain(getattr(head, name)) for name in _SHOWN}
    rows = [_shown_line(row) for row in lines]
    taxes = _TAXES.all(connection, document=head.id)
    shown_taxes = [{name: plain(value) for name, value in row._asdict().items()} for row in taxes]
    return dumps({"quote": shown, "lines": rows, "taxes": shown_taxes})


def fingerprint(shown: str, printed: str) -> str:
    """Compute the SHA-256 of all that a version printed: the quote's snapshot and what it printed besides."""
    return sha256(f"{shown}{printed}".encode()).hexdigest()


def _shown_line(row: Any) -> dict[str, Any]:
    """Give a line as a snapshot keeps it; what versions before had no word for is left out where it is empty."""
    shown = {name: plain(getattr(row, name)) for name in _SHOWN_OF_LINE}
    if row.requested_on is not None:
        shown["requested_on"] = plain(row.requested_on)
    if row.choice:
        shown["choice"] = row.choice
    return shown


_SHOWN_OF_LINE: Final = tuple(
    str(column.name) for column in quote_line.c if column.name not in {"quote_id", "requested_on", "choice", "order_id"}
)
_TAXES: Final = Prepared(
    select(document_tax)
    .where(document_tax.c.document_id == bindparam("document", type_=Key))
    .order_by(document_tax.c.code)
)
_SHOWN: Final = (
    "number",
    "customer_name",
    "customer_po",
    "payment_term",
    "billing_address",
    "shipping_address",
    "valid_until",
    "requested_on",
    "notes",
    "currency",
    "tax_rounding",
    "discount_percent",
    "discount_amount",
    "cash_rounding",
    "untaxed",
    "tax",
    "rounding",
    "total",
)
