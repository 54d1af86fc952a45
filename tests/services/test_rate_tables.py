"""Rate tables are pasted from a spreadsheet, and a row that cannot be read is named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.services.carriers import Rate, Zone
from app.services.freight import FreightRow
from app.services.rate_tables import (
    freight_from,
    freight_text,
    rates_from,
    rates_text,
    zones_from,
    zones_text,
)

GRAMS = st.integers(0, 10**9)
PRICES = st.integers(0, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))
CODES = st.text("ABCDEFGHabcdefgh0123456789", max_size=12)


def test_columns_come_with_tabs_or_semicolons_and_commas_or_points():
    assert rates_from("0\t5,10\tnear\n\n10; 7.40; near; 0,20\n31.5;9\n") == [
        Rate(0, Decimal("5.10"), "near"),
        Rate(10_000, Decimal("7.40"), "near", Decimal("0.20")),
        Rate(31_500, Decimal(9)),
    ]
    assert zones_from("near;nl\nislands\tNL\t88\t89") == [Zone("near", "NL"), Zone("islands", "NL", "88", "89")]
    assert freight_from("0; 6\n5; 9.50; de") == [
        FreightRow(0, Decimal(6)),
        FreightRow(5_000, Decimal("9.50"), "DE"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0;5\n10;free", "Row 2: “free” is no figure"),
        ("0;1.000,50", "no figure"),
        ("0.0001;5", "finer than a gram"),
        ("0", "1 columns"),
        ("0;1;a;1;1", "5 columns"),
        ("-1;5", "no figure"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(text, said):
    with pytest.raises(Invalid, match=said):
        rates_from(text)


@given(st.lists(st.builds(Rate, GRAMS, PRICES, CODES, PRICES)), st.lists(st.builds(FreightRow, GRAMS, PRICES)))
def test_what_is_written_is_read_again(rates, rows):
    assert rates_from(rates_text(rates)) == rates
    assert freight_from(freight_text(rows)) == rows


@given(st.lists(st.builds(Zone, CODES.filter(bool), st.sampled_from(["NL", "DE"]), CODES, CODES)))
def test_zones_are_read_again(zones):
    assert zones_from(zones_text(zones)) == zones


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for read in (rates_from, zones_from, freight_from):
        try:
            rows = read(text)
        except Invalid:
            continue
        assert len(rows) == sum(bool(line.strip()) for line in text.splitlines())
