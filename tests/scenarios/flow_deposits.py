"""Deposits in ``flow`` cases: asked for, deducted by the final invoice, taken back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.services import billing, deposit_parts, deposits
from app.services.deposits import Wanted
from tests.scenarios.facts import Facts
from tests.scenarios.flow_company import Company


def _ask(company: Company, facts: Facts) -> None:
    """Ask for a deposit and post its invoice."""
    order_id = company.order.order.id
    gross = facts.number("gross", facts.text("amount", "0"))
    wanted = Wanted(percent=facts.number("pct", "0"), amount=gross, net=facts.number("net", "0"))
    asked = company.do("deposit.ask", lambda tx: deposits.ask(tx, order_id, wanted))
    assert asked is not None
    company.post(asked)


def _final(company: Company, _: Facts) -> None:
    company.post(company.draft_id())


def _credit_last(kind: str) -> Callable[[Company, Facts], None]:
    def credit(company: Company, _: Facts) -> None:
        posted = [row for row in company.invoices(kind) if row.state in {"posted", "paid"}]
        last, day = posted[-1].id, company.today
        company.do("invoice.credit", lambda tx: billing.credit(tx, last, on=day))

    return credit


def _left(company: Company) -> Fraction:
    """What of the order's deposits is neither deducted by a posted invoice nor credited."""
    order_id = company.order.order.id
    draft = company.read(lambda c: billing.find_draft(c, order_id))
    known = company.read(lambda c: deposit_parts.posted(c, order_id, but=draft))
    return Fraction(sum((part.total for one in known for part in one.parts_left), Decimal(0)))


def _deducted(company: Company) -> Fraction:
    rows = company.invoice_lines(company.invoices()[-1].id)
    return -Fraction(sum((row.total for row in rows if row.deposit_id), Decimal(0)))


DEPOSIT_STEPS: dict[str, Callable[[Company, Facts], None]] = {
    "deposit_invoice": _ask,
    "final_invoice": _final,
    "cancel_deposit_invoice": _credit_last("deposit"),
    "cancel_final_invoice": _credit_last("invoice"),
}

DEPOSIT_FIGURES: dict[str, Callable[[Company], Any]] = {
    "final_invoice_total": lambda company: Fraction(company.invoices()[-1].total),
    "deducted_total": _deducted,
    "deposit_amount_to_deduct": _left,
    "party_deposit": _left,
    "deposit_amount_invoiced": lambda company: Fraction(sum(row.total for row in company.invoices("deposit"))),
}
