"""Deposits of orders part by part: what an order's taxes make of an amount, what is left of a deposit, what it deducts.

Lines of deposit invoices, of their credit notes and of deductions state their taxes (``tax_amounts``), since these are
parts of the order's and not what the line's own amount would come to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import NotAllowed
from app.models.base import Key, new_id
from app.models.deposit import Bill, Deduction, Open, Part, add_up, deduct
from app.models.invoice import InvoiceKind, InvoiceState, invoice, invoice_line
from app.models.lines import UNPRICED
from app.models.order import OrderState
from app.services import companies, document_lines, totals
from app.services.companies import TaxRule
from app.services.document_lines import ZERO, Rules
from app.services.order_book import OrderBook
from app.services.statements import Prepared


def parts_of_lines(rules: Rules, lines: Sequence[dict[str, Any]], taxes: dict[str, TaxRule]) -> list[Part]:
    """Compute complete lines and add up what bears the same taxes, after all discounts."""
    known = {codes: document_lines.engine_taxes(codes, taxes) for codes in {row["tax_codes"] for row in lines}}
    engine_lines = tuple(document_lines.engine_line(row, known[row["tax_codes"]]) for row in lines)
    found = totals.compute(totals.Document(engine_lines, document_lines.engine_rules(rules)))
    parts = []
    for row, line in zip(lines, found.lines, strict=True):
        if row["kind"] not in UNPRICED:
            amounts = line.taxes
            codes = row["tax_codes"]
            parts.append(Part(codes, line.net, tuple(amounts[code].amount for code in codes.split())))
    return add_up(parts)


def of_order(connection: Connection, head: Any, rows: Iterable[Any]) -> list[Part]:
    """Give the parts of an order from its stored head and lines, by the taxes it was computed with."""
    rules = Rules(
        head.currency,
        companies.decimals(connection, head.currency),
        head.tax_rounding,
        head.discount_percent,
        head.discount_amount,
        head.cash_rounding,
    )
    lines = [row._asdict() for row in rows]
    return parts_of_lines(rules, lines, document_lines.taxes_of(connection, head.id))


def part_of(row: Any) -> Part:
    """Read the part that a stored line about a deposit states."""
    return Part(row.tax_codes, row.net, tuple(map(Decimal, row.tax_amounts.split())))


def line(text: str, part: Part, taxes: dict[str, TaxRule], position: int, **links: UUID | None) -> dict[str, Any]:
    """Make a line that asks for a part of a deposit; of a negative part one that deducts or credits it.

    ``links``: the deposit it deducts (``deposit_id``), the line it credits (``credits_line_id``).
    """
    inside = (amount for code, amount in zip(part.codes.split(), part.taxes, strict=True) if taxes[code].included)
    price = sum(inside, part.net)
    sign = -1 if any(links.values()) else 1
    return {
        "id": new_id(),
        "order_line_id": None,
        "deposit_id": None,
        "credits_line_id": None,
        "position": position,
        "kind": "fee",
        "product_id": None,
        "sku": "",
        "name": text,
        "description": "",
        "quantity": Decimal(sign),
        "unit": "",
        "numerator": 1,
        "denominator": 1,
        "unit_price": sign * price,
        "discount_percent": ZERO,
        "tax_codes": part.codes,
        "grains": 0,
        "tax_amounts": " ".join(f"{amount:f}" for amount in part.taxes),
        **links,
    }


@dataclass(slots=True)
class Known:
    """A posted deposit invoice: what it asked for and what of it is left, by tax codes."""

    id: UUID
    number: str
    asked: dict[str, Part]
    left: dict[str, Part]

    @property
    def parts_left(self) -> list[Part]:
        """What is neither deducted nor credited."""
        return [part for part in self.left.values() if not part.is_nothing]


def posted(connection: Connection, order_id: UUID, *, but: UUID | None = None) -> list[Known]:
    """Read the order's posted deposits, the earlier first; ``but`` is an invoice whose deductions do not count."""
    found: dict[UUID, Known] = {}
    for row in _ASKED.all(connection, order=order_id):
        known = found.setdefault(row.id, Known(row.id, row.number, {}, {}))
        part = part_of(row)
        known.asked[part.codes] = part + known.asked[part.codes] if part.codes in known.asked else part
    for known in found.values():
        known.left = dict(known.asked)
    for row in (*_TAKEN.all(connection, order=order_id), *_TAKEN_TOGETHER.all(connection, order=order_id)):
        if row.invoice_id == but or (row.kind == InvoiceKind.CREDIT and row.state == InvoiceState.DRAFT):
            continue
        known = found[row.deposit_id or row.credits_id]
        part = part_of(row)
        known.left[part.codes] += part
    return list(found.values())


def follow(connection: Connection, book: OrderBook) -> None:
    """Let an order ask for what its deposit invoices ask for less what was credited, and wait for what blocks it.

    It waits for what is open of each deposit that blocks, a draft being open as a whole.
    """
    if book.state == OrderState.DRAFT:
        return
    asked: dict[UUID, Decimal] = {}
    rest: dict[UUID, Decimal] = {}
    for row in _STANDING.all(connection, order=book.id):
        key = row.id if row.kind == InvoiceKind.DEPOSIT else row.credits_id
        asked[key] = asked.get(key, ZERO) + row.total
        if row.blocks:
            rest[key] = rest.get(key, ZERO) + (row.total if row.state == InvoiceState.DRAFT else row.open_amount)
    book.changes["deposit_open"] = sum((max(ZERO, part) for part in rest.values()), ZERO)
    if book.state != OrderState.CANCELLED:
        book.changes["deposit_amount"] = sum(asked.values(), ZERO)
        book.changes["deposit_blocks"] = any(asked[key] for key in rest)


def taken_back(connection: Connection, head: Any, lines: Iterable[Any], draft: UUID | None) -> list[dict[str, Any]]:
    """Give the lines that credit what is left of a deposit: what no invoice deducts but ``draft``, which follows.

    Raises:
        NotAllowed: nothing is left of it.

    """
    known = next(one for one in posted(connection, head.order_id, but=draft) if one.id == head.id)
    if not known.parts_left:
        raise NotAllowed(
            f"{head.number} is deducted from an invoice or credited already. Credit the invoice that deducts it first."
        )
    taxes, credited = companies.known_taxes(connection), {one.tax_codes: one for one in lines}
    return [
        line(credited[part.codes].name, -part, taxes, position, credits_line_id=credited[part.codes].id)
        for position, part in enumerate(known.parts_left, 1)
    ]


def deductions(
    connection: Connection, book: OrderBook, invoiced: list[Part], *, is_last: bool, draft: UUID | None
) -> list[dict[str, Any]]:
    """Give the lines by which an invoice of the parts ``invoiced`` deducts the order's deposits, without positions."""
    deposits = posted(connection, book.id, but=draft)
    if not any(known.parts_left for known in deposits):
        return []
    decimals = companies.decimals(connection, book.head.currency)
    ordered = of_order(connection, book.head, [one.row for one in book.sold])
    bill = Bill(tuple(invoiced), tuple(ordered), is_last, Decimal(1).scaleb(-decimals))
    way = Deduction(book.get("deposit_deduction"))
    opened = [Open(known.asked, known.left) for known in deposits]
    taxes = companies.known_taxes(connection)
    return [
        line(f"Deposit {known.number}", -part, taxes, 0, deposit_id=known.id)
        for known, parts in zip(deposits, deduct(bill, opened, way), strict=True)
        for part in parts
    ]


_BOOKED: Final = invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID])
_STATED: Final = (invoice_line.c.tax_codes, invoice_line.c.net, invoice_line.c.tax_amounts)
_ASKED: Final = Prepared(
    select(invoice.c.id, invoice.c.number, *_STATED)
    .join(invoice_line, invoice_line.c.invoice_id == invoice.c.id)
    .where(invoice.c.order_id == bindparam("order", type_=Key), invoice.c.kind == InvoiceKind.DEPOSIT, _BOOKED)
    .order_by(invoice.c.id, invoice_line.c.position)
)
_CREDITED: Final = invoice.alias("credited")
_STANDING: Final = Prepared(
    select(
        invoice.c.id,
        invoice.c.kind,
        invoice.c.state,
        invoice.c.credits_id,
        func.coalesce(_CREDITED.c.blocks, invoice.c.blocks).label("blocks"),
        invoice.c.total,
        invoice.c.open_amount,
    )
    .outerjoin(_CREDITED, _CREDITED.c.id == invoice.c.credits_id)
    .where(
        invoice.c.order_id == bindparam("order", type_=Key),
        ((invoice.c.kind == InvoiceKind.DEPOSIT) & (invoice.c.state != InvoiceState.CANCELLED))
        | ((_CREDITED.c.kind == InvoiceKind.DEPOSIT) & _BOOKED),
    )
)
_TAKEN: Final = Prepared(
    select(
        invoice.c.id.label("invoice_id"),
        invoice.c.kind,
        invoice.c.state,
        invoice.c.credits_id,
        invoice_line.c.deposit_id,
        *_STATED,
    )
    .join(invoice_line, invoice_line.c.invoice_id == invoice.c.id)
    .outerjoin(_CREDITED, _CREDITED.c.id == invoice.c.credits_id)
    .where(
        invoice.c.order_id == bindparam("order", type_=Key),
        invoice.c.state != InvoiceState.CANCELLED,
        (invoice_line.c.deposit_id.is_not(None)) | (_CREDITED.c.kind == InvoiceKind.DEPOSIT),
    )
)
_DEPOSIT: Final = invoice.alias("deposit")
_TAKEN_TOGETHER: Final = Prepared(
    select(
        invoice.c.id.label("invoice_id"),
        invoice.c.kind,
        invoice.c.state,
        invoice.c.credits_id,
        invoice_line.c.deposit_id,
        *_STATED,
    )
    .join(_DEPOSIT, _DEPOSIT.c.id == invoice_line.c.deposit_id)
    .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
    .where(
        _DEPOSIT.c.order_id == bindparam("order", type_=Key),
        _DEPOSIT.c.kind == InvoiceKind.DEPOSIT,
        invoice.c.orders > 0,
        invoice.c.number.is_not(None),
    )
)
"""What collective invoices and their credit notes say about the deposits of one of their orders."""
