"""Matching the columns of one file with the fields they fill."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout

from app.services.imports import fields
from app.services.imports.detection import Column
from app.services.imports.mapping import FieldSource, Mapping, conversions
from app.views.importing.work import OpenedFile
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.cards import Card
from app.views.widgets.labels import Label


class Matching(Card):
    """One row for each field, with the column that fills it; ``changed`` tells the new mapping."""

    changed = Signal(object)  # Mapping

    def __init__(self, opened: OpenedFile, title: str) -> None:
        super().__init__(title)
        self.combos: dict[str, QComboBox] = {}
        self._opened, self._mapping = opened, opened.mapping
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.MEDIUM)
        for number, known in enumerate(fields.FIELDS[opened.mapping.kind]):
            combo = self._combo(known)
            words = known.label + (" *" if known.required else "")
            grid.addWidget(Label(words, Type.BODY, Tone.TEXT if known.required else Tone.SOFT), number, 0)
            grid.addWidget(combo, number, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)

    def _combo(self, known: fields.Field) -> QComboBox:
        combo = QComboBox()
        combo.setMinimumContentsLength(12)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.addItem(self.tr("– not imported –"), "")
        for column in self._opened.detection.columns:
            combo.addItem(f"{column.name}   ({column.first})", column.name)
        source = self._mapping.source(known.key)
        combo.setCurrentIndex(max(0, combo.findData(source.column)) if source else 0)
        combo.setToolTip(self._opened.reasons.get(known.key, ""))
        combo.setAccessibleName(known.label)
        combo.activated.connect(partial(self._chosen, known.key))
        self.combos[known.key] = combo
        return combo

    def _chosen(self, key: str, _index: int) -> None:
        found = self._opened.detection.column(str(self.combos[key].currentData()))
        self._mapping, question = _with_column(self._mapping, key, found)
        self.combos[key].setToolTip(question)
        self.changed.emit(self._mapping)


def _with_column(mapping: Mapping, key: str, found: Column | None) -> tuple[Mapping, str]:
    if found is None:
        return mapping.without(key), ""
    source, question = conversions(FieldSource(key, found.name), found, fields.field(mapping.kind, key))
    return mapping.with_source(source), question
