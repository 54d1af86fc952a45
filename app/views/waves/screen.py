"""Waves: open pick lists chosen by what hurries, and the waves that are open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.models.shipment import PickState
from app.services import stock_ledger, warehouses, waves
from app.services.waves import Candidate, Method
from app.views import cells
from app.views.cells import CHECK, Cell, Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.rows_table import RowsTable, TickedRows
from app.views.screen import Group, Place, Screen, Target
from app.views.tokens import Space, Tone
from app.views.waves import commands
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.fields import DateField, Field, place_of
from app.views.widgets.form import Form
from app.views.widgets.list_view import ListView
from app.views.widgets.page_frame import frame
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import Section, SidePanel

METHODS: Final = {
    Method.ORDER: "One list after the other",
    Method.BATCH: "All in one walk, a tote for each order",
    Method.ZONE: "Zone by zone, a picker in each",
}
ANY: Final = ""
TABLES: Final = ("pick", "pick_wave", "shipment", "sales_order")


@dataclass(frozen=True, slots=True)
class OpenWave:
    """A wave that is being picked: how many of its lists are done, and its zones nobody works in (with their stops)."""

    id: UUID
    number: str
    method: Method
    lists: int
    done: int
    zones: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the screen shows: lists to choose from, open waves, and what can be chosen by."""

    candidates: tuple[Candidate, ...]
    open_waves: tuple[OpenWave, ...]
    warehouses: tuple[tuple[UUID, str], ...]
    zones: tuple[str, ...]
    carriers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """Which lists are asked for."""

    place: UUID | None
    carrier: str
    zone: str
    due_by: date | None
    priority: str


class WavesScreen(Screen):
    """Choose lists at the left, walk the open waves at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "waves")
        self.bind_all(
            (commands.OPEN, self.open_wave),
            (commands.START, self.start),
            (commands.PRINT, self.print_wave),
            (commands.CANCEL, self.cancel),
        )
        self._asked = 0
        self._wanted: UUID | None = None
        self._place: UUID | None = None
        self._lay_out()
        context.tasks.changed.connect(self._changed)

    def visit(self, _target: Target) -> None:
        """Read lists and waves."""
        self.reload()

    def take_keyboard(self) -> None:
        """Begin in the lists."""
        self.view.setFocus()

    def reload(self) -> None:
        """Read again by what is chosen above."""
        self._asked += 1
        wish = Wish(
            self.place.currentData(),
            str(self.carrier.currentData() or ANY),
            str(self.zone.currentData() or ANY),
            self.due.value(),
            str(self.priority.currentData() or ANY),
        )
        self.context.tasks.read(self, partial(_read, wish=wish), partial(self._show, self._asked))

    # commands ----------------------------------------------------------------------------------

    def open_wave(self) -> None:
        """Put the ticked lists into a wave; with none ticked, all that are shown."""
        chosen = self.rows.ticked() or list(self.rows.rows)
        self.form.clear_errors()
        if not chosen:
            return
        ids, method = tuple(one.pick_id for one in chosen), Method(self.method.currentData())
        totes = tuple(self.totes.text().split()) if method is Method.BATCH else ()
        cut_off = _first_cut_off(chosen, self.context.now())
        self.context.run(
            self,
            "wave.open",
            lambda tx: waves.open_wave(tx, ids, method, totes=totes, cut_off=cut_off),
            said=self.tr("The wave is open: Ctrl+G starts it."),
            done=self._opened,
            failed=self._refused,
            inverse=Inverse("wave.cancel", waves.cancel),
        )

    def start(self) -> None:
        """Pick the highlighted wave, in the zone chosen where it is picked so."""
        wave = self._current()
        if wave is not None:
            zone = str(self.walk_zone.currentData() or "") if wave.method is Method.ZONE else ""
            self.context.open("wave", wave.id, zone=zone)

    def print_wave(self) -> None:
        """Print the highlighted wave's stops in walking order."""
        wave = self._current()
        if wave is not None:
            self.context.open("print", wave.id, kinds="wave")

    def cancel(self) -> None:
        """Give the highlighted wave up."""
        wave = self._current()
        if wave is not None:
            wave_id = wave.id
            self.context.run(
                self,
                "wave.cancel",
                lambda tx: waves.cancel(tx, wave_id),
                said=self.tr("The wave is given up; its lists stay open."),
            )

    # building ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.header = PageHeader(self.tr("Waves"), back=True)
        self.header.back_wanted.connect(self.context.navigator.back)
        self.header.add(ActionButton(self.context.commands[commands.OPEN.id], "check", Kind.PRIMARY))
        self.rows: TickedRows[Candidate] = TickedRows(_columns(self.context.today), lambda one: one.pick_id)
        self.view = ListView(self.rows, "wave_candidates", two_lines=True)
        self.view.setAccessibleName(self.tr("Lists to choose from"))
        self.rows.ticks_changed.connect(self._count)
        empty = EmptyState(
            "scan-barcode",
            self.tr("No list is to choose from"),
            self.tr("Confirmed orders with stock have open pick lists; those in a wave already stand at the right."),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(empty)
        main = QVBoxLayout()
        main.setSpacing(0)
        main.addLayout(self._filters())
        main.addWidget(self.stack, 1)
        frame(self, self.header, main, self._side())

    def _filters(self) -> QHBoxLayout:
        self.place, self.carrier, self.zone, self.priority = (QComboBox() for _ in range(4))
        self.due = DateField(self.tr("Due by"), self.context.today)
        self.due.setPlaceholderText(self.tr("Due by: today, +2, Friday"))
        self.due.setFixedWidth(200)
        for box, name in (
            (self.place, self.tr("Warehouse")),
            (self.carrier, self.tr("Carrier")),
            (self.zone, self.tr("Zone")),
            (self.priority, self.tr("Class")),
        ):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(self._chosen)
        for priority in (ANY, "A", "B", "C"):
            self.priority.addItem(self.tr("Class {}").format(priority) if priority else self.tr("Any class"), priority)
        self.due.changed.connect(self._due_chosen)
        bar = QHBoxLayout()
        bar.setContentsMargins(Space.PAGE, Space.SMALL, Space.PAGE, Space.SMALL)
        bar.setSpacing(Space.SMALL)
        for widget in (self.place, self.due, self.carrier, self.zone, self.priority):
            bar.addWidget(widget)
        bar.addStretch(1)
        return bar

    def _side(self) -> QWidget:
        panel = SidePanel()
        panel.close_button.hide()
        how = Section(self.tr("How it is walked"))
        self.form, self.method, self.totes = Form(), QComboBox(), Field(self.tr("Totes"), code=True)
        for method, words in METHODS.items():
            self.method.addItem(tr(words), str(method))
        self.method.setCurrentIndex(1)
        self.method.activated.connect(self._method_chosen)
        self.form.add("method", self.tr("Walk"), self.method)
        self.form.add("totes", self.tr("Totes"), self.totes, self.tr("Scan one for each order, or leave it: T1, T2, …"))
        how.body.addWidget(self.form)
        panel.add(how)
        there = Section(self.tr("Open waves"))
        self.waves: RowsTable[OpenWave] = RowsTable(_WAVE_COLUMNS)
        self.waves_view = ListView(self.waves, "open_waves", two_lines=True)
        self.waves_view.setAccessibleName(self.tr("Open waves"))
        self.waves_view.setFixedHeight(34 + 48 * 4)
        self.waves_view.picked.connect(self._wave_picked)
        self.waves_view.opened.connect(self._wave_opened)
        there.body.addWidget(self.waves_view)
        self.walk_zone = QComboBox()
        self.walk_zone.setAccessibleName(self.tr("Zone to pick"))
        there.body.addWidget(self.walk_zone)
        for command, icon in ((commands.START, "scan-barcode"), (commands.PRINT, "printer"), (commands.CANCEL, "ban")):
            there.body.addWidget(ActionButton(self.context.commands[command.id], icon))
        panel.add(there, line=False)
        return panel

    # showing -----------------------------------------------------------------------------------

    def _show(self, asked: int, found: Found) -> None:
        if asked != self._asked:
            return
        _fill(self.place, [(name, key) for key, name in found.warehouses])
        self.place.setVisible(len(found.warehouses) > 1)
        _fill(self.carrier, [(self.tr("Any carrier"), ANY), *((name, name) for name in found.carriers)])
        _fill(self.zone, [(self.tr("Any zone"), ANY), *((self.tr("Zone {}").format(one), one) for one in found.zones)])
        self.zone.setVisible(bool(found.zones))
        self.rows.set_rows(found.candidates)
        self.stack.setCurrentIndex(0 if found.candidates else 1)
        if found.candidates and self.view.current_row() is None:
            self.view.pick(0)
        self.waves.set_rows(found.open_waves)
        numbers = [wave.id for wave in found.open_waves]
        if self._wanted in numbers:
            self.waves_view.pick(numbers.index(self._wanted))
            self._wanted = None
        elif numbers and self.waves_view.current_row() is None:
            self.waves_view.pick(0)
        self._wave_picked(self._current())
        self._count()

    def _count(self) -> None:
        ticked, lists = self.rows.ticked(), len(self.rows.rows)
        lines = sum(one.lines for one in ticked)
        words = self.tr("{} of {} lists ticked, {} lines").format(len(ticked), lists, lines)
        self.header.set_title(self.tr("Waves"), words if ticked else self.tr("{} lists to choose from").format(lists))
        self.context.commands.allow(commands.OPEN.id, allowed=lists > 0)

    def _current(self) -> OpenWave | None:
        row = self.waves_view.current_row()
        return row if isinstance(row, OpenWave) else None

    def _wave_picked(self, wave: OpenWave | None) -> None:
        self.context.commands.select(self.place_id, selected=wave is not None)
        zones = wave.zones if wave is not None and wave.method is Method.ZONE else ()
        _fill(self.walk_zone, [(_zone_words(zone, n), zone) for zone, n in zones])
        self.walk_zone.setVisible(bool(zones))

    def _wave_opened(self, _wave: object) -> None:
        self.start()

    def _opened(self, wave_id: UUID) -> None:
        self._wanted = wave_id
        self.totes.setText("")
        self.reload()

    def _refused(self, error: UserError) -> None:
        self.form.show_error(error)

    def _chosen(self, _: int) -> None:
        self.reload()

    def _due_chosen(self, _: date | None) -> None:
        self.reload()

    def _method_chosen(self, _: int) -> None:
        self.totes.setEnabled(self.method.currentData() == Method.BATCH)

    def _changed(self, changes: Any) -> None:
        if self.isVisible() and changes.touch(*TABLES):
            self.reload()


def _zone_words(zone: str, stops: int) -> str:
    name = tr("Zone {}").format(zone) if zone else tr("No zone")
    return tr("{}, 1 stop").format(name) if stops == 1 else tr("{}, {} stops").format(name, stops)


def _fill(box: QComboBox, items: list[tuple[str, Any]]) -> None:
    """Offer other choices; the one chosen stays where it is still among them."""
    chosen = box.currentData()
    box.clear()
    for words, value in items:
        box.addItem(words, value)
    box.setCurrentIndex(max(0, place_of(box, chosen)))


def _columns(today: Callable[[], date]) -> tuple[Column[Candidate], ...]:
    def due(one: Candidate) -> Cell:
        return cells.due(one.due, today())

    return (
        Column[Candidate](CHECK, "", lambda _one: Cell(), 40),
        Column[Candidate]("number", tr("Pick list"), lambda one: cells.code(one.number), 104),
        Column[Candidate]("order", tr("Order"), _order, 170, stretch=True),
        Column[Candidate]("due", tr("Due"), due, 92),
        Column[Candidate]("class", tr("Class"), lambda one: cells.text(one.priority, tone=Tone.SOFT), 56),
        Column[Candidate]("carrier", tr("Carrier"), _carrier, 120),
        Column[Candidate]("lines", tr("Lines"), lambda one: cells.quantity(one.lines), 62, right=True),
    )


def _order(one: Candidate) -> Cell:
    return Cell(one.customer, strong=True, second=one.order_number, second_code=True)


def _carrier(one: Candidate) -> Cell:
    if not one.carrier:
        return Cell("–", tone=Tone.FAINT)
    return Cell(one.carrier, second=tr("comes {}").format(one.cut_off) if one.cut_off else "")


def _wave_number(wave: OpenWave) -> Cell:
    return Cell(wave.number, strong=True, code=True, second=tr(METHODS[wave.method]))


_WAVE_COLUMNS: Final = (
    Column[OpenWave]("number", "Wave", _wave_number, 220, stretch=True),
    Column[OpenWave]("lists", "Lists done", lambda wave: cells.progress(wave.done, wave.lists), 110),
)


def _first_cut_off(chosen: list[Candidate], now: datetime) -> datetime | None:
    """When the first carrier of the lists comes today, at this desk's time."""
    hours = sorted(one.cut_off for one in chosen if one.cut_off)
    here = now.astimezone()
    return datetime.combine(here.date(), time.fromisoformat(hours[0]), here.tzinfo) if hours else None


def _read(connection: Connection, wish: Wish) -> Found:
    places = tuple((one.id, one.name) for one in warehouses.all_of(connection) if one.kind == "warehouse")
    place = wish.place or stock_ledger.main_location(connection)
    every = waves.candidates(connection, place)
    found = waves.candidates(
        connection,
        place,
        carrier_name=wish.carrier,
        zone=wish.zone,
        due_by=wish.due_by,
        priority=wish.priority,
    )
    zones = sorted({one.zone for one in warehouses.bins(connection, place) if one.zone})
    carriers = sorted({one.carrier for one in every if one.carrier})
    open_waves = tuple(_open_wave(connection, row) for row in waves.open_waves(connection))
    return Found(tuple(found), open_waves, places, tuple(zones), tuple(carriers))


def _open_wave(connection: Connection, row: Any) -> OpenWave:
    lists = waves.lists(connection, row.id)
    done = sum(one.state != PickState.OPEN for one in lists)
    zones = tuple(waves.zones(connection, row.id)) if row.method == Method.ZONE else ()
    return OpenWave(row.id, row.number, Method(row.method), len(lists), done, zones)


PLACE: Final = Place("waves", "Waves", "boxes", Group.HIDDEN, WavesScreen, kinds=("waves",), commands=commands.COMMANDS)
