"""From a bank's file to settled invoices and back: each line once, each amount to the cent, nothing doubtful booked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from app.errors import Invalid, NotAllowed
from app.models.payment import DeductionKind
from app.services import billing, deductions, integrity, journal, payment_terms, payments, receivables
from app.services.banking import accounts, booking, importing, proposals, reading
from app.services.banking.accounts import NewBankAccount
from app.services.banking.matching import Confidence, Part
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.payments import NewPayment
from tests.desk import DAY, Desk, unhurried
from tests.services.integrity_bank import BANK

IBAN = "NL26VAYB8060476890"
ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-26</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr>
<DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def camt(*entries: tuple[str, str], closing: str = "", name: str = "Harbor", account: str = "DE02120300000000202051"):
    """A camt.053 of our account with these amounts and texts."""
    body, total = "", Decimal(0)
    for amount, text in entries:
        total += Decimal(amount)
        sign = "DBIT" if amount.startswith("-") else "CRDT"
        body += ENTRY.format(amount=amount.lstrip("-"), sign=sign, text=text, name=name, account=account)
    balance = '<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    balances = balance.format("OPBD", "1000.00") + balance.format("CLBD", closing or 1000 + total)
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>7</Id>'
        f"<Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>{balances}{body}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


class Bank:
    """A desk with an account at a bank and a customer who owes money."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk.found()
        self.customer = desk.customer()
        desk.do("bank_account.add", lambda tx: accounts.add(tx, NewBankAccount("House bank", IBAN, "EUR")))

    def invoice(self, amount: str, customer: UUID | None = None, tax: str = "") -> UUID:
        line = LineInput(kind="fee", name="Crane", unit_price=Decimal(amount), tax_codes=tax)
        new = FreeInvoice(customer or self.customer, (line,), "EUR")
        key = self.desk.do("invoice.write", lambda tx: billing.write(tx, new))
        self.desk.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
        return key

    def take(self, data: bytes) -> importing.Brought:
        kind, statements = reading.read(data)
        return self.desk.do("bank.import", lambda tx: importing.take(tx, "bank.xml", kind, statements))

    def lines(self):
        return self.desk.read(proposals.open_lines)

    def proposal(self, line):
        return self.desk.read(proposals.propose)[line.id]

    def accept(self, line) -> list[UUID]:
        found = self.proposal(line)
        return self.desk.do("bank_line.book", lambda tx: booking.book(tx, line.id, found.parts, found.reason))

    def open_amount(self, key: UUID) -> Decimal:
        return self.desk.read(billing.get, key).open_amount

    def balances(self) -> dict[str, Decimal]:
        return {name: amount for _, name, amount in self.desk.read(journal.balances) if amount}


@pytest.fixture
def bank(database) -> Bank:
    return Bank(Desk(unhurried(database)))


@pytest.fixture
def small_bank(sqlite_database) -> Bank:
    return Bank(Desk(unhurried(sqlite_database)))


def test_a_statement_is_imported_matched_booked_and_taken_back(bank):
    first, second = bank.invoice("100"), bank.invoice("60")
    data = camt(("100.00", "INV-00001"), ("60.00", "thanks"), ("-12.50", "Fees"))
    assert bank.take(data) == (3, 0, ())
    assert bank.take(data) == (0, 3, ())
    named, unnamed, fees = bank.lines()
    before = bank.balances()
    assert bank.proposal(named).confidence == Confidence.SURE
    assert bank.proposal(unnamed).confidence == Confidence.DOUBTFUL
    found = bank.desk.read(proposals.propose)
    sure = [(key, one.confidence, one.parts, one.reason) for key, one in found.items()]
    assert bank.desk.do("bank_line.book_sure", lambda tx: booking.book_sure(tx, sure)) == 1
    assert bank.open_amount(first) == 0
    assert bank.proposal(unnamed).confidence == Confidence.LIKELY  # who paid from this account is known now
    bank.accept(unnamed)
    bank.desk.do("bank_line.ignore", lambda tx: booking.ignore(tx, fees.id, "Bank fees"))
    assert (bank.open_amount(second), bank.lines()) == (0, [])
    assert bank.balances()["Bank"] == 160
    assert bank.desk.damages() == []
    for line in (named, unnamed, fees):
        bank.desk.do("bank_line.reopen", lambda tx, key=line.id: booking.reopen(tx, key, DAY))
    assert [line.id for line in bank.lines()] == [named.id, unnamed.id, fees.id]
    assert (bank.open_amount(first), bank.open_amount(second)) == (100, 60)
    assert bank.balances() == before
    bank.accept(named)
    assert bank.desk.damages() == []


def test_a_payment_taken_back_by_hand_opens_its_line(small_bank):
    bank = small_bank
    bank.invoice("100")
    bank.take(camt(("100.00", "INV-00001")))
    (line,) = bank.lines()
    (payment_id,) = bank.accept(line)
    bank.desk.do("payment.reverse", lambda tx: payments.reverse(tx, payment_id, DAY))
    assert [one.id for one in bank.lines()] == [line.id]
    assert bank.desk.damages() == []


def test_a_line_is_split_over_customers_and_on_account(small_bank):
    bank = small_bank
    other = bank.desk.customer("Mole & Sons")
    first = bank.invoice("100")
    bank.take(camt(("175.00", "both")))
    (line,) = bank.lines()
    parts = (
        Part(bank.customer, "", ((first, Decimal(100)),), on_account=Decimal(25)),
        Part(other, "", on_account=Decimal(50)),
    )
    with pytest.raises(Invalid, match=r"125\.00 of 175\.00"):
        bank.desk.do("bank_line.book", lambda tx: booking.book(tx, line.id, parts[:1]))
    booked = bank.desk.do("bank_line.book", lambda tx: booking.book(tx, line.id, parts, "by hand"))
    assert len(booked) == 2
    assert [bank.desk.read(receivables.payment_sheet, key).left for key in booked] == [25, 50]
    with pytest.raises(NotAllowed, match="booked already"):
        bank.desk.do("bank_line.book", lambda tx: booking.book(tx, line.id, parts))
    assert bank.desk.damages() == []


def test_equal_lines_of_one_file_are_two_and_overlapping_files_bring_each_once(small_bank):
    bank = small_bank
    assert bank.take(camt(("5.00", "tip"), ("5.00", "tip"))) == (2, 0, ())
    new, known, warnings = bank.take(camt(("5.00", "tip"), ("5.00", "tip"), ("5.00", "tip")))
    assert (new, known) == (1, 2)
    assert warnings[0].startswith("House bank: the statement before ended with 1010.00, this one begins with 1000.00.")


def test_files_that_are_not_sound_or_not_ours_keep_nothing(small_bank):
    bank = small_bank
    with pytest.raises(Invalid, match="does not add up"):
        bank.take(camt(("5.00", "x"), closing="1006.00"))
    other = camt(("5.00", "x")).replace(IBAN.encode(), b"NL00XXXX0000000000")
    with pytest.raises(Invalid, match="none of ours"):
        bank.take(other)
    assert bank.desk.read(lambda c: importing.unknown(c, reading.read(other)[1])) == [("NL00XXXX0000000000", "EUR")]
    with pytest.raises(Invalid, match=r"camt\.054"):
        bank.take(camt(("5.00", "x")).replace(b"<Stmt>", b"<Ntfctn>").replace(b"</Stmt>", b"</Ntfctn>"))
    assert bank.lines() == []


def test_an_early_payment_is_settled_with_its_discount_and_tax_is_corrected(bank):
    net30 = next(one for one in bank.desk.read(payment_terms.read) if one.code == "NET30")
    with_discount = replace(net30, discount=Decimal(2), discount_days=10)
    bank.desk.do("payment_term.save", lambda tx: payment_terms.save(tx, with_discount))
    owed = bank.invoice("100", tax="V21")
    before = bank.balances()
    bank.take(camt(("118.58", "INV-00001")))
    (line,) = bank.lines()
    assert bank.proposal(line).confidence == Confidence.SURE
    (payment_id,) = bank.accept(line)
    assert bank.open_amount(owed) == 0
    held = bank.balances()
    assert held["Discounts allowed"] == 2
    assert held["Sales tax payable"] == Decimal("-20.58")
    assert bank.desk.damages() == []
    bank.desk.do("payment.reverse", lambda tx: payments.reverse(tx, payment_id, DAY))
    assert bank.open_amount(owed) == 121
    assert bank.balances() == before
    assert bank.desk.damages() == []


def test_too_little_is_written_off_and_too_much_is_kept(bank):
    owed = bank.invoice("100")
    pay = NewPayment(bank.customer, Decimal("99.97"), DAY, allocations={owed: Decimal("99.97")})
    bank.desk.do("payment.receive", lambda tx: payments.receive(tx, pay))
    off = bank.desk.do(
        "invoice.write_off", lambda tx: deductions.settle(tx, owed, Decimal("0.03"), DeductionKind.WRITE_OFF, DAY)
    )
    assert bank.open_amount(owed) == 0
    more = bank.desk.do("payment.receive", lambda tx: payments.receive(tx, NewPayment(bank.customer, Decimal(10), DAY)))
    with pytest.raises(NotAllowed, match="EUR left"):
        bank.desk.do("payment.keep", lambda tx: deductions.keep(tx, more, Decimal(11), DAY))
    bank.desk.do("payment.keep", lambda tx: deductions.keep(tx, more, Decimal(10), DAY))
    assert bank.desk.read(receivables.payment_sheet, more).left == 0
    assert bank.desk.read(receivables.count_unallocated) == 0
    assert bank.balances()["Payment differences and write-offs"] == Decimal("-9.97")
    assert bank.desk.damages() == []
    bank.desk.do("deduction.take_back", lambda tx: deductions.take_back(tx, off, DAY))
    assert bank.open_amount(owed) == Decimal("0.03")
    bank.desk.do("payment.reverse", lambda tx: payments.reverse(tx, more, DAY))
    assert "Payment differences and write-offs" not in bank.balances()
    assert bank.desk.damages() == []


def test_a_credit_note_is_used_for_another_invoice_or_paid_back_through_the_bank(small_bank):
    bank = small_bank
    first, second = bank.invoice("100", tax="V21"), bank.invoice("50")
    pay = NewPayment(bank.customer, Decimal(121), DAY, allocations={first: Decimal(121)})
    bank.desk.do("payment.receive", lambda tx: payments.receive(tx, pay))
    note = bank.desk.do("invoice.credit", lambda tx: billing.credit(tx, first, DAY))
    with pytest.raises(NotAllowed, match=r"50\.0000 EUR open"):
        bank.desk.do("credit.net", lambda tx: payments.net(tx, note, second, Decimal(51), DAY))
    bank.desk.do("credit.net", lambda tx: payments.net(tx, note, second, Decimal(50), DAY))
    assert (bank.open_amount(second), bank.open_amount(note)) == (0, -71)
    number = bank.desk.read(billing.get, note).number
    bank.take(camt(("-71.00", f"Refund {number}")))
    (line,) = bank.lines()
    assert bank.proposal(line).confidence == Confidence.SURE
    bank.accept(line)
    assert bank.open_amount(note) == 0
    assert "Trade receivables" not in bank.balances()
    assert bank.desk.damages() == []


def test_every_damage_is_named(small_bank):
    bank = small_bank
    net30 = next(one for one in bank.desk.read(payment_terms.read) if one.code == "NET30")
    with_discount = replace(net30, discount=Decimal(2), discount_days=10)
    bank.desk.do("payment_term.save", lambda tx: payment_terms.save(tx, with_discount))
    bank.invoice("100", tax="V21")
    bank.take(camt(("118.58", "INV-00001")))
    bank.accept(bank.lines()[0])
    for statement, rule in BANK.items():
        with bank.desk.database.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            raw.create_function("waybill_gate", 0, lambda: 1)
            for table in ("bank_booking", "bank_statement", "deduction", "allocation"):
                for action in ("update", "delete"):
                    raw.execute(f"DROP TRIGGER IF EXISTS ledger_{action}_{table}")
            connection.exec_driver_sql(statement)
            found = {one.rule for one in integrity.check(connection)}
            connection.rollback()
        assert rule in found, (statement, found)
