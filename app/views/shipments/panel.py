"""The shipment under the highlight: where it goes, how, and what lies in which package."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QMenu
from sqlalchemy import Connection

from app.models.shipment import PALLET, ShipmentState
from app.services import fulfilment
from app.services.fulfilment import Content, PackageView, ShipmentSheet
from app.services.lists import ShipmentRow
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
from app.views.format import tr
from app.views.row_panel import RowPanel, fit_rows
from app.views.shipments import commands
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section

TABLES: Final = ("shipment", "shipment_line", "package", "pick", "sales_order", "tracking_event")
STEPS: Final = {
    ShipmentState.PLANNED: ("Pack", "package-check"),
    ShipmentState.PACKED: ("Ship", "truck"),
    ShipmentState.SHIPPED: ("Delivered", "circle-check"),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the table: the head of a package, or goods in it."""

    first: str
    second: str
    quantity: str
    below: str = ""
    head: bool = False
    icon: str = "package"


class ShipmentPanel(RowPanel[ShipmentRow, ShipmentSheet]):
    """Shows a shipment with its packages."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _read, TABLES, context.messages.tr("Choose a shipment to see what is in it."))
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.customer, self.order = Button("", kind=Kind.LINK), Button("", kind=Kind.LINK)
        self.customer.clicked.connect(self._open_customer)
        self.order.clicked.connect(self._open_order)
        head.body.addWidget(Row(self.customer, self.order, None, gap=Space.LARGE))
        bound = context.commands
        self.next = ActionButton(bound[commands.NEXT.id], "play", Kind.PRIMARY)
        papers, more = Button(self.tr("Print"), "printer"), Button(icon="ellipsis", name=self.tr("More"))
        papers.setMenu(self._menu(commands.NOTE, commands.SLIP, commands.LABEL, commands.NOTICE))
        more.setMenu(
            self._menu(
                commands.PACK,
                commands.LABELS,
                commands.CHECK,
                commands.SHIP,
                commands.EVENT,
                commands.DELIVERED,
                commands.VOID,
                commands.UNPACK,
                commands.CALL_BACK,
                commands.ORDER,
            )
        )
        head.body.addWidget(Row(self.next, papers, None, more))
        self.place(head)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.lines: RowsTable[_Line] = RowsTable(_COLUMNS)
        self.table = ListView(self.lines, "shipment_panel_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Packages and contents"))
        self.place(self.table, line=False, table=True)

    def show_head(self, row: ShipmentRow) -> None:
        """Number, state, customer and the next step."""
        self.number.setText(row.number)
        self.chip.set_state(row.state)
        self.customer.set_text(row.customer_name)
        self.order.set_text(row.order_number)
        text, icon = STEPS.get(ShipmentState(row.state), ("", ""))
        self.next.setVisible(bool(text))
        if text:
            self.next.set_text(tr(text))
            self.next.set_icon(icon)

    def show_sheet(self, sheet: ShipmentSheet) -> None:
        """Where it goes, how, and its packages."""
        head = sheet.head
        if head.state == ShipmentState.PLANNED and not sheet.to_pack:
            self.next.set_text(self.tr("Ship without packing"))
            self.next.set_icon("truck")
        tracking: Button | None = None
        if head.tracking_number and sheet.tracking_url:
            tracking = Button(head.tracking_number, kind=Kind.LINK)
            tracking.setToolTip(sheet.tracking_url)
            tracking.clicked.connect(self.context.commands[commands.TRACK.id].trigger)
        service = " · ".join(part for part in (head.carrier, head.service) if part)
        self.facts.set_facts(
            [
                Fact(self.tr("Promised"), written.full_day(sheet.promised_on) if sheet.promised_on else ""),
                Fact(self.tr("Ship to"), ", ".join(sheet.ship_to[1:])),
                Fact(self.tr("Carrier"), service),
                Fact(self.tr("Tracking"), head.tracking_number, tracking, code=True),
                Fact(self.tr("Shipped"), written.moment(head.shipped_at) if head.shipped_at else ""),
                Fact(self.tr("Expected"), written.full_day(head.expected_on) if head.expected_on else ""),
                Fact(self.tr("Last seen"), sheet.last_event),
                Fact(self.tr("Delivered"), written.moment(head.delivered_at) if head.delivered_at else ""),
            ]
        )
        rows = _rows(sheet)
        self.lines.set_rows(rows)
        fit_rows(self.table, len(rows), most=60)

    def _menu(self, *wanted: Command) -> QMenu:
        menu = QMenu(self)
        for command in wanted:
            menu.addAction(self.context.commands[command.id])
        return menu

    def _open_customer(self) -> None:
        if self.sheet is not None:
            self.context.open("customer", self.sheet.head.customer_id)

    def _open_order(self) -> None:
        if self.row is not None:
            self.context.open("order", self.row.order_id)


def _read(connection: Connection, shipment_id: UUID) -> ShipmentSheet:
    return fulfilment.shipment_sheet(connection, shipment_id)


def _rows(sheet: ShipmentSheet) -> list[_Line]:
    if not sheet.packages:
        gone = sheet.head.state in {ShipmentState.SHIPPED, ShipmentState.DELIVERED}
        if gone:
            title, note = tr("Without packages"), tr("shipped from the shelf")
        else:
            title = tr("Not packed yet")
            note = tr("picked, ready to pack") if sheet.to_pack else tr("not picked yet")
        return [_Line(title, note, "", head=True), *(_content(one) for one in sheet.contents)]
    rows = []
    for one in sheet.packages:
        number = f"SSCC {one.sscc}"
        if one.tracking_number and one.tracking_number != sheet.head.tracking_number:
            number = f"{number} · {one.tracking_number}"
        rows.append(_Line(_title(one), number, *measures(one), head=True, icon=_icon(one)))
        rows += [_content(content) for content in one.contents]
    return rows


def _title(one: PackageView) -> str:
    if one.kind == PALLET:
        return tr("Pallet {}").format(one.position)
    title = tr("Package {}").format(one.position)
    return f"↳ {title}" if one.on is not None else title


def _icon(one: PackageView) -> str:
    return "boxes" if one.kind == PALLET else "package"


def _content(one: Content) -> _Line:
    return _Line(one.name, one.sku, written.measured(one.quantity, one.unit))


def measures(one: PackageView) -> tuple[str, str]:
    """Write weight and size of a package as far as they are known: ``4.725 kg``, ``40×30×25 cm``."""
    weight = f"{written.quantity(Decimal(one.weight_g).scaleb(-3))} kg" if one.weight_g else ""
    sides = (one.length_mm, one.width_mm, one.height_mm)
    size = "×".join(written.quantity(Decimal(side).scaleb(-1)) for side in sides) + " cm" if all(sides) else ""
    return weight, size


def _first(line: _Line) -> Cell:
    if line.head:
        return Cell(line.first, strong=True, second=line.second, second_code=True, icon=line.icon)
    return cells.two_lines(line.first, line.second)


def _quantity(line: _Line) -> Cell:
    return Cell(line.quantity, tone=Tone.SOFT if line.head else Tone.TEXT, strong=not line.head, second=line.below)


_COLUMNS: Final = (
    Column[_Line]("item", "Package and contents", _first, 220, stretch=True),
    Column[_Line]("quantity", "Quantity", _quantity, 110, right=True),
)
