"""The pick list: along the bins, a code for every line, readable at arm's length."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.services.documents.pick_list import PickLine, build, walking_order
from tests.services.documents.examples import papers, picks
from tests.services.documents.reading import pages, place, symbols, text


def test_bins_come_in_walking_order():
    bins = ["B-1", "A-10", "", "a-2", "A-1-10", "A-1-9", "Ä", "٣", "10", "9", "C²", " "]
    lines = [PickLine(bin=name, sku=f"S{place}", name="x", quantity=Decimal(1)) for place, name in enumerate(bins)]
    walked = [line.bin for line in walking_order(lines)]
    assert walked[:2] == ["9", "10"]
    assert [name for name in walked if name in bins[:6]][:5] == ["A-1-9", "A-1-10", "a-2", "A-10", "B-1"]
    assert walked[-2:] in ([" ", ""], ["", " "]), "what has no bin comes last"
    paper = replace(papers()["pick_list"], lines=tuple(lines))
    found = text(build(paper))
    assert found.index("A-1-9") < found.index("A-1-10") < found.index("a-2") < found.index("B-1")


@pytest.mark.parametrize("dpi", [203, 300])
def test_every_line_and_the_list_itself_can_be_scanned(dpi):
    lines = (
        *picks(8),
        PickLine("Z-1", "SCHRÄUBCHEN-Ü", "Umlaut", Decimal(3)),
        PickLine("Z-2", "M" * 50, "Long", Decimal(3)),
        PickLine("Z-3", "SKU", "By its GTIN", Decimal(1), scan="04006381333931"),
    )
    pdf = build(replace(papers()["pick_list"], lines=lines))
    found = [each.text for page in range(len(pages(pdf))) for each in symbols(pdf, dpi, page)]
    wanted = ["PK-H1-00981", *(line.scan or line.sku for line in lines)]
    assert sorted(found) == sorted(wanted), "one symbol per line"


def test_bin_and_quantity_are_large():
    pdf = build(replace(papers()["pick_list"], lines=(PickLine("A-7", "S-1", "Bolt", Decimal(48), "pcs"),)))
    for said in ("A-7", "48"):
        _, top, _, bottom = place(pdf, said)
        assert bottom - top > 4, f"{said} is {bottom - top:.1f} mm high"


def test_a_bin_with_a_long_name_is_smaller_not_cut():
    name = "Reserve aisle 17, top shelf, left"
    found = text(build(replace(papers()["pick_list"], lines=(PickLine(name, "S-1", "Bolt", Decimal(1)),))))
    assert name in " ".join(found.split())
