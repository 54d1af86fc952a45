"""The credit note: which invoice it corrects and why."""

from __future__ import annotations

from dataclasses import replace

from app.services.documents.credit_note import build
from app.services.documents.snapshots import TotalsKind
from tests.services.documents.examples import papers
from tests.services.documents.reading import text


def test_it_names_the_invoice_the_reason_and_the_total():
    found = text(build(papers()["credit_note"]))
    for said in ("Credit note CN-H1-00012", "INV-H1-00318", "Invoice date", "Damaged", "Credit total EUR", "1,190.44"):
        assert said in found, said


def test_amounts_are_printed_as_they_are_stored():
    paper = papers(2)["credit_note"]
    turned = replace(
        paper,
        priced=replace(
            paper.priced,
            totals=tuple(
                replace(row, amount=-row.amount) for row in paper.priced.totals if row.kind == TotalsKind.TOTAL
            ),
        ),
    )
    assert "−1,190.44" in text(build(turned))
