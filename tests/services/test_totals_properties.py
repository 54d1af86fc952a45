"""What holds for every document, whatever is on it."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from app.models.rounding import MIRRORED
from app.models.tax import Prices, Tax, TaxKind
from app.services.totals import (
    CompanyRate,
    CompanyTotals,
    DiscountBase,
    Document,
    DocumentDiscount,
    Line,
    Rules,
    TaxRounding,
    TaxTotal,
    Totals,
    compute,
    line_amount,
    mirrored,
    total,
)

CODES = "abcdef"


def decimals(low, high, places):
    return st.integers(low * 10**places, high * 10**places).map(lambda whole: Decimal(whole).scaleb(-places))


@st.composite
def tax_pools(draw):
    """Up to six taxes of all kinds; those of the gross price stay below 100 % together."""
    pool = []
    for place, code in enumerate(CODES[: draw(st.integers(1, 6))]):
        kind = draw(st.sampled_from([TaxKind.PERCENT, TaxKind.PERCENT, TaxKind.FIXED, TaxKind.DIVISION]))
        rate = draw(st.sampled_from(["10", "10", "21", "5.5", "0", "-4", "19.6"]))
        if kind is TaxKind.FIXED:
            rate = draw(st.sampled_from(["1", "0.05", "0.125"]))
        pool.append(
            Tax(
                code,
                Decimal(rate),
                kind,
                included=draw(st.booleans()),
                affects_base=draw(st.booleans()),
                base_affected=draw(st.booleans()),
                sequence=draw(st.integers(0, 2)) + place // 3,
            )
        )
    return pool


@st.composite
def documents(draw, *, discounts=True):
    pool = draw(tax_pools())
    lines = draw(
        st.lists(
            st.builds(
                Line,
                quantity=decimals(-20, 20, 2),
                unit_price=decimals(-50, 300, 4),
                taxes=st.lists(st.sampled_from(pool), unique=True, max_size=4).map(tuple),
                discount_percent=st.sampled_from(
                    [Decimal(0), Decimal(10), Decimal("33.33"), Decimal(100), Decimal(-5)]
                ),
                discount_amount=st.sampled_from([Decimal(0), Decimal("0.07"), Decimal(3)]),
            ),
            max_size=7,
        )
    )
    discount = None
    if discounts and draw(st.booleans()):
        discount = DocumentDiscount(
            draw(decimals(-10, 50, 1)), draw(decimals(-5, 40, 2)), draw(st.sampled_from(DiscountBase))
        )
    rules = Rules(
        step=draw(st.sampled_from([Decimal("0.01"), Decimal(1), Decimal("0.05"), Decimal("0.001")])),
        tax_rounding=draw(st.sampled_from(TaxRounding)),
        prices=draw(st.sampled_from(Prices)),
        discount=discount,
        discount_decimals=draw(st.sampled_from([None, 0, 2])),
        cash_step=draw(st.sampled_from([None, Decimal("0.05"), Decimal(1)])),
        company=draw(st.sampled_from([None, CompanyRate(Decimal("1.1726")), CompanyRate(Decimal("0.3"), Decimal(1))])),
        rounding=draw(st.sampled_from(sorted(MIRRORED))),
    )
    return Document(tuple(lines), rules)


def negative(value):
    """The negative of every figure, however it is kept."""
    if isinstance(value, Decimal):
        return -value
    if isinstance(value, TaxTotal):
        return TaxTotal(-value.base, -value.amount)
    if isinstance(value, dict):
        return {code: negative(each) for code, each in value.items()}
    if isinstance(value, CompanyTotals):
        return CompanyTotals(**{field.name: negative(getattr(value, field.name)) for field in fields(CompanyTotals)})
    return value


def figures(found: Totals):
    """All figures of a document and its lines, without what they were made of."""
    lines = [
        (line.net, line.tax, line.total, line.discount, line.document_discount, line.taxes) for line in found.lines
    ]
    document = {
        field.name: getattr(found, field.name) for field in fields(Totals) if field.name not in {"lines", "tax_lines"}
    }
    return lines, document, sorted((line.code, line.base, line.amount) for line in found.tax_lines)


@given(documents())
def test_everything_adds_up_and_is_whole_steps(document):
    found, step = compute(document), document.rules.step
    assert sum(line.net for line in found.lines) == found.untaxed
    assert sum(line.tax for line in found.lines) == found.tax
    assert sum(line.total for line in found.lines) == found.untaxed + found.tax == found.total_before_rounding
    assert sum(tax.amount for tax in found.taxes.values()) == found.tax
    assert found.total == found.total_before_rounding + found.rounding
    assert sum(line.document_discount for line in found.lines) == found.document_discount
    for code, tax in found.taxes.items():
        assert sum(line.amount for line in found.tax_lines if line.code == code) == tax.amount
        assert sum(line.base for line in found.tax_lines if line.code == code) == tax.base
        assert sum(line.taxes[code].amount for line in found.lines if code in line.taxes) == tax.amount
    for line in found.lines:
        assert sum(tax.amount for tax in line.taxes.values()) == line.tax
        assert all(figure % step == 0 for figure in (line.net, line.tax, line.discount, line.document_discount))
    if document.rules.cash_step:
        assert found.total % document.rules.cash_step == 0
    if found.company:
        assert found.company.total == found.company.untaxed + found.company.tax + found.company.rounding
        assert sum(tax.amount for tax in found.company.taxes.values()) == found.company.tax


@settings(max_examples=200)
@given(documents())
@example(Document((Line(Decimal(1), Decimal("0.005")), Line(Decimal(-1), Decimal("0.005"))), Rules()))
def test_a_credit_note_is_exactly_the_negative_in_every_figure(document):
    found, credit = compute(document), compute(mirrored(document))
    lines, sums, tax_lines = figures(found)
    credit_lines, credit_sums, credit_tax_lines = figures(credit)
    assert credit_lines == [tuple(negative(figure) for figure in line) for line in lines]
    assert credit_sums == {name: negative(value) for name, value in sums.items()}
    assert credit_tax_lines == sorted((code, -base, -amount) for code, base, amount in tax_lines)
    assert compute(mirrored(mirrored(document))) == found


@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_the_taxes_on_a_line_changes_nothing(document, random):
    shuffled = [replace(line, taxes=tuple(random.sample(line.taxes, len(line.taxes)))) for line in document.lines]
    assert figures(compute(replace(document, lines=tuple(shuffled)))) == figures(compute(document))


@given(documents(discounts=False), decimals(-9, 90, 2))
def test_no_cent_of_a_document_discount_is_lost(document, amount):
    assume(document.lines)
    amount = (amount / document.rules.step).to_integral_value(ROUND_HALF_UP) * document.rules.step
    before = compute(document)
    for applies_to in DiscountBase:
        rules = replace(document.rules, discount=DocumentDiscount(amount=amount, applies_to=applies_to))
        found = compute(replace(document, rules=rules))
        assert found.document_discount == amount
        if applies_to is DiscountBase.NET:
            assert found.untaxed == before.untaxed - amount
        else:
            assert found.total_before_rounding == before.total_before_rounding - amount


@given(documents(discounts=False))
def test_a_price_that_contains_its_taxes_stays_what_it_was(document):
    document = replace(document, rules=replace(document.rules, prices=Prices.GROSS))
    for line, found in zip(document.lines, compute(document).lines, strict=True):
        amount = line_amount(line, document.rules)
        assert found.total == amount.entry.price * document.rules.step


@given(documents(), st.data())
def test_changing_one_line_gives_what_computing_all_gives(document, data):
    assume(document.lines)
    amounts = [line_amount(line, document.rules) for line in document.lines]
    place = data.draw(st.integers(0, len(amounts) - 1))
    changed = replace(document.lines[place], quantity=data.draw(decimals(-9, 9, 1)))
    amounts[place] = line_amount(changed, document.rules)
    lines = (*document.lines[:place], changed, *document.lines[place + 1 :])
    assert total(amounts, document.rules) == compute(replace(document, lines=lines))


@given(
    st.lists(st.tuples(decimals(0, 30, 2), decimals(0, 900, 4), st.sampled_from(["0", "7", "19.6", "21"])), max_size=12)
)
def test_plain_taxes_are_what_one_works_out_by_hand(rows):
    """The engine against arithmetic written down again: percentages on top, no discounts, halves up."""

    def cents(value):
        return (2 * value.numerator * 100 + value.denominator) // (2 * value.denominator)

    lines = tuple(Line(quantity, price, (Tax(rate, Decimal(rate)),)) for quantity, price, rate in rows)
    nets = [cents(Fraction(quantity) * Fraction(price)) for quantity, price, _ in rows]
    per_line = sum(
        cents(Fraction(net, 100) * Fraction(rate) / 100) for net, (_, _, rate) in zip(nets, rows, strict=True)
    )
    per_document = sum(
        cents(sum((Fraction(q) * Fraction(p) for q, p, r in rows if r == rate), Fraction(0)) * Fraction(rate) / 100)
        for rate in {row[2] for row in rows}
    )
    for rounding, tax in ((TaxRounding.LINE, per_line), (TaxRounding.DOCUMENT, per_document)):
        found = compute(Document(lines, Rules(tax_rounding=rounding)))
        assert found.untaxed == Decimal(sum(nets)) / 100
        assert found.tax == Decimal(tax) / 100
