"""Quote templates: what a quote was made of, to begin others with, at the prices of their day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Invalid, NotFound
from app.models.base import Key, new_id
from app.models.product import product
from app.models.quote import quote_template, quote_template_line
from app.services import quotes
from app.services.document_lines import OfferedLine
from app.services.quotes import NewQuote
from app.services.statements import Prepared
from app.services.transaction import Transaction

LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Template:
    """A template as a list shows it: its name, how many lines it has and the first of them in words."""

    id: UUID
    name: str
    lines: int
    begins: str


Written = tuple[UUID, tuple[str, ...]]
"""A quote begun with a template, and the SKUs of lines left out because they are not sold any more."""


def save(tx: Transaction, quote_id: UUID, name: str) -> UUID:
    """Keep what a quote is made of under a name and return the template's id.

    Of products the quantity, unit and texts are kept; their prices and taxes are those of the day a quote is written.
    Fees keep theirs.

    Raises:
        Invalid: the name is empty, too long or taken; or the quote has no lines.
        NotFound: the quote does not exist.

    """
    head = quotes.get(tx.connection, quote_id)
    rows = quotes.lines(tx.connection, quote_id)
    if not rows:
        raise Invalid("name", f"{head.number} has no lines yet. Write some, then save it as a template.")
    template_id = new_id()
    tx.insert(
        quote_template,
        {
            "id": template_id,
            "name": _free_name(tx, name),
            "notes": head.notes,
            "discount_percent": head.discount_percent,
            "active": True,
            "created_at": tx.at,
        },
    )
    ids = sorted({row.product_id for row in rows if row.product_id})
    names = {row.id: row.name for row in _NAMES.all(tx.connection, ids=ids)} if ids else {}
    tx.insert(quote_template_line, *(_kept(template_id, place, row, names) for place, row in enumerate(rows, 1)))
    tx.record("quote.template_saved", quote_id, template_id, name=name.strip())
    return template_id


def rename(tx: Transaction, template_id: UUID, name: str) -> str:
    """Give a template another name and return the one it had.

    Raises:
        Invalid: the name is empty, too long or taken.
        NotFound: the template does not exist.

    """
    row = tx.lock(quote_template, template_id, "Template")
    fresh = _free_name(tx, name, besides=template_id)
    tx.update(quote_template, template_id, name=fresh)
    tx.record("quote.template_renamed", template_id, before=row.name, name=fresh)
    before: str = row.name
    return before


def remove(tx: Transaction, template_id: UUID) -> None:
    """Offer a template no more; quotes that began with it stay.

    Raises:
        NotFound: the template does not exist.

    """
    row = tx.lock(quote_template, template_id, "Template")
    tx.update(quote_template, template_id, active=False)
    tx.record("quote.template_removed", template_id, name=row.name)


def bring_back(tx: Transaction, template_id: UUID) -> None:
    """Offer a template again that was removed.

    Raises:
        Invalid: another template has its name by now.
        NotFound: the template does not exist.

    """
    row = tx.lock(quote_template, template_id, "Template")
    _free_name(tx, row.name, besides=template_id)
    tx.update(quote_template, template_id, active=True)
    tx.record("quote.template_brought_back", template_id, name=row.name)


def write(tx: Transaction, template_id: UUID, customer_id: UUID) -> Written:
    """Write a draft quote for a customer with what a template has, at today's prices and the customer's terms.

    Raises:
        Invalid: a line cannot be taken, e.g. a product has no price in the customer's currency.
        NotFound: the template or the customer does not exist.

    """
    head = _TEMPLATE.first(tx.connection, template=template_id)
    if head is None:
        raise NotFound("Template", template_id)
    rows = _LINES.all(tx.connection, template=template_id)
    sold = [row for row in rows if row.product_id is None or row.active]
    new = NewQuote(
        customer_id,
        tuple(_line(row) for row in sold),
        discount_percent=head.discount_percent,
        notes=head.notes,
    )
    left_out = tuple(row.sku for row in rows if row.product_id is not None and not row.active)
    return quotes.create(tx, new), left_out


def offered(connection: Connection) -> list[Template]:
    """List the templates, by name."""
    return [
        Template(row.id, row.name, row.lines, row.begins or "")
        for row in sorted(connection.execute(_OFFERED), key=lambda row: str(row.name).casefold())
    ]


def _free_name(tx: Transaction, name: str, besides: UUID | None = None) -> str:
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > LONGEST_NAME:
        raise Invalid("name", f"Type a name of at most {LONGEST_NAME} characters.")
    if any(row.id != besides for row in _BY_NAME.all(tx.connection, name=tidy.lower())):
        raise Invalid("name", f"There is a template {tidy} already. Choose another name.")
    return tidy


def _kept(template_id: UUID, place: int, row: Any, names: dict[UUID, str]) -> dict[str, Any]:
    sold = row.product_id is not None
    return {
        "id": new_id(),
        "template_id": template_id,
        "position": place,
        "kind": row.kind,
        "product_id": row.product_id,
        "name": "" if sold and row.name == names[row.product_id] else row.name,
        "description": row.description,
        "quantity": row.quantity,
        "unit": row.unit,
        "unit_price": None if sold else row.unit_price,
        "tax_codes": None if sold else row.tax_codes,
        "choice": row.choice,
    }


def _line(row: Any) -> OfferedLine:
    return OfferedLine(
        row.product_id,
        row.quantity,
        row.unit,
        row.unit_price,
        tax_codes=row.tax_codes,
        name=row.name,
        description=row.description,
        kind=row.kind,
        choice=row.choice,
    )


_T: Final = quote_template.c
_L: Final = quote_template_line.c
_ID: Final = bindparam("template", type_=Key)
_TEMPLATE: Final = Prepared(select(quote_template).where(_T.id == _ID))
_LINES: Final = Prepared(
    select(quote_template_line, product.c.active, product.c.sku)
    .outerjoin(product, product.c.id == _L.product_id)
    .where(_L.template_id == _ID)
    .order_by(_L.position)
)
_BY_NAME: Final = Prepared(select(_T.id).where(_T.active, func.lower(_T.name) == bindparam("name")))
_NAMES: Final = Prepared(
    select(product.c.id, product.c.name).where(product.c.id.in_(bindparam("ids", type_=Key, expanding=True)))
)
_OFFERED: Final = select(
    _T.id,
    _T.name,
    select(func.count()).where(_L.template_id == _T.id).scalar_subquery().label("lines"),
    select(func.coalesce(func.nullif(_L.name, ""), product.c.name))
    .select_from(quote_template_line.outerjoin(product, product.c.id == _L.product_id))
    .where(_L.template_id == _T.id, _L.position == 1)
    .scalar_subquery()
    .label("begins"),
).where(_T.active)
