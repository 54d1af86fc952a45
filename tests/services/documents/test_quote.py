"""The quote: an offer with a day it ends on and lines to sign on."""

from __future__ import annotations

from dataclasses import replace

from app.services.documents.quote import build
from app.services.documents.snapshots import Signature
from tests.services.documents.examples import DAY, SIGNATURE, papers
from tests.services.documents.reading import text


def test_it_can_be_signed_on_paper():
    found = text(build(papers()["quote"]))
    for said in (
        "Quote QU-H1-00077",
        "Version",
        "Valid until",
        "Thank you for your enquiry.",
        "30% deposit, due Nov 3, 2026: 300.00\u00a0EUR",
        "Accepted",
        "Name, signature",
        "Place, date",
    ):
        assert said in found, said


def test_a_signed_one_shows_who_signed_when():
    signed = replace(papers()["quote"], signature=SIGNATURE)
    assert "Sabine Keller, Nov 3, 2026" in text(build(signed))
    assert "Place, date" not in text(build(signed))


def test_a_drawn_signature_is_drawn():
    drawn = Signature("Ann", DAY, strokes=(((0, 0), (50, 40), (90, 5)), ((7, 7),), ()))
    without = Signature("Ann", DAY)
    paper = papers()["quote"]
    assert len(build(replace(paper, signature=drawn))) > len(build(replace(paper, signature=without)))
