"""What the machines' steps share: a company in a fresh database, what stands in it, and the plain books beside it."""

from __future__ import annotations

import os
from contextlib import ExitStack
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import func, select

from app.models.invoice import invoice, invoice_line
from app.models.order import sales_order, sales_order_line
from app.models.payment import Purpose, allocation, journal_line, payment
from app.models.product import product
from app.models.quote import quote
from app.models.returns import goods_return
from app.models.shipment import pick, shipment
from app.models.stock import stock_level
from app.services import billing, integrity, journal, orders, stock
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.integrity.checking import PASSES
from app.services.orders import NewOrder
from tests.databases import Databases, opened
from tests.desk import Desk, unhurried
from tests.machines.plain_books import PlainBooks
from tests.remembered import stale
from tests.replay import differences

QUANTITIES = st.sampled_from([Decimal(n) for n in ("1", "2", "3", "5", "12", "0.5")])  # few, so that they meet
QUICK = ("stock", "order lines", "deliveries", "orders", "the journal", "invoices", "payments")
QUICK_PASSES = [one for one in PASSES if one.words in QUICK]


class World(RuleBasedStateMachine):
    """Two customers in two currencies, four products in two units each; lists of documents by state, read again
    after every step, so that a step is only drawn when it can be taken."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.desk = Desk(unhurried(self.stack.enter_context(opened(self.databases))))
        self.books = PlainBooks()
        self.taken: dict[str, int] = {}
        self.recut: set[UUID] = set()  # orders that lost a line after something was invoiced
        self.products: list[UUID] = []

    @initialize(steps=st.sampled_from([2, 2, 1]), tolerance=st.sampled_from(["0", "0.2"]))
    def found(self, steps: int, tolerance: str) -> None:
        desk = self.desk.found(delivery_steps=steps, over_delivery=Decimal(tolerance))
        self.customers = [
            desk.customer("Harbor & Finch"),
            desk.customer("Quay Diplomatic", tax_exempt=True, payment_term="EOM30"),
            desk.customer("Dover Chandlers", currency="GBP"),
        ]
        self.goods = [
            desk.product("PIECE"),
            desk.product("DOZEN", "30.00", unit="dozen", units={"piece": Fraction(1, 12)}, tax_codes="V9"),
            desk.product("EARLY", "7.05", invoice_policy="order"),
        ]
        self.service = desk.product("HOUR", "75", kind="service", unit="hour", units={})
        self.products = [*self.goods, self.service]
        rows = desk.read(lambda c: c.execute(select(product.c.id, product.c.grain)).all())
        self.grain = {row.id: row.grain for row in rows}
        self.units = {self.goods[0]: ("", "dozen"), self.goods[1]: ("", "piece"), self.goods[2]: ("",)}
        for product_id in self.goods[: 1 + steps]:
            desk.do("stock.receive", lambda tx, p=product_id: stock.receive(tx, p, Decimal(10)))
            self.books.on_hand[product_id] += 10 * self.grain[product_id]
        lines = tuple(LineInput(product_id, Decimal(3)) for product_id in self.products)
        order_id = desk.do("order.create", lambda tx: orders.create(tx, NewOrder(self.customers[0], lines)))
        desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        crane = LineInput(kind="fee", name="Crane", quantity=Decimal(3), unit_price=Decimal("11.35"))
        free = FreeInvoice(self.customers[2], (crane,))
        desk.do("invoice.write", lambda tx: billing.write(tx, free))
        self.look()

    def teardown(self) -> None:
        try:
            if self.products:
                found = self.desk.damages()
                assert not found, integrity.report(found)
                assert self.desk.read(differences) == []
        finally:
            self.stack.close()
            if os.environ.get("WAYBILL_MACHINE_COUNTS"):
                with Path(os.environ["WAYBILL_MACHINE_COUNTS"]).open("a", encoding="utf-8") as counts:
                    counts.writelines(f"{name} {count}\n" for name, count in self.taken.items())

    # what stands in the books ----------------------------------------------------------------

    def look(self) -> None:
        """Read which documents stand in which state, in the order they were made: draws are told by it."""

        def read(c):
            self.quotes = _by_state(c.execute(select(quote.c.id, quote.c.state).order_by(quote.c.id)))
            self.orders = _by_state(c.execute(select(sales_order.c.id, sales_order.c.state).order_by(sales_order.c.id)))
            self.lines: dict[UUID, list[Any]] = {}
            for row in c.execute(select(sales_order_line).order_by(sales_order_line.c.position, sales_order_line.c.id)):
                self.lines.setdefault(row.order_id, []).append(row)
            self.heads = {row.id: row for row in c.execute(select(sales_order).order_by(sales_order.c.id))}
            self.picks = _by_state(c.execute(select(pick.c.id, pick.c.state).order_by(pick.c.id)))
            self.shipments = _by_state(c.execute(select(shipment.c.id, shipment.c.state).order_by(shipment.c.id)))
            self.returns = _by_state(
                c.execute(select(goods_return.c.id, goods_return.c.state).order_by(goods_return.c.id))
            )
            self.invoices = {row.id: row for row in c.execute(select(invoice).order_by(invoice.c.id))}
            paid = dict(
                c.execute(
                    select(allocation.c.payment_id, func.sum(allocation.c.amount)).group_by(allocation.c.payment_id)
                ).all()
            )
            self.payments = {row.id: row for row in c.execute(select(payment).order_by(payment.c.id))}
            self.left = {key: row.amount - paid.get(key, 0) for key, row in self.payments.items()}
            self.reversed = {row.reverses_id for row in self.payments.values()} - {None}
            self.free = dict(
                c.execute(select(stock_level.c.product_id, stock_level.c.free).order_by(stock_level.c.product_id)).all()
            )

        self.desk.read(read)
        open_states = ("confirmed",)
        self.open_orders = [key for state in open_states for key in self.orders.get(state, [])]
        self.drafts = [key for key, row in self.invoices.items() if row.state == "draft"]
        self.posted = [key for key, row in self.invoices.items() if row.state in {"posted", "paid"}]
        self.unpaid = [key for key, row in self.invoices.items() if row.state == "posted"]

    def do(self, command: str, op: Any) -> Any:
        """Take a step that must succeed."""
        self.taken[command] = self.taken.get(command, 0) + 1
        value = self.desk.do(command, op)
        assert stale(self.desk.database) == []
        self.look()
        return value

    def in_grains(self, product_id: UUID, quantity: Decimal, unit: str) -> int:
        """How many grains a typed quantity is, worked out apart from the services."""
        factor = {"": Fraction(1), "dozen": Fraction(12), "piece": Fraction(1, 12)}[unit]
        grains = Fraction(quantity) * factor * self.grain[product_id]
        assert grains.denominator == 1
        return int(grains)

    def part(self, grains: int, share: int, product_id: UUID | None) -> int:
        """The whole, or a half or third of it that somebody can type: in pieces of a dozen, or tenths of a unit."""
        step = 300_000 if product_id == self.goods[1] else 360_000
        return grains if share == 1 else grains // share // step * step

    def rows(self, table: Any, column: Any, key: UUID) -> list[Any]:
        """Read the parts of one document."""
        return self.desk.read(lambda c: c.execute(select(table).where(column == key).order_by(table.c.id)).all())

    def invoice_lines(self, invoice_id: UUID) -> list[Any]:
        return self.rows(invoice_line, invoice_line.c.invoice_id, invoice_id)

    # what must always hold -------------------------------------------------------------------

    @invariant()
    def the_books_agree_with_the_plain_ones(self) -> None:
        if not self.products:
            return
        levels = self.desk.read(lambda c: c.execute(select(stock_level)).all())
        on_hand = dict.fromkeys(self.books.on_hand, 0)
        for row in levels:
            on_hand[row.product_id] = on_hand.get(row.product_id, 0) + row.free + row.promised + row.picked
        assert {k: v for k, v in on_hand.items() if v} == {k: v for k, v in self.books.on_hand.items() if v}
        for rows in self.lines.values():
            for row in rows:
                assert (row.shipped, row.returned) == (self.books.shipped[row.id], self.books.returned[row.id])
        for key, head in self.heads.items():
            assert (head.invoiced_total, head.paid_total) == (self.books.invoiced[key], self.books.paid[key])
        self._balances_agree()

    def _balances_agree(self) -> None:
        for customer in self.customers:
            open_amount = sum(row.open_amount for row in self.invoices.values() if row.customer_id == customer)
            left = sum(self.left[key] for key, row in self.payments.items() if row.customer_id == customer)
            assert open_amount - left == self.books.balance[customer]

        def held(c):
            accounts = journal.accounts(c)
            both = [accounts[Purpose.RECEIVABLE], accounts[Purpose.PREPAYMENT]]
            sums = select(journal_line.c.customer_id, func.sum(journal_line.c.currency_amount)).where(
                journal_line.c.account.in_(both)
            )
            return dict(c.execute(sums.group_by(journal_line.c.customer_id)).all())

        found = self.desk.read(held)
        for customer in self.customers:
            assert found.get(customer, 0) == self.books.balance[customer]

    @invariant()
    def every_quick_rule_holds(self) -> None:
        if self.products:
            found = self.desk.database.read(lambda c: integrity.check(c, passes=QUICK_PASSES))
            assert not found, integrity.report(found)

    @invariant()
    def whole_invoices_come_to_their_order(self) -> None:
        """An order that was invoiced whole, its deposit deducted, comes to exactly what was agreed."""
        for key, head in self.heads.items() if self.products else ():
            mine = [row for row in self.invoices.values() if row.order_id == key and row.number]
            final = [row for row in mine if row.kind == "invoice"]
            if len(final) != 1 or any(row.kind == "credit" for row in mine) or head.taken_over or key in self.recut:
                continue
            whole = all(row.invoiced == row.ordered and not row.cancelled for row in self.lines.get(key, []))
            if whole:
                assert sum(row.total for row in mine) - self._deposits_left(mine) == head.total

    def _deposits_left(self, mine: list[Any]) -> Decimal:
        """What of the deposits was posted after the invoice and is to be given back."""
        deposits = sum(row.total for row in mine if row.kind == "deposit")
        deducted = -sum(
            line.total
            for row in mine
            if row.kind == "invoice"
            for line in self.invoice_lines(row.id)
            if line.deposit_id
        )
        return deposits - deducted


def _by_state(rows: Any) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for key, state in rows:
        found.setdefault(state, []).append(key)
    return found
