"""How the difference of two versions is told: side by side, and in words, so that no colour is needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from app.models.negotiation import Changed, Difference, LineChange, LinePair, VersionLine
from app.services.parties import Address
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.format import tr
from app.views.quotes.counter import price_text
from app.views.tokens import Tone

_WORDS: Final = {
    "name": "text",
    "description": "description",
    "quantity": "quantity",
    "unit": "unit",
    "unit_price": "price",
    "discount_percent": "discount",
    "tax_codes": "tax",
    "requested_on": "day",
    "choice": "choice",
    "amount": "amount",
}
_TERMS: Final = {
    "payment_term": "Payment terms",
    "valid_until": "Valid until",
    "requested_on": "Requested on",
    "discount_percent": "Discount %",
    "discount_amount": "Discount",
    "tax_rounding": "Taxes rounded per",
    "customer_po": "PO number",
    "billing_address": "Billing address",
    "shipping_address": "Shipping address",
    "notes": "Notes",
    "untaxed": "Before tax",
    "tax": "Tax",
    "rounding": "Rounding",
    "total": "Total",
}
_MARKS: Final = {
    LineChange.SAME: (tr("same"), "", Tone.FAINT),
    LineChange.CHANGED: (tr("changed"), "pencil", Tone.WARN),
    LineChange.ADDED: (tr("new"), "plus", Tone.OK),
    LineChange.REMOVED: (tr("taken out"), "x", Tone.BAD),
}


def columns() -> tuple[Column[LinePair], ...]:
    """Make the columns: the item, what both versions offer, and what changed in words."""
    return (
        Column[LinePair]("item", tr("Item"), _item, 150, stretch=True),
        *(
            Column[LinePair](f"{name}_{side}", title, partial(_value, side, name), width, right=True)
            for side, words in (("before", tr("{} was")), ("after", tr("{} now")))
            for name, title, width in (
                ("quantity", words.format(tr("Qty")), 76),
                ("unit_price", words.format(tr("Price")), 86),
                ("amount", words.format(tr("Amount")), 100),
            )
        ),
        Column[LinePair]("changes", tr("What changed"), _changes, 180),
    )


def term_rows(found: Difference, today: date) -> list[tuple[str, str]]:
    """Give each changed term as its name and ``before → after``."""
    return [(tr(_TERMS[one.what]), _arrow(one, today)) for one in found.terms]


def total_words(found: Difference, currency: str) -> str:
    """Say what the total was, is, and by how much per cent it moved."""
    before, after = found.before_total, found.after_total
    words = f"{written.amount(before)} → {written.amount(after)} {currency}"
    if not before or before == after:
        return words
    moved = written.quantity(((after - before) * 100 / before).quantize(Decimal("0.1")))
    return f"{words} ({'+' if after > before else ''}{moved} %)"


def _item(pair: LinePair) -> Cell:
    line = pair.after or pair.before
    assert line is not None
    words = {"optional": tr("optional"), "alternative": tr("alternative")}.get(line.choice, "")
    return cells.two_lines(line.name, " · ".join(part for part in (line.sku, words) if part))


def _value(side: str, name: str, pair: LinePair) -> Cell:
    line: VersionLine | None = pair.before if side == "before" else pair.after
    if line is None:
        return cells.text("—", tone=Tone.FAINT)
    if line.kind not in {"product", "fee"}:
        return Cell()
    value = getattr(line, name)
    differs = any(one.what == name for one in pair.changes)
    text = written.quantity(value) if name == "quantity" else price_text(value)
    if side == "after" and differs:
        return cells.text(text, tone=Tone.WARN, strong=True)
    return cells.text(text, tone=Tone.SOFT if side == "before" else Tone.TEXT)


def _changes(pair: LinePair) -> Cell:
    word, icon, tone = _MARKS[pair.kind]
    told = [one for one in pair.changes if one.what != "amount"] or list(pair.changes)
    text = ", ".join(f"{tr(_WORDS[one.what])} {_short(one)}" for one in told)
    hint = "\n".join(f"{tr(_WORDS[one.what])}: {_plain(one.before)} → {_plain(one.after)}" for one in pair.changes)
    if not told:
        return Cell(word, tone=tone, icon=icon)
    return Cell(word, tone=tone, strong=True, icon=icon, second=text, hint=hint)


def _short(one: Changed) -> str:
    if isinstance(one.before, Decimal) and isinstance(one.after, Decimal):
        moved = one.after - one.before
        return f"{'+' if moved > 0 else ''}{written.quantity(moved)}"
    return f"→ {_plain(one.after)}"


def _arrow(one: Changed, today: date) -> str:
    write: Callable[[Any], str] = _address if one.what.endswith("address") else partial(_plain, today=today)
    return f"{write(one.before)} → {write(one.after)}"


def _address(value: str | None) -> str:
    return ", ".join(Address.from_json(value).lines()) if value else "—"


def _plain(value: Any, today: date | None = None) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal):
        return price_text(value)
    if isinstance(value, date):
        return written.day(value, today) if today else written.full_day(value)
    return str(value)
