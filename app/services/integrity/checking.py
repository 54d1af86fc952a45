"""Runs the passes of the self-check one after the other and writes what they found for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from sqlalchemy import Connection

from app.services.integrity import (
    bank,
    books,
    carriage,
    collected,
    documents,
    goods,
    instalments,
    ledgers,
    log,
    money,
    orders,
    originals,
    places,
    promoted,
    reminding,
    shelving,
    storage,
    stored,
    supply,
    valuation,
)
from app.services.integrity.damage import Damage, Pass, Steps, readable
from app.services.progress import Progress, Quiet

MOST: Final = 1_000
"""Most damages that one pass tells: after that there is nothing left to save row by row."""
SHOWN: Final = 20
"""Most rows of one rule that a report lists."""

PASSES: Final = (
    Pass("the file", storage.file),
    Pass("numbers and times", storage.values),
    Pass("the command log", log.chain),
    Pass("commands of the ledgers", log.commands),
    Pass("rows of the ledgers", ledgers.rows),
    Pass("document numbers", log.numbers),
    Pass("stock", goods.stock),
    Pass("bins and lots", shelving.shelves),
    Pass("order lines", goods.lines),
    Pass("warehouses of order lines", places.parts),
    Pass("deliveries", goods.deliveries),
    Pass("labels", carriage.labels),
    Pass("supply", supply.documents),
    Pass("pegs", supply.pegs),
    Pass("what stock is worth", valuation.worth),
    Pass("orders", orders.states),
    Pass("the journal", money.journal),
    Pass("periods and accounts", books.books),
    Pass("invoices", money.invoices),
    Pass("instalments", instalments.instalments),
    Pass("collective invoices", collected.invoices),
    Pass("reminders", reminding.reminders),
    Pass("payments", money.payments),
    Pass("deductions", bank.deductions),
    Pass("bank lines", bank.lines),
    Pass("gift cards and store credit", stored.balances),
    Pass("promotions", promoted.given),
    Pass("amounts of documents", documents.amounts),
    Pass("sent quotes", documents.versions),
    Pass("papers", documents.copies),
    Pass("originals of papers", originals.papers),
)


def check(connection: Connection, progress: Progress | None = None, *, passes: Iterable[Pass] = PASSES) -> list[Damage]:
    """Check the books and return every damaged row that was found; an empty list means they are sound.

    Raises:
        Cancelled: ``progress`` says that the user wants to stop.

    """
    chosen = list(passes)
    told = progress or Quiet()
    found: list[Damage] = []
    for done, one in enumerate(chosen):
        steps = Steps(told, done, len(chosen), f"Checking {one.words}")
        found += _first(readable(one.find(connection, steps), "", "", f"The rest of {one.words}"))
    told.step(len(chosen), len(chosen), "Checked")
    return found


def report(damages: Sequence[Damage], name: str = "") -> str:
    """Write the result of a check for a person: what is wrong, row by row, and what to do about it."""
    books = f"The books of {name}" if name else "The books"
    if not damages:
        return f"{books} are sound: every rule holds."
    words = "1 damaged row" if len(damages) == 1 else f"{len(damages)} damaged rows"
    lines = [f"{books} have {words}."]
    for rule, rows in groupby(sorted(damages, key=lambda one: one.rule), key=lambda one: one.rule):
        of_rule = list(rows)
        lines += ["", f"{rule.capitalize()} ({len(of_rule)})"]
        lines += [f"  {one.what}  [{one.table} {one.key}]".rstrip() for one in of_rule[:SHOWN]]
        if len(of_rule) > SHOWN:
            lines.append(f"  … and {len(of_rule) - SHOWN} more")
        lines += [f"  → {advice}" for advice in dict.fromkeys(one.advice for one in of_rule)]
    return "\n".join(lines)


def _first(damages: Iterator[Damage]) -> Iterator[Damage]:
    for count, damage in enumerate(damages, 1):
        yield damage
        if count >= MOST:
            return
