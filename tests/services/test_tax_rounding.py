"""Where taxes are rounded: per line or once per document.

Figures marked with a system come from what it publishes about its own sales documents.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.models.tax import Tax, TaxKind
from app.services.totals import Document, Line, Rules, TaxRounding, compute

LINE, DOCUMENT = TaxRounding.LINE, TaxRounding.DOCUMENT


def on_top(code, rate, **flags):
    return Tax(code, Decimal(rate), **flags)


def contained(code, rate, **flags):
    return Tax(code, Decimal(rate), included=True, **flags)


def compute_lines(rounding, *lines, step="0.01"):
    """Compute lines of (quantity, price, taxes)."""
    made = tuple(Line(Decimal(quantity), Decimal(price), taxes) for quantity, price, taxes in lines)
    return compute(Document(made, Rules(step=Decimal(step), tax_rounding=rounding)))


def figures(found):
    return str(found.untaxed), str(found.tax), str(found.total)


T15, T17, T22, T21 = on_top("t", 15), on_top("t", 17), on_top("t", 22), contained("t", 21)


@pytest.mark.parametrize(
    ("lines", "per_line", "per_document"),
    [
        ([(1, "6.70", (T15,))] * 2, ("13.40", "2.02", "15.42"), ("13.40", "2.01", "15.41")),  # Odoo
        ([(1, "50.40", (T17,)), (1, "47.21", (T17,))], ("97.61", "16.60", "114.21"), ("97.61", "16.59", "114.20")),
        ([(1, "33.33", (on_top("t", 10),))] * 3, ("99.99", "9.99", "109.98"), ("99.99", "10.00", "109.99")),
        ([(1, "5350.656", (T22,))], ("5350.66", "1177.15", "6527.81"), ("5350.66", "1177.14", "6527.80")),  # Odoo
        ([(1, "1.001", (on_top("t", 20),))] * 100, ("100.00", "20.00", "120.00"), ("100.00", "20.02", "120.02")),
        ([(1, "11.90", (T21,)), (1, "2.80", (T21,))], ("12.14", "2.56", "14.70"), ("12.15", "2.55", "14.70")),  # Odoo
        ([(1, "1.10", (contained("t", 5),))] * 3, ("3.15", "0.15", "3.30"), ("3.14", "0.16", "3.30")),
        ([(1, "8.01", (contained("t", 20),))], ("6.68", "1.33", "8.01"), ("6.68", "1.33", "8.01")),
        ([(1, "0.0035", (on_top("t", 10),))] * 2, ("0.00", "0.00", "0.00"), ("0.00", "0.00", "0.00")),  # Tryton
        (
            [(quantity, "4.60", (on_top("t", 19),)) for quantity in (84, 54, 288, 144, 430)],  # ERPNext
            ("4600.00", "874.01", "5474.01"),
            ("4600.00", "874.00", "5474.00"),
        ),
        (
            [(1, price, (contained("t", 16),)) for price in (1199, 1999, 1699, 11999, 11999, 11999, 10999)],  # Odoo
            ("44735.37", "7157.63", "51893.00"),
            ("44735.34", "7157.66", "51893.00"),
        ),
    ],
)
def test_one_tax_over_several_lines(lines, per_line, per_document):
    assert figures(compute_lines(LINE, *lines)) == per_line
    assert figures(compute_lines(DOCUMENT, *lines)) == per_document


@pytest.mark.parametrize("rounding", TaxRounding)
def test_each_tax_is_rounded_for_itself(rounding):
    """Odoo: two taxes of the same rate on different lines, and two of different rates on one."""
    found = compute_lines(rounding, (1, "50.40", (on_top("a", 17),)), (1, "47.21", (on_top("b", 17),)))
    assert str(found.tax) == "16.60"
    assert str(compute_lines(rounding, (1, "100.41", (on_top("a", 16), on_top("b", 53)))).tax) == "69.29"


@pytest.mark.parametrize("rounding", TaxRounding)
def test_equal_taxes_of_the_same_lines_are_rounded_as_one(rounding):
    """Tryton: 10 % and 10 % of 1.0417 are 0.11 and 0.10, of -2.95 they are -0.29 and -0.30."""
    halves = (on_top("a", 10), on_top("b", 10))
    found = compute_lines(rounding, (1, "1.0417", halves))
    assert [str(tax.amount) for tax in found.taxes.values()] == ["0.11", "0.10"]
    found = compute_lines(rounding, (1, "30.00", halves[:1]), (1, "-2.95", halves))
    assert [(line.code, str(line.base), str(line.amount)) for line in found.tax_lines] == [
        ("a", "30.00", "3.00"),
        ("a", "-2.95", "-0.29"),
        ("b", "-2.95", "-0.30"),
    ]


def test_equal_taxes_that_do_not_always_stand_together_are_rounded_each_for_itself():
    halves = (on_top("a", 10), on_top("b", 10))
    found = compute_lines(DOCUMENT, (1, "1.0417", halves), (1, "1.00", halves[1:]))
    assert [str(tax.amount) for tax in found.taxes.values()] == ["0.10", "0.20"]


@pytest.mark.parametrize("rounding", TaxRounding)
def test_taxes_on_taxes(rounding):
    """Tryton: eco taxes that raise the base of those after them, and only of those."""
    taxes = (
        on_top("vat0", 10, sequence=5),
        Tax("eco1", Decimal(5), TaxKind.FIXED, affects_base=True, sequence=10),
        on_top("vat1", 20, sequence=20),
        on_top("eco3", 40, affects_base=True, sequence=25),
        on_top("vat2", 30, sequence=30),
    )
    found = compute_lines(rounding, (1, 100, taxes[::-1]))
    assert {code: (str(tax.base), str(tax.amount)) for code, tax in found.taxes.items()} == {
        "vat0": ("100.00", "10.00"),
        "eco1": ("100.00", "5.00"),
        "vat1": ("105.00", "21.00"),
        "eco3": ("105.00", "42.00"),
        "vat2": ("147.00", "44.10"),
    }


def test_per_document_the_base_of_a_tax_on_a_tax_is_rounded_once():
    """Odoo: India's taxes; the third is on 35.5936."""
    taxes = (*(on_top(code, 6, affects_base=True, base_affected=False) for code in "ab"), on_top("c", 3))
    found = compute_lines(DOCUMENT, (1, "15.89", taxes), (1, "15.89", taxes))
    assert [(str(tax.base), str(tax.amount)) for tax in found.taxes.values()] == [
        ("31.78", "1.91"),
        ("31.78", "1.91"),
        ("35.59", "1.07"),
    ]


@pytest.mark.parametrize("rounding", TaxRounding)
def test_percentages_of_the_gross_are_taken_together(rounding):
    """Odoo: Brazil's five taxes on 32.33, and contained in 48.00."""
    rates = {"a": "5", "b": "3", "c": "0.65", "d": "9", "e": "15"}
    for price, included in (("32.33", False), ("48.00", True)):
        taxes = tuple(Tax(code, Decimal(rate), TaxKind.DIVISION, included) for code, rate in rates.items())
        found = compute_lines(rounding, (1, price, taxes), (1, price, taxes))
        assert figures(found) == ("64.66", "31.34", "96.00")
        assert [str(tax.amount) for tax in found.taxes.values()] == ["4.80", "2.88", "0.62", "8.64", "14.40"]


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [(LINE, ("33.58", "9.48", "43.06")), (DOCUMENT, ("33.58", "9.47", "43.05"))],
)
def test_a_tax_per_unit_under_a_percentage(rounding, expected):
    """Odoo: Belgium, 1.00 each and 21 % on both."""
    taxes = (Tax("f", Decimal(1), TaxKind.FIXED, affects_base=True), on_top("p", 21))
    assert figures(compute_lines(rounding, (1, "16.79", taxes), (1, "16.79", taxes))) == expected


def test_the_lines_of_a_document_rounded_once_still_add_up():
    taxes = (contained("a", 21), contained("b", 5), on_top("c", 3))
    found = compute_lines(DOCUMENT, (1, "11.90", taxes), (3, "2.80", taxes), (-1, "0.77", taxes), (1, "9.99", ()))
    assert sum(line.net for line in found.lines) == found.untaxed
    assert sum(line.tax for line in found.lines) == found.tax
    for code, tax in found.taxes.items():
        assert sum(line.taxes[code].amount for line in found.lines if code in line.taxes) == tax.amount
    contained_in = [line.net + sum(line.taxes[code].amount for code in "ab") for line in found.lines[:3]]
    assert contained_in == [Decimal("11.90"), Decimal("8.40"), Decimal("-0.77")]


def test_lines_that_list_the_same_taxes_in_another_order_are_rounded_together():
    taxes = (contained("a", 21), contained("b", 5), on_top("c", 3))
    lines = [(1, "11.93", taxes), (1, "2.87", taxes[::-1]), (1, "7.77", (taxes[1], taxes[0], taxes[2]))]
    mixed = compute_lines(DOCUMENT, *lines)
    assert mixed == compute_lines(DOCUMENT, *((quantity, price, taxes) for quantity, price, _ in lines))


@pytest.mark.parametrize("rounding", TaxRounding)
def test_a_line_of_nothing_books_nothing(rounding):
    assert compute_lines(rounding, (0, "5.00", (T15,))).tax_lines == ()
