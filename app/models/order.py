"""Sales orders: what was agreed, how far it has got, and which step may follow.

Three things are kept apart.  ``state`` is what people decided (draft, confirmed, closed,
cancelled).  ``delivery_state`` and ``billing_state`` are computed from what was shipped, invoiced
and paid; nobody types them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Index, Integer, String, Text, text

from app.models.base import AMOUNT, PRICE, DataClass, Exact, Key, Moment, amount, grains, key, reference, table
from app.models.lines import document_columns, line_columns, original_columns, total_columns


class RateDay(StrEnum):
    """Of which day the exchange rate is that an invoice in another currency is booked with."""

    INVOICE = "invoice"
    ORDER = "order"
    DELIVERY = "delivery"  # of the last shipment before the invoice


class OrderState(StrEnum):
    """What people decided about the order."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    """How far the goods are."""

    NONE = "none"  # nothing to deliver
    WAITING = "waiting"  # confirmed, nothing shipped yet
    PARTIAL = "partial"  # some shipped, some still to ship
    SHIPPED = "shipped"  # nothing left to ship


class InvoicePolicy(StrEnum):
    """When what was ordered may be invoiced."""

    ORDER = "order"  # at once
    SHIPMENT = "shipment"  # what has left
    DELIVERY = "delivery"  # what has arrived
    BY_HAND = "by_hand"  # what a person says, in parts or by milestone


class BillingState(StrEnum):
    """How far the money is."""

    NONE = "none"  # nothing to invoice at this time
    TO_INVOICE = "to_invoice"  # something may be invoiced now
    PARTIAL = "partial"  # part invoiced; the rest is not due yet
    INVOICED = "invoiced"  # all invoiced, not all paid
    PAID = "paid"  # all invoiced and paid


NEXT: Final[dict[OrderState, frozenset[OrderState]]] = {
    OrderState.DRAFT: frozenset({OrderState.CONFIRMED, OrderState.CANCELLED}),
    OrderState.CONFIRMED: frozenset({OrderState.CLOSED, OrderState.CANCELLED}),
    OrderState.CLOSED: frozenset({OrderState.CONFIRMED}),
    OrderState.CANCELLED: frozenset({OrderState.CONFIRMED}),  # a supplier sent the goods all the same
}

OUTSTANDING: Final = "ordered - cancelled - shipped + returned_open > 0"
"""The condition of a line that is not shipped in full, word for word as queries must write it to use its index."""

WAITING_STAGES: Final = ("confirmed", "on_hold", "deposit", "backorder", "picking", "packed", "part")
"""The stages of confirmed orders that goods are still to leave of.

Queries over all of them name the stages, so that their index finds these few among all orders there ever were.
"""

sales_order = table(
    "sales_order",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    reference("quote_id", "quote", required=False, index=True),
    Column("state", String(12), nullable=False),
    Column("delivery_state", String(12), nullable=False),
    Column("billing_state", String(12), nullable=False),
    Column("stage", String(12), nullable=False),  # one word for lists, see stage()
    Column("progress", Integer, nullable=False),  # percent shipped of what is ordered
    reference("customer_id", "customer", index=True),
    Column("customer_name", String(160), nullable=False),
    Column("customer_po", String(80), nullable=False),
    Column("payment_term", String(24), nullable=False),
    Column("invoice_policy", String(8), nullable=False),  # see InvoicePolicy
    Column("billing_address", Text, nullable=False),  # JSON snapshot
    Column("shipping_address", Text, nullable=False),  # JSON snapshot
    Column("ordered_on", Date, nullable=False),
    Column("requested_on", Date),
    Column("promised_on", Date),
    Column("confirmed_at", Moment),
    Column("deposit_percent", Exact(PRICE), nullable=False),
    amount("deposit_amount"),
    Column("deposit_blocks", Boolean, nullable=False),  # agreed, or of a deposit that stands: nothing goes on before
    Column("channel", String(40), nullable=False),
    Column("warning", Text, nullable=False),  # what a person should look at; empty when nothing
    Column("taken_over", Boolean, nullable=False),  # history from another system; billed there
    Column("notes", Text, nullable=False),  # printed
    amount("invoiced_total"),
    amount("paid_total"),
    *total_columns(),
    reference("location_id", "location", required=False),  # where it leaves from first; null: the main warehouse
    Column("ship_policy", String(12), nullable=False, server_default="available"),  # available | complete | line
    Column("sourcing_rule", String(12), nullable=False, server_default=""),  # nearest | fewest | cheapest
    Column("spread", Boolean, nullable=False, server_default="0"),  # has rows in line_stock
    Column("pegged", Boolean, nullable=False, server_default="0"),  # has rows in peg
    Column("amendments", Integer, nullable=False, server_default="0"),  # how often it was changed after confirmation
    *original_columns(),
    Column("hold", Text, nullable=False, server_default=""),  # why nothing of it may leave for now; empty: not on hold
    Column("promotions", String(3), nullable=False, server_default=""),  # promotion.Running
    Column("deposit_deduction", String(8), nullable=False, server_default="once"),  # models.deposit.Deduction
    Column("tendered", Boolean, nullable=False, server_default="0"),  # paid with gift cards or store credit before
    Column("rate_day", String(8), nullable=False, server_default=""),  # RateDay; empty: as the company says
    Column("campaign", String(40), nullable=False, server_default=""),  # what it answers; price lists may ask
    Column("deposit_open", Exact(AMOUNT), nullable=False, server_default="0"),  # not paid of deposits it waits for
    Column("collected", Boolean, nullable=False, server_default="0"),  # on an invoice over several orders
    Index("ix_sales_order_stage", "stage", "id"),
    Index("ix_sales_order_promised", "promised_on", "id"),
    Index("ix_sales_order_customer_name", "customer_name", "id"),
    Index("ix_sales_order_total", "total", "id"),
    Index("ix_sales_order_customer_po", "customer_po"),
)

sales_order_line = table(
    "sales_order_line",
    DataClass.DOCUMENT,
    key(),
    reference("order_id", "sales_order", index=True),
    *line_columns(),
    grains("ordered"),  # the typed quantity in grains
    grains("reserved"),  # promised to this line from stock, not picked yet
    grains("picked"),  # taken from the shelf, not shipped yet
    grains("shipped"),
    grains("returned"),  # came back; shipped - returned is with the customer
    grains("cancelled"),  # of the ordered quantity, no longer wanted
    grains("invoiced"),  # posted and drafted invoices minus credit notes
    grains("returned_open"),  # of what came back, how much opened the line again: to be replaced, done or not
    Column("on_order", Boolean, nullable=False),  # may be invoiced when ordered, not only when shipped
    Column("ship_to", Text, nullable=False, server_default=""),  # JSON snapshot; empty: the order's address
    Column("requested_on", Date),  # null: the order's date
    Column("way", String(12), nullable=False, server_default=""),  # how it is to be had, see supply.Way; empty: chosen
    Column("ready_on", Date),  # the day all of it can leave; null: not known
    Column("ready_reason", Text, nullable=False, server_default=""),  # why that day, in words
    reference("kit_line_id", "sales_order_line", required=False),  # the kit's line, on the line of a component
    Column("kit_numerator", BigInteger),  # grains of the component in one grain of the kit, as a fraction
    Column("kit_denominator", BigInteger),
    Column("kit_fixed", Boolean, nullable=False, server_default="0"),  # the same quantity however many kits
    Column("reserve_limit", BigInteger),  # grains that may be promised and shipped in all, by hand; null: no limit
    grains("advanced", default="0"),  # announced to come back and opened the line before it did; in returned_open too
    grains("exchanged", default="0"),  # of what came back, how much another line replaces at no charge: stays billed
    Column("no_charge", Boolean, nullable=False, server_default="0"),  # given for what came back of another line
    grains("stopped", default="0"),  # of what is to ship, how much waits for a decision: its shipment was called off
    Column("by_hand", Boolean, nullable=False, server_default="0"),  # invoiced only when a person says so
    grains("in_transit", default="0"),  # left and not known to have arrived, where only what arrived is invoiced
    CheckConstraint(
        "reserved >= 0 AND picked >= 0 AND shipped >= 0 AND returned >= 0 AND cancelled >= 0 "
        "AND advanced >= 0 AND returned + advanced <= shipped AND returned_open <= returned + advanced "
        "AND exchanged >= 0 AND exchanged <= returned",
        name="within",
    ),
    Index("ix_sales_order_line_product", "product_id", "id"),
)
outstanding_line = Index(
    "ix_sales_order_line_outstanding",
    sales_order_line.c.product_id,
    sqlite_where=text(OUTSTANDING),
    postgresql_where=text(OUTSTANDING),
)
"""Finds the lines that still wait for a product without reading all that were ever sold."""

line_stock = table(
    "line_stock",
    DataClass.LOCAL,
    Column("order_line_id", Key, primary_key=True),
    Column("location_id", Key, primary_key=True),
    grains("reserved"),
    grains("picked"),
    CheckConstraint("reserved >= 0 AND picked >= 0", name="floor"),
)
"""Where a line's goods are promised and picked, for orders that leave from several warehouses.

``sales_order_line.reserved`` and ``picked`` are the sums.  An order without ``spread`` has no rows here: all of
it leaves from its own warehouse.
"""


@dataclass(slots=True)
class LineProgress:
    """How far one line is, in grains; ``goods`` is false for services, fees, texts and kits.

    A ``kit`` is shipped by its components: each has a line of its own, a ``component`` that is not invoiced.
    A line at ``no_charge`` replaces what came back of another line, and is not invoiced either.  ``by_hand`` ones are
    invoiced when a person says so; what is ``in_transit`` has left and is not invoiced before it has arrived.
    """

    goods: bool
    ordered: int
    reserved: int
    picked: int
    shipped: int
    returned: int
    cancelled: int
    invoiced: int
    returned_open: int
    on_order: bool
    kit: bool = False
    component: bool = False
    advanced: int = 0
    exchanged: int = 0
    no_charge: bool = False
    stopped: int = 0
    by_hand: bool = False
    in_transit: int = 0

    @property
    def wanted(self) -> int:
        """Ordered and not cancelled."""
        return self.ordered - self.cancelled

    @property
    def outstanding(self) -> int:
        """Still to ship: wanted and what is to be replaced, less all that was shipped; never negative."""
        # "wanted" written out: it is asked for a hundred times while an order is planned.
        return max(0, self.ordered - self.cancelled - self.shipped + self.returned_open) if self.goods else 0

    @property
    def undecided(self) -> int:
        """Of what is still to ship, how much waits until a person says whether it is to be shipped at all."""
        return min(self.stopped, self.outstanding) if self.stopped else 0

    @property
    def to_ship(self) -> int:
        """Still to ship, and nothing is to be decided first."""
        return self.outstanding - self.undecided

    @property
    def backordered(self) -> int:
        """Still to ship and not covered by stock yet."""
        return max(0, self.to_ship - self.reserved - self.picked)

    @property
    def replacement_open(self) -> int:
        """Of what is to be replaced, how much was not shipped again: what is shipped beyond wanted replaces."""
        return max(0, self.returned_open - max(0, self.shipped - self.wanted))

    @property
    def unbilled(self) -> bool:
        """Whether it is never invoiced: its kit is, or the line it replaces was."""
        return self.component or self.no_charge

    @property
    def gone(self) -> int:
        """What came back for good, or will: neither sent again nor replaced by another line at no charge."""
        return self.returned + self.advanced - self.returned_open - self.exchanged

    @property
    def invoiceable(self) -> int:
        """What may be invoiced at all, shipped or not; what came back for good may not."""
        if self.unbilled:
            return 0
        if not self.goods and not self.kit:
            return self.wanted
        return max(self.wanted - self.gone, self._kept)

    @property
    def _kept(self) -> int:
        """With the customer, or on its way to them again; what is replaced in advance counts as back already."""
        replaced = self.replacement_open if self.returned_open else 0
        return self.shipped - self.returned - self.advanced + self.exchanged + replaced

    @property
    def billable(self) -> int:
        """What may have been invoiced by now under the line's policy.

        Goods that came back and are not to be replaced are credited; those to be replaced stay billed.
        """
        if self.by_hand and not self.unbilled:
            return 0
        if (self.goods or self.kit) and not self.on_order and not self.unbilled:
            return self._kept - self.in_transit
        return self.invoiceable

    @property
    def most_invoiced(self) -> int:
        """What posted invoices may hold in all as things are: beyond it something is to be credited."""
        return max(0, self.invoiceable if self.by_hand else self.billable)


def delivery_state(lines: Iterable[LineProgress]) -> DeliveryState:
    """Compute how far the goods of an order are."""
    goods = [line for line in lines if line.goods and (line.wanted > 0 or line.shipped > 0)]
    if not goods:
        return DeliveryState.NONE
    if not any(line.outstanding for line in goods):
        return DeliveryState.SHIPPED
    return DeliveryState.PARTIAL if any(line.shipped for line in goods) else DeliveryState.WAITING


def billing_state(lines: Iterable[LineProgress], *, open_amount: bool) -> BillingState:
    """Compute how far the money of an order is; ``open_amount``: some posted invoice is not settled."""
    known = [line for line in lines if (line.ordered or line.shipped) and not line.unbilled]
    invoiced = any(line.invoiced for line in known)
    if any(line.billable > line.invoiced for line in known):
        return BillingState.TO_INVOICE
    complete = all(line.invoiced >= line.wanted - line.gone for line in known)
    if not invoiced and not (complete and known and any(line.shipped for line in known)):
        return BillingState.NONE
    if not complete:
        return BillingState.PARTIAL
    return BillingState.INVOICED if open_amount else BillingState.PAID


def is_done(lines: Iterable[LineProgress], delivery: DeliveryState, billing: BillingState) -> bool:
    """Tell whether an order is finished: all shipped and paid, or called off without anything to invoice."""
    if delivery not in {DeliveryState.SHIPPED, DeliveryState.NONE}:
        return False
    return billing == BillingState.PAID or (
        billing == BillingState.NONE and not any(line.wanted or line.shipped for line in lines)
    )


def stage(  # noqa: C901, PLR0911  a truth table, one answer a line
    state: OrderState,
    delivery: DeliveryState,
    billing: BillingState,
    lines: Sequence[LineProgress],
    *,
    packed: bool,
    deposit: bool,
    held: bool = False,
) -> str:
    """Give the one word for lists and chips: the furthest step that is under way.

    ``packed``: a packed shipment waits; ``deposit``: nothing goes on before the deposit is paid; ``held``: nothing
    may leave for now.
    """
    if state in {OrderState.DRAFT, OrderState.CANCELLED}:
        return state
    if delivery in {DeliveryState.SHIPPED, DeliveryState.NONE}:
        if billing in {BillingState.PAID, BillingState.INVOICED}:
            return billing
        if delivery == DeliveryState.SHIPPED:
            return "shipped"
        if state == OrderState.CLOSED:
            return "closed"
    elif held:
        return "on_hold"
    elif packed:
        return "packed"
    elif any(line.picked for line in lines):
        return "picking"
    if deposit:
        return "deposit"
    if any(line.backordered for line in lines):
        return "backorder"
    return "part" if delivery == DeliveryState.PARTIAL else "confirmed"


def percent_shipped(lines: Iterable[LineProgress]) -> int:
    """Compute how much of the goods of an order has reached the customer for good, each line counting the same."""
    goods = [line for line in lines if line.goods and line.wanted > 0]
    shares = [_share_shipped(line.wanted, line.outstanding) for line in goods]
    return int(100 * sum(shares) // len(shares)) if shares else 0


def _share_shipped(wanted: int, outstanding: int) -> int | Fraction:
    if not outstanding:
        return 1
    return 0 if outstanding >= wanted else Fraction(wanted - outstanding, wanted)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What an order's states are computed from besides its lines.

    ``state`` is what people decided last, ``open_amount``: a posted invoice is not settled, ``packed``: a
    packed shipment waits, ``deposit``: nothing goes on before the deposit is paid, ``held``: nothing may leave.
    """

    state: OrderState
    taken_over: bool
    open_amount: bool
    packed: bool
    deposit: bool
    held: bool = False


def derive(facts: OrderFacts, lines: Sequence[LineProgress]) -> dict[str, Any]:
    """Compute all states of an order from what happened: the columns that hold them and their values."""
    state = facts.state
    if state in {OrderState.DRAFT, OrderState.CANCELLED}:
        delivery, billing = DeliveryState.NONE, BillingState.NONE
    else:
        delivery = delivery_state(lines)
        if facts.taken_over:  # it was billed where it came from
            waits = any(line.outstanding for line in lines)
            billing = BillingState.NONE if waits else BillingState.PAID
        else:
            billing = billing_state(lines, open_amount=facts.open_amount)
        state = OrderState.CLOSED if is_done(lines, delivery, billing) else OrderState.CONFIRMED
    return {
        "state": state,
        "delivery_state": delivery,
        "billing_state": billing,
        "stage": stage(state, delivery, billing, lines, packed=facts.packed, deposit=facts.deposit, held=facts.held),
        "progress": percent_shipped(lines),
    }
