"""Steps of the warehouse: receive, count, pick, pack, ship, take back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.invoice import invoice, invoice_line
from app.models.returns import Disposition, goods_return, goods_return_line, progress
from app.models.shipment import package, pick, pick_line, shipment, shipment_line
from app.services import picking, return_credits, returns, shipping, stock
from app.services.packaging import NewPackage
from app.services.returns import LineTerms, Terms
from app.services.shipping import Dispatch
from tests.desk import DAY
from tests.machines.world import QUANTITIES, World

ADVANCED = Terms(LineTerms(Disposition.REPLACE), in_advance=True, expected_on=DAY)
REPAIRED = Terms(LineTerms(Disposition.REPAIR))
REFUSED = Terms(LineTerms(Disposition.SEND_BACK))
EXCHANGED = Terms(LineTerms(Disposition.EXCHANGE))
TERMS = (returns.CREDITED, returns.REPLACED, ADVANCED, REPAIRED, REFUSED, EXCHANGED)


class Fulfilling(World):
    def look(self) -> None:
        super().look()
        rows = self.desk.read(
            lambda c: c.execute(
                select(shipment.c.order_id, shipment_line.c.order_line_id, shipment_line.c.planned)
                .join(shipment_line, shipment_line.c.shipment_id == shipment.c.id)
                .where(shipment.c.state == "packed")
            ).all()
        )
        self.packed_orders = {row.order_id for row in rows}
        self.packed: dict = {}
        for row in rows:
            self.packed[row.order_line_id] = self.packed.get(row.order_line_id, 0) + row.planned
        picked = (
            select(pick_line.c.order_line_id)
            .join(pick, pick.c.id == pick_line.c.pick_id)
            .where(pick_line.c.wanted > 0, pick.c.state == "done")
        )
        posted = select(invoice_line.c.order_line_id).join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        papers = picked.union(posted.where(invoice.c.number.is_not(None)))
        self.on_paper = set(self.desk.read(lambda c: c.execute(papers).scalars().all()))
        self.every_line = {row.id: row for rows in self.lines.values() for row in rows}

    def parts(self, whole: dict, share: int) -> dict:
        """A part of each quantity by order line; nothing stays nothing."""
        return {key: self.part(grains, share, self.every_line[key].product_id) for key, grains in whole.items()}

    def waits(self, order_id) -> bool:
        """Whether something is open of a deposit that blocks the order, told from its invoices alone."""
        if self.heads[order_id].state == "draft":
            return False
        awaited: dict = {}
        for key, row in self.invoices.items():
            deposit = row if row.kind == "deposit" else self.invoices.get(row.credits_id)
            if deposit is None or deposit.order_id != order_id or deposit.kind != "deposit" or not deposit.blocks:
                continue
            if row.state == "cancelled" or (key != deposit.id and not row.number):
                continue
            rest = row.total if row.state == "draft" else row.open_amount
            awaited[deposit.id] = awaited.get(deposit.id, 0) + rest
        return any(rest > 0 for rest in awaited.values())

    # stock -----------------------------------------------------------------------------------

    @rule(data=st.data(), quantity=QUANTITIES)
    def receive(self, data, quantity) -> None:
        product = data.draw(st.sampled_from(self.goods))
        unit = data.draw(st.sampled_from(self.units[product]))
        self.do("stock.receive", lambda tx: stock.receive(tx, product, quantity, unit=unit))
        self.books.on_hand[product] += self.in_grains(product, quantity, unit)
        self.nobody_waits_beside(product)

    def nobody_waits_beside(self, product) -> None:
        """Free stock and an order that waits for it are never side by side once goods came in."""
        if not self.free.get(product, 0):
            return
        for order_id in self.open_orders:
            for row in self.lines[order_id]:
                if row.product_id == product and not self.waits(order_id):
                    outstanding = max(0, row.ordered - row.cancelled - row.shipped + row.returned_open)
                    assert outstanding <= row.reserved + row.picked

    @rule(data=st.data(), counted=st.sampled_from([Decimal(n) for n in ("0", "1", "2", "7", "30")]))
    def count(self, data, counted) -> None:
        product = data.draw(st.sampled_from(self.goods))
        picked = sum(row.picked for row in self.every_line.values() if row.product_id == product)
        actual = self.in_grains(product, counted, "")
        if actual < picked:
            counted, actual = Decimal(50), self.in_grains(product, Decimal(50), "")
        difference = self.do("stock.count", lambda tx: stock.count(tx, product, counted))
        assert Fraction(difference) == Fraction(actual - self.books.on_hand[product], self.grain[product]) or (
            difference != round(difference, 20)
        )
        self.books.on_hand[product] = actual
        self.nobody_waits_beside(product)

    # picking ---------------------------------------------------------------------------------

    @precondition(lambda self: self.products and self.picks.get("open"))
    @rule(data=st.data(), share=st.sampled_from([1, 1, 1, 2, 3]), cancel_rest=st.booleans())
    def pick(self, data, share, cancel_rest) -> None:
        pick_id = data.draw(st.sampled_from(self.picks["open"]))
        rows = self.rows(pick_line, pick_line.c.pick_id, pick_id)
        before = {row.order_line_id: self.every_line[row.order_line_id] for row in rows}
        taken = {row.id: self.part(row.wanted, share, row.product_id) for row in rows}
        if not any(taken.values()):
            taken, share = {row.id: row.wanted for row in rows}, 1
        chosen = None if share == 1 else taken
        self.do("pick.complete", lambda tx: picking.complete(tx, pick_id, chosen, cancel_rest=cancel_rest))
        for row in rows:
            line = self.every_line[row.order_line_id]
            assert line.picked == before[line.id].picked + taken[row.id]
            short = row.wanted - taken[row.id] if cancel_rest else 0
            assert line.cancelled == before[line.id].cancelled + short

    @precondition(lambda self: self.products and self.put_backs())
    @rule(data=st.data())
    def put_back(self, data) -> None:
        order_id = data.draw(st.sampled_from(self.put_backs()))
        self.do("pick.put_back", lambda tx: picking.put_back(tx, order_id))
        assert not any(row.picked for row in self.lines[order_id])

    def put_backs(self) -> list:
        return [
            key for key, rows in self.lines.items() if key not in self.packed_orders and any(row.picked for row in rows)
        ]

    # packing and shipping --------------------------------------------------------------------

    def order_of(self, shipment_id):
        return self.desk.read(lambda c: c.execute(select(shipment).where(shipment.c.id == shipment_id)).one()).order_id

    def unpacked(self, order_id) -> dict:
        """What is picked for an order and lies in no packed shipment."""
        found = {row.id: row.picked - self.packed.get(row.id, 0) for row in self.lines[order_id]}
        return {key: grains for key, grains in found.items() if grains}

    def packable(self) -> list:
        """Planned shipments that something is picked for, not more than is still to ship."""
        return [key for key in self.shipments.get("planned", []) if self.unpacked(self.order_of(key))]

    @precondition(lambda self: self.products and self.packable())
    @rule(data=st.data(), share=st.sampled_from([1, 1, 2]), packages=st.integers(1, 2))
    def pack(self, data, share, packages) -> None:
        shipment_id = data.draw(st.sampled_from(self.packable()))
        whole = self.unpacked(self.order_of(shipment_id))
        contents = self.parts(whole, share)
        contents = {key: grains for key, grains in contents.items() if grains} or whole
        boxes = [NewPackage(contents, weight_g=1200)]
        if packages == 2:
            first = self.parts(contents, 2)
            second = {key: grains - first[key] for key, grains in contents.items()}
            boxes = [NewPackage(first, weight_g=700), NewPackage(second, weight_g=500, length_mm=300)]
        default = share == 1 and packages == 1
        self.do("shipment.pack", lambda tx: shipping.pack(tx, shipment_id, None if default else boxes))
        assert shipment_id in self.shipments["packed"]
        rows = self.rows(shipment_line, shipment_line.c.shipment_id, shipment_id)
        assert {row.order_line_id: row.planned for row in rows if row.planned} == contents

    @precondition(lambda self: self.products and self.shipments.get("packed"))
    @rule(data=st.data())
    def unpack(self, data) -> None:
        shipment_id = data.draw(st.sampled_from(self.shipments["packed"]))
        self.do("shipment.unpack", lambda tx: shipping.unpack(tx, shipment_id))
        assert not self.rows(package, package.c.shipment_id, shipment_id)

    def leaving(self) -> list:
        """Packed shipments whose order does not wait for its deposit."""
        return [key for key in self.shipments.get("packed", []) if not self.waits(self.order_of(key))]

    @precondition(lambda self: self.products and self.leaving())
    @rule(data=st.data(), backorder=st.sampled_from([True, True, False]))
    def ship_packed(self, data, backorder) -> None:
        shipment_id = data.draw(st.sampled_from(self.leaving()))
        rows = self.rows(shipment_line, shipment_line.c.shipment_id, shipment_id)
        boxes = len(self.rows(package, package.c.shipment_id, shipment_id))
        dispatch = Dispatch("DHL", "Freight", "JD1", tuple(f"JD1-{n}" for n in range(boxes)) if boxes > 1 else ())
        self.ship(shipment_id, {row.order_line_id: row.planned for row in rows if row.planned}, backorder, dispatch)

    def there(self, shipment_id) -> dict:
        """What may leave directly with a planned shipment: promised, or picked and not packed."""
        rows = self.lines[self.order_of(shipment_id)]
        found = {row.id: row.reserved + row.picked - self.packed.get(row.id, 0) for row in rows}
        return {key: grains for key, grains in found.items() if grains}

    def direct(self) -> list:
        return [key for key in self.shipments.get("planned", []) if self.there(key)]

    @precondition(lambda self: self.products and self.direct())
    @rule(data=st.data(), share=st.sampled_from([1, 1, 2, 3]), backorder=st.sampled_from([True, True, False]))
    def ship_directly(self, data, share, backorder) -> None:
        shipment_id = data.draw(st.sampled_from(self.direct()))
        whole = self.there(shipment_id)
        chosen = self.parts(whole, share)
        chosen = {key: grains for key, grains in chosen.items() if grains} or whole
        self.ship(shipment_id, chosen, backorder, None, quantities=None if share == 1 else chosen)

    def ship(self, shipment_id, leaving, backorder, dispatch, quantities=None) -> None:
        order_id = self.order_of(shipment_id)
        before = {row.id: row for row in self.lines[order_id]}
        held = {key: self.packed.get(key, 0) for key in before}
        if shipment_id in self.shipments.get("packed", []):
            held = {key: grains - leaving.get(key, 0) for key, grains in held.items()}
        for key, grains in leaving.items():
            self.books.ship(before[key].product_id, key, grains)
        self.do(
            "shipment.ship",
            lambda tx: shipping.ship(tx, shipment_id, dispatch, quantities, backorder=backorder),
        )
        for row in self.lines[order_id]:
            assert row.picked >= held[row.id], "what is packed elsewhere was taken"
            left = row.ordered - row.cancelled - row.shipped + row.returned_open
            if not backorder and row.product_id in self.goods:
                old = before[row.id]
                outstanding = old.ordered - old.cancelled - old.shipped + old.returned_open
                assert left == min(held[row.id], outstanding), "all but what is packed elsewhere is taken off"

    @precondition(lambda self: self.products and self.shipments.get("shipped"))
    @rule(data=st.data())
    def deliver(self, data) -> None:
        shipment_id = data.draw(st.sampled_from(self.shipments["shipped"]))
        self.do("shipment.deliver", lambda tx: shipping.deliver(tx, shipment_id))

    # returns ---------------------------------------------------------------------------------

    def coming_back(self, order_id) -> dict:
        """What of an order is with the customer and neither announced as a return yet nor in repair."""
        announced = self.desk.read(returns.announced, order_id)
        found = {row.id: row.shipped - row.returned - announced.get(row.id, 0) for row in self.lines[order_id]}
        return {key: grains for key, grains in found.items() if grains}

    def returnable(self) -> list:
        shipped = [key for key, rows in self.lines.items() if any(row.shipped > row.returned for row in rows)]
        return [key for key in shipped if self.coming_back(key)]

    @precondition(lambda self: self.products and self.returnable())
    @rule(data=st.data(), share=st.sampled_from([1, 2, 3]), terms=st.sampled_from(TERMS))
    def authorise_return(self, data, share, terms) -> None:
        order_id = data.draw(st.sampled_from(self.returnable()))
        whole = self.coming_back(order_id)
        chosen = self.parts(whole, share)
        chosen = {key: grains for key, grains in chosen.items() if grains} or whole
        before = {row.id: row for row in self.lines[order_id]}
        if terms is EXCHANGED:
            terms = self.exchanged(chosen)
        self.do("return.authorise", lambda tx: returns.authorise(tx, order_id, chosen, reason="dented", terms=terms))
        for row in self.lines[order_id]:
            opened = chosen.get(row.id, 0) if terms.in_advance else 0
            assert row.returned_open - before[row.id].returned_open == opened, "a replacement in advance opens its line"
            assert row.invoiced == before[row.id].invoiced

    def exchanged(self, chosen: dict) -> Terms:
        """Another product for each line whose quantity can be typed in it; the rest is credited."""
        others = {}
        for key, grains in chosen.items():
            row = self.every_line[key]
            number = Fraction(grains, self.grain[row.product_id]) * 10**6
            if row.product_id in self.goods and number.denominator == 1:
                other = self.goods[2] if row.product_id != self.goods[2] else self.goods[0]
                others[key] = LineTerms(Disposition.EXCHANGE, exchange_for=other)
        return Terms(by_line=others)

    @precondition(lambda self: self.products and self.returns.get("authorised"))
    @rule(data=st.data(), scrap=st.sampled_from([0, 0, 1, 2]))
    def receive_return(self, data, scrap) -> None:
        return_id = data.draw(st.sampled_from(self.returns["authorised"]))
        rows = self.rows(goods_return_line, goods_return_line.c.return_id, return_id)
        broken = {row.order_line_id: self.part(row.authorised, scrap, row.product_id) if scrap else 0 for row in rows}
        good = {row.order_line_id: row.authorised - broken[row.order_line_id] for row in rows}
        for row in rows:
            key = row.order_line_id
            if scrap or row.disposition != Disposition.REPAIR:  # what is in repair is not back yet
                self.books.give_back(row.product_id, key, good[key], broken[key])
        figures = (good, broken) if scrap else (None, None)
        self.do("return.receive", lambda tx: returns.receive(tx, return_id, *figures))

    @precondition(lambda self: self.products and self.returns.get("in_repair"))
    @rule(data=st.data(), share=st.sampled_from([1, 2]))
    def repair(self, data, share) -> None:
        """All or half of what is in repair is mended, the rest can not be."""
        return_id = data.draw(st.sampled_from(self.returns["in_repair"]))
        rows = self.rows(goods_return_line, goods_return_line.c.return_id, return_id)
        fine = {row.order_line_id: self.part(row.received_repair, share, row.product_id) for row in rows}
        lost = {row.order_line_id: row.received_repair - fine[row.order_line_id] for row in rows}
        for row in rows:
            self.books.give_back(row.product_id, row.order_line_id, fine[row.order_line_id], lost[row.order_line_id])
        self.do("return.repair", lambda tx: returns.finish_repair(tx, return_id, fine, lost))

    def creditable(self) -> list:
        """Returns of which something that we keep was neither credited nor exchanged yet."""
        found = []
        for key in self.returns.get("received", []) + self.returns.get("in_repair", []):
            rows = self.rows(goods_return_line, goods_return_line.c.return_id, key)
            if any(progress(row, in_advance=False, replace=False).creditable > 0 for row in rows):
                found.append(key)
        return found

    @precondition(lambda self: self.products and self.creditable())
    @rule(data=st.data())
    def credit_return(self, data) -> None:
        return_id = data.draw(st.sampled_from(self.creditable()))
        try:
            notes = self.do("return.credit", lambda tx: return_credits.credit(tx, return_id, DAY))
        except NotAllowed:  # it was credited by hand, line by line
            return
        assert notes
        for note in notes:
            head = self.invoices[note]
            self.books.post(head.customer_id, head.order_id, head.total)

    @precondition(lambda self: self.products and self.returns_to_cancel())
    @rule(data=st.data())
    def cancel_return(self, data) -> None:
        return_id = data.draw(st.sampled_from(self.returns_to_cancel()))
        self.do("return.cancel", lambda tx: returns.cancel(tx, return_id))

    def returns_to_cancel(self) -> list:
        """Returns of which nothing arrived and nothing was sent in advance."""
        rows = select(goods_return.c.id).where(
            goods_return.c.state == "authorised", goods_return.c.in_advance.is_(False)
        )
        return list(self.desk.read(lambda c: c.execute(rows.order_by(goods_return.c.id)).scalars().all()))

    @precondition(lambda self: self.products and self.returns.get("authorised"))
    @rule(data=st.data())
    def stop_waiting(self, data) -> None:
        return_id = data.draw(st.sampled_from(self.returns["authorised"]))
        rows = self.rows(goods_return_line, goods_return_line.c.return_id, return_id)
        self.do("return.stop_waiting", lambda tx: returns.stop_waiting(tx, return_id))
        for row in rows:
            line = self.every_line[row.order_line_id]
            assert line.advanced <= line.shipped - line.returned
            assert line.returned_open <= line.returned + line.advanced

    def pick_of(self, state: str) -> list:
        return self.desk.read(lambda c: c.execute(select(pick).where(pick.c.state == state).order_by(pick.c.id)).all())
