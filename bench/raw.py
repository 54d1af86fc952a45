"""The measure of speed: order to cash as a program without any layers would do it.

Plain sqlite3 or psycopg, statements written by hand, values put in place, nothing checked and nothing
looked up that the program still knows: what must be written, written.  It writes the same rows in the
same tables in the same nine transactions as the services do, the log row with its JSON payload and its
hash chain among them; ``tests/bench`` compares them row by row.  It is not a way to write a program.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import psycopg
from sqlalchemy import make_url
from uuid_utils.compat import uuid7

from app.models.base import EPOCH, MICROSECOND
from app.models.guards import GATE, GATE_SETTING
from bench.company import CLERK, NOW

LINES: Final = 5
AT: Final = (NOW - EPOCH) // MICROSECOND
TODAY: Final = NOW.date().isoformat()
IN_30_DAYS: Final = (NOW.date() + timedelta(days=30)).isoformat()
GRAIN: Final = 3_600_000
TAX_PERCENT: Final = 21

_OWNED = "id owner epoch revision created_at created_by"
_TYPED = "position kind product_id sku name description quantity unit numerator denominator"
_LINE = f"{_TYPED} unit_price discount_percent tax_codes amount net tax total"
_TOTALS = "currency tax_rounding discount_percent discount_amount cash_rounding untaxed tax rounding total"
_TO = "customer_id customer_name customer_po payment_term"
_STATES = "state delivery_state billing_state stage progress"
COLUMNS: Final = {
    "quote": f"{_OWNED} number state version {_TO} billing_address shipping_address valid_until requested_on "
    f"sent_at notes {_TOTALS}",
    "quote_line": f"id quote_id {_LINE}",
    "quote_version": "id quote_id version sent_at sent_by fingerprint snapshot letterhead_id printed",
    "sales_order": f"{_OWNED} number quote_id {_STATES} {_TO} invoice_policy billing_address shipping_address "
    "ordered_on requested_on promised_on confirmed_at deposit_percent deposit_amount deposit_blocks channel warning "
    f"taken_over notes invoiced_total paid_total {_TOTALS}",
    "sales_order_line": f"id order_id {_LINE} ordered reserved picked shipped returned cancelled invoiced "
    "returned_open on_order",
    "document_tax": "document_id code name rate included base amount",
    "stock_move": "id command_id product_id location_id source target quantity line_id document_id reason at",
    "shipment": f"{_OWNED} number state order_id order_number customer_id customer_name location_id ship_to carrier "
    "service tracking_number packages weight_g shipped_at delivered_at",
    "shipment_line": "id shipment_id order_line_id product_id position planned shipped",
    "pick": f"{_OWNED} number state order_id shipment_id order_number customer_name location_id lines picked_at "
    "picked_by",
    "pick_line": "id pick_id order_line_id product_id position bin wanted picked",
    "package": "id shipment_id position sscc weight_g length_mm width_mm height_mm tracking_number",
    "package_line": "id package_id order_line_id quantity",
    "invoice": f"{_OWNED} number kind state order_id order_number credits_id by_hand customer_id customer_name "
    "customer_po billing_address payment_term invoiced_on due_on posted_at rate notes company_total open_amount "
    f"{_TOTALS}",
    "invoice_line": f"id invoice_id order_line_id deposit_id credits_line_id {_LINE} grains",
    "number_issued": "series n document_id",
    "journal_entry": "id command_id site n booked_on document_id text at",
    "journal_line": "id entry_id account amount currency currency_amount customer_id invoice_id",
    "payment": "id command_id number customer_id customer_name received_on currency amount company_amount method "
    "reference account reverses_id by at",
    "allocation": "id command_id payment_id invoice_id amount at",
    "event": "id command_id subject_id document_id name facts by at",
    "command_log": "id site incarnation sequence command by at schema_version payload payload_hash previous_hash "
    "hash result",
}
UPDATES: Final = {
    "quote_sent": "UPDATE quote SET revision = revision + 1, state = ?, version = ?, sent_at = ? WHERE id = ?",
    "quote_accepted": "UPDATE quote SET revision = revision + 1, state = ?, customer_po = ? WHERE id = ?",
    "level": "UPDATE stock_level SET free = free + ?, promised = promised + ?, picked = picked + ? "
    "WHERE product_id = ? AND location_id = ?",
    "line": "UPDATE sales_order_line SET reserved = ?, picked = ?, shipped = ?, invoiced = ? WHERE id = ?",
    "confirmed": "UPDATE sales_order SET letterhead_id = ?, printed = ? WHERE id = ?",
    "order": "UPDATE sales_order SET revision = revision + 1, state = ?, delivery_state = ?, billing_state = ?, "
    "stage = ?, progress = ?, confirmed_at = ?, invoiced_total = ?, paid_total = ? WHERE id = ?",
    "pick_line": "UPDATE pick_line SET picked = ? WHERE id = ?",
    "pick": "UPDATE pick SET revision = revision + 1, state = ?, picked_at = ?, picked_by = ? WHERE id = ?",
    "packed": "UPDATE shipment SET revision = revision + 1, state = ?, packages = ?, weight_g = ? WHERE id = ?",
    "shipment_line": "UPDATE shipment_line SET planned = ?, shipped = ? WHERE id = ?",
    "package": "UPDATE package SET tracking_number = ? WHERE id = ?",
    "shipped": "UPDATE shipment SET revision = revision + 1, state = ?, carrier = ?, service = ?, "
    "tracking_number = ?, shipped_at = ?, letterhead_id = ?, printed = ? WHERE id = ?",
    "posted": "UPDATE invoice SET revision = revision + 1, number = ?, state = ?, invoiced_on = ?, due_on = ?, "
    "posted_at = ?, rate = ?, company_total = ?, open_amount = ?, letterhead_id = ?, printed = ? WHERE id = ?",
    "paid": "UPDATE invoice SET revision = revision + 1, state = ?, open_amount = ? WHERE id = ?",
    "head": "UPDATE log_head SET sequence = ?, hash = ? WHERE site = ?",
}
BACKENDS: Final = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
)
SETTINGS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-16000",
    "wal_autocheckpoint=4000",
)
NEXT: Final = (
    "INSERT INTO number_series (series, last) VALUES (?, 1) "
    "ON CONFLICT (series) DO UPDATE SET last = number_series.last + 1 RETURNING last"
)


class RawSeller:
    """Sells one order after the other and remembers what it needs for the next step."""

    def __init__(self, url: str) -> None:
        self._sqlite = url.startswith("sqlite")
        self._connection = _open_sqlite(url) if self._sqlite else _open_postgres(url)
        self._key: Callable[[], Any] = (lambda: uuid7().bytes) if self._sqlite else uuid7
        self._json = json.JSONEncoder(
            ensure_ascii=False, separators=(",", ":"), default=lambda key: key.hex() if self._sqlite else key.hex
        ).encode
        self._execute = self._connection.execute if self._sqlite else self._connection.cursor().execute
        self._many = self._connection.executemany if self._sqlite else self._connection.cursor().executemany
        self._insert_into = {name: self._marked(_insertion(name, columns)) for name, columns in COLUMNS.items()}
        self._updates = {name: self._marked(statement) for name, statement in UPDATES.items()}
        self._next = self._marked(NEXT)
        self._read_masters()

    def server_processes(self) -> list[int]:
        """Give the processes of the server that serve this program."""
        return [] if self._sqlite else [row[0] for row in self._execute(BACKENDS).fetchall()]

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def sell(self, n: int) -> None:
        """Sell order number ``n`` from quote to payment."""
        self._customer = self._customers[n % len(self._customers)]
        self._goods = [self._products[(n + i) % len(self._products)] for i in range(LINES)]
        for command, write in self._steps:
            self._run(command, write)

    # one command -------------------------------------------------------------------------------

    def _run(self, command: str, write: Callable[[], Any]) -> None:
        self._execute("BEGIN IMMEDIATE" if self._sqlite else "BEGIN")
        if not self._sqlite:
            self._execute(f"SET LOCAL {GATE_SETTING} = 'open'")
        self._command, self._log, self._events = self._key(), [], []  # type: ignore[var-annotated]
        result = self._json(write())
        self._insert("event", *self._events)
        head = self._execute("SELECT sequence, hash FROM log_head WHERE site = 'HQ'").fetchone()
        sequence, previous = head[0] + 1, head[1]
        payload = self._json(self._log)
        digest = sha256(payload.encode()).digest()
        header = self._json([self._command, "HQ", 0, sequence, command, CLERK, AT, 1, result])
        chained = sha256(previous + header.encode() + digest).digest()
        self._update("head", sequence, chained, "HQ")
        row = (self._command, "HQ", 0, sequence, command, CLERK, AT, 1, payload, digest, previous, chained, result)
        self._execute(self._insert_into["command_log"], row)
        self._execute("COMMIT")

    def _insert(self, table: str, *rows: Sequence[Any]) -> None:
        if len(rows) == 1:
            self._execute(self._insert_into[table], rows[0])
        else:
            self._many(self._insert_into[table], rows)
        self._log.append(["i", table, COLUMNS[table], rows])

    def _update(self, name: str, *values: Any) -> None:
        self._execute(self._updates[name], values)
        self._log.append(["u", name, values])

    def _update_each(self, name: str, rows: Sequence[Sequence[Any]]) -> None:
        self._many(self._updates[name], rows)
        self._log.append(["u", name, rows])

    def _number(self, prefix: str) -> tuple[str, int]:
        n = self._execute(self._next, (f"{prefix}:HQ.0",)).fetchone()[0]
        return f"{prefix}-{n:05}", n

    def _happened(self, name: str, subject: Any, document: Any = None, **facts: Any) -> None:
        self._events.append((self._key(), self._command, subject, document, name, self._json(facts), CLERK, AT))

    # the nine steps ----------------------------------------------------------------------------

    @property
    def _steps(self) -> tuple[tuple[str, Callable[[], Any]], ...]:
        return (
            ("quote.create", self._write_quote),
            ("quote.send", self._send_quote),
            ("quote.accept", self._accept_quote),
            ("order.confirm", self._confirm_order),
            ("pick.complete", self._complete_pick),
            ("shipment.pack", self._pack),
            ("shipment.ship", self._ship),
            ("invoice.post", self._post_invoice),
            ("payment.receive", self._receive_payment),
        )

    def _write_quote(self) -> Any:
        self._quote, self._quote_lines = self._key(), [self._key() for _ in range(LINES)]
        self._price()
        self._quote_number, _ = self._number("Q")
        to = self._customer
        head = (self._quote_number, "draft", 0, to["id"], to["name"], "", "NET30", to["address"], to["address"])
        self._insert("quote", (*self._owned(self._quote), *head, IN_30_DAYS, None, None, "", *self._totals))
        self._insert("quote_line", *self._lines(self._quote_lines, self._quote))
        self._insert("document_tax", self._tax(self._quote))
        self._happened("quote.written", self._quote, number=self._quote_number, total=self._total, currency="EUR")
        return self._quote

    def _send_quote(self) -> Any:
        lines = self._lines(self._quote_lines, self._quote)
        snapshot = self._json(
            {"quote": [self._quote_number, self._customer, self._totals], "lines": lines, "taxes": self._tax(None)}
        )
        printed = self._printed()
        fingerprint = sha256(f"{snapshot}{printed}".encode()).hexdigest()
        kept = (fingerprint, snapshot, self._letterhead, printed)
        self._insert("quote_version", (self._key(), self._quote, 1, AT, CLERK, *kept))
        self._update("quote_sent", "sent", 1, AT, self._quote)
        self._happened("quote.sent", self._quote, number=self._quote_number, version=1, total=self._total)
        return 1

    def _accept_quote(self) -> Any:
        self._order, self._order_lines = self._key(), [self._key() for _ in range(LINES)]
        self._order_number, _ = self._number("SO")
        to = self._customer
        states = ("draft", "none", "none", "draft", 0)
        head = (to["id"], to["name"], "4500", "NET30", "shipment", to["address"], to["address"], TODAY)
        rest = (None, None, None, 0, 0, True, "", "", False, "", 0, 0)
        owned = self._owned(self._order)
        self._insert("sales_order", (*owned, self._order_number, self._quote, *states, *head, *rest, *self._totals))
        grains = self._grains
        lines = self._lines(self._order_lines, self._order)
        self._insert(
            "sales_order_line", *((*row, g, 0, 0, 0, 0, 0, 0, 0, False) for row, g in zip(lines, grains, strict=True))
        )
        self._insert("document_tax", self._tax(self._order))
        self._update("quote_accepted", "accepted", "4500", self._quote)
        self._happened("order.written", self._order, number=self._order_number, total=self._total, currency="EUR")
        self._happened("quote.accepted", self._quote, self._order, number=self._quote_number, po="4500")
        self._happened("quote.accepted", self._order, self._quote, number=self._quote_number, version=1)
        return self._order

    def _confirm_order(self) -> Any:
        self._move("free", "promised", self._order, self._order_number)
        self._update_each("line", [(g, 0, 0, 0, k) for g, k in zip(self._grains, self._order_lines, strict=True)])
        self._shipment, self._pick = self._key(), self._key()
        self._shipment_number, _ = self._number("SH")
        to = self._customer
        head = (self._shipment_number, "planned", self._order, self._order_number, to["id"], to["name"])
        rest = (self._place, to["address"], "", "", "", 0, 0, None, None)
        self._insert("shipment", (*self._owned(self._shipment), *head, *rest))
        self._shipment_lines = [self._key() for _ in range(LINES)]
        self._insert("shipment_line", *self._parts(self._shipment_lines, self._shipment, ()))
        self._pick_number, _ = self._number("PL")
        head = (self._pick_number, "open", self._order, self._shipment, self._order_number, to["name"])
        self._insert("pick", (*self._owned(self._pick), *head, self._place, LINES, None, ""))
        self._pick_lines = [self._key() for _ in range(LINES)]
        bins = [(product["bin"],) for product in self._goods]
        self._insert("pick_line", *self._parts(self._pick_lines, self._pick, bins))
        self._set_order("confirmed", "waiting", "none", "confirmed", 0)
        self._update("confirmed", self._letterhead, self._printed(), self._order)
        self._happened("order.confirmed", self._order, number=self._order_number)
        return self._order_number

    def _complete_pick(self) -> Any:
        self._move("promised", "picked", self._pick, self._pick_number)
        self._update_each("line", [(0, g, 0, 0, k) for g, k in zip(self._grains, self._order_lines, strict=True)])
        self._update_each("pick_line", list(zip(self._grains, self._pick_lines, strict=True)))
        self._update("pick", "done", AT, CLERK, self._pick)
        self._set_order("confirmed", "waiting", "none", "picking", 0)
        self._happened("pick.completed", self._order, self._pick, number=self._pick_number, lines=LINES)

    def _pack(self) -> Any:
        self._package = self._key()
        _, serial = self._number("SSCC")
        sscc = _with_check_digit(f"00000000{serial:09}")
        self._insert("package", (self._package, self._shipment, 1, sscc, 0, 0, 0, 0, ""))
        contents = zip(self._order_lines, self._grains, strict=True)
        self._insert("package_line", *((self._key(), self._package, line, grains) for line, grains in contents))
        self._update("packed", "packed", 1, 0, self._shipment)
        self._set_order("confirmed", "waiting", "none", "packed", 0)
        self._happened("shipment.packed", self._order, self._shipment, number=self._shipment_number, packages=1)
        return [self._package]

    def _ship(self) -> Any:
        self._move("picked", "customer", self._shipment, self._shipment_number)
        grains = self._grains
        self._update_each("line", [(0, 0, g, 0, k) for g, k in zip(grains, self._order_lines, strict=True)])
        self._update_each("shipment_line", [(g, g, k) for g, k in zip(grains, self._shipment_lines, strict=True)])
        self._update("package", "JD001", self._package)
        self._update(
            "shipped", "shipped", "DHL", "Freight", "JD001", AT, self._letterhead, self._left(), self._shipment
        )
        self._invoice = self._key()
        to = self._customer
        head = (None, "invoice", "draft", self._order, self._order_number, None, False, to["id"], to["name"], "4500")
        rest = (to["address"], "NET30", None, None, None, 1_000_000, "", 0, 0)
        self._insert("invoice", (*self._owned(self._invoice), *head, *rest, *self._totals))
        lines = self._lines([self._key() for _ in range(LINES)], self._invoice)
        parts = zip(lines, self._order_lines, grains, strict=True)
        self._insert("invoice_line", *((*row[:2], line, None, None, *row[2:], g) for row, line, g in parts))
        self._insert("document_tax", self._tax(self._invoice))
        self._set_order("confirmed", "shipped", "to_invoice", "shipped", 100)
        facts = {"number": self._shipment_number, "carrier": "DHL", "tracking": "JD001"}
        self._happened("shipment.shipped", self._order, self._shipment, **facts)
        return self._shipment_number

    def _post_invoice(self) -> Any:
        self._invoice_number, n = self._number("INV")
        self._insert("number_issued", ("INV:HQ.0", n, self._invoice))
        posted = (self._invoice_number, "posted", TODAY, IN_30_DAYS, AT, 1_000_000, self._total, self._total)
        self._update("posted", *posted, self._letterhead, self._printed(), self._invoice)
        customer_id = self._customer["id"]
        sides = (
            ("1200", self._total, customer_id, self._invoice),
            ("1770", -self._tax_total, None, None),
            ("4000", -self._net_total, None, None),
        )
        self._book(self._invoice, self._invoice_number, sides)
        self._update_each("line", [(0, 0, g, g, k) for g, k in zip(self._grains, self._order_lines, strict=True)])
        self._set_order("confirmed", "shipped", "invoiced", "invoiced", 100, self._total)
        facts = {"number": self._invoice_number, "total": self._total}
        self._happened("invoice.posted", self._order, self._invoice, currency="EUR", **facts)
        self._happened("invoice.posted", customer_id, self._invoice, **facts)
        return self._invoice_number

    def _receive_payment(self) -> Any:
        payment, to, total = self._key(), self._customer, self._total
        number, _ = self._number("PAY")
        head = (payment, self._command, number, to["id"], to["name"], TODAY, "EUR", total, total)
        self._insert("payment", (*head, "transfer", "", "1000", None, CLERK, AT))
        sides = (("1000", total, None, None), ("1200", -total, to["id"], self._invoice))
        self._book(payment, number, sides)
        self._insert("allocation", (self._key(), self._command, payment, self._invoice, total, AT))
        self._update("paid", "paid", 0, self._invoice)
        self._set_order("closed", "shipped", "paid", "paid", 100, total, total)
        facts = {"number": number, "amount": total, "currency": "EUR"}
        self._happened("payment.received", self._order, payment, invoice=self._invoice_number, **facts)
        self._happened("payment.received", to["id"], payment, **facts)
        return payment

    # what several steps write ------------------------------------------------------------------

    def _price(self) -> None:
        """Compute the amounts, in ten-thousandths; the tax of each line is rounded half up to cents."""
        self._net = [product["price"] * (i + 1) // 100 for i, product in enumerate(self._goods)]
        self._taxes = [(net * TAX_PERCENT + 5_000) // 10_000 * 100 for net in self._net]
        self._net_total, self._tax_total = sum(self._net), sum(self._taxes)
        self._total = self._net_total + self._tax_total
        self._totals = ("EUR", "line", 0, 0, None, self._net_total, self._tax_total, 0, self._total)
        self._grains = [(i + 1) * GRAIN for i in range(LINES)]

    def _owned(self, key: Any) -> tuple[Any, ...]:
        return (key, "HQ", 0, 0, AT, CLERK)

    def _lines(self, keys: Sequence[Any], document: Any) -> list[tuple[Any, ...]]:
        return [
            (
                key,
                document,
                i + 1,
                "product",
                product["id"],
                product["sku"],
                product["name"],
                "",
                (i + 1) * 1_000_000,
                "unit",
                1,
                1,
                product["price"],
                0,
                "V21",
                net,
                net,
                tax,
                net + tax,
            )
            for i, (key, product, net, tax) in enumerate(zip(keys, self._goods, self._net, self._taxes, strict=True))
        ]

    def _parts(self, keys: Sequence[Any], document: Any, extra: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        extra = extra or [()] * LINES
        rows = zip(keys, self._order_lines, self._goods, self._grains, extra, strict=True)
        return [(k, document, line, p["id"], i, *more, g, 0) for i, (k, line, p, g, more) in enumerate(rows, 1)]

    def _tax(self, document: Any) -> tuple[Any, ...]:
        return (document, "V21", "VAT 21 %", TAX_PERCENT * 1_000_000, False, self._net_total, self._tax_total)

    def _move(self, source: str, target: str, document: Any, reason: str) -> None:
        changes, moves = [], []
        for product, grains, line in zip(self._goods, self._grains, self._order_lines, strict=True):
            by = [grains * ((place == target) - (place == source)) for place in ("free", "promised", "picked")]
            changes.append((*by, product["id"], self._place))
            route = (product["id"], self._place, source, target)
            moves.append((self._key(), self._command, *route, grains, line, document, reason, AT))
        self._many(self._updates["level"], changes)
        self._insert("stock_move", *moves)

    def _printed(self, **more: Any) -> str:
        """Write what a paper prints of the customer."""
        to = {"contact": "", "number": self._customer["number"], "name": self._customer["name"]}
        to |= {"vat_number": "", "phone": "", "language": ""}
        words = {} if more else {"term": "NET30", "term_words": "30 days net"}
        return self._json({**to, **words, **more})

    def _left(self) -> str:
        """Write what a delivery note prints."""
        goods = [
            (line, *(i, p["sku"], p["name"], "", f"{i}.000000", "unit", 1, 1, GRAIN, grains, 0))
            for i, (line, p, grains) in enumerate(zip(self._order_lines, self._goods, self._grains, strict=True), 1)
        ]
        head = {"bill_to": self._customer["address"], "customer_po": "4500", "tracking_number": "JD001"}
        return self._printed(**head, goods=goods)

    def _set_order(self, state: str, delivery: str, billing: str, stage: str, progress: int, *amounts: int) -> None:
        invoiced, paid = (*amounts, 0, 0)[:2]
        self._update("order", state, delivery, billing, stage, progress, AT, invoiced, paid, self._order)

    def _book(self, document: Any, number: str, sides: Sequence[tuple[Any, ...]]) -> None:
        entry = self._key()
        _, n = self._number("J")
        text = f"{number} {self._customer['name']}"
        self._insert("journal_entry", (entry, self._command, "HQ", n, TODAY, document, text, AT))
        rows = ((self._key(), entry, account, a, "EUR", a, customer, i) for account, a, customer, i in sides)
        self._insert("journal_line", *rows)

    # set-up ------------------------------------------------------------------------------------

    def _marked(self, statement: str) -> str:
        return statement if self._sqlite else statement.replace("?", "%s")

    def _read_masters(self) -> None:
        rows = self._execute("SELECT id, sku, name, bin, list_price FROM product ORDER BY id").fetchall()
        self._products = [dict(zip(("id", "sku", "name", "bin", "price"), row, strict=True)) for row in rows]
        self._place = self._execute("SELECT id FROM location").fetchone()[0]
        self._letterhead = self._execute("SELECT letterhead_id FROM company").fetchone()[0]
        self._customers = []
        for key, number, name in self._execute("SELECT id, number, name FROM customer ORDER BY id").fetchall():
            where = self._marked("SELECT street, postal_code, city, country FROM address WHERE customer_id = ?")
            street, postal_code, city, country = self._execute(where, (key,)).fetchone()
            parts = {"billing": True, "city": city, "country": country, "label": "", "name": name}
            parts |= {"postal_code": postal_code, "region": "", "shipping": True, "street": street}
            self._customers.append(
                {"id": key, "number": number, "name": name, "address": json.dumps(parts, ensure_ascii=False)}
            )
        if not self._sqlite:
            self._connection.commit()


def _insertion(table: str, columns: str) -> str:
    names = columns.split()
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(names))})"


def _with_check_digit(digits: str) -> str:
    """Append the check digit of a GS1 number: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def _open_sqlite(url: str) -> Any:
    connection = sqlite3.connect(str(make_url(url).database), isolation_level=None, cached_statements=400)
    connection.create_function(GATE, 0, lambda: 1)
    for setting in SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    return connection


def _open_postgres(url: str) -> Any:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)
