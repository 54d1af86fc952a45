"""A company in the middle of its work: every kind of document, in every state that people leave them in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.base import new_id
from app.models.invoice import invoice
from app.models.payment_terms import After, Part, ShareOf
from app.models.product import GRAIN
from app.models.returns import Disposition
from app.models.shipment import pick, shipment
from app.models.stock import location, lot
from app.models.supply import bill, bill_line
from app.services import (
    activity,
    allocation,
    billing,
    carriers,
    companies,
    labels,
    orders,
    parties,
    payment_terms,
    payments,
    picking,
    quarantine,
    quotes,
    return_credits,
    returns,
    routing,
    shelves,
    shipping,
    stock,
    stock_ledger,
    takeover,
    warehouses,
)
from app.services.billing import FreeInvoice
from app.services.carriers import NewService
from app.services.document_lines import LineInput
from app.services.integrations.carriers.port import Label
from app.services.orders import NewOrder, Signature
from app.services.packaging import NewPackage
from app.services.parties import Contact
from app.services.payments import NewPayment
from app.services.placing import Put
from app.services.quotes import Acceptance, NewQuote
from app.services.returns import LineTerms, Terms
from app.services.shipping import Dispatch
from app.services.takeover import TakenOrder
from app.services.warehouses import NewBin
from tests.busy_supply import BusySupply
from tests.desk import DAY, Desk

LATER = date(2026, 12, 5)


class Busy(Desk):
    """Names for what it makes: ``ids["paid"]`` is the order that was paid, and so on."""

    def work(self) -> Busy:
        self.ids: dict[str, Any] = {}
        self.found(delivery_steps=2, over_delivery=Decimal("0.1"))
        self.masters()
        self.quotations()
        self.deposit_order()
        self.parcels()
        self.returned_order()
        self.foreign_order()
        self.on_account()
        self.history()
        self.spread_order()
        self.kit_order()
        self.cared_order()
        self.lots()
        BusySupply(self).work()
        return self

    def masters(self) -> None:
        ids = self.ids
        ids["customer"], ids["exempt"] = self.customer(), self.customer("Quay Diplomatic", tax_exempt=True)
        ids["pound"] = self.customer("Dover Chandlers", currency="GBP")
        ids["valve"] = self.product("VALVE")
        ids["pump"] = self.product("PUMP", "240.00", units={}, tax_codes="V9")
        ids["hour"] = self.product("HOUR", "75", kind="service", unit="hour", units={})
        self.do("carrier.add", lambda tx: companies.add_carrier(tx, "DHL", "DHL", services=("Freight",)))
        self.do("contact.add", lambda tx: parties.add_contact(tx, ids["customer"], Contact("Eve Finch")))
        seen, now = {"notes": ""}, {"notes": "Rings twice"}
        self.do("customer.change", lambda tx: parties.change(tx, ids["customer"], now, seen))
        for name in ("valve", "pump"):
            self.do("stock.receive", lambda tx, name=name: stock.receive(tx, ids[name], Decimal(60)))
        self.do("stock.count", lambda tx: stock.count(tx, ids["pump"], Decimal(58)))
        self.put_away()
        self.do("note.write", lambda tx: activity.add_note(tx, ids["customer"], "Ask for Eve"))

    def put_away(self) -> None:
        """Some pumps are put away into two bins."""
        ids = self.ids
        ids["place"] = place = self.read(stock_ledger.main_location)
        new = (NewBin("A-1", "A", 1, 1), NewBin("A-2", "A", 1, 2))
        ids["bins"] = bins = self.do("bin.add", lambda tx: warehouses.add_bins(tx, place, new))
        for bin_id, pumps in zip(bins, (10, 20), strict=True):
            grains = pumps * 3_600_000
            self.do("goods.put", lambda tx, b=bin_id, n=grains: shelves.put_away(tx, place, ids["pump"], n, b))

    def spread_order(self) -> None:
        """Four pieces from the main warehouse, two from the branch, promised and not picked."""
        ids = self.ids
        ids["branch"] = new_id()
        row = {"id": ids["branch"], "code": "BR", "name": "Breskens", "active": True, "rank": 1}
        self.do("warehouse.add", lambda tx: tx.insert(location, {**row, "owner": tx.site}))
        ids["rope"] = self.product("ROPE")
        for place, pieces in ((None, 9), (ids["branch"], 3)):
            self.do(
                "stock.receive",
                lambda tx, place=place, n=pieces: stock.receive(tx, ids["rope"], Decimal(n), location_id=place),
            )
        order = self.confirmed(NewOrder(ids["customer"], (LineInput(ids["rope"], Decimal(6)),)))
        [line] = self.read(orders.lines, order)
        ids["spread line"], shares = line.id, {ids["branch"]: 2 * GRAIN}
        self.do("order.route", lambda tx: routing.send_from(tx, order, line.id, shares))

    def kit_order(self) -> None:
        """Two kits of two ropes, one of them shipped."""
        ids = self.ids
        kit, bill_id = self.product("KIT", "40", kind="kit", units={}), new_id()
        whole = {"unit": "piece", "numerator": 1, "denominator": 1, "quantity": Decimal(1)}
        head = {"id": bill_id, "product_id": kit, **whole, "lead_days": 0, "active": True}
        self.do("bill.add", lambda tx: tx.insert(bill, head))
        part = {"id": new_id(), "bill_id": bill_id, "position": 1, "product_id": ids["rope"], "fixed": False}
        part = {**part, **whole, "quantity": Decimal(2)}
        self.do("bill.add_line", lambda tx: tx.insert(bill_line, part))
        ids["kit order"] = order = self.confirmed(NewOrder(ids["customer"], (LineInput(kit, Decimal(2)),)))
        [ids["kit line"]] = [line.id for line in self.read(orders.lines, order)]

    def quotations(self) -> None:
        ids, lines = self.ids, (LineInput(self.ids["valve"], Decimal(4)), LineInput(self.ids["hour"], Decimal(2)))
        for name in ("accepted", "sent", "declined"):
            ids[name] = self.do("quote.create", lambda tx: quotes.create(tx, NewQuote(ids["customer"], lines)))
            self.do("quote.send", lambda tx, key=ids[name]: quotes.send(tx, key))
        self.do("quote.revise", lambda tx: quotes.revise(tx, ids["sent"]))
        self.do("quote.send", lambda tx: quotes.send(tx, ids["sent"]))
        self.do("quote.decline", lambda tx: quotes.decline(tx, ids["declined"]))
        answer = Acceptance("PO-4500", Signature("Eve Finch", DAY))
        ids["draft order"] = self.do("quote.accept", lambda tx: quotes.accept(tx, ids["accepted"], answer))

    def deposit_order(self) -> None:
        """Thirty percent asked, posted, paid; half shipped, invoiced with the deposit deducted."""
        ids = self.ids
        new = NewOrder(
            ids["customer"],
            (LineInput(ids["valve"], Decimal(10)), LineInput(ids["hour"], Decimal(1))),
            deposit_percent=Decimal(30),
            discount_percent=Decimal(10),
        )
        ids["deposit order"] = order = self.confirmed(new)
        ids["deposit"] = self.draft_of(order, "deposit")
        self.post(ids["deposit"])
        ids["deposit payment"] = self.pay(ids["deposit"])
        self.ship(order, share=2)
        ids["deducting"] = self.draft_of(order)
        self.post(ids["deducting"])

    def parcels(self) -> None:
        """One order picked in part and packed in two boxes, one shipped and paid, one that waits for goods."""
        ids = self.ids
        lines = (LineInput(ids["valve"], Decimal(1), unit="dozen"), LineInput(ids["pump"], Decimal(3)))
        ids["packed order"] = order = self.confirmed(NewOrder(ids["exempt"], lines))
        ids["pick"] = self.one(pick, order, "open")
        self.do("pick.complete", lambda tx: picking.complete(tx, ids["pick"], self.halves(ids["pick"])))
        ids["packed"] = self.one(shipment, order, "planned")
        rows = self.read(orders.lines, order)
        boxes = [NewPackage({row.id: row.picked // 2 for row in rows}, weight_g=900) for _ in range(2)]
        self.do("shipment.pack", lambda tx: shipping.pack(tx, ids["packed"], boxes))
        self.labels(ids["packed"])
        ids["paid order"] = order = self.confirmed(NewOrder(ids["customer"], lines, invoice_policy="order"))
        self.ship(order)
        ids["paid"] = self.draft_of(order)
        self.post(ids["paid"])
        ids["payment"] = self.pay(ids["paid"])
        many = (LineInput(ids["pump"], Decimal(500)), LineInput(ids["hour"], Decimal(3)))
        ids["waiting order"] = self.confirmed(NewOrder(ids["customer"], many))

    def labels(self, shipment_id: UUID) -> None:
        """A label of our own for each box, the first of them voided and made again."""

        def service(tx: Any) -> UUID:
            carrier_id = companies.add_carrier(tx, "MER", "Meridian")
            carriers.add_service(tx, carrier_id, NewService("P", "Parcel"))
            return carrier_id

        carrier_id = self.do("carrier.add", service)
        first, second = self.do("label.plan", lambda tx: labels.plan(tx, shipment_id, carrier_id, "P"))
        for one in (first, second):
            self.buy(one)
        self.do("label.begin_void", lambda tx: labels.begin_void(tx, first).request.key)
        self.do("label.end_void", lambda tx: labels.end_void(tx, first))
        [again] = self.do("label.plan", lambda tx: labels.plan(tx, shipment_id, carrier_id, "P"))
        self.buy(again)
        self.ids["label"], self.ids["other label"] = again, second

    def buy(self, purchase_id: UUID) -> None:
        """What the books keep of a purchase that goes well."""
        self.do("label.send", lambda tx: labels.send(tx, purchase_id).request.key)
        self.do("label.finish", lambda tx: labels.finish(tx, purchase_id, Label(f"MR{purchase_id.hex}")))

    def returned_order(self) -> None:
        """Shipped, invoiced, some came back broken and is credited, some is to be replaced."""
        ids = self.ids
        ids["returned order"] = order = self.confirmed(
            NewOrder(ids["customer"], (LineInput(ids["valve"], Decimal(6)),))
        )
        self.ship(order)
        ids["invoice"] = self.draft_of(order)
        self.post(ids["invoice"])
        line = self.read(orders.lines, order)[0]
        for name, terms in (("return", returns.CREDITED), ("exchange", returns.REPLACED)):
            back = {line.id: line.ordered // 6}
            ids[name] = self.do(
                "return.authorise",
                lambda tx, t=terms, b=back: returns.authorise(tx, order, b, reason="dented", terms=t),
            )
            scrap = None if name == "exchange" else back
            self.do("return.receive", lambda tx, n=name, s=scrap: returns.receive(tx, ids[n], None, s))
        lines = self.read(lambda c: billing.lines(c, ids["invoice"]))
        part = {lines[0].id: lines[0].grains // 6}
        ids["credit"] = self.do("invoice.credit", lambda tx: billing.credit(tx, ids["invoice"], DAY, part))

    def cared_order(self) -> None:
        """Shipped and invoiced: one replaced in advance, one exchanged, two in repair, one credited by its return."""
        ids = self.ids
        ids["cared order"] = order = self.confirmed(NewOrder(ids["customer"], (LineInput(ids["valve"], Decimal(6)),)))
        self.ship(order)
        self.post(self.draft_of(order))
        line = self.read(orders.lines, order)[0]
        kinds = {
            "sent ahead": (1, Terms(LineTerms(Disposition.REPLACE), in_advance=True, expected_on=LATER)),
            "other goods": (1, Terms(LineTerms(Disposition.EXCHANGE, exchange_for=ids["rope"]))),
            "repair": (2, Terms(LineTerms(Disposition.REPAIR))),
            "credited return": (1, returns.CREDITED),
        }
        for name, (pieces, terms) in kinds.items():
            back = {line.id: pieces * GRAIN}
            ids[name] = self.do(
                "return.authorise",
                lambda tx, t=terms, b=back: returns.authorise(tx, order, b, reason="dull", terms=t),
            )
            if name != "sent ahead":
                self.do("return.receive", lambda tx, key=ids[name]: returns.receive(tx, key))
        self.do("return.repair", lambda tx: returns.finish_repair(tx, ids["repair"], {line.id: GRAIN}))
        self.do("return.credit", lambda tx: return_credits.credit(tx, ids["credited return"], DAY))

    def foreign_order(self) -> None:
        """In pounds, posted at one rate and paid in part at another."""
        ids = self.ids
        line = LineInput(ids["valve"], Decimal(3), unit_price=Decimal("15.05"))
        ids["foreign order"] = order = self.confirmed(NewOrder(ids["pound"], (line,)))
        self.ship(order)
        ids["foreign"] = self.draft_of(order)
        self.post(ids["foreign"])
        new = NewPayment(ids["pound"], Decimal(20), LATER, allocations={ids["foreign"]: Decimal(20)})
        ids["foreign payment"] = self.do("payment.receive", lambda tx: payments.receive(tx, new))

    def on_account(self) -> None:
        """Money without an invoice, used in part; a payment taken back; invoices without an order."""
        ids, lines = self.ids, (LineInput(self.ids["hour"], Decimal(2)),)
        ids["free"] = self.do("invoice.write", lambda tx: billing.write(tx, FreeInvoice(ids["customer"], lines)))
        self.post(ids["free"])
        new = NewPayment(ids["customer"], Decimal(500), DAY, reference="advance")
        ids["advance"] = self.do("payment.receive", lambda tx: payments.receive(tx, new))
        self.do("payment.allocate", lambda tx: payments.allocate(tx, ids["advance"], ids["free"], Decimal(50), DAY))
        ids["bounced"] = self.pay(ids["invoice"])
        ids["reversal"] = self.do("payment.reverse", lambda tx: payments.reverse(tx, ids["bounced"], LATER))
        ids["draft"] = self.do("invoice.write", lambda tx: billing.write(tx, FreeInvoice(ids["customer"], lines)))
        half = Part(ShareOf.TOTAL, Decimal(50), After(days=10))
        in_parts = payment_terms.Terms("2X", "Half in 10 days, half a month later", (half, Part(after=After(months=1))))
        self.do("payment_term.save", lambda tx: payment_terms.save(tx, in_parts))
        parts = FreeInvoice(ids["customer"], lines, payment_term="2X")
        ids["in parts"] = self.do("invoice.write", lambda tx: billing.write(tx, parts))
        self.post(ids["in parts"])
        part = NewPayment(ids["customer"], Decimal(70), DAY, allocations={ids["in parts"]: Decimal(70)})
        self.do("payment.receive", lambda tx: payments.receive(tx, part))

    def lots(self) -> None:
        """Seals with lots: some shipped, some on a released list, one lot blocked; a motor with a serial number."""
        ids, far = self.ids, date(2027, 6, 30)
        ids["seal"] = seal = self.product("SEAL", "3", units={}, tracking="lot")
        ids["motor"] = motor = self.product("MOTOR", "900", units={}, tracking="serial")
        goods = (
            (seal, "L-1", 8, date(2027, 1, 31)),
            (seal, "L-2", 8, far),
            (seal, "L-3", 4, far),
            (motor, "SN-1", 1, far),
        )
        for product_id, code, pieces, last in goods:
            put = Put(Decimal(pieces), ids["bins"][0], code, last)
            self.do(
                "stock.receive",
                lambda tx, p=product_id, put=put: stock.receive(tx, p, put.quantity, puts=[put]),
            )
        ids["shipped seals"] = order = self.confirmed(NewOrder(ids["customer"], (LineInput(seal, Decimal(9)),)))
        list_id = self.one(pick, order, "open")
        self.do("pick.complete", lambda tx: picking.complete(tx, list_id))
        ids["seal shipment"] = self.one(shipment, order, "planned")
        self.do("shipment.pack", lambda tx: shipping.pack(tx, ids["seal shipment"]))
        self.do("shipment.ship", lambda tx: shipping.ship(tx, ids["seal shipment"]))
        ids["seals"] = order = self.confirmed(NewOrder(ids["customer"], (LineInput(seal, Decimal(4)),)))
        ids["seal pick"] = self.one(pick, order, "open")
        self.do("pick.release", lambda tx: allocation.release(tx, ids["seal pick"]))
        for code in ("L-1", "L-2", "L-3", "SN-1"):
            ids[code] = self.read(
                lambda c, code=code: c.execute(select(lot.c.id).where(lot.c.code == code)).scalar_one()
            )
        self.do("lot.block", lambda tx: quarantine.block(tx, ids["L-3"], "wrong colour"))

    def history(self) -> None:
        """An order of another system, delivered there."""
        ids = self.ids
        taken = TakenOrder(
            ids["customer"], "OLD-77", date(2024, 5, 3), (LineInput(ids["pump"], Decimal(2)),), date(2024, 5, 6)
        )
        (ids["taken order"],) = self.do("order.take_over", lambda tx: takeover.take_over(tx, [taken]))

    # shorter words ---------------------------------------------------------------------------

    def confirmed(self, new: NewOrder) -> UUID:
        order = self.do("order.create", lambda tx: orders.create(tx, new))
        self.do("order.confirm", lambda tx: orders.confirm(tx, order))
        return order

    def one(self, table: Any, order: UUID, state: str) -> UUID:
        statement = select(table.c.id).where(table.c.order_id == order, table.c.state == state)
        return self.read(lambda c: c.execute(statement).scalar_one())

    def halves(self, pick_id: UUID) -> dict[UUID, int]:
        from app.models.shipment import pick_line

        rows = self.read(lambda c: c.execute(select(pick_line).where(pick_line.c.pick_id == pick_id)).all())
        return {row.id: row.wanted // 3 * 2 for row in rows}

    def ship(self, order: UUID, share: int = 1) -> UUID:
        planned = self.one(shipment, order, "planned")
        there = {row.id: row.reserved // share for row in self.read(orders.lines, order) if row.reserved}
        self.do("shipment.ship", lambda tx: shipping.ship(tx, planned, Dispatch("DHL", "Freight", "JD1"), there))
        return planned

    def draft_of(self, order: UUID, kind: str = "invoice") -> UUID:
        statement = select(invoice.c.id).where(
            invoice.c.order_id == order, invoice.c.state == "draft", invoice.c.kind == kind
        )
        return self.read(lambda c: c.execute(statement).scalar_one())

    def post(self, invoice_id: UUID) -> None:
        self.do("invoice.post", lambda tx: billing.post(tx, invoice_id, DAY))

    def pay(self, invoice_id: UUID) -> UUID:
        head = self.read(billing.get, invoice_id)
        new = NewPayment(head.customer_id, head.open_amount, DAY, allocations={invoice_id: head.open_amount})
        return self.do("payment.receive", lambda tx: payments.receive(tx, new))
