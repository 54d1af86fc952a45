"""Steps that must be refused: each gives a UserError and changes not one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.errors import UserError
from app.models.base import new_id
from app.services import billing, orders, payments, picking, quotes, returns, shipping, stock
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.payments import NewPayment
from app.services.quotes import Acceptance
from tests.desk import DAY
from tests.machines.world import World

Step = tuple[str, Callable[[Any], Any]]
HUGE = 10**12  # grains nobody has


class Forbidden(World):
    def forbidden_quotes(self) -> Iterator[Step]:
        for key in self.quotes.get("sent", [])[:2]:
            yield "send a sent quote", lambda tx, key=key: quotes.send(tx, key)
            revision = self.desk.read(quotes.get, key).revision
            yield "change a sent quote", lambda tx, key=key, r=revision: quotes.set_lines(tx, key, r, ())
        for key in self.quotes.get("accepted", [])[:2]:
            yield "accept twice", lambda tx, key=key: quotes.accept(tx, key, Acceptance())
            yield "revise an accepted quote", lambda tx, key=key: quotes.revise(tx, key)
        for key in self.quotes.get("draft", [])[:2]:
            yield "decline a draft", lambda tx, key=key: quotes.decline(tx, key)
            yield "change an outdated quote", lambda tx, key=key: quotes.set_lines(tx, key, 999, ())

    def forbidden_orders(self) -> Iterator[Step]:
        customer, goods = self.customers[0], self.goods[0]
        negative = NewOrder(customer, (LineInput(goods, Decimal(-1)),))
        yield "order less than nothing", lambda tx: orders.create(tx, negative)
        deposit = NewOrder(customer, (LineInput(goods, Decimal(1)),), deposit_amount=Decimal(999))
        yield "a deposit above the total", lambda tx: orders.create(tx, deposit)
        unknown = NewOrder(customer, (LineInput(goods, Decimal(1), unit="pallet"),))
        yield "an unknown unit", lambda tx: orders.create(tx, unknown)
        for key in self.open_orders[:3] + self.orders.get("closed", [])[:2] + self.orders.get("cancelled", [])[:2]:
            yield "confirm twice", lambda tx, key=key: orders.confirm(tx, key)
        for key in self.orders.get("cancelled", [])[:2]:
            yield "add to a cancelled order", lambda tx, key=key: orders.add_line(tx, key, LineInput(goods))
            yield "cancel twice", lambda tx, key=key: orders.cancel(tx, key)
        for key in self.orders.get("draft", [])[:2]:
            yield "close a draft", lambda tx, key=key: orders.close(tx, key)
            quantities = {row.id: row.ordered for row in self.lines[key]}
            yield "invoice a draft", lambda tx, key=key, q=quantities: billing.draft(tx, key, q)
        for rows in self.lines.values():
            for row in rows[:2]:
                if row.shipped > row.returned or row.invoiced:
                    yield "cancel what went out", lambda tx, key=row.order_id: orders.cancel(tx, key)
                if row.picked or row.shipped > row.returned or row.invoiced > 0:
                    yield (
                        "lower below what happened",
                        lambda tx, r=row: orders.change_line(tx, r.order_id, r.id, quantity=Decimal(0)),
                    )
                    yield "remove a used line", lambda tx, r=row: orders.remove_line(tx, r.order_id, r.id)

    def forbidden_goods(self) -> Iterator[Step]:
        yield "count below zero", lambda tx: stock.count(tx, self.goods[0], Decimal(-1))
        yield "receive a service", lambda tx: stock.receive(tx, self.service, Decimal(1))
        yield "receive nothing", lambda tx: stock.receive(tx, self.goods[0], Decimal(0))
        yield "receive a sliver", lambda tx: stock.receive(tx, self.goods[0], Decimal("0.00000001"))
        yield "pick a list that is not there", lambda tx: picking.complete(tx, new_id())
        for key in self.picks.get("done", [])[:2] + self.picks.get("cancelled", [])[:2]:
            yield "pick twice", lambda tx, key=key: picking.complete(tx, key)
        for row in self.pick_of("open")[:2]:
            lines = self.pick_lines(row.id)
            more = {line.id: line.wanted + 1 for line in lines}
            yield "pick more than asked", lambda tx, k=row.id, m=more: picking.complete(tx, k, m)
            yield "pick nothing", lambda tx, k=row.id: picking.complete(tx, k, {})
        for state in ("shipped", "delivered", "cancelled"):
            for key in self.shipments.get(state, [])[:2]:
                yield f"ship what is {state}", lambda tx, key=key: shipping.ship(tx, key)
                yield f"pack what is {state}", lambda tx, key=key: shipping.pack(tx, key)
                yield f"unpack what is {state}", lambda tx, key=key: shipping.unpack(tx, key)
        for key in self.shipments.get("planned", [])[:2]:
            yield "deliver what is planned", lambda tx, key=key: shipping.deliver(tx, key)
            rows = self.lines[self.order_of(key)]
            many = {row.id: HUGE for row in rows if row.product_id in self.goods}
            yield "ship what nobody has", lambda tx, key=key, m=many: shipping.ship(tx, key, None, m)
            fee = {row.id: row.ordered for row in rows if row.product_id not in self.goods}
            if fee:
                yield "ship a service", lambda tx, key=key, m=fee: shipping.ship(tx, key, None, m)
        for key, rows in list(self.lines.items())[:4]:
            more = {row.id: row.shipped - row.returned + 1 for row in rows}
            yield "take back what is not out", lambda tx, k=key, m=more: returns.authorise(tx, k, m, reason="dented")
        for key in self.returns.get("received", [])[:2] + self.returns.get("cancelled", [])[:2]:
            yield "receive a return twice", lambda tx, key=key: returns.receive(tx, key)

    def forbidden_money(self) -> Iterator[Step]:
        customer = self.customers[0]
        yield "pay nothing", lambda tx: payments.receive(tx, NewPayment(customer, Decimal(0), DAY))
        yield "pay a part of a cent", lambda tx: payments.receive(tx, NewPayment(customer, Decimal("0.001"), DAY))
        for key in self.posted[:3]:
            head = self.invoices[key]
            yield "post twice", lambda tx, key=key: billing.post(tx, key, DAY)
            yield "discard what is posted", lambda tx, key=key: billing.discard(tx, key)
            over = NewPayment(head.customer_id, Decimal(99_999), DAY, head.currency, allocations={key: Decimal(99_999)})
            yield "overpay", lambda tx, new=over: payments.receive(tx, new)
            stranger = next(one for one in self.customers[:2] if one != head.customer_id)
            wrong = NewPayment(stranger, Decimal(1), DAY, head.currency, allocations={key: Decimal(1)})
            yield "pay another's invoice", lambda tx, new=wrong: payments.receive(tx, new)
            if head.kind == "credit":
                yield "credit a credit note", lambda tx, key=key: billing.credit(tx, key, DAY)
            else:
                many = {line.id: line.grains + 1 for line in self.invoice_lines(key)}
                yield "credit more than invoiced", lambda tx, key=key, m=many: billing.credit(tx, key, DAY, m)
        for key in self.drafts[:2]:
            yield "credit a draft", lambda tx, key=key: billing.credit(tx, key, DAY)
            head = self.invoices[key]
            early = NewPayment(head.customer_id, Decimal(1), DAY, head.currency, allocations={key: Decimal(1)})
            yield "pay a draft", lambda tx, new=early: payments.receive(tx, new)
        for key in list(self.reversed)[:2]:
            yield "take back twice", lambda tx, key=key: payments.reverse(tx, key, DAY)
            for other in self.unpaid[:2]:
                yield (
                    "allocate what was taken back",
                    lambda tx, k=key, o=other: payments.allocate(tx, k, o, Decimal("0.01"), DAY),
                )
        for one, other in self.matches()[:2]:
            much = self.left[one] * 2
            yield "allocate more than is left", lambda tx, p=one, i=other, m=much: payments.allocate(tx, p, i, m, DAY)

    @precondition(lambda self: self.products)
    @rule(data=st.data())
    def forbidden(self, data) -> None:
        kinds = (self.forbidden_quotes, self.forbidden_orders, self.forbidden_goods, self.forbidden_money)
        steps = list(data.draw(st.sampled_from(kinds), "kind")())
        if not steps:
            return
        name, op = data.draw(st.sampled_from(steps), "step")
        before = self.desk.fingerprint()
        self.taken[f"refused: {name}"] = self.taken.get(f"refused: {name}", 0) + 1
        with pytest.raises(UserError):
            self.desk.do("forbidden.step", op)
        assert self.desk.fingerprint() == before, f"{name} was refused and changed something"

    def pick_lines(self, pick_id: Any) -> list[Any]:
        from app.models.shipment import pick_line

        return self.rows(pick_line, pick_line.c.pick_id, pick_id)
