"""Payment terms as the company has set them up: parts of an invoice and their days.

The rules are :mod:`app.models.payment_terms`'s.  What was posted keeps its days when terms are changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models import payment_terms as rules
from app.models.base import new_id
from app.models.company import early_discount_rule, payment_term, payment_term_part
from app.models.invoice import InvoiceKind, InvoiceState, invoice
from app.models.order import OrderState, sales_order
from app.models.party import customer
from app.models.payment_terms import After, Instalment, Part, ShareOf
from app.models.purchase import PurchaseState, purchase_order
from app.models.quote import QuoteState, quote
from app.models.supply import supplier
from app.services import document_lines
from app.services.memory import Remembered
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Terms:
    """Payment terms by the code documents keep, with the name papers print.

    ``discount`` per cent of the total are taken off for paying within ``discount_days`` of the invoice; 0: nothing.
    """

    code: str
    name: str
    parts: tuple[Part, ...]
    discount: Decimal = Decimal(0)
    discount_days: int = 0


def read(connection: Connection) -> list[Terms]:
    """Read all payment terms, by name."""
    rows = sorted(_TERMS.all(connection), key=lambda row: str(row.name).casefold())
    return [Terms(row.code, row.name, _parts(connection, row), *early(connection, row.code)) for row in rows]


def early(connection: Connection, code: str) -> tuple[Decimal, int]:
    """Give the per cent that terms take off for paying early, and within how many days; 0, 0 for nothing."""
    found = _EARLY.first(connection, term=code)
    return (found.percent, found.days) if found is not None and found.percent else (Decimal(0), 0)


def due(connection: Connection, head: Any, on: date, decimals: int) -> tuple[Instalment, ...]:
    """Say what of an invoice posted on a day is due when; a deposit is asked for at once, terms not known are due then.

    ``decimals`` are those of its currency.
    """
    row = next((row for row in _TERMS.all(connection) if row.code == head.payment_term), None)
    parts = _parts(connection, row) if row is not None else (Part(),)
    if len(parts) == 1 or head.kind == InvoiceKind.DEPOSIT:
        return (Instalment(rules.due_day(on, parts[0].after), head.total),)
    return rules.instalments(head.total, parts, on, decimals, head.tax)


def save(tx: Transaction, terms: Terms) -> None:
    """Set payment terms up, or change those with the code; what is posted later follows them.

    Raises:
        Invalid: code or name is empty or too long, the parts are no payment terms, or the discount is out of bounds.

    """
    code, name = terms.code.strip(), terms.name.strip()
    if not code or " " in code or len(code) > 24:
        raise Invalid("code", "The code is one word of at most 24 letters, e.g. NET30.")
    if not name or len(name) > 80:
        raise Invalid("name", "Say in words what is agreed, e.g. 30 days net; papers print it.")
    rules.check(terms.parts)
    for part in terms.parts:
        document_lines.check_number("parts", part.figure)
    only = terms.parts[0].after if len(terms.parts) == 1 else After()
    plain = len(terms.parts) == 1 and After(days=only.days, end_of_month=only.end_of_month) == only and only.days >= 0
    values = {
        "name": name,
        "due_days": only.days if plain else 0,
        "end_of_month": only.end_of_month if plain else False,
    }
    known = next((row for row in _TERMS.all(tx.connection) if row.code == code), None)
    if known is None:
        tx.insert(payment_term, {"id": new_id(), "code": code, **values})
    else:
        tx.update(payment_term, known.id, **values)
        tx.delete(payment_term_part, [row.id for row in _PARTS.all(tx.connection, term=code)])
    if not plain:
        tx.insert(payment_term_part, *(_row(code, place, part) for place, part in enumerate(terms.parts, 1)))
    _agree_early_discount(tx, code, terms)
    tx.record("payment_term.saved", tx.key, code=code, name=name)


def _agree_early_discount(tx: Transaction, code: str, terms: Terms) -> None:
    document_lines.check_number("discount", terms.discount)
    if not 0 <= terms.discount < 100 or terms.discount_days < 0:
        raise Invalid("discount", "The discount is between 0 and 100 %, the days are not below zero.")
    values = {"percent": terms.discount, "days": terms.discount_days}
    known = _EARLY.first(tx.connection, term=code)
    if known is not None:
        tx.update(early_discount_rule, known.id, **values)
    elif terms.discount:
        tx.insert(early_discount_rule, {"id": new_id(), "term": code, **values})


def remove(tx: Transaction, code: str) -> None:
    """Remove payment terms that nobody has.

    Raises:
        NotAllowed: a customer, a supplier or an open document has them.
        NotFound: there are none with this code.

    """
    known = next((row for row in _TERMS.all(tx.connection) if row.code == code), None)
    if known is None:
        raise NotFound("Payment terms", code)
    for words, statement in _USES:
        if found := tx.execute(statement.limit(1), {"term": code}).first():
            raise NotAllowed(f"{words} {found[0]} has these terms. Give it others first.")
    tx.delete(payment_term_part, [row.id for row in _PARTS.all(tx.connection, term=code)])
    if (rule := _EARLY.first(tx.connection, term=code)) is not None:
        tx.delete(early_discount_rule, [rule.id])
    tx.delete(payment_term, [known.id])
    tx.record("payment_term.removed", tx.key, code=code)


def _parts(connection: Connection, row: Any) -> tuple[Part, ...]:
    found = _PARTS.all(connection, term=row.code)
    if not found:
        return (Part(after=After(days=row.due_days, end_of_month=row.end_of_month)),)
    return tuple(
        Part(
            ShareOf(each.share),
            each.figure,
            After(each.months, each.set_day, each.days, each.end_of_month, each.days_after),
        )
        for each in found
    )


def _row(code: str, place: int, part: Part) -> dict[str, Any]:
    after = {name: getattr(part.after, name) for name in After.__dataclass_fields__}
    figure = part.figure if part.share is not ShareOf.ALL_REST else Decimal(0)
    return {"id": new_id(), "term": code, "position": place, "share": str(part.share), "figure": figure, **after}


_TERMS: Final = Remembered(select(payment_term))
_EARLY: Final = Remembered(select(early_discount_rule).where(early_discount_rule.c.term == bindparam("term")))
_PARTS: Final = Remembered(
    select(payment_term_part)
    .where(payment_term_part.c.term == bindparam("term"))
    .order_by(payment_term_part.c.position, payment_term_part.c.id)
)


def _use(words: str, table: Any, shown: Any, *conditions: Any) -> tuple[str, Any]:
    return words, select(shown).where(table.c.payment_term == bindparam("term"), *conditions)


_USES: Final[Sequence[tuple[str, Any]]] = (
    _use("The customer", customer, customer.c.name),
    _use("The supplier", supplier, supplier.c.name),
    _use("Quote", quote, quote.c.number, quote.c.state.in_([QuoteState.DRAFT, QuoteState.SENT])),
    _use("Order", sales_order, sales_order.c.number, sales_order.c.state.in_([OrderState.DRAFT, OrderState.CONFIRMED])),
    _use("A draft invoice for", invoice, invoice.c.customer_name, invoice.c.state == InvoiceState.DRAFT),
    _use(
        "Purchase order",
        purchase_order,
        purchase_order.c.number,
        purchase_order.c.state.in_([PurchaseState.DRAFT, PurchaseState.SENT, PurchaseState.CONFIRMED]),
    ),
)
