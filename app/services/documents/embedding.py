"""Typefaces inside the PDF: each as one composite font that holds just the glyphs the paper prints.

ReportLab's own TrueType fonts map characters to glyphs; they hand shaped glyphs out as private characters, which
no reader can copy as text, and count those per process, so that the same paper gives other bytes the second time.
Here every pair of glyph and text has its own code, which leads to the glyph (CIDToGIDMap) and to the text (ToUnicode).
PDF 32000-1, 9.7 (composite fonts) and 9.10 (extraction of text).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache

import uharfbuzz
from reportlab.pdfbase import pdfdoc

from app.services.documents.shaping import Glyph, Segment
from app.services.documents.typefaces import Face

_NOT_NEEDED = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "name", "cmap", "post", "OS/2", "gasp", "vhea", "vmtx", "DSIG")
_ENTRIES_PER_BLOCK = 100  # of a ToUnicode map, by the specification of CMaps
MOVE = 0.01  # thousandths of the size; less is no move
_INVISIBLE = "\u200b"  # what the second glyph of a cluster reads as


class EmbeddedFont:
    """The part of a face that one paper uses, written when the paper is finished."""

    def __init__(self, face: Face, resource: str) -> None:
        self.face = face
        self.resource = resource  # its name in content streams, such as F1
        self._codes: dict[tuple[int, str], int] = {}
        self._nominal: dict[int, float] = {}
        self._operands: dict[int, tuple[Segment, tuple[str | None, float, float]]] = {}

    def code(self, glyph: Glyph) -> int:
        """Give the code that stands for the glyph and its text in content streams, two bytes."""
        key = (glyph.number, glyph.text)
        code = self._codes.get(key)
        if code is None:
            code = self._codes[key] = len(self._codes) + 1
        return code

    def nominal_advance(self, number: int) -> float:
        """The advance a reader takes from the font, in thousandths of the size, as written to the PDF."""
        advance = self._nominal.get(number)
        if advance is None:
            exact = self.face.font.get_glyph_h_advance(number) * 1000 / self.face.upem
            advance = self._nominal[number] = round(exact, 2)
        return advance

    def operands(self, part: Segment) -> tuple[str | None, float, float]:
        """Give the segment as operands of TJ, the move before and the move after them; None where a glyph is raised.

        Words come again and again, so each is written once; they are known by identity, which is kept as long.
        """
        known = self._operands.get(id(part))
        if known is None:
            known = self._operands[id(part)] = (part, self._written(part))
        return known[1]

    def _written(self, part: Segment) -> tuple[str | None, float, float]:
        if any(glyph.shift_y for glyph in part.glyphs):
            return None, 0.0, 0.0
        written: list[str] = []
        lead = move = 0.0
        for glyph in part.glyphs:
            move -= glyph.shift_x
            if not written:
                lead, move = move, 0.0
            elif abs(move) > MOVE:
                written.append(f"{move:.3f} ")
                move = 0.0
            written.append(f"<{self.code(glyph):04X}>")
            move += self.nominal_advance(glyph.number) - glyph.advance + glyph.shift_x
        return "".join(written), lead, move

    def addObjects(self, document: pdfdoc.PDFDocument) -> None:  # noqa: N802  # the name ReportLab calls
        """Write font, descriptor, glyphs and text map into the document, which ReportLab asks for at its end."""
        numbers = sorted({number for number, _ in self._codes})
        data, places = _subset(self.face, tuple(numbers))
        name = f"{_tag(self.face, numbers)}+{self.face.name}"
        program = _stream(data, Length1=len(data))
        gids = bytearray(2)
        for number, _ in self._codes:
            gids += places[number].to_bytes(2, "big")
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("CIDFontType2"),
                "BaseFont": pdfdoc.PDFName(name),
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0}
                ),
                "FontDescriptor": document.Reference(_descriptor(self.face, name, document.Reference(program))),
                "DW": 0,
                "W": f"[1 [{' '.join(f'{self.nominal_advance(number):g}' for number, _ in self._codes)}]]",
                "CIDToGIDMap": document.Reference(_stream(bytes(gids))),
            }
        )
        font = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type0"),
                "BaseFont": pdfdoc.PDFName(name),
                "Encoding": pdfdoc.PDFName("Identity-H"),
                "DescendantFonts": pdfdoc.PDFArray([document.Reference(descendant)]),
                "ToUnicode": document.Reference(_stream(_text_map([text for _, text in self._codes]))),
            }
        )
        document.idToObject[pdfdoc.BasicFonts].dict[self.resource] = document.Reference(font)


def _stream(content: bytes, **entries: int) -> pdfdoc.PDFStream:
    dictionary = pdfdoc.PDFDictionary(dict(entries))
    return pdfdoc.PDFStream(dictionary, content, filters=[pdfdoc.PDFZCompress])


def _descriptor(face: Face, name: str, program: object) -> pdfdoc.PDFDictionary:
    scale = 1000 / face.upem
    extents = face.font.get_font_extents("ltr")
    ascent, descent = round(extents.ascender * scale), round(extents.descender * scale)
    return pdfdoc.PDFDictionary(
        {
            "Type": pdfdoc.PDFName("FontDescriptor"),
            "FontName": pdfdoc.PDFName(name),
            "Flags": 4,  # symbolic: codes have no standard meaning
            "FontBBox": pdfdoc.PDFArray([-1000, descent - 300, 3000, ascent + 300]),
            "ItalicAngle": 0,
            "Ascent": ascent,
            "Descent": descent,
            "CapHeight": 727,
            "StemV": 80,
            "FontFile2": program,
        }
    )


def _tag(face: Face, numbers: list[int]) -> str:
    """Six capital letters that name this choice of glyphs."""
    digest = hashlib.sha256(f"{face.file} {numbers}".encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


@lru_cache(maxsize=64)
def _subset(face: Face, numbers: tuple[int, ...]) -> tuple[bytes, Mapping[int, int]]:
    """Cut the face down to the glyphs named and those they are made of; give its bytes and the new glyph numbers."""
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(numbers)
    wanted.flags = (
        uharfbuzz.SubsetFlags.NO_HINTING
        | uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
        | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    )
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in _NOT_NEEDED)
    plan = uharfbuzz.SubsetPlan(face.face, wanted)
    data: bytes = plan.execute().blob.data
    return data, dict(plan.old_to_new_glyph_mapping.items())


def _text_map(texts: list[str]) -> bytes:
    """Write a ToUnicode CMap: code 1 reads as the first text, and so on."""
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <FFFF>",
        "endcodespacerange",
    ]
    entries = [
        f"<{code:04X}> <{(text or _INVISIBLE).encode('utf-16-be').hex().upper()}>"
        for code, text in enumerate(texts, start=1)
    ]
    for start in range(0, len(entries), _ENTRIES_PER_BLOCK):
        block = entries[start : start + _ENTRIES_PER_BLOCK]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end", ""]
    return "\n".join(lines).encode()
