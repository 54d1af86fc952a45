"""The bar above a table: words to find, filters in force as chips, order and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.views.list_spec import Filter, ListSpec
from app.views.tokens import Space
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.chips import FilterChip
from app.views.widgets.search_field import SearchField

GAP = Space.SMALL - 2


class FilterBar(QWidget):
    """Holds what is chosen; ``changed`` tells that the list must be asked anew."""

    changed = Signal()
    columns_wanted = Signal()
    saving_wanted = Signal()

    def __init__(self, spec: ListSpec[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self.chosen: dict[str, str] = {}
        self.order = ""
        self.search = SearchField(spec.search_hint, self.tr("Filter the list"))
        self.search.textChanged.connect(self._tell)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.PAGE, Space.SMALL + 2, Space.PAGE, Space.SMALL + 2)
        row.setSpacing(GAP)
        row.addWidget(self.search)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(GAP)
        row.addLayout(self._chips)
        self.filter_button = Button(self.tr("Filter"), "list-filter", Kind.QUIET, small=True)
        self.filter_button.clicked.connect(self.open_filters)
        row.addWidget(self.filter_button)
        self.filter_button.setVisible(bool(spec.filters))
        row.addStretch(1)
        self.sort_button = Button(icon="arrow-up-down", kind=Kind.ICON, name=self.tr("Order"), small=True)
        self.sort_button.clicked.connect(self.open_orders)
        self.columns_button = Button(icon="columns-3", kind=Kind.ICON, name=self.tr("Columns"), small=True)
        self.columns_button.clicked.connect(self.columns_wanted)
        self.save_button = Button(icon="download", kind=Kind.ICON, name=self.tr("Save the list as a table"), small=True)
        self.save_button.clicked.connect(self.saving_wanted)
        row.addWidget(self.sort_button)
        row.addWidget(self.columns_button)
        row.addWidget(self.save_button)

    def offer(self, one: Filter) -> None:
        """Offer other options of a filter, e.g. warehouses that have just been read."""
        kept = [known if known.name != one.name else one for known in self._spec.filters]
        self._spec = replace(self._spec, filters=tuple(kept))
        self._show_chips()

    def take(self, chosen: Mapping[str, str], order: str) -> None:
        """Show a saved filter, without telling about it."""
        self.chosen, self.order = dict(chosen), order
        self._show_chips()

    def set_filter(self, name: str, option_id: str) -> None:
        """Set one filter, or take it away (empty)."""
        self.chosen.pop(name, None)
        if option_id:
            self.chosen[name] = option_id
        self._show_chips()
        self.changed.emit()

    def set_order(self, order: str) -> None:
        """Order by a sort of the listing; ``-`` before it is descending."""
        self.order = order
        self.changed.emit()

    def words(self) -> list[str]:
        """What is chosen, in words, for the name of a new tab."""
        words = []
        for name, option_id in self.chosen.items():
            known = self._spec.filter(name)
            option = known.option(option_id) if known else None
            if option is not None:
                words.append(option.title)
        return words

    def open_filters(self) -> QMenu:
        """Open the menu of all filters."""
        menu = QMenu(self)
        for one in self._spec.filters:
            if not one.options:
                continue
            sub = self._filter_menu(one.name)
            sub.setTitle(one.title)
            menu.addMenu(sub)
        return _popup(menu, self.filter_button)

    def open_orders(self) -> QMenu:
        """Open the menu of all orders."""
        menu = QMenu(self)
        for column in self._spec.columns:
            for sign, arrow in (("", "↑"), ("-", "↓")) if column.sort else ():
                action = QAction(f"{column.title} {arrow}", menu)
                action.setData(f"{sign}{column.sort}")
                action.triggered.connect(self._order_chosen)
                menu.addAction(action)
        return _popup(menu, self.sort_button)

    def _tell(self, _text: str) -> None:
        self.changed.emit()

    def _show_chips(self) -> None:
        while (item := self._chips.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for name, option_id in self.chosen.items():
            known = self._spec.filter(name)
            option = known.option(option_id) if known else None
            if known is not None and option is not None:
                chip = FilterChip(known.title, option.title)
                chip.setObjectName(name)
                chip.clicked.connect(self._chip_clicked)
                chip.removed.connect(self._chip_removed)
                self._chips.addWidget(chip)

    def _chip_clicked(self) -> None:
        chip = self.sender()
        assert isinstance(chip, FilterChip)
        _popup(self._filter_menu(chip.objectName()), chip)

    def _chip_removed(self) -> None:
        self.set_filter(self.sender().objectName(), "")

    def _filter_menu(self, name: str) -> QMenu:
        menu = QMenu(self)
        known = self._spec.filter(name)
        for option in known.options if known else ():
            action = QAction(option.title, menu, checkable=True)
            action.setChecked(self.chosen.get(name) == option.id)
            action.setData((name, option.id))
            action.triggered.connect(self._option_chosen)
            menu.addAction(action)
        return menu

    def _option_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        name, option_id = action.data()
        self.set_filter(name, option_id if action.isChecked() else "")

    def _order_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.set_order(str(action.data()))


def _popup(menu: QMenu, below: QWidget) -> QMenu:
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(below.mapToGlobal(QPoint(0, below.height() + 2)))
    return menu
