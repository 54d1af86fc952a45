"""``totals``: what a document comes to, by the one totals engine."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.models.rounding import Rational, Rounding, scaled
from app.models.tax import Prices, Tax, TaxKind
from app.services import totals
from tests.scenarios.cases import REMARKS, Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.running import adapter, finish

Figures = Mapping[str, Rational | None]


@adapter("totals")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        given = dict(round_.given)
        if round_.expect is not None or not round_.steps:
            compare(Facts(given), round_.expected(), checks)
        for index, step in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            facts = Facts(step, f"steps[{index}]")
            facts.ignore(*REMARKS)
            given = {**given, **facts.value("set", {})}
            expected = facts.facts("expect")
            compare(Facts(given), expected, checks)
            finish(facts)


def compare(given: Facts, expected: Facts, checks: Checks) -> None:
    taxes = read_taxes(given.facts("taxes"))
    rules = read_rules(given)
    document = totals.Document(read_lines(given, "lines", taxes), rules)
    found = totals.compute(document)
    company = found.company
    if "company_lines" in given:
        step = scaled(1, given.whole("company_decimals", given.whole("currency_decimals", 2)))
        own = totals.Rules(step, rules.tax_rounding, rules.prices, discount_decimals=rules.discount_decimals)
        company = totals.compute(totals.Document(read_lines(given, "company_lines", taxes), own))
    _compare_document(expected, document, found, checks)
    if "company" in expected:
        if company is None:
            raise NotCovered("company amounts without a rate or lines of the company")
        checks.amounts(expected.facts("company"), _sums(company))
    finish(given, expected)


def _compare_document(expected: Facts, document: totals.Document, found: totals.Totals, checks: Checks) -> None:
    checks.amounts(expected, _sums(found))
    if "document" in expected:
        checks.amounts(expected.facts("document"), _sums(found))
    if "gross_before_discount" in expected:
        undiscounted = totals.compute(totals.before_discounts(document)).total_before_rounding
        checks.figure("gross_before_discount", expected.value("gross_before_discount"), undiscounted)
    if "lines" in expected:
        _compare_lines(expected.all_facts("lines"), found, checks)
    if "taxes" in expected:
        _compare_taxes(expected.facts("taxes"), found.taxes, checks)
    if "tax_lines" in expected:
        rows = [{"tax": line.code, "base": line.base, "amount": line.amount} for line in found.tax_lines]
        checks.same_rows("tax_lines", expected.list("tax_lines"), rows)
    if "ledger" in expected:
        checks.amounts(expected.facts("ledger"), _ledger(found))


def _sums(found: totals.Totals | totals.CompanyTotals) -> Figures:
    sums: dict[str, Rational | None] = {
        "untaxed": found.untaxed,
        "tax": found.tax,
        "total": found.total,
        "rounding": found.rounding,
        "total_before_rounding": found.untaxed + found.tax,
    }
    if isinstance(found, totals.Totals):
        sums["discount"] = found.document_discount
    return sums


def _compare_lines(expected: list[Facts], found: totals.Totals, checks: Checks) -> None:
    checks.same("number of lines", len(expected), len(found.lines))
    for facts, line in zip(expected, found.lines, strict=False):
        checks.amounts(
            facts,
            {
                "discount_pct": line.discount_percent,
                "discount": line.discount,
                "document_discount": line.document_discount,
                "net": line.net,
                "tax": line.tax,
                "total": line.total,
            },
        )
        if "taxes" in facts:
            _compare_taxes(facts.facts("taxes"), line.taxes, checks)


def _compare_taxes(expected: Facts, found: Mapping[str, totals.TaxTotal], checks: Checks) -> None:
    for code in expected:
        tax = found.get(code)
        if tax is None:
            checks.same(expected.place(code), expected.value(code), None)
        elif isinstance(expected.value(code), dict):
            checks.amounts(expected.facts(code), {"base": tax.base, "amount": tax.amount})
        else:
            checks.figure(expected.place(code), expected.value(code), tax.amount)


def _ledger(found: totals.Totals) -> Figures:
    """What the taxes add to the books: sales apart from what was taken back, by the sign of the base."""
    sold = [line for line in found.tax_lines if line.base >= 0]
    returned = [line for line in found.tax_lines if line.base < 0]
    amounts = [line.amount for line in found.tax_lines]
    return {
        "invoice_base": sum(line.base for line in sold),
        "credit_base": -sum(line.base for line in returned),
        "invoice_tax": sum(line.amount for line in sold),
        "credit_tax": -sum(line.amount for line in returned),
        "tax_credit": sum(amount for amount in amounts if amount > 0),
        "tax_debit": -sum(amount for amount in amounts if amount < 0),
    }


def read_rules(given: Facts) -> totals.Rules:
    decimals = given.whole("currency_decimals", 2)
    step = given.optional_number("currency_step") or scaled(1, decimals)
    prices = Prices.BY_TAX
    if given.value("prices_include_tax") is not None:
        prices = Prices.GROSS if given.flag("prices_include_tax") else Prices.NET
    rate = given.optional_number("rate_document_per_company")
    company_decimals = given.whole("company_decimals", decimals)
    return totals.Rules(
        step=step,
        tax_rounding=totals.TaxRounding(given.choice("tax_rounding", ("line", "document"), "document")),
        prices=prices,
        discount=read_discount(given),
        discount_decimals=None if given.value("discount_decimals") is None else given.whole("discount_decimals"),
        cash_step=given.optional_number("cash_rounding"),
        company=None if rate is None else totals.CompanyRate(rate, scaled(1, company_decimals)),
        rounding=Rounding(given.choice("rounding", tuple(Rounding), Rounding.HALF_UP)),
    )


def read_discount(given: Facts) -> totals.DocumentDiscount | None:
    if given.value("document_discount") is None:
        return None
    facts = given.facts("document_discount")
    return totals.DocumentDiscount(
        percent=facts.number("percent", "0"),
        amount=facts.number("amount", "0"),
        applies_to=totals.DiscountBase(facts.choice("applies_to", ("net", "gross"), "net")),
    )


def read_lines(given: Facts, name: str, taxes: Mapping[str, Tax]) -> tuple[totals.Line, ...]:
    return tuple(
        totals.Line(
            quantity=facts.number("qty", "1"),
            unit_price=facts.number("unit_price"),
            taxes=tuple(_tax_of(code, taxes, facts) for code in facts.list("taxes")),
            discount_percent=facts.number("discount_pct", "0"),
            discount_amount=facts.number("discount_amount", "0"),
        )
        for facts in given.all_facts(name)
    )


def _tax_of(code: Any, taxes: Mapping[str, Tax], facts: Facts) -> Tax:
    if code not in taxes:
        raise NotCovered(f"{facts.where}: there is no tax {code}")
    return taxes[code]


def read_taxes(given: Facts) -> dict[str, Tax]:
    """Read the taxes; they are computed in the order they are defined in, unless they have a sequence."""
    return {code: read_tax(code, given.facts(code), place) for place, code in enumerate(given)}


def read_tax(code: str, facts: Facts, place: int = 0) -> Tax:
    kind = TaxKind(facts.choice("type", tuple(TaxKind), TaxKind.PERCENT))
    rate = Decimal(0)
    if kind is TaxKind.FIXED:
        rate = facts.number("amount", facts.value("rate"))
    elif kind is not TaxKind.GROUP:
        rate = facts.number("rate")
    members: tuple[Tax, ...] = ()
    if kind is TaxKind.GROUP:
        children = facts.facts("children")
        members = tuple(read_tax(name, children.facts(name), index) for index, name in enumerate(children))
    return Tax(
        code=code,
        rate=rate,
        kind=kind,
        included=facts.flag("included"),
        affects_base=facts.flag("affects_base"),
        base_affected=facts.flag("base_affected", default=True),
        sequence=facts.whole("sequence", place),
        members=members,
    )
