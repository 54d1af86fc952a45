"""The reports of the books as the window lists them: how each is read, its columns, what stands below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.services.books import batch, chart, periods, reports, tax_report
from app.services.books.chart import Account
from app.services.books.periods import PeriodRow
from app.services.books.reports import BalanceRow, OpenItem, SheetLine
from app.services.books.tax_report import TaxRow
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.format import tr
from app.views.tokens import Glyph, Hue, Tone

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked about: its days, and the account where it is of one."""

    first: date
    last: date
    account: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: rows, sums in words to stand below, and what does not agree (empty where all does)."""

    rows: Sequence[Any]
    sums: tuple[tuple[str, str], ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A tab of the screen; ``empty`` stands there where nothing is found."""

    id: str
    title: str
    read: Callable[[Connection, Asked], Found]
    columns: tuple[Column[Any], ...]
    empty: str


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A line of the journal; the first of an entry shows its day, number and text."""

    id: tuple[str, int, int]
    document_id: UUID
    booked_on: date
    entry: str
    text: str
    account: str
    name: str
    debit: Decimal
    credit: Decimal
    first: bool


def _journal(connection: Connection, asked: Asked) -> Found:
    rows, entries, total = list[JournalRow](), 0, ZERO
    for entry in batch.read(connection, asked.first, asked.last):
        entries += 1
        for place, line in enumerate(entry.lines):
            debit, credit = max(line.amount, ZERO), max(-line.amount, ZERO)
            total += debit
            rows.append(
                JournalRow(
                    (entry.site, entry.number, place),
                    entry.document_id,
                    entry.on,
                    f"{entry.site}-{entry.number}",
                    entry.text,
                    line.account,
                    line.name,
                    debit,
                    credit,
                    place == 0,
                )
            )
    return Found(rows, ((tr("Entries"), f"{entries:,}"), (tr("Debit = credit"), written.amount(total))))


def _trial(connection: Connection, asked: Asked) -> Found:
    rows = reports.trial_balance(connection, asked.first, asked.last)
    debit, credit = sum((one.debit for one in rows), ZERO), sum((one.credit for one in rows), ZERO)
    rest = sum((one.closing for one in rows), ZERO)
    result = reports.result(rows)
    words = tr("Profit of the financial year so far") if result >= 0 else tr("Loss of the financial year so far")
    sums = (
        (tr("Debit"), written.amount(debit)),
        (tr("Credit"), written.amount(credit)),
        (words, written.amount(abs(result))),
    )
    wrong = tr("The balances do not add up to zero: {} is left over. Run the self-check.").format(written.amount(rest))
    return Found(rows, sums, wrong if rest or debit != credit else "")


def _sheet(connection: Connection, asked: Asked) -> Found:
    if not asked.account:
        return Found(())
    sheet = reports.account_sheet(connection, asked.account, asked.first, asked.last)
    return Found(
        sheet.lines,
        (
            (f"{sheet.code} {sheet.name}", ""),
            (tr("Before"), written.amount(sheet.opening)),
            (tr("At the end"), written.amount(sheet.closing)),
        ),
    )


def _open_items(connection: Connection, asked: Asked) -> Found:
    found = reports.open_items(connection, asked.last)
    sums = ((tr("Open"), written.amount(found.total)), (tr("The accounts hold"), written.amount(found.held)))
    trouble = tr("The items and the accounts differ. Run the self-check.") if found.total != found.held else ""
    return Found(found.items, sums, trouble)


def _taxes(connection: Connection, asked: Asked) -> Found:
    found = tax_report.read(connection, asked.first, asked.last)
    sums = [(tr("Tax owed"), written.amount(found.tax))]
    for one in found.accounts:
        sums.append((tr("Account {}").format(one.code), written.amount(one.booked)))
        if one.otherwise:
            sums.append((tr("of it by hand"), written.amount(one.otherwise)))
    return Found(found.rows, tuple(sums))


def _periods(connection: Connection, asked: Asked) -> Found:
    return Found(periods.read(connection, asked.last))


def _chart(connection: Connection, _asked: Asked) -> Found:
    return Found(chart.read(connection))


def _day(row: Any, name: str = "booked_on") -> Cell:
    day = getattr(row, name)
    return cells.text(written.full_day(day) if day else "", tone=Tone.SOFT)


def _journal_day(row: JournalRow) -> Cell:
    return _day(row) if row.first else Cell()


def _journal_entry(row: JournalRow) -> Cell:
    return cells.code(row.entry, tone=Tone.SOFT) if row.first else Cell()


def _journal_text(row: JournalRow) -> Cell:
    return cells.text(row.text) if row.first else Cell()


def _open_kind(row: OpenItem) -> Cell:
    words = {"invoice": "Invoice", "deposit": "Deposit", "credit": "Credit note", "payment": "On account"}
    return cells.text(tr(words.get(row.kind, row.kind)), tone=Tone.SOFT)


def _state(row: PeriodRow) -> Cell:
    return (
        cells.chip(tr("Closed"), Hue.GREY, Glyph.SLASH) if row.closed else cells.chip(tr("Open"), Hue.GREEN, Glyph.DOT)
    )


def _last_change(row: PeriodRow) -> Cell:
    if row.at is None:
        return Cell(cells.DASH, tone=Tone.FAINT)
    return cells.text(tr("{}, {}").format(row.by, written.full_day(row.at.date())), tone=Tone.SOFT)


def _purpose(row: Account) -> Cell:
    purpose = row.purpose.replace("_", " ").capitalize()
    return cells.text(", ".join(word for word in (tr(purpose) if purpose else "", *row.uses) if word), tone=Tone.SOFT)


def _booked(row: Account) -> Cell:
    return cells.text(tr("has entries") if row.booked else "", tone=Tone.FAINT)


def _rate(row: TaxRow) -> Cell:
    return cells.text(f"{written.quantity(row.rate)} %")


def _amount(name: str) -> Callable[[Any], Cell]:
    def cell(row: Any) -> Cell:
        return cells.amount(getattr(row, name))

    return cell


def _money(name: str, title: str, width: int = 112) -> Column[Any]:
    return Column(name, title, _amount(name), width, right=True)


JOURNAL: Final = Report(
    "journal",
    "Journal",
    _journal,
    (
        Column[JournalRow]("booked_on", "Date", _journal_day, 148),
        Column[JournalRow]("entry", "Entry", _journal_entry, 76),
        Column[JournalRow]("text", "Text", _journal_text, 220, stretch=True),
        Column[JournalRow]("account", "Account", lambda row: cells.code(row.account), 76),
        Column[JournalRow]("name", "Name", lambda row: cells.text(row.name, tone=Tone.SOFT), 216),
        _money("debit", "Debit"),
        _money("credit", "Credit"),
    ),
    "Nothing was booked on these days. Invoices, payments and deliveries are booked by themselves.",
)
TRIAL: Final = Report(
    "trial",
    "Trial balance",
    _trial,
    (
        Column[BalanceRow]("code", "Account", lambda row: cells.code(row.code), 84),
        Column[BalanceRow]("name", "Name", lambda row: cells.text(row.name), 220, stretch=True),
        Column[BalanceRow]("kind", "Kind", lambda row: cells.text(row.kind.capitalize(), tone=Tone.SOFT), 96),
        _money("opening", "Before"),
        _money("debit", "Debit"),
        _money("credit", "Credit"),
        _money("closing", "At the end"),
    ),
    "No account holds anything up to these days.",
)
SHEET: Final = Report(
    "sheet",
    "Account",
    _sheet,
    (
        Column[SheetLine]("booked_on", "Date", _day, 148),
        Column[SheetLine]("entry", "Entry", lambda row: cells.code(f"{row.site}-{row.number}", tone=Tone.SOFT), 84),
        Column[SheetLine]("text", "Text", lambda row: cells.text(row.text), 220, stretch=True),
        Column[SheetLine]("against", "Against", lambda row: cells.code(row.against, tone=Tone.SOFT, strong=False), 120),
        _money("debit", "Debit"),
        _money("credit", "Credit"),
        _money("balance", "Balance"),
    ),
    "Type the number of an account above, or press Enter on one in the trial balance.",
)
OPEN_ITEMS: Final = Report(
    "open",
    "Open items",
    _open_items,
    (
        Column[OpenItem]("customer_name", "Customer", lambda row: cells.text(row.customer_name), 180, stretch=True),
        Column[OpenItem]("kind", "", _open_kind, 96),
        Column[OpenItem]("number", "Number", lambda row: cells.code(row.number), 104),
        Column[OpenItem]("dated", "Date", lambda row: _day(row, "dated"), 148),
        Column[OpenItem]("due_on", "Due", lambda row: _day(row, "due_on"), 148),
        _money("total", "Total"),
        Column[OpenItem]("currency", "", lambda row: cells.text(row.currency, tone=Tone.FAINT), 48),
        _money("open_amount", "Open"),
        _money("company_amount", "In our currency"),
    ),
    "Nothing is open at the end of the last day.",
)
TAXES: Final = Report(
    "taxes",
    "Taxes",
    _taxes,
    (
        Column[TaxRow]("code", "Tax", lambda row: cells.code(row.code), 84),
        Column[TaxRow]("name", "Name", lambda row: cells.text(row.name), 200, stretch=True),
        Column[TaxRow]("rate", "Rate", _rate, 70, right=True),
        Column[TaxRow]("account", "Account", lambda row: cells.code(row.account, tone=Tone.SOFT), 84),
        Column[TaxRow](
            "documents", "Documents", lambda row: cells.quantity(row.documents, tone=Tone.SOFT), 96, right=True
        ),
        _money("base", "Base"),
        _money("corrected", "Corrected"),
        _money("tax", "Tax"),
    ),
    "No document of these days has a tax.",
)
PERIODS: Final = Report(
    "periods",
    "Periods",
    _periods,
    (
        Column[PeriodRow]("period", "Month", lambda row: cells.text(row.period.words, strong=True), 150),
        Column[PeriodRow]("state", "", _state, 104),
        Column[PeriodRow]("entries", "Entries", lambda row: cells.quantity(row.entries), 80, right=True),
        _money("debit", "Booked"),
        Column[PeriodRow]("changed", "Last changed", _last_change, 190),
        Column[PeriodRow](
            "reason", "Why it was opened again", lambda row: cells.text(row.reason, tone=Tone.SOFT), 200, stretch=True
        ),
    ),
    "No month has begun yet.",
)
ACCOUNTS: Final = Report(
    "accounts",
    "Accounts",
    _chart,
    (
        Column[Account]("code", "Account", lambda row: cells.code(row.code), 84),
        Column[Account]("name", "Name", lambda row: cells.text(row.name), 220, stretch=True),
        Column[Account]("kind", "Kind", lambda row: cells.text(row.kind.capitalize(), tone=Tone.SOFT), 96),
        Column[Account]("purpose", "What is booked there", _purpose, 240, stretch=True),
        Column[Account]("booked", "", _booked, 96),
    ),
    "There is no account yet. Add one.",
)
REPORTS: Final = (JOURNAL, TRIAL, SHEET, OPEN_ITEMS, TAXES, PERIODS, ACCOUNTS)
