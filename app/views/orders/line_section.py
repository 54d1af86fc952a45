"""The line with the highlight at the side of an order: when it can leave, why, and the documents it waits for."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.overview import LineView, OrderOverview
from app.services.parties import Address
from app.views import format as written
from app.views.context import Context
from app.views.format import tr
from app.views.lines import sources
from app.views.orders import commands
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.side_panel import Section


class LineSection(Section):
    """Follows the highlighted line; ``part_released`` tells a reservation by hand that is to be taken back."""

    part_released = Signal(object, object)  # LineView, the reservation's id

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.title = Label("", Type.BODY_BOLD)
        self.day = Label("", Type.BODY_BOLD)
        self.body.addWidget(Row(self.title, None, self.day))
        self.reason = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.body.addWidget(self.reason)
        again = ActionButton(context.commands[commands.SOURCE_AGAIN.id], "refresh-cw", small=True)
        self.trouble = Banner("", "", again)
        self.body.addWidget(self.trouble)
        self._rows = QVBoxLayout()
        self.body.addLayout(self._rows)
        self.facts = Facts(1)
        self.body.addWidget(self.facts)
        buttons = [
            ActionButton(context.commands[one.id], icon, Kind.QUIET, small=True, text=tr(text))
            for one, icon, text in (
                (commands.SEND_FROM, "warehouse", "From"),
                (commands.SEND_TO, "map-pin", "To"),
                (commands.ASK_FOR, "calendar", "Day"),
                (commands.RESERVE, "package-check", "Reserve"),
            )
        ]
        self.body.addWidget(Row(*buttons, None, gap=0))
        self.setAccessibleName(self.tr("Line"))
        self.hide()

    def show_line(self, overview: OrderOverview, line: LineView | None, today: date) -> None:
        """Show a line of an order; None: no line has the highlight."""
        there = line is not None and line.goods
        self.setVisible(there)
        if line is None or not there:
            return
        self.title.setText(tr("Line {} · {}").format(line.position, line.sku))
        text, tone = sources.ready_day(line, overview.order, today)
        self.day.setText(tr("ready {}").format(text) if text else "")
        self.day.set_tone(Tone.OK if tone is Tone.SOFT else tone)
        waiting = sources.waits(line)
        self.reason.setText(line.ready_reason if waiting else "")
        self.reason.setVisible(bool(waiting and line.ready_reason))
        troubles = list(dict.fromkeys(one.trouble for one in line.sources if one.trouble))
        self.trouble.set_text("; ".join(troubles))
        self._show_sources(line, today)
        self._show_facts(line, today)

    def _show_sources(self, line: LineView, today: date) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in line.sources:
            kind = sources.KINDS.get(one.supply, "")
            detail = Label(sources.source_detail(line, one, today), Type.META, Tone.FAINT)
            name = sources.source_name(one)
            head: QWidget = Label(name, Type.BODY)
            if one.document_id is not None and self._context.navigator.can_open(kind):
                head = self._link(name, kind, one.document_id)
            self._rows.addWidget(Row(head, None, detail))
        for reservation_id, grains in line.parts:
            back = Button(self.tr("Take back"), "undo-2", Kind.QUIET, small=True)
            back.clicked.connect(partial(self.part_released.emit, line, reservation_id))
            words = self.tr("{} reserved by hand").format(written.measured(line.in_unit(grains), line.unit))
            self._rows.addWidget(Row(Label(words), None, back))

    def _link(self, name: str, kind: str, document_id: UUID) -> Button:
        link = Button(name, kind=Kind.LINK)
        link.clicked.connect(partial(self._context.open, kind, document_id))
        return link

    def _show_facts(self, line: LineView, today: date) -> None:
        facts: list[Any] = []
        if line.requested_on:
            facts.append(Fact(self.tr("Wanted"), written.day(line.requested_on, today)))
        if line.ship_to:
            facts.append(Fact(self.tr("Goes to"), ", ".join(Address.from_json(line.ship_to).lines()[:4])))
        self.facts.set_facts(facts)
        self.facts.setVisible(bool(facts))
