"""How an order leaves: as goods are available, line by line or together, and from which warehouse."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox
from sqlalchemy import Connection

from app.models.warehouse_choice import Rule
from app.services import warehouses
from app.services.warehouses import Warehouse
from app.views.context import Context
from app.views.document_page import DocumentPage
from app.views.format import tr

SHIPS: Final = {
    "available": "As goods are available",
    "line": "Whole lines only",
    "complete": "Complete, all together",
}
RULES: Final = {
    Rule.NEAREST: "The nearest that have it",
    Rule.FEWEST: "As few parcels as can be",
    Rule.CHEAPEST: "The cheapest parcels",
}


class Leaving(QObject):
    """Two fields more in the terms of an order; a rule for the warehouse only where there are several."""

    def __init__(self, context: Context, page: DocumentPage) -> None:
        super().__init__(page)
        self._page = page
        self._warehouses: list[Warehouse] = []
        self.ships, self.place = QComboBox(), QComboBox()
        for policy, words in SHIPS.items():
            self.ships.addItem(tr(words), policy)
        page.form.add("ship_policy", self.tr("Ships"), self.ships)
        page.form.add("sourcing_rule", self.tr("Leaves from"), self.place)
        self.ships.activated.connect(self._ships_chosen)
        self.place.activated.connect(self._place_chosen)
        page.shown.connect(self._show)
        context.tasks.read(self, _warehouses, self._know)

    def _know(self, found: list[Warehouse]) -> None:
        self._warehouses = found
        if self._page.document is not None:
            self._show(self._page.document.head)

    def _show(self, head: Any) -> None:
        self.ships.setCurrentIndex(self.ships.findData(head.ship_policy))
        own = head.location_id or (self._warehouses[0].id if self._warehouses else None)
        self.place.clear()
        for one in self._warehouses:
            if head.state == "draft" or one.id == own:
                self.place.addItem(one.name, ("", one.id))
        if len(self._warehouses) > 1:
            for rule, words in RULES.items():
                self.place.addItem(tr(words), (str(rule), None))
        wanted = (head.sourcing_rule, None) if head.sourcing_rule else ("", own)
        kept = [n for n in range(self.place.count()) if tuple(self.place.itemData(n)) == wanted]
        self.place.setCurrentIndex(kept[0] if kept else -1)

    def _ships_chosen(self, _: int) -> None:
        self._page.change_head("ship_policy", str(self.ships.currentData()))

    def _place_chosen(self, _: int) -> None:
        rule, place = self.place.currentData()
        head = self._page.document.head if self._page.document else None
        if head is None:
            return
        self._page.change_head("sourcing_rule", rule)
        if place is not None and head.state == "draft" and place != head.location_id:
            self._page.change_head("location_id", place)


def _warehouses(connection: Connection) -> list[Warehouse]:
    return [one for one in warehouses.all_of(connection) if one.kind == "warehouse"]
