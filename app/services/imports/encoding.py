"""Finding out in which encoding a text file is written, with the evidence.

A byte order mark settles it; so does a whole file that is valid UTF-8 and not plain ASCII.  What is
left are the 8-bit encodings, which any bytes are valid in: each is tried on the words that have
accents, and the one that gives letters as people write them wins.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO, Final

from app.services.imports.findings import Finding

_CHUNK: Final = 1 << 20
_HIGH: Final = bytes(range(128))
_HIGH_RUN: Final = re.compile(rb"[\x80-\xff]+")
_LETTER: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") | frozenset(range(128, 256))
_SEQUENCE: Final = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_WORDS_MAX: Final = 2_000

MARKS: Final = (  # the longer first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
EIGHT_BIT: Final = ("cp1252", "cp850", "mac_roman")
"""Western Europe, as Windows, DOS and the old Macintosh write it; found with certainty."""
ELSEWHERE: Final = ("cp1251", "cp1253")
"""Cyrillic and Greek: tried where the West gives no words, and never sure.

Central Europe (cp1250) cannot be told from the West without knowing the language: a person chooses it.
"""
CHOICES: Final = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "latin-1",
    "iso8859-15",
    "cp1250",
    "iso8859-2",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1257",
    "cp437",
    "cp850",
    "cp852",
    "mac_roman",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_kr",
)
"""Encodings a person may choose; the first ones are also found."""

_LETTERS: Final = frozenset("äöüÄÖÜßéèêëÉÈÊàâáãåæÀÂÁÃÅÆçÇíìîïÍÎóòôõøœÓÔÕØŒúùûÚÙñÑýÿšžŠŽ")
_SIGNS: Final = frozenset("€£¥§°²³µ®©™–—‘’‚“”„«»½¼¾·…•¿¡ªº×±\xa0")


@dataclass(slots=True)
class _Survey:
    """What one pass over the bytes has shown."""

    size: int = 0
    high: int = 0
    bad_at: int | None = None  # the first byte that is not UTF-8
    zeros: tuple[int, int] = (0, 0)  # at even and odd places of the first chunk
    sequences: int = 0  # byte groups that are UTF-8 letters
    high_bytes: set[int] = field(default_factory=set)
    words: Counter[bytes] = field(default_factory=Counter)


def detect(stream: BinaryIO) -> Finding:
    """Read the whole stream once and give the encoding with its evidence; ``value`` is a codec's name."""
    chunks = iter(lambda: stream.read(_CHUNK), b"")
    first = next(chunks, b"")
    if found := marked(first):
        return found
    survey = _survey(first, chunks)
    even, odd = survey.zeros
    if max(even, odd) * 4 > min(survey.size, _CHUNK) and min(even, odd) * 4 < max(even, odd):
        codec = "utf-16-le" if odd > even else "utf-16-be"
        return _finding(codec, "every second byte is zero, as in UTF-16 without a byte order mark", sure=True)
    if not survey.high:
        return _finding("utf-8", "only plain ASCII characters, which all encodings share", sure=True)
    if survey.bad_at is None:
        return _finding("utf-8", f"all {survey.high:,} bytes beyond ASCII form valid UTF-8 characters", sure=True)
    if survey.sequences * 2 * 10 > survey.high * 9:
        evidence = (
            f"{survey.sequences:,} characters are UTF-8, but byte {survey.bad_at + 1:,} is not; "
            "cells with such bytes are rejected"
        )
        return _finding("utf-8", evidence, sure=False)
    return _eight_bit(survey)


def marked(start: bytes) -> Finding | None:
    """Give the encoding that a byte order mark at the start of a file tells; None where there is none."""
    for mark, codec in MARKS:
        if start.startswith(mark):
            name = codec.removesuffix("-sig").upper()
            return _finding(codec, f"the file begins with the {name} byte order mark", sure=True)
    return None


def _survey(first: bytes, rest: Iterator[bytes]) -> _Survey:
    survey = _Survey(zeros=(first[0::2].count(0), first[1::2].count(0)))
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk: bytes | None = first
    while chunk:
        high = chunk.translate(None, _HIGH)
        survey.high += len(high)
        if survey.bad_at is None:
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                survey.bad_at = survey.size - pending + error.start
        if high:
            survey.high_bytes.update(high)
            survey.sequences += len(_SEQUENCE.findall(high))
            if len(survey.words) < _WORDS_MAX:
                survey.words.update(islice(_words(chunk), 10 * _WORDS_MAX))
        survey.size += len(chunk)
        chunk = next(rest, None)
    if survey.bad_at is None and decoder.getstate()[0]:
        survey.bad_at = survey.size - 1
    return survey


def _words(chunk: bytes) -> Iterator[bytes]:
    """Give the words that have bytes beyond ASCII."""
    end = 0
    for run in _HIGH_RUN.finditer(chunk):
        if run.end() <= end:
            continue
        start, end = run.span()
        while start > 0 and chunk[start - 1] in _LETTER:
            start -= 1
        while end < len(chunk) and chunk[end] in _LETTER:
            end += 1
        yield chunk[start:end]


def _eight_bit(survey: _Survey) -> Finding:
    total = sum(survey.words.values())
    best, lead, score = _best(survey.words, EIGHT_BIT)
    sure = score > 0 and lead >= total
    if score < total:
        other, _, other_score = _best(survey.words, ELSEWHERE)
        if other_score >= total:
            best, sure = other, False
    sample = ", ".join(
        f"“{text.decode(best, 'replace')}”" for text, _ in sorted(survey.words.most_common(3), key=lambda item: item[0])
    )
    evidence = f"byte {(survey.bad_at or 0) + 1:,} is not UTF-8; read as {best} the words are {sample}"
    if best == "cp1252" and not any(0x80 <= byte <= 0x9F for byte in survey.high_bytes):
        evidence += " (latin-1 would give the same text)"
    return _finding(best, evidence, sure=sure)


def _best(words: Counter[bytes], codecs_: tuple[str, ...]) -> tuple[str, int, int]:
    """Give the codec with the most points, its lead over the next one, and its points."""
    scores = {codec: _score(words, codec) for codec in codecs_}
    ranked = sorted(codecs_, key=lambda codec: -scores[codec])
    return ranked[0], scores[ranked[0]] - scores[ranked[1]], scores[ranked[0]]


def _score(words: Counter[bytes], codec: str) -> int:
    """Points for each accented word as ``codec`` reads it: letters in use, case as in words, no strange signs."""
    points = 0
    for word, count in words.items():
        text = word.decode(codec, "replace")
        high = [place for place in range(len(text)) if ord(text[place]) > 127]
        if len(text) >= 4 and len(high) * 2 > len(text):  # no Latin word is mostly accents
            points += count * len(high) * (2 if _is_foreign(text) else -2)
        else:
            points += count * sum(_points(text, place) for place in high)
    return points


def _is_foreign(text: str) -> bool:
    """Tell whether the whole word is Greek or Cyrillic, in small letters, capitals, or with one capital first."""
    letters = all("Ͱ" <= character <= "ӿ" and character.isalpha() for character in text)
    return letters and (text.isupper() or text[1:].islower())


def _points(text: str, place: int) -> int:
    character = text[place]
    before = text[place - 1] if place else ""
    if character in _LETTERS:
        mixed = character.isupper() and before.islower()
        return -1 if mixed else 2
    if character in _SIGNS:
        inside = before.isalpha() and place + 1 < len(text) and text[place + 1].isalpha() and character not in "’‘"
        return -1 if inside else 1
    return 0 if character.isalpha() else -2


def _finding(codec: str, evidence: str, *, sure: bool) -> Finding:
    return Finding("encoding", codec, evidence, sure=sure, choices=CHOICES)
