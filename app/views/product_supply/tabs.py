"""The middle of a product's page: how it may be had, its bill over all levels, where it is used, what moved."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.models.supply import Way
from app.services.product_sheets import Branch, ProductSheet, RouteRow, Use, WayRow
from app.services.supply_ways import SupplyWay
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
from app.views.format import tr
from app.views.product_supply import commands
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.way_names import WAY_NAMES
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.fields import place_of
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.list_view import ListView
from app.views.widgets.tab_bar import TabBar

INDENT: Final = "\u2003"
SUPPLY, BILL, USES, MOVES = "supply", "bill", "uses", "moves"


class SupplyTabs(QWidget):
    """Shows a :class:`ProductSheet`; ``version_wanted`` asks for another version of the bill."""

    version_wanted = Signal(object)  # bill id

    def __init__(self, context: Context, moves: QWidget) -> None:
        super().__init__()
        self._context = context
        self.sheet: ProductSheet | None = None
        self._front = SUPPLY
        outer = QVBoxLayout(self)
        outer.setContentsMargins(Space.PAGE, Space.SMALL, Space.PAGE, Space.LARGE)
        outer.setSpacing(Space.SMALL)
        self.tabs = TabBar()
        self.tabs.setAccessibleName(self.tr("What is shown of the product"))
        self.tabs.set_tabs(
            (
                (SUPPLY, self.tr("How it is had")),
                (BILL, self.tr("Bill of materials")),
                (USES, self.tr("Where used")),
                (MOVES, self.tr("Movements")),
            )
        )
        self.tabs.chosen.connect(self.choose)
        outer.addWidget(self.tabs)
        outer.addWidget(Hairline())
        self._stack = QStackedWidget()
        self._pages = {SUPPLY: self._ways_page(), BILL: self._bill_page(), USES: self._uses_page(), MOVES: moves}
        for page in self._pages.values():
            self._stack.addWidget(page)
        outer.addWidget(self._stack, 1)

    def choose(self, tab: str) -> None:
        """Bring a tab to the front."""
        typing = any(one.hasFocus() for one in self._pages[self._front].findChildren(ListView))
        self._front = tab
        self.tabs.choose(tab)
        page = self._pages[tab]
        self._stack.setCurrentWidget(page)
        tables = [one for one in page.findChildren(ListView) if one.isVisible()]
        if typing and tables:  # the keyboard was in the tab that is hidden now
            tables[0].setFocus()

    def show_sheet(self, sheet: ProductSheet) -> None:
        """Show another product, or the same read again."""
        self.sheet = sheet
        self.ways.set_rows(sheet.ways)
        self._ways_stack.setCurrentIndex(0 if sheet.ways else 1)
        if sheet.ways and self.ways_view.current_row() is None:
            self.ways_view.pick(0)
        self._show_versions(sheet)
        self.tree.set_rows(sheet.tree)
        self.route.set_rows(sheet.route)
        for widget in (self._route_title, self._route_view):
            widget.setVisible(bool(sheet.route))
        self._bill_stack.setCurrentIndex(0 if sheet.shown else 1)
        self.uses.set_rows(sheet.uses)
        self.tabs.set_counts({SUPPLY: len(sheet.ways), USES: len(sheet.uses)})

    def current_way(self) -> WayRow | None:
        """The way under the highlight."""
        row: WayRow | None = self.ways_view.current_row()
        return row

    # ways ------------------------------------------------------------------------------------------

    def _ways_page(self) -> QWidget:
        self.ways: RowsTable[WayRow] = RowsTable(_WAYS)
        self.ways_view = ListView(self.ways, "product_ways", two_lines=True)
        self.ways_view.setAccessibleName(self.tr("Ways of supply, the preferred one first"))
        self.ways_view.picks_first = True
        self.ways_view.opened.connect(self._change_way)
        bound = self._context.commands
        empty = EmptyState(
            "shopping-cart",
            self.tr("Taken from stock only"),
            self.tr("Say how more of it may be had: bought, made, assembled, outsourced, drop-shipped."),
            ActionButton(bound[commands.ADD_WAY.id], "plus", Kind.PRIMARY),
        )
        self._ways_stack = QStackedWidget()
        for widget in (self.ways_view, empty):
            self._ways_stack.addWidget(widget)
        buttons = (commands.ADD_WAY, commands.CHANGE_WAY, commands.EARLIER, commands.LATER, commands.DROP_WAY)
        return _page(self._buttons(*buttons), self._ways_stack)

    def _change_way(self, _row: WayRow) -> None:
        self._context.commands.start(commands.CHANGE_WAY.id)

    # bill ------------------------------------------------------------------------------------------

    def _bill_page(self) -> QWidget:
        self.version = QComboBox()
        self.version.setAccessibleName(self.tr("Version of the bill"))
        self.version.setMinimumWidth(190)
        self.version.activated.connect(self._version_chosen)
        self._makes = Label("", Type.BODY, Tone.SOFT)
        self.tree: RowsTable[Branch] = RowsTable(_TREE)
        self.tree_view = ListView(self.tree, "product_tree")
        self.tree_view.setAccessibleName(self.tr("Components over all levels"))
        self.tree_view.opened.connect(self._open_branch)
        self.route: RowsTable[RouteRow] = RowsTable(_ROUTE)
        self._route_view = ListView(self.route, "product_route")
        self._route_view.setAccessibleName(self.tr("Route"))
        self._route_view.setMaximumHeight(34 + 38 * 4 + 2)
        self._route_title = Label(self.tr("Route"), Type.BODY_BOLD)
        shown_bill = QWidget()
        column = QVBoxLayout(shown_bill)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree_view, 1)
        column.addWidget(self._route_title)
        column.addWidget(self._route_view)
        bound = self._context.commands
        empty = EmptyState(
            "boxes",
            self.tr("No bill of materials"),
            self.tr("What is made, assembled, outsourced, or sold as a kit, has one: its components and its route."),
            ActionButton(bound[commands.WRITE_BILL.id], "file-pen-line", Kind.PRIMARY),
        )
        self._bill_stack = QStackedWidget()
        for widget in (shown_bill, empty):
            self._bill_stack.addWidget(widget)
        row = self._buttons(commands.WRITE_BILL, commands.USE_BILL)
        row.insertWidget(0, self.version)
        row.addWidget(self._makes)
        return _page(row, self._bill_stack)

    def _show_versions(self, sheet: ProductSheet) -> None:
        self.version.clear()
        for row in sheet.versions:
            name = row.code or self.tr("without a name")
            self.version.addItem(self.tr("Version {}, in use").format(name) if row.active else name, row.id)
        self.version.setVisible(bool(sheet.versions))
        if sheet.shown is None:
            self._makes.setText("")
            return
        head = sheet.shown.head
        self.version.setCurrentIndex(max(0, place_of(self.version, head.id)))
        self._makes.setText(self.tr("makes {}").format(written.measured(head.quantity, head.unit)))

    def _version_chosen(self, place: int) -> None:
        self.version_wanted.emit(self.version.itemData(place))

    def _open_branch(self, row: Branch) -> None:
        self._context.open("product", row.product_id)

    # uses ------------------------------------------------------------------------------------------

    def _uses_page(self) -> QWidget:
        self.uses: RowsTable[Use] = RowsTable(_USES)
        view = ListView(self.uses, "product_uses", two_lines=True)
        view.setAccessibleName(self.tr("Products it is a component of"))
        view.opened.connect(self._open_use)
        self.uses_view = view
        return _page(None, view)

    def _open_use(self, row: Use) -> None:
        self._context.open("product", row.product_id)

    def _buttons(self, *wanted: Command) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        for command in wanted:
            row.addWidget(ActionButton(self._context.commands[command.id], command.icon or "", small=True))
        row.addStretch(1)
        return row


def _page(buttons: QHBoxLayout | None, body: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, Space.TINY, 0, 0)
    column.setSpacing(Space.SMALL)
    if buttons is not None:
        column.addLayout(buttons)
    column.addWidget(body, 1)
    return page


def way_title(row: WayRow) -> Cell:
    """How it is had, and by whom or by which bill."""
    name, icon = WAY_NAMES[row.way.way]
    below = row.supplier
    if row.way.way in {Way.MAKE, Way.ASSEMBLE, Way.OUTSOURCE, Way.KIT}:
        bill = tr("bill {}").format(row.bill_code) if row.bill_code else tr("by the bill in use")
        below = f"{below} · {bill}" if below else bill
    return Cell(tr(name), strong=True, second=below, icon=icon)


def way_price(row: WayRow) -> Cell:
    """The first price, and the first break below it."""
    prices = row.way.prices
    if not prices:
        return cells.text(cells.DASH, tone=Tone.FAINT)
    first = f"{price_words(prices[0].price)} {row.currency}"
    breaks = ", ".join(
        tr("{} from {}").format(price_words(one.price), written.quantity(one.from_quantity)) for one in prices[1:]
    )
    return Cell(first, strong=True, second=breaks)


def price_words(price: Decimal) -> str:
    """Write a price with two decimals, or with as many as it has."""
    return written.amount(price, 2) if price == round(price, 2) else written.quantity(price)


def _lead(row: WayRow) -> Cell:
    days = row.way.lead_days
    return cells.text(tr("{} days").format(days) if days else cells.DASH, tone=Tone.SOFT)


def _least(row: WayRow) -> Cell:
    return cells.text(_least_words(row.way), tone=Tone.SOFT)


def _least_words(way: SupplyWay) -> str:
    parts = []
    if way.minimum:
        parts.append(tr("at least {}").format(written.quantity(way.minimum)))
    if way.multiple:
        parts.append(tr("by {}").format(written.quantity(way.multiple)))
    return ", ".join(parts)


def _first(row: WayRow) -> Cell:
    return cells.text(tr("Stock first") if row.way.stock_first else tr("Always so"), tone=Tone.SOFT)


def _component(row: Branch) -> Cell:
    return cells.text(f"{INDENT * row.depth}{row.name}", strong=not row.depth)


def _quantity(of: Callable[[Branch], Fraction]) -> Callable[[Branch], Cell]:
    def cell(row: Branch) -> Cell:
        return cells.text(written.measured(of(row), row.unit), strong=not row.depth)

    return cell


def _had(row: Branch) -> Cell:
    if row.had is None:
        return cells.text(tr("From stock"), tone=Tone.FAINT)
    name, icon = WAY_NAMES[row.had]
    return Cell(tr(name), tone=Tone.SOFT, icon=icon)


def bill_id_of(sheet: ProductSheet) -> UUID | None:
    """The version on show, where it is not the one in use."""
    if sheet.shown is None or sheet.shown.head.active:
        return None
    found: UUID = sheet.shown.head.id
    return found


_WAYS: Final = (
    Column[WayRow]("way", "How", way_title, 190, stretch=True),
    Column[WayRow]("lead", "Lead time", _lead, 92),
    Column[WayRow]("least", "Minimum", _least, 140),
    Column[WayRow]("first", "Uses", _first, 96),
    Column[WayRow]("price", "Price", way_price, 150, right=True),
)
_TREE: Final = (
    Column[Branch]("item", "Component", _component, 220, stretch=True),
    Column[Branch]("sku", "SKU", lambda row: cells.code(row.sku, tone=Tone.SOFT, strong=False), 130),
    Column[Branch]("quantity", "For one", _quantity(lambda row: row.quantity), 110, right=True),
    Column[Branch]("fixed", "", lambda row: cells.text(tr("once") if row.fixed else "", tone=Tone.WARN), 60),
    Column[Branch]("had", "How it is had", _had, 130),
)
_ROUTE: Final = (
    Column[RouteRow]("name", "Step", lambda row: cells.text(row.name, strong=True), 180, stretch=True),
    Column[RouteRow]("center", "Work center", lambda row: cells.text(row.center), 160),
    Column[RouteRow](
        "setup", "Set-up, min", lambda row: cells.quantity(row.step.setup_minutes, strong=False), 110, right=True
    ),
    Column[RouteRow]("each", "Min for one", lambda row: cells.quantity(row.step.unit_minutes), 110, right=True),
)
_USES: Final = (
    Column[Use]("item", "Product", lambda row: cells.two_lines(row.name, row.sku), 220, stretch=True),
    Column[Use]("code", "Version", lambda row: cells.text(row.code, tone=Tone.SOFT), 90),
    Column[Use](
        "quantity",
        "Takes",
        lambda row: cells.text(written.measured(row.quantity, row.unit), strong=True),
        110,
        right=True,
    ),
    Column[Use]("fixed", "", lambda row: cells.text(tr("once") if row.fixed else "", tone=Tone.WARN), 60),
)
