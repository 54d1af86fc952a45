"""The manifest: what a carrier was handed on one day, package by package, with room for its driver to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.services.documents import list_paper
from app.services.documents.columns import Column
from app.services.documents.list_paper import Ground
from app.services.documents.pagination import Table
from app.services.documents.paper_locale import paper_locale
from app.services.documents.snapshots import Company, PaperFormat
from app.services.documents.typography import BODY, CODE, DETAIL


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


def build(manifest: Manifest) -> bytes:
    """Draw the manifest as PDF; the same manifest always gives the same bytes."""
    locale = paper_locale(manifest.language)
    words = locale.words
    on = list_paper.ground(f"{words['manifest']} {manifest.number}", manifest.company, locale, manifest.paper_format)
    weight = sum(line.weight_g for line in manifest.lines)
    facts = (
        (words["carrier"], manifest.carrier),
        (words["date"], locale.date(manifest.handed_over_on)),
        (words["packages"], str(len(manifest.lines))),
        (words["weight"], locale.weight(weight) if weight else ""),
        (words["carrier_manifest"], manifest.carrier_reference),
    )
    pages = list_paper.pages_of(on)
    pages.add(list_paper.title_row(on, manifest.number))
    pages.add(list_paper.fact_row(on, facts))
    pages.space(8)
    pages.add_table(_table(on, manifest.lines))
    pages.space(18)
    pages.add(list_paper.signing_row(on, (words["name_and_signature"], words["date"])))
    return list_paper.draw(on, pages)


def _table(on: Ground, lines: Sequence[ManifestLine]) -> Table:
    words = on.locale.words
    columns = (
        Column("", DETAIL.tabular()),
        Column(words["shipment"], BODY),
        Column(words["tracking_number"], CODE, most=130),
        Column("SSCC", CODE, most=120),
        Column(words["to"], BODY, most=None),
        Column(words["weight"], BODY.tabular().right()),
    )
    texts = [
        (
            str(number),
            line.shipment,
            line.tracking_number,
            line.sscc,
            line.destination,
            on.locale.weight(line.weight_g) if line.weight_g else "",
        )
        for number, line in enumerate(lines, 1)
    ]
    return list_paper.table(on, columns, texts)
