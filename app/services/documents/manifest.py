"""The manifest: what a carrier was handed on one day, package by package, with room for its driver to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.services.documents.barcodes import code_128
from app.services.documents.blocks import Cell, Gap, Row, Rule, draw_stack, paragraph, stack
from app.services.documents.columns import Column, body_row, head_row, places
from app.services.documents.fitting import shortened
from app.services.documents.pagination import Pages, Table
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.sheet import A4, LETTER, MM, Sheet
from app.services.documents.snapshots import Company, PaperFormat
from app.services.documents.typesetting import INK
from app.services.documents.typography import BODY, CODE, DETAIL, FACT, LABEL, PAGE_NUMBER, RUNNING, TITLE


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One package: its numbers, where it goes, what it weighs in grams."""

    shipment: str
    tracking_number: str
    sscc: str
    destination: str
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """All a manifest prints; ``carrier_reference`` is the number of the carrier's own manifest."""

    number: str
    carrier: str
    handed_over_on: date
    company: Company
    lines: tuple[ManifestLine, ...]
    language: str = "en"
    paper_format: PaperFormat = PaperFormat.A4
    carrier_reference: str = ""


_MARGIN: Final = 15 * MM
_TOP: Final = 14 * MM
_NEXT_TOP: Final = 24 * MM
_FOOT: Final = 20 * MM


def build(manifest: Manifest) -> bytes:
    """Draw the manifest as PDF; the same manifest always gives the same bytes."""
    locale = paper_locale(manifest.language)
    size = {PaperFormat.A4: A4, PaperFormat.LETTER: LETTER}[manifest.paper_format]
    width = size.width - 2 * _MARGIN
    title = f"{locale.words['manifest']} {manifest.number}"
    pages = Pages(first_top=_TOP, next_top=_NEXT_TOP, bottom=size.height - _FOOT)
    pages.add(_title_row(manifest, title, width))
    pages.add(_facts(manifest, locale, width))
    pages.space(8)
    pages.add_table(_table(manifest.lines, locale, width))
    pages.space(18)
    pages.add(_signing_row(locale, width))
    sheet = Sheet(size, title=title, author=manifest.company.name, language=str(locale.locale))
    for number, page in enumerate(pages, start=1):
        if number > 1:
            draw_stack(sheet, (shortened(title, RUNNING, width),), _MARGIN, 12 * MM, width)
        for top, row in page.rows:
            row.draw(sheet, _MARGIN, top)
        text = locale.words.filled("page", page=str(number), pages=str(len(pages)))
        draw_stack(sheet, (*stack((text, PAGE_NUMBER), width=width),), _MARGIN, size.height - 13 * MM, width)
        sheet.finish_page()
    return sheet.pdf()


def _title_row(manifest: Manifest, title: str, width: float) -> Row:
    code = code_128(manifest.number, width=75 * MM, height=11 * MM, largest=3)
    room = width - code.width - 10 if code else width
    address = ", ".join(manifest.company.address)
    texts = stack((manifest.company.name, LABEL), (title, TITLE), (address, DETAIL), width=room)
    cells = [Cell(0, room, texts)]
    if code:
        cells.append(Cell(width - code.width, code.width, (Gap(4), code)))
    return Row(tuple(cells), below=8)


def _facts(manifest: Manifest, locale: PaperLocale, width: float) -> Row:
    words = locale.words
    weight = sum(line.weight_g for line in manifest.lines)
    facts = [
        (words["carrier"], manifest.carrier),
        (words["date"], locale.date(manifest.handed_over_on)),
        (words["packages"], str(len(manifest.lines))),
        (words["weight"], locale.weight(weight) if weight else ""),
        (words["carrier_manifest"], manifest.carrier_reference),
    ]
    facts = [(label, value) for label, value in facts if value]
    own = (width - 12 * (len(facts) - 1)) / len(facts)
    cells = tuple(
        Cell(index * (own + 12), own, stack((label, DETAIL), (value, FACT), width=own))
        for index, (label, value) in enumerate(facts)
    )
    return Row(cells, below=6)


def _table(lines: Sequence[ManifestLine], locale: PaperLocale, width: float) -> Table:
    words = locale.words
    columns = [
        Column("", DETAIL.tabular()),
        Column(words["shipment"], BODY),
        Column(words["tracking_number"], CODE, most=130),
        Column("SSCC", CODE, most=120),
        Column(words["to"], BODY, most=None),
        Column(words["weight"], BODY.tabular().right()),
    ]
    texts = [
        (
            str(number),
            line.shipment,
            line.tracking_number,
            line.sscc,
            line.destination,
            locale.weight(line.weight_g) if line.weight_g else "",
        )
        for number, line in enumerate(lines, 1)
    ]
    contents = [[row[index] for row in texts] for index in range(len(columns))]
    where = places(columns, contents, width)
    rows = [
        body_row(
            where,
            [
                stack((text, column.style), width=place.width)
                for text, column, place in zip(row, columns, where, strict=True)
            ],
        )
        for row in texts
    ]
    return Table(head_row(columns, where), rows or [paragraph(words["no_lines"], DETAIL, width, above=6, below=6)])


def _signing_row(locale: PaperLocale, width: float) -> Row:
    """Room for the driver: when and who."""
    own, words = (width - 20) / 2, locale.words
    cells = tuple(
        Cell(
            index * (own + 20),
            own,
            (Gap(20), Rule(INK, 0.6, after=3), *stack((caption, DETAIL), width=own)),
        )
        for index, caption in enumerate((words["name_and_signature"], words["date"]))
    )
    return Row(cells)
