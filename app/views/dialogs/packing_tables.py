"""The two tables of the pack dialog: the packages, and what is in the one on show."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.product import shown
from app.models.shipment import PALLET
from app.services.packing_plans import Goods, PackingPlan, Unit
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.tokens import Glyph, Hue, Tone


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package in the list; ``scan`` is empty, ``none``, ``part`` or ``all``."""

    key: int
    title: str
    made_of: str
    kind: str
    is_inside: bool
    weight: str
    fill: str
    troubles: tuple[str, ...]
    scan: str


@dataclass(frozen=True, slots=True)
class ContentRow:
    """Goods of the shipment, how much of them is in the package on show, and how much of that was scanned (grains)."""

    goods: Goods
    here: int
    scanned: int
    is_scanning: bool

    @classmethod
    def of(cls, plan: PackingPlan, unit: Unit, goods: Goods) -> ContentRow:
        """Say what a package holds of goods."""
        here, scanned = unit.contents.get(goods.line_id, 0), unit.scanned.get(goods.line_id, 0)
        return cls(goods, here, scanned, plan.is_scanned)


def packages_table() -> RowsTable[PackageRow]:
    """Make the list of packages."""
    return RowsTable(
        (
            Column[PackageRow]("package", tr("Package"), _package, 170, stretch=True),
            Column[PackageRow]("weight", tr("Weight"), _weight, 96, right=True),
            Column[PackageRow]("fill", tr("Full"), _fill, 64, right=True),
            Column[PackageRow]("scan", tr("Scan"), _scan, 96),
        )
    )


def contents_table() -> RowsTable[ContentRow]:
    """Make the list of what is in a package; how much of it is can be typed."""
    return RowsTable(
        (
            Column[ContentRow]("item", tr("Item"), _item, 150, stretch=True),
            Column[ContentRow]("of", tr("Of"), _of, 76, right=True),
            Column[ContentRow]("here", tr("In here"), _here, 76, right=True, edit=_edit_here),
            Column[ContentRow]("scanned", tr("Scanned"), _scanned, 84, right=True),
        )
    )


def _package(row: PackageRow) -> Cell:
    icon = "boxes" if row.kind == PALLET else "package"
    title = f"↳ {row.title}" if row.is_inside else row.title
    return Cell(title, strong=True, second=row.made_of, icon=icon)


def _weight(row: PackageRow) -> Cell:
    heavy = "too heavy" in row.troubles
    return Cell(row.weight, tone=Tone.BAD if heavy else Tone.TEXT, second=tr("too heavy") if heavy else "")


def _fill(row: PackageRow) -> Cell:
    full = "too full" in row.troubles
    return Cell(row.fill, tone=Tone.BAD if full else Tone.SOFT, second=tr("too full") if full else "")


def _scan(row: PackageRow) -> Cell:
    if row.scan == "all":
        return cells.chip(tr("Scanned"), Hue.GREEN, Glyph.CHECK)
    if row.scan == "part":
        return cells.chip(tr("Begun"), Hue.AMBER, Glyph.HALF)
    return cells.chip(tr("Waiting"), Hue.GREY, Glyph.RING) if row.scan else cells.text("")


def _item(row: ContentRow) -> Cell:
    return cells.two_lines(row.goods.name, row.goods.sku)


def _of(row: ContentRow) -> Cell:
    goods = row.goods
    return cells.text(written.measured(goods.quantity / goods.grains_per_unit, goods.unit), tone=Tone.SOFT)


def _here(row: ContentRow) -> Cell:
    return cells.text(_edit_here(row), strong=bool(row.here), tone=Tone.TEXT if row.here else Tone.FAINT)


def _edit_here(row: ContentRow) -> str:
    return shown(row.here / row.goods.grains_per_unit)


def _scanned(row: ContentRow) -> Cell:
    if not row.is_scanning or not row.here:
        return cells.text("")
    done = row.scanned >= row.here
    return cells.text(shown(row.scanned / row.goods.grains_per_unit), tone=Tone.OK if done else Tone.WARN, strong=True)
