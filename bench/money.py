"""Money: totals while typing, invoices posted, printed and made electronic, and a bank statement matched."""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from app.models.einvoice import Form
from app.services import billing, companies, einvoices, papers, parties
from app.services.billing import FreeInvoice
from app.services.companies import Founding, TaxRule
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.papers import Wanted
from app.services.parties import Address, NewCustomer
from bench import matching, totals
from bench.company import do
from bench.databases import sqlite_files
from bench.results import Report

TITLE: Final = "Money: invoices posted, printed and made electronic, and a bank statement matched, on one core"
LINES: Final = 5
WARM_UP: Final = 20
CUSTOMERS: Final = 50
POST_MOST: Final = 5.0
GROWTH_MOST: Final = 1.1
PRINT_MOST: Final = 25.0
PRINT_RATIO_MOST: Final = 15.0
ELECTRONIC_MOST: Final = 25.0
CHANGE_MOST: Final = 5.0
DAY: Final = date(2026, 11, 25)
CARD: Final = {"buyer_reference": "04011000-12345-03"}
"""What an authority must be told in each e-invoice."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this benchmark."""
    parser.add_argument("--invoices", type=int, default=10_000, help="invoices posted")
    parser.add_argument("--papers", type=int, default=1_000, help="of these printed, and made electronic and checked")
    parser.add_argument("--lines", type=int, default=5_000, help="lines of the bank statement")
    parser.add_argument("--items", type=int, default=50_000, help="open items they are matched with")


def run(options: argparse.Namespace) -> Report:
    """Measure each on its own, in CPU milliseconds of this process."""
    report = Report(("one of them", "how many", "CPU ms", "per second"))
    _measure_typing(report)
    with sqlite_files() as server:
        database = Database(server.create("money"))
        posted = _measure_posting(report, database, options.invoices)
        chosen = posted[: options.papers]
        _measure_printing(report, database, chosen)
        _measure_electronic(report, database, chosen)
        database.close()
    matching.measure(report, options.lines, options.items)
    return report


def _measure_typing(report: Report) -> None:
    spent = totals.change_ms(1_000, times=40)
    report.rows.append(("quantity changed among 1,000 lines", "40", f"{spent:.3f}", f"{1000 / spent:,.0f}"))
    report.limit("CPU ms for the totals of 1,000 lines after one quantity changed", spent, CHANGE_MOST)


def _measure_posting(report: Report, database: Database, count: int) -> list[UUID]:
    """Write drafts of five lines, then post each by a command of its own; the last tenth against the first."""
    buyers = _found(database)
    drafts = [do(database, "invoice.write", lambda tx, n=n: billing.write(tx, _new(buyers, n))) for n in range(count)]
    part = max(count // 10, 1)

    def post(invoice_id: UUID) -> None:
        do(database, "invoice.post", lambda tx: billing.post(tx, invoice_id, DAY))

    gc.collect()
    gc.freeze()
    spent = [_each(post, drafts[start : start + part]) for start in range(0, count, part)]
    mean = sum(spent) / len(spent)
    report.rows.append(("invoice of 5 lines posted", str(count), f"{mean:.3f}", f"{1000 / mean:,.0f}"))
    report.limit("CPU ms to post an invoice", mean, POST_MOST)
    last, first = min(spent[-3:]), min(spent[:3])  # the best of three parts each: what else runs costs only time
    report.limit(f"posting the last of {count} to posting the first", last / first, GROWTH_MOST)
    return drafts


def _measure_printing(report: Report, database: Database, chosen: Sequence[UUID]) -> None:
    def build(invoice_id: UUID) -> None:
        database.read(lambda connection: papers.build(connection, [Wanted("invoice", invoice_id)]))

    for invoice_id in chosen[:WARM_UP]:
        build(invoice_id)
    spent, raw = _each(build, chosen), _each(_draw, range(len(chosen)))
    for words, one in (("invoice printed as PDF", spent), ("page drawn on a bare canvas", raw)):
        report.rows.append((words, str(len(chosen)), f"{one:.3f}", f"{1000 / one:,.0f}"))
    report.limit("CPU ms to print an invoice", spent, PRINT_MOST)
    report.limit("printing to drawing as many words on a bare canvas", spent / raw, PRINT_RATIO_MOST)


def _measure_electronic(report: Report, database: Database, chosen: Sequence[UUID]) -> None:
    found: list[einvoices.Made] = []

    def make(invoice_id: UUID) -> None:
        found.append(database.read(lambda connection: einvoices.make(connection, invoice_id, Form.XRECHNUNG_UBL)))

    for invoice_id in chosen[:WARM_UP]:
        make(invoice_id)
    found.clear()
    spent = _each(make, chosen)
    report.rows.append(("e-invoice made and checked", str(len(chosen)), f"{spent:.3f}", f"{1000 / spent:,.0f}"))
    report.limit("CPU ms to make and check an e-invoice", spent, ELECTRONIC_MOST)
    report.limit("e-invoices that do not pass", sum(1 for one in found if not one.passed), 0)
    asked = ", ".join(found[0].checked_with) if found and found[0].checked_with else "our own checks alone"
    report.notes.append(f"E-invoices are checked with {asked}.")


def _found(database: Database) -> list[UUID]:
    founding = Founding(
        "Delta",
        "NL",
        "EUR",
        taxes=(TaxRule("V21", "VAT 21 %", Decimal(21)),),
        vat_number="NL123456789B01",
        street="Kade 1",
        postal_code="3011 AA",
        city="Rotterdam",
        phone="+31 10 555 0101",
        email="books@delta.example",
        iban="NL91 ABNA 0417 1643 00",
        bic="ABNANL2A",
    )
    do(database, "company.found", lambda tx: companies.found(tx, founding))
    database.forget_identity()
    buyers = do(database, "customer.add", lambda tx: parties.add_many(tx, [_buyer(n) for n in range(CUSTOMERS)]))
    for buyer in buyers:
        do(database, "customer.change", lambda tx, buyer=buyer: parties.change(tx, buyer, CARD, {}))
    return buyers


def _buyer(n: int) -> NewCustomer:
    place = Address(street=f"Domkloster {n}", postal_code=f"506{n:02}", city="Köln", country="DE")
    return NewCustomer(f"Amt {n}", addresses=(place,), vat_number="DE123456788", email=f"amt{n}@koeln.example")


def _new(buyers: Sequence[UUID], n: int) -> FreeInvoice:
    lines = (
        LineInput(
            kind="fee",
            name=f"Crane {n}, shift {place}",
            unit_price=Decimal(n % 997 * 100 + place + 1).scaleb(-2),
            quantity=Decimal(place + 1),
            tax_codes="V21",
        )
        for place in range(LINES)
    )
    return FreeInvoice(buyers[n % len(buyers)], tuple(lines))


def _draw(turn: int) -> bytes:
    """Draw as many words as an invoice has, with a font that every viewer knows, and nothing worked out."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4)
    canvas.setFont("Helvetica", 9)
    for place, words in enumerate(_words(turn)):
        canvas.drawString(50 + place % 6 * 80, 780 - place // 6 * 14, words)
    canvas.save()
    return target.getvalue()


def _words(turn: int) -> Iterator[str]:
    yield from (f"Invoice {turn}", "Delta", "Kade 1", "3011 AA Rotterdam", "NL123456789B01", "Amt", "Köln", "30 days")
    for place in range(LINES):
        yield from (str(place), f"Crane {turn}, shift {place}", "5", "pcs", f"{turn}.00", f"{turn * 5}.00")
    yield from ("Net", f"{turn}.00", "VAT 21 %", f"{turn}.21", "Total", f"{turn}.21", "IBAN", "NL91 ABNA 0417 1643 00")


def _each(work: Callable[[Any], object], things: Sequence[Any]) -> float:
    """Give the CPU milliseconds one of several things takes, all of them done one after another."""
    began = time.process_time()
    for thing in things:
        work(thing)
    return (time.process_time() - began) * 1000 / max(len(things), 1)
