"""What can be done with one of the user's own tabs: keep the filter in force in it, rename it, remove it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from app.views.saved_filters import SavedFilters


class _Page(Protocol):
    """The list page the tab belongs to."""

    saved: SavedFilters

    def keep_in_tab(self, tab_id: str) -> None: ...
    def rename_tab(self, tab_id: str, title: str) -> None: ...
    def remove_tab(self, tab_id: str) -> None: ...


class TabMenu(QMenu):
    """Opens where the tab was clicked with the right button."""

    def __init__(self, page: _Page, tab_id: str) -> None:
        assert isinstance(page, QWidget)
        super().__init__(page)
        self._page, self._tab_id = page, tab_id
        self.addAction(self.tr("Keep the present filter here")).triggered.connect(self._keep)
        self.addAction(self.tr("Rename…")).triggered.connect(self._rename)
        self.addAction(self.tr("Remove")).triggered.connect(self._remove)

    def _keep(self) -> None:
        self._page.keep_in_tab(self._tab_id)

    def _rename(self) -> None:
        dialog = QInputDialog(self.parentWidget())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Rename"))
        dialog.setLabelText(self.tr("Name of the tab"))
        dialog.setTextValue(self._page.saved.tab(self._tab_id).title)
        dialog.textValueSelected.connect(self._renamed)
        dialog.open()

    def _renamed(self, title: str) -> None:
        if title.strip():
            self._page.rename_tab(self._tab_id, title.strip())

    def _remove(self) -> None:
        self._page.remove_tab(self._tab_id)
