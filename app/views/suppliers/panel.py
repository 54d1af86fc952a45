"""The supplier under the highlight: lead time, what they supply at which prices, what is still to come."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.services import supplier_sheets
from app.services.lists import SupplierRow
from app.services.supplier_sheets import Asked, Supplied, SupplierSheet
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.row_panel import RowPanel, fit_rows
from app.views.suppliers import commands
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.way_names import WAY_NAMES
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section

TABLES: Final = ("supplier", "product_supply", "supplier_price", "purchase_order")


class SupplierPanel(RowPanel[SupplierRow, SupplierSheet]):
    """Shows a supplier."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _read, TABLES, context.messages.tr("Choose a supplier to see what they supply."))
        head = Section()
        self.name, self.chip = Label("", Type.TITLE), StatusChip()
        head.body.addWidget(Row(self.name, self.chip, None, self.close_button, gap=Space.MEDIUM))
        bound = context.commands
        order = ActionButton(bound[commands.ORDER.id], "plus", Kind.PRIMARY)
        more = Button(icon="ellipsis", name=self.tr("More"))
        menu = QMenu(self)
        menu.addAction(bound[commands.RETIRE.id])
        more.setMenu(menu)
        head.body.addWidget(Row(order, ActionButton(bound[commands.EDIT.id], "pencil"), None, more))
        self.place(head)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.products: RowsTable[Supplied] = RowsTable(self._columns())
        self.table = ListView(self.products, "supplier_products", two_lines=True)
        self.table.setAccessibleName(self.tr("Products"))
        self.table.opened.connect(self._open_product)
        self.place(self.table, table=True)
        asked = Section(self.tr("Purchase orders not ended"))
        self._asked = QVBoxLayout()
        self._asked.setSpacing(Space.SMALL)
        asked.body.addLayout(self._asked)
        self.place(asked, line=False)

    def show_head(self, row: SupplierRow) -> None:
        """Name and whether they are in use."""
        self.name.setText(row.name)
        self.chip.set_state("active" if row.active else "inactive")

    def show_sheet(self, sheet: SupplierSheet) -> None:
        """Everything that was read."""
        head = sheet.head
        facts = [
            Fact(self.tr("Number"), head.number, code=True),
            Fact(self.tr("Lead time"), tr("{} working days").format(head.lead_days)),
            Fact(self.tr("Works"), sheet.calendar or self.tr("Monday to Friday")),
            Fact(self.tr("Terms"), f"{sheet.terms}, {head.currency}"),
            Fact(self.tr("More is taken in"), written.percent(head.over_receipt) if head.over_receipt else ""),
            Fact(self.tr("Less is complete"), written.percent(head.under_receipt) if head.under_receipt else ""),
            Fact(self.tr("Our number"), head.our_number, code=True),
            Fact(self.tr("E-mail"), head.email),
            Fact(self.tr("Phone"), head.phone),
            Fact(self.tr("Address"), ", ".join(head.address.lines()[1:])),
        ]
        self.facts.set_facts([one for one in facts if one.value])
        self.products.set_rows(sheet.products)
        fit_rows(self.table, len(sheet.products), most=12)
        while (item := self._asked.takeAt(0)) is not None:
            widget: QWidget | None = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in sheet.purchases:
            self._asked.addWidget(self._purchase(one))
        if not sheet.purchases:
            self._asked.addWidget(Label(self.tr("Nothing is on order with them."), Type.BODY, Tone.SOFT))

    def _purchase(self, one: Asked) -> QWidget:
        link = Button(one.number, kind=Kind.LINK)
        link.clicked.connect(partial(self.context.open, "purchase", one.id))
        chip = StatusChip()
        chip.set_state(one.state)
        day = written.day(one.expected_on, self.context.today()) if one.expected_on else ""
        total = Label(written.money(one.total, one.currency))
        return Row(link, chip, None, total, Label(day, Type.BODY, Tone.SOFT), gap=Space.MEDIUM)

    def _columns(self) -> tuple[Column[Supplied], ...]:
        today = self.context.today()

        def prices(one: Supplied) -> Cell:
            held = one.prices(today)
            if not held:
                return cells.text(cells.DASH, tone=Tone.FAINT)
            breaks = [f"{written.quantity(each.from_quantity)}+ {written.amount(each.price)}" for each in held[1:]]
            return Cell(written.amount(held[0].price), strong=True, second="  ".join(breaks))

        return (
            Column[Supplied]("item", self.tr("Product"), _item, 120, stretch=True),
            Column[Supplied]("least", self.tr("Least"), _least, 90, right=True),
            Column[Supplied]("lead", self.tr("Lead"), _lead, 62, right=True),
            Column[Supplied]("price", self.tr("Price"), prices, 96, right=True),
        )

    def _open_product(self, one: Supplied) -> None:
        self.context.open("product", one.product_id)


def _read(connection: Connection, supplier_id: UUID) -> SupplierSheet:
    return supplier_sheets.read(connection, supplier_id)


def _item(one: Supplied) -> Cell:
    words = WAY_NAMES[one.way.way][0]
    return cells.two_lines(one.name, f"{one.sku}  {one.way.supplier_sku}".strip() + f"  {tr(words)}")


def _least(one: Supplied) -> Cell:
    least = written.measured(one.way.minimum, one.unit) if one.way.minimum else cells.DASH
    step = tr("by {}").format(written.quantity(one.way.multiple)) if one.way.multiple else ""
    return Cell(least, second=step)


def _lead(one: Supplied) -> Cell:
    return cells.text(tr("{} d").format(one.way.lead_days))
