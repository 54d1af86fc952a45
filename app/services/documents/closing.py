"""What stands below the lines: terms, deposits, notes, a code to pay with, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from app.services.documents.barcodes import Squares, qr
from app.services.documents.blocks import Cell, Gap, Piece, Row, Stack, stack
from app.services.documents.paper_locale import PaperLocale
from app.services.documents.pictures import picture
from app.services.documents.sheet import MM, Sheet
from app.services.documents.snapshots import Currency, Deposit, Signature
from app.services.documents.typesetting import INK, Align
from app.services.documents.typography import BODY, DETAIL, LABEL, STRONG

_SIGN_WIDTH = 68 * MM
_SIGN_HEIGHT = 17 * MM
_SIGN_GAP = 14 * MM
_CODE_SIZE = 27 * MM
_CODE_WIDTH = 34 * MM
_COLUMN_GAP = 8 * MM
_PART_GAP = 10.0
_SHORT = 160  # characters that fit well into half the width
SECTION_GAP = 16.0  # points above each part below the totals


def titled(title: str, texts: Sequence[str], width: float) -> list[Row]:
    """Give a small title and the texts below it, or nothing when all texts are empty."""
    pieces = _section(title, texts, width)
    return [Row((Cell(0, width, pieces),))] if pieces else []


def sections(parts: Sequence[tuple[str, Sequence[str]]], code: str, caption: str, width: float) -> list[Row]:
    """Give titles with their texts, short ones in two columns.

    With a ``code`` they stand below one another and beside them a QR symbol that banking apps read.
    """
    said = [(title, [text for text in texts if text]) for title, texts in parts]
    said = [(title, texts) for title, texts in said if texts]
    symbol = qr(code, size=_CODE_SIZE, centred=True)
    if symbol is not None:
        return [_beside_code(said, symbol, caption, width)]
    rows: list[Row] = []
    half = (width - _COLUMN_GAP) / 2
    while said:
        pair = said[: 2 if all(_is_short(texts) for _, texts in said[:2]) else 1]
        said = said[len(pair) :]
        own = half if _is_short(pair[0][1]) else width
        cells = [
            Cell(index * (half + _COLUMN_GAP), own, _section(title, texts, own))
            for index, (title, texts) in enumerate(pair)
        ]
        rows.append(Row(tuple(cells), above=_PART_GAP if rows else 0.0))
    return rows


def _is_short(texts: Sequence[str]) -> bool:
    return sum(len(text) for text in texts) <= _SHORT


def _beside_code(said: Sequence[tuple[str, Sequence[str]]], symbol: Squares, caption: str, width: float) -> Row:
    room = width - _CODE_WIDTH - _COLUMN_GAP
    pieces: list[Piece] = []
    for title, texts in said:
        pieces.extend((Gap(_PART_GAP),) if pieces else ())
        pieces.extend(_section(title, texts, room))
    text = stack((caption, replace(DETAIL, align=Align.CENTRE)), width=_CODE_WIDTH)
    return Row((Cell(0, room, tuple(pieces)), Cell(width - _CODE_WIDTH, _CODE_WIDTH, (symbol, *text))))


def _section(title: str, texts: Sequence[str], width: float) -> Stack:
    kept = [text for text in texts if text]
    return stack((title, LABEL), *((text, BODY) for text in kept), width=width) if kept else ()


def deposit_texts(deposits: Sequence[Deposit], currency: Currency, locale: PaperLocale) -> list[str]:
    """Say for each deposit what is asked for and when."""
    texts = []
    for deposit in deposits:
        name = deposit.name or locale.words["deposits"]
        if deposit.due_on is not None:
            name = locale.words.filled("deposit_due", name=name, date=locale.date(deposit.due_on))
        texts.append(f"{name}: {locale.number(deposit.amount, currency.decimals)}\u00a0{currency.code}".strip())
    return texts


def instalment_texts(due: Sequence[tuple[date, Decimal]], currency: Currency, locale: PaperLocale) -> list[str]:
    """Say what is to be paid by which day."""
    amounts = [f"{locale.number(amount, currency.decimals)}\u00a0{currency.code}" for _, amount in due]
    days = [locale.date(on) for on, _ in due]
    return [
        locale.words.filled("instalment_due", amount=amount, date=day)
        for day, amount in zip(days, amounts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Strokes:
    """A drawn signature, scaled into its room."""

    lines: tuple[tuple[tuple[int, int], ...], ...]
    height: float

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        points = [point for line in self.lines for point in line]
        least_x, least_y = min(x for x, _ in points), min(y for _, y in points)
        across = max(1, max(x for x, _ in points) - least_x)
        down = max(1, max(y for _, y in points) - least_y)
        scale = min(width / across, self.height / down)
        placed = [[(left + (x - least_x) * scale, top + (y - least_y) * scale) for x, y in line] for line in self.lines]
        sheet.strokes(placed, thickness=1.1)


@dataclass(frozen=True, slots=True)
class _SignLine:
    """The line one signs on."""

    height: float = 3.0

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        sheet.rule(left, top, left + width, thickness=0.6, colour=INK)


def signed(title: str, signature: Signature, locale: PaperLocale) -> list[Row]:
    """Give a signature above its line, with name and day below."""
    mark: Stack = (Gap(_SIGN_HEIGHT),)
    if signature.image is not None:
        image = picture(signature.image, "signature", width=_SIGN_WIDTH, height=_SIGN_HEIGHT - 3)
        mark = (Gap(_SIGN_HEIGHT - 3 - image.height), image, Gap(3))
    elif any(signature.strokes):
        mark = (_Strokes(signature.strokes, _SIGN_HEIGHT - 4), Gap(4))
    text = locale.words.filled("signed_by", name=signature.name, date=locale.date(signature.signed_on))
    pieces = (*stack((title, LABEL), width=_SIGN_WIDTH), *mark, _SignLine(), *stack((text, STRONG), width=_SIGN_WIDTH))
    return [Row((Cell(0, _SIGN_WIDTH, pieces),))]


def to_sign(title: str, locale: PaperLocale) -> list[Row]:
    """Give two empty lines: place and date, name and signature."""
    words = locale.words

    def field(left: float, head: str, caption: str) -> Cell:
        pieces = (
            *stack((head or "\u00a0", LABEL), width=_SIGN_WIDTH),
            Gap(_SIGN_HEIGHT),
            _SignLine(),
            *stack((caption, DETAIL), width=_SIGN_WIDTH),
        )
        return Cell(left, _SIGN_WIDTH, pieces)

    return [
        Row(
            (
                field(0, title, words["place_and_date"]),
                field(_SIGN_WIDTH + _SIGN_GAP, "", words["name_and_signature"]),
            )
        )
    ]
