"""The rules of price lists in words, and as they are typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.errors import Invalid
from app.models.pricing import Base, Formula, PriceRule
from app.services.price_lists import NewRule
from app.views import format as written
from app.views.format import tr
from app.views.widgets.typed_table import Texts, TypedColumn, TypedTable

ZERO: Final = Decimal(0)
COLUMNS: Final = (
    TypedColumn("sku", "Product (SKU)", 130, code=True),
    TypedColumn("category", "Or category", 130, stretch=True),
    TypedColumn("from", "From", 62, right=True),
    TypedColumn("to", "To", 62, right=True),
    TypedColumn("unit", "In unit", 66),
    TypedColumn("base", "Starts from", 112),
    TypedColumn("price", "Price or formula", 190, stretch=True),
    TypedColumn("starts", "First day", 110),
    TypedColumn("ends", "Last day", 110),
)
"""With neither product nor category a rule speaks of all products."""
_N: Final = r"\d[\d.,\u00a0\u202f]*"
_FORMULA: Final = re.compile(
    rf"(?P<fixed>{_N})?\s*(?:(?P<percent>[-+]\s*{_N})\s*%)?\s*(?P<amount>[-+]\s*{_N})?"
    rf"\s*(?:round\s+(?P<step>{_N}))?\s*(?:then\s+(?P<surcharge>[-+]?\s*{_N}))?"
    rf"\s*(?P<margin>margin(?:\s+(?P<least>{_N}))?(?:\s+to\s+(?P<most>{_N}))?)?",
    re.IGNORECASE,
)
_FIGURES: Final = ("fixed", "percent", "amount", "step", "surcharge", "least", "most")


@dataclass(frozen=True, slots=True)
class TypedRule:
    """A rule as it was typed; its product is still a SKU, where ``sku`` is filled."""

    place: int
    rule: NewRule
    sku: str


def formula_text(formula: Formula) -> str:
    """Write a formula as it is typed: ``8.90``, ``−10 % round 0.05 then −0.01``, ``margin 2 to 8``; empty: as it is."""
    parts = [] if formula.fixed is None else [written.amount(formula.fixed)]
    if formula.percent:
        parts.append(f"{_signed(-formula.percent, written.quantity(abs(formula.percent)))} %")
    if formula.amount:
        parts.append(_signed(-formula.amount, written.amount(abs(formula.amount))))
    if formula.step:
        parts.append(f"round {written.quantity(formula.step)}")
    if formula.surcharge:
        parts.append(f"then {_signed(formula.surcharge, written.amount(abs(formula.surcharge)))}")
    if formula.min_margin is not None or formula.max_margin is not None:
        least = "" if formula.min_margin is None else f" {written.amount(formula.min_margin)}"
        most = "" if formula.max_margin is None else f" to {written.amount(formula.max_margin)}"
        parts.append(f"margin{least}{most}")
    return " ".join(parts)


def _signed(value: Decimal, text: str) -> str:
    return f"{'+' if value > 0 else written.MINUS}{text}"


def formula_from(typed: str) -> Formula | None:
    """Read a formula as it is typed, of a price of its own or off the list price; None: it cannot be read."""
    match = _FORMULA.fullmatch(typed.replace(written.MINUS, "-").strip())
    if match is None:
        return None
    numbers: dict[str, Decimal | None] = {}
    for name in _FIGURES:
        text = match[name]
        numbers[name] = None if text is None else written.number(text.replace("+", ""))
        if text is not None and numbers[name] is None:
            return None
    if match["margin"] and numbers["least"] is None and numbers["most"] is None:
        return None
    fixed = numbers["fixed"]
    return Formula(
        Base.LIST if fixed is None else Base.FIXED,
        fixed,
        -(numbers["percent"] or ZERO),
        -(numbers["amount"] or ZERO),
        numbers["step"] or ZERO,
        numbers["surcharge"] or ZERO,
        numbers["least"],
        numbers["most"],
    )


def unreadable(typed: str) -> str:
    """Say why a formula cannot be read, and how one is written."""
    return tr("“{}” is no price. Type 8.90, −10 %, −0.50 or −10 % round 0.05 then −0.01 margin 2 to 8.").format(typed)


def says(rule: PriceRule, names: Mapping[UUID, str]) -> str:
    """Say in one line of what a rule speaks, and what it makes of the price."""
    parts = [tr("the product") if rule.product_id else rule.category or tr("all products")]
    if rule.min_quantity:
        parts.append(tr("from {}").format(written.quantity(rule.min_quantity)))
    if rule.max_quantity is not None:
        parts.append(tr("up to {}").format(written.quantity(rule.max_quantity)))
    if rule.unit:
        parts.append(tr("in {}").format(rule.unit))
    return f"{', '.join(parts)}: {_makes(rule.formula, rule.base_list_id, names)}"


def _makes(formula: Formula, base_id: UUID | None, names: Mapping[UUID, str]) -> str:
    text = formula_text(formula)
    if formula.base is Base.FIXED:
        return text
    start = tr("list price") if base_id is None else names.get(base_id, "")
    return f"{start} {text}".strip()


def texts(rule: NewRule, skus: Mapping[UUID, str], names: Mapping[UUID, str]) -> Texts:
    """Write a rule as it is typed."""
    base = "" if rule.formula.base is Base.FIXED else tr("list price")
    return {
        "sku": skus.get(rule.product_id, "") if rule.product_id else "",
        "category": rule.category,
        "from": written.quantity(rule.min_quantity) if rule.min_quantity else "",
        "to": "" if rule.max_quantity is None else written.quantity(rule.max_quantity),
        "unit": rule.unit,
        "base": names.get(rule.base_list_id, "") if rule.base_list_id else base,
        "price": formula_text(rule.formula),
        "starts": rule.starts_on.isoformat() if rule.starts_on else "",
        "ends": rule.ends_on.isoformat() if rule.ends_on else "",
        "id": str(rule.id or ""),
    }


def read(
    table: TypedTable, known: Mapping[str, tuple[NewRule, Texts]], names: Mapping[UUID, str], today: date
) -> list[TypedRule]:
    """Read the rules that were typed, and mark each cell that cannot be read.

    ``known`` are the stored rules with their texts by id: a row that was not touched is the rule it was.

    Raises:
        Invalid: a cell cannot be read.

    """
    found = []
    for place, row in table.texts():
        before = known.get(row.get("id", ""))
        if before is not None and all(row.get(one.id, "") == before[1].get(one.id, "") for one in COLUMNS):
            found.append(TypedRule(place, before[0], ""))
            continue
        rule = _Reading(table, place, row, names, today).rule()
        found.append(TypedRule(place, replace(rule, id=before[0].id if before else None), row.get("sku", "").strip()))
    if reason := table.first_error():
        raise Invalid("rules", reason)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """One row that is read cell by cell; what cannot be read is marked and counts as empty."""

    table: TypedTable
    place: int
    row: Texts
    names: Mapping[UUID, str]
    today: date

    def rule(self) -> NewRule:
        formula, base_id = self._formula()
        return NewRule(
            formula,
            category=self._text("category"),
            unit=self._text("unit"),
            min_quantity=self._number("from") or ZERO,
            max_quantity=self._number("to"),
            starts_on=self._day("starts"),
            ends_on=self._day("ends"),
            base_list_id=base_id,
        )

    def _text(self, name: str) -> str:
        return self.row.get(name, "").strip()

    def _number(self, name: str) -> Decimal | None:
        typed = self._text(name)
        value = written.number(typed)
        self.table.mark(self.place, name, tr("“{}” is no number.").format(typed) if typed and value is None else "")
        return value

    def _day(self, name: str) -> date | None:
        typed = self._text(name)
        value = written.date_from(typed, self.today) if typed else None
        self.table.mark(self.place, name, tr("“{}” is no day.").format(typed) if typed and value is None else "")
        return value

    def _formula(self) -> tuple[Formula, UUID | None]:
        typed, base = self._text("price"), self._text("base")
        formula = formula_from(typed)
        if formula is None:
            self.table.mark(self.place, "price", unreadable(typed))
            return Formula(), None
        reason, base_id = self._base(formula, base, bool(typed))
        self.table.mark(self.place, "price", reason if not base else "")
        self.table.mark(self.place, "base", reason if base else "")
        return (formula if base_id is None else replace(formula, base=Base.OTHER)), base_id

    def _base(self, formula: Formula, typed: str, priced: bool) -> tuple[str, UUID | None]:
        """Find what a rule starts from; with the reason where that cannot be."""
        if not typed:
            return ("" if priced else tr("Type a price, or what it starts from.")), None
        if formula.base is Base.FIXED:
            return tr("A price of its own starts from nothing: empty this cell, or type −10 % as formula."), None
        if typed.casefold() in {"list", "list price", tr("list price").casefold()}:
            return "", None
        for list_id, name in self.names.items():
            if name.casefold() == typed.casefold():
                return "", list_id
        return tr("There is no price list {}. Type “list price” or another list's name.").format(typed), None
