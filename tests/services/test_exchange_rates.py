"""Exchange rates: the bank's file, days without one, rates across, and the day an invoice's rate is of."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import Invalid
from app.models.invoice import invoice
from app.models.order import RateDay
from app.services import billing, companies, exchange_rates, journal, orders
from app.services.currency import NoRate
from app.services.document_lines import LineInput
from app.services.exchange_rates import Published
from app.services.orders import NewOrder
from tests.desk import DAY, Desk, unhurried

D = Decimal
FILE = """Date,USD,JPY,CYP,GBP,
2026-10-30,1.1172,175.68,N/A,0.8338,
2026-10-29,1.113,175.92,N/A,0.83578,
1999-01-04,1.1789,133.73,0.58231,0.7111,
"""


def archive(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        target.writestr("eurofxref-hist.csv", text)
    return packed.getvalue()


def locked(text: str) -> bytes:
    """Say in both of its headers that the file in an archive has a password (PKWARE's APPNOTE, 4.4.4)."""
    packed = bytearray(archive(text))
    for place in (6, packed.index(b"PK\x01\x02") + 8):
        packed[place] |= 1
    return bytes(packed)


@pytest.fixture
def desk(sqlite_database) -> Desk:
    return Desk(unhurried(sqlite_database)).found(invoice_policy="order")


def bring(desk: Desk, content: bytes, *codes: str) -> exchange_rates.Imported:
    days = exchange_rates.read_file(content)
    return exchange_rates.Imported(*desk.do("rates.import", lambda tx: exchange_rates.add(tx, days, codes)))


def test_a_mistyped_rate_is_corrected_and_what_was_booked_with_it_keeps_it(desk):
    quay = desk.customer("Quay", currency="GBP")
    on = date(2026, 11, 20)
    desk.do("rates.type", lambda tx: companies.set_rate(tx, "GBP", on, D("8.417")))

    def bill():
        line = LineInput(kind="fee", name="Work", unit_price=D(100))
        new = billing.FreeInvoice(quay, currency="GBP", lines=(line,))
        key = desk.do("invoice.write", lambda tx: billing.write(tx, new))
        desk.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
        return desk.read(billing.get, key)

    first = bill()
    assert desk.read(exchange_rates.users, "GBP", on) == exchange_rates.Users(1, 0, 0)
    assert desk.do("rates.correct", lambda tx: exchange_rates.correct(tx, "GBP", on, D("0.8417"))) == D("8.417")
    assert desk.read(billing.get, first.id).rate == D("8.417"), "what was booked with it keeps it"
    assert bill().rate == D("0.8417")
    assert desk.do("rates.remove", lambda tx: exchange_rates.remove(tx, "GBP", on)) == D("0.8417")
    assert desk.read(exchange_rates.history, "GBP", on) == [(date(2026, 12, 1), D("0.9113"))]
    with pytest.raises(Invalid, match="no rate of GBP for 2026-11-20"):
        desk.do("rates.correct", lambda tx: exchange_rates.correct(tx, "GBP", on, D(1)))
    with pytest.raises(Invalid, match="more than zero"):
        desk.do("rates.correct", lambda tx: exchange_rates.correct(tx, "GBP", date(2026, 12, 1), D(0)))
    assert desk.damages() == []


def test_the_bank_s_file_is_stored_once_and_weekends_count_as_the_day_before(desk):
    first = bring(desk, archive(FILE), "USD", "GBP")
    assert (first.added, first.known, first.currencies) == (6, 0, ("GBP", "USD"))
    assert (first.first_on, first.last_on) == (date(1999, 1, 4), date(2026, 10, 30))
    assert bring(desk, FILE.encode(), "USD", "GBP").added == 0
    saturday = date(2026, 10, 31)
    assert desk.read(journal.converter, "USD", saturday).rate == D("1.1172")
    assert [(one.currency, one.on, one.rate) for one in desk.read(exchange_rates.current, saturday)] == [
        ("GBP", date(2026, 10, 30), D("0.8338")),
        ("USD", date(2026, 10, 30), D("1.1172")),
    ]
    assert desk.read(exchange_rates.history, "USD", date(2026, 1, 1)) == [
        (date(2026, 10, 29), D("1.113")),
        (date(2026, 10, 30), D("1.1172")),
    ]


def test_rates_across_are_exact(desk):
    bring(desk, FILE.encode())
    day = date(2026, 10, 30)
    assert desk.read(exchange_rates.cross, "GBP", "USD", day) == Fraction("1.1172") / Fraction("0.8338")
    assert desk.read(exchange_rates.cross, "EUR", "JPY", day) == Fraction("175.68")
    with pytest.raises(NoRate):
        desk.read(exchange_rates.cross, "CHF", "USD", day)


def test_a_company_of_another_currency_gets_its_rates_across_the_euro(sqlite_database):
    desk = Desk(unhurried(sqlite_database))
    founding = companies.Founding("Pacific", "US", "USD")
    desk.do("company.found", lambda tx: companies.found(tx, founding))
    bring(desk, FILE.encode())
    assert desk.read(journal.converter, "EUR", date(2026, 10, 30)).rate == D("0.895095")
    assert desk.read(journal.converter, "GBP", date(2026, 10, 30)).rate == D("0.746330")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Day;USD\n", "no file of exchange rates"),
        (b"Date,USD\n2026-10-30,lots\n", "Line 2: .lots. is no rate of USD"),
        (b"Date,USD\n2026-10-30,-1\n", "more than zero"),
        (b"Date,USD\nyesterday,1.1\n", "Line 2: .yesterday. is no date"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\xff\xfe\x00", "no CSV file"),
        (b"Date,USD\n2026-10-30,1e30\n", "Line 2: a rate of USD is below 1,000,000,000"),
        pytest.param(b"Date,USD\n2026-10-30,1\n2026-10-29," + b"1" * 140_000, "Line 3 cannot be read", id="long"),
        pytest.param(locked(FILE), "cannot be opened", id="password"),
    ],
)
def test_what_is_no_file_of_rates_is_refused_with_its_place(content, said):
    with pytest.raises(Invalid, match=said):
        exchange_rates.read_file(content)


def test_the_bank_s_daily_file_is_read_too():
    assert exchange_rates.read_file(b"Date, USD, GBP, \n30 October 2026, 1.1172, 0.8338, \n") == [
        Published(date(2026, 10, 30), {"USD": D("1.1172"), "GBP": D("0.8338")})
    ]


def test_a_file_s_lines_may_end_as_they_like_and_rates_are_kept_to_six_decimals(desk):
    assert bring(desk, b"Date,USD\r2026-10-29,1.12345678\r2026-10-30,1.1\r").added == 2
    assert desk.read(journal.converter, "USD", date(2026, 10, 29)).rate == D("1.123457")


def test_only_a_safe_address_is_fetched():
    with pytest.raises(Invalid, match="https"):
        exchange_rates.download("file:///etc/passwd")


def invoiced(desk: Desk, day: RateDay | None) -> Decimal:
    lines = (LineInput(kind="fee", name="Work", unit_price=D(100)),)
    new = NewOrder(desk.customer(f"Buyer {day}"), lines, currency="GBP", ordered_on=date(2026, 5, 4))
    order_id: UUID = desk.do("order.write", lambda tx: orders.create(tx, new))
    if day:
        desk.do("order.rate_day", lambda tx: exchange_rates.fix_by(tx, order_id, day))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    draft = desk.read(lambda c: c.execute(select(invoice.c.id).where(invoice.c.order_id == order_id)).scalar_one())
    desk.do("invoice.post", lambda tx: billing.post(tx, draft, DAY))
    rate: Decimal = desk.read(billing.get, draft).rate
    return rate


def test_an_invoice_is_booked_with_the_rate_of_the_day_its_order_or_company_says(desk):
    days = [Published(date(2026, 5, 2), {"GBP": D("0.86")}), Published(DAY, {"GBP": D("0.87")})]
    desk.do("rates.import", lambda tx: exchange_rates.add(tx, days))
    assert invoiced(desk, None) == D("0.87")
    assert invoiced(desk, RateDay.ORDER) == D("0.86")  # 4 May is a Monday: the Saturday before counts
    desk.do("company.change", lambda tx: companies.change(tx, {"rate_day": "order"}))
    assert invoiced(desk, None) == D("0.86")
    assert invoiced(desk, RateDay.INVOICE) == D("0.87")
    assert invoiced(desk, RateDay.DELIVERY) == D("0.87")  # nothing was shipped
    assert desk.damages() == []
