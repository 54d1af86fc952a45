"""Invoices, credits, payments, bank lines, discounts and write-offs in any order, and each of them taken back.

What is expected is worked out from what was drawn: prices times quantities, taxes to the cent, what was allocated to
what.  The books are only asked whether they say the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from app.errors import UserError
from app.models.invoice import invoice
from app.models.payment import DeductionKind, Purpose, journal_entry, journal_line
from app.services import billing, deductions, journal, orders, payments
from app.services.banking import accounts, booking, importing, proposals, reading
from app.services.banking.accounts import NewBankAccount
from app.services.banking.matching import Part
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.payments import NewPayment
from tests.databases import Databases, opened
from tests.desk import DAY, Desk, unhurried
from tests.services.banking.test_booking import IBAN, camt

CENT, ZERO = Decimal("0.01"), Decimal(0)
PRICES = st.sampled_from([Decimal(text) for text in ("0.05", "10", "33.33", "99.99", "1234.565")])
QUANTITIES = st.sampled_from([Decimal(text) for text in ("1", "3", "0.5")])
TAXES = st.sampled_from(["", "V21", "V9"])
LINES = st.lists(st.tuples(PRICES, QUANTITIES, TAXES), min_size=1, max_size=3)
SHARES = st.sampled_from([1, 1, 2, 3])


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def with_tax(price: Decimal, quantity: Decimal, tax: str) -> Decimal:
    """What a line comes to: V21 is put on top, V9 is in the price."""
    amount = cents(price * quantity)
    return amount + cents(amount * 21 / 100) if tax == "V21" else amount


@dataclass
class Owed:
    """An invoice (a credit note below zero): what is open of it, and what of its lines was credited."""

    customer: UUID
    currency: str
    open: Decimal
    lines: dict[UUID, tuple[Decimal, int]] = field(default_factory=dict)


@dataclass
class Paid:
    """A payment: what is left of it, and what it settled; by its bank line where it came by one."""

    customer: UUID
    currency: str
    left: Decimal
    settled: list[tuple[UUID, Decimal]] = field(default_factory=list)
    line: UUID | None = None


class Money(RuleBasedStateMachine):
    """One clerk with two customers, each with a currency of their own."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.desk = Desk(unhurried(self.stack.enter_context(opened(self.databases))))
        self.owed: dict[UUID, Owed] = {}
        self.paid: dict[UUID, Paid] = {}
        self.off: dict[UUID, tuple[UUID, Decimal]] = {}  # what was written off, by deduction
        self.kept: dict[UUID, tuple[UUID, Decimal]] = {}  # what was kept of payments, by deduction
        self.numbers: defaultdict[str, int] = defaultdict(int)
        self.files = 0

    def teardown(self) -> None:
        """At the end everything is checked, not only the money."""
        try:
            if self.numbers:
                assert self.desk.damages() == []
        finally:
            self.stack.close()

    @initialize()
    def found(self) -> None:
        self.desk.found(invoice_policy="order")
        customers = (("Harbor", "EUR"), ("Quay", "GBP"))
        self.customers = {self.desk.customer(name, currency=code): code for name, code in customers}
        self.harbor = next(iter(self.customers))
        self.do(lambda tx: accounts.add(tx, NewBankAccount("House bank", IBAN, "EUR")))

    def do(self, op: Callable[..., Any]) -> Any:
        return self.desk.do("money.step", op)

    def refused(self, op: Callable[..., Any]) -> None:
        """Nothing is changed by what is refused: the invariants see to that."""
        try:
            self.do(op)
        except UserError:
            return
        raise AssertionError("this should have been refused")

    def draw(self, data: Any, keys: Any) -> Any:
        """Draw one of some documents by its place, which is the same in each run; keys are not."""
        found = list(keys)
        return found[data.draw(st.integers(0, len(found) - 1))]

    # invoices and credits --------------------------------------------------------------------

    def post(self, key: UUID, expected: Decimal) -> None:
        self.do(lambda tx: billing.post(tx, key, DAY))
        self.take_up(key, expected)

    def take_up(self, key: UUID, expected: Decimal) -> None:
        head = self.desk.read(billing.get, key)
        assert head.total == expected, "an invoice comes to what its lines and taxes come to"
        self.numbers["CN" if head.kind == "credit" else "INV"] += 1
        self.owed[key] = Owed(head.customer_id, head.currency, expected)

    @rule(data=st.data(), lines=LINES, drop=st.sampled_from([False, False, False, True]))
    def invoice(self, data: Any, lines: list[Any], drop: bool) -> None:
        """Write an invoice and post it, or call the draft off."""
        customer = self.draw(data, self.customers)
        inputs = tuple(
            LineInput(kind="fee", name="Crane", unit_price=price, quantity=quantity, tax_codes=tax)
            for price, quantity, tax in lines
        )
        key = self.do(lambda tx: billing.write(tx, FreeInvoice(customer, inputs, self.customers[customer])))
        if drop:
            self.do(lambda tx: billing.discard(tx, key))
            return
        self.post(key, sum((with_tax(*line) for line in lines), ZERO))
        rows = self.desk.read(billing.lines, key)
        self.owed[key].lines = {row.id: (with_tax(*line), row.grains) for row, line in zip(rows, lines, strict=True)}

    @rule(price=PRICES, tax=TAXES, share=st.sampled_from([2, 4]))
    def order_with_deposit(self, price: Decimal, tax: str, share: int) -> None:
        """An order asks for a part before; what is invoiced at the end is the rest, to the cent."""
        total = with_tax(price, Decimal(2), tax)
        deposit = cents(total / share)
        if not deposit:
            return
        line = LineInput(kind="fee", name="Crane", unit_price=price, quantity=Decimal(2), tax_codes=tax)
        new = NewOrder(self.harbor, (line,), deposit_amount=deposit, deposit_blocks=False)
        order = self.do(lambda tx: orders.create(tx, new))
        self.do(lambda tx: orders.confirm(tx, order))
        for kind, expected in (("deposit", deposit), ("invoice", total - deposit)):
            wanted = select(invoice.c.id).where(
                invoice.c.order_id == order, invoice.c.kind == kind, invoice.c.state == "draft"
            )
            self.post(self.desk.read(lambda c, wanted=wanted: c.execute(wanted).scalar_one()), expected)

    @precondition(lambda self: any(one.lines for one in self.owed.values()))
    @rule(data=st.data())
    def credit(self, data: Any) -> None:
        """Credit one line of an invoice; what is open of that falls first, the rest is to the customer's credit."""
        key = self.draw(data, [key for key, one in self.owed.items() if one.lines])
        owed = self.owed[key]
        line = self.draw(data, owed.lines)
        total, grains = owed.lines.pop(line)
        if not total:
            return
        note = self.do(lambda tx: billing.credit(tx, key, DAY, {line: grains}))
        self.take_up(note, -total)
        settled = min(owed.open, total)
        owed.open -= settled
        self.owed[note].open += settled
        self.refused(lambda tx: billing.credit(tx, key, DAY, {line: grains}))

    @precondition(lambda self: any(one.open < 0 for one in self.owed.values()))
    @rule(data=st.data(), share=SHARES)
    def net(self, data: Any, share: int) -> None:
        """Use a credit note for another invoice of the same customer."""
        note = self.draw(data, [key for key, one in self.owed.items() if one.open < 0])
        whose = (self.owed[note].customer, self.owed[note].currency)
        others = [key for key, one in self.owed.items() if one.open > 0 and (one.customer, one.currency) == whose]
        if others:
            other = self.draw(data, others)
            amount = cents(min(-self.owed[note].open, self.owed[other].open) / share)
            if amount:
                self.do(lambda tx: payments.net(tx, note, other, amount, DAY))
                self.owed[note].open += amount
                self.owed[other].open -= amount

    # payments --------------------------------------------------------------------------------

    @rule(data=st.data(), share=SHARES, more=st.sampled_from([ZERO, Decimal("7.77")]))
    def pay(self, data: Any, share: int, more: Decimal) -> None:
        """A customer pays a part of an invoice or all of it, and sometimes more."""
        keys = [key for key, one in self.owed.items() if one.open]
        if not keys:
            return
        key = self.draw(data, keys)
        owed = self.owed[key]
        amount = cents(owed.open / share) or owed.open
        rest = more if amount > 0 else ZERO
        parts = {key: amount}
        new = NewPayment(owed.customer, amount + rest, DAY, owed.currency, allocations=parts)
        if amount > 0:
            over = NewPayment(owed.customer, owed.open + CENT, DAY, owed.currency, allocations={key: owed.open + CENT})
            self.refused(lambda tx: payments.receive(tx, over))
        payment = self.do(lambda tx: payments.receive(tx, new))
        owed.open -= amount
        self.paid[payment] = Paid(owed.customer, owed.currency, rest, [(key, amount)])

    @precondition(lambda self: any(one.left > 0 for one in self.paid.values()))
    @rule(data=st.data(), share=SHARES, keep=st.booleans())
    def use_what_is_left(self, data: Any, share: int, keep: bool) -> None:
        """What a payment left is used for an invoice, or kept."""
        payment = self.draw(data, [key for key, one in self.paid.items() if one.left > 0])
        one = self.paid[payment]
        if keep:
            amount = cents(one.left / share)
            if amount:
                deduction = self.do(lambda tx: deductions.keep(tx, payment, amount, DAY, reason="too little to send"))
                one.left -= amount
                self.kept[deduction] = (payment, amount)
            return
        whose = (one.customer, one.currency)
        keys = [key for key, owed in self.owed.items() if owed.open > 0 and (owed.customer, owed.currency) == whose]
        if keys:
            key = self.draw(data, keys)
            amount = cents(min(one.left, self.owed[key].open) / share)
            if amount:
                self.do(lambda tx: payments.allocate(tx, payment, key, amount, DAY))
                one.left -= amount
                one.settled.append((key, amount))
                self.owed[key].open -= amount

    @precondition(lambda self: self.paid)
    @rule(data=st.data(), kept=st.booleans())
    def take_back(self, data: Any, kept: bool) -> None:
        """A payment bounces, sometimes one of which something was kept: all is as if it had not come."""
        payment = self.draw(data, (kept and [key for key, _ in self.kept.values()]) or self.paid)
        if self.paid[payment].line is not None:
            self.do(lambda tx: booking.reopen(tx, self.paid[payment].line, DAY))
        else:
            self.do(lambda tx: payments.reverse(tx, payment, DAY))
        self.forget(payment)
        self.refused(lambda tx: payments.reverse(tx, payment, DAY))

    def forget(self, payment: UUID) -> None:
        for key, amount in self.paid.pop(payment).settled:
            self.owed[key].open += amount
        self.kept = {key: one for key, one in self.kept.items() if one[0] != payment}

    # what is not paid ------------------------------------------------------------------------

    @precondition(lambda self: any(one.open > 0 for one in self.owed.values()))
    @rule(data=st.data(), share=SHARES, kind=st.sampled_from([DeductionKind.DISCOUNT, DeductionKind.WRITE_OFF]))
    def let_off(self, data: Any, share: int, kind: DeductionKind) -> None:
        """A part of what is open is a discount, or written off."""
        key = self.draw(data, [key for key, one in self.owed.items() if one.open > 0])
        amount = cents(self.owed[key].open / share)
        if amount:
            off = self.do(lambda tx: deductions.settle(tx, key, amount, kind, DAY, reason="agreed"))
            self.off[off] = (key, amount)
            self.owed[key].open -= amount

    @precondition(lambda self: self.off or self.kept)
    @rule(data=st.data())
    def take_a_deduction_back(self, data: Any) -> None:
        off = self.draw(data, [*self.off, *self.kept])
        self.do(lambda tx: deductions.take_back(tx, off, DAY))
        if off in self.off:
            key, amount = self.off.pop(off)
            self.owed[key].open += amount
        else:
            payment, amount = self.kept.pop(off)
            self.paid[payment].left += amount

    # the bank --------------------------------------------------------------------------------

    @precondition(lambda self: any(self.at_the_bank()))
    @rule(data=st.data(), more=st.sampled_from([ZERO, ZERO, Decimal("3.21")]), twice=st.booleans())
    def bank_line(self, data: Any, more: Decimal, twice: bool) -> None:
        """A statement has one line that pays an invoice; the same file again brings nothing."""
        key = self.draw(data, self.at_the_bank())
        owed, number = self.owed[key], self.desk.read(billing.get, key).number
        self.files += 1
        amount = owed.open
        kind, statements = reading.read(camt((f"{amount + more:f}", f"{number} of file {self.files}")))
        take = partial(importing.take, file_name="bank.xml", file_format=kind, statements=statements)
        assert self.do(take)[0] == 1
        if twice:
            assert self.do(take)[0] == 0
        (line,) = [one for one in self.desk.read(proposals.open_lines) if f"file {self.files}" in one.text]
        parts = (Part(owed.customer, "", ((key, amount),), on_account=more),)
        (payment,) = self.do(lambda tx: booking.book(tx, line.id, parts))
        again = (Part(owed.customer, "", on_account=amount + more),)
        self.refused(lambda tx: booking.book(tx, line.id, again))
        owed.open -= amount
        self.paid[payment] = Paid(owed.customer, owed.currency, more, [(key, amount)], line.id)

    def at_the_bank(self) -> list[UUID]:
        return [key for key, one in self.owed.items() if one.open > 0 and one.currency == "EUR"]

    # what must be so at any time ---------------------------------------------------------------

    @invariant()
    def the_books_say_what_was_done(self) -> None:
        if not self.numbers:
            return
        by_invoice = self.desk.read(_balances)
        for key, one in self.owed.items():
            head = self.desk.read(billing.get, key)
            assert head.open_amount == one.open, f"{head.number} is open with {head.open_amount}, not {one.open}"
        receivable, prepaid = defaultdict(Decimal), defaultdict(Decimal)
        for one in self.owed.values():
            receivable[one.customer, one.currency] += one.open
        for paid in self.paid.values():
            prepaid[paid.customer, paid.currency] -= paid.left
        for expected, purpose in ((receivable, Purpose.RECEIVABLE), (prepaid, Purpose.PREPAYMENT)):
            found = {key: amount for key, amount in by_invoice[purpose].items() if amount}
            assert found == {key: amount for key, amount in expected.items() if amount}, purpose

    @invariant()
    def every_entry_balances_and_no_number_is_missing(self) -> None:
        if not self.numbers:
            return
        uneven = select(journal_line.c.entry_id).group_by(journal_line.c.entry_id)
        uneven = uneven.having((func.sum(journal_line.c.amount) != 0) | (func.sum(journal_line.c.currency_amount) != 0))
        assert self.desk.read(lambda c: c.execute(uneven).all()) == []
        rows = self.desk.read(lambda c: c.execute(select(invoice.c.number).where(invoice.c.number.is_not(None))).all())
        for prefix, count in self.numbers.items():
            found = sorted(int(row.number.rpartition("-")[2]) for row in rows if row.number.startswith(f"{prefix}-"))
            assert found == list(range(1, count + 1)), f"a number of {prefix} is missing"


def _balances(connection: Any) -> dict[str, dict[tuple[UUID, str], Decimal]]:
    """What customers owe and have paid ahead, by customer and currency, as the journal has it."""
    codes = journal.accounts(connection)
    purposes = {codes[purpose]: purpose for purpose in (Purpose.RECEIVABLE, Purpose.PREPAYMENT)}
    found: dict[str, dict[tuple[UUID, str], Decimal]] = {purpose: {} for purpose in purposes.values()}
    total = func.sum(journal_line.c.currency_amount, type_=journal_line.c.currency_amount.type).label("total")
    of = (journal_line.c.account, journal_line.c.customer_id, journal_line.c.currency)
    wanted = select(*of, total).where(journal_line.c.account.in_(list(purposes))).group_by(*of)
    for row in connection.execute(wanted.join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)):
        found[purposes[row.account]][row.customer_id, row.currency] = row.total
    return found


def drive(databases: Databases, *, examples: int, steps: int, **more: Any) -> None:
    """Run the machine on fresh databases of one kind.

    Raises whatever the machine found, shrunk to few steps.
    """
    machine = type("Machine", (Money,), {"databases": databases})
    chosen = settings(max_examples=examples, stateful_step_count=steps, deadline=None, **more)
    run_state_machine_as_test(machine, settings=chosen)
