"""Saved filters of a list: those it comes with and the user's own, kept in the settings of this desk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSettings

from app.views.list_spec import Tab


class SavedFilters:
    """The tabs of one list, in order."""

    def __init__(self, settings: QSettings, name: str, given: Sequence[Tab]) -> None:
        self._settings, self._key = settings, f"lists/{name}/tabs"
        self._given = tuple(given)
        self._own: list[Tab] = [_tab(entry) for entry in self._stored()]

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """All tabs: the list's, then the user's."""
        return (*self._given, *self._own)

    def tab(self, tab_id: str) -> Tab:
        """The tab of an id (KeyError if there is none)."""
        return {tab.id: tab for tab in self.tabs}[tab_id]

    def is_own(self, tab_id: str) -> bool:
        """Whether the user made the tab."""
        return any(tab.id == tab_id for tab in self._own)

    def add(self, title: str, filters: Mapping[str, str], order: str) -> Tab:
        """Save a filter as a new tab."""
        taken = {tab.id for tab in self.tabs}
        number = next(n for n in range(1, len(taken) + 2) if f"own{n}" not in taken)
        tab = Tab(f"own{number}", title, dict(filters), order)
        self._own.append(tab)
        self._store()
        return tab

    def replace(self, tab: Tab) -> None:
        """Change one of the user's tabs: its title, filters or order."""
        self._own = [tab if own.id == tab.id else own for own in self._own]
        self._store()

    def remove(self, tab_id: str) -> None:
        """Take away one of the user's tabs."""
        self._own = [own for own in self._own if own.id != tab_id]
        self._store()

    def _stored(self) -> list[dict[str, Any]]:
        text = str(self._settings.value(self._key, "[]"))
        try:
            entries: list[dict[str, Any]] = json.loads(text)
        except json.JSONDecodeError:
            return []  # written by something else; the user's tabs are a convenience, not data
        return entries

    def _store(self) -> None:
        entries = [{"id": t.id, "title": t.title, "filters": dict(t.filters), "order": t.order} for t in self._own]
        self._settings.setValue(self._key, json.dumps(entries))


def _tab(entry: Mapping[str, Any]) -> Tab:
    return Tab(str(entry["id"]), str(entry["title"]), dict(entry["filters"]), str(entry["order"]))
