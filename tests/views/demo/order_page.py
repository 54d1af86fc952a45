"""The demo's order page."""

from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.views.context import Context
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.facts import Fact, Facts, TotalRow, TotalsBlock
from app.views.widgets.fields import ADD_LINE, Field
from app.views.widgets.labels import Hairline, IconLabel, Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel
from app.views.widgets.stage_bar import Stage, StageBar
from app.views.widgets.timeline import Timeline
from tests.views.demo.lines import ENTRIES, LINES, PAGE_COLUMNS, LineRow


class OrderPage(QWidget):
    """The whole order."""

    def __init__(self, context: Context, *command_ids: str) -> None:
        super().__init__()
        self.header = PageHeader("SO-10482", back=True, code=True)
        self.header.set_title("SO-10482", "Harbor & Finch Ltd")
        self.header.set_state("picking")
        self.header.set_note("Saved")
        commands = context.commands
        self.header.add(
            ActionButton(commands[command_ids[0]], "printer"),
            ActionButton(commands[command_ids[1]], "mail"),
            ActionButton(commands[command_ids[2]], "package-check", Kind.PRIMARY),
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        row.addWidget(self._side())
        outer.addLayout(row, 1)

    def _main(self) -> QWidget:
        scroll, inner = QScrollArea(), QWidget()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, Space.PAGE)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(24, 16, 24, 14)
        head.addWidget(
            StageBar(
                (
                    Stage("Quote", "rev 3 · signed 19 Nov", 100),
                    Stage("Order", "confirmed 19 Nov", 100),
                    Stage("Sourcing", "1 build, 1 purchase", 100),
                    Stage("Picking", "402 of 460 units", 83, current=True),
                    Stage("Shipping", "DHL booked 24 Nov"),
                    Stage("Invoice", "on dispatch"),
                    Stage("Paid", "deposit 1,150.00"),
                )
            )
        )
        column.addLayout(head)
        column.addWidget(Hairline())
        body = QVBoxLayout()
        body.setContentsMargins(24, 16, 24, 0)
        body.addWidget(
            Banner(
                "Line 3 arrives 8 days after the promised date.",
                "Ship the sensor later?",
                Button("Split shipment", "split", small=True),
                Button("Tell customer", "mail", Kind.QUIET, small=True),
            )
        )
        column.addLayout(body)
        self.lines = RowsTable[LineRow](PAGE_COLUMNS)
        self.lines.set_rows(LINES)
        self.table = ListView(self.lines, "demo_lines", row_height=46)
        self.table.setAccessibleName("Lines")
        self.table.show_all_rows()
        table = QHBoxLayout()
        table.setContentsMargins(12, 6, 12, 6)
        table.addWidget(self.table)
        column.addLayout(table)
        add = Field("Add a line")
        add.setObjectName(ADD_LINE)
        add.setPlaceholderText("Add a line: SKU, name or scan a barcode   (Enter adds, Tab goes to quantity)")
        field = QHBoxLayout()
        field.setContentsMargins(24, 0, 24, 0)
        field.addWidget(add)
        column.addLayout(field)
        column.addLayout(self._foot())
        column.addStretch(1)
        return scroll

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(24, 20, 24, 0)
        row.setSpacing(56)
        papers = QVBoxLayout()
        papers.setSpacing(Space.SMALL)
        papers.addWidget(Label("Documents", Type.BODY_BOLD))
        for icon, name, when in (
            ("file-text", "Quote Q-2291 rev 3, signed.pdf", "19 Nov"),
            ("file-text", "Customer PO 4500-88213.pdf", "19 Nov"),
            ("printer", "Pick list 1 of 1", "09:58"),
            ("image", "Dock photo.jpg", "16 Nov"),
        ):
            papers.addWidget(Row(IconLabel(icon), Label(name), None, Label(when, Type.META, Tone.FAINT)))
        papers.addStretch(1)
        row.addLayout(papers, 5)
        totals = TotalsBlock()
        totals.set_rows(
            (
                TotalRow("Subtotal", "5,480.70"),
                TotalRow("Volume discount 4 %", "−219.23"),
                TotalRow("Freight", "64.00"),
                TotalRow("Tax 21 %", "1,118.35"),
                TotalRow("Total EUR", "6,443.82", strong=True),
                TotalRow("Deposit paid 19 Nov", "−1,150.00"),
                TotalRow("Balance", "5,293.82", strong=True),
            )
        )
        row.addWidget(totals, 3)
        return row

    def _side(self) -> QWidget:
        panel = SidePanel(RECORD_PANEL)
        facts = Section()
        box = Facts(columns=1)
        box.set_facts(
            (
                Fact("Customer", widget=Button("Harbor & Finch Ltd", kind=Kind.LINK)),
                Fact("Contact", "Jo Finch · +31 10 555 0142"),
                Fact("PO number", "4500-88213", code=True),
                Fact("Terms", "Net 30, 20 % deposit"),
                Fact("Promised", "Tue 24 Nov 2026"),
                Fact("Ship to", "Dock 4, Nieuwe Haven, Schiedam"),
                Fact("Carrier", "DHL Freight · 2 pallets"),
                Fact("Credit", "18,400 of 25,000 EUR free"),
            )
        )
        facts.body.addWidget(box)
        panel.add(facts)
        activity = Section("Activity", Button("Note", "plus", Kind.QUIET, small=True))
        timeline = Timeline()
        timeline.set_entries(ENTRIES)
        activity.body.addWidget(timeline)
        panel.add(activity, line=False)
        return panel
