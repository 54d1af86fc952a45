"""The order from all sides: everything its screen shows, read at one point in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, select

from app.models.base import Key
from app.models.invoice import InvoiceKind, InvoiceState, invoice
from app.models.lines import signature
from app.models.order import LineProgress, OrderState, sales_order_line
from app.models.payment import allocation, payment
from app.models.product import GRAIN, from_grains, product
from app.models.quote import quote
from app.models.returns import ReturnState, goods_return
from app.models.shipment import PickState, ShipmentState, pick, shipment
from app.services import activity, collected_orders, line_sources, order_book, orders, parties
from app.services.activity import Happening
from app.services.line_sources import LineSource, LineSources
from app.services.parties import Customer


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its progress; quantities count the line's own ``unit``, amounts the order's currency.

    ``ready_on`` and ``ready_reason`` are what people were told of a line that waits; ``requested_on`` and ``ship_to``
    where they differ from the order's.  ``reserve_limit`` and ``parts`` (ids with grains) are reservations by hand,
    ``way`` how somebody said it is to be had (empty: the best).
    """

    id: UUID
    position: int
    kind: str
    product_id: UUID | None
    sku: str
    name: str
    description: str
    unit: str
    unit_price: Decimal
    discount_percent: Decimal
    tax_codes: str
    amount: Decimal
    goods: bool
    component: bool  # of the kit above it: shipped, not invoiced
    quantity: Fraction
    cancelled: Fraction
    reserved: Fraction
    picked: Fraction
    shipped: Fraction
    returned: Fraction
    invoiced: Fraction
    outstanding: Fraction
    backordered: Fraction
    grains_per_unit: Fraction
    ready_on: date | None = None
    ready_reason: str = ""
    requested_on: date | None = None
    ship_to: str = ""
    reserve_limit: int | None = None
    way: str = ""
    sources: tuple[LineSource, ...] = ()
    parts: tuple[tuple[UUID, int], ...] = ()
    undecided: Fraction = Fraction(0)  # its shipment was called off: a person says what is to become of it
    earning: Fraction = Fraction(1)  # how much of it may be invoiced at all; above 1 where more was shipped
    to_invoice: Fraction = Fraction(0)  # may be invoiced now, beyond what posted invoices hold; below zero: to credit

    def in_unit(self, grains: int) -> Fraction:
        """How many of the line's unit are ``grains``."""
        return grains / self.grains_per_unit

    def to_grains(self, quantity: Decimal) -> int:
        """Turn a quantity of the line's unit into grains (ValueError when it is no whole number of them)."""
        whole = Fraction(quantity) * self.grains_per_unit
        if whole.denominator != 1:
            raise ValueError(f"{quantity} {self.unit} is finer than the stock is counted")
        return whole.numerator


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A document that belongs to the order: kind (quote, pick, shipment, invoice, credit, deposit, payment, return)."""

    kind: str
    id: UUID
    number: str
    state: str
    on: date | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the order's life: how much of it is done (0…1) and the facts under its name."""

    name: str  # quote | order | deposit | picking | shipping | invoice | paid
    share: Fraction
    facts: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class OrderOverview:
    """Everything about one order; ``next_step`` is the id of the command that takes it further."""

    order: Any
    customer: Customer
    lines: tuple[LineView, ...]
    taxes: tuple[Any, ...]
    papers: tuple[PaperRow, ...]
    stages: tuple[Stage, ...]
    next_step: str
    next_id: UUID | None
    signature: Any
    happenings: tuple[Happening, ...]

    @property
    def balance(self) -> Decimal:
        """What is still to pay of the order, in its currency."""
        left: Decimal = self.order.total - self.order.paid_total
        return left

    @property
    def billed(self) -> Fraction:
        """How much of the order's net amount posted invoices hold, 0…1; a deposit holds nothing of it."""
        return _billed(self.lines)

    def paper(self, kind: str, *states: str) -> PaperRow | None:
        """The first document of a kind, in one of the states if any are named."""
        return next((one for one in self.papers if one.kind == kind and (not states or one.state in states)), None)


def read(connection: Connection, order_id: UUID) -> OrderOverview:
    """Read an order from all sides.

    Raises:
        NotFound: the order does not exist.

    """
    head = orders.get(connection, order_id)
    rows = connection.execute(_LINES, {"order": order_id}).all()
    sources = line_sources.read(connection, head, rows)
    lines = tuple(_line(row, head, sources.get(row.id, NO_SOURCES)) for row in rows)
    papers = tuple(_papers(connection, head))
    signed = connection.execute(
        select(signature).where(signature.c.document_id == order_id).order_by(signature.c.id.desc())
    ).first()
    next_step, next_id = _next_step(head, lines, papers)
    return OrderOverview(
        order=head,
        customer=parties.get(connection, head.customer_id),
        lines=lines,
        taxes=tuple(orders.taxes(connection, order_id)),
        papers=papers,
        stages=tuple(_stages(connection, head, lines, papers)),
        next_step=next_step,
        next_id=next_id,
        signature=signed,
        happenings=tuple(activity.timeline(connection, order_id)),
    )


def _line(row: Any, head: Any, sources: LineSources) -> LineView:
    goods = row.kind == "product" and row.product_kind == "goods"
    grain = row.grain or GRAIN
    factor = Fraction(row.numerator, row.denominator)
    counts = {name: getattr(row, name) for name in _COUNTS}
    progress = LineProgress(
        goods=goods,
        on_order=row.on_order,
        component=row.kit_line_id is not None,
        kit=row.kind == "product" and row.product_kind == "kit",
        no_charge=row.no_charge,
        by_hand=row.by_hand,
        **counts,
    )

    def in_unit(grains: int) -> Fraction:
        return from_grains(grains, factor, grain)

    return LineView(
        **{name: getattr(row, name) for name in _PLAIN},
        goods=goods,
        component=progress.component,
        quantity=Fraction(row.quantity),
        cancelled=in_unit(row.cancelled),
        reserved=in_unit(row.reserved),
        picked=in_unit(row.picked),
        shipped=in_unit(row.shipped),
        returned=in_unit(row.returned),
        invoiced=in_unit(row.invoiced),
        outstanding=in_unit(progress.outstanding) if head.state == OrderState.CONFIRMED else Fraction(0),
        backordered=in_unit(progress.backordered) if head.state == OrderState.CONFIRMED else Fraction(0),
        grains_per_unit=factor * grain,
        sources=sources.sources,
        parts=sources.parts,
        undecided=in_unit(progress.undecided),
        earning=Fraction(progress.invoiceable, row.ordered) if row.ordered else Fraction(1),
        to_invoice=in_unit(progress.most_invoiced - row.invoiced),
    )


def _papers(connection: Connection, head: Any) -> list[PaperRow]:
    found: list[PaperRow] = []
    if head.quote_id:
        row = connection.execute(select(quote).where(quote.c.id == head.quote_id)).one()
        found.append(PaperRow("quote", row.id, row.number, row.state, _day(row.sent_at), row.total))
    for kind, source in (("pick", pick), ("shipment", shipment), ("return", goods_return)):
        rows = _of_order(connection, source, head.id)
        found += [PaperRow(kind, row.id, row.number, row.state, _day(row.created_at), None) for row in rows]
    rows = _of_order(connection, invoice, head.id)
    found += [PaperRow(row.kind, row.id, row.number or "", row.state, row.invoiced_on, row.total) for row in rows]
    for row in collected_orders.shares(connection, head.id) if head.collected else ():
        found.append(PaperRow(row.kind, row.id, row.number, row.state, row.invoiced_on, row.amount))
        paid = connection.execute(_PAID_TOGETHER, {"invoice": row.id})
        found += [PaperRow("payment", one.id, one.number, "received", one.received_on, None) for one in paid]
    paid = connection.execute(_PAYMENTS, {"order": head.id})
    found += [PaperRow("payment", row.id, row.number, "received", row.received_on, row.amount) for row in paid]
    return [one for one in found if one.state != "cancelled"]


def _of_order(connection: Connection, source: Table, order_id: UUID) -> Sequence[Any]:
    return connection.execute(select(source).where(source.c.order_id == order_id).order_by(source.c.id)).all()


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _stages(connection: Connection, head: Any, lines: Sequence[LineView], papers: Sequence[PaperRow]) -> list[Stage]:
    goods = [line for line in lines if line.goods and line.quantity > line.cancelled]
    wanted = sum((line.quantity - line.cancelled for line in goods), Fraction(0))
    picked = sum((line.picked + line.shipped for line in goods), Fraction(0))
    shipped = sum((line.shipped for line in goods), Fraction(0))
    stages = []
    if head.quote_id:
        version = connection.execute(select(quote.c.version).where(quote.c.id == head.quote_id)).scalar_one()
        stages.append(Stage("quote", Fraction(1), (("version", version), ("number", papers[0].number))))
    confirmed = head.state not in {OrderState.DRAFT, OrderState.CANCELLED}
    stages.append(Stage("order", Fraction(int(confirmed)), (("confirmed_on", _day(head.confirmed_at)),)))
    if head.deposit_amount:
        paid = any(one.kind == "deposit" and one.state == "paid" for one in papers)
        stages.append(Stage("deposit", Fraction(int(paid)), (("amount", head.deposit_amount),)))
    if goods:
        stages.append(Stage("picking", _share(picked, wanted), (("done", picked), ("of", wanted))))
        carrier = [one for one in papers if one.kind == "shipment" and one.state in {"shipped", "delivered"}]
        stages.append(Stage("shipping", _share(shipped, wanted), (("shipments", len(carrier)),)))
    stages.append(Stage("invoice", _billed(lines), (("total", head.invoiced_total),)))
    stages.append(Stage("paid", _share(Fraction(head.paid_total), Fraction(head.total)), (("total", head.paid_total),)))
    return stages


def _billed(lines: Sequence[LineView]) -> Fraction:
    """Weigh what is invoiced of each line, at most all of it, by the line's net amount."""
    done = [min(Fraction(1), line.invoiced / line.quantity) if line.quantity else Fraction(0) for line in lines]
    amounts = [Fraction(line.amount) for line in lines]
    return _share(
        sum((amount * part for amount, part in zip(amounts, done, strict=True)), Fraction(0)), sum(amounts, Fraction(0))
    )


def _share(part: Fraction, whole: Fraction) -> Fraction:
    return max(Fraction(0), min(Fraction(1), part / whole)) if whole else Fraction(0)


def _next_step(head: Any, lines: Sequence[LineView], papers: Sequence[PaperRow]) -> tuple[str, UUID | None]:
    """Find the first step of the order's life that can be taken now, and the document it is taken on."""
    if head.state == OrderState.DRAFT:
        return "order.confirm", head.id
    if head.state == OrderState.CANCELLED:
        return "", None
    if head.state == OrderState.CONFIRMED and head.hold:
        return "order.release", head.id
    if any(line.undecided for line in lines):
        return "order.decide", head.id
    there = {
        "": True,
        "blocked": bool(head.deposit_open),
        "picked": any(line.picked for line in lines),
        "reserved": any(line.reserved for line in lines),
    }
    for kind, state, condition, step in STEPS:
        found = next((one.id for one in papers if one.kind == kind and one.state == state), None)
        if found and there[condition]:
            return step, found
    return "", None


STEPS: Final = (
    (InvoiceKind.DEPOSIT, InvoiceState.DRAFT, "", "invoice.post"),
    (InvoiceKind.DEPOSIT, InvoiceState.POSTED, "blocked", "payment.receive"),
    ("shipment", ShipmentState.PACKED, "", "shipment.ship"),
    ("pick", PickState.OPEN, "", "pick.complete"),
    ("shipment", ShipmentState.PLANNED, "picked", "shipment.pack"),
    ("shipment", ShipmentState.PLANNED, "reserved", "shipment.ship"),
    ("return", ReturnState.AUTHORISED, "", "return.receive"),
    ("return", ReturnState.PARTIAL, "", "return.receive"),
    ("return", ReturnState.IN_REPAIR, "", "return.repair"),
    (InvoiceKind.INVOICE, InvoiceState.DRAFT, "", "invoice.post"),
    (InvoiceKind.INVOICE, InvoiceState.POSTED, "", "payment.receive"),
)
"""Which document in which state, under which condition, calls for which command; the first that fits is next."""

_COUNTS: Final = order_book.COUNTS
_PLAIN: Final = (
    "id",
    "position",
    "kind",
    "product_id",
    "sku",
    "name",
    "description",
    "unit",
    "unit_price",
    "discount_percent",
    "tax_codes",
    "amount",
    "ready_on",
    "ready_reason",
    "requested_on",
    "ship_to",
    "reserve_limit",
    "way",
)
NO_SOURCES: Final = LineSources()
_LINES: Final = (
    select(sales_order_line, product.c.kind.label("product_kind"), product.c.grain)
    .select_from(sales_order_line.outerjoin(product, product.c.id == sales_order_line.c.product_id))
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key))
    .order_by(sales_order_line.c.position, sales_order_line.c.id)
)
_PAYMENTS_OF_INVOICES: Final = (
    select(payment.c.id, payment.c.number, payment.c.received_on, allocation.c.amount)
    .select_from(
        allocation.join(payment, payment.c.id == allocation.c.payment_id).join(
            invoice, invoice.c.id == allocation.c.invoice_id
        )
    )
    .order_by(allocation.c.id)
)
_PAYMENTS: Final = _PAYMENTS_OF_INVOICES.where(invoice.c.order_id == bindparam("order", type_=Key))
_PAID_TOGETHER: Final = _PAYMENTS_OF_INVOICES.where(invoice.c.id == bindparam("invoice", type_=Key))
