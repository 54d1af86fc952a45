"""``dunning`` and ``dunning_amount``: what is overdue is reminded of level by level, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.models.dunning import Charges, Level, RunState, Why
from app.models.payment_terms import After, Part, ShareOf
from app.services import (
    billing,
    dunning,
    dunning_levels,
    dunning_preview,
    dunning_sheets,
    integrity,
    payment_terms,
    payments,
)
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.dunning_sheets import Standing
from app.services.payment_terms import Terms
from app.services.payments import NewPayment
from tests.scenarios.cases import REMARKS, Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.flow_company import Company, found
from tests.scenarios.running import adapter, finish

START = date(2026, 3, 2)
ZERO = Decimal(0)
STATES = {RunState.DRAFT: "draft", RunState.SENT: "waiting"}


@adapter("dunning")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        with _company() as company:
            _Play(company, Facts(round_.given)).play(round_, checks)


@adapter("dunning_amount")
def run_amount(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        with _company() as company:
            _charge(company, Facts(round_.given), round_.expected(), checks)


@contextmanager
def _company() -> Iterator[Company]:
    company = found(Facts({}))
    company.today = START
    try:
        yield company
    finally:
        company.close()


def _levels(company: Company, levels: list[Level], year_days: int = 365) -> None:
    company.do("dunning.save_levels", lambda tx: dunning_levels.save(tx, levels, Charges.POSTED, year_days))


def _invoice(company: Company, total: Decimal, due: list[tuple[int, Decimal]]) -> UUID:
    """Post an invoice whose parts (per cent) are due so many days after the start."""
    early = min(0, *(day for day, _ in due))
    posted = START + timedelta(days=early)
    percents = due[:-1]
    parts = [Part(ShareOf.TOTAL, share, After(days=day - early)) for day, share in percents]
    parts.append(Part(ShareOf.ALL_REST, ZERO, After(days=due[-1][0] - early)))
    terms = Terms("CASE", "as the case says", tuple(parts))
    company.do("payment_term.save", lambda tx: payment_terms.save(tx, terms))
    line = LineInput(kind="fee", name="Goods", unit_price=total)
    new = FreeInvoice(company.customer, (line,), payment_term="CASE")
    key = company.do("invoice.write", lambda tx: billing.write(tx, new))
    company.do("invoice.post", lambda tx: billing.post(tx, key, posted))
    return key


def _pay(company: Company, amounts: dict[UUID, Decimal]) -> UUID:
    new = NewPayment(company.customer, sum(amounts.values(), ZERO), company.today, allocations=amounts)
    return company.do("payment.receive", lambda tx: payments.receive(tx, new))


class _Play:
    """One invoice that is due and not paid, and runs on the days that follow."""

    def __init__(self, company: Company, given: Facts) -> None:
        self.company = company
        days = [int(number(day, "levels_days")) for day in given.list("levels_days")] or [given.whole("due_day", 0)]
        _levels(company, [Level(day, f"Level {place}") for place, day in enumerate(days, 1)])
        self.fee, self.interest = given.optional_number("fee"), given.optional_number("interest")
        total = given.optional_number("amount")
        total = given.number("claim") if total is None else total
        given.ignore("claim")
        due = [(one.whole("due_day"), one.number("share_pct")) for one in given.all_facts("instalments")]
        self.invoice = _invoice(company, total, due or [(given.whole("due_day", 0), Decimal(100))])
        given.ignore("due_day")
        self.runs: list[UUID] = []
        self.payments: list[UUID] = []
        self.block: UUID | None = None
        self.last: set[date] = set()  # claims that a run left alone because no level follows
        finish(given)

    def play(self, round_: Round, checks: Checks) -> None:
        for index, values in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            step = Facts(values, f"steps[{index}]")
            step.ignore(*REMARKS)
            expected = step.facts("expect")
            if "run_on_day" in step:
                self._run(START + timedelta(days=step.whole("run_on_day")))
            if "do" in step:
                self._do(step)
            self._compare(expected, checks)
            finish(step)
        if round_.expect is not None:
            checks.label = round_.label
            expected = round_.expected()
            self._compare(expected, checks)
            finish(expected)

    def _run(self, on: date) -> None:
        self.company.today = on
        claims = [one for proposal in self._read(dunning_preview.preview, on) for one in proposal.claims]
        self.last = {one.due_on for one in claims if one.why == Why.LAST}
        made = self.company.do("dunning.draft", lambda tx: dunning.draft(tx, on))
        if made is not None:
            self.runs.append(made)
            self._charge(made)

    def _charge(self, run_id: UUID) -> None:
        """Ask for the fee and the interest that the case names."""
        if self.fee is None and self.interest is None:
            return
        (letter,) = self._read(dunning_sheets.letters, run_id)
        rows = self._read(dunning_sheets.letter, letter.id).rows
        interest = None if self.interest is None else {rows[0].id: self.interest}
        fee = self.fee
        self.company.do(
            "dunning.change_charges",
            lambda tx: dunning.change_charges(tx, letter.id, fee=fee, interest=interest),
        )

    def _do(self, step: Facts) -> None:
        match step.text("do"):
            case "process":
                last, on = self.runs[-1], self.company.today
                self.company.do("dunning.send", lambda tx: dunning.send(tx, last, on))
            case "block":
                customer, of = self.company.customer, self.invoice
                self.block = self.company.do(
                    "dunning.block", lambda tx: dunning.block(tx, customer, "Asked to wait", invoice_id=of)
                )
            case "unblock":
                blocked = self.block
                assert blocked is not None
                self.company.do("dunning.unblock", lambda tx: dunning.unblock(tx, blocked))
            case "pay":
                self._pay(step.number("amount"))
            case "pay_in_full":
                self._pay(sum((amount for _, amount in self._owed()), ZERO))
            case "cancel_payment":
                last, on = self.payments.pop(), self.company.today
                self.company.do("payment.reverse", lambda tx: payments.reverse(tx, last, on))
            case other:
                raise NotCovered(f"the step {other!r}")

    def _pay(self, amount: Decimal) -> None:
        """Pay the invoice first, then what its reminders charged."""
        shares: dict[UUID, Decimal] = {}
        for key, left in self._owed():
            shares[key] = min(amount, left)
            amount -= shares[key]
        self.payments.append(_pay(self.company, {key: share for key, share in shares.items() if share}))

    def _owed(self) -> list[tuple[UUID, Decimal]]:
        customer = self.company.customer
        known = self._read(payments.open_invoices, customer)
        known.sort(key=lambda one: one.id != self.invoice)
        return [(one.id, one.open_amount) for one in known]

    def _compare(self, expected: Facts, checks: Checks) -> None:
        standings: list[Standing] = self._read(dunning_sheets.of_invoice, self.invoice)
        running = [one for one in standings if not one.is_resolved]
        head = self._read(billing.get, self.invoice)
        if "dunnings" in expected:
            checks.same("dunnings", expected.whole("dunnings"), len(running))
        if "level" in expected:
            checks.same("level", expected.whole("level"), max((one.level for one in running), default=0))
        if "state" in expected:
            checks.same("state", expected.text("state"), self._state(running))
        if "dated" in expected:
            checks.same("dated", expected.flag("dated"), bool(running) and running[-1].sent_on is not None)
        if "dunning_state" in expected:
            resolved = bool(standings) and not running
            checks.same("dunning_state", expected.text("dunning_state"), "resolved" if resolved else "unresolved")
        if "reminded" in expected:
            wanted = [number(one, "reminded") for one in expected.list("reminded")]
            checks.same("reminded", wanted, [one.claimed for one in running])
        if "invoice_state" in expected:
            wanted = expected.choice("invoice_state", ("paid", "partly_paid", "overdue", "unpaid", "open", "posted"))
            checks.same("invoice_state", True, self._is(head, wanted))
        owed = sum((one.open_amount for one in standings), ZERO)
        checks.amounts(expected, {"open": owed, "invoice_open": head.open_amount})
        finish(expected)
        checks.same("damages", [], self.company.read(integrity.check))

    def _state(self, running: list[Standing]) -> str:
        if not running:
            return ""
        last = running[-1]
        if last.state == RunState.SENT and last.due_on in self.last:
            return "final"
        return STATES[last.state]

    def _is(self, head: Any, word: str) -> bool:
        """Whether a word is true of the invoice: one that is paid in part may be overdue as well."""
        late = head.open_amount > 0 and head.due_on < self.company.today
        partly = 0 < head.open_amount < head.total
        posted = head.state == "posted"
        return {"paid": head.state == "paid", "partly_paid": partly, "overdue": late}.get(word, posted)

    def _read(self, op: Any, argument: Any) -> Any:
        return self.company.read(lambda connection: op(connection, argument))


def _charge(company: Company, given: Facts, expected: Facts, checks: Checks) -> None:
    """Send the letters of a claim and look at what they ask for and what is owed after each."""
    claim, percent = given.number("claim"), given.optional_number("interest_pct_year") or ZERO
    fees = [(one.whole("day"), one.whole("level", 0), one.number("amount")) for one in given.all_facts("fees")]
    fees.sort()
    last = given.whole("days_overdue", fees[-1][0] if fees else 0)
    fee = given.optional_number("fee") or ZERO
    steps = [(day, amount) for day, _, amount in fees] or [(last, fee)]
    levels = [Level(day, f"Level {place}", amount, percent) for place, (day, amount) in enumerate(steps, 1)]
    _levels(company, levels, given.whole("year_days", 365))
    key = _invoice(company, claim, [(0, Decimal(100))])
    owed, interest = [], ZERO
    for day, _ in steps:
        company.today = on = START + timedelta(days=day)
        (proposal,) = company.read(lambda c, on=on: dunning_preview.preview(c, on))
        interest += proposal.interest
        made = company.do("dunning.draft", lambda tx, on=on: dunning.draft(tx, on))
        assert made is not None
        company.do("dunning.send", lambda tx, on=on, made=made: dunning.send(tx, made, on))
        (standing,) = company.read(lambda c: dunning_sheets.of_invoice(c, key))
        owed.append(standing.open_amount)
    finish(given)
    checks.amounts(expected, {"interest": interest, "total": owed[-1]})
    if "owed_after" in expected:
        checks.same("owed_after", [number(one, "owed_after") for one in expected.list("owed_after")], owed)
    finish(expected)
    checks.same("damages", [], company.read(integrity.check))
