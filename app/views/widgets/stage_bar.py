"""The stages of a document as a bar, with the facts under each stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.painting import draw_bar, draw_text, metrics
from app.views.theme import Type, colour

BAR = 4
GAP = 4


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: ``share`` per cent of it is done; the one in work is ``current``."""

    title: str
    fact: str = ""
    share: int = 0
    current: bool = False


class StageBar(QWidget):
    """Stages side by side, in reading order."""

    def __init__(self, stages: Sequence[Stage] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: tuple[Stage, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_stages(stages)

    def set_stages(self, stages: Sequence[Stage]) -> None:
        """Show other stages."""
        self._stages = tuple(stages)
        words = [f"{s.title} {s.share} % {s.fact}{self.tr(', now') if s.current else ''}" for s in self._stages]
        self.setAccessibleName(self.tr("Stages") + ": " + "; ".join(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, BAR + 6 + metrics(Type.META_STRONG).height() + metrics(Type.META).height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._stages:
            return
        painter = QPainter(self)
        width = (self.width() + GAP) / len(self._stages)
        for number, stage in enumerate(self._stages):
            place = (
                number if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else len(self._stages) - 1 - number
            )
            self._draw(painter, stage, QRectF(place * width, 0, width - GAP, self.height()))
        painter.end()

    def _draw(self, painter: QPainter, stage: Stage, box: QRectF) -> None:
        bar = QRectF(box.left(), 0, box.width(), BAR)
        draw_bar(painter, bar, stage.share / 100, colour("accent"), colour("border2"))
        begun = stage.share > 0 or stage.current
        upper = metrics(Type.META_STRONG).height()
        painter.setPen(colour("text" if begun else "text3"))
        area = QRect(round(box.left()), BAR + 6, int(box.width()), upper)
        draw_text(painter, area, stage.title, Type.META_BOLD if stage.current else Type.META_STRONG)
        painter.setPen(colour("text2" if begun else "text3"))
        draw_text(painter, area.translated(0, upper + 1), stage.fact, Type.META_SMALL)
