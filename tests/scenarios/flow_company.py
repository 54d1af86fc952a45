"""A small company for a ``flow`` case, and what its user does in it, through the public services only."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from app.models.base import new_id
from app.models.invoice import invoice, invoice_line
from app.models.shipment import pick, pick_line, shipment
from app.services import (
    billing,
    companies,
    overview,
    packaging,
    parties,
    payments,
    picking,
    products,
    quotes,
    returns,
    shipping,
    stock,
)
from app.services.companies import Founding, TaxRule
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.overview import LineView, OrderOverview
from app.services.transaction import Transaction
from tests.databases import SqliteDatabases
from tests.scenarios.facts import Facts, NotCovered

T = TypeVar("T")
ORDER_POLICIES = {
    "": "",
    "order": "order",
    "ordered": "order",
    "shipment": "shipment",
    "shipped": "shipment",
    "delivered": "delivery",
    "delivery": "delivery",
    "manual": "by_hand",
    "by_hand": "by_hand",
}
"""When an order is invoiced, by what cases call it."""
POLICIES = {"": "", "order": "order", "ordered": "order", "delivered": "shipment", "delivery": "shipment"}
CURRENCIES = {0: "JPY", 2: "EUR", 3: "KWD"}
PLENTY = Decimal(1_000_000)
"""Stock of a product about whose stock a case says nothing."""


@cache
def _databases() -> SqliteDatabases:
    return SqliteDatabases(Path(tempfile.mkdtemp(prefix="flow-")))


@dataclass
class Company:
    """One company with one customer; ``order_id`` is the order a step speaks of."""

    database: Database
    url: str
    today: date
    customer: UUID
    products: dict[str, UUID]
    units: dict[str, Fraction]
    order_id: UUID | None = None
    quote_id: UUID | None = None
    invoice_id: UUID | None = None
    refund: bool = True  # whether what comes back is credited, where a step does not say
    together: UUID | None = None  # the shipment of an invoice that shipped as well
    refused: tuple[UUID, dict[UUID, int]] | None = None  # what a supplier sent and nobody agreed to: purchase, grains
    under: Decimal | None = None  # the share of what was ordered that still counts as all of it
    arrange: Callable[[str, Facts], None] | None = None  # says how a product that was added may be had
    kits: frozenset[str] = frozenset()  # what is sold as one and shipped as its parts
    composed: frozenset[str] = frozenset()  # goods that are sold with parts beside them
    blanket_id: UUID | None = None
    overrun: Decimal | None = None  # what was to be called off and is more than is left
    prepaid: bool = False  # all is paid before anything is bought or leaves: a deposit of all of it
    terms: dict[str, Any] = field(default_factory=dict)  # of every order: deposit, ship policy
    incoming: dict[str, int] = field(default_factory=dict)  # grains on their way to us before the order
    promised: dict[str, int] = field(default_factory=dict)  # grains promised before the order
    parties: dict[str, UUID] = field(default_factory=dict)
    freight: Decimal | None = None  # what the carrier asks of the customer for one shipment

    def close(self) -> None:
        self.database.close()
        _databases().drop(self.url)

    @property
    def now(self) -> datetime:
        """Ten o'clock of the day that it is."""
        return datetime.combine(self.today, time(10), UTC)

    def grain(self, product: str) -> int:
        """How many grains are one stock unit of a product."""
        product_id = self.products[product]
        return self.read(lambda c: products.get(c, product_id)).grain

    def do(self, command: str, op: Callable[[Transaction], T]) -> T:
        return self.database.run(command, op, by="clerk", at=self.now, key=new_id()).value

    def read(self, op: Callable[[Any], T]) -> T:
        return self.database.read(op)

    @property
    def order(self) -> OrderOverview:
        if self.order_id is None:
            raise NotCovered("there is no order yet")
        order_id = self.order_id
        return self.read(lambda connection: overview.read(connection, order_id))

    def line(self, number: int = 1) -> LineView:
        """The line of that number as it was sold: components of kits have none."""
        return [line for line in self.order.lines if not line.component][number - 1]

    def line_of(self, product: str) -> LineView:
        wanted = self.products[product]
        return next(line for line in self.order.lines if line.product_id == wanted)

    def goods(self) -> list[LineView]:
        return [line for line in self.order.lines if line.goods]

    def shipments(self, *states: str) -> list[Any]:
        rows = select(shipment).where(shipment.c.order_id == self.order_id).order_by(shipment.c.id)
        return [row for row in self.read(lambda c: c.execute(rows).all()) if row.state in states]

    def open_pick_quantity(self) -> Fraction:
        """What the open pick list asks for, in the unit of the first line."""
        rows = (
            select(pick_line.c.wanted, pick_line.c.order_line_id)
            .join(pick, pick.c.id == pick_line.c.pick_id)
            .where(pick.c.order_id == self.order_id, pick.c.state == "open")
        )
        per = {line.id: line.grains_per_unit for line in self.order.lines}
        found = self.read(lambda c: c.execute(rows).all())
        return sum((row.wanted / per[row.order_line_id] for row in found), Fraction(0))

    def invoices(self, *kinds: str) -> list[Any]:
        rows = select(invoice).where(invoice.c.state != "cancelled").order_by(invoice.c.id)
        if self.order_id is not None:
            rows = rows.where(invoice.c.order_id == self.order_id)
        usual = ("invoice", "deposit") if self.prepaid else ("invoice",)
        return [row for row in self.read(lambda c: c.execute(rows).all()) if row.kind in (kinds or usual)]

    def invoice_lines(self, invoice_id: UUID) -> list[Any]:
        rows = select(invoice_line).where(invoice_line.c.invoice_id == invoice_id).order_by(invoice_line.c.position)
        return list(self.read(lambda c: c.execute(rows).all()))

    def line_inputs(self, rows: list[Facts]) -> tuple[LineInput, ...]:
        return tuple(self._line_input(row) for row in rows)

    def _line_input(self, row: Facts) -> LineInput:
        if "comment" in row:
            return LineInput(kind="text", name=row.text("comment"))
        price = row.optional_number("unit_price")
        taxes = " ".join(row.list("taxes")) if "taxes" in row else None
        quantity = row.number("qty", "1")
        if "product" not in row:
            name = row.text("text", "fee")
            return LineInput(
                kind="fee", name=name, quantity=quantity, unit_price=price or Decimal(0), tax_codes=taxes or ""
            )
        unit = row.text("uom", row.text("unit"))
        product = self.product(row.text("product"))
        return LineInput(product_id=product, quantity=quantity, unit=unit, unit_price=price, tax_codes=taxes)

    def product(self, name: str) -> UUID:
        if name not in self.products:
            self.add_product(name, Facts({}))
        return self.products[name]

    def add_product(self, name: str, facts: Facts, on_hand: Decimal = PLENTY) -> None:
        """Add a product with what is on hand of it.

        Raises NotCovered where something said of it is not known.
        """
        unit = facts.text("uom", "unit")
        own = self.units.get(unit, Fraction(1))
        others = {other: factor / own for other, factor in self.units.items() if other != unit}
        facts.ignore("step")  # how finely the peer counts; grains are finer
        over, under = facts.optional_number("over_tolerance"), facts.optional_number("under_tolerance") or self.under
        new = products.NewProduct(
            sku=name,
            name=name,
            list_price=facts.number("list_price", "10"),
            unit=unit,
            kind="kit" if name in self.kits else facts.choice("type", ("goods", "service"), "goods"),
            tax_codes=" ".join(facts.list("taxes")),
            invoice_policy=POLICIES[facts.choice("invoice_policy", tuple(POLICIES))],
            units=others,
            over_delivery=None if over is None else over - 1,
            under_delivery=None if under is None else 1 - under,
            composed=name in self.composed,
        )
        product_id = self.do("product.add", lambda tx: products.add(tx, new))
        if new.kind == "goods" and on_hand:
            self.do("stock.receive", lambda tx: stock.receive(tx, product_id, on_hand))
        self.products[name] = product_id
        if self.arrange:
            self.arrange(name, facts)
        if facts.unread():
            raise NotCovered(f"names not known here: {', '.join(facts.unread())}")

    # what the user does ------------------------------------------------------------------------

    def ship(self, wanted: dict[UUID, int] | None, *, backorder: bool = True) -> None:
        """Pick what is to leave, then ship it."""
        order_id = self.order_id
        assert order_id is not None
        if wanted is None:
            self.pick_all()
            ready = self.shipments("planned", "packed")
            shipment_id = ready[0].id if ready else None
            if shipment_id is None:
                raise NotCovered("nothing is planned to ship")
            self.do("shipment.ship", lambda tx: shipping.ship(tx, shipment_id, backorder=backorder))
            return

        def op(tx: Transaction) -> None:
            planned = shipping.planned_shipment(tx, order_id)
            shipping.ship(tx, planned, quantities=wanted, backorder=backorder)

        self.do("shipment.ship", op)

    def pick_all(self) -> None:
        for row in self.read(lambda c: c.execute(select(pick).where(pick.c.order_id == self.order_id)).all()):
            if row.state == "open":
                self.do("pick.complete", lambda tx, pick_id=row.id: picking.complete(tx, pick_id))

    def pick_part(self, quantity: Decimal) -> None:
        rows = (
            select(pick_line)
            .join(pick, pick.c.id == pick_line.c.pick_id)
            .where(pick.c.order_id == self.order_id, pick.c.state == "open")
        )
        found = self.read(lambda c: c.execute(rows).all())
        if len(found) != 1:
            raise NotCovered("picking a part needs one open line")
        grains = self.line().to_grains(quantity)
        self.do("pick.complete", lambda tx: picking.complete(tx, found[0].pick_id, {found[0].id: grains}))

    def pack(self, quantity: Decimal) -> None:
        """Pick what is promised and pack ``quantity`` of the first line."""
        line = self.line()
        grains = line.to_grains(quantity)
        if quantity <= line.outstanding:
            self.pick_all()
        planned = self.shipments("planned")
        if not planned:
            raise NotCovered("nothing is planned to pack")
        contents = [packaging.NewPackage({line.id: grains})]
        self.do("shipment.pack", lambda tx: shipping.pack(tx, planned[0].id, contents))

    def post(self, invoice_id: UUID) -> None:
        day = self.today
        self.do("invoice.post", lambda tx: billing.post(tx, invoice_id, day))

    def draft_quantities(self, quantities: list[Decimal]) -> None:
        """Set the quantities of the draft invoice's lines, in their order."""
        order_id = self.order_id
        assert order_id is not None
        draft = self.invoices()[-1]
        rows = [row for row in self.invoice_lines(draft.id) if row.order_line_id]
        lines = {line.id: line for line in self.order.lines}
        chosen = {
            row.order_line_id: lines[row.order_line_id].to_grains(quantity)
            for row, quantity in zip(rows, quantities, strict=True)
        }
        self.do("invoice.draft", lambda tx: billing.draft(tx, order_id, chosen))

    def draft_id(self) -> UUID:
        found = [row for row in self.invoices() if row.state == "draft"]
        if not found:
            raise NotCovered("there is no draft invoice")
        return found[-1].id

    def invoice_quantity(self, product: str | None, quantity: Decimal) -> None:
        order_id = self.order_id
        assert order_id is not None
        line = self.line_of(product) if product else self.line()
        grains = line.to_grains(quantity)
        draft = self.do("invoice.draft", lambda tx: billing.draft(tx, order_id, {line.id: grains}))
        self.post(draft)

    def pay(self, invoice_id: UUID, amount: Decimal | None = None) -> None:
        head = self.read(lambda c: billing.get(c, invoice_id))
        paid = head.open_amount if amount is None else amount
        if not paid:
            return
        new = payments.NewPayment(
            head.customer_id, paid, self.today, currency=head.currency, allocations={invoice_id: paid}
        )
        self.do("payment.receive", lambda tx: payments.receive(tx, new))

    def give_back(self, line: LineView, quantity: Decimal, unit: str = "", *, replace: bool = False) -> None:
        order_id = self.order_id
        assert order_id is not None
        grains = self.grains(line, quantity, unit)
        terms = returns.REPLACED if replace else returns.CREDITED

        def op(tx: Transaction) -> None:
            back = returns.authorise(tx, order_id, {line.id: grains}, reason="came back", terms=terms)
            returns.receive(tx, back)

        self.do("return.receive", op)

    def credit(self, line: LineView, quantity: Decimal, unit: str = "") -> None:
        """Credit a quantity of an order line on the posted invoice that holds it."""
        grains = self.grains(line, quantity, unit)
        for head in self.invoices():
            for row in self.invoice_lines(head.id):
                if row.order_line_id == line.id and head.state in {"posted", "paid"} and row.grains >= grains:
                    wanted, day = {row.id: grains}, self.today
                    credit = partial(billing.credit, invoice_id=head.id, on=day, quantities=wanted)
                    self.do("invoice.credit", credit)
                    return
        raise NotCovered("no posted invoice holds that quantity")

    def grains(self, line: LineView, quantity: Decimal, unit: str) -> int:
        if not unit or unit == line.unit:
            return line.to_grains(quantity)
        product_id = line.product_id
        assert product_id is not None
        return self.read(lambda c: products.get(c, product_id)).grains(quantity, unit)

    def party(self, name: str) -> UUID:
        """Another customer, by the name a case gives them."""
        if name not in self.parties:
            self.parties[name] = self.do("customer.add", lambda tx: parties.add(tx, parties.NewCustomer(name)))
        return self.parties[name]

    def write_quote(self, lines: tuple[LineInput, ...]) -> None:
        customer = self.customer
        self.quote_id = self.do("quote.create", lambda tx: quotes.create(tx, quotes.NewQuote(customer, lines)))


def found(given: Facts) -> Company:
    """Make the company a case speaks of, with its taxes, units and rates, and without products."""
    url = _databases().new_url()
    database = Database(url)
    today = date.fromisoformat(given.text("today", "2026-01-05"))
    taxes = tuple(_tax(name, Facts(values, f"taxes.{name}")) for name, values in given.value("taxes", {}).items())
    founding = Founding(
        name="Trader",
        country="NL",
        currency=given.text("company_currency") or _currency(given),
        taxes=taxes,
        invoice_policy=ORDER_POLICIES[given.choice("invoice_policy", tuple(ORDER_POLICIES), "order")],
        delivery_steps=len(given.list("delivery_steps")) or (2 if "stock_items" in given else 1),
        over_delivery=min(given.number("over_tolerance", "1"), given.number("over_billing", "1000")) - 1,
    )
    company = Company(database, url, today, new_id(), {}, {})
    company.do("company.found", lambda tx: companies.found(tx, founding))
    company.customer = company.do("customer.add", lambda tx: parties.add(tx, parties.NewCustomer("Buyer")))
    company.under = given.optional_number("under_tolerance")
    company.units = {name: Fraction(factor) for name, factor in given.value("uom", given.value("units", {})).items()}
    for day, rate in given.value("rates_eur_per_usd", {}).items():
        company.do(
            "rate.set", lambda tx, d=day, r=rate: companies.set_rate(tx, "EUR", date.fromisoformat(d), Decimal(r))
        )
    return company


def _currency(given: Facts) -> str:
    """A currency of ours with as many decimal places as the case counts in."""
    decimals = given.whole("currency_decimals", 2)
    if decimals not in CURRENCIES:
        raise NotCovered(f"a currency with {decimals} decimal places")
    return CURRENCIES[decimals]


def fill(company: Company, given: Facts) -> None:
    """Add the products a case speaks of, with what is on hand of them."""
    on_hand = {name: Decimal(figure) for name, figure in given.value("stock", {}).items()}
    for name, values in given.value("products", {}).items():
        company.add_product(name, Facts(values, f"products.{name}"), on_hand.get(name, PLENTY))
    for name in on_hand.keys() - company.products.keys():
        company.add_product(name, Facts({}), on_hand[name])


def _tax(code: str, facts: Facts) -> TaxRule:
    rule = TaxRule(
        code=code,
        name=code,
        rate=facts.number("rate", "0") if "rate" in facts else facts.number("amount", "0"),
        kind=facts.choice("type", ("percent", "fixed", "division"), "percent"),
        included=facts.flag("included"),
        affects_base=facts.flag("affects_base"),
        base_affected=facts.flag("base_affected", True),
    )
    if facts.unread():
        raise NotCovered(f"names not known here: {', '.join(facts.unread())}")
    return rule
