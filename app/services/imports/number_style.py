"""Numbers as people and programs write them: which sign is the decimal sign, and the exact value of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.services.imports.cells import Cell, Unclear
from app.services.imports.findings import Finding

SPACES: Final = " \xa0\u202f\u2009"
POINT: Final = "."
COMMA: Final = ","
UNKNOWN: Final = "?"
"""The texts have one sign with three digits after it, always: it may be either."""

_MONEY: Final = re.compile(
    r"^(?:(?:[A-Z]{2,3}|[$€£¥₹₽₩₪฿]|Fr\.|kr\.?|zł|Kč)\s*)?(?P<number>.*?)(?:\s*(?:[A-Z]{3}|[$€£¥₹₽₩₪฿]|Fr\.|kr\.?|zł|Kč))?$"
)
_NUMBER: Final = re.compile(r"[0-9][0-9.,'’ \xa0\u202f\u2009]*[0-9]|[0-9]")
_STYLES: Final = {
    POINT: re.compile(rf"(?:[0-9]{{1,3}}(?:[,'’{SPACES}][0-9]{{2,3}})*[,'’{SPACES}][0-9]{{3}}|[0-9]+)(?:\.[0-9]*)?"),
    COMMA: re.compile(rf"(?:[0-9]{{1,3}}(?:[.'’{SPACES}][0-9]{{2,3}})*[.'’{SPACES}][0-9]{{3}}|[0-9]+)(?:,[0-9]*)?"),
}
_BARE: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_WHOLE_FLOAT: Final = re.compile(r"[0-9]+\.0")
_EXPONENT: Final = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?[eE][-+]?[0-9]{1,3}")


def looks_numeric(text: str) -> bool:
    """Tell whether the text could be a number in some style, with a sign, a currency or a percent sign."""
    body = _bare(text)[1]
    return bool(_NUMBER.fullmatch(body))


def detect(values: Mapping[str, int]) -> Finding | None:
    """Find the decimal sign of a column from its different texts (each with the row where it stands first).

    Gives None unless half of the texts look like numbers.
    """
    numbers = {text: row for text, row in values.items() if looks_numeric(text)}
    if not numbers or len(numbers) * 2 < len(values):
        return None
    votes: dict[str, tuple[str, int]] = {}
    undecided = ""
    for text, row in numbers.items():
        sign, why = _evidence(_bare(text)[1])
        if sign in {POINT, COMMA} and sign not in votes:
            votes[sign] = (f"“{text.strip()}” in row {row:,} {why}", row)
        elif sign == UNKNOWN and not undecided:
            undecided = text.strip()
    choices = (POINT, COMMA)
    if len(votes) == 2:
        both = " but ".join(evidence for evidence, _ in votes.values())
        return Finding("number", _majority(numbers), f"both signs are used: {both}", sure=False, choices=choices)
    if votes:
        ((sign, (evidence, _)),) = votes.items()
        return Finding("number", sign, evidence, sure=True, choices=choices)
    if undecided:
        evidence = f"“{undecided}” may be read with a decimal sign or a thousands separator"
        return Finding("number", UNKNOWN, evidence, sure=False, choices=choices)
    return Finding("number", POINT, "whole numbers only", sure=True, choices=choices)


def parse(text: str, style: str) -> Decimal:
    """Give the exact value of a text such as ``-1.234,50 €`` or ``(12.00)``.

    ``style`` is the decimal sign; where it is UNKNOWN or empty the text itself must tell.  A minus may
    stand before or after, or brackets around; a currency is dropped.

    Raises:
        Unclear: it is no number in this style.

    """
    style = style or UNKNOWN
    if style != COMMA and _BARE.fullmatch(text):
        if style == UNKNOWN and _evidence(text.lstrip("+-"))[0] == UNKNOWN:
            raise _either(text)
        return Decimal(text)
    negative, body = _bare(text)
    if style == UNKNOWN:
        style = _evidence(body)[0]
        if style == UNKNOWN:
            raise _either(text.strip())
        style = style or POINT
    if not _STYLES[style].fullmatch(body):
        raise _no_number(text.strip(), body, style)
    grouping = "." if style == COMMA else ","
    digits = re.sub(rf"[{grouping}'’{SPACES}]", "", body).replace(style, ".")
    value = Decimal(digits)
    return -value if negative else value


def single_precision(texts: Iterable[str], style: str) -> int | None:
    """Find out whether decimal numbers went through 32-bit floats, as 9.80000019 for 9.8 shows.

    Gives the fewest decimal places (0 to 4) that every number has when it is rounded by no more than
    such a float is wrong, a ten-millionth of itself; None where no number is so.
    """
    numbers = []
    for text in texts:
        try:
            numbers.append(parse(text, style))
        except Unclear:
            continue
    if not any(len(number.as_tuple().digits) >= 7 and places(number) >= 5 for number in numbers):
        return None
    for kept in range(5):
        step = Decimal(1).scaleb(-kept)
        if all(abs(n - n.quantize(step, ROUND_HALF_UP)) * 10_000_000 <= abs(n) for n in numbers):
            return kept
    return None


def are_shares(cells: Iterable[Cell], style: str) -> bool:
    """Tell whether all numbers are between 0 and 1 and some are neither, as shares of one are."""
    some = False
    for cell in cells:
        if isinstance(cell, str) and "%" in cell:
            return False
        try:
            number = cell if isinstance(cell, Decimal) else parse(str(cell), style)
        except Unclear:
            return False
        if not 0 <= number <= 1:
            return False
        some = some or 0 < number < 1
    return some


def is_whole_float(text: str) -> bool:
    """Tell whether the text is a whole number written with ``.0``, as programs write a missing-value column."""
    return bool(_WHOLE_FLOAT.fullmatch(text.strip()))


def places(number: Decimal) -> int:
    """How many decimal places the number is written with; zero or less for a whole one."""
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _bare(text: str) -> tuple[bool, str]:
    """Take sign, brackets, currency and percent sign off: whether it is negative, and the digits."""
    body = text.strip().replace("−", "-").replace("\u2013", "-")
    signs = ""
    if body.startswith("(") and body.endswith(")"):
        signs, body = "-", body[1:-1].strip()
    for _ in range(2):  # the sign may stand outside or inside the currency; a second one makes it no number
        if not signs and body.startswith(("-", "+")):
            signs, body = body[0], body[1:].strip()
        elif not signs and body.endswith("-"):
            signs, body = "-", body[:-1].strip()
        found = _MONEY.match(body)
        body = found.group("number").strip() if found else body
    return signs == "-", body.removesuffix("%").strip()


def _evidence(body: str) -> tuple[str, str]:
    """Say which sign must be the decimal sign, and why; UNKNOWN for either, empty for no sign at all."""
    points, commas = body.count("."), body.count(",")
    if points and commas:
        sign = POINT if body.rfind(".") > body.rfind(",") else COMMA
        return sign, f"has “{sign}” after the other sign"
    if not points and not commas:
        return "", ""
    sign, other = (POINT, COMMA) if points else (COMMA, POINT)
    head, _, tail = body.partition(sign)
    if points + commas > 1:
        return other, f"has “{sign}” more than once, as a thousands separator"
    if len(tail) != 3:
        return sign, f"has {len(tail)} {'digit' if len(tail) == 1 else 'digits'} after “{sign}”"
    if head in {"0", ""} or len(head) > 3 or re.search(rf"['’{SPACES}]", head):
        return sign, f"cannot have “{sign}” as a thousands separator"
    return UNKNOWN, ""


def _majority(numbers: Mapping[str, int]) -> str:
    signs = [_evidence(_bare(text)[1])[0] for text in numbers]
    return POINT if signs.count(POINT) >= signs.count(COMMA) else COMMA


def _either(text: str) -> Unclear:
    sign = POINT if POINT in text else COMMA
    whole, part = text.replace(sign, ""), text.replace(sign, ".")
    return Unclear(f"“{text}” can mean {whole} or {part}.", "Say which decimal sign this column has.")


def _no_number(text: str, body: str, style: str) -> Unclear:
    if _EXPONENT.fullmatch(body):
        return Unclear(
            f"“{text}” was shortened by a spreadsheet program.",
            "Show the column with all its digits and export it again.",
        )
    other = COMMA if style == POINT else POINT
    if _STYLES[other].fullmatch(body):
        return Unclear(
            f"“{text}” is no number with the decimal sign “{style}”.", f"Write it with “{style}” as the others."
        )
    return Unclear(f"“{text}” is no number.", "Write digits only.")
