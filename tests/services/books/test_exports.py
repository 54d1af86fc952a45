"""What accountants take over says what the journal says, to the cent."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.errors import Invalid
from app.services import billing, companies
from app.services.billing import FreeInvoice
from app.services.books import batch, beancount, datev, reports
from app.services.books.datev import Client
from app.services.database import Database
from app.services.document_lines import LineInput
from tests.desk import DAY, Desk
from tests.services.books import worked

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk(sqlite_databases):
    url = sqlite_databases.new_url()
    database = Database(url)
    yield worked.company(database)
    database.close()
    sqlite_databases.drop(url)


def moved(desk):
    rows = desk.read(reports.trial_balance, *NOVEMBER)
    return {row.code: row.debit - row.credit for row in rows if row.debit != row.credit}


def test_a_datev_batch_moves_every_account_by_what_the_journal_does(desk):
    written = desk.read(datev.write, *NOVEMBER, Client(1234, 77), AT)
    text = written.decode("cp1252")
    assert text.count("\r\n") == text.count("\n")
    head, names, *rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert head[:6] == ["EXTF", "700", "21", "Buchungsstapel", "13", "20261201093000000"]
    assert (head[10], head[11], head[12], head[13], head[14], head[15], head[21]) == (
        "1234",
        "77",
        "20260101",
        "4",
        "20261101",
        "20261130",
        "EUR",
    )
    assert (len(head), tuple(names)) == (31, datev.COLUMNS)
    sums: Counter[str] = Counter()
    for row in rows:
        assert re.fullmatch(r"\d+,\d\d", row[0])
        assert (len(row), row[1], row[2], row[9]) == (14, "S", "EUR", "2511")
        amount = Decimal(row[0].replace(",", "."))
        sums[row[6]] += amount
        sums[row[7]] -= amount
    assert {code: amount for code, amount in sums.items() if amount} == moved(desk)
    assert {"INV-00001", "PAY-00001", "CN-00001"} <= {row[10] for row in rows}


def test_a_datev_batch_is_refused_where_it_could_not_be_taken_over(desk):
    with pytest.raises(Invalid, match="one financial year"):
        desk.read(datev.write, date(2026, 12, 1), date(2027, 1, 31), Client(1234, 77), AT)
    with pytest.raises(Invalid, match="between 1001"):
        desk.read(datev.write, *NOVEMBER, Client(7, 77), AT)
    with pytest.raises(Invalid, match="Nothing was booked"):
        desk.read(datev.write, date(2026, 3, 1), date(2026, 3, 31), Client(1234, 77), AT)


def test_a_beancount_ledger_balances_and_ends_where_the_books_do(desk):
    for first, last in (NOVEMBER, (date(2026, 11, 30), date(2026, 12, 31))):
        lines = desk.read(beancount.write, first, last).splitlines()
        opened = {line.split()[2] for line in lines if " open " in line}
        held: Counter[str] = Counter()
        rest = Decimal(0)
        for line in lines:
            posting = re.fullmatch(r"  ([A-Z][A-Za-z0-9:-]+)  (-?[0-9.]+) EUR", line)
            if posting:
                assert posting[1] in opened
                held[posting[1]] += Decimal(posting[2])
                rest += Decimal(posting[2])
            else:
                assert rest == 0, f"before {line}"
        ends = [line.split() for line in lines if " balance " in line]
        assert len(ends) == len(opened)
        for _, _, name, amount, _ in ends:
            assert held[name] == Decimal(amount)


def test_a_beancount_ledger_has_no_postings_of_nothing(sqlite_database):
    desk = Desk(sqlite_database).found()
    desk.do("rate.set", lambda tx: companies.set_rate(tx, "HUF", DAY, Decimal(400)))
    lines = tuple(LineInput(kind="fee", name="Fee", unit_price=Decimal(price), tax_codes="V21") for price in (1, 400))
    for line in lines:
        new = FreeInvoice(desk.customer(f"Buyer {line.unit_price}"), (line,), "HUF")
        key = desk.do("invoice.write", lambda tx, new=new: billing.write(tx, new))
        desk.do("invoice.post", lambda tx, key=key: billing.post(tx, key, DAY))
    written = desk.read(beancount.write, *NOVEMBER)
    assert re.findall(r"^  [A-Z].*  (-?[0-9.]+) EUR$", written, re.MULTILINE) == ["1.2100", "-0.2100", "-1.0000"]
    assert written.count('  entry: "') == 2


def test_the_journal_as_a_table_has_a_row_for_each_line(desk):
    rows = list(desk.read(lambda c: list(batch.sheet(c, *NOVEMBER).rows)))
    assert sum(row[6] for row in rows) == sum(row[7] for row in rows)
    assert {row[4]: 0 for row in rows}.keys() >= moved(desk).keys()
