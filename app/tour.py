"""``waybill tour --out DIR``: the main job as a program.

Drives the real window through a whole sale on the sample company, from the first key of a quote to the
last payment; saves a picture of every screen, light and dark, and every paper as PDF; checks the books
and prints a one-page summary.  Without a screen it works offscreen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeVar
from uuid import UUID

from PySide6.QtCore import QEvent, QEventLoop, QLocale, QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import Connection, func, select

from app import main
from app.models.order import sales_order
from app.models.product import product
from app.models.stock import stock_level
from app.services import demo, integrity, migration, overview, papers, parties
from app.services.database import Database, sqlite_url
from app.services.overview import OrderOverview
from app.services.papers import Wanted
from app.views.dialogs.accept import AcceptDialog
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.ship import ShipDialog
from app.views.lines import LineEditor
from app.views.orders.screen import OrdersScreen
from app.views.places import PLACES
from app.views.quotes.screen import QuotesScreen
from app.views.theme import Choice

T = TypeVar("T")
SIZE: Final = (1440, 900)
PATIENCE_S: Final = 60.0
SETTLE_MS: Final = 350
STEPS_MOST: Final = 12
"""A sale has at most so many steps; more means that one of them did nothing."""


class TourFailed(Exception):
    """The window did not do what the tour waited for; the text says what."""


@dataclass
class Summary:
    """What the tour did, for its last page."""

    pictures: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    orders: int = 0
    damages: int = 0
    seconds: float = 0.0

    def page(self) -> str:
        """Write the summary."""
        books = "clean" if not self.damages else f"{self.damages} damaged rows, see the report above"
        return "\n".join(
            [
                "Waybill tour",
                "============",
                f"Sample company with {self.orders:,} orders.",
                "",
                "The sale:",
                *(f"  {number:2}. {step}" for number, step in enumerate(self.steps, 1)),
                "",
                f"Pictures: {len(self.pictures)}",
                f"Papers:   {', '.join(self.papers)}",
                f"Books:    {books}",
                f"Time:     {self.seconds:.0f} s",
            ]
        )


def run(arguments: Sequence[str]) -> int:
    """Take the tour into the folder of ``--out``; 0 when the sale went through and the books are clean."""
    parser = argparse.ArgumentParser(prog="waybill tour", description="Sell something from quote to cash.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures and PDFs")
    chosen = parser.parse_args(list(arguments))
    try:
        summary = take(chosen.out)
    except TourFailed as error:
        print(f"The tour stopped: {error}", file=sys.stderr)
        return 1
    print(summary.page())
    return 1 if summary.damages else 0


def take(out: Path) -> Summary:
    """Take the tour and save what it shows in ``out``.

    Raises:
        TourFailed: the window did not do what was expected of it.

    """
    began = monotonic()
    out.mkdir(parents=True, exist_ok=True)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    application = main.make_application()
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="waybill-tour-") as folder:
        url = sqlite_url(Path(folder) / "sample.waybill")
        migration.upgrade(url)
        database = Database(url)
        demo.build(database, "S", today=now.date(), by="tour")
        store = QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat)
        program = main.start(application, database, store=store, look=Choice.LIGHT, now=now)
        try:
            tour = Tour(program, out)
            tour.take()
        finally:
            program.close()
    tour.summary.seconds = monotonic() - began
    return tour.summary


class Tour:
    """Drives one window, as a person would: keys, clicks, and waiting until something is there."""

    def __init__(self, program: main.Program, out: Path) -> None:
        self._program, self._out = program, out
        self._window = program.window
        self.summary = Summary()
        self._trouble: list[str] = []
        program.context.tasks.failed.connect(self._failed)
        program.context.messages.warned.connect(self._trouble.append)

    def take(self) -> None:
        """The whole tour."""
        self._window.resize(*SIZE)
        self._window.show()
        self._show_places("light")
        order_id = self._write_quote()
        self._carry_out(order_id)
        self._save_papers(order_id)
        self._program.theme.choose(Choice.DARK)
        self._show_places("dark")
        self._open_order(order_id)
        self._picture("order_paid_dark")
        self._check_books()

    # screens -----------------------------------------------------------------------------------

    def _show_places(self, look: str) -> None:
        for place in PLACES:
            if place.group == "hidden":
                continue
            self._window.show_place(place.id)
            self._settle(SETTLE_MS * 2)
            screen = self._window.screen_on_show
            listing = getattr(screen, "list", None) or getattr(screen, "page", None)
            if listing is not None and hasattr(listing, "view") and hasattr(listing, "table"):
                self._until(partial(_has_rows, listing), f"{place.title} shows no rows", must=False)
                if listing.table.rowCount():
                    listing.view.pick(0)
                    self._settle(SETTLE_MS * 2)
            self._picture(f"{place.id}_{look}")
        self._window.activateWindow()
        self._window.finder.open()
        self._settle()
        self._type("har")
        self._settle(SETTLE_MS * 3)
        self._picture(f"palette_{look}", QApplication.activeModalWidget() or self._window)
        self._key(Qt.Key.Key_Escape)
        self._settle()

    # the sale ----------------------------------------------------------------------------------

    def _write_quote(self) -> UUID:
        customer, skus = self._read(_customer), self._read(_skus)
        self._window.show_place("quotes")
        screen = self._screen(QuotesScreen)
        screen.new_for(customer)
        editor: LineEditor = screen.page.editor
        self._until(lambda: screen.page.document is not None and editor.draft is not None, "the new quote did not open")
        self._note("A new quote is written for a customer")
        for sku in skus:
            lines = len(editor.lines())
            editor.start()
            self._type(sku, editor.add)
            self._settle()
            self._key(Qt.Key.Key_Return, editor.add)
            self._until(partial(_has_lines, editor, lines + 1), f"{sku} was not added")
        self._note(f"{len(skus)} lines are typed by SKU and Enter")
        self._key(Qt.Key.Key_Tab, editor.add)
        self._settle()
        self._type("3*4")
        self._key(Qt.Key.Key_Return)
        self._until(lambda: editor.lines()[-1].quantity == Decimal(12), "the quantity 3*4 was not taken")
        self._until(screen.page.is_saved, "the quote was not saved")
        self._settle()
        self._picture("quote_writing")
        quote_id: UUID = screen.page.document.head.id  # type: ignore[union-attr]
        screen.send()
        self._until(lambda: self._window.screen_on_show is not screen, "the sent quote was not shown as it prints")
        self._settle(SETTLE_MS * 3)
        self._picture("quote_printed")
        self._note("The quote is sent: version 1 is frozen and printed")
        self._program.context.open("quote", quote_id)
        self._settle(SETTLE_MS * 2)
        screen.revise()
        self._until(
            lambda: screen.page.document is not None and screen.page.document.head.state == "draft", "not revised"
        )
        self._settle()
        screen.page.discount.setText("2")
        screen.page.discount.editingFinished.emit()
        self._until(screen.page.is_saved, "the discount was not saved")
        screen.send()
        self._until(lambda: self._window.screen_on_show is not screen, "version 2 was not shown")
        self._note("The customer asks for 2 % off: version 2 is sent")
        return self._accept(screen, quote_id)

    def _accept(self, screen: QuotesScreen, quote_id: UUID) -> UUID:
        self._program.context.open("quote", quote_id)
        self._until(lambda: screen.page.document is not None and screen.page.document.head.version == 2, "no version 2")
        self._settle(SETTLE_MS * 2)
        screen.accept_quote()
        dialog = self._dialog(AcceptDialog)
        dialog.po.setText("4500-88213")
        dialog.signer.setText("Jo Finch")
        dialog.signed_as.setCurrentIndex(1)
        self._settle()
        self._draw(dialog.pad)
        self._picture("quote_accepting", dialog)
        dialog.submit()
        self._until(lambda: isinstance(self._window.screen_on_show, OrdersScreen), "the order was not opened")
        self._note("The customer signs, with PO 4500-88213: the order is confirmed")
        orders = self._screen(OrdersScreen)
        self._until(lambda: orders.page.overview is not None, "the order was not read")
        order_id: UUID = orders.page.overview.order.id  # type: ignore[union-attr]
        return order_id

    def _carry_out(self, order_id: UUID) -> None:
        """Press the primary button until nothing is left to do."""
        orders = self._screen(OrdersScreen)
        for _ in range(STEPS_MOST):
            self._open_order(order_id)
            found = self._read(partial(_overview, order_id=order_id))
            if not found.next_step:
                break
            self._until(partial(_offers, orders, found.next_step), f"the order page does not offer {found.next_step}")
            self._picture(f"order_{found.next_step.replace('.', '_')}")
            words = orders.page.next.text()
            orders.page.take_next_step()
            dialog = self._dialog(FormDialog)
            if isinstance(dialog, ShipDialog):
                dialog.carrier.setEditText("DHL Freight")
                dialog.tracking.setText("JD014600006228974219")
            self._settle()
            self._picture(f"dialog_{found.next_step.replace('.', '_')}", dialog)
            dialog.submit()
            self._until(partial(self._moved_on, found), f"{words} did nothing")
            self._note(words)
        else:
            raise TourFailed("the sale did not come to its end")
        self._open_order(order_id)
        self._settle(SETTLE_MS * 3)
        self._picture("order_paid_light")
        state = self._read(partial(_overview, order_id=order_id)).order
        if (state.state, state.billing_state) != ("closed", "paid"):
            raise TourFailed(f"order {state.number} ended {state.state}, {state.billing_state}")
        self._note(f"{state.number} is closed: shipped, invoiced and paid, {state.total:.2f} {state.currency}")

    def _moved_on(self, before: OrderOverview) -> bool:
        """Tell whether the order has changed since ``before`` was read."""
        now = self._read(partial(_overview, order_id=before.order.id))
        return now.order.revision != before.order.revision or now.next_step != before.next_step

    def _open_order(self, order_id: UUID) -> None:
        self._program.context.open("order", order_id)
        orders = self._screen(OrdersScreen)
        self._until(
            lambda: orders.page.overview is not None and orders.page.overview.order.id == order_id, "order not shown"
        )
        self._settle(SETTLE_MS * 2)

    def _save_papers(self, order_id: UUID) -> None:
        for wanted in self._read(lambda connection: papers.of_order(connection, order_id)):
            self._save_paper(wanted)
        self._program.context.open("print", order_id, kinds="order")
        self._settle(SETTLE_MS * 4)
        self._picture("print_preview")

    def _save_paper(self, wanted: Wanted) -> None:
        paper = self._read(lambda connection: papers.build(connection, (wanted,)))
        name = f"{wanted.kind}.pdf"
        number = 2
        while name in self.summary.papers:
            name, number = f"{wanted.kind}_{number}.pdf", number + 1
        (self._out / name).write_bytes(paper.pdf)
        self.summary.papers.append(name)

    def _check_books(self) -> None:
        damages = self._read(integrity.check)
        self.summary.damages = len(damages)
        if damages:
            print(integrity.report(damages))
        self.summary.orders = self._read(
            lambda c: c.execute(select(func.count()).select_from(sales_order)).scalar_one()
        )

    # hands and eyes ----------------------------------------------------------------------------

    def _note(self, step: str) -> None:
        self.summary.steps.append(step)

    def _failed(self, error: Exception) -> None:
        self._trouble.append(str(error))

    def _read(self, op: Callable[[Connection], T]) -> T:
        return self._program.database.read(op)

    def _screen(self, kind: type[T]) -> T:
        screen = self._window.screen_on_show
        if not isinstance(screen, kind):
            raise TourFailed(f"{kind.__name__} is not on show")
        return screen

    def _dialog(self, kind: type[T]) -> T:
        found: list[T] = []

        def there() -> bool:
            found[:] = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
            return bool(found)

        self._until(there, f"no {kind.__name__} opened")
        return found[0]

    def _until(self, true: Callable[[], bool], otherwise: str, *, must: bool = True) -> None:
        limit = monotonic() + (PATIENCE_S if must else 3.0)
        while not true():
            if monotonic() > limit:
                if must:
                    raise TourFailed(f"{otherwise}. {' '.join(self._trouble[-2:])}".strip())
                return
            self._settle(20)

    def _settle(self, milliseconds: int = SETTLE_MS) -> None:
        """Let the window work for a moment."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def _picture(self, name: str, widget: QWidget | None = None) -> None:
        (widget or self._window).grab().save(str(self._out / f"{name}.png"))
        self.summary.pictures.append(name)

    def _type(self, text: str, into: QWidget | None = None) -> None:
        for letter in text:
            self._send(Qt.Key.Key_unknown, letter, into)

    def _key(self, key: Qt.Key, into: QWidget | None = None) -> None:
        texts = {Qt.Key.Key_Return: "\r", Qt.Key.Key_Tab: "\t"}
        self._send(key, texts.get(key, ""), into)

    def _send(self, key: Qt.Key, text: str, into: QWidget | None) -> None:
        target = into or QApplication.focusWidget() or self._window.focusWidget()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.postEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))
        self._settle(5)

    def _draw(self, pad: QWidget) -> None:
        """Sign with the mouse."""
        points = [QPoint(30 + 9 * step, 70 - (step * 37) % 41) for step in range(28)]
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        moves = [(QEvent.Type.MouseButtonPress, points[0], left, left)]
        moves += [(QEvent.Type.MouseMove, point, none, left) for point in points[1:]]
        moves.append((QEvent.Type.MouseButtonRelease, points[-1], left, none))
        for kind, point, button, buttons in moves:
            where = QPointF(point)
            event = QMouseEvent(kind, where, pad.mapToGlobal(where), button, buttons, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(pad, event)


def _overview(connection: Connection, order_id: UUID) -> OrderOverview:
    return overview.read(connection, order_id)


def _offers(orders: OrdersScreen, step: str) -> bool:
    """Tell whether the order's page offers a step."""
    return orders.page.overview is not None and orders.page.overview.next_step == step


def _has_rows(page: Any) -> bool:
    return bool(page.table.rowCount() > 0)


def _has_lines(editor: LineEditor, number: int) -> bool:
    return len(editor.lines()) == number


def _customer(connection: Connection) -> UUID:
    found = parties.find(connection, "Harbor", 1) or parties.find(connection, "", 1)
    return found[0][0]


def _skus(connection: Connection) -> list[str]:
    """Five well-stocked products of some worth, of different kinds."""
    rows = connection.execute(
        select(product.c.sku, product.c.category)
        .join(stock_level, stock_level.c.product_id == product.c.id)
        .where(stock_level.c.free >= 20 * product.c.grain, product.c.list_price.between(Decimal(12), Decimal(400)))
        .order_by(product.c.list_price.desc(), product.c.sku)
    )
    by_kind: dict[str, str] = {}
    for row in rows:
        by_kind.setdefault(row.category, row.sku)
    return list(by_kind.values())[:5]
