"""The delivery note: what came, what is to follow, and room to sign for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.services.documents.delivery_note import build
from app.services.documents.snapshots import GoodsLine, Party
from tests.services.documents.examples import SIGNATURE, papers
from tests.services.documents.reading import text

LINE = GoodsLine("1", "Hex bolt", Decimal("2.50"), "box", "HX-1", "", Decimal(4), Decimal("1.5"))


def test_it_says_what_came_how_and_what_is_to_follow():
    paper = replace(papers()["delivery_note"], lines=(LINE,), ship_to=Party("Site office", ("Yard 3",)))
    found = text(build(paper))
    for said in (
        "Delivery note SH-H1-00412",
        "Site office",
        "Yard 3",
        "Nordpaket",
        "12.5\u00a0kg",
        "To follow",
        "2.5",
        "1.5",
    ):
        assert said in found, said
    assert "EUR" not in found, "prices are none of the driver's business"
    assert "Goods received" in found and "Name, signature" in found


def test_a_full_delivery_has_no_column_for_what_is_to_follow():
    assert "To follow" not in text(
        build(replace(papers()["delivery_note"], lines=(replace(LINE, outstanding=Decimal(0)),)))
    )


def test_a_signed_one_shows_the_receiver():
    assert "Sabine Keller" in text(build(replace(papers()["delivery_note"], signature=SIGNATURE)))
