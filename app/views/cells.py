"""How one row's value is written in a table cell: a few small makers that columns are put together from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from app.views import format as written
from app.views.curve import Curve
from app.views.tokens import Hue, Status, Tone, status

R = TypeVar("R")

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NOWHERE: Final = QModelIndex()
DASH: Final = "–"


class CellRole(IntEnum):
    """What a delegate asks for beside Qt's own roles."""

    CELL = Role.UserRole + 1
    KEY = Role.UserRole + 2


CHECK: Final = "check"
"""Id of the column with the boxes that select several rows."""


@dataclass(frozen=True, slots=True)
class Part:
    """A small icon with a few words, several of which may stand in one cell (``4 from stock · 8 make``)."""

    icon: str
    text: str
    tone: Tone = Tone.SOFT


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell.  ``second`` is a line below; ``share`` (0…100, per cent) draws a bar."""

    text: str = ""
    tone: Tone = Tone.TEXT
    strong: bool = False
    code: bool = False
    second: str = ""
    second_code: bool = False
    second_tone: Tone = Tone.FAINT
    status: Status | None = None
    share: int | None = None
    parts: tuple[Part, ...] = ()
    icon: str = ""
    hint: str = ""
    curve: Curve | None = None

    def plain(self) -> str:
        """The cell as text, for the clipboard and for a screen reader."""
        words = [self.status.word if self.status else "", self.text, self.second]
        words += [part.text for part in self.parts]
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: heading, how a row is written in it, and the listing's sort it stands for.

    ``width`` is in pixels at 100 %; ``stretch`` takes the room that is left.  ``edit`` (see
    :class:`app.views.tables.RowsTable`) gives the text an editor starts with.
    """

    id: str
    title: str
    cell: Callable[[R], Cell]
    width: int = 120
    sort: str = ""
    right: bool = False
    stretch: bool = False
    hidden: bool = False
    edit: Callable[[R], str] | None = None

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """Numbers stand at the end, words at the start, in the direction of reading."""
        side = Qt.AlignmentFlag.AlignRight if self.right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


def text(value: str | None, *, tone: Tone = Tone.TEXT, strong: bool = False) -> Cell:
    """Plain words."""
    return Cell(value or "", tone=tone, strong=strong)


def code(value: str | None, *, tone: Tone = Tone.TEXT, strong: bool = True) -> Cell:
    """A number people read out: document number, SKU, bin (slashed zero)."""
    return Cell(value or "", tone=tone, strong=strong, code=True)


def two_lines(first: str, second: str, *, code_below: bool = True) -> Cell:
    """A name with its code below."""
    return Cell(first, strong=True, second=second, second_code=code_below)


def amount(value: Decimal | None, decimals: int = 2, *, tone: Tone = Tone.TEXT, strong: bool = True) -> Cell:
    """Money; the currency stands in the heading.  Zero is a faint dash."""
    if not value:
        return Cell(DASH, tone=Tone.FAINT)
    return Cell(written.amount(value, decimals), tone=tone, strong=strong)


def quantity(value: Decimal | int | None, *, tone: Tone = Tone.TEXT, strong: bool = True) -> Cell:
    """A quantity without needless zeros; zero is a faint dash."""
    if not value:
        return Cell(DASH, tone=Tone.FAINT)
    return Cell(written.quantity(Decimal(value)), tone=tone, strong=strong)


def due(day: date | None, today: date, *, late: bool = True) -> Cell:
    """A date to keep: ``Today``, ``3 d late``, ``Wed 25 Nov``.  ``late`` off for what is done already."""
    if day is None:
        return Cell(DASH, tone=Tone.FAINT)
    if late and day < today:
        return Cell(written.days_late(day, today), tone=Tone.BAD, strong=True)
    if late and day == today:
        return Cell(written.day(day, today), tone=Tone.WARN, strong=True)
    return Cell(written.day(day, today), tone=Tone.SOFT if late else Tone.FAINT)


def on(day: date | None, today: date) -> Cell:
    """A date that only tells."""
    return Cell(written.day(day, today), tone=Tone.SOFT) if day else Cell(DASH, tone=Tone.FAINT)


def state(name: str, detail: str = "") -> Cell:
    """A status chip: glyph, word and colour; ``detail`` such as ``87 %`` follows the word."""
    return Cell(detail, status=status(name))


def chip(word: str, hue: Hue, glyph: Any) -> Cell:
    """A chip with words of its own."""
    return Cell(status=Status(word, hue, glyph))


def progress(done: Decimal | int, of: Decimal | int) -> Cell:
    """A bar and ``34/80``."""
    share = min(100, int(Decimal(done) * 100 / Decimal(of))) if of else 0
    words = f"{written.quantity(Decimal(done))}/{written.quantity(Decimal(of))}"
    return Cell(words, tone=Tone.SOFT if done else Tone.FAINT, share=share)


def done_of(done: Decimal | int, of: Decimal | int) -> Cell:
    """``40/40`` without a bar, green when complete."""
    tone = Tone.OK if done >= of else Tone.TEXT if done else Tone.FAINT
    return Cell(f"{written.quantity(Decimal(done))}/{written.quantity(Decimal(of))}", tone=tone)


def parts(*items: Part) -> Cell:
    """Small icons with words."""
    return Cell(parts=items)


def answer(cell: Cell | None, role: int) -> Any:
    """A cell as its role wants it: itself, its words, or its hint."""
    if cell is None or role == CellRole.CELL:
        return cell
    return cell.plain() if role == Role.DisplayRole else cell.hint or None
