"""The purchase order: what is asked of the supplier, in their words."""

from __future__ import annotations

from app.services.documents.purchase_order import build
from tests.services.documents.examples import papers
from tests.services.documents.reading import text


def test_it_says_what_is_needed_where_and_when():
    found = text(build(papers()["purchase_order"]))
    for said in (
        "Purchase order PO-H1-00031",
        "Your reference",
        "DS-77",
        "Your item no. OR-1",
        "Needed on Nov 3, 2026",
        "70327 Stuttgart",
        "30 days net",
    ):
        assert said in found, said
