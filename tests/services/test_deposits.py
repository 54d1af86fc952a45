"""Deposits: split by the order's taxes, deducted at once or in proportion, several of them, and undone."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.deposit import Deduction
from app.models.invoice import InvoiceKind, invoice
from app.models.payment import DeductionKind
from app.services import billing, companies, deductions, deposits, orders, payments, picking, stock
from app.services.deposits import Wanted
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.payments import NewPayment
from tests.desk import DAY, Desk, unhurried

V21, V9 = "V21", "V9"
D = Decimal


class Office(Desk):
    """Sells services that are invoiced when they are ordered; V9 is contained in the price."""

    def order(self, *lines: tuple[str, str], confirmed: bool = True, **agreed: Any) -> UUID:
        inputs = tuple(LineInput(kind="fee", name="Work", unit_price=D(price), tax_codes=tax) for price, tax in lines)
        new = NewOrder(self.customer(), inputs, **agreed)
        order_id = self.do("order.write", lambda tx: orders.create(tx, new))
        if confirmed:
            self.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return order_id

    def of_kind(self, order_id: UUID, kind: str) -> list[UUID]:
        wanted = select(invoice.c.id).where(
            invoice.c.order_id == order_id, invoice.c.kind == kind, invoice.c.state != "cancelled"
        )
        return self.read(lambda c: list(c.execute(wanted.order_by(invoice.c.id)).scalars()))

    def post(self, invoice_id: UUID) -> Any:
        self.do("invoice.post", lambda tx: billing.post(tx, invoice_id, DAY))
        return self.read(billing.get, invoice_id)

    def post_deposit(self, order_id: UUID) -> Any:
        return self.post(self.of_kind(order_id, InvoiceKind.DEPOSIT)[-1])

    def ask(self, order_id: UUID, **wanted: Any) -> Any:
        return self.do("deposit.ask", lambda tx: deposits.ask(tx, order_id, Wanted(**wanted)))

    def part(self, order_id: UUID, *positions: int) -> Any:
        """Invoice these lines of the order."""
        rows = self.read(orders.lines, order_id)
        wanted = {row.id: row.ordered for row in rows if row.position in positions}
        return self.post(self.do("invoice.draft", lambda tx: billing.draft(tx, order_id, wanted)))

    def rest(self, order_id: UUID) -> Any:
        return self.post(self.of_kind(order_id, InvoiceKind.INVOICE)[-1])

    def credit(self, invoice_id: UUID) -> Any:
        note = self.do("invoice.credit", lambda tx: billing.credit(tx, invoice_id, DAY))
        return self.read(billing.get, note)

    def pay(self, head: Any) -> None:
        new = NewPayment(head.customer_id, head.open_amount, DAY, allocations={head.id: head.open_amount})
        self.do("payment.receive", lambda tx: payments.receive(tx, new))

    def lines(self, head: Any) -> list[tuple[str, Decimal, Decimal]]:
        """Taxes, net and tax of what an invoice says about deposits."""
        rows = self.read(billing.lines, head.id)
        return [(row.tax_codes, row.net, row.tax) for row in rows if row.deposit_id or not row.order_line_id]

    def taxes(self, order_id: UUID) -> dict[str, Decimal]:
        """What all invoices and credit notes of an order charged of each tax."""
        found: dict[str, Decimal] = {}
        for head in self.read(lambda c: c.execute(select(invoice).where(invoice.c.order_id == order_id)).all()):
            if head.number:
                for row in self.read(orders.taxes, head.id):
                    found[row.code] = found.get(row.code, D(0)) + row.amount
        return found


@pytest.fixture
def office(sqlite_database) -> Office:
    return _founded(sqlite_database)


@pytest.fixture
def any_office(database) -> Office:
    return _founded(database)


def _founded(database) -> Office:
    office = Office(unhurried(database))
    office.found(invoice_policy="order")
    return office


def test_a_deposit_bears_each_tax_of_its_order_and_the_invoice_the_rest(any_office):
    """30 % of 121.00 + 54.50 (9 % in the price) + 10.00: 55.65, and tax of each rate in it."""
    office = any_office
    order_id = office.order(("100", V21), ("54.50", V9), ("10", ""), deposit_percent=D(30))
    deposit = office.post_deposit(order_id)
    assert (deposit.total, deposit.tax) == (D("55.65"), D("7.65"))
    assert office.lines(deposit) == [
        (V21, D("30.00"), D("6.30")),
        (V9, D("15.00"), D("1.35")),
        ("", D("3.00"), D(0)),
    ]
    office.pay(deposit)
    final = office.rest(order_id)
    assert (final.untaxed, final.tax, final.total) == (D("112.00"), D("17.85"), D("129.85"))
    assert office.taxes(order_id) == {V21: D(21), V9: D("4.50")}
    assert office.damages() == []


@pytest.mark.parametrize("rounding", ["line", "document"])
def test_a_deposit_of_any_amount_is_exact_where_no_net_amount_would_give_it(office, rounding):
    """No net amount with 21 % comes to 0.03 + 0.02; the invoice charges the rest of each tax all the same."""
    order_id = office.order(("0.33", V21), ("0.33", V21), ("0.37", V9), deposit_amount=D("0.59"), tax_rounding=rounding)
    whole = office.read(orders.get, order_id)
    deposit = office.post_deposit(order_id)
    assert deposit.total == D("0.59")
    office.pay(deposit)
    final = office.rest(order_id)
    assert deposit.total + final.total == whole.total
    assert office.taxes(order_id) == {row.code: row.amount for row in office.read(orders.taxes, order_id)}
    assert office.damages() == []


def test_all_at_once_the_next_invoice_deducts_what_bears_the_same_taxes(office):
    """60.50 + 27.25 are asked for; the invoice of the 9 % line deducts its part, and none of the other."""
    order_id = office.order(("100", V21), ("54.50", V9), deposit_percent=D(50))
    office.pay(office.post_deposit(order_id))
    first = office.part(order_id, 2)
    assert office.lines(first) == [(V9, D("-25.00"), D("-2.25"))]
    assert office.lines(office.rest(order_id)) == [(V21, D("-50.00"), D("-10.50"))]
    assert office.damages() == []


def test_in_proportion_each_invoice_deducts_its_share_and_the_last_the_rest(office):
    order_id = office.order(("33.33", V21), ("33.33", V21), ("33.34", V21), deposit_amount=D("50.00"))
    office.do("deposit.deduct", lambda tx: deposits.deduct_by(tx, order_id, Deduction.SHARE))
    office.pay(office.post_deposit(order_id))
    taken = [
        sum(net + tax for _, net, tax in office.lines(head))
        for head in (office.part(order_id, 1), office.part(order_id, 2))
    ]
    assert taken == [D("-16.67"), D("-16.67")]
    last = office.rest(order_id)
    assert sum(net + tax for _, net, tax in office.lines(last)) == D("-16.66")
    assert office.taxes(order_id) == {V21: D(21)}
    assert office.damages() == []


def test_three_deposits_of_a_third_take_the_last_cent_and_the_invoice_asks_for_nothing(office):
    order_id = office.order(("99.99", V21), ("0.01", V9))
    for amount in ("40.33", "40.33", "40.34"):
        assert office.ask(order_id, amount=D(amount))
        office.pay(office.post_deposit(order_id))
    with pytest.raises(Invalid, match=r"0.00 is left to ask for"):
        office.ask(order_id, amount=D("0.01"))
    final = office.rest(order_id)
    assert (final.untaxed, final.tax, final.total, final.state) == (0, 0, 0, "paid")
    assert office.taxes(order_id) == {row.code: row.amount for row in office.read(orders.taxes, order_id)}
    assert office.damages() == []


def test_no_more_is_asked_for_than_is_still_to_be_invoiced(office):
    """The first of three lines is invoiced, with its share of the discount; all that is left may be asked for."""
    order_id = office.order(("100", V21), ("20", V9), ("7", ""), discount_amount=D(10))
    office.part(order_id, 1)
    left = office.read(billing.get, office.of_kind(order_id, InvoiceKind.INVOICE)[-1]).total
    with pytest.raises(Invalid, match=f"{left:.2f} is left to ask for"):
        office.ask(order_id, amount=left + D("0.01"))
    assert sum(part.total for part in office.read(deposits.preview, order_id, Wanted(amount=left))) == left
    office.pay(office.post(office.ask(order_id, amount=D(10))))
    assert office.post(office.ask(order_id, amount=left - 10)).total == left - 10
    with pytest.raises(Invalid, match="before tax left"):
        office.ask(order_id, net=D("0.01"))
    assert office.rest(order_id).total == 0
    assert office.rows("SELECT SUM(amount) FROM journal_line WHERE account = '1720'") == [(0,)]
    assert office.damages() == []


@pytest.mark.parametrize(("price", "tax", "percent"), [("10.03", "", 100), ("100.02", V21, 100), ("10.03", V9, 50)])
def test_where_totals_are_rounded_to_coins_deposit_and_rest_come_to_the_order(office, price, tax, percent):
    office.do("company.change", lambda tx: companies.change(tx, {"cash_rounding": D("0.05")}))
    order_id = office.order((price, tax), deposit_percent=D(percent))
    deposit = office.post_deposit(order_id)
    office.pay(deposit)
    final = office.rest(order_id)
    assert deposit.total + final.total == office.read(orders.get, order_id).total
    assert office.taxes(order_id) == {row.code: row.amount for row in office.read(orders.taxes, order_id)}
    assert office.rows("SELECT SUM(amount) FROM journal_line WHERE account = '1720'") == [(0,)]
    with pytest.raises(Invalid, match=r"rounded to 0\.05"):
        office.order((price, tax), deposit_amount=D("7.77"))
    assert office.damages() == []


def test_an_invoice_that_is_credited_gives_its_deposit_back_to_the_next(office):
    order_id = office.order(("10.01", V21), ("10.01", V21), deposit_amount=D("7.77"))
    deposit = office.post_deposit(order_id)
    office.pay(deposit)
    first = office.part(order_id, 1)
    with pytest.raises(NotAllowed, match="is deducted"):
        office.credit(deposit.id)
    note = office.credit(first.id)
    assert (note.total, note.tax) == (-first.total, -first.tax)
    again = office.rest(order_id)
    assert office.lines(again) == office.lines(first)
    assert office.damages() == []


def test_what_is_left_of_a_deposit_is_credited_and_the_order_asks_for_less(office):
    """The order is closed after a smaller invoice: 40.00 of the deposit were deducted, the rest goes back."""
    order_id = office.order(("40", V21), ("60", V21), deposit_amount=D("60.50"))
    deposit = office.post_deposit(order_id)
    office.pay(deposit)
    first = office.part(order_id, 1)
    assert first.total == 0
    note = office.credit(deposit.id)
    assert (note.untaxed, note.tax, note.total) == (D("-10.00"), D("-2.10"), D("-12.10"))
    assert office.read(orders.get, order_id).deposit_amount == D("48.40")
    assert office.rest(order_id).total == D("72.60")
    assert office.damages() == []


def test_a_deposit_asked_for_by_mistake_is_undone(office):
    order_id = office.order(("100", V21))
    draft = office.ask(order_id, percent=D(20), blocks=True)
    assert office.read(orders.get, order_id).stage == "deposit"
    assert office.of_kind(order_id, InvoiceKind.INVOICE) == []
    office.do("invoice.discard", lambda tx: billing.discard(tx, draft))
    order = office.read(orders.get, order_id)
    assert (order.deposit_amount, order.stage) == (0, "confirmed")
    assert len(office.of_kind(order_id, InvoiceKind.INVOICE)) == 1
    posted = office.post(office.ask(order_id, net=D(50)))
    assert (posted.untaxed, posted.tax) == (50, D("10.50"))
    office.credit(posted.id)
    assert office.rest(order_id).total == 121
    assert office.damages() == []


def test_an_order_waits_for_its_deposit_and_not_for_any_money(office):
    """What was paid of other invoices is not the deposit; a rest of it may be written off, all of it may not."""
    order_id = office.order(("100", ""), ("50", ""))
    office.pay(office.part(order_id, 1))
    deposit = office.post(office.ask(order_id, amount=D(40), blocks=True))
    assert (office.read(orders.get, order_id).stage, office.of_kind(order_id, "invoice")[1:]) == ("deposit", [])

    def write_off(amount: str) -> None:
        wanted = (deposit.id, D(amount), DeductionKind.WRITE_OFF, DAY)
        office.do("invoice.write_off", lambda tx: deductions.settle(tx, *wanted, reason="Bank fee"))

    with pytest.raises(NotAllowed, match="Credit it instead"):
        write_off("40")
    new = NewPayment(deposit.customer_id, D("39.50"), DAY, allocations={deposit.id: D("39.50")})
    paid = office.do("payment.receive", lambda tx: payments.receive(tx, new))
    assert office.read(orders.get, order_id).deposit_open == D("0.50")
    write_off("0.50")
    assert office.rest(order_id).total == 10
    office.do("payment.reverse", lambda tx: payments.reverse(tx, paid, DAY))
    assert office.read(orders.get, order_id).deposit_open == D("39.50")
    assert office.damages() == []


@pytest.mark.parametrize("how", ["credited", "called off"])
def test_a_deposit_that_blocked_leaves_the_others_as_they_were(office, how):
    order_id = office.order(("100", ""), deposit_amount=D(30), deposit_blocks=False)
    draft = office.ask(order_id, amount=D(20), blocks=True)
    assert office.read(orders.get, order_id).stage == "deposit"
    if how == "credited":
        office.credit(office.post(draft).id)
    else:
        office.do("invoice.discard", lambda tx: billing.discard(tx, draft))
    order = office.read(orders.get, order_id)
    assert (order.deposit_amount, order.deposit_blocks, order.stage) == (30, False, "confirmed")
    assert len(office.of_kind(order_id, InvoiceKind.INVOICE)) == 1
    assert office.damages() == []


def test_a_deposit_in_pounds_leaves_nothing_on_its_account(office):
    """It is deducted at the rate it was booked with, and what is credited of it too."""
    order_id = office.order(
        ("10", ""), ("10", V21), ("10", V9), currency="GBP", deposit_amount=D("7.77"), deposit_blocks=False
    )
    deposit = office.post_deposit(order_id)
    office.part(order_id, 2)
    office.credit(deposit.id)
    office.rest(order_id)
    assert office.damages() == []
    assert office.rows("SELECT SUM(amount), SUM(currency_amount) FROM journal_line WHERE account = '1720'") == [(0, 0)]


def test_a_draft_order_agrees_on_a_deposit_and_asks_when_it_is_confirmed(office):
    order_id = office.order(("100", V21), confirmed=False)
    assert office.ask(order_id, net=D(50), blocks=False) is None
    shown = office.read(deposits.preview, order_id, Wanted(percent=D(50)))
    assert [(part.codes, part.net, part.taxes) for part in shown] == [(V21, D(50), (D("10.50"),))]
    office.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    assert office.post_deposit(order_id).total == D("60.50")
    with pytest.raises(Invalid, match="Say how much"):
        office.ask(order_id)


@pytest.mark.parametrize("blocks", [False, True])
def test_goods_stay_reserved_unless_the_order_waits_for_its_deposit(office, blocks):
    valve = office.product("VALVE")
    office.do("stock.receive", lambda tx: stock.receive_many(tx, [(valve, D(5), "")]))
    new = NewOrder(office.customer(), (LineInput(valve, D(3)),))
    order_id = office.do("order.write", lambda tx: orders.create(tx, new))
    office.do("order.confirm", lambda tx: orders.confirm(tx, order_id))

    def reserved() -> Fraction:
        (row,) = office.read(orders.lines, order_id)
        return Fraction(row.reserved * 3, row.ordered)

    office.ask(order_id, percent=D(30), blocks=blocks)
    assert reserved() == (0 if blocks else 3)
    office.pay(office.post_deposit(order_id))
    assert reserved() == 3
    assert office.damages() == []


@pytest.mark.parametrize("how", ["credited", "called off"])
def test_an_order_goes_on_when_the_deposit_it_waited_for_is_taken_back(office, how):
    """Also where a part of it was picked before, so that its stage does not say that it waits."""
    valve = office.product("VALVE")
    office.do("stock.receive", lambda tx: stock.receive_many(tx, [(valve, D(2), "")]))
    new = NewOrder(office.customer(), (LineInput(valve, D(3)),), invoice_policy="shipment")
    order_id = office.do("order.write", lambda tx: orders.create(tx, new))
    office.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    (pick_id,) = [row[0] for row in office.rows("SELECT id FROM pick WHERE state = 'open'")]
    office.do("pick.complete", lambda tx: picking.complete(tx, UUID(bytes=pick_id)))
    draft = office.ask(order_id, percent=D(30), blocks=True)
    office.do("stock.receive", lambda tx: stock.receive_many(tx, [(valve, D(5), "")]))
    (row,) = office.read(orders.lines, order_id)
    assert (row.reserved, office.read(orders.get, order_id).stage) == (0, "picking")
    if how == "credited":
        office.credit(office.post(draft).id)
    else:
        office.do("invoice.discard", lambda tx: billing.discard(tx, draft))
    (row,) = office.read(orders.lines, order_id)
    assert row.reserved * 3 == row.ordered, "the third piece is promised now"
    assert office.damages() == []
