"""``settle``: invoices paid whole, in part or too much, less a discount, written off, or on account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from app.models.payment import DeductionKind, Purpose, deduction
from app.services import billing, companies, deductions, integrity, journal, payment_terms, payments, receivables
from app.services.billing import FreeInvoice
from app.services.companies import TaxRule
from app.services.document_lines import LineInput
from app.services.payments import NewPayment
from app.services.transaction import Transaction
from tests.scenarios.cases import REMARKS, Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.flow_company import Company, found
from tests.scenarios.running import adapter, finish

TODAY = date(2026, 11, 2)
ZERO = Decimal(0)


@adapter("settle")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        with _company() as company:
            _Play(company, Facts(round_.given)).play(round_, checks)


@contextmanager
def _company() -> Iterator[Company]:
    company = found(Facts({}))
    try:
        yield company
    finally:
        company.close()


class _Play:
    """One round: the invoices as given, then what is paid, allocated and written off."""

    def __init__(self, company: Company, given: Facts) -> None:
        self.company, self.given = company, given
        self.received: list[UUID] = []
        self.invoices: list[UUID] = []
        self.day = TODAY
        percent = given.optional_number("discount_pct")
        self.within = given.whole("within_days", 0)
        if percent is not None:
            net30 = next(one for one in company.read(payment_terms.read) if one.code == "NET30")
            terms = replace(net30, discount=percent, discount_days=self.within)
            company.do("payment_term.save", lambda tx: payment_terms.save(tx, terms))
        tax = given.optional_number("tax_pct")
        if tax is not None:
            rule = TaxRule("SETTLE", f"Tax {tax:f} %", tax, included=True)
            company.do("tax.add", lambda tx: companies.add_tax(tx, rule))
        totals = given.list("invoices") or [given.value("invoice")]
        for total in totals:
            self.invoices.append(self._invoice(number(total, "invoice"), "SETTLE" if tax is not None else ""))

    def _invoice(self, total: Decimal, tax: str) -> UUID:
        line = LineInput(kind="fee", name="Goods", unit_price=total, tax_codes=tax)
        new = FreeInvoice(self.company.customer, (line,), payment_term="NET30")
        key = self.company.do("invoice.write", lambda tx: billing.write(tx, new))
        self.company.do("invoice.post", lambda tx: billing.post(tx, key, TODAY))
        return key

    def play(self, round_: Round, checks: Checks) -> None:
        given = self.given
        choice = given.choice("choice", ("", "keep", "write_off"))
        discount = given.optional_number("discount") or ZERO
        paid = given.optional_number("pay")
        if paid is not None:
            self._pay(paid, discount)
            if choice == "write_off":
                self._write_off(self._left() or sum(self._open(), ZERO))
        finish(given)
        if round_.expect is not None:
            self._compare(round_.expected(), checks)
        for index, values in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            step = Facts(values, f"steps[{index}]")
            step.ignore(*REMARKS)
            expected = step.facts("expect")
            self._step(step)
            self._compare(expected, checks)
            finish(step)

    def _step(self, step: Facts) -> None:
        self.day = TODAY + timedelta(days=step.whole("day", (self.day - TODAY).days))
        match step.text("do"):
            case "pay":
                self._pay(step.number("amount"), ZERO)
            case "allocate":
                self._allocate()
            case "write_off":
                self._write_off(step.number("amount"))
            case other:
                raise NotCovered(f"the step {other!r}")

    def _pay(self, amount: Decimal, discount: Decimal) -> None:
        """Pay the invoices, the oldest first; a discount that was agreed or is given settles its part."""
        off = {self.invoices[0]: discount} if discount else self._early(amount)
        rest, shares = amount, {}
        for key, open_amount in zip(self.invoices, self._open(), strict=True):
            shares[key] = min(rest, open_amount - off.get(key, ZERO))
            rest -= shares[key]
        new = NewPayment(
            self.company.customer, amount, self.day, allocations={key: share for key, share in shares.items() if share}
        )
        day = self.day

        def book(tx: Any) -> UUID:
            payment_id = payments.receive(tx, new)
            for key, part in off.items():
                deductions.settle(tx, key, part, DeductionKind.DISCOUNT, day, payment_id=payment_id)
            return payment_id

        self.received.append(self.company.do("payment.receive", book))

    def _early(self, amount: Decimal) -> dict[UUID, Decimal]:
        """The discounts for paying early that a payment of this amount on this day takes, in the invoices' order."""
        found, rest = {}, amount
        for key, open_amount in zip(self.invoices, self._open(), strict=True):
            head = self._read(billing.get, key)
            early = self._read(deductions.early_discount, head)
            if early and self.day <= early.until and open_amount == head.total and rest >= open_amount - early.amount:
                found[key] = early.amount if rest < open_amount else min(early.amount, open_amount)
                rest -= open_amount - found[key]
        return found

    def _allocate(self) -> None:
        """Use what is to the customer's credit for what is open, the oldest first."""
        for payment_id in self.received:
            for key, open_amount in zip(self.invoices, self._open(), strict=True):
                share = min(self._read(receivables.payment_sheet, payment_id).left, open_amount)
                if share > 0:
                    use = partial(_use, payment_id, key, share, self.day)
                    self.company.do("payment.allocate", use)

    def _write_off(self, amount: Decimal) -> None:
        """Write off what is open of the first open invoice, or keep what was paid too much."""
        day = self.day
        for key, open_amount in zip(self.invoices, self._open(), strict=True):
            if open_amount:
                self.company.do("invoice.write_off", partial(_give_up, key, amount, day))
                return
        last = self.received[-1]
        self.company.do("payment.keep", lambda tx: deductions.keep(tx, last, amount, day))

    def _read(self, op: Callable[..., Any], argument: Any) -> Any:
        return self.company.read(lambda connection: op(connection, argument))

    def _open(self) -> list[Decimal]:
        return [self._read(billing.get, key).open_amount for key in self.invoices]

    def _left(self) -> Decimal:
        return sum((self._read(receivables.payment_sheet, key).left for key in self.received), ZERO)

    def _compare(self, expected: Facts, checks: Checks) -> None:
        open_amounts, left = self._open(), self._left()
        if "open" in expected:
            wanted = expected.value("open")
            many = wanted if isinstance(wanted, list) else [wanted]
            found = open_amounts if isinstance(wanted, list) else [sum(open_amounts, ZERO)]
            checks.same("open", [number(one, "open") for one in many], found)
        if "allocated" in expected:
            totals = [self._read(billing.get, key).total for key in self.invoices]
            paid = [total - rest for total, rest in zip(totals, open_amounts, strict=True)]
            checks.same("allocated", [number(one, "allocated") for one in expected.list("allocated")], paid)
        purposes = self.company.read(journal.accounts)
        held = {code: amount for code, _, amount in self.company.read(journal.balances)}
        balance = held[purposes[Purpose.RECEIVABLE]] + held[purposes[Purpose.PREPAYMENT]]
        checks.amounts(
            expected,
            {
                "credit_left": left,
                "customer_balance": balance,
                "discount": self._deducted(deduction.c.amount),
                "tax_correction": self._deducted(deduction.c.tax),
            },
        )
        finish(expected)
        checks.same("damages", [], self.company.read(integrity.check))

    def _deducted(self, column: Any) -> Decimal:
        kind = deduction.c.kind == DeductionKind.DISCOUNT
        rows = self.company.database.read(lambda c: c.execute(column.table.select().where(kind)).all())
        return sum((getattr(row, column.name) for row in rows), ZERO)


def _use(payment_id: UUID, invoice_id: UUID, amount: Decimal, day: date, tx: Transaction) -> None:
    payments.allocate(tx, payment_id, invoice_id, amount, day)


def _give_up(invoice_id: UUID, amount: Decimal, day: date, tx: Transaction) -> None:
    deductions.settle(tx, invoice_id, amount, DeductionKind.WRITE_OFF, day)
