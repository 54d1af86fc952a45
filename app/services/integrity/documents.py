"""Documents: every stored amount is what the totals engine makes of the lines; sent versions are unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import Connection, select

from app.models.base import AMOUNT, PRICE
from app.models.company import currency
from app.models.product import GRAIN
from app.models.quote import quote
from app.models.tax import Tax
from app.services import companies, document_lines, offers, quote_snapshots, quotes, totals
from app.services.companies import TaxRule
from app.services.document_lines import Rules
from app.services.integrity.damage import LOOK, RESTORE, Damage, Query, Rule, Steps, amount, key_text, read, readable


@dataclass(frozen=True, slots=True)
class _Kind:
    """A table of documents, its lines, and where the lines keep what they count."""

    head: str
    line: str
    parent: str
    counted: str  # SQL of the counted quantity; NULL where there is none
    deposit: str
    stated: str = "''"  # SQL of the taxes a line states
    where: str = ""  # drafts called off are void
    choice: str = "''"  # SQL of how the line is offered; empty where it is in the total

    @property
    def heads(self) -> str:
        return (
            f"SELECT id, COALESCE(number, 'A draft') AS number, currency, tax_rounding, discount_percent, "
            f"discount_amount, cash_rounding, untaxed, tax, rounding, total FROM {self.head} {self.where} ORDER BY id"
        )

    @property
    def lines(self) -> str:
        return (
            f"SELECT l.{self.parent} AS parent, l.id, l.position, l.quantity, l.unit_price, l.discount_percent, "
            f"l.tax_codes, l.net, l.tax, l.total, l.numerator, l.denominator, COALESCE(p.grain, {GRAIN}) AS grain, "
            f"{self.counted} AS counted, {self.deposit} AS deposit_id, l.amount, {self.stated} AS tax_amounts, "
            f"{self.choice} AS choice "
            f"FROM {self.line} l LEFT JOIN product p ON p.id = l.product_id ORDER BY l.{self.parent}"
        )

    @property
    def taxes(self) -> str:
        return (
            f"SELECT d.document_id AS parent, d.code, d.rate, d.included, d.base, d.amount "
            f"FROM document_tax d JOIN {self.head} h ON h.id = d.document_id ORDER BY d.document_id"
        )


KINDS: Final = (
    _Kind("quote", "quote_line", "quote_id", "CAST(NULL AS BIGINT)", "NULL", choice="l.choice"),
    _Kind("sales_order", "sales_order_line", "order_id", "CASE WHEN l.kit_line_id IS NULL THEN l.ordered END", "NULL"),
    _Kind(
        "invoice",
        "invoice_line",
        "invoice_id",
        "CASE WHEN l.order_line_id IS NULL AND l.product_id IS NULL AND l.grains = 0 THEN NULL ELSE l.grains END",
        "l.deposit_id",
        "l.tax_amounts",
        "WHERE state <> 'cancelled'",
    ),
)


class Groups:
    """Rows sorted by their parent's key, given out parent by parent, in the order of the parents."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows = rows
        self._next: Any = next(rows, None)

    def of(self, parent: Any) -> list[Any]:
        """Give the rows of ``parent``; those of parents before it are left out."""
        found: list[Any] = []
        while self._next is not None and self._next.parent <= parent:
            if self._next.parent == parent:
                found.append(self._next)
            self._next = next(self._rows, None)
        return found


class _Recomputer:
    """Computes documents again; the same document is met as quote, order and invoice and computed once."""

    def __init__(self, connection: Connection) -> None:
        self._decimals = {row.code: row.decimals for row in connection.execute(select(currency))}
        self._known = companies.known_taxes(connection)
        self._taxes: dict[tuple[Any, ...], tuple[Tax, ...]] = {}
        self._sound: set[bytes] = set()

    def compare(self, kind: _Kind, head: Any, lines: list[Any], taxes: list[Any]) -> Iterator[Damage]:
        """Compute a document and compare every figure with what is stored."""
        digest = self._digest(head, lines, taxes)
        if digest in self._sound:
            return
        found = list(readable(self._differences(kind, head, lines, taxes), kind.head, head.id, head.number))
        if not found:
            self._sound.add(digest)
        yield from found

    def _differences(self, kind: _Kind, head: Any, lines: list[Any], taxes: list[Any]) -> Iterator[Damage]:
        known = dict(self._known)
        for row in taxes:
            known[row.code] = replace(known[row.code], rate=_decimal(row.rate, PRICE), included=bool(row.included))
        rates = tuple((row.code, row.rate, row.included) for row in taxes)
        rules = self._rules(head)
        counted = [row for row in lines if not row.choice]
        result = totals.compute(self._document(counted, rules, rates, known))
        yield from self._differing_lines(kind, head, counted, result.lines)
        offered = [row for row in lines if row.choice and set(row.tax_codes.split()) <= {row.code for row in taxes}]
        if offered:  # in no total; a tax that nothing else has is not kept with the document
            beside = totals.compute(self._document(offered, offers.alone(rules), rates, known))
            yield from self._differing_lines(kind, head, offered, beside.lines)
        stored = (head.untaxed, head.tax, head.rounding, head.total)
        computed = (result.untaxed, result.tax, result.rounding, result.total)
        yield from _differing(kind.head, head.id, head.number, stored, computed)
        booked = {row.code: (row.base, row.amount) for row in taxes}
        expected = {code: (part.base, part.amount) for code, part in result.taxes.items()}
        for code in sorted(booked.keys() | expected.keys()):
            name = f"{head.number}, tax {code}"
            key = f"{key_text(head.id)} {code}"
            yield from _differing(
                "document_tax", key, name, booked.get(code, (0, 0)), expected.get(code, (Decimal(0),) * 2)
            )

    def _document(
        self, lines: list[Any], rules: Rules, rates: tuple[Any, ...], known: dict[str, TaxRule]
    ) -> totals.Document:
        engine_lines = tuple(
            document_lines.engine_line(
                {
                    "quantity": _decimal(row.quantity, PRICE),
                    "unit_price": _decimal(row.unit_price, PRICE),
                    "discount_percent": _decimal(row.discount_percent, PRICE),
                    "deposit_id": row.deposit_id,
                    "tax_amounts": row.tax_amounts,
                    "position": row.position,
                },
                self._taxes_of(row.tax_codes, rates, known),
            )
            for row in lines
        )
        return totals.Document(engine_lines, document_lines.engine_rules(rules))

    @staticmethod
    def _differing_lines(
        kind: _Kind, head: Any, lines: list[Any], computed: Sequence[totals.LineTotals]
    ) -> Iterator[Damage]:
        for row, line in zip(lines, computed, strict=True):
            name = f"{head.number}, line {row.position}"
            line_amounts = (line.amount, line.net, line.tax, line.total)
            yield from _differing(kind.line, row.id, name, (row.amount, row.net, row.tax, row.total), line_amounts)

    def _rules(self, head: Any) -> Rules:
        cash = None if head.cash_rounding is None else _decimal(head.cash_rounding, PRICE)
        return Rules(
            head.currency,
            self._decimals[head.currency],
            head.tax_rounding,
            _decimal(head.discount_percent, PRICE),
            _decimal(head.discount_amount, AMOUNT),
            cash,
        )

    def _taxes_of(self, codes: str, rates: tuple[Any, ...], known: dict[str, TaxRule]) -> tuple[Tax, ...]:
        key = (codes, rates)
        if key not in self._taxes:
            self._taxes[key] = document_lines.engine_taxes(codes, known)
        return self._taxes[key]

    @staticmethod
    def _digest(head: Any, lines: list[Any], taxes: list[Any]) -> bytes:
        facts = (
            head[2:],
            [
                (row.quantity, row.unit_price, row.discount_percent, row.tax_codes, row.amount, *row[7:10])
                for row in lines
            ],
            [(row.deposit_id, row.tax_amounts) for row in lines if row.deposit_id or row.tax_amounts],
            [(row.position, row.choice) for row in lines if row.choice],
            sorted((row.code, row.rate, row.included, row.base, row.amount) for row in taxes),
        )
        return blake2b(repr(facts).encode(), digest_size=16).digest()


def amounts(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Compute every quote, order and invoice again from its lines."""
    recomputer = _Recomputer(connection)
    for kind in KINDS:
        lines, taxes = Groups(read(connection, kind.lines)), Groups(read(connection, kind.taxes))
        for head in read(connection, kind.heads):
            steps.take()
            rows = sorted(lines.of(head.id), key=_position)
            yield from recomputer.compare(kind, head, rows, taxes.of(head.id))
            for row in rows:
                name = f"{head.number}, line {row.position}"
                yield from readable(_counts(kind, row, name), kind.line, row.id, name)


def _counts(kind: _Kind, row: Any, name: str) -> Iterator[Damage]:
    if not _is_counted(row):
        what = f"{name}: the counted quantity is not the typed one."
        yield Damage(Rule.LINE_QUANTITY, kind.line, key_text(row.id), what, RESTORE)


def _is_counted(row: Any) -> bool:
    """Typed quantity x factor x grain = counted grains, exactly."""
    if row.counted is None:
        return True
    return bool(row.counted * row.denominator * 10**PRICE == row.quantity * row.numerator * row.grain)


def _position(row: Any) -> int:
    position: int = row.position
    return position


def _differing(table: str, key: Any, name: str, stored: tuple[Any, ...], computed: tuple[Any, ...]) -> Iterator[Damage]:
    wanted = tuple(int(value.scaleb(AMOUNT)) for value in computed)
    if stored != wanted:
        shown, meant = (" / ".join(amount(value) for value in values) for values in (stored, wanted))
        what = f"{name}: the stored amounts are {shown}; its lines come to {meant}."
        yield Damage(Rule.TOTALS, table, key_text(key), what, LOOK)


def _decimal(stored: int, scale: int) -> Decimal:
    return Decimal(stored).scaleb(-scale)


_VERSIONS: Final = """
    SELECT v.id, v.quote_id, v.version, v.fingerprint, v.snapshot, v.printed, q.number, q.version AS latest, q.state
      FROM quote_version v LEFT JOIN quote q ON q.id = v.quote_id ORDER BY v.quote_id, v.version
"""
_UNSENT: Final = Query(
    Rule.QUOTE_VERSION,
    "quote",
    """
    SELECT q.id AS key, q.number, q.version, COUNT(v.id) AS found, COALESCE(MAX(v.version), 0) AS last
      FROM quote q LEFT JOIN quote_version v ON v.quote_id = q.id
     GROUP BY q.id, q.number, q.version HAVING COUNT(v.id) <> q.version OR COALESCE(MAX(v.version), 0) <> q.version
    """,
    "{number} was sent {version} times, {found} versions are kept.",
)

_NEGOTIATED: Final = (
    Query(
        Rule.COUNTER_OFFER,
        "quote",
        """
        SELECT q.id AS key, q.number, q.open_counters, COUNT(c.id) AS found
          FROM quote q LEFT JOIN quote_counter c ON c.quote_id = q.id AND c.state = 'open'
         GROUP BY q.id, q.number, q.open_counters HAVING COUNT(c.id) <> q.open_counters
        """,
        "{number} says that {open_counters} counter-offers wait for an answer, {found} do.",
    ),
    Query(
        Rule.COUNTER_OFFER,
        "quote_line",
        """
        SELECT l.id AS key, q.number, l.position
          FROM quote_line l JOIN quote q ON q.id = l.quote_id JOIN sales_order o ON o.id = l.order_id
         WHERE o.quote_id IS NULL OR o.quote_id <> q.id
        """,
        "{number}, line {position}: the order that took it was not made of this quote.",
    ),
)


def versions(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check that the versions of quotes that were sent are unchanged, and that a sent quote is its last version."""
    sent: dict[Any, tuple[Any, str, str]] = {}
    for row in read(connection, _VERSIONS):
        steps.take()
        if quote_snapshots.fingerprint(row.snapshot, row.printed) != row.fingerprint:
            what = f"Version {row.version} of {row.number} was changed after it was sent."
            yield Damage(Rule.QUOTE_VERSION, "quote_version", key_text(row.id), what, RESTORE)
        elif row.state == "sent" and row.version == row.latest:
            sent[row.quote_id] = (row.id, row.number, row.snapshot)
    for query in (_UNSENT, *_NEGOTIATED):
        yield from query.find(connection, steps)
    numbers = [number for _, number, _ in sent.values()]
    for start in range(0, len(numbers), 500):
        for head in connection.execute(select(quote).where(quote.c.number.in_(numbers[start : start + 500]))).all():
            steps.take()
            key = next(key for key, (_, number, _) in sent.items() if number == head.number)
            if quote_snapshots.snapshot(connection, head, quotes.lines(connection, head.id)) != sent[key][2]:
                what = f"{head.number} is no longer what was sent as version {head.version}."
                yield Damage(Rule.QUOTE_VERSION, "quote", key_text(key), what, LOOK)


COPIES: Final = tuple(
    Query(
        Rule.SNAPSHOT,
        table,
        f"SELECT d.id AS key, o.number FROM {table} d JOIN sales_order o ON o.id = d.order_id WHERE {condition}",
        words,
        LOOK,
    )
    for table, condition, words in (
        ("pick", "d.order_number <> o.number", "A pick list of {number} bears another order's number."),
        (
            "shipment",
            (
                "d.order_number <> o.number OR d.customer_id <> o.customer_id "
                "OR (d.state = 'planned' AND d.ship_to <> o.shipping_address AND NOT EXISTS (SELECT 1 "
                "FROM sales_order_line t WHERE t.order_id = o.id AND t.ship_to = d.ship_to))"
            ),
            "A shipment of {number} bears another number, customer or address than its order.",
        ),
        (
            "invoice",
            (
                "d.order_number <> o.number OR d.customer_id <> o.customer_id OR d.currency <> o.currency "
                "OR (d.state = 'draft' AND d.credits_id IS NULL AND (d.customer_po <> o.customer_po "
                "OR d.billing_address <> o.billing_address))"
            ),
            "An invoice of {number} bears another number, customer, currency, PO or address than its order.",
        ),
        (
            "goods_return",
            "d.order_number <> o.number OR d.customer_id <> o.customer_id",
            "A return of {number} bears another number or customer than its order.",
        ),
    )
)


def copies(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check what papers copied from their order."""
    for query in COPIES:
        yield from query.find(connection, steps)
