"""The packing slip: what is in which package; it goes with the goods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.services.documents.barcodes import check_sscc
from app.services.documents.blocks import Cell, Gap, Row, stack
from app.services.documents.closing import SECTION_GAP, titled
from app.services.documents.delivery_note import transport_facts
from app.services.documents.goods_table import goods_table
from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.snapshots import NO_TRANSPORT, GoodsLine, Heading, Party, Transport
from app.services.documents.typefaces import Weight
from app.services.documents.typesetting import QUIET, Style
from app.services.documents.typography import TINT


@dataclass(frozen=True, slots=True)
class PackedPackage:
    """One package and what is in it; sizes in millimetres, 0 for not measured; ``on``: the pallet it stands on."""

    position: int
    lines: tuple[GoodsLine, ...]
    sscc: str = ""
    tracking_number: str = ""
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    is_pallet: bool = False
    on: int | None = None


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """All a packing slip prints; it is addressed to ``ship_to``, else to the customer."""

    heading: Heading
    packages: tuple[PackedPackage, ...]
    ship_to: Party | None = None
    transport: Transport = NO_TRANSPORT
    notes: str = ""


_PACKAGE: Final = Style(11, 15, Weight.SEMIBOLD)
_MARKS: Final = Style(8, 11.5, Weight.REGULAR, QUIET).right()
_INSET: Final = 8.0


def build(slip: PackingSlip) -> bytes:
    """Draw the packing slip as PDF; the same packages always give the same bytes.

    Raises Invalid when the logo is no picture or an SSCC is wrong.
    """
    heading = slip.heading
    locale = paper_locale(heading.language)
    words = locale.words
    facts = [*usual_facts(heading, locale), *transport_facts(slip.transport, locale)]
    letter = Letter(heading, words["packing_slip"], facts, addressee=slip.ship_to)
    for package in slip.packages:
        letter.pages.space(10 if package.on is None else 4)
        row = _package_row(package, len(slip.packages), locale, letter.width)
        if package.is_pallet and not package.lines:  # all of it is in the packages that follow
            letter.pages.keep(row, 40)
            continue
        table = goods_table(package.lines, locale, letter.width, quantity_title=words["quantity"])
        first = table.rows[0].height
        letter.pages.keep(row, table.head.height + first)
        letter.pages.add_table(table)
    if not slip.packages:
        letter.pages.add_table(goods_table((), locale, letter.width, quantity_title=words["quantity"]))
    letter.add(titled(words["notes"], [slip.notes], letter.width), above=SECTION_GAP)
    return letter.pdf()


def _package_row(package: PackedPackage, count: int, locale: PaperLocale, width: float) -> Row:
    """Say which package it is, and its marks: SSCC, tracking number, weight and size."""
    words = locale.words
    if package.sscc:
        check_sscc(package.sscc)
    place = words.filled("package_of", page=str(package.position), pages=str(count))
    sides = (package.length_mm, package.width_mm, package.height_mm)
    keys = [
        f"SSCC {package.sscc}" if package.sscc else "",
        f"{words['tracking_number']} {package.tracking_number}" if package.tracking_number else "",
    ]
    name = words["pallet"] if package.is_pallet else words["package"]
    measures = [
        words.filled("on_pallet", pallet=str(package.on)) if package.on is not None else "",
        f"{words['weight']} {locale.weight(package.weight_g)}" if package.weight_g else "",
        f"{words['size']} {' × '.join(map(str, sides))} mm" if all(sides) else "",
    ]
    title_width = width * 0.28
    marks = tuple(("   ·   ".join(mark for mark in line if mark), _MARKS) for line in (keys, measures))
    title = stack((f"{name} {place}", _PACKAGE), width=title_width - _INSET)
    marks_width = width - title_width - _INSET
    return Row(
        (
            Cell(0, _INSET, ()),
            Cell(_INSET, title_width - _INSET, (Gap(1), *title)),
            Cell(title_width, marks_width, (Gap(2), *stack(*marks, width=marks_width))),
            Cell(width - _INSET, _INSET, ()),
        ),
        above=4,
        below=5,
        background=TINT,
    )
