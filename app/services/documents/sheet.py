"""The paper one draws on: text lines, rules, boxes, pictures, in points from the upper left corner of a page.

The same drawing gives the same bytes: no time, no random number, no memory address enters the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from app.services.documents.embedding import MOVE, EmbeddedFont
from app.services.documents.printable import one_line
from app.services.documents.shaping import Segment
from app.services.documents.typefaces import Face, Weight
from app.services.documents.typesetting import INK, Colour, TextLine

MM: Final = 72 / 25.4  # points in a millimetre
PRODUCER: Final = "Waybill"
_CAP_HEIGHT: Final = 0.727  # of Inter, as a share of the size
_BOLDER: Final = {Weight.SEMIBOLD: 0.018, Weight.BOLD: 0.03}  # stroke, as a share of the size

rl_config.useA85 = 0  # plain binary streams, a fifth smaller


class _NoFont:
    """What ReportLab believes to be the current font, so that it sets none of its own, which would be Helvetica."""

    fontName = name = "waybill-none"  # noqa: N815  # the names ReportLab reads
    _dynamicFont = 1  # noqa: N815
    _multiByte = 1  # noqa: N815

    @property
    def face(self) -> _NoFont:
        return self


pdfmetrics.registerFont(_NoFont())


@dataclass(frozen=True, slots=True)
class PageSize:
    """Width and height of a page in points."""

    width: float
    height: float


A4: Final = PageSize(210 * MM, 297 * MM)
LETTER: Final = PageSize(8.5 * 72, 11 * 72)
LABEL: Final = PageSize(100 * MM, 150 * MM)


class Sheet:
    """A PDF under construction; draw, then ``finish_page`` for each page, then ``pdf`` once."""

    def __init__(self, size: PageSize, *, title: str, author: str, language: str) -> None:
        self.size = size
        self._out = BytesIO()
        self._canvas = Canvas(
            self._out,
            pagesize=(size.width, size.height),
            invariant=1,
            pageCompression=1,
            initialFontName=_NoFont.fontName,
            lang=language.replace("_", "-"),
        )
        self._canvas.setTitle(one_line(title))
        self._canvas.setAuthor(one_line(author))
        self._canvas.setSubject(one_line(title))
        self._canvas.setCreator(PRODUCER)
        self._canvas.setProducer(PRODUCER)
        self._fonts: dict[Face, EmbeddedFont] = {}
        self._operators: list[str] = []
        self._fill: Colour | None = None
        self._stroke: Colour | None = None

    # text ----------------------------------------------------------------------------------------

    def text(self, line: TextLine, left: float, top: float) -> None:
        """Set one line whose room begins at ``left`` and ``top``."""
        style = line.style
        baseline = top + style.leading / 2 + style.size * _CAP_HEIGHT / 2
        pen = left
        self._set_fill(style.colour)
        self._operators.append("BT")
        for face, parts in _by_face(line.segments):
            self._set_run(face, parts, line, pen, self.size.height - baseline)
            pen += sum(part.width for part in parts) * style.size / 1000
        self._operators.append("ET")

    def _set_run(self, face: Face, parts: Sequence[Segment], line: TextLine, x: float, y: float) -> None:
        """Set what stands together in one face; faces without weights of their own are thickened by a stroke."""
        style = line.style
        font = self._font(face)
        thickened = not face.is_inter and style.weight in _BOLDER
        if thickened:
            self._set_stroke(style.colour)
            self._operators.append(f"2 Tr {_short(_BOLDER[style.weight] * style.size)} w")
        self._operators.append(f"/{font.resource} {_short(style.size)} Tf 1 0 0 1 {_short(x)} {_short(y)} Tm")
        self._operators.append(_shown(font, parts, style.size))
        if thickened:
            self._operators.append("0 Tr")

    def _font(self, face: Face) -> EmbeddedFont:
        font = self._fonts.get(face)
        if font is None:
            font = self._fonts[face] = EmbeddedFont(face, f"F{len(self._fonts) + 1}")
            self._canvas._doc.delayedFonts.append(font)  # noqa: SLF001  # where ReportLab's own fonts enlist
        return font

    # shapes --------------------------------------------------------------------------------------

    def rule(self, left: float, top: float, right: float, *, thickness: float = 0.5, colour: Colour = INK) -> None:
        """Draw a horizontal line whose upper edge is at ``top``."""
        self.box(left, top, right - left, thickness, colour=colour)

    def box(self, left: float, top: float, width: float, height: float, *, colour: Colour = INK) -> None:
        """Fill a rectangle."""
        self.boxes([(left, top, width, height)], colour=colour)

    def boxes(self, places: Iterable[tuple[float, float, float, float]], *, colour: Colour = INK) -> None:
        """Fill rectangles, each (left, top, width, height), as one shape."""
        self._set_fill(colour)
        self._operators.extend(
            f"{_fine(left)} {_fine(self.size.height - top - height)} {_fine(width)} {_fine(height)} re"
            for left, top, width, height in places
        )
        self._operators.append("f")

    def frame(self, left: float, top: float, width: float, height: float, *, thickness: float = 0.75) -> None:
        """Draw the outline of a rectangle, its line inside."""
        self._set_stroke(INK)
        half = thickness / 2
        bottom = self.size.height - top - height
        self._operators.append(
            f"{_short(thickness)} w {_fine(left + half)} {_fine(bottom + half)} "
            f"{_fine(width - thickness)} {_fine(height - thickness)} re S"
        )

    def strokes(self, lines: Iterable[Sequence[tuple[float, float]]], *, thickness: float) -> None:
        """Draw open lines through points (from left, from top), with round joins: a signature."""
        self._set_stroke(INK)
        self._operators.append(f"q 1 J 1 j {_short(thickness)} w")
        for line in lines:
            points = [f"{_short(x)} {_short(self.size.height - y)}" for x, y in line]
            if points:
                joined = " l ".join([f"{points[0]} m {points[0]}", *points[1:]])
                self._operators.append(f"{joined} l S")
        self._operators.append("Q")
        self._stroke = None

    def picture(self, image: ImageReader, left: float, top: float, width: float, height: float) -> None:
        """Place a picture, what is transparent in it stays so."""
        self._flush()
        self._canvas.drawImage(image, left, self.size.height - top - height, width, height, mask="auto")

    # pages ---------------------------------------------------------------------------------------

    def finish_page(self) -> None:
        """End the page; what is drawn next is on the next one."""
        self._flush()
        self._canvas.showPage()
        self._fill = self._stroke = None

    def pdf(self) -> bytes:
        """Give the finished file; the sheet is used up."""
        self._canvas.save()
        return self._out.getvalue()

    def getCode(self) -> str:  # noqa: N802  # the name ReportLab calls
        """Hand what was drawn to the canvas."""
        code = "\n".join(self._operators)
        self._operators.clear()
        return code

    def _flush(self) -> None:
        if self._operators:
            self._canvas.drawText(self)

    def _set_fill(self, colour: Colour) -> None:
        if colour != self._fill:
            self._fill = colour
            self._operators.append(" ".join(_short(part) for part in colour) + " rg")

    def _set_stroke(self, colour: Colour) -> None:
        if colour != self._stroke:
            self._stroke = colour
            self._operators.append(" ".join(_short(part) for part in colour) + " RG")


def _by_face(parts: Sequence[Segment]) -> Iterable[tuple[Face, list[Segment]]]:
    start = 0
    for index in range(1, len(parts) + 1):
        if index == len(parts) or parts[index].face is not parts[start].face:
            yield parts[start].face, list(parts[start:index])
            start = index


def _shown(font: EmbeddedFont, parts: Sequence[Segment], size: float) -> str:
    """Write the operators that show the glyphs: codes, and moves where a glyph is not where its width puts it."""
    shown = ["["]
    move = 0.0
    for part in parts:
        operands, lead, trail = font.operands(part)
        if operands is None:
            shown.append("".join(_raised(font, part, move, size)))
            move = 0.0
            continue
        move += lead
        if abs(move) > MOVE:
            shown.append(f"{_short(move)} ")
        shown.append(operands)
        move = trail
    shown.append("] TJ")
    return "".join(shown).replace("><", "")


def _raised(font: EmbeddedFont, part: Segment, move: float, size: float) -> Iterator[str]:
    """Write glyphs some of which stand above or below the line: marks."""
    rise = 0.0
    for glyph in part.glyphs:
        if glyph.shift_y != rise:
            rise = glyph.shift_y
            yield f"] TJ {_short(rise * size / 1000)} Ts ["
        move -= glyph.shift_x
        if abs(move) > MOVE:
            yield f"{_short(move)} "
        yield f"<{font.code(glyph):04X}>"
        move = font.nominal_advance(glyph.number) - glyph.advance + glyph.shift_x
    yield f"{_short(move)} ] TJ 0 Ts ["


def _short(number: float) -> str:
    """Write a number as PDF reads it, with at most three places."""
    return f"{number:.3f}".rstrip("0").rstrip(".") or "0"


def _fine(number: float) -> str:
    """Write a number with at most four places: the edges of bars."""
    return f"{number:.4f}".rstrip("0").rstrip(".") or "0"
