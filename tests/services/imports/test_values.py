"""Each kind of cell becomes an exact value, or says what is wrong with it and what to do."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.imports import number_style
from app.services.imports.cells import Unclear
from app.services.imports.date_style import DAY_FIRST, MONTH_FIRST, YEAR_FIRST
from app.services.imports.fields import Field, Type
from app.services.imports.mapping import FieldSource
from app.services.imports.values import CellReader


def read(cell, type_=Type.TEXT, *, field=None, **settings):
    return CellReader(Field("x", "X", type_, **(field or {})), FieldSource("x", "X", **settings))(cell)


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("1234.5", ".", "1234.5"),
        ("1.234,50 €", ",", "1234.50"),
        ("EUR 1.234,50", ",", "1234.50"),
        ("$1,234.50", ".", "1234.50"),
        ("-$1,234.50", ".", "-1234.50"),
        ("$-1,234.50", ".", "-1234.50"),
        ("(1,234.50)", ".", "-1234.50"),
        ("1.234,50-", ",", "-1234.50"),
        ("−5", ".", "-5"),
        ("+5", ".", "5"),
        ("1'234'567.89", ".", "1234567.89"),
        ("1 234 567,89", ",", "1234567.89"),
        ("12,34,567.50", ".", "1234567.50"),
        ("0,001", ",", "0.001"),
        ("5 %", ".", "5"),
        ("12.", ".", "12"),
        ("1,234", "?", None),
        ("1,23.4", ".", None),
        ("1,2,3", ".", None),
        ("1,5", ".", None),
        ("12 abc", ".", None),
        ("٣", ".", None),
        ("--5", ".", None),
        ("(-5)", ".", None),
        ("-5-", ".", None),
        ("1.5E+3", ".", None),
        ("NaN", ".", None),
        ("Infinity", ".", None),
        ("", ".", None),
    ],
)
def test_numbers(text, sign, value):
    if value is None:
        with pytest.raises(Unclear) as error:
            number_style.parse(text, sign)
        assert text in error.value.reason
        assert error.value.fix
    else:
        assert str(number_style.parse(text, sign)) == value


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    st.sampled_from(".,"),
)
def test_any_number_written_with_groups_reads_back_exactly(number, sign):
    text = f"{number:,}"
    if sign == ",":
        text = text.translate(str.maketrans(".,", ",."))
    assert number_style.parse(text, sign) == number


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-11-24", YEAR_FIRST, date(2026, 11, 24)),
        ("2026-11-24 08:26:00", YEAR_FIRST, date(2026, 11, 24)),
        ("24.11.26", DAY_FIRST, date(2026, 11, 24)),
        ("4.7.1996", DAY_FIRST, date(1996, 7, 4)),
        ("04.07.70", DAY_FIRST, date(1970, 7, 4)),
        ("04.07.69", DAY_FIRST, date(2069, 7, 4)),
        ("07/04/1996", MONTH_FIRST, date(1996, 7, 4)),
        ("26-11-24", YEAR_FIRST, date(2026, 11, 24)),
        ("Mo, 24. November 2026", DAY_FIRST, date(2026, 11, 24)),
        ("24-Okt-26", DAY_FIRST, date(2026, 10, 24)),
        ("29.02.2024", DAY_FIRST, date(2024, 2, 29)),
        ("46350", DAY_FIRST, date(2026, 11, 24)),
        ("07/07/2026", "?", date(2026, 7, 7)),
        ("03/04/2026", "?", None),
        ("24/11/2026", MONTH_FIRST, None),
        ("32.01.2026", DAY_FIRST, None),
        ("24.13.2026", DAY_FIRST, None),
        ("0.1.2026", DAY_FIRST, None),
        ("yesterday", YEAR_FIRST, None),
        ("12", YEAR_FIRST, None),
        ("2026-11", YEAR_FIRST, None),
    ],
)
def test_dates(text, order, day):
    if day is None:
        with pytest.raises(Unclear):
            read(text, Type.DATE, date_order=order)
    else:
        assert read(text, Type.DATE, date_order=order)[0] == day


def test_a_day_its_month_does_not_have_becomes_the_last_one_and_is_shown():
    assert read("31.11.26", Type.DATE, date_order=DAY_FIRST) == (
        date(2026, 11, 30),
        "“31.11.26” does not exist, set to 30 Nov 2026",
    )


def test_two_readings_of_a_date_are_named():
    with pytest.raises(Unclear, match="can mean 3 Apr 2026 or 4 Mar 2026"):
        read("03/04/2026", Type.DATE, date_order="?")


def test_workbook_cells_need_no_guessing():
    assert read(datetime.fromisoformat("2026-11-24T08:30"), Type.DATE)[0] == date(2026, 11, 24)
    assert read(Decimal("1.234"), Type.NUMBER, decimal_sign=",")[0] == Decimal("1.234")
    assert read(Decimal(85123), Type.CODE)[0] == "85123"


def test_codes_that_a_spreadsheet_has_spoilt_are_not_taken():
    for spoilt in ("4,00638E+12", Decimal(1234567890123456), date(2026, 3, 1)):
        with pytest.raises(Unclear, match=r"lost|turned this code into the date"):
            read(spoilt, Type.CODE)


def test_codes_can_be_tidied_on_the_way():
    assert read("17850.0", Type.CODE, whole=True)[0] == "17850"
    assert read("17850.50", Type.CODE, whole=True)[0] == "17850.50"
    assert read(" 47566b ", Type.CODE, upper=True)[0] == "47566B"
    assert read("a \t b", Type.CODE)[0] == "a b"


def test_percentages_are_shares_only_where_it_is_said():
    assert read("0.0500000007", Type.PERCENT, decimal_sign=".", decimals=2, share=True)[0] == 5
    assert read("0.05", Type.PERCENT, decimal_sign=".")[0] == Decimal("0.05")
    assert read("5 %", Type.PERCENT, decimal_sign=".", share=True)[0] == 5
    with pytest.raises(Unclear, match="not between 0 and 100"):
        read("15", Type.PERCENT, decimal_sign=".", share=True)


def test_halves_round_away_from_zero():
    assert [read(text, Type.NUMBER, decimal_sign=".", decimals=2)[0] for text in ("0.125", "-0.125", "9.80000019")] == [
        Decimal("0.13"),
        Decimal("-0.13"),
        Decimal("9.80"),
    ]


def test_a_seventh_decimal_is_refused_unless_it_is_nothing():
    assert read("1.50000000", Type.NUMBER, decimal_sign=".")[0] == Decimal("1.5")
    with pytest.raises(Unclear, match="more than 6 decimal places"):
        read("1.5000001", Type.NUMBER, decimal_sign=".")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("de", "DE"), ("Germany", "DE"), ("Deutschland", "DE"), ("Österreich", "AT"), ("A", "AT")),
        *(("UK", "GB"), ("EIRE", "IE"), ("USA", "US"), ("united  states", "US")),
        *((text, None) for text in ("Channel Islands", "Unspecified", "EU", "XX")),
    ],
)
def test_countries(text, code):
    if code:
        assert read(text, Type.COUNTRY)[0] == code
    else:
        with pytest.raises(Unclear, match="no country"):
            read(text, Type.COUNTRY)


def test_yes_no_currencies_and_mail_addresses():
    assert [read(text, Type.YES_NO)[0] for text in ("Ja", "x", "-1", "no", "FALSE", "0")] == [True] * 3 + [False] * 3
    assert [read(text, Type.CURRENCY)[0] for text in ("eur", "£", "JPY")] == ["EUR", "GBP", "JPY"]
    assert read("a.b@example.com", Type.EMAIL)[0] == "a.b@example.com"
    for text, type_ in (("maybe", Type.YES_NO), ("$", Type.CURRENCY), ("no mail", Type.EMAIL), ("a@b", Type.EMAIL)):
        with pytest.raises(Unclear):
            read(text, type_)


def test_a_percentage_is_no_price():
    with pytest.raises(Unclear, match="is a percentage, not a number"):
        read("5 %", Type.NUMBER)
    assert read("5 %", Type.PERCENT)[0] == 5


def test_empty_cells_and_replaced_values():
    settings = {"when_empty": "?", "values": {"Unspecified": "", "n/a": "none"}}
    assert [read(text, **settings)[0] for text in ("", "  ", "UNSPECIFIED", "N/A", "x")] == ["?", "?", "?", "none", "x"]
    assert read("", Type.NUMBER)[0] is None


def test_texts_are_whole_or_refused():
    assert read("two\r\nlines\x00") == ("two\nlines", "an invisible control character was taken out")
    with pytest.raises(Unclear, match="has 5 characters, 4 fit"):
        read("abcde", field={"width": 4})
    with pytest.raises(Unclear, match="cannot be read"):
        read("M\ufffdller")
    with pytest.raises(Unclear, match="formula"):
        read("#ERROR!", Type.NUMBER)
