"""Invoices over several orders: what goes together, deposits, payments, credit notes, and what each order says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import Conflict, NotAllowed
from app.models.einvoice import Form
from app.models.invoice import InvoiceKind, Rhythm, invoice
from app.services import (
    billing,
    collected_orders,
    collective_invoices,
    companies,
    order_stops,
    orders,
    overview,
    papers,
    parties,
    payments,
    shipping,
    stock,
)
from app.services.document_lines import LineInput
from app.services.einvoices import posted
from app.services.orders import NewOrder
from app.services.parties import Address
from app.services.payments import NewPayment
from tests.desk import START, Desk, unhurried
from tests.replay import differences

D = Decimal
NOVEMBER = date(2026, 11, 30)


class Office(Desk):
    """Ships pumps (100.00, 21 %) and hoses (54.50 with 9 % in it) to a customer who pays by the month."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.found()
        self.pump = self.product("PUMP", "100")
        self.hose = self.product("HOSE", "54.50", tax_codes="V9")
        for key in (self.pump, self.hose):
            self.do("stock.receive", lambda tx, key=key: stock.receive(tx, key, D(90)))
        self.monthly = self.customer("Quay Works", invoice_rhythm="monthly")

    def on_day(self, day: int) -> None:
        """Go on to a day of November."""
        self._minutes = (day - START.day) * 24 * 60

    def order(self, *lines: tuple[UUID, int], customer: UUID | None = None, **agreed: Any) -> UUID:
        inputs = tuple(LineInput(product, D(quantity)) for product, quantity in lines)
        new = NewOrder(customer or self.monthly, inputs, **agreed)
        order_id = self.do("order.write", lambda tx: orders.create(tx, new))
        self.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return order_id

    def ship(self, order_id: UUID, *pieces: int) -> None:
        """Ship all that is promised, or so many pieces of each line."""
        rows = self.read(orders.lines, order_id)
        each = {row.id: row.ordered // int(row.quantity) * n for row, n in zip(rows, pieces, strict=False)}
        planned = self.do("shipment.plan", lambda tx: shipping.planned_shipment(tx, order_id))
        self.do("shipment.ship", lambda tx: shipping.ship(tx, planned, quantities=each or None))

    def shipped(self, *lines: tuple[UUID, int], **agreed: Any) -> UUID:
        order_id = self.order(*lines, **agreed)
        self.ship(order_id)
        return order_id

    def run(self, on: date = NOVEMBER, *, early: bool = False) -> collective_invoices.Run:
        return self.read(lambda c: collective_invoices.preview(c, on, early=early))

    def collect(self, group: collective_invoices.Together, on: date = NOVEMBER) -> Any:
        made = self.do(
            "invoice.collect",
            lambda tx: collective_invoices.collect(tx, group.order_ids, group.until, on, total=group.total),
        )
        return self.head(made)

    def head(self, invoice_id: UUID) -> Any:
        return self.read(billing.get, invoice_id)

    def money(self, order_id: UUID) -> tuple[Decimal, Decimal, str]:
        row = self.read(orders.get, order_id)
        return row.invoiced_total, row.paid_total, row.billing_state

    def drafts(self, order_id: UUID) -> list[Decimal]:
        mine = select(invoice.c.total).where(
            invoice.c.order_id == order_id, invoice.c.state == "draft", invoice.c.kind == InvoiceKind.INVOICE
        )
        return self.read(lambda c: list(c.execute(mine).scalars()))

    def pay(self, head: Any, amount: Decimal) -> None:
        new = NewPayment(head.customer_id, amount, NOVEMBER, allocations={head.id: amount})
        self.do("payment.receive", lambda tx: payments.receive(tx, new))

    def sound(self) -> bool:
        return self.damages() == [] and self.read(differences) == []


@pytest.fixture
def office(sqlite_database):
    return Office(unhurried(sqlite_database))


@pytest.fixture
def any_office(database):
    return Office(unhurried(database))


def test_what_left_in_a_month_is_one_invoice_grouped_by_order_and_each_order_knows_its_part(any_office):
    office = any_office
    first = office.shipped((office.pump, 2), (office.hose, 1), customer_po="4711")
    office.on_day(20)
    second = office.shipped((office.pump, 1), customer_po="4712")
    other = office.shipped((office.pump, 1), customer=office.customer())  # pays each delivery
    (group,) = office.run().together
    assert (group.order_ids, group.until, office.run().left) == ((first, second), NOVEMBER, ())
    head = office.collect(group)
    assert (head.order_id, head.orders, head.customer_po, head.kind) == (None, 2, "", "invoice")
    assert (head.untaxed, head.tax, head.total) == (group.untaxed, group.tax, group.total)
    assert head.total == D("242") + D("54.50") + D("121")
    assert office.money(first) == (D("296.50"), D(0), "invoiced")
    assert office.money(second) == (D("121"), D(0), "invoiced")
    assert (office.drafts(first), office.drafts(second), office.drafts(other)) == ([], [], [D(121)])
    texts = [(row.kind, row.name) for row in office.read(billing.lines, head.id)]
    assert [kind for kind, _ in texts] == ["text", "product", "product", "text", "product"]
    assert "4711" in texts[0][1]
    assert "20 Nov 2026" in texts[3][1]
    office.pay(head, D(300))  # the first order first
    assert office.money(first) == (D("296.50"), D("296.50"), "paid")
    assert office.money(second)[1:] == (D("3.50"), "invoiced")
    assert [paper.amount for paper in office.read(overview.read, second).papers if paper.kind == "invoice"] == [D(121)]
    office.pay(office.head(head.id), D("117.50"))
    assert office.money(second)[1:] == (D(121), "paid")
    assert office.sound()


def test_a_run_takes_what_left_until_the_last_day_and_leaves_the_rest_for_the_next(office):
    assert [Rhythm.MONTHLY.last_day(date(2026, 11, day)).isoformat() for day in (1, 29, 30)] == [
        "2026-10-31",
        "2026-10-31",
        "2026-11-30",
    ]
    assert [Rhythm.WEEKLY.last_day(date(2026, 11, day)).day for day in (21, 22, 23)] == [15, 22, 22]
    office.do("customer.change", lambda tx: parties.change(tx, office.monthly, {"invoice_rhythm": "weekly"}, {}))
    first = office.order((office.pump, 5))
    office.ship(first, 2)
    second = office.shipped((office.pump, 1))
    office.on_day(10)  # Tuesday of the next week
    office.ship(first, 3)
    late = office.shipped((office.hose, 1))
    run = office.run(date(2026, 11, 10))
    (group,) = run.together
    assert (group.until, group.total) == (date(2026, 11, 8), D(363))
    assert [(one.book.id, one.reason[:28]) for one in run.left] == [(late, "All of it left after 2026-11")]
    assert [len(one.shipments) for one in group.orders] == [1, 1]
    office.collect(group)
    assert (office.drafts(first), office.drafts(second)) == ([D(363)], [])
    assert [one.total for one in office.run(date(2026, 11, 10), early=True).together] == [D("417.50")]
    assert office.sound()


def test_orders_that_differ_are_apart_and_what_cannot_be_collected_says_why(office):
    plain, again = office.shipped((office.pump, 1)), office.shipped((office.pump, 2))
    terms = office.shipped((office.pump, 1), payment_term="EOM30")
    off = office.shipped((office.pump, 1), discount_amount=D(10))
    held = office.shipped((office.pump, 1))
    office.do("order.hold", lambda tx: order_stops.hold(tx, held, "ask Ann"))
    by_hand = office.order((office.pump, 3))
    office.ship(by_hand)
    row = office.read(orders.lines, by_hand)[0]
    office.do("invoice.draft", lambda tx: billing.draft(tx, by_hand, {row.id: row.ordered // 3}))
    run = office.run()
    assert [(one.order_ids, one.apart) for one in run.together] == [
        ((plain, again), ""),
        ((terms,), "payment terms"),
    ]
    reasons = {one.book.id: one.reason for one in run.left}
    assert reasons.keys() == {off, held, by_hand}
    assert "ask Ann" in reasons[held]
    for order_ids in ((plain, terms), (plain, held), ()):
        with pytest.raises(NotAllowed):
            office.do("invoice.collect", lambda tx, o=order_ids: collective_invoices.collect(tx, o, NOVEMBER, NOVEMBER))
    alone = office.collect(run.together[1])
    assert (alone.order_id, alone.orders, alone.payment_term) == (terms, 0, "EOM30")
    office.shipped((office.pump, 1))
    office.ship(office.order((office.pump, 1)))
    group = run.together[0]
    office.do("order.hold", lambda tx: order_stops.hold(tx, again, "wait"))
    with pytest.raises(NotAllowed, match="wait"):
        office.collect(group)
    assert office.sound()


def test_a_group_that_changed_since_it_was_shown_is_not_invoiced(office):
    first = office.order((office.pump, 5))
    office.ship(first, 2)
    office.shipped((office.pump, 1))
    (group,) = office.run().together
    office.ship(first, 3)
    with pytest.raises(Conflict):
        office.collect(group)
    assert office.run().together[0].total == D(726)


def test_deposits_of_each_order_are_deducted_and_come_back_with_a_credit_note(any_office):
    office = any_office
    orders_of = []
    for amount in ("50", "30.01"):
        order_id = office.order((office.pump, 1), (office.hose, 1), deposit_amount=D(amount))
        wanted = select(invoice.c.id).where(invoice.c.order_id == order_id, invoice.c.kind == InvoiceKind.DEPOSIT)
        deposit = office.read(lambda c, q=wanted: c.execute(q).scalar_one())
        office.do("invoice.post", lambda tx, key=deposit: billing.post(tx, key, NOVEMBER))
        office.pay(office.head(deposit), D(amount))
        office.ship(order_id)
        orders_of.append(order_id)
    (group,) = office.run().together
    head = office.collect(group)
    assert head.total == 2 * D("175.50") - D("80.01")
    assert [row.amount for row in office.read(collected_orders.of, head)] == [D("125.50"), D("145.49")]
    assert office.rows("SELECT SUM(amount) FROM journal_line WHERE account = '1720'") == [(0,)]
    note = office.head(office.do("invoice.credit", lambda tx: billing.credit(tx, head.id, NOVEMBER)))
    assert (note.total, note.orders, note.order_id) == (-head.total, 2, None)
    assert [office.drafts(one) for one in orders_of] == [[D("125.50")], [D("145.49")]]
    assert [office.money(one)[:2] for one in orders_of] == [(D(50), D(50)), (D("30.01"), D("30.01"))]
    again = office.collect(office.run().together[0])
    assert (again.total, again.untaxed) == (head.total, head.untaxed)
    assert office.sound()


def test_a_part_is_credited_to_the_order_it_is_of(office):
    first = office.shipped((office.pump, 2))
    second = office.shipped((office.pump, 3), (office.hose, 1))
    head = office.collect(office.run().together[0])
    row = next(one for one in office.read(billing.lines, head.id) if one.quantity == 3)
    part = {row.id: row.grains // 3}
    note = office.head(office.do("invoice.credit", lambda tx: billing.credit(tx, head.id, NOVEMBER, part)))
    assert note.total == D(-121)
    assert (office.money(first)[0], office.money(second)[0]) == (D(242), D("296.50"))
    assert office.head(head.id).open_amount == head.total - 121
    rest = office.do("invoice.credit", lambda tx: billing.credit_rest(tx, head.id, NOVEMBER))
    assert office.head(rest).total == 121 - head.total
    assert (office.money(first)[0], office.money(second)[0]) == (D(0), D(0))
    assert office.sound()


@pytest.mark.parametrize("rounding", ["line", "document"])
def test_the_parts_of_the_orders_come_to_the_invoice_whatever_is_rounded(office, rounding):
    changes = {"tax_rounding": rounding, "cash_rounding": D("0.05")}
    office.do("company.change", lambda tx: companies.change(tx, changes))
    odd = office.product("ODD", "3.33")
    office.do("stock.receive", lambda tx: stock.receive(tx, odd, D(90)))
    for quantity in (1, 2, 7):
        office.shipped((odd, quantity), (office.hose, 1), discount_percent=D("2.5"))
    head = office.collect(office.run().together[0])
    rows = office.read(collected_orders.of, head)
    assert sum(row.amount for row in rows) == head.total
    assert len(rows) == 3
    office.pay(head, head.total)
    assert office.sound()


def test_paper_and_e_invoice_say_of_each_line_which_order_it_is_of(office):
    office.do("company.change", lambda tx: companies.change(tx, {"vat_number": "NL123456789B01", "city": "Delft"}))
    office.shipped((office.pump, 2), customer_po="4711")
    office.on_day(20)
    office.shipped((office.hose, 1), customer_po="4712", shipping_address=Address(street="Kade 1", city="Hoorn"))
    head = office.collect(office.run().together[0])
    paper = office.read(lambda c: papers.build(c, [papers.Wanted("invoice", head.id)]))
    assert paper.pdf.startswith(b"%PDF")
    content, findings = office.read(lambda c: posted.read(c, head.id, Form.PEPPOL))
    assert (content, findings) != (None, [])
    assert content is not None
    assert (content.purchase_order, content.note, content.delivery.on) == ("", "", date(2026, 11, 20))
    assert ["4711" in line.note for line in content.lines] == [True, False]
    assert ["4712" in line.note for line in content.lines] == [False, True]
    assert content.sums.payable == head.total == sum(line.net for line in content.lines) + content.sums.tax
    assert (START + timedelta(days=18)).date() == content.delivery.on
