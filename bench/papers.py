"""Papers: an invoice of five lines, one of a thousand, and a shipping label."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

from app.services.documents import invoice, shipping_label
from app.services.documents.invoice import Invoice
from app.services.documents.shipping_label import ShippingLabel
from app.services.documents.snapshots import (
    Company,
    Currency,
    Heading,
    PaperLine,
    Party,
    Priced,
    TotalsKind,
    TotalsRow,
)
from bench.results import Report

TITLE: Final = "Papers: from snapshot to PDF, in CPU milliseconds (median), no two alike"
FIVE_LINES_MOST: Final = 25.0
THOUSAND_LINES_MOST: Final = 1_500.0
COMPANY: Final = Company(
    "Harbour Tools Ltd", ("1 Quay Street", "Bristol"), ("+44 117 496 0000",), ("IBAN GB00",), "GB1"
)
DAY: Final = date(2026, 11, 3)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this benchmark."""
    parser.add_argument("--times", type=int, default=60)


def run(options: argparse.Namespace) -> Report:
    """Measure each paper after a few of its kind, as a program that has been running for a while."""
    report = Report(("paper", "CPU ms", "papers per second on one core"))
    measured = (
        ("invoice of 5 lines", lambda turn: invoice.build(_invoice(turn, 5)), options.times, FIVE_LINES_MOST),
        ("invoice of 1,000 lines", lambda turn: invoice.build(_invoice(turn, 1_000)), 3, THOUSAND_LINES_MOST),
        ("shipping label", lambda turn: shipping_label.build(_label(turn)), options.times, FIVE_LINES_MOST),
    )
    for words, build, times, most in measured:
        found = _median_ms(build, times)
        report.rows.append((words, f"{found:.1f}", f"{1000 / found:.1f}"))
        report.limit(words, found, most)
    return report


def _invoice(turn: int, count: int) -> Invoice:
    lines = tuple(
        PaperLine(
            str(place),
            f"Product {place * 7 % 400} of series {turn}",
            f"SKU-{turn}-{place}",
            "as agreed",
            Decimal(place % 40 + 1),
            "pcs",
            Decimal(turn * 1_000 + place).scaleb(-2),
            tax_codes=("S",),
            amount=Decimal((turn * 977 + place * 131) % 1_000_000).scaleb(-2),
        )
        for place in range(1, count + 1)
    )
    customer = Party(f"Customer {turn} plc", (f"{turn} High Street", "London"), number=f"C-{turn}")
    heading = Heading(f"INV-{turn:05d}", DAY, COMPANY, customer, po_number=f"PO-{turn}")
    totals = (TotalsRow(TotalsKind.TOTAL, Decimal(turn).scaleb(-2)),)
    return Invoice(heading, Priced(Currency("GBP"), lines, totals), due_on=DAY, payment_terms="30 days net")


def _label(turn: int) -> ShippingLabel:
    customer = Party(f"Customer {turn} plc", (f"{turn} High Street", "London"))
    ours = Party(COMPANY.name, COMPANY.address)
    return ShippingLabel(ours, customer, "Carrier", "Next day", f"1Z{turn:016d}", "340123450000000185")


def _median_ms(build: Callable[[int], bytes], times: int) -> float:
    build(0)
    spent = []
    for turn in range(1, times + 1):
        began = time.process_time()
        build(turn)
        spent.append((time.process_time() - began) * 1000)
    return statistics.median(spent)
