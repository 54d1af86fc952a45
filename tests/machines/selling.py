"""Steps up to the confirmed order, and changes after it."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.services import orders, quotes
from app.services.document_lines import LineInput
from app.services.orders import NewOrder, Signature
from app.services.quotes import Acceptance, NewQuote
from tests.desk import DAY
from tests.machines.world import QUANTITIES, World

DISCOUNTS = st.sampled_from([{}, {}, {"discount_percent": Decimal(10)}, {"discount_amount": Decimal("0.30")}])
DEPOSITS = st.sampled_from([{}, {}, {}, {"deposit_percent": Decimal(30)}, {"deposit_amount": Decimal("0.20")}])


class Selling(World):
    def line(self, data, customer, quantity: Decimal | None = None) -> LineInput:
        """A line of any product, in one of its units; a foreign price is typed."""
        product = data.draw(st.sampled_from(self.products), "product")
        unit = data.draw(st.sampled_from(self.units.get(product, ("",))), "unit")
        price = Decimal("11.35") if customer == self.customers[2] else None
        discount = data.draw(st.sampled_from([Decimal(0), Decimal("12.5")]), "line discount")
        asked = quantity or data.draw(QUANTITIES, "quantity")
        return LineInput(product, asked, unit=unit, unit_price=price, discount_percent=discount)

    def new_lines(self, data, customer) -> tuple[LineInput, ...]:
        count = data.draw(st.integers(1, 3), "lines")
        lines = [self.line(data, customer) for _ in range(count)]
        if data.draw(st.booleans(), "freight"):
            lines.append(LineInput(kind="fee", name="Freight", unit_price=Decimal("9.95"), tax_codes="V21"))
        return tuple(lines)

    # quotes ----------------------------------------------------------------------------------

    @precondition(lambda self: self.products and len(self.quotes.get("draft", [])) < 1)
    @rule(data=st.data(), discount=DISCOUNTS)
    def write_quote(self, data, discount) -> None:
        customer = data.draw(st.sampled_from(self.customers), "customer")
        new = NewQuote(customer, self.new_lines(data, customer), **discount)
        self.do("quote.create", lambda tx: quotes.create(tx, new))

    @precondition(lambda self: self.products and self.quotes.get("draft"))
    @rule(data=st.data())
    def change_quote(self, data) -> None:
        quote_id = data.draw(st.sampled_from(self.quotes["draft"]))
        head = self.desk.read(quotes.get, quote_id)
        lines = self.new_lines(data, head.customer_id)
        self.do("quote.set_lines", lambda tx: quotes.set_lines(tx, quote_id, head.revision, lines))

    @precondition(lambda self: self.products and self.quotes.get("draft"))
    @rule(data=st.data())
    def send_quote(self, data) -> None:
        quote_id = data.draw(st.sampled_from(self.quotes["draft"]))
        self.do("quote.send", lambda tx: quotes.send(tx, quote_id))

    @precondition(lambda self: self.products and (self.quotes.get("sent") or self.quotes.get("declined")))
    @rule(data=st.data())
    def revise_quote(self, data) -> None:
        quote_id = data.draw(st.sampled_from(self.quotes.get("sent", []) + self.quotes.get("declined", [])))
        self.do("quote.revise", lambda tx: quotes.revise(tx, quote_id))

    @precondition(lambda self: self.products and self.quotes.get("sent"))
    @rule(data=st.data(), deposit=DEPOSITS)
    def accept_quote(self, data, deposit) -> None:
        quote_id = data.draw(st.sampled_from(self.quotes["sent"]))
        answer = Acceptance("PO-7", Signature("Eve Finch", DAY), **deposit)
        order_id = self.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, answer))
        assert self.heads[order_id].total == self.desk.read(quotes.get, quote_id).total
        self.confirm_now(order_id)

    @precondition(lambda self: self.products and self.quotes.get("sent"))
    @rule(data=st.data())
    def decline_quote(self, data) -> None:
        quote_id = data.draw(st.sampled_from(self.quotes["sent"]))
        self.do("quote.decline", lambda tx: quotes.decline(tx, quote_id))

    # orders ----------------------------------------------------------------------------------

    @precondition(lambda self: self.products and len(self.open_orders) < 3)
    @rule(data=st.data(), policy=st.sampled_from(["", "order"]), deposit=DEPOSITS, discount=DISCOUNTS)
    def write_order(self, data, policy, deposit, discount) -> None:
        customer = data.draw(st.sampled_from(self.customers), "customer")
        new = NewOrder(customer, self.new_lines(data, customer), invoice_policy=policy, **deposit, **discount)
        order_id = self.do("order.create", lambda tx: orders.create(tx, new))
        if data.draw(st.booleans(), "confirm at once"):
            self.confirm_now(order_id)

    @precondition(lambda self: self.products and self.orders.get("draft"))
    @rule(data=st.data())
    def confirm(self, data) -> None:
        self.confirm_now(data.draw(st.sampled_from(self.orders["draft"])))

    def confirm_now(self, order_id) -> None:
        free = dict(self.free)
        self.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        head = self.heads[order_id]
        blocked = head.deposit_blocks and head.deposit_amount > 0
        for product in self.goods:
            mine = [row for row in self.lines[order_id] if row.product_id == product]
            wanted = 0 if blocked else min(free.get(product, 0), sum(row.ordered for row in mine))
            assert sum(row.reserved for row in mine) == wanted

    @precondition(lambda self: self.products and self.open_orders)
    @rule(data=st.data(), quantity=QUANTITIES)
    def raise_line(self, data, quantity) -> None:
        order_id = data.draw(st.sampled_from(self.open_orders))
        row = data.draw(st.sampled_from(self.lines[order_id]))
        more = row.quantity + quantity
        self.do("order.change_line", lambda tx: orders.change_line(tx, order_id, row.id, quantity=more))
        line = next(line for line in self.lines[order_id] if line.id == row.id)
        assert line.quantity == more

    def short_orders(self) -> list:
        return [key for key in self.open_orders if len(self.lines[key]) < 4]

    @precondition(lambda self: self.products and self.short_orders())
    @rule(data=st.data())
    def add_line(self, data) -> None:
        order_id = data.draw(st.sampled_from(self.short_orders()))
        line = self.line(data, self.heads[order_id].customer_id)
        line_id = self.do("order.add_line", lambda tx: orders.add_line(tx, order_id, line))
        added = next(row for row in self.lines[order_id] if row.id == line_id)
        if self.heads[order_id].customer_id == self.customers[1]:
            assert added.tax == 0

    def untouched(self) -> list:
        """Lines of open orders that may go: not the only one, nothing has happened to them."""
        return [
            row
            for order_id in self.open_orders + self.orders.get("draft", [])
            for row in self.lines[order_id]
            if len(self.lines[order_id]) > 1
            and not (row.picked or row.shipped or row.invoiced or row.returned)
            and row.id not in self.on_paper
        ]

    @precondition(lambda self: self.products and self.untouched())
    @rule(data=st.data())
    def remove_line(self, data) -> None:
        row = data.draw(st.sampled_from(self.untouched()))
        if any(line.invoiced for line in self.lines[row.order_id]):
            self.recut.add(row.order_id)  # the line's share of a document discount is in no invoice any more
        self.do("order.remove_line", lambda tx: orders.remove_line(tx, row.order_id, row.id))

    def unnamed(self) -> list:
        return [key for key in self.open_orders if self.heads[key].customer_po != "PO-8"]

    @precondition(lambda self: self.products and self.unnamed())
    @rule(data=st.data())
    def change_head(self, data) -> None:
        order_id = data.draw(st.sampled_from(self.unnamed()))
        revision = self.heads[order_id].revision
        address = '{"city": "Breskens", "country": "NL", "name": "Harbor & Finch"}'
        values = {"customer_po": "PO-8", "shipping_address": address, "billing_address": address}
        self.do("order.change_head", lambda tx: orders.change_head(tx, order_id, revision, values))

    def cancellable(self) -> list:
        """Orders that nothing was shipped, packed or invoiced of."""
        busy = {row.order_id for row in self.invoices.values() if row.number} | self.packed_orders
        return [
            key
            for key in self.open_orders + self.orders.get("draft", [])
            if key not in busy and not any(row.shipped or row.invoiced for row in self.lines[key])
        ]

    @precondition(lambda self: self.products and self.cancellable())
    @rule(data=st.data())
    def cancel_order(self, data) -> None:
        order_id = data.draw(st.sampled_from(self.cancellable()))
        self.do("order.cancel", lambda tx: orders.cancel(tx, order_id))
        assert not any(row.reserved or row.picked for row in self.lines[order_id])

    @precondition(lambda self: self.products and set(self.open_orders) - self.packed_orders)
    @rule(data=st.data())
    def close_order(self, data) -> None:
        order_id = data.draw(st.sampled_from(sorted(set(self.open_orders) - self.packed_orders)))
        self.do("order.close", lambda tx: orders.close(tx, order_id))
        assert not any(row.reserved or row.picked for row in self.lines[order_id])

    def short(self) -> list:
        """Orders that wait for goods of which some are free."""
        return [
            key
            for key in self.open_orders
            for row in self.lines[key]
            if self.free.get(row.product_id) and row.ordered > row.cancelled + row.shipped + row.reserved + row.picked
        ]

    @precondition(lambda self: self.products and self.short())
    @rule(data=st.data())
    def reserve(self, data) -> None:
        order_id = data.draw(st.sampled_from(self.short()))
        self.do("order.reserve", lambda tx: orders.reserve(tx, order_id))
