"""The frame of a screen with something at its side: header, line, what it is about, panel."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from app.views.widgets.labels import Hairline


def frame(page: QWidget, header: QWidget, main: QLayout, side: QWidget) -> None:
    """Lay a page out: ``header`` over all of it, below a line ``main`` with the room that is left and ``side``."""
    row = QHBoxLayout()
    row.setSpacing(0)
    row.addLayout(main, 1)
    row.addWidget(side)
    outer = QVBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    outer.addWidget(header)
    outer.addWidget(Hairline())
    outer.addLayout(row, 1)
