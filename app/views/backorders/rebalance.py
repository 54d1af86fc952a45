"""Short stock shared out anew: rules by class of customer, every moved piece with its reason, all of it or nothing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QStackedWidget, QVBoxLayout, QWidget

from app.errors import Conflict, UserError
from app.models.product import shown
from app.models.rebalancing import Strategy
from app.services import rebalancing
from app.services.database import Database
from app.services.progress import Progress
from app.services.rebalancing import Line, MovedPiece, Preview, Rules
from app.views import cells
from app.views import format as written
from app.views.backorders import commands
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.rows_table import RowsTable
from app.views.screen import Group, Place, Screen, Target
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.form import Form
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView
from app.views.widgets.page_frame import frame
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel

CLASSES: Final = ("A", "B", "C", "")
STRATEGIES: Final = {
    Strategy.WIN: "Win: served whole, first",
    Strategy.GAIN: "Gain: keeps, may get more",
    Strategy.SHARE: "Share: shared out anew",
    Strategy.FILL: "Fill: gets nothing more",
    Strategy.LOSE: "Lose: gives up what it has",
}
USUAL: Final = {"A": Strategy.WIN, "B": Strategy.GAIN, "C": Strategy.SHARE, "": Strategy.SHARE}
SORTS: Final = {
    ("priority", "promised_on", "ordered_on"): "Class, promised day, order day",
    ("promised_on", "priority", "ordered_on"): "Promised day, class, order day",
    ("ordered_on", "promised_on", "priority"): "Order day, promised day, class",
}


class RebalanceScreen(Screen):
    """Rules at the side, the moved pieces in the middle."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "rebalance")
        self.bind(commands.SHOW, self.show_moves)
        self.bind(commands.ACCEPT, self.accept_all)
        self.found: Preview | None = None
        self._rules: Rules | None = None
        self._lay_out()

    def visit(self, _target: Target) -> None:
        """Show what would move by the rules as they stand."""
        self.show_moves()

    def rules(self) -> Rules:
        """The rules as chosen."""
        by_class = {name: box.currentData() for name, box in self.classes.items()}
        return Rules(by_priority=by_class, otherwise=by_class[""], sort=tuple(self.sort.currentData()))

    def show_moves(self) -> None:
        """Work out what would move; nothing is changed."""
        self._rules, self.found = self.rules(), None
        self.context.commands.allow(commands.ACCEPT.id, allowed=False)
        self.banner.set_text("")
        work = partial(_preview, database=self.context.database, rules=self._rules, on=self.context.today())
        text = self.tr("Sharing out short stock…")
        self.context.tasks.run_long(self, text, work, partial(self._show, self._rules), self._refused)

    def accept_all(self) -> None:
        """Do what is shown, or nothing."""
        if self.found is None or self._rules is None or not self.found.moved:
            return
        rules, mark = self._rules, self.found.mark
        self.context.commands.allow(commands.ACCEPT.id, allowed=False)
        self.context.run(
            self,
            "stock.rebalance",
            lambda tx: rebalancing.apply(tx, rules, mark),
            said=_said,
            done=self._moved,
            failed=self._refused,
            inverse=Inverse("stock.take_back_sharing", rebalancing.take_back),
        )

    # inner -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.header = PageHeader(self.tr("Share out short stock"), back=True)
        self.header.back_wanted.connect(self.context.navigator.back)
        self.header.add(
            ActionButton(self.context.commands[commands.SHOW.id], "refresh-cw"),
            ActionButton(self.context.commands[commands.ACCEPT.id], "check", Kind.PRIMARY),
        )
        self.rows: RowsTable[MovedPiece] = RowsTable(_columns(self.context.today))
        self.view = ListView(self.rows, "moved_pieces", two_lines=True)
        self.view.setAccessibleName(self.tr("Moved pieces"))
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        self.banner = Banner()
        self.why = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.exceptions = Label("", Type.BODY, Tone.WARN, wrap=True)
        main = QVBoxLayout()
        main.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        main.setSpacing(Space.MEDIUM)
        for widget in (self.banner, self.exceptions):
            main.addWidget(widget)
        self.nothing = EmptyState(
            "circle-check",
            self.tr("Nothing moves"),
            self.tr("Everybody has what these rules give. Choose other rules at the side."),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.nothing)
        main.addWidget(self.stack, 1)
        main.addWidget(self.why)
        frame(self, self.header, main, self._side())

    def _side(self) -> QWidget:
        panel = SidePanel(RECORD_PANEL + 56)
        panel.close_button.hide()
        section = Section(self.tr("Customers of class"))
        self.form, self.classes, self.sort = Form(), dict[str, QComboBox](), QComboBox()
        for name in CLASSES:
            box = self.classes[name] = QComboBox()
            for strategy, words in STRATEGIES.items():
                box.addItem(tr(words), strategy)
            box.setCurrentIndex(box.findData(USUAL[name]))
            box.activated.connect(self._rule_chosen)
            self.form.add(f"class_{name or 'none'}", name or self.tr("none"), box)
        for keys, words in SORTS.items():
            self.sort.addItem(tr(words), list(keys))
        self.sort.activated.connect(self._rule_chosen)
        self.form.add("sort", self.tr("First"), self.sort)
        section.body.addWidget(self.form)
        section.body.addWidget(
            Label(
                self.tr(
                    "Only what is promised and not picked moves. Lines reserved by hand, made or bought to order, "
                    "leaving from several warehouses or waiting for a deposit are left out."
                ),
                Type.META,
                Tone.FAINT,
                wrap=True,
            )
        )
        panel.add(section, line=False)
        return panel

    def _rule_chosen(self, _: int) -> None:
        self.show_moves()

    def _show(self, rules: Rules, found: Preview) -> None:
        if rules is not self._rules:
            return
        self.found = found
        self.rows.set_rows(found.moved)
        self.context.commands.allow(commands.ACCEPT.id, allowed=bool(found.moved))
        number = len({side.order_id for piece in found.moved for side in (piece.giver, piece.taker) if side})
        pieces = tr("{} moves between {} orders").format(len(found.moved), number)
        self.header.set_title(self.tr("Share out short stock"), pieces if found.moved else tr("nothing moves"))
        self.exceptions.setText(_unserved(found))
        self.exceptions.setVisible(bool(found.exceptions))
        self.stack.setCurrentIndex(0 if found.moved else 1)
        self.why.setText("")
        if found.moved:
            self.view.pick(0)
            self.view.setFocus()

    def _picked(self, piece: MovedPiece | None) -> None:
        self.why.setText(piece.why if piece is not None else "")

    def _opened(self, piece: MovedPiece) -> None:
        side = piece.taker or piece.giver
        if side is not None:
            self.context.open("order", side.order_id)

    def _moved(self, _done: rebalancing.Done) -> None:
        self.show_moves()

    def _refused(self, error: UserError) -> None:
        if isinstance(error, Conflict):
            self.show_moves()
            self.banner.set_text(
                self.tr("Orders or stock have changed since: nothing was moved."), self.tr("Here is how it stands now.")
            )
        else:
            self.banner.set_text(str(error))


def _said(_done: rebalancing.Done) -> str:
    return tr("The pieces are moved; orders, pick lists and days follow.")


def _preview(progress: Progress, database: Database, rules: Rules, on: date) -> Preview:
    return database.read(lambda connection: rebalancing.preview(connection, rules, on=on, progress=progress))


def _columns(today: Any) -> tuple[Column[MovedPiece], ...]:
    def side(line: Line | None) -> Cell:
        if line is None:
            return Cell(tr("free stock"), tone=Tone.FAINT)
        facts = [line.customer_name, tr("class {}").format(line.priority) if line.priority else ""]
        facts.append(written.day(line.promised_on, today()) if line.promised_on else "")
        return Cell(line.order_number, strong=True, code=True, second=" · ".join(part for part in facts if part))

    def name(line: Line | None) -> Cell:
        return cells.text(str(line.strategy).capitalize() if line else "", tone=Tone.SOFT)

    return (
        Column[MovedPiece]("item", tr("Item"), _item, 150, stretch=True),
        Column[MovedPiece](
            "pieces", tr("Pieces"), lambda piece: cells.text(_pieces(piece), strong=True), 68, right=True
        ),
        Column[MovedPiece]("giver", tr("From"), lambda piece: side(piece.giver), 200),
        Column[MovedPiece]("gives", "", lambda piece: name(piece.giver), 56),
        Column[MovedPiece]("taker", tr("To"), lambda piece: side(piece.taker), 200),
        Column[MovedPiece]("takes", "", lambda piece: name(piece.taker), 56),
    )


def _item(piece: MovedPiece) -> Cell:
    side = piece.taker or piece.giver
    return cells.two_lines(side.name if side else piece.sku, piece.sku)


def _pieces(piece: MovedPiece) -> str:
    side = piece.taker or piece.giver
    return shown(Fraction(piece.grains, side.grain)) if side else ""


def _unserved(found: Preview) -> str:
    """Name the lines that should win and are not served whole."""
    words = [
        tr("{} {}: {} of {}").format(
            line.order_number,
            line.sku,
            shown(Fraction(promised, line.grain)),
            shown(Fraction(line.wanted, line.grain)),
        )
        for line, promised in found.exceptions[:6]
    ]
    if not words:
        return ""
    more = tr(" and {} more").format(len(found.exceptions) - 6) if len(found.exceptions) > 6 else ""
    return tr("Should win and cannot be served whole: {}").format("; ".join(words) + more)


PLACE: Final = Place(
    "rebalance",
    "Share out short stock",
    "arrow-up-down",
    Group.HIDDEN,
    RebalanceScreen,
    kinds=("rebalance",),
    commands=commands.RUN_COMMANDS,
)
