"""What subtotals between lines come to."""

from __future__ import annotations

from decimal import Decimal

from app.models.lines import subtotals

D = Decimal


def test_a_subtotal_adds_up_to_the_section_or_subtotal_above_it():
    lines = [
        ("product", D("1.10")),
        ("subtotal", D(0)),
        ("product", D("2.20")),
        ("section", D(0)),
        ("fee", D("3.30")),
        ("text", D(0)),
        ("product", D("-0.30")),
        ("subtotal", D(0)),
        ("subtotal", D(0)),
    ]
    assert subtotals(lines) == {1: D("1.10"), 7: D("3.00"), 8: D(0)}


def test_lines_without_subtotals_have_none():
    assert subtotals([("product", D(1)), ("section", D(0))]) == {}
