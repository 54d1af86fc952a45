"""``credit_check``: what a customer owes and has ordered, against the limit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from app.services import billing, companies, credit_checks, orders, overview, parties
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.scenarios.cases import REMARKS, Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.flow_company import Company, found
from tests.scenarios.running import adapter, finish

TODAY = date(2026, 11, 2)
FOREIGN = "USD"


@adapter("credit_check")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        company = found(Facts({}))
        try:
            _Play(company, Facts(round_.given)).play(round_, checks)
        finally:
            company.close()


class _Play:
    """One customer who owes something, and the orders that are confirmed one after the other."""

    def __init__(self, company: Company, given: Facts) -> None:
        self.company, self.given = company, given
        self.order: UUID | None = None
        rate = given.optional_number("rate_foreign_per_company")
        if rate is not None:
            company.do("rate.set", lambda tx: companies.set_rate(tx, FOREIGN, date(2026, 1, 1), rate))
        balance = given.number("balance", "0")
        if balance:
            self._owe(balance)
        if "limit" in given:
            self._limit(given.number("limit"))

    def play(self, round_: Round, checks: Checks) -> None:
        if "foreign_lines" in self.given:
            amounts = [number(one, "foreign_lines") for one in self.given.list("foreign_lines")]
            expected = "" if isinstance(round_.expect, dict) else str(round_.expect or "")
            facts = Facts(round_.expect if isinstance(round_.expect, dict) else {}, "expect")
            self._confirm(amounts, FOREIGN, expected, self.given, checks)
            self._compare(facts, checks)
            finish(facts)
        finish(self.given)
        for index, values in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            step = Facts(values, f"steps[{index}]")
            step.ignore(*REMARKS)
            self._step(step, checks)
            finish(step)

    def _step(self, step: Facts, checks: Checks) -> None:
        match step.text("do"):
            case "confirm_order":
                if "limit" in step:
                    self._limit(step.number("limit"))
                self._confirm([step.number("amount")], "", step.text("expect"), step, checks)
            case "invoice_half_of_it":
                self._invoice_half()
                self._compare(step.facts("expect"), checks)
            case other:
                raise NotCovered(f"the step {other!r}")

    def _owe(self, amount: Decimal) -> None:
        line = LineInput(kind="fee", name="Goods", unit_price=abs(amount), quantity=Decimal(1 if amount > 0 else -1))
        new = FreeInvoice(self.company.customer, (line,), payment_term="NET30")
        key = self.company.do("invoice.write", lambda tx: billing.write(tx, new))
        self.company.do("invoice.post", lambda tx: billing.post(tx, key, TODAY))

    def _limit(self, limit: Decimal) -> None:
        customer = self.company.customer
        self.company.do("customer.change", lambda tx: parties.change(tx, customer, {"credit_limit": limit}, {}))

    def _confirm(self, amounts: list[Decimal], currency: str, expected: str, facts: Facts, checks: Checks) -> None:
        """Confirm an order of these amounts: beyond the limit it is held, which is the warning."""
        product = self.company.product("P")
        lines = tuple(LineInput(product_id=product, quantity=Decimal(2), unit_price=one / 2) for one in amounts)
        new = NewOrder(self.company.customer, lines, currency=currency)
        order = self.company.do("order.write", lambda tx: orders.create(tx, new))
        self.company.do("order.confirm", lambda tx: orders.confirm(tx, order))
        self.order = order
        head = self.company.read(lambda c: overview.read(c, order)).order
        if expected:
            checks.same("expect", expected, "warning" if head.hold.startswith("Credit limit") else "ok")
        if "exposure" in facts:
            with_it = self.company.read(lambda c: credit_checks.standing_with(c, order, TODAY))
            checks.figure("exposure", facts.value("exposure"), with_it.exposure.total)

    def _invoice_half(self) -> None:
        order = self.order
        assert order is not None, "an order is confirmed first"
        lines = self.company.read(lambda c: overview.read(c, order)).lines
        half = {line.id: int(line.quantity * line.grains_per_unit / 2) for line in lines}
        key = self.company.do("invoice.draft", lambda tx: billing.draft(tx, order, half))
        self.company.do("invoice.post", lambda tx: billing.post(tx, key, TODAY))

    def _compare(self, expected: Facts, checks: Checks) -> None:
        customer = self.company.customer
        found = self.company.read(lambda c: credit_checks.standing(c, customer, TODAY))
        checks.amounts(expected, {"exposure": found.exposure.total})
