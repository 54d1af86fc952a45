"""Whatever is sold, credited and in whichever currency: books, ledger, paper and e-invoice name the same total.

``WAYBILL_EINVOICES`` says how many documents are tried; a run of thousands takes minutes.
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument
from sqlalchemy import select

from app.errors import UserError
from app.models.invoice import InvoiceKind
from app.models.payment import journal_entry, journal_line
from app.services import billing, companies, einvoices, papers
from app.services.document_lines import LineInput
from app.services.einvoices import Form, schematron
from app.services.papers import Wanted
from tests.databases import opened
from tests.services.einvoices.office import FORMS, Biller, fee, only

DOCUMENTS = int(os.environ.get("WAYBILL_EINVOICES", "12"))
RECEIVABLE = "1200"
TAXES = ("V21", "V9", "V6", "I21", "RC", "EX", "")


@dataclass(frozen=True)
class Sale:
    """What is sold and how: ``credited`` gives back all of it (1), a part (2, 3), or nothing (0)."""

    lines: tuple[LineInput, ...]
    form: Form = Form.XRECHNUNG_UBL
    currency: str = "EUR"
    tax_rounding: str = "line"
    cash_rounding: Decimal | None = None
    by_order: bool = False
    discount_percent: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    deposit: Decimal = Decimal(0)
    credited: int = 0


def decimals(least: str, most: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), places=places)


lines = st.builds(
    fee,
    st.one_of(decimals("0", "5000", 2), decimals("0", "50", 4), decimals("-300", "0", 2)).map(str),
    st.sampled_from(TAXES),
    st.one_of(st.integers(1, 500), decimals("0.001", "99", 3)).map(str),
    discount_percent=st.one_of(st.just(Decimal(0)), decimals("0", "99", 2)),
)
sales = st.builds(
    Sale,
    st.lists(lines, min_size=1, max_size=7).map(tuple),
    form=st.sampled_from(FORMS),
    currency=st.sampled_from(["EUR", "EUR", "GBP", "JPY"]),
    tax_rounding=st.sampled_from(["line", "document"]),
    cash_rounding=st.sampled_from([None, None, Decimal("0.05")]),
    by_order=st.booleans(),
    discount_percent=st.sampled_from([Decimal(0), Decimal(3), Decimal("12.5")]),
    discount_amount=st.sampled_from([Decimal(0), Decimal("7.77")]),
    deposit=st.sampled_from([Decimal(0), Decimal(10)]),
    credited=st.integers(0, 3),
)


@pytest.fixture(scope="module")
def desk(sqlite_databases):
    with opened(sqlite_databases) as database:
        desk = Biller(database).found()
        desk.do("rate.set", lambda tx: companies.set_rate(tx, "JPY", date(2026, 1, 1), Decimal("164.31")))
        desk.card(desk.city, exempt_category="E", exempt_reason="Small things")
        yield desk


def documents(desk, sale):
    """Sell, and give every document that was posted for it."""
    if sale.by_order:
        agreed = {
            "discount_percent": sale.discount_percent,
            "discount_amount": sale.discount_amount,
            "deposit_amount": sale.deposit,
        }
        order_id = desk.order(
            *sale.lines,
            currency=sale.currency,
            tax_rounding=sale.tax_rounding,
            cash_rounding=sale.cash_rounding,
            deposit_blocks=False,
            **agreed,
        )
        posted = [desk.post(one) for one in desk.drafts(order_id)]
    else:
        rounding = {"tax_rounding": sale.tax_rounding, "cash_rounding": sale.cash_rounding}
        desk.do("company.change", lambda tx: companies.change(tx, rounding))
        posted = [desk.bill(*sale.lines, currency=sale.currency)]
    if sale.credited and desk.read(billing.get, posted[-1]).kind == InvoiceKind.INVOICE:
        posted.append(desk.credit(posted[-1], None if sale.credited == 1 else sale.credited))
    return posted


def owed(desk, invoice_id):
    """What the ledger booked as owed when the document was posted, in its currency."""
    first = select(journal_entry.c.id).where(journal_entry.c.document_id == invoice_id).order_by(journal_entry.c.n)
    booked = desk.read(lambda c: c.execute(first.limit(1)).scalar_one())
    rows = select(journal_line.c.currency_amount).where(
        journal_line.c.entry_id == booked, journal_line.c.account == RECEIVABLE
    )
    return sum(desk.read(lambda c: c.execute(rows).scalars().all()), Decimal(0))


def printed(desk, kind, invoice_id):
    paper = desk.read(papers.build, (Wanted(kind, invoice_id),))
    with closing(PdfDocument(paper.pdf)) as pdf:
        return "".join(page.get_textpage().get_text_range() for page in pdf)


def check(desk, sale):
    try:
        posted = documents(desk, sale)
    except UserError:
        return  # the books refuse it in words: a deposit above the total, a credit of nothing
    for invoice_id in posted:
        head = desk.read(billing.get, invoice_id)
        made = desk.make(invoice_id, sale.form)
        broken = {one.rule for one in made.findings if one.fatal}
        if broken == {"BR-CO-17"} and sale.tax_rounding == "line":
            official, _ = einvoices.check(made.document, sale.form)
            if schematron.is_there():
                assert "BR-CO-17" in {one.rule for one in official}, "we refuse what the official rules refuse"
            continue
        assert broken == set(), (sale, made.findings, made.document.decode())
        sign = -1 if head.kind == InvoiceKind.CREDIT else 1
        payable = Decimal(only(made.document, "PayableAmount", "DuePayableAmount"))
        assert payable == sign * head.total
        assert owed(desk, invoice_id) == head.total
        places = desk.read(companies.decimals, head.currency)
        assert f"{abs(head.total):,.{places}f}" in printed(desk, head.kind, invoice_id)


@settings(max_examples=DOCUMENTS, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # a smaller one says no more
@example(Sale((fee("19.99", "I21", "3"), fee("0.01", "V9", "7")), discount_percent=Decimal("12.5"), by_order=True))
@example(Sale((fee("10"),), Form.PEPPOL, "GBP", by_order=True, deposit=Decimal(10), credited=1))
@example(Sale((fee("-5"), fee("0", "")), Form.FACTUR_X, cash_rounding=Decimal("0.05")))
@given(sales)
def test_every_document_says_one_total_everywhere_and_keeps_every_rule(desk, sale):
    check(desk, sale)
