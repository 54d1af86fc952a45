"""camt.052, camt.053 and camt.054, the statements of ISO 20022, whatever their version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree as ET

from app.services.banking.statement import Statement, StatementKind, StatementLine, Unreadable, exact, one_line

_KINDS: Final = {"Stmt": StatementKind.STATEMENT, "Rpt": StatementKind.REPORT, "Ntfctn": StatementKind.NOTICE}
_NOT_PROVIDED: Final = "NOTPROVIDED"
_BOOKED: Final = "BOOK"

Node = ET.Element


def read(data: bytes) -> list[Statement]:
    """Read the statements of a file; entries that the bank has not booked yet are left out.

    Raises:
        Unreadable: it is no sound XML, declares entities, holds no statement, or misses what a booking needs.

    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Unreadable("This XML file declares entities, which a bank's file never does.")
    try:
        root = ET.fromstring(data)  # noqa: S314  entities are refused above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Unreadable(f"This file is no sound XML: {error}.") from error
    for node in root.iter():
        node.tag = str(node.tag).rpartition("}")[2]
    found = [_statement(node, kind) for name, kind in _KINDS.items() for node in root.iter(name)]
    if not found:
        raise Unreadable("This XML file holds no statement of an account (camt.052, camt.053 or camt.054).")
    return found


def _statement(node: Node, kind: StatementKind) -> Statement:
    account = node.find("Acct")
    if account is None:
        raise Unreadable("A statement in this file names no account.")
    told = node.findall("Ntry")
    entries = [one for one in told if _status(one) == _BOOKED]
    made_on = _day(node, "CreDtTm") or _day(node, "FrToDt/ToDtTm")
    currency = _text(account, "Ccy") or next((one.get("Ccy", "") for one in node.iterfind("Bal/Amt")), "")
    if not currency and entries:
        currency = next((one.get("Ccy", "") for one in entries[0].iterfind("Amt")), "")
    return Statement(
        kind,
        _account(account),
        currency,
        _text(node, "ElctrncSeqNb") or _text(node, "LglSeqNb") or _text(node, "Id"),
        _balance(node, ("OPBD", "PRCD")),
        _balance(node, ("CLBD",)),
        tuple(line for one in entries for line in _lines(one, made_on)),
        len(told) - len(entries),
    )


def _status(entry: Node) -> str:
    """Give the status: text until version 7, a code from 8 on; an entry without one is booked."""
    return _text(entry, "Sts/Cd") or _text(entry, "Sts") or _BOOKED


def _account(node: Node | None) -> str:
    if node is None:
        return ""
    return (_text(node, "Id/IBAN") or _text(node, "Id/Othr/Id")).replace(" ", "")


def _balance(node: Node, codes: tuple[str, ...]) -> Decimal | None:
    for code in codes:
        for one in node.findall("Bal"):
            if (_text(one, "Tp/CdOrPrtry/Cd") or _text(one, "Tp/Cd")) == code:
                return _signed(one, "A balance")
    return None


def _signed(node: Node, what: str) -> Decimal:
    value = exact(_text(node, "Amt"), what)
    return -value if _text(node, "CdtDbtInd") == "DBIT" else value


def _lines(entry: Node, made_on: date | None) -> Iterable[StatementLine]:
    """Give an entry's lines: one for each payment of a batch that is told in full, else one.

    An entry without a day of its own (the schema allows it) is of the day the statement was made.
    """
    booked = _day(entry, "BookgDt") or _day(entry, "ValDt") or made_on
    if booked is None:
        raise Unreadable("A booking in this file has no date.")
    value_on = _day(entry, "ValDt") or booked
    amount = _signed(entry, "An amount")
    details = entry.findall("NtryDtls/TxDtls")
    shares = [_share(one, amount) for one in details]
    whole = [share for share in shares if share is not None]
    if len(details) < 2 or len(whole) != len(details) or sum(whole, Decimal(0)) != amount:
        yield _line(entry, details[0] if len(details) == 1 else None, booked, value_on, amount)
        return
    for one, share in zip(details, whole, strict=True):
        yield _line(entry, one, booked, value_on, share)


def _share(details: Node, whole: Decimal) -> Decimal | None:
    """Give what a payment of a batch is of it, with the batch's sign where it has none of its own."""
    text = _text(details, "Amt") or _text(details, "AmtDtls/TxAmt/Amt")
    if not text:
        return None
    value = exact(text, "An amount")
    sign = _text(details, "CdtDbtInd")
    return -value if sign == "DBIT" or (not sign and whole < 0) else value


def _line(entry: Node, details: Node | None, booked: date, value_on: date, amount: Decimal) -> StatementLine:
    told = entry if details is None else details
    side = "Dbtr" if amount >= 0 else "Cdtr"  # the other party: who paid us, or whom we paid
    parties = told.find("RltdPties")
    structured = _text(told, "RmtInf/Strd/CdtrRefInf/Ref")
    end_to_end = _text(told, "Refs/EndToEndId")
    if end_to_end.upper() == _NOT_PROVIDED:
        end_to_end = ""
    name = account = ""
    if parties is not None:
        ultimate = f"Ultmt{side}"
        places = (f"{side}/Nm", f"{side}/Pty/Nm", f"{ultimate}/Nm", f"{ultimate}/Pty/Nm")
        name = next((found for place in places if (found := _text(parties, place))), "")
        account = _account(parties.find(f"{side}Acct"))
    words = [node.text for node in told.iterfind("RmtInf/Ustrd")]
    numbers = [node.text for node in told.iterfind("RmtInf/Strd/RfrdDocInf/Nb")]
    own = [_text(told, "AddtlTxInf"), _text(entry, "AddtlNtryInf")] if not words else []
    return StatementLine(
        booked,
        value_on,
        amount,
        one_line((name,)),
        account,
        one_line((structured or end_to_end,)),
        one_line((*words, structured, *numbers, end_to_end, *own)),
        one_line((_text(told, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef"),)),
    )


def _day(node: Node, place: str) -> date | None:
    text = _text(node, f"{place}/Dt") or _text(node, f"{place}/DtTm") or _text(node, place)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Unreadable(f"A date in this file cannot be read: {text[:40]}.") from None


def _text(node: Node, place: str) -> str:
    return (node.findtext(place) or "").strip()
