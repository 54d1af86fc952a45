"""Which column of a file fills which field, and how its cells are changed on the way.

:func:`propose` makes a proposal from the names of the columns and from what is in them;
a person changes it, and :class:`Mapping` is what they agreed to.  It can be saved in a profile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from dataclasses import fields as dataclass_fields
from difflib import SequenceMatcher
from typing import Any, Final

from app.errors import Invalid
from app.services.imports import fields, number_style
from app.services.imports.detection import Column, Detection
from app.services.imports.fields import Field, Kind, Type

SURE, DOUBTFUL, LIKELY, POSSIBLE = 100, 85, 80, 60
"""Confidence of a proposal in percent: name known; known but the cells do not fit; part of it known; only alike."""

_ALIKE: Final = 85
_PART: Final = 4
_WORD: Final = re.compile(r"[^\W\d_]?[^\W\d_A-ZÄÖÜ]+|[A-ZÄÖÜ]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class FieldSource:
    """How one field is filled: from a column, or with the same text in every row.

    ``when_empty`` stands in for an empty cell, or the field ``or_field`` of the same row does.
    ``values`` replaces whole cells (old text to new; the case does not matter).  ``decimals`` rounds a
    number half away from zero to so many places.  ``share`` says that a percentage is written as a
    share of one (0.15 for 15 %).  ``upper`` writes the text in capitals, ``whole`` takes ``.0`` off a
    code that was exported as a number, ``prefix`` is put before a text.
    """

    field: str
    column: str = ""
    constant: str = ""
    when_empty: str = ""
    or_field: str = ""
    prefix: str = ""
    values: Table[str, str] = dataclass_field(default_factory=dict)
    decimals: int | None = None
    decimal_sign: str = ""
    date_order: str = ""
    share: bool = False
    upper: bool = False
    whole: bool = False

    def to_data(self) -> dict[str, Any]:
        """Give what differs from the default, as it is saved."""
        return {
            item.name: dict(value) if item.name == "values" else value
            for item in dataclass_fields(self)
            if item.name != "field" and (value := getattr(self, item.name)) not in (None, "", False, {})
        }


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a person agreed to: one source for each field that is filled."""

    kind: Kind
    sources: tuple[FieldSource, ...]

    def source(self, key: str) -> FieldSource | None:
        """Find how the field ``key`` is filled."""
        return next((source for source in self.sources if source.field == key), None)

    def with_source(self, source: FieldSource) -> Mapping:
        """Fill one field in another way; a column feeds any number of fields."""
        return replace(self, sources=(*(known for known in self.sources if known.field != source.field), source))

    def without(self, key: str) -> Mapping:
        """Leave one field empty."""
        return replace(self, sources=tuple(known for known in self.sources if known.field != key))

    def to_data(self) -> dict[str, Any]:
        """Give the mapping as it is saved: field to source."""
        return {source.field: source.to_data() for source in self.sources}

    @classmethod
    def from_data(cls, kind: Kind, data: Table[str, Any]) -> Mapping:
        """Read a saved mapping; a text alone is the name of a column.

        Raises:
            Invalid: a field or a setting does not exist, or has a value of the wrong kind.

        """
        return cls(kind, tuple(_source(kind, key, value) for key, value in data.items()))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one column: the source, how sure that is in percent, and why.

    ``source`` is None where the column is skipped.  ``question`` is what a person must decide first.
    """

    column: Column
    source: FieldSource | None
    confidence: int
    reason: str
    question: str = ""


def propose(detection: Detection, kind: Kind) -> tuple[Proposal, ...]:
    """Propose a field for each column; the best name wins, and each field is filled once."""
    ranked = sorted(
        (
            (confidence, -order, -column.position, known, reason)
            for order, known in enumerate(fields.FIELDS[kind])
            for column in detection.columns
            for confidence, reason in [_likeness(column, known)]
            if confidence >= POSSIBLE
        ),
        key=lambda candidate: candidate[:3],
        reverse=True,
    )
    taken: dict[int, Proposal] = {}
    filled: set[str] = set()
    for confidence, _, position, known, reason in ranked:
        column = detection.columns[-position]
        if column.position in taken or known.key in filled:
            continue
        filled.add(known.key)
        source, question = conversions(FieldSource(known.key, column.name), column, known)
        taken[column.position] = Proposal(column, source, confidence, reason, question)
    return tuple(
        taken.get(column.position) or Proposal(column, None, 0, "no field has a name like this")
        for column in detection.columns
    )


def proposed(detection: Detection, kind: Kind) -> Mapping:
    """Take the whole proposal as the mapping."""
    return Mapping(kind, tuple(p.source for p in propose(detection, kind) if p.source))


def complete(mapping: Mapping, detection: Detection) -> Mapping:
    """Fill what the mapping leaves open with what was found in this file.

    Raises:
        Invalid: a required field has no source, or a column does not exist in the file.

    """
    sources = []
    for source in mapping.sources:
        known = fields.field(mapping.kind, source.field)
        if not source.column:
            sources.append(source)
            continue
        column = detection.column(source.column)
        if column is None:
            names = ", ".join(found.name for found in detection.columns)
            raise Invalid(
                source.field,
                f"The file has no column “{source.column}” for {known.label}. Its columns are: {names}. "
                "Nothing was imported. Choose another column.",
            )
        sources.append(conversions(replace(source, column=column.name), column, known, only_open=True)[0])
    present = {source.field for source in sources}
    for known in fields.FIELDS[mapping.kind]:
        if known.required and known.key not in present:
            raise Invalid(known.key, f"No column is chosen for {known.label}, which every row needs. Choose one.")
    return replace(mapping, sources=tuple(sources))


def conversions(
    source: FieldSource, column: Column, known: Field, *, only_open: bool = False
) -> tuple[FieldSource, str]:
    """Say how the cells of ``column`` are read into the field, and what a person must still decide.

    With ``only_open`` only the decimal sign and the order of dates are filled in, where nothing is said.
    """
    question = ""
    if known.type in {Type.NUMBER, Type.PERCENT} and column.number and not source.decimal_sign:
        source = replace(source, decimal_sign=column.number.value)
        question = "" if column.number.sure else f"Decimal sign: {column.number.evidence}."
    if known.type is Type.DATE and column.date and not source.date_order:
        source = replace(source, date_order=column.date.value)
        question = "" if column.date.sure else f"Order of day and month: {column.date.evidence}."
    if only_open:
        return source, question
    texts = [cell for cell in column.values if isinstance(cell, str)]
    if known.type in {Type.NUMBER, Type.PERCENT}:
        places = number_style.single_precision(texts, source.decimal_sign)
        if places is not None:
            source = replace(source, decimals=places)
            question = question or f"The numbers were stored imprecisely; they are rounded to {places} places."
    if known.type is Type.PERCENT and number_style.are_shares(column.values, source.decimal_sign):
        source = replace(source, share=True)
        question = question or "All are between 0 and 1, so 0.15 is read as 15 %."
    if known.type is Type.CODE and texts and all(number_style.is_whole_float(text) for text in texts):
        source = replace(source, whole=True)
    return source, question


def _likeness(column: Column, known: Field) -> tuple[int, str]:
    """How much a column is like a field, in percent, and why."""
    name = fields.normal(column.name)
    if not name:
        return 0, ""
    fits = _fits(column, known)
    if name in known.names:
        # Also where the cells do not fit: an error at a cell is better than a column that is passed over.
        if not fits:
            return DOUBTFUL, f"the name is known, but most cells are not of the kind {known.type.value}"
        return SURE - known.names.index(name) // 4, "the name is known"
    if not fits:
        return 0, ""
    if any(part in known.names for part in _parts(column.name)):
        return LIKELY, "part of the name is known"
    best = max(known.names, key=lambda other: SequenceMatcher(None, name, other).ratio())
    alike = int(100 * SequenceMatcher(None, name, best).ratio())
    return (POSSIBLE, f"the name is like “{best}”") if alike >= _ALIKE and len(name) >= 5 else (0, "")


def _parts(name: str) -> list[str]:
    """Give the beginnings and ends of a name of several words, such as “order no” of “Order no (web)”."""
    words = [fields.normal(word) for word in _WORD.findall(name)]
    parts = ["".join(words[:count]) for count in range(1, len(words))] + [
        "".join(words[-count:]) for count in range(1, len(words))
    ]
    return [part for part in parts if len(part) >= _PART]


def _fits(column: Column, known: Field) -> bool:
    if not column.filled:
        return True
    if known.type in {Type.NUMBER, Type.PERCENT}:
        return column.number is not None
    if known.type is Type.DATE:
        return column.date is not None
    if known.type is Type.EMAIL:
        return any("@" in cell for cell in column.values if isinstance(cell, str))
    return True


def _source(kind: Kind, key: str, value: Any) -> FieldSource:
    known = fields.field(kind, key)
    if isinstance(value, str):
        return FieldSource(key, column=value)
    kinds: dict[str, type] = {"share": bool, "upper": bool, "whole": bool, "decimals": int, "values": dict}
    allowed = {item.name for item in dataclass_fields(FieldSource)} - {"field"}
    if not isinstance(value, dict) or set(value) - allowed:
        raise Invalid(
            key, f"The settings of {known.label} are not understood. They may be: {', '.join(sorted(allowed))}."
        )
    for name, setting in value.items():
        if not isinstance(setting, kinds.get(name, str)):
            raise Invalid(key, f"The setting “{name}” of {known.label} has a value of the wrong kind.")
    return FieldSource(key, **value)
