"""The order confirmation: what was agreed and where it goes."""

from __future__ import annotations

from app.services.documents.order_confirmation import build
from tests.services.documents.examples import papers
from tests.services.documents.reading import text


def test_it_says_what_was_agreed_with_the_customers_signature():
    found = text(build(papers()["order_confirmation"]))
    for said in (
        "Order confirmation SO-H1-01042",
        "QU-H1-00077",
        "PO-77-4410",
        "Planned delivery",
        "Plant 2",
        "70327 Stuttgart",
        "30 days net",
        "Sabine Keller, Nov 3, 2026",
    ):
        assert said in found, said
