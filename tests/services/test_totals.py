"""What documents come to: discounts, prices with and without tax, cash rounding, company currency.

Figures marked with a system come from what it publishes about its own sales documents.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.errors import Invalid
from app.models.rounding import Rounding
from app.models.tax import Prices, Tax, TaxKind
from app.services.totals import (
    CompanyRate,
    DiscountBase,
    Document,
    DocumentDiscount,
    Line,
    Rules,
    TaxRounding,
    before_discounts,
    compute,
    line_amount,
    total,
)

V20 = Tax("V20", Decimal(20))
V24 = Tax("V24", Decimal(24))
I14 = Tax("I14", Decimal(14), included=True)
I10 = Tax("I10", Decimal(10), included=True)
BOTH = pytest.mark.parametrize("rounding", TaxRounding)


def line(quantity, price, *taxes, percent=0, amount=0):
    return Line(Decimal(quantity), Decimal(price), taxes, Decimal(percent), Decimal(amount))


def off(amount=0, *, percent=0, applies_to=DiscountBase.NET):
    return DocumentDiscount(Decimal(percent), Decimal(amount), applies_to)


def sums(*lines, **rules):
    """Untaxed, tax and total as texts."""
    found = compute(Document(lines, Rules(**rules)))
    return str(found.untaxed), str(found.tax), str(found.total)


def test_a_document_without_lines_comes_to_nothing():
    assert sums() == ("0.00", "0.00", "0.00")
    assert sums(discount=off(5)) == ("0.00", "0.00", "0.00")


@BOTH
def test_a_line_is_quantity_times_price_less_its_discounts_rounded_once(rounding):
    found = compute(
        Document(
            (
                line(38, "541.26", percent=2),
                line(1, 192, percent="74.246"),
                line(1, 20, percent=-10),
                line(2, 100, percent=10, amount="0.555"),
            ),
            Rules(tax_rounding=rounding, discount_decimals=2),
        )
    )
    assert [str(each.net) for each in found.lines] == ["20156.52", "49.44", "22.00", "179.45"]
    assert [str(each.discount) for each in found.lines] == ["411.36", "142.56", "-2.00", "20.55"]
    assert found.lines[1].discount_percent == Decimal("74.25")


@BOTH
def test_a_document_discount_off_the_net_amount_is_spread_by_what_lines_are_worth(rounding):
    found = compute(Document((line(5, 100), line(5, 200)), Rules(tax_rounding=rounding, discount=off(100))))
    assert [str(each.document_discount) for each in found.lines] == ["33.33", "66.67"]
    assert [str(each.net) for each in found.lines] == ["466.67", "933.33"]
    assert (found.untaxed, found.document_discount) == (Decimal(1400), Decimal(100))


def test_a_discount_off_the_net_amount_lowers_the_tax_on_it():
    """ERPNext: 75 off lines of 975 with 24 % leave 900 and 216."""
    lines = [line(1, price, V24) for price in (75, 500, 200, 100, 50, 50)]
    assert sums(*lines, discount=off(75)) == ("900.00", "216.00", "1116.00")


@BOTH
def test_discounts_on_prices_that_contain_tax(rounding):
    """ERPNext: 5,000 with 14 % in it; 100 off the net amount, 100 off the total."""
    lines = (line(100, 50, I14),)
    assert sums(*lines, tax_rounding=rounding) == ("4385.96", "614.04", "5000.00")
    assert sums(*lines, tax_rounding=rounding, discount=off(100)) == ("4285.96", "600.03", "4885.99")
    gross = off(100, applies_to=DiscountBase.GROSS)
    assert sums(*lines, tax_rounding=rounding, discount=gross) == ("4298.25", "601.75", "4900.00")


@BOTH
def test_a_discount_off_the_total_hits_the_total_whatever_the_taxes(rounding):
    lines = (line(1, "100.01", V20), line(3, "33.33", I14), line(2, 7))
    before = compute(Document(lines, Rules(tax_rounding=rounding))).total
    gross = off("10.01", percent=5, applies_to=DiscountBase.GROSS)
    found = compute(Document(lines, Rules(tax_rounding=rounding, discount=gross)))
    assert found.document_discount == (before * 5 / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP") + Decimal("10.01")
    assert found.total == before - found.document_discount


def test_a_discount_on_a_discount_compounds():
    """Vendure: 10 % off the item, then 10 % off the order."""
    lines = (line(1, "1558.80", V20, percent=10),)
    assert sums(*lines) == ("1402.92", "280.58", "1683.50")
    assert sums(*lines, discount=off(percent=10)) == ("1262.63", "252.53", "1515.16")


def test_what_it_would_be_without_discounts():
    document = Document((line(3, 100, I10, percent=50), line(1, 10, V20, amount=2)), Rules(discount=off(percent=10)))
    assert compute(before_discounts(document)).total == Decimal("312.00")


@BOTH
def test_the_document_may_decide_whether_prices_contain_tax(rounding):
    taxes = (Tax("a", Decimal(20)), Tax("b", Decimal(5), included=True))
    assert sums(line(1, 125, *taxes), tax_rounding=rounding, prices=Prices.GROSS) == ("100.00", "25.00", "125.00")
    assert sums(line(1, 100, *taxes), tax_rounding=rounding, prices=Prices.NET) == ("100.00", "25.00", "125.00")


@BOTH
@pytest.mark.parametrize(
    ("price", "net", "tax"), [("5", "4.75", "0.25"), ("10", "9.50", "0.50"), ("50", "47.60", "2.40")]
)
def test_a_currency_may_have_a_step_that_is_no_power_of_ten(rounding, price, net, tax):
    found = sums(line(1, price, Tax("t", Decimal(5), included=True)), step=Decimal("0.05"), tax_rounding=rounding)
    assert found == (net, tax, f"{price}.00")


@BOTH
def test_a_currency_may_have_no_decimals_or_many(rounding):
    tax = Tax("t", Decimal(19), included=True)
    assert sums(line(1, 10920, tax), step=Decimal(1), tax_rounding=rounding) == ("9176", "1744", "10920")
    half = Tax("h", Decimal(20), included=True)
    found = sums(line(1, "399.999999", half), step=Decimal("0.000001"), tax_rounding=rounding)
    assert found == ("333.333333", "66.666666", "399.999999")


def test_cash_rounding_changes_the_total_and_not_the_tax():
    found = compute(Document((line(1, "4600.00", V20), line(1, "0.47")), Rules(cash_step=Decimal("0.05"))))
    assert (found.untaxed, found.tax) == (Decimal("4600.47"), Decimal("920.00"))
    assert (found.total_before_rounding, found.rounding, found.total) == (
        Decimal("5520.47"),
        Decimal("-0.02"),
        Decimal("5520.45"),
    )


def test_taxes_per_unit_count_the_quantity_and_turn_with_the_sign_of_the_price():
    """Odoo: what a tax per unit comes to for negative prices, negative quantities and gifts."""
    fixed = Tax("f", Decimal(1), TaxKind.FIXED)
    cases = {(-2, -10): ("20.00", "2.00"), (2, -10): ("-20.00", "-2.00"), (-1, 0): ("0.00", "-1.00")}
    for (quantity, price), expected in {**cases, (1, 0): ("0.00", "1.00")}.items():
        assert sums(line(quantity, price, fixed))[:2] == expected
    dozens = replace(line(2, 60, fixed), tax_quantity=Decimal(24))
    assert sums(dozens)[:2] == ("120.00", "24.00")


def test_sales_and_what_is_taken_back_stay_apart_in_the_books():
    """Tryton: 5 at 10 and 2 taken back at 5, with 10 %."""
    tax = Tax("t", Decimal(10))
    found = compute(Document((line(5, 10, tax), line(-2, 5, tax)), Rules(tax_rounding=TaxRounding.LINE)))
    assert [(str(each.base), str(each.amount)) for each in found.tax_lines] == [("50.00", "5.00"), ("-10.00", "-1.00")]
    assert (str(found.taxes["t"].base), str(found.taxes["t"].amount), str(found.total)) == ("40.00", "4.00", "44.00")


INDIA = (
    Tax("1", Decimal(6), affects_base=True, base_affected=False),
    Tax("2", Decimal(6), affects_base=True, base_affected=False),
    Tax("3", Decimal(3)),
)


@pytest.mark.parametrize(
    ("rounding", "document", "company"),
    [
        (TaxRounding.LINE, ("31.78", "4.86", "36.64"), ("6.36", "0.98", "7.34")),
        (TaxRounding.DOCUMENT, ("31.78", "4.89", "36.67"), ("6.36", "0.97", "7.33")),
    ],
)
def test_company_amounts_are_rounded_where_the_document_rounds(rounding, document, company):
    """Odoo: two lines of 15.89 with India's taxes at a rate of 5."""
    rules = Rules(tax_rounding=rounding, company=CompanyRate(Decimal(5)))
    found = compute(Document((line(1, "15.89", *INDIA),) * 2, rules))
    assert (str(found.untaxed), str(found.tax), str(found.total)) == document
    assert (str(found.company.untaxed), str(found.company.tax), str(found.company.total)) == company
    assert sum(tax.amount for tax in found.company.taxes.values()) == found.company.tax


def test_company_amounts_have_a_step_of_their_own_and_their_part_of_cash_rounding():
    rules = Rules(cash_step=Decimal(1), company=CompanyRate(Decimal("0.25"), Decimal(1)))
    found = compute(Document((line(1, "10.40", V20),), rules))
    assert (found.total, found.rounding) == (Decimal(12), Decimal("-0.48"))
    assert (found.company.untaxed, found.company.tax, found.company.rounding, found.company.total) == (42, 8, -2, 48)


def test_a_rate_of_nothing_is_refused():
    with pytest.raises(Invalid) as refusal:
        compute(Document((line(1, 1),), Rules(company=CompanyRate(Decimal(0)))))
    assert refusal.value.field == "rate"


def test_rules_that_no_document_can_have_are_a_bug():
    with pytest.raises(ValueError, match="ceiling"):
        Rules(rounding=Rounding.CEILING)
    with pytest.raises(ValueError, match="rounded to 0"):
        Rules(step=Decimal(0))


def test_the_rounding_mode_is_the_document_s():
    half = line(1, "0.125")
    assert sums(half)[0] == "0.13"
    assert sums(half, rounding=Rounding.HALF_EVEN)[0] == "0.12"


@BOTH
def test_an_editor_recomputes_only_the_line_that_changed(rounding):
    rules = Rules(tax_rounding=rounding, discount=off(percent=3))
    lines = [line(count, "3.33", V20 if count % 2 else I14) for count in range(1, 40)]
    amounts = [line_amount(each, rules) for each in lines]
    lines[7] = line(100, "1.11", V24)
    amounts[7] = line_amount(lines[7], rules)
    assert total(amounts, rules) == compute(Document(tuple(lines), rules))


def test_a_line_knows_its_taxes_by_code():
    taxes = compute(Document((line(1, 100, *INDIA),), Rules())).lines[0].taxes
    assert {code: (str(tax.base), str(tax.amount)) for code, tax in taxes.items()} == {
        "1": ("100.00", "6.00"),
        "2": ("100.00", "6.00"),
        "3": ("112.00", "3.36"),
    }
