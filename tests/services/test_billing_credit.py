"""Taking invoices back: to the cent in parts, deposits too, and not twice at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.invoice import InvoiceKind, invoice
from app.services import billing, orders, payments
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.payments import NewPayment
from tests.desk import DAY, Desk, unhurried


class Office(Desk):
    """Sells services that are invoiced when they are ordered."""

    def order(self, *prices: str, **agreed: Any) -> UUID:
        lines = tuple(LineInput(kind="fee", name="Crane", unit_price=Decimal(price)) for price in prices)
        new = NewOrder(self.customer(), lines, **agreed)
        order_id = self.do("order.write", lambda tx: orders.create(tx, new))
        self.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return order_id

    def draft(self, order_id: UUID, kind: str = InvoiceKind.INVOICE) -> UUID:
        wanted = select(invoice.c.id).where(invoice.c.order_id == order_id, invoice.c.kind == kind)
        return self.read(lambda c: c.execute(wanted).scalars().all())[-1]

    def posted(self, order_id: UUID, kind: str = InvoiceKind.INVOICE) -> UUID:
        invoice_id = self.draft(order_id, kind)
        self.do("invoice.post", lambda tx: billing.post(tx, invoice_id, DAY))
        return invoice_id

    def paid(self, invoice_id: UUID) -> None:
        head = self.read(billing.get, invoice_id)
        new = NewPayment(head.customer_id, head.open_amount, DAY, allocations={invoice_id: head.open_amount})
        self.do("payment.receive", lambda tx: payments.receive(tx, new))

    def credit(self, invoice_id: UUID, *positions: int) -> Any:
        lines = self.read(billing.lines, invoice_id)
        chosen = {line.id: line.grains for line in lines if line.position in positions} or None
        note = self.do("invoice.credit", lambda tx: billing.credit(tx, invoice_id, DAY, chosen))
        return self.read(billing.get, note)


@pytest.fixture
def office(database: Database) -> Office:
    office = Office(unhurried(database))
    office.found(invoice_policy="order")
    return office


def test_line_by_line_a_credit_takes_back_what_was_invoiced_to_the_cent(office):
    """10.00 off three equal lines is 3.33 for each: the last one takes the cent that is left."""
    asked = office.posted(office.order("10", "10", "10", discount_amount=Decimal(10)))
    notes = [office.credit(asked, position) for position in (1, 2, 3)]
    assert [note.total for note in notes] == [Decimal("-6.67"), Decimal("-6.67"), Decimal("-6.66")]
    assert [note.open_amount for note in notes] == [0, 0, 0]
    assert office.read(billing.get, asked).open_amount == 0
    assert office.damages() == []


def test_a_deducted_deposit_takes_no_part_of_the_discount(office):
    """20.00 off two lines of 100.00 is 10.00 for one, whatever deposit is deducted below them."""
    order_id = office.order("100", "100", discount_amount=Decimal(20), deposit_amount=Decimal(50))
    office.paid(office.posted(order_id, InvoiceKind.DEPOSIT))
    asked = office.posted(order_id)
    assert office.read(billing.get, asked).total == 130
    first, second = office.credit(asked, 1), office.credit(asked, 2)
    assert (first.discount_amount, first.total) == (-10, -90)
    assert (second.discount_amount, second.total) == (-10, -90)
    assert office.damages() == []


def test_an_order_whose_deposit_was_credited_can_be_cancelled(office):
    order_id = office.order("100", deposit_amount=Decimal(50))
    deposit = office.posted(order_id, InvoiceKind.DEPOSIT)
    with pytest.raises(NotAllowed, match="Write a credit note first"):
        office.do("order.cancel", lambda tx: orders.cancel(tx, order_id))
    office.credit(deposit)
    office.do("order.cancel", lambda tx: orders.cancel(tx, order_id))
    assert office.read(orders.get, order_id).state == "cancelled"
    assert office.damages() == []


def test_a_deposit_that_its_order_waits_for_is_not_thrown_away(office):
    order_id = office.order("100", deposit_amount=Decimal(50))
    deposit = office.draft(order_id, InvoiceKind.DEPOSIT)
    with pytest.raises(NotAllowed, match="Post the deposit invoice, or cancel the order"):
        office.do("invoice.discard", lambda tx: billing.discard(tx, deposit))
    office.do("order.cancel", lambda tx: orders.cancel(tx, order_id))
    assert office.read(billing.get, deposit).state == "cancelled"
    with pytest.raises(NotAllowed, match="called off already"):
        office.do("invoice.discard", lambda tx: billing.discard(tx, deposit))


@pytest.mark.parametrize("amount", ["50.004", "1.23456", "NaN"])
def test_a_deposit_that_no_payment_could_reach_is_refused(office, amount):
    with pytest.raises(Invalid, match=r"deposit|decimal|number"):
        office.order("100", deposit_amount=Decimal(amount))


def test_a_deposit_is_credited_or_deducted_and_never_both(office):
    """One clerk credits the deposit while another posts the invoice that deducts it."""
    order_id = office.order("100", deposit_amount=Decimal(50))
    deposit = office.posted(order_id, InvoiceKind.DEPOSIT)
    office.paid(deposit)
    rest, barrier, tries = office.draft(order_id), Barrier(2), []

    def together(op: Any) -> str:
        def run(tx: Any) -> None:
            tries.append(op)
            if tries.count(op) == 1:  # the server may break a deadlock and have one of them tried again
                try:
                    barrier.wait(5 if office.database.dialect == "postgresql" else 0.2)
                except BrokenBarrierError:
                    assert office.database.dialect == "sqlite", "there the second waits for the first"
            op(tx)

        try:
            office.do("race", run)
        except NotAllowed:
            return "refused"
        return "done"

    steps = [lambda tx: billing.credit(tx, deposit, DAY), lambda tx: billing.post(tx, rest, DAY)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(together, steps))
    assert office.damages() == []
