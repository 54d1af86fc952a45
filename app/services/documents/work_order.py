"""The paper that goes with work: what is made, of which components, by which steps, with room to note what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.services.documents import list_paper
from app.services.documents.blocks import paragraph
from app.services.documents.columns import Column
from app.services.documents.list_paper import Ground
from app.services.documents.pagination import Table
from app.services.documents.paper_locale import paper_locale
from app.services.documents.snapshots import Company, PaperFormat
from app.services.documents.typography import BODY, CODE, DETAIL, LABEL


@dataclass(frozen=True, slots=True)
class PartLine:
    """A component: where it lies, how much is needed, and how much of that was issued before."""

    sku: str
    name: str
    bin: str
    needed: Decimal
    issued: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of the route: its work center, its minutes, first and last day."""

    name: str
    center: str
    minutes: Decimal
    begins_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class WorkPaper:
    """All that the paper of a work order prints; ``made_for`` names orders and customers, ``maker`` a subcontractor."""

    number: str
    sku: str
    name: str
    quantity: Decimal
    unit: str
    company: Company
    parts: tuple[PartLine, ...]
    steps: tuple[StepLine, ...]
    begins_on: date | None = None
    ready_on: date | None = None
    location: str = ""
    maker: str = ""
    bill: str = ""
    made_for: str = ""
    notes: str = ""
    language: str = "en"
    paper_format: PaperFormat = PaperFormat.A4


def build(work: WorkPaper) -> bytes:
    """Draw the paper as PDF; the same work order always gives the same bytes."""
    locale = paper_locale(work.language)
    words = locale.words
    on = list_paper.ground(f"{words['work_order']} {work.number}", work.company, locale, work.paper_format)
    pages = list_paper.pages_of(on)
    pages.add(list_paper.title_row(on, work.number))
    made = (
        (words["quantity"], f"{locale.number(work.quantity)} {locale.unit(work.unit, work.quantity)}"),
        (words["item"], work.name),
        ("SKU", work.sku),
        (words["version"], work.bill),
    )
    when = (
        (words["begins_on"], locale.date(work.begins_on) if work.begins_on else ""),
        (words["ready_on"], locale.date(work.ready_on) if work.ready_on else ""),
        (words["location"], work.location),
        (words["made_by"], work.maker),
        (words["made_for"], work.made_for),
    )
    for facts in (made, when):
        if any(value for _, value in facts):
            pages.add(list_paper.fact_row(on, facts))
    pages.space(6)
    pages.add_table(_parts(on, work.parts))
    if work.steps:
        pages.space(14)
        pages.add(paragraph(words["route"], LABEL, on.width, below=2))
        pages.add_table(_steps(on, work.steps))
    if work.notes:
        pages.space(8)
        pages.add(paragraph(work.notes, BODY, on.width))
    pages.space(18)
    captions = (words["made"], words["spoilt"], words["name_and_signature"], words["date"])
    pages.add(list_paper.signing_row(on, captions))
    return list_paper.draw(on, pages)


def _parts(on: Ground, parts: tuple[PartLine, ...]) -> Table:
    words, number = on.locale.words, on.locale.number
    columns = (
        Column(words["bin"], CODE, most=90),
        Column("SKU", CODE, most=110),
        Column(words["item"], BODY, most=None),
        Column(words["needed"], BODY.tabular().right()),
        Column(words["unit"], DETAIL),
        Column(words["issued"], BODY.tabular().right()),
    )
    texts = [
        (
            one.bin,
            one.sku,
            one.name,
            number(one.needed),
            on.locale.unit(one.unit, one.needed),
            number(one.issued) if one.issued else "",
        )
        for one in parts
    ]
    return list_paper.table(on, columns, texts)


def _steps(on: Ground, steps: tuple[StepLine, ...]) -> Table:
    words, locale = on.locale.words, on.locale
    columns = (
        Column("", DETAIL.tabular()),
        Column(words["step"], BODY, most=None),
        Column(words["work_center"], BODY, most=130),
        Column(words["minutes"], BODY.tabular().right()),
        Column(words["days"], BODY),
    )
    texts = []
    for place, one in enumerate(steps, 1):
        days = locale.date(one.begins_on)
        if one.ends_on != one.begins_on:
            days = f"{days} – {locale.date(one.ends_on)}"
        texts.append((str(place), one.name, one.center, locale.number(one.minutes), days))
    return list_paper.table(on, columns, texts)
