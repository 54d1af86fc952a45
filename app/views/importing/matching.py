"""Matching the columns of one file with the fields they fill."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout

from app.services.imports import fields
from app.services.imports.date_style import DAY_FIRST, MONTH_FIRST, SERIAL, YEAR_FIRST
from app.services.imports.detection import Column
from app.services.imports.fields import Type as FieldType
from app.services.imports.mapping import FieldSource, Mapping, conversions
from app.views.importing.work import OpenedFile
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.cards import Card
from app.views.widgets.labels import Label

_STYLED: Final = frozenset({FieldType.NUMBER, FieldType.PERCENT, FieldType.DATE})
_SIGNS: Final = ((".", "1,234.50"), (",", "1.234,50"))
_DATES: Final = (
    (YEAR_FIRST, "year first"),
    (DAY_FIRST, "day first"),
    (MONTH_FIRST, "month first"),
    (SERIAL, "day numbers"),
)


class Matching(Card):
    """One row for each field, with the column that fills it; ``changed`` tells the new mapping."""

    changed = Signal(object)  # Mapping

    def __init__(self, opened: OpenedFile, title: str) -> None:
        super().__init__(title)
        self.combos: dict[str, QComboBox] = {}
        self.styles: dict[str, QComboBox] = {}
        self._opened, self._mapping = opened, opened.mapping
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.MEDIUM)
        for number, known in enumerate(fields.FIELDS[opened.mapping.kind]):
            combo = self._combo(known)
            words = known.label + (" *" if known.required else "")
            grid.addWidget(Label(words, Type.BODY, Tone.TEXT if known.required else Tone.SOFT), number, 0)
            grid.addWidget(combo, number, 1)
            if known.type in _STYLED:
                grid.addWidget(self._style(known), number, 2)
                self._show_style(known.key)
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

    def _style(self, known: fields.Field) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(self.tr("How {} is written").format(known.label))
        combo.addItem(self.tr("choose …"), "")
        for value, words in _DATES if known.type is FieldType.DATE else _SIGNS:
            combo.addItem(self.tr(words), value)
        combo.activated.connect(partial(self._style_chosen, known.key))
        self.styles[known.key] = combo
        return combo

    def _show_style(self, key: str) -> None:
        """Show how a column's numbers or dates are read, where it has any that may be read in two ways."""
        combo, source = self.styles[key], self._mapping.source(key)
        column = self._opened.detection.column(source.column) if source and source.column else None
        dated = fields.field(self._mapping.kind, key).type is FieldType.DATE
        found = (column.date if dated else column.number) if column else None
        value = (source.date_order if dated else source.decimal_sign) if source else ""
        combo.setCurrentIndex(max(0, combo.findData(value)))
        combo.setVisible(found is not None and bool(found.choices))

    def _style_chosen(self, key: str, _index: int) -> None:
        source, value = self._mapping.source(key), str(self.styles[key].currentData())
        if source is None or not value:
            return
        dated = fields.field(self._mapping.kind, key).type is FieldType.DATE
        changed = replace(source, date_order=value) if dated else replace(source, decimal_sign=value)
        self._mapping = self._mapping.with_source(changed)
        self.changed.emit(self._mapping)

    def _chosen(self, key: str, _index: int) -> None:
        found = self._opened.detection.column(str(self.combos[key].currentData()))
        self._mapping, question = _with_column(self._mapping, key, found)
        self.combos[key].setToolTip(question)
        if key in self.styles:
            self._show_style(key)
        self.changed.emit(self._mapping)


def _with_column(mapping: Mapping, key: str, found: Column | None) -> tuple[Mapping, str]:
    if found is None:
        return mapping.without(key), ""
    source, question = conversions(FieldSource(key, found.name), found, fields.field(mapping.kind, key))
    return mapping.with_source(source), question
