"""What pages are filled with: rows of cells, each a stack of lines and drawings that can go on on the next page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Protocol

from app.services.documents.sheet import Sheet
from app.services.documents.typesetting import Align, Colour, Style, TextLine, set_text

NOTHING: Final = Decimal(0)


class Drawing(Protocol):
    """Something in a stack that is no text; it is never divided."""

    @property
    def height(self) -> float:
        """The room it takes, in points."""

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        """Draw it at the upper left corner of its room, which is ``width`` points wide."""


Piece = TextLine | Drawing
Stack = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """White space."""

    height: float

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        """Leave the sheet as it is."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the column with white space before and after it."""

    colour: Colour
    thickness: float = 0.5
    before: float = 0.0
    after: float = 0.0

    @property
    def height(self) -> float:
        """The line and its white space."""
        return self.before + self.thickness + self.after

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        """Draw the line."""
        sheet.rule(left, top + self.before, left + width, thickness=self.thickness, colour=self.colour)


def stack(*texts: tuple[str, Style], width: float) -> Stack:
    """Set texts one below the other in a column; empty ones are left out."""
    return tuple(line for text, style in texts if text for line in set_text(text, style, width))


def stack_height(pieces: Sequence[Piece]) -> float:
    """Add up the room of a stack, in points."""
    return sum(piece.height for piece in pieces)


def draw_stack(sheet: Sheet, pieces: Sequence[Piece], left: float, top: float, width: float) -> None:
    """Draw a stack; lines stand in the column as their style says."""
    for piece in pieces:
        if isinstance(piece, TextLine):
            spare = width - piece.width
            shift = {Align.LEFT: 0.0, Align.RIGHT: spare, Align.CENTRE: spare / 2}[piece.style.align]
            sheet.text(piece, left + shift, top)
        else:
            piece.draw(sheet, left, top, width)
        top += piece.height


def divide(pieces: Stack, room: float) -> tuple[Stack, Stack]:
    """Cut a stack into what fits into ``room`` points and the rest."""
    used = 0.0
    for index, piece in enumerate(pieces):
        used += piece.height
        if used > room + 0.01:
            return pieces[:index], pieces[index:]
    return pieces, ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A stack in its column; ``left`` counts from the left edge of the text."""

    left: float
    width: float
    pieces: Stack


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side; ``amount`` is what the row adds to the subtotal a table carries forward."""

    cells: tuple[Cell, ...]
    above: float = 0.0
    below: float = 0.0
    amount: Decimal = NOTHING
    rule_below: Colour | None = None
    rule_thickness: float = 0.5
    background: Colour | None = None

    @property
    def height(self) -> float:
        """The room the row takes, in points."""
        return self.above + max((stack_height(cell.pieces) for cell in self.cells), default=0.0) + self.below

    def draw(self, sheet: Sheet, left: float, top: float) -> None:
        """Draw the row; the rule lies on its lower edge."""
        height = self.height
        if self.background:
            start = min(cell.left for cell in self.cells)
            end = max(cell.left + cell.width for cell in self.cells)
            sheet.box(left + start, top, end - start, height, colour=self.background)
        for cell in self.cells:
            draw_stack(sheet, cell.pieces, left + cell.left, top + self.above, cell.width)
        if self.rule_below:
            start = min(cell.left for cell in self.cells)
            end = max(cell.left + cell.width for cell in self.cells)
            sheet.rule(left + start, top + height, left + end, thickness=self.rule_thickness, colour=self.rule_below)

    def divided(self, room: float) -> tuple[Row | None, Row | None]:
        """Cut the row at a line so that its first part fits into ``room``; the amount stays with the first part."""
        if self.height <= room + 0.01:
            return self, None
        parts = [divide(cell.pieces, room - self.above) for cell in self.cells]
        if not any(first for first, _ in parts):
            return None, self
        first = tuple(replace(cell, pieces=taken) for cell, (taken, _) in zip(self.cells, parts, strict=True))
        rest = tuple(replace(cell, pieces=left) for cell, (_, left) in zip(self.cells, parts, strict=True))
        return (
            replace(self, cells=first, below=0.0, rule_below=None),
            replace(self, cells=rest, amount=NOTHING),
        )


def paragraph(text: str, style: Style, width: float, *, above: float = 0.0, below: float = 0.0) -> Row:
    """Give a row of one cell as wide as the text."""
    return Row((Cell(0.0, width, stack((text, style), width=width)),), above, below)
