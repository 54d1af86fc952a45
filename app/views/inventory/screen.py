"""Inventory: stock by product and place, how it goes on, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.models.product import product
from app.models.shelving import Spot
from app.services import counting, day_begin, stock_sheet, warehouses
from app.services.lists import STOCK, StockRow, stock_list
from app.services.stock_sheet import Lies, StockSheet
from app.services.warehouses import Warehouse
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.day_begin import lots_blocked
from app.views.dialogs.form_dialog import FormDialog
from app.views.inventory import commands, dialogs, words
from app.views.inventory.dialogs import CountDialog, LotDialog, MoveDialog, ReceiveDialog, ScrapDialog, Stage
from app.views.inventory.page import StockPage
from app.views.inventory.panel import StockPanel
from app.views.list_screen import PageScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.screen import Group, Place, Target, Waiting
from app.views.silent_printing import print_or_show
from app.views.tokens import Tone
from app.views.widgets.buttons import ActionButton, Button, Kind

DIALOGS: Final[dict[str, Callable[..., FormDialog]]] = {
    commands.RECEIVE.id: ReceiveDialog,
    commands.MOVE.id: MoveDialog,
    commands.SCRAP.id: ScrapDialog,
    commands.BLOCK.id: partial(LotDialog, block=True),
    commands.RELEASE.id: partial(LotDialog, block=False),
}


class InventoryScreen(PageScreen[StockRow, StockPage]):
    """The list of stock with its panel, and the page of one product's stock."""

    kind = "stock"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "inventory")
        self.bind_all(
            (commands.RECEIVE, partial(self.ask, commands.RECEIVE.id)),
            (commands.COUNT, self.count),
            (commands.MOVE, partial(self.ask, commands.MOVE.id)),
            (commands.SCRAP, partial(self.ask, commands.SCRAP.id)),
            (commands.BLOCK, partial(self.ask, commands.BLOCK.id)),
            (commands.RELEASE, partial(self.ask, commands.RELEASE.id)),
            (commands.EXPIRED, self.block_expired),
            (commands.SHELF_LABEL, self.print_shelf_label),
        )
        bound = context.commands
        self.panel = StockPanel(context)
        self.show_list(self.tr("Inventory"), self._spec(), self.panel)
        counts, places = (
            Button(self.tr("Counts"), "clipboard-check", Kind.QUIET),
            Button(self.tr("Warehouses"), "warehouse", Kind.QUIET),
        )
        counts.clicked.connect(partial(context.open, "counts"))
        places.clicked.connect(partial(context.open, "warehouses"))
        self.list.header.add(
            counts,
            places,
            ActionButton(bound[commands.COUNT.id], "clipboard-check"),
            ActionButton(bound[commands.RECEIVE.id], "package-plus", Kind.PRIMARY),
        )
        self.set_empty(
            "boxes",
            self.tr("Nothing to keep in stock yet"),
            self.tr("Add products first, or import your article list. Their stock appears here."),
        )
        self.set_page(StockPage(context, self.place_id))
        self.page.header.add(
            ActionButton(bound[commands.SCRAP.id], "trash-2"),
            ActionButton(bound[commands.MOVE.id], "arrow-right"),
            ActionButton(bound[commands.COUNT.id], "clipboard-check"),
            ActionButton(bound[commands.RECEIVE.id], "package-plus", Kind.PRIMARY),
        )
        context.tasks.changed.connect(self._changed)
        self._read_places()

    def show_asked(self, target: Target) -> None:
        """Show the list, and its panel anew: what it shows may have been changed on a page."""
        super().show_asked(target)
        self.panel.show_row(self.list.current())

    def show_page(self, record_id: UUID, target: Target) -> None:
        """Show one product's stock, and the part of its page that is asked for."""
        self.page.show_product(record_id)
        if target.option("part"):
            self.page.show_part(target.option("part"))

    # what is done with stock ------------------------------------------------------------------

    def ask(self, command_id: str) -> None:
        """Open a dialog on the product on show."""
        self._with_stage(partial(self._open_dialog, command_id))

    def count(self) -> None:
        """Count the product on show: by a count list where it lies in bins or has lots, else at once."""
        self._with_stage(self._count)

    def block_expired(self) -> None:
        """Block every lot whose last day is over."""
        self.context.run(self, "lot.block_expired", day_begin.block_expired, done=self._say_blocked)

    def _say_blocked(self, count: int) -> None:
        self.context.messages.say(lots_blocked(count))

    def print_shelf_label(self) -> None:
        """Print a label for the usual bins of the ticked articles."""
        if self.on_page() and self.page.sheet is not None:
            print_or_show(self, "shelf_label", [self.page.sheet.product.id])
        else:
            self.list.with_ticked(partial(print_or_show, self, "shelf_label"))

    def _with_stage(self, act: Callable[[Stage], None]) -> None:
        """Read what a dialog stands on, then go on."""
        sheet = self.page.sheet if self.on_page() else None
        row = self.list.current()
        product_id = sheet.product.id if sheet is not None else row.id if row is not None else None
        if product_id is None:
            return
        spot = self.page.spot() if sheet is not None else self.panel.tables.lies_view.current_row()
        read = partial(_stage, product_id=product_id, at=self.context.now(), spot=spot)
        self.context.tasks.read(self, read, act)

    def _open_dialog(self, command_id: str, stage: Stage) -> None:
        refusal = self._refusal(command_id, stage.sheet)
        if refusal:
            self.context.messages.say(refusal)
            return
        DIALOGS[command_id](self.context, stage, parent=self).open()

    def _refusal(self, command_id: str, sheet: StockSheet) -> str:
        """Why there is nothing to do; empty if there is."""
        known, lies = sheet.product, [one for one in sheet.lies if not one.packing]
        if command_id == commands.MOVE.id and not any(one.location_id in sheet.bins for one in lies):
            return self.tr("{} lies in no warehouse that has bins. Set up bins first.").format(known.sku)
        if command_id == commands.SCRAP.id and not lies:
            return self.tr("Nothing of {} lies here.").format(known.sku)
        if command_id in {commands.BLOCK.id, commands.RELEASE.id}:
            blocked = command_id == commands.RELEASE.id
            if not dialogs.lots_of(sheet, blocked=blocked):
                words_ = self.tr("No lot of {} is blocked.") if blocked else self.tr("No lot of {} can be blocked.")
                return words_.format(known.sku)
        return ""

    def _count(self, stage: Stage) -> None:
        spots = [one for one in stage.sheet.lies if (one.bin_id or one.lot_id) and not one.packing]
        if not spots:
            CountDialog(self.context, stage, parent=self).open()
            return
        place = next((one for one in spots if one == stage.spot), spots[0])
        known = stage.product
        wanted = [(known.id, Spot(one.bin_id, one.lot_id)) for one in stage.sheet.lies if _countable(one, place)]
        location_id, note = place.location_id, known.sku
        self.context.run(
            self,
            "count.open",
            lambda tx: counting.open_list(tx, location_id, wanted, note=note),
            said=self.tr("A count list of {} is open.").format(known.sku),
            done=self._open_count,
            inverse=Inverse("count.cancel", counting.cancel),
        )

    def _open_count(self, count_id: UUID) -> None:
        self.context.open("count", count_id)

    # inner -------------------------------------------------------------------------------------

    @property
    def location_id(self) -> UUID | None:
        """The warehouse whose figures are on show; None: all together."""
        chosen = self.list.filters.chosen.get("warehouse")
        return UUID(chosen) if chosen else None

    def _changed(self, changes: Any) -> None:
        if changes.touch("location", "storage_bin"):
            self._read_places()

    def _read_places(self) -> None:
        self.context.tasks.read(self, _places, self._offer_places)

    def _offer_places(self, found: list[tuple[Warehouse, list[str]]]) -> None:
        """Warehouses and zones to filter by; a company with one warehouse is not asked which."""
        places = [one for one, _ in found] if len(found) > 1 else []
        options = tuple(Option(str(one.id), one.name, one.id) for one in places)
        self.list.offer(Filter("warehouse", "Warehouse", options))
        zones = tuple(
            Option(f"{one.id}/{zone}", f"{one.code} · {zone}", (one.id, zone)) for one, names in found for zone in names
        )
        self.list.offer(Filter("zone", "Zone", zones))

    def _spec(self) -> ListSpec[StockRow]:
        return ListSpec(
            listing=stock_list(self.context.now),
            columns=(
                Column[StockRow](
                    "name", "Item", lambda row: cells.two_lines(row.name, row.sku), 190, sort="name", stretch=True
                ),
                Column[StockRow]("sku", "SKU", lambda row: cells.code(row.sku), 130, sort="sku", hidden=True),
                Column[StockRow](
                    "bin",
                    "Bin",
                    lambda row: cells.code(row.bin, strong=False, tone=Tone.SOFT),
                    84,
                    sort="bin",
                    hidden=True,
                ),
                Column[StockRow]("state", "Status", self._state, 116),
                Column[StockRow]("on_hand", "On hand", partial(self._figure, "on_hand"), 76, right=True),
                Column[StockRow]("promised", "Promised", self._promised, 80, right=True),
                Column[StockRow]("free", "Free", partial(self._figure, "free"), 62, right=True),
                Column[StockRow]("incoming", "Incoming", self._incoming, 80, right=True),
                Column[StockRow]("curve", "Next 12 weeks", self._curve, 116),
                Column[StockRow]("next", "Next", self._next, 108),
            ),
            nouns=("product", "products"),
            search_hint="SKU, name, bin, lot…",
            tabs=(
                Tab("all", "All", {"active": "yes"}),
                Tab("short", "Short", {"short": "yes"}),
                Tab("out", "Nothing free", {"out": "yes"}),
                Tab("expiring", "Expiring", {"expiring": "yes"}),
                Tab("blocked", "Blocked", {"blocked": "yes"}),
            ),
            filters=(
                Filter("warehouse", "Warehouse", ()),
                Filter("zone", "Zone", ()),
                Filter("short", "Short", (Option("yes", "orders wait", True),)),
                Filter("out", "Free", (Option("yes", "nothing", True),)),
                Filter("expired", "Last day", (Option("yes", "is over", _day),)),
                Filter("expiring", "Expires", (Option("yes", "within 30 days", _day),)),
                Filter("blocked", "Blocked", (Option("yes", "some of it", True),)),
                Filter("unplaced", "In no bin", (Option("yes", "to be put away", True),)),
                Filter(
                    "tracked",
                    "Tracked",
                    (Option("lot", "by lot", "lot"), Option("serial", "by serial number", "serial")),
                ),
                Filter("active", "Products", (Option("yes", "active", True), Option("no", "inactive", False))),
            ),
            two_lines=True,
        )

    def _state(self, row: StockRow) -> Cell:
        return Cell(status=words.status_of(row, self.location_id))

    def _figure(self, name: str, row: StockRow) -> Cell:
        return words.quantity(getattr(row.figures(self.location_id), name), row.grain)

    def _promised(self, row: StockRow) -> Cell:
        figures = row.figures(self.location_id)
        return words.quantity(figures.promised + figures.picked, row.grain)

    def _incoming(self, row: StockRow) -> Cell:
        return words.quantity(sum(one.grains for one in row.figures(self.location_id).receipts), row.grain)

    def _curve(self, row: StockRow) -> Cell:
        return words.curve(row, self.location_id)

    def _next(self, row: StockRow) -> Cell:
        return words.next_cell(row, self.location_id)


def _day(today: Any) -> Any:
    return today


def _countable(one: Lies, place: Lies) -> bool:
    """Whether a place belongs on the count list of a warehouse: shelves, and what lies in no bin."""
    return one.location_id == place.location_id and not one.packing and bool(one.bin_id or one.lot_id or one.unplaced)


def _stage(connection: Connection, product_id: UUID, at: datetime, spot: Lies | None) -> Stage:
    return dialogs.read_stage(connection, stock_sheet.read(connection, product_id, at, moves=1), spot)


def _places(connection: Connection) -> list[tuple[Warehouse, list[str]]]:
    return [(one, warehouses.zones(connection, one.id)) for one in warehouses.all_of(connection)]


def _short(connection: Connection) -> Waiting:
    condition = STOCK.filters["short"](True)
    found = select(func.count()).select_from(product).where(product.c.kind == "goods", condition)
    return Waiting(connection.execute(found).scalar_one())


PLACE: Final = Place(
    "inventory",
    "Inventory",
    "boxes",
    Group.FULFIL,
    InventoryScreen,
    kinds=("stock",),
    waiting=_short,
    tables=("stock_level", "sales_order_line"),
    commands=commands.COMMANDS,
)
