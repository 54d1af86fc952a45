"""Seeded bugs: small, believable changes of the services that the order-to-cash machine must catch.

A machine that has not been shown to catch bugs is not a test.  Each of these is one line of a service written
another way; several of them were in the program once.
"""

from __future__ import annotations
import __future__

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from app.services import (
    billing,
    deposit_parts,
    document_lines,
    invoice_drafts,
    order_lines,
    orders,
    payments,
    picking,
    planning,
    returns,
    settlement,
    shipping,
    stock,
)


@dataclass(frozen=True)
class Mutant:
    """``old`` in the source of ``owner.name`` is written as ``new``."""

    words: str
    owner: ModuleType
    name: str
    old: str
    new: str

    @contextmanager
    def alive(self) -> Iterator[None]:
        """The program with this bug in it."""
        kept = getattr(self.owner, self.name)
        source = inspect.getsource(kept)
        assert source.count(self.old) == 1, f"{self.words}: the line is not there any more"
        code = compile(
            source.replace(self.old, self.new), self.name, "exec", flags=__future__.annotations.compiler_flag
        )
        exec(code, vars(self.owner))  # noqa: S102  defines the function anew in its module
        try:
            yield
        finally:
            setattr(self.owner, self.name, kept)


MUTANTS = (
    # goods
    Mutant(
        "a shipment takes what is packed in another",
        shipping,
        "_take",
        ".picked - held.here.get(line_id, 0)",
        ".picked",
    ),
    Mutant(
        "shipping without backorder cancels what is packed in another shipment",
        shipping,
        "_cancel_rest",
        "line.cancelled += rest[line.id]",
        "line.cancelled += line.outstanding",
    ),
    Mutant("a shipment counts twice", shipping, "_take", "line.shipped += quantity", "line.shipped += 2 * quantity"),
    Mutant(
        "opening a shipment plans its rest twice", shipping, "unpack", "for other_id in other:", "for other_id in ():"
    ),
    Mutant("a short pick counts as full", picking, "complete", "picked=quantity", "picked=row.wanted"),
    Mutant(
        "a short pick forgets its promise",
        picking,
        "complete",
        "reserved=-quantity",
        "reserved=-row.wanted",
    ),
    Mutant("what is put back stays picked", picking, "put_back_at", "picked=-picked", "picked=0"),
    Mutant(
        "broken pieces are not counted as returned",
        returns,
        "_found",
        '"received_scrap": part.scrap,',
        '"received_scrap": 0,',
    ),
    Mutant(
        "broken pieces go on the shelf",
        returns,
        "_moves",
        "target=Place.SCRAP, quantity=broken",
        "target=Place.FREE, quantity=broken",
    ),
    Mutant(
        "good returns go nowhere",
        returns,
        "_moves",
        "Place.CUSTOMER, Place.FREE, free",
        "Place.CUSTOMER, Place.SCRAP, free",
    ),
    Mutant("a short count leaves promises", stock, "count", "promises.take_back(", "(lambda *_: None)("),
    Mutant("a count does not settle its orders", stock, "count", "promises.serve(tx, concerned)", "pass"),
    Mutant("goods that come in are promised to nobody", stock, "receive_many", "promises.serve(tx, waiting)", "pass"),
    Mutant(
        "the pick list asks for what is not promised",
        planning,
        "_pickable",
        "found[line.id] = reserved",
        "found[line.id] = line.outstanding",
    ),
    Mutant(
        "what is packed is planned again",
        planning,
        "_stops",
        "left - packed.get((line.id, own), 0)",
        "left",
    ),
    Mutant(
        "promises ignore what is picked",
        planning,
        "_reservations",
        "line.to_ship - line.picked - line.coming",
        "line.to_ship - line.coming",
    ),
    # orders
    Mutant(
        "an order that is over can be confirmed", orders, "confirm", "if book.state != OrderState.DRAFT:", "if False:"
    ),
    Mutant("closing leaves goods picked", orders, "close", "_stop_deliveries(tx, book)", "pass"),
    Mutant("cancelling leaves drafts", orders, "cancel", "tx.update(invoice, draft_id,", "str(draft_id) or dict("),
    Mutant(
        "changing lines brings old counts back",
        order_lines,
        "_kept",
        "for name in _PROGRESS:\n            del row[name]",
        "row.update(zip(COUNTS[1:], line.counts[1:], strict=True))\n        for name in ():\n            del row[name]",
    ),
    Mutant("a line on paper can be removed", planning, "is_on_paper", "return bool(", "return False and bool("),
    Mutant("an added line forgets the exemption", order_lines, "reprice", "tax_exempt=exempt", "tax_exempt=False"),
    # money
    Mutant(
        "an invoice is open by its net amount", billing, "post", "open_amount=head.total", "open_amount=head.untaxed"
    ),
    Mutant(
        "a paid invoice can be posted again",
        billing,
        "post",
        "head.state != InvoiceState.DRAFT",
        "head.state == 'posted'",
    ),
    Mutant(
        "a credit note adds to what is invoiced", billing, "_count_invoiced", "+= line.grains", "+= abs(line.grains)"
    ),
    Mutant(
        "a credit note settles more than is open",
        billing,
        "_settle_against",
        "min(original.open_amount, -note.open_amount)",
        "-note.open_amount",
    ),
    Mutant(
        "a deposit can be credited after it was deducted",
        deposit_parts,
        "posted",
        "known.left[part.codes] += part",
        "known.left[part.codes] += known.left[part.codes]",
    ),
    Mutant(
        "a deposit is deducted by every invoice",
        deposit_parts,
        "deductions",
        "Open(known.asked, known.left)",
        "Open(known.asked, known.asked)",
    ),
    Mutant(
        "an order goes on before its deposit is paid",
        deposit_parts,
        "follow",
        "else row.open_amount)",
        "else ZERO)",
    ),
    Mutant(
        "a deposit that was credited is still asked for",
        deposit_parts,
        "follow",
        "asked[key] = asked.get(key, ZERO) + row.total",
        "asked[key] = max(asked.get(key, ZERO), row.total)",
    ),
    Mutant(
        "a document discount is taken off the deposit",
        document_lines,
        "engine_line",
        'not row.get("deposit_id")',
        "True",
    ),
    Mutant(
        "a draft keeps an old price",
        invoice_drafts,
        "_rewrite",
        "tx.update(invoice,",
        "(lambda *_, **__: None)(invoice,",
    ),
    Mutant("a reversal pays once more", payments, "reverse", "-row.amount) for", "row.amount) for"),
    Mutant(
        "a payment can be used twice",
        payments,
        "allocate",
        "head.amount - deductions.used(tx.connection, payment_id)",
        "head.amount",
    ),
    Mutant(
        "a payment taken back can be used",
        payments,
        "allocate",
        "if head.reverses_id or _REVERSAL",
        "if False and _REVERSAL",
    ),
    Mutant(
        "an invoice can be overpaid", payments, "_settling", "if abs(amount) > abs(head.open_amount) or", "if False and"
    ),
    Mutant(
        "part payments in pounds leave cents on the account",
        settlement,
        "clear",
        "own.company(head.open_amount) - own.company(rest)",
        "own.company(amount)",
    ),
    Mutant("a settled invoice stays posted", settlement, "allocate", "if rest == 0", "if rest < 0"),
)
