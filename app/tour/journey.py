"""``waybill tour --out DIR``: the main job as a program.

Drives the real window through three sales on the sample company: one from the shelf, from the first key of a quote to
the last payment; one of goods that are made, bought, sent by a supplier and sold as a kit, shipped in parts and in
part replaced; and one that is bargained for, billed in parts, paid by bank statement, disputed and reminded of.
Saves a picture of every screen, light and dark, and every paper as PDF; checks the books and prints a one-page
summary.  Without a screen it works offscreen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final

from PySide6.QtCore import QLocale, QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import func, select

from app import main
from app.models.order import sales_order
from app.services import demo, integrity, migration
from app.services.database import Database, sqlite_url
from app.tour.billed import BilledSale
from app.tour.hands import Hands
from app.tour.sale import Sale
from app.tour.summary import Summary, TourFailed
from app.tour.supplied import SuppliedSale
from app.views.demand.screen import DemandScreen
from app.views.places import PLACES
from app.views.theme import Choice
from app.views.widgets.chart import Chart

SIZE: Final = (1440, 900)
DASHBOARDS: Final = ("sales", "operations", "receivables", "inventory")


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
            tour = Journey(program, out)
            tour.take()
        finally:
            program.close()
    tour.summary.seconds = monotonic() - began
    return tour.summary


class Journey(Hands):
    """The whole tour, in its order."""

    def take(self) -> None:
        """Take it."""
        self.window.resize(*SIZE)
        self.window.show()
        self._forecast()
        self._show_places("light")
        sale = Sale(self.program, self.out, self.summary)
        order_id = sale.write_quote()
        sale.carry_out(order_id)
        sale.save_papers(order_id)
        SuppliedSale(self.program, self.out, self.summary).take()
        BilledSale(self.program, self.out, self.summary).take()
        self.program.theme.choose(Choice.DARK)
        self._show_places("dark")
        sale.open_order(order_id)
        self.picture("order_paid_dark")
        self._check_books()

    def _forecast(self) -> None:
        """Forecast the demand of all products, and wait until the first one's picture is drawn."""
        self.window.show_place("demand")
        self.settle()
        screen = self.screen(DemandScreen)
        self.program.context.commands.start("forecast.run")
        self.until(partial(_has_rows, screen.list), "No forecast came")
        self.until(partial(_is_drawn, screen), "The picture of the demand was not drawn")

    def _show_places(self, look: str) -> None:
        for place in PLACES:
            if place.group == "hidden":
                continue
            self.window.show_place(place.id)
            self.settle()
            screen = self.window.screen_on_show
            listing = getattr(screen, "list", None) or getattr(screen, "page", None)
            if listing is not None and hasattr(listing, "view") and hasattr(listing, "table"):
                self.until(partial(_has_rows, listing), f"{place.title} shows no rows", must=False)
                if listing.table.rowCount():
                    listing.view.pick(0)
                    self.settle()
            self.picture(f"{place.id}_{look}")
        self._show_dashboards(look)
        self.window.activateWindow()
        self.window.finder.open()
        self.settle()
        self.type("har")
        self.settle()
        self.picture(f"palette_{look}", QApplication.activeModalWidget() or self.window)
        self.key(Qt.Key.Key_Escape)
        self.settle()

    def _show_dashboards(self, look: str) -> None:
        for tab in DASHBOARDS:
            self.program.context.open("dashboards", tab=tab)
            self.settle()
            screen: Any = self.window.screen_on_show
            self.until(partial(_is_drawn, screen.boards[tab]), f"the dashboard of {tab} shows no charts")
            self.settle()
            self.picture(f"dashboard_{tab}_{look}")

    def _check_books(self) -> None:
        damages = self.read(integrity.check)
        self.summary.damages = len(damages)
        if damages:
            print(integrity.report(damages))
        self.summary.orders = self.read(lambda c: c.execute(select(func.count()).select_from(sales_order)).scalar_one())


def _is_drawn(board: QWidget) -> bool:
    return all(chart.is_drawn for chart in board.findChildren(Chart))


def _has_rows(page: Any) -> bool:
    return bool(page.table.rowCount() > 0)
