"""Products: find one, change it, see what moved of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.product import shown
from app.services import activity, companies, product_sheets, products, stock, valuation_previews
from app.services.activity import Happening
from app.services.lists import PRODUCTS, ProductRow
from app.services.product_sheets import ProductSheet
from app.services.products import NewProduct, Product
from app.services.stock import MoveRow, StockFigures
from app.services.valuation_previews import Costing
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context, Inverse
from app.views.dialogs.costing import ask_costing, costing_name
from app.views.dialogs.form_dialog import FormDialog
from app.views.list_screen import PageScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.product_supply.commands import COMMANDS as SUPPLY_COMMANDS
from app.views.product_supply.panel import ProductPanel
from app.views.product_supply.supplying import TABLES as SUPPLY_TABLES
from app.views.product_supply.supplying import Supplying
from app.views.product_supply.tabs import SUPPLY, SupplyTabs
from app.views.screen import Finder, Found, Group, Place, Target
from app.views.sentences import entry
from app.views.silent_printing import print_or_show
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.widgets.buttons import ActionButton
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.fields import Field, NumberField
from app.views.widgets.labels import Hairline
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel
from app.views.widgets.timeline import Timeline

NEW = Command("product.new", "New product", "Add a product.", "Ctrl+N", "plus", opens=True)
EDIT = Command("product.edit", "Change", "Change the product.", "F2", "pencil", needs_selection=True)
ITEM_LABEL = Command(
    "product.print_label", "Print item labels", "Print a label for the article.", "", "barcode", needs_selection=True
)
COSTING = Command(
    "product.costing",
    "Costing method",
    "Choose the moving average, or first in, first out.",
    "Ctrl+Shift+M",
    "coins",
    needs_selection=True,
)
TABLES: Final = ("product", "product_unit", "stock_level", "stock_move", "sales_order_line")
TOLERANCES: Final = {
    "over_delivery": ("May be shipped above the order, %", "Empty: as the company says."),
    "under_delivery": ("Complete although short by, %", "So little is not sent later."),
}
KINDS: Final = (
    ("goods", "Goods"),
    ("service", "Service"),
    ("kit", "Kit"),
    ("composed", "Goods with parts of their own"),
)
TRACKING: Final = (("none", "Not at all"), ("lot", "By lot"), ("serial", "By serial number"))


def _stock_cell(row: ProductRow, value: Fraction) -> Cell:
    if row.kind != "goods":
        return Cell()
    return cells.text(shown(value), strong=True) if value else Cell("0", tone=Tone.FAINT)


COLUMNS: Final = (
    Column[ProductRow]("sku", "SKU", lambda row: cells.code(row.sku), 150, sort="sku"),
    Column[ProductRow]("name", "Product", lambda row: cells.text(row.name), 220, sort="name", stretch=True),
    Column[ProductRow](
        "category", "Category", lambda row: cells.text(row.category, tone=Tone.SOFT), 130, sort="category"
    ),
    Column[ProductRow]("price", "Price", lambda row: cells.amount(row.list_price), 96, sort="list_price", right=True),
    Column[ProductRow]("unit", "", lambda row: cells.text(row.unit, tone=Tone.FAINT), 60),
    Column[ProductRow]("available", "Available", lambda row: _stock_cell(row, row.available), 96, right=True),
)
FILTERS: Final = (
    Filter("active", "Products", (Option("yes", "active", True), Option("no", "inactive", False))),
    Filter("goods", "Kind", (Option("yes", "goods only", True),)),
    Filter("out", "Stock", (Option("yes", "nothing available", True),)),
    Filter("short", "Backorders", (Option("yes", "with backorders", True),)),
)
PRODUCT_LIST: Final = ListSpec(
    listing=PRODUCTS,
    columns=COLUMNS,
    nouns=("product", "products"),
    search_hint="SKU, name, barcode, category…",
    tabs=(Tab("active", "Active", {"active": "yes"}), Tab("all", "All", counted=False)),
    filters=FILTERS,
)


class ProductDialog(FormDialog):
    """Adds a product, or changes one; ``done_with`` tells the id of a new one."""

    def __init__(self, context: Context, known: Product | None, *, parent: QWidget) -> None:
        title = context.messages.tr("Change product") if known else context.messages.tr("New product")
        super().__init__(context, title, context.messages.tr("Save"), parent=parent)
        self.setMinimumWidth(520)
        self._known = known
        self.fields = {
            "sku": Field(self.tr("SKU"), known.sku if known else "", code=True),
            "name": Field(self.tr("Name"), known.name if known else ""),
            "category": Field(self.tr("Category"), known.category if known else ""),
            "barcode": Field(self.tr("Barcode"), known.barcode if known else "", code=True),
            "bin": Field(self.tr("Bin"), known.bin if known else "", code=True),
            "tax_codes": Field(self.tr("Tax codes"), known.tax_codes if known else ""),
            "tax_class": Field(self.tr("Tax class"), known.tax_class if known else ""),
        }
        self.kind = QComboBox()
        for value, words in KINDS:
            self.kind.addItem(self.tr(words), value)
        self.unit = Field(self.tr("Stock unit"), "unit")
        for name in ("sku", "name"):
            self.form.add(name, self.fields[name].accessibleName(), self.fields[name])
        if known is None:
            self.form.add("kind", self.tr("Kind"), self.kind)
            self.form.add("unit", self.tr("Stock unit"), self.unit, self.tr("Fixed once the product is there."))
        self.price = NumberField(self.tr("List price"), known.list_price if known else Decimal(0))
        self.form.add("list_price", self.tr("List price"), self.price, self.tr("Per stock unit, before tax."))
        for name in ("tax_codes", "tax_class", "category", "barcode", "bin"):
            self.form.add(name, self.fields[name].accessibleName(), self.fields[name])
        self.weight = NumberField(self.tr("Weight, g"), Decimal(known.weight_g) if known and known.weight_g else None)
        self.form.add("weight_g", self.tr("Weight, g"), self.weight)
        self.tolerances = {name: self._tolerance(name, *words) for name, words in TOLERANCES.items()}
        self._add_tracking(known)
        self.description = QPlainTextEdit(known.description if known else "")
        self.description.setTabChangesFocus(True)
        self.description.setFixedHeight(64)
        self.form.add("description", self.tr("Description"), self.description)
        self.fields["sku"].setFocus()
        if known is None:
            context.tasks.read(self, _first_tax, self.fields["tax_codes"].setText)

    def _tolerance(self, name: str, words: str, hint: str) -> NumberField:
        """Add a field for a share, typed in percent; empty: none of its own."""
        share: Decimal | None = getattr(self._known, name) if self._known else None
        field = NumberField(self.tr(words), None if share is None else share * 100)
        self.form.add(name, self.tr(words), field, self.tr(hint))
        return field

    def _add_tracking(self, known: Product | None) -> None:
        """Ask whether its pieces have lots or serial numbers, and how long they last."""
        self.tracking, self.life = QComboBox(), NumberField(self.tr("Shelf life, days"))
        self.tracking.setAccessibleName(self.tr("Tracked"))
        for value, words in TRACKING:
            self.tracking.addItem(self.tr(words), value)
        if known is not None:
            self.tracking.setCurrentIndex([value for value, _ in TRACKING].index(known.tracking))
            self.life.set_value(Decimal(known.shelf_life_days) if known.shelf_life_days is not None else None)
        self.form.add("tracking", self.tr("Tracked"), self.tracking, self.tr("Changed only while nothing is in stock."))
        self.form.add("shelf_life_days", self.tr("Shelf life, days"), self.life)

    def submit(self) -> None:
        """Save the product."""
        values: dict[str, Any] = {name: field.text().strip() for name, field in self.fields.items()}
        price, weight = self.price.value(), self.weight.value()
        if price is None:
            self.form.show_error(Invalid("list_price", self.tr("Type a price, 0 if there is none.")))
            return
        values |= {"list_price": price, "description": self.description.toPlainText()}
        values["weight_g"] = int(weight) if weight is not None else None
        percents = {name: field.value() for name, field in self.tolerances.items()}
        values |= {name: None if percent is None else percent / 100 for name, percent in percents.items()}
        life = self.life.value()
        values |= {
            "tracking": str(self.tracking.currentData()),
            "shelf_life_days": int(life) if life is not None else None,
        }
        if self._known is None:
            kind, unit = str(self.kind.currentData()), self.unit.text().strip() or "unit"
            composed = kind == "composed"
            new = NewProduct(**values, kind="goods" if composed else kind, unit=unit, composed=composed)
            self.run("product.add", lambda tx: products.add(tx, new), self.tr("The product is added."))
            return
        product_id, seen = self._known.id, {name: getattr(self._known, name) for name in values}
        self.run(
            "product.change",
            lambda tx: products.change(tx, product_id, values, seen),
            self.tr("{} is changed.").format(values["sku"]),
            inverse=Inverse("product.change", lambda tx, _: products.change(tx, product_id, seen, values)),
        )


_Found = tuple[Product, StockFigures, list[MoveRow], list[Happening], ProductSheet, Costing]


class ProductPage(QWidget):
    """Everything about one product: what it is, how much there is, what moved."""

    def __init__(self, context: Context, place_id: str) -> None:
        super().__init__()
        self._context, self._place_id = context, place_id
        self.product: Product | None = None
        self._product_id: UUID | None = None
        self._bill_id: UUID | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader("", back=True)
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        row = QHBoxLayout()
        row.setSpacing(0)
        self.moves: RowsTable[MoveRow] = RowsTable(self._move_columns())
        self.table = ListView(self.moves, "stock_moves")
        self.table.setAccessibleName(self.tr("Stock movements"))
        self.supply = SupplyTabs(context, self.table)
        self.supply.version_wanted.connect(self._show_version)
        row.addWidget(self.supply, 1)
        panel = SidePanel(RECORD_PANEL)
        panel.close_button.hide()
        known = Section()
        self.facts = Facts(1)
        known.body.addWidget(self.facts)
        panel.add(known)
        happened = Section(self.tr("Activity"))
        self.timeline = Timeline()
        happened.body.addWidget(self.timeline)
        panel.add(happened, line=False)
        row.addWidget(panel)
        outer.addLayout(row, 1)
        context.tasks.changed.connect(self._changed)

    def show_product(self, product_id: UUID) -> None:
        """Read and show a product."""
        if product_id != self._product_id:
            self._bill_id = None
        self._product_id = product_id
        self._context.tasks.read(self, partial(_read, product_id=product_id, bill_id=self._bill_id), self._show)

    def _show_version(self, bill_id: UUID) -> None:
        """Show another version of the bill."""
        self._bill_id = bill_id
        if self._product_id is not None:
            self.show_product(self._product_id)

    def _show(self, found: _Found) -> None:
        known, figures, moves, happenings, sheet, costing = found
        if known.id != self._product_id:
            return
        self.product = known
        self.header.set_title(known.name, known.sku)
        self.moves.set_rows(moves)
        self.supply.show_sheet(sheet)
        facts = [Fact(self.tr("List price"), f"{written.quantity(known.list_price)} / {known.unit}")]
        if known.kind == "goods":
            for label, grains in (
                (self.tr("On hand"), figures.on_hand),
                (self.tr("Promised to orders"), figures.promised + figures.picked),
                (self.tr("Available"), figures.free),
                (self.tr("On backorder"), figures.backordered),
            ):
                facts.append(Fact(label, written.measured(Fraction(grains, figures.grain), known.unit)))
            facts.append(Fact(self.tr("Costing"), costing_name(costing)))
        for unit, factor in known.units.items():
            facts.append(Fact(self.tr("Also sold by"), f"{unit} = {written.measured(factor, known.unit)}"))
        facts += [
            Fact(self.tr("Bin"), known.bin, code=True),
            Fact(self.tr("Barcode"), known.barcode, code=True),
            Fact(self.tr("Category"), known.category),
            Fact(self.tr("Tax"), known.tax_codes),
            Fact(self.tr("Description"), known.description),
        ]
        self.facts.set_facts(facts)
        now = self._context.now()
        self.timeline.set_entries([entry(one, now) for one in happenings[:12]])
        self._context.commands.select(self._place_id, selected=True)

    def _quantity(self, row: MoveRow) -> Cell:
        assert self.product is not None
        inside = {"free", "promised", "picked"}
        sign = "" if (row.source in inside) == (row.target in inside) else "−" if row.source in inside else "+"
        words = f"{sign}{shown(self.product.quantity(row.quantity))}"
        return cells.text(words, tone=Tone.OK if sign == "+" else Tone.TEXT, strong=True)

    def _move_columns(self) -> tuple[Column[MoveRow], ...]:
        return (
            Column[MoveRow]("at", self.tr("When"), lambda row: cells.text(written.moment(row.at)), 150),
            Column[MoveRow]("quantity", self.tr("Quantity"), self._quantity, 100, right=True),
            Column[MoveRow]("source", self.tr("From"), lambda row: cells.text(row.source.capitalize()), 110),
            Column[MoveRow]("target", self.tr("To"), lambda row: cells.text(row.target.capitalize()), 110),
            Column[MoveRow]("reason", self.tr("Reference"), lambda row: cells.text(row.reason), 160, stretch=True),
        )

    def _changed(self, changes: Any) -> None:
        if self._product_id is not None and self.isVisible() and changes.touch(*TABLES, *SUPPLY_TABLES):
            self.show_product(self._product_id)


class ProductsScreen(PageScreen[ProductRow, ProductPage]):
    """A list of products and the page of one."""

    kind = "product"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "products")
        self.bind_all(
            (NEW, self.new),
            (EDIT, self.edit),
            (ITEM_LABEL, self.print_item_labels),
            (COSTING, self.choose_costing),
        )
        self.panel = ProductPanel(context)
        self.show_list(self.tr("Products"), PRODUCT_LIST, self.panel)
        self.add_buttons((EDIT, "pencil"), new=NEW)
        self.set_empty(
            "tag",
            self.tr("No products yet"),
            self.tr("Add the first one, or import your article list from a spreadsheet."),
        )
        self.set_page(ProductPage(context, self.place_id))
        self.page.header.add(
            ActionButton(context.commands[COSTING.id], "coins"),
            ActionButton(context.commands[EDIT.id], "pencil"),
            ActionButton(context.commands[ITEM_LABEL.id], "barcode"),
        )
        self.supplying = Supplying(context, self.page.supply, self)
        self.bind_all(*self.supplying.runs())

    def show_page(self, record_id: UUID, target: Target) -> None:
        """Show one product, with the part of its page that is asked for."""
        self.page.supply.choose(target.option("part", SUPPLY))
        self.page.show_product(record_id)

    def new(self) -> None:
        """Add a product."""
        dialog = ProductDialog(self.context, None, parent=self)
        dialog.done_with.connect(self.open_record)
        dialog.open()

    def edit(self) -> None:
        """Change the product on show."""
        self._with_product(self._edit)

    def print_item_labels(self) -> None:
        """Print a label for each ticked article, or the one on show."""
        if self.on_page() and self.page.product is not None:
            print_or_show(self, "item_label", [self.page.product.id])
        else:
            self.list.with_ticked(partial(print_or_show, self, "item_label"))

    def choose_costing(self) -> None:
        """Choose how the cost of the product on show is found."""
        self._with_product(self._choose_costing)

    def _choose_costing(self, known: Product) -> None:
        if known.kind == "goods":
            ask_costing(self.context, known.id, self)
        else:
            self.context.messages.say(
                self.tr("{} is not kept in stock, so it has no costing method.").format(known.sku)
            )

    def _with_product(self, act: Any) -> None:
        row = self.list.current()
        on_page = self.on_page() and self.page.product is not None
        product_id = self.page.product.id if on_page and self.page.product else row.id if row else None
        if product_id is not None:
            self.context.tasks.read(self, partial(products.get, product_id=product_id), act)

    def _edit(self, known: Product) -> None:
        ProductDialog(self.context, known, parent=self).open()


def _read(connection: Connection, product_id: UUID, bill_id: UUID | None) -> _Found:
    return (
        products.get(connection, product_id),
        stock.figures(connection, product_id),
        stock.movements(connection, product_id),
        activity.timeline(connection, product_id),
        product_sheets.read(connection, product_id, bill_id),
        valuation_previews.costing(connection, product_id),
    )


def _first_tax(connection: Connection) -> str:
    rates = companies.taxes(connection).values()
    return max(rates, key=lambda rule: rule.rate).code if rates else ""


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    return [Found(one.id, one.name, one.sku) for one in products.find(connection, text, limit)]


PLACE: Final = Place(
    "products",
    "Products",
    "tag",
    Group.SELL,
    ProductsScreen,
    kinds=("product",),
    commands=(NEW, EDIT, ITEM_LABEL, COSTING, *SUPPLY_COMMANDS),
    finders=(Finder("product", "Products", "tag", _find),),
)
