"""Stock value: what every product was worth at the end of a day, and how the journal agrees."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout
from sqlalchemy import Connection

from app.errors import Invalid, UserError
from app.models.costing import Method
from app.services import stock_value_report, valuation_previews, value_entries, value_sheets, warehouses
from app.services.database import Database
from app.services.lists import Scope, ValueRow, value_list
from app.services.progress import Progress
from app.services.valuation_previews import Unvalued
from app.services.value_sheets import Agreement, ValueSheet
from app.services.warehouses import Warehouse
from app.views import cells, list_saving
from app.views import format as written
from app.views import value_words as words
from app.views.cells import Column
from app.views.context import Context
from app.views.dialogs.costing import ask_costing
from app.views.filter_bar import FilterBar
from app.views.list_page import ListPage
from app.views.list_spec import Filter, ListSpec, Option
from app.views.screen import Group, Place, Screen, Target
from app.views.stock_value import commands
from app.views.stock_value.dialogs import StartDialog, WorthDialog
from app.views.stock_value.panel import ValuePanel
from app.views.tokens import Glyph, Hue, Status, Tone
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.fields import DateField
from app.views.widgets.labels import Label

UNDER_WAY: Final = "under_way"
DAY_WIDTH: Final = 168


class Asked:
    """What the report is asked about; read by the list's thread, told by the window's."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.filters: FilterBar | None = None

    def __call__(self) -> Scope:
        """Give the day and the warehouse that are chosen now."""
        chosen = self.filters.chosen.get("warehouse", "") if self.filters is not None else ""
        place = UUID(chosen) if chosen and chosen != UNDER_WAY else None
        return Scope(value_sheets.end_of(self.day), place, under_way=chosen == UNDER_WAY)


class StockValueScreen(Screen):
    """The report of a day, with the layers behind each product."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "stock_value")
        self.bind_all(
            (commands.DAY, self.choose_day),
            (commands.EXPORT, self.export),
            (commands.WORTH, self.say_worth),
            (commands.METHOD, self.choose_method),
            (commands.START, self.start),
        )
        self.asked = Asked(context.today())
        self.agreed: Agreement | None = None
        self.list: ListPage[ValueRow] = ListPage(
            context, self.tr("Stock value"), _spec(self.asked), scope=self.place_id
        )
        self.asked.filters = self.list.filters
        self.day = DateField(self.tr("At the end of"), context.today, context.today())
        self.day.setFixedWidth(DAY_WIDTH)
        self.day.changed.connect(self._day_chosen)
        self.list.header.add(
            Label(self.tr("At the end of")), self.day, ActionButton(context.commands[commands.EXPORT.id], "download")
        )
        self.empty = EmptyState(
            "coins",
            self.tr("Nothing is worth anything yet"),
            self.tr(
                "Goods have a value from their first receipt with a cost on: of a purchase order, or typed when they "
                "are received in the Inventory. A company that did not keep it begins here."
            ),
            ActionButton(context.commands[commands.START.id], "play", Kind.PRIMARY),
        )
        self.list.set_empty(self.empty)
        self.panel = ValuePanel(context, self.asked)
        self.list.set_panel(self.panel)
        self.list.picked.connect(self.panel.show_row)
        self.list.opened.connect(self._open_row)
        self.list.always_pick()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        context.tasks.changed.connect(self._changed)
        self._read_places()
        self._read_agreement()

    def visit(self, target: Target) -> None:
        """Show the report; of a product, where one is asked for."""
        text = target.option("text", "")
        if text:
            self.list.show_query(text=text)
        self._read_agreement()

    def search(self) -> None:
        """Put the keyboard into the filter."""
        self.list.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # commands ----------------------------------------------------------------------------------

    def choose_day(self) -> None:
        """Put the keyboard into the day."""
        self.day.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def export(self) -> None:
        """Save the report of the day as CSV, by product and warehouse."""
        proposed = f"stock-value-{self.asked.day.isoformat()}.csv"
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the report"), proposed, "CSV (*.csv)")
        if name:
            op = partial(_save, self.context.database, Path(name), self.asked.day)
            self.context.tasks.run_long(
                self, self.tr("Saving the report…"), op, partial(self._saved, name), self._not_saved
            )

    def say_worth(self) -> None:
        """Say what the highlighted product is worth from now on."""
        row = self.list.current()
        if row is not None:
            until = value_sheets.end_of(self.context.today())
            read = partial(value_sheets.read, product_id=row.id, until=until, entries=1)
            self.context.tasks.read(self, read, self._ask_worth)

    def choose_method(self) -> None:
        """Choose how the highlighted product is costed."""
        row = self.list.current()
        if row is not None:
            ask_costing(self.context, row.id, self)

    def start(self) -> None:
        """Begin to keep what stock is worth."""
        self.context.tasks.read(self, _goods, self._ask_start)

    # inner -------------------------------------------------------------------------------------

    def _ask_worth(self, sheet: ValueSheet) -> None:
        WorthDialog(self.context, sheet, parent=self).open()

    def _ask_start(self, found: tuple[bool, str, list[Unvalued]]) -> None:
        keeps, currency, goods = found
        if keeps:
            self.context.messages.say(
                self.tr("What stock is worth is kept already. Goods get their value with their next receipt.")
            )
            return
        StartDialog(self.context, goods, currency, parent=self).open()

    def _day_chosen(self, day: date | None) -> None:
        if day is not None:
            self.asked.day = day
            self.list.reload()
            self.panel.show_row(self.list.current())
            self._read_agreement()

    def _open_row(self, row: ValueRow) -> None:
        self.context.open("stock", row.id, part="value")

    def _changed(self, changes: Any) -> None:
        if changes.touch("location"):
            self._read_places()
        if changes.touch("stock_level", "company"):
            self._read_agreement()

    def _read_places(self) -> None:
        self.context.tasks.read(self, partial(warehouses.all_of, closed=True), self._offer_places)

    def _offer_places(self, found: list[Warehouse]) -> None:
        options = [Option(str(one.id), one.name, str(one.id)) for one in found]
        options.append(Option(UNDER_WAY, self.tr("on its way"), UNDER_WAY))
        self.list.offer(Filter("warehouse", "Warehouse", tuple(options)))

    def _read_agreement(self) -> None:
        read = partial(_agreement, day=self.asked.day)
        self.context.tasks.read(self, read, self._show_agreement)

    def _show_agreement(self, found: tuple[date, Agreement]) -> None:
        day, agreed = found
        if day != self.asked.day:
            return
        self.agreed = agreed
        header, money = self.list.header, partial(written.money, currency=agreed.currency, decimals=agreed.decimals)
        told = self.tr("In warehouses {}, on its way {}, together {}; account {} holds {}.")
        sums = (money(agreed.in_stock), money(agreed.under_way), money(agreed.total))
        header.chip.setToolTip(told.format(*sums, agreed.account, money(agreed.booked)))
        if not agreed.keeps:
            header.set_state(Status(self.tr("Not kept yet"), Hue.GREY, Glyph.BARS))
        elif agreed.difference:
            words_ = self.tr("Account {} differs by {}").format(agreed.account, money(agreed.difference))
            header.set_state(Status(words_, Hue.RED, Glyph.BANG))
        else:
            words_ = self.tr("Agrees with account {}").format(agreed.account)
            header.set_state(Status(words_, Hue.GREEN, Glyph.CHECK))

    def _saved(self, name: str, count: int) -> None:
        self.context.messages.say(list_saving.said(name, count))

    def _not_saved(self, error: UserError) -> None:
        self.context.messages.error(error)


def _spec(asked: Asked) -> ListSpec[ValueRow]:
    methods = tuple(Option(str(one), title, str(one)) for one, title in words.METHODS.items())
    return ListSpec(
        listing=value_list(asked),
        columns=(
            Column[ValueRow](
                "name", "Item", lambda row: cells.two_lines(row.name, row.sku), 220, sort="name", stretch=True
            ),
            Column[ValueRow]("sku", "SKU", lambda row: cells.code(row.sku), 130, sort="sku", hidden=True),
            Column[ValueRow](
                "category", "Category", lambda row: cells.text(row.category, tone=Tone.SOFT), 120, sort="category"
            ),
            Column[ValueRow](
                "costing", "Costing", lambda row: cells.text(words.METHODS[_method(row)], tone=Tone.SOFT), 130
            ),
            Column[ValueRow](
                "quantity", "Quantity", lambda row: words.quantity(row.quantity, row.grain), 92, right=True
            ),
            Column[ValueRow]("unit", "", lambda row: cells.text(row.unit, tone=Tone.FAINT), 56),
            Column[ValueRow]("cost", "Cost of one", lambda row: words.cost_cell(row.unit_cost), 96, right=True),
            Column[ValueRow]("value", "Value", lambda row: cells.amount(row.value), 110, sort="value", right=True),
        ),
        nouns=("product", "products"),
        search_hint="SKU, name, barcode, category…",
        filters=(Filter("warehouse", "Warehouse", ()), Filter("costing", "Costing", methods)),
        total="value",
        two_lines=True,
    )


def _method(row: ValueRow) -> Method:
    return Method(row.costing)


def _goods(connection: Connection) -> tuple[bool, str, list[Unvalued]]:
    kept = value_entries.books(connection)
    return kept.keeps, kept.currency, [] if kept.keeps else valuation_previews.unvalued(connection)


def _agreement(connection: Connection, day: date) -> tuple[date, Agreement]:
    return day, value_sheets.agreement(connection, value_sheets.end_of(day))


def _save(database: Database, path: Path, day: date, _progress: Progress) -> int:
    lines = database.read(partial(stock_value_report.at_day, until=value_sheets.end_of(day)))
    try:
        path.write_text(stock_value_report.as_csv(lines), encoding="utf-8-sig", newline="")
    except OSError as error:
        words_ = f"{path} can not be written: {error.strerror}. Choose another folder; nothing was changed."
        raise Invalid("file", words_) from error
    return len(lines)


PLACE: Final = Place(
    "stock_value",
    "Stock value",
    "coins",
    Group.BILL,
    StockValueScreen,
    kinds=("stock_value",),
    commands=commands.COMMANDS,
)
