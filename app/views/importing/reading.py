"""How one file is read: what was found out, with the evidence, and what a person may say instead."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout

from app.services.imports.findings import Finding
from app.views.importing.work import OpenedFile
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.cards import Card
from app.views.widgets.labels import Label

_WORDS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "": "none", '"': 'double "', "'": "single '"}


class Reading(Card):
    """One row for each thing that was found out; ``changed`` tells what a person chose instead."""

    changed = Signal(object)  # Choices

    def __init__(self, opened: OpenedFile, title: str) -> None:
        super().__init__(title)
        self.combos: dict[str, QComboBox] = {}
        self._choices = opened.choices
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.MEDIUM)
        for number, one in enumerate(opened.detection.findings):
            grid.addWidget(Label(self.tr(one.what.capitalize()), Type.BODY, Tone.SOFT), 2 * number, 0)
            grid.addWidget(self._combo(one), 2 * number, 1)
            tone = Tone.SOFT if one.sure else Tone.WARN
            grid.addWidget(Label(one.evidence, Type.META, tone, wrap=True), 2 * number + 1, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)

    def _combo(self, one: Finding) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(self.tr(one.what.capitalize()))
        for value in dict.fromkeys((one.value, *one.choices)):
            combo.addItem(self._said(one.what, value), value)
        combo.activated.connect(partial(self._chosen, one.what))
        self.combos[one.what] = combo
        return combo

    def _said(self, what: str, value: str) -> str:
        if what == "header":
            return self.tr("row {}").format(value) if value != "0" else self.tr("none")
        return _WORDS.get(value, value)

    def _chosen(self, what: str, _index: int) -> None:
        value = str(self.combos[what].currentData())
        chosen: dict[str, Any] = {"header_row": int(value)} if what == "header" else {what: value}
        self._choices = replace(self._choices, **chosen)
        self.changed.emit(self._choices)
