"""OFX, the statement of North American and Australian banks: version 1 (SGML) and 2 (XML) by one reader.

Version 1 closes a tag that holds a value only where the bank likes to, so both are read as tags in their order.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from app.services.banking.statement import Statement, StatementKind, StatementLine, Unreadable, exact, one_line

_TAG: Final = re.compile(r"<(/?)([A-Za-z0-9_.]+)>([^<]*)")
_CDATA: Final = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_STATEMENTS: Final = {"STMTRS", "CCSTMTRS"}
_OTHERS: Final = {"INVSTMTRS": "an investment account"}


@dataclass(slots=True)
class _Node:
    """A tag that holds others: the values of its own tags, and the nodes below."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    children: list[_Node] = field(default_factory=list)

    def all(self, names: set[str]) -> Iterator[_Node]:
        if self.name in names:
            yield self
        for child in self.children:
            yield from child.all(names)

    def value(self, *path: str) -> str:
        node = self
        for name in path[:-1]:
            found = next((child for child in node.children if child.name == name), None)
            if found is None:
                return ""
            node = found
        return node.values.get(path[-1], "")


def read(data: bytes) -> list[Statement]:
    """Read the statements of a file.

    Raises:
        Unreadable: it holds no statement of a bank account or card, or a booking lacks its date or amount.

    """
    text = _CDATA.sub(lambda found: html.escape(found.group(1)), _decoded(data))
    root = _tree(text[max(text.upper().find("<OFX>"), 0) :])
    found = [_statement(node) for node in root.all(_STATEMENTS)]
    if found:
        return found
    for name, words in _OTHERS.items():
        if any(root.all({name})):
            raise Unreadable(f"This OFX file is of {words}; only bank accounts and cards are read.")
    told = next((node.values["MESSAGE"] for node in root.all({"STATUS"}) if node.values.get("MESSAGE")), "")
    raise Unreadable(
        f"This OFX file holds no statement{f'. The bank says: {told}' if told else ''}.".replace("..", ".")
    )


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _tree(text: str) -> _Node:
    """Read tags into nodes: what has a value is a field, what has none and is closed later holds others."""
    root = _Node("")
    path = [root]
    for closing, written, rest in _TAG.findall(text):
        name, value = written.upper(), one_line((html.unescape(rest),))
        if closing:
            known = [node.name for node in path]
            if name in known[1:]:
                del path[len(known) - 1 - known[::-1].index(name) :]
        elif value:
            path[-1].values[name] = value
        else:
            node = _Node(name)
            path[-1].children.append(node)
            path.append(node)
            if len(path) > 40:
                raise Unreadable("This OFX file is nested deeper than any bank writes it.")
    return root


def _statement(node: _Node) -> Statement:
    account = node.value("BANKACCTFROM", "ACCTID") or node.value("CCACCTFROM", "ACCTID")
    lines = tuple(_line(one) for one in node.all({"STMTTRN"}))
    closing = node.value("LEDGERBAL", "BALAMT")
    currency = node.value("CURDEF") or next((one.value("CURSYM") for one in node.all({"CURRENCY"})), "")
    return Statement(
        StatementKind.STATEMENT,
        account,
        currency,
        "",
        None,
        exact(closing, "The balance") if closing else None,
        lines,
    )


def _line(node: _Node) -> StatementLine:
    amount = node.value("TRNAMT")
    posted = node.value("DTPOSTED")
    if not amount or not posted:
        missing = "amount" if posted else "date"
        raise Unreadable(f"A booking in this OFX file has no {missing} ({node.value('FITID') or 'without id'}).")
    booked = _day(posted)
    value_on = node.value("DTAVAIL")
    name = node.value("NAME") or node.value("PAYEE", "NAME")
    return StatementLine(
        booked,
        _day(value_on) if value_on else booked,
        _amount(amount),
        name,
        node.value("BANKACCTTO", "ACCTID"),
        node.value("REFNUM"),
        one_line((name, node.value("MEMO"), node.value("REFNUM"))),
        node.value("FITID"),
    )


def _amount(text: str) -> Decimal:
    return exact(text.lstrip("+"), "An amount")


def _day(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise Unreadable(f"A date in this OFX file cannot be read: {text[:40]}.") from None
