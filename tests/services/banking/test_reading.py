"""Every bank file there is to test with is read, or refused with a reason; none crashes."""

from __future__ import annotations

import csv
from collections import Counter
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.banking import reading
from app.services.banking.statement import StatementKind, Unreadable
from tests.services.imports.files import shared


def files(name: str) -> dict[str, bytes]:
    """The statements in an archive of the shared test data, by their name in it."""
    with ZipFile(shared("bank", name)) as archive:
        kept = {".sta", ".txt", ".xml", ".ofx"}
        names = [one for one in archive.namelist() if Path(one).suffix in kept and "requirements" not in one]
        return {one: archive.read(one) for one in names}


@pytest.mark.parametrize(
    ("archive", "readable"),
    [("mt940_wolph_tests.zip", 35), ("camt_genkgo_testdata.zip", 25), ("ofx_ofxparse_fixtures.zip", 8)],
)
def test_every_file_of_every_bank_is_read_or_refused(archive, readable):
    outcomes = Counter()
    for name, data in files(archive).items():
        try:
            _, statements = reading.read(data)
        except Unreadable:
            outcomes["refused"] += 1
        else:
            assert all(one.account or one.lines for one in statements), name
            outcomes["read"] += 1
    assert outcomes["read"] == readable
    assert outcomes["refused"] == len(files(archive)) - readable


def test_camt_files_hold_what_another_reader_finds_in_them():
    known = files("camt_genkgo_testdata.zip")
    with shared("bank", "oracle_camt_index.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    compared = 0
    for row in rows:
        if row["statements"] == "0":
            continue
        _, statements = reading.read(known[row["file"]])
        assert len(statements) == int(row["statements"]), row
        pending = sum(one.pending for one in statements)
        if not pending:
            compared += 1
            total = sum((line.amount for one in statements for line in one.lines), Decimal(0))
            assert total == Decimal(row["signed_entry_sum"]), row
    assert compared >= 20


def test_a_german_statement_gives_party_account_reference_and_purpose():
    _, statements = reading.read(files("mt940_wolph_tests.zip")["mt940_tests/betterplace/sepa_snippet.sta"])
    first = statements[0].lines[0]
    assert (first.booked_on, first.value_on) == (date(2007, 9, 4), date(2007, 9, 7))
    assert first.amount == Decimal("50990.05")
    assert (first.name, first.account) == ("KARL KAUFMANN", "DE14508800500194785000")
    assert first.reference == "EndToEndId TFNR 22 004 00001"
    assert "Verw CTSc-01 BC-PPP TFNr 22 004" in first.text
    assert statements[0].gap == 0


def test_a_payment_batch_is_told_payment_by_payment():
    data = b"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>
    <Acct><Id><IBAN>DE1</IBAN></Id><Ccy>EUR</Ccy></Acct>
    <Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
    <BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls>
    <TxDtls><Amt Ccy="EUR">10.00</Amt><RmtInf><Ustrd>INV-00001</Ustrd></RmtInf></TxDtls>
    <TxDtls><Amt Ccy="EUR">20.00</Amt><RltdPties><Dbtr><Pty><Nm>Finch</Nm></Pty></Dbtr></RltdPties></TxDtls>
    </NtryDtls></Ntry>
    <Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>
    </Stmt></BkToCstmrStmt></Document>"""
    _, (statement,) = reading.read(data)
    assert [(line.amount, line.text, line.name) for line in statement.lines] == [
        (Decimal(10), "INV-00001", ""),
        (Decimal(20), "", "Finch"),
    ]
    assert statement.pending == 1
    assert statement.kind == StatementKind.STATEMENT


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b'<!DOCTYPE a [<!ENTITY b "cc">]><a>&b;</a>',
        b"<Document><Stmt><Ntry>",
        b"OFXHEADER:100\n<OFX><STMTRS><STMTTRN><TRNAMT>1e99<DTPOSTED>20260101</STMTTRN></STMTRS></OFX>",
        b"OFXHEADER:100\n<OFX><STMTRS><STMTTRN><TRNAMT>1.000001<DTPOSTED>20260101</STMTTRN></STMTRS></OFX>",
        b":20:X\n:25:1\n:28C:1\n:60F:C260101EUR1,00\n:61:nonsense\n",
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(data):
    with pytest.raises(Unreadable, match=r"Nothing was imported\."):
        reading.read(data)


@pytest.fixture(scope="module")
def small_files() -> list[tuple[str, bytes]]:
    archives = ("mt940_wolph_tests.zip", "camt_genkgo_testdata.zip", "ofx_ofxparse_fixtures.zip")
    return [one for archive in archives for one in sorted(files(archive).items()) if len(one[1]) < 3000]


@given(st.data())
def test_a_damaged_file_never_crashes(small_files, data):
    name, whole = data.draw(st.sampled_from(small_files))
    start = data.draw(st.integers(0, max(len(whole) - 1, 0)))
    length = data.draw(st.integers(0, 12))
    broken = whole[:start] + data.draw(st.binary(max_size=6)) + whole[start + length :]
    with suppress(Unreadable):
        assert reading.read(broken), name
