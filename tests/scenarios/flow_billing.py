"""What of a ``flow`` is invoiced and what may be: drafts by hand, shares, words for how far the billing is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.services import billing
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company
from tests.scenarios.flow_supply_checks import by_product

Compared = Callable[[Company, Facts, Checks], None]

BILLED = {
    "not billed": "none",
    "none": "none",
    "no": "none",
    "partly billed": "part",
    "partially billed": "part",
    "partial": "part",
    "fully billed": "all",
    "billed": "all",
    "closed": "all",
}


def _draft_invoice(company: Company, facts: Facts) -> None:
    """A clerk drafts an invoice: of quantities by product, else of all that may be invoiced now."""
    order_id, chosen = company.order.order.id, facts.facts("set_qty")
    wanted = {}
    for product in chosen:
        line = company.line_of(product)
        wanted[line.id] = line.to_grains(chosen.number(product))
    if not wanted:
        wanted = {line.id: line.to_grains(_exact(_to_invoice(company, line))) for line in _sold(company)}
    company.do("invoice.draft", lambda tx: billing.draft(tx, order_id, wanted))


def _exact(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _sold(company: Company) -> list[Any]:
    return [line for line in company.order.lines if not line.component and line.kind != "text"]


def _drafted_by_hand(company: Company, line: Any) -> Fraction:
    drafts = [head for head in company.invoices() if head.state == "draft" and head.by_hand]
    rows = [row for head in drafts for row in company.invoice_lines(head.id) if row.order_line_id == line.id]
    return sum((Fraction(row.grains) / line.grains_per_unit for row in rows), Fraction(0))


def _invoiced(company: Company, line: Any) -> Fraction:
    """On posted invoices, and on a draft that a person made; what the program keeps drafted is no invoice yet."""
    return Fraction(line.invoiced) + _drafted_by_hand(company, line)


def _to_invoice(company: Company, line: Any) -> Fraction:
    return line.to_invoice - _drafted_by_hand(company, line)


def _by_product(value: Callable[[Company, Any], Fraction], name: str) -> Compared:
    def compare(company: Company, wanted: Facts, checks: Checks) -> None:
        found = wanted.value(name)
        if isinstance(found, dict):
            by_product(name, lambda line: value(company, line))(company, wanted, checks)
            return
        every = sum((value(company, line) for line in _sold(company)), Fraction(0))
        checks.figure(wanted.place(name), found, every)

    return compare


def _first_invoice(company: Company, wanted: Facts, checks: Checks) -> None:
    """The quantities on the order's first invoice, by product: it holds no others."""
    facts, invoices = wanted.facts("first_invoice"), company.invoices()
    names = {product: name for name, product in company.products.items()}
    rows = company.invoice_lines(invoices[0].id) if invoices else []
    expected = {name: Fraction(facts.number(name)) for name in facts}
    checks.same(facts.where, expected, {names.get(row.product_id): Fraction(row.quantity) for row in rows})


def _bill_state(company: Company, wanted: Facts, checks: Checks) -> None:
    word, billed = wanted.text("bill_state").lower(), company.order.billed
    if word not in BILLED:
        raise NotCovered(f"{wanted.place('bill_state')} is {word!r}")
    found = "none" if not billed else "all" if billed == 1 else "part"
    checks.same(wanted.place("bill_state"), BILLED[word], found)


def _warning(company: Company, wanted: Facts, checks: Checks) -> None:
    """The words are another program's; that somebody is told is ours."""
    is_told = wanted.text("warning").lower() not in {"", "no", "none"}
    checks.same(wanted.place("warning"), is_told, bool(company.order.order.warning))


BILLING_STEPS: dict[str, Callable[[Company, Facts], None]] = {"draft_invoice": _draft_invoice}
BILLING_FIGURES: dict[str, Callable[[Company], Any]] = {
    "unit_price": lambda company: Fraction(_sold(company)[0].unit_price),
}
BILLING_COMPARED: dict[str, Compared] = {
    "invoiced": _by_product(_invoiced, "invoiced"),
    "to_invoice": _by_product(_to_invoice, "to_invoice"),
    "billed_pct": lambda company, wanted, checks: checks.written(
        wanted.place("billed_pct"), wanted.value("billed_pct"), 100 * company.order.billed
    ),
    "first_invoice": _first_invoice,
    "bill_state": _bill_state,
    "warning": _warning,
    "demand": by_product("demand", lambda line: line.outstanding),
}
